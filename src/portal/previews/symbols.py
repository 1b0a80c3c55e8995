"""Small pictures that stand for products that cannot be pictured."""

import io
from functools import cache

from portal.previews.stretch import NIGHT

__all__ = ["symbol"]

_INK = (150, 142, 168)
_DOTS = {
    "event": ((30, 30), (52, 60), (70, 38), (88, 55), (46, 42), (62, 22), (80, 68), (38, 66)),
    "visibility": ((60, 45), (48, 36), (72, 54), (36, 30), (84, 60), (44, 58), (76, 32)),
}


@cache
def symbol(kind: str | None, size: tuple[int, int]) -> bytes:
    """A sign for a kind of product as WebP: dots, a curve or an empty frame."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", size, NIGHT)
    draw = ImageDraw.Draw(picture)
    if kind in _DOTS:
        for x, y in _DOTS[kind]:
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_INK)
    elif kind in ("spectrum", "sed", "timeseries"):
        draw.line([(20, 55), (50, 55), (60, 25), (70, 55), (100, 55)], fill=_INK, width=3)
    else:
        draw.rectangle((34, 22, 86, 68), outline=_INK, width=3)
        draw.line([(34, 22), (86, 68)], fill=_INK, width=3)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
