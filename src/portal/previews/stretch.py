"""From values to colours and small pictures: asinh between percentiles, blanks left clear."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portal.previews.colours import AMOUNTS, palette
from portal.previews.reading import Floats

__all__ = ["NIGHT", "Stretch", "coloured", "stretch_of", "webp"]

_CUTS = (0.5, 99.7)
_SOFT = 8.0
"""Where the asinh turns from a line to a logarithm, in parts of the range (Lupton et al. 2004)."""
_SAMPLE = 1 << 20
_NARROW = 24
NIGHT = (20, 18, 38)
"""Ground of pictures that have no colours of their own, in sRGB."""

_Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which values have the first and the last colour [as the data]."""

    low: float
    high: float

    def share(self, values: Floats) -> Floats:
        """Place of values in the colours, 0 to 1; NaN for no value."""
        with np.errstate(all="ignore"):
            linear = np.clip((values - self.low) / (self.high - self.low), 0, 1)
            return np.asarray(np.arcsinh(linear * _SOFT) / np.arcsinh(_SOFT))


def stretch_of(values: Floats) -> Stretch | None:
    """A stretch that leaves out the most extreme values; None if all are the same or none is."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    low, high = np.percentile(known[:: max(1, known.size // _SAMPLE)], _CUTS).tolist()
    if not high > low:
        low, high = float(known.min()), float(known.max())
    return Stretch(low, high) if high > low and np.isfinite(high - low) else None


def coloured(values: Floats, stretch: Stretch) -> _Bytes:
    """(y, x, 4) colours and opacity, the uppermost row first."""
    share = stretch.share(values[::-1])
    known = np.isfinite(share)
    entry = 1 + np.rint(np.where(known, share, 0.0) * (AMOUNTS - 1)).astype(int)
    colours: _Bytes = np.dstack([palette()[entry], np.where(known, 255, 0).astype(np.uint8)])
    return colours


def webp(colours: _Bytes, side: int | None = None, quality: int = 80) -> bytes:
    """A picture as WebP; with `side` in a square of so many pixels, as large as it fits."""
    from PIL import Image

    picture = Image.fromarray(colours, "RGBA")
    if side is not None:
        factor = side / max(picture.size)
        # A strip is made wider than it is, so that something of it is to be seen.
        size = (
            max(_NARROW, round(picture.width * factor)),
            max(_NARROW, round(picture.height * factor)),
        )
        # Single pixels stay what they are.
        how = Image.Resampling.BOX if factor < 1 else Image.Resampling.NEAREST
        picture = picture.resize(size, how)
    if colours[..., 3].min(initial=255) == 255:
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()
