"""Moment maps: one picture with the maps of a model as tiles, placed in SVG panels with axes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from markupsafe import Markup, escape

from portal.previews.axes import shown, ticks
from portal.previews.colours import AMOUNTS, SIGNED, gradient, palette
from portal.previews.reading import Floats

__all__ = [
    "Scale",
    "Tile",
    "amounts",
    "colour_bar",
    "frame",
    "gradients",
    "indices",
    "panel",
    "signed",
    "sprite",
]

TILE = 64
"""Most pixels along a side of a tile [1]."""

_SIDE, _LEFT, _TOP, _BOTTOM = 300, 74, 8, 74
_WIDTH, _HEIGHT = _LEFT + _SIDE + 8, _TOP + _SIDE + _BOTTOM


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to colours, shared by the maps of a line.

    Parameters
    ----------
    kind
        ``amounts`` (root stretch, from 0) or ``signed`` (linear, symmetric about 0).
    limit
        Value of the last colour.
    unit
        As printed.
    """

    kind: str
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a map lies in the picture [pixel]: left and upper edge, width and height."""

    x: int
    y: int
    width: int
    height: int


def amounts(maps: Sequence[Floats], unit: str) -> Scale | None:
    """A scale up to the highest value of all `maps`; None if nothing in them is positive."""
    limit = max((float(np.nanmax(m)) for m in maps if np.isfinite(m).any()), default=0.0)
    return Scale("amounts", limit, unit) if limit > 0 else None


def signed(maps: Sequence[Floats], unit: str) -> Scale | None:
    """A symmetric scale that leaves out the most extreme percent; None if all is empty."""
    values = [np.abs(m[np.isfinite(m)]) for m in maps if np.isfinite(m).any()]
    if not values:
        return None
    limit = float(np.percentile(np.concatenate(values), 99))
    return Scale("signed", limit or 1.0, unit)


def indices(values: Floats, scale: Scale) -> npt.NDArray[np.uint8]:
    """(y, x) entries of the palette, the uppermost row first; 0 where there is no value."""
    small = _shrunk(values)[::-1]
    known = np.isfinite(small)
    share = np.clip(np.where(known, small, 0.0) / scale.limit, -1, 1)
    if scale.kind == "amounts":
        entry = 1 + np.rint(np.sqrt(np.maximum(share, 0)) * (AMOUNTS - 1))
    else:
        entry = 1 + AMOUNTS + np.rint((share + 1) / 2 * (SIGNED - 1))
    return np.where(known, entry, 0).astype(np.uint8)


def _shrunk(values: Floats) -> Floats:
    """Means of blocks, so that no side exceeds `TILE`."""
    each = -(-max(values.shape) // TILE)
    if each == 1:
        return values
    height, width = (n // each * each for n in values.shape)
    blocks = values[:height, :width].reshape(height // each, each, width // each, each)
    known = np.isfinite(blocks)
    total = np.where(known, blocks, 0.0).sum((1, 3))
    count = known.sum((1, 3))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def sprite(tiles: Sequence[npt.NDArray[np.uint8]]) -> tuple[bytes, list[Tile]]:
    """A PNG of all `tiles` in rows of even number, and the place of each."""
    from PIL import Image

    columns = max(1, round(len(tiles) ** 0.5))
    side = max((max(t.shape) for t in tiles), default=1)
    rows = -(-len(tiles) // columns)
    sheet = np.zeros((rows * side, columns * side), np.uint8)
    places = []
    for number, tile in enumerate(tiles):
        y, x = number // columns * side, number % columns * side
        sheet[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
        places.append(Tile(x, y, tile.shape[1], tile.shape[0]))
    picture = Image.fromarray(sheet)
    picture.putpalette(palette().tobytes())
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=0, compress_level=9)
    return out.getvalue(), places


@cache
def frame(half_width: float, half_height: float, name: str) -> str:
    """Axes from the centre of the first pixel to that of the last [arcsec], to be used by id."""
    bottom = _TOP + _SIDE
    marks, texts = [], []
    for value in ticks(-half_width, half_width, 4):
        x = round(_LEFT + (value + half_width) / (2 * half_width) * _SIDE)
        marks.append(f"M{x} {bottom}v6")
        texts.append(f'<text x="{x}" y="{bottom + 30}">{shown(value)}</text>')
    for value in ticks(-half_height, half_height, 4):
        y = round(bottom - (value + half_height) / (2 * half_height) * _SIDE)
        marks.append(f"M{_LEFT} {y}h-6")
        texts.append(f'<text x="{_LEFT - 10}" y="{y + 8}" class="pe">{shown(value)}</text>')
    return (
        f'<g id="{name}"><path class="pa" d="M{_LEFT} {_TOP}h{_SIDE}v{_SIDE}h-{_SIDE}z'
        f'{"".join(marks)}"/>{"".join(texts)}<text x="{_LEFT + _SIDE // 2}" y="{_HEIGHT - 6}">'
        f'x [arcsec]</text><text transform="translate(20 {_TOP + _SIDE // 2})rotate(-90)">'
        f"y [arcsec]</text></g>"
    )


def panel(label: str, picture: str, size: tuple[int, int], tile: Tile, axes: str) -> Markup:
    """One map with its axes.

    Parameters
    ----------
    label
        What it shows, for those who cannot see it.
    picture, size
        Address of the picture, percent-encoded, and its width and height [pixel].
    tile
        Its part of the picture.
    axes
        The frame: `frame` in the first panel that has it, a reference to it in the others.
    """
    # From centre to centre of the outer pixels: beyond, the browser blends in the next tile.
    box = f"{tile.x + 0.5} {tile.y + 0.5} {max(tile.width - 1, 1)} {max(tile.height - 1, 1)}"
    return Markup(
        f'<svg class="portal-map" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(label)}"><svg x="{_LEFT}" y="{_TOP}" width="{_SIDE}" '
        f'height="{_SIDE}" viewBox="{box}" preserveAspectRatio="none"><image '
        f'href="{escape(picture)}" width="{size[0]}" height="{size[1]}"/></svg>{axes}</svg>'
    )


def colour_bar(scale: Scale) -> Markup:
    """The scale as a strip with ticks; needs `gradients` on the page."""
    start = -scale.limit if scale.kind == "signed" else 0.0
    marks = "".join(
        f'<path class="pa" d="M{(x := round(20 + 440 * _place(value, scale)))} 26v6"/>'
        f'<text x="{x}" y="52">{shown(value)}</text>'
        for value in ticks(start, scale.limit, 5)
    )
    label = f"Colours from {shown(start)} to {shown(scale.limit)} {scale.unit}"
    return Markup(
        f'<svg class="portal-bar" viewBox="0 0 580 60" role="img" aria-label="{escape(label)}">'
        f'<rect x="20" y="4" width="440" height="22" fill="url(#{scale.kind})"/>{marks}'
        f'<text x="474" y="22" class="ps">{escape(scale.unit)}</text></svg>'
    )


@cache
def gradients() -> Markup:
    """Definitions of both colour tables, with the ids ``amounts`` and ``signed``."""
    return Markup(
        "".join(
            f'<linearGradient id="{kind}">'
            + "".join(
                f'<stop offset="{at / 8:g}" stop-color="{colour}"/>'
                for at, colour in enumerate(gradient(kind))
            )
            + "</linearGradient>"
            for kind in ("amounts", "signed")
        )
    )


def _place(value: float, scale: Scale) -> float:
    share = value / scale.limit
    return float(np.sqrt(share)) if scale.kind == "amounts" else (share + 1) / 2
