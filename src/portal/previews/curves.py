"""Curves as drawings, as small pictures and as data for the page's script."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup, escape

from portal.previews.axes import shown, ticks
from portal.previews.reading import Floats
from portal.previews.stretch import NIGHT

__all__ = ["Curve", "curve_data", "curve_panel", "curve_thumbnail", "thinned"]

_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 104, 14, 14, 66
_DRAWN = 500
_TOLD = 3000
"""Most points of a drawing, and of the data for the script."""
_CUTS = (0.1, 99.9)
_COLOURS = 6
"""Of lines on the site."""
_INK = (246, 222, 190)
_OVER = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """Values along an axis, in pieces such as the orders of a spectrum.

    Parameters
    ----------
    x, y
        What the axes are, with their units in brackets.
    pieces
        Each as coordinates in one direction and values [as `x` and `y` say].
    points
        Whether the values are apart from one another, as those of a light curve.
    note
        What is not of the file, but was assumed.
    """

    x: str
    y: str
    pieces: tuple[tuple[Floats, Floats], ...]
    points: bool = False
    note: str = ""

    def range(self) -> tuple[float, float, float, float] | None:
        """From where to where it goes, along x and along y; None if nothing can be drawn."""
        xs, ys = (np.concatenate([p[n] for p in self.pieces] or [np.zeros(0)]) for n in (0, 1))
        known = np.isfinite(xs) & np.isfinite(ys)
        if known.sum() < 2:
            return None
        xs, ys = xs[known], ys[known]
        # Single hot pixels would leave nothing of the rest to be seen.
        low, high = np.percentile(ys, _CUTS).tolist() if ys.size > 200 else (ys.min(), ys.max())
        if not high > low:
            low, high = float(ys.min()), float(ys.max())
        margin = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
        left, right = float(xs.min()), float(xs.max())
        return (left, right, low - margin, high + margin) if right > left else None


def thinned(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    """At most about `most` points: of each run of neighbours the lowest and the highest."""
    each = -(-2 * len(x) // most)
    if each <= 2:
        return x, y
    count = -(-len(x) // each)
    filled = np.full(count * each, np.nan)
    filled[: len(y)] = y
    runs = filled.reshape(count, each)
    known = np.isfinite(runs)
    low = np.where(known, runs, np.inf).argmin(1)
    high = np.where(known, runs, -np.inf).argmax(1)
    places = np.sort(np.stack([low, high], 1), axis=1) + np.arange(count)[:, None] * each
    chosen = np.minimum(places.ravel(), len(x) - 1)
    return x[chosen], y[chosen]


def _ordered(curve: Curve, most: int) -> list[tuple[Floats, Floats]]:
    """The pieces from left to right, thinned."""
    each = max(most // max(len(curve.pieces), 1), 8)
    pieces = []
    for x, y in curve.pieces:
        known = np.isfinite(x)
        x, y = x[known], y[known]
        if x.size and x[0] > x[-1]:
            x, y = x[::-1], y[::-1]
        pieces.append(thinned(x, y, each))
    return sorted(pieces, key=lambda piece: float(piece[0][0]) if piece[0].size else np.inf)


def _paths(curve: Curve, place: "_Place", most: int) -> list[list[tuple[float, float]]]:
    """Runs of points with values, in the drawing."""
    runs: list[list[tuple[float, float]]] = []
    for x, y in _ordered(curve, most):
        run: list[tuple[float, float]] = []
        for at, value in zip(x.tolist(), y.tolist(), strict=True):
            if value == value and abs(value) != float("inf"):
                run.append(place.of(at, value))
            elif run:
                runs.append(run)
                run = []
        runs.append(run)
    return [run for run in runs if run]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a point lies in a box of these edges."""

    range: tuple[float, float, float, float]
    box: tuple[float, float, float, float]

    def of(self, x: float, y: float) -> tuple[float, float]:
        left, right, low, high = self.range
        x0, x1, y0, y1 = self.box
        value = min(max(y, low), high)
        return x0 + (x - left) / (right - left) * (x1 - x0), y1 - (value - low) / (high - low) * (
            y1 - y0
        )


def curve_panel(curve: Curve, label: str) -> Markup | None:
    """The drawing of a curve; None if there is nothing to draw."""
    reach = curve.range()
    if reach is None:
        return None
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    place = _Place(reach, (_LEFT, right, _TOP, bottom))
    if curve.points:
        drawn = "".join(_spots(curve, place))
    else:
        runs = (
            "L".join(f"{x:.0f} {y:.0f}" for x, y in run) for run in _paths(curve, place, _DRAWN)
        )
        drawn = f'<path class="pc s0" d="{"".join(f"M{run}" for run in runs)}"/>'
    return Markup(
        f'<svg class="portal-plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{_axes(curve, place)}{drawn}</svg>'
    )


def _spots(curve: Curve, place: "_Place") -> Iterator[str]:
    """Points, of each piece in a colour of its own."""
    most = _TOLD // max(len(curve.pieces), 1)
    for number, piece in enumerate(curve.pieces):
        runs = _paths(replace(curve, pieces=(piece,)), place, most)
        spots = "".join(f"M{x:.0f} {y:.0f}h0" for run in runs for x, y in run)
        yield f'<path class="pc s{number % _COLOURS} pp" d="{spots}"/>'


def _axes(curve: Curve, place: _Place) -> str:
    left, right, low, high = place.range
    bottom, end = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    xs = [(place.of(v, low)[0], v) for v in ticks(left, right, 6)]
    ys = [(place.of(left, v)[1], v) for v in ticks(low, high, 5)]
    grid = "".join(f"M{_LEFT} {y:.0f}H{end}" for y, _ in ys)
    marks = "".join(f"M{x:.0f} {bottom}v7" for x, _ in xs)
    texts = "".join(f'<text x="{x:.0f}" y="{bottom + 28}">{_told(v)}</text>' for x, v in xs)
    texts += "".join(
        f'<text x="{_LEFT - 9}" y="{y + 7:.0f}" class="pe">{shown(v)}</text>' for y, v in ys
    )
    return (
        f'<path class="pg" d="{grid}"/><path class="pa" d="M{_LEFT} {_TOP}V{bottom}H{end}{marks}"/>'
        f'{texts}<text x="{(_LEFT + end) // 2}" y="{_HEIGHT - 8}">{escape(curve.x)}</text>'
        f'<text transform="translate(20 {(_TOP + bottom) // 2})rotate(-90)">'
        f"{escape(curve.y)}</text>"
    )


def _told(value: float) -> str:
    """A coordinate: dates and wavelengths differ in their last figures."""
    return f"{value:.9g}".replace("-", "−") if abs(value) < 1e7 else shown(value)


def curve_data(curve: Curve) -> bytes:
    """JSON of the curve for `site_src/app/product.js`; null between pieces."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for x, y in _ordered(curve, _TOLD):
        known = np.isfinite(y)
        xs += [float(f"{v:.8g}") for v in x.tolist()]
        ys += [float(f"{v:.5g}") if k else None for v, k in zip(y.tolist(), known, strict=True)]
    reach = curve.range() or (0.0, 1.0, 0.0, 1.0)
    data = {
        "x": xs,
        "y": ys,
        "titles": {"x": curve.x, "y": curve.y},
        "range": [float(f"{end:.4g}") for end in reach[2:]],
    }
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode()


def curve_thumbnail(curve: Curve, size: tuple[int, int]) -> bytes | None:
    """A small picture of the curve as WebP; None if there is nothing to draw."""
    from PIL import Image, ImageDraw

    reach = curve.range()
    if reach is None:
        return None
    width, height = size[0] * _OVER, size[1] * _OVER
    picture = Image.new("RGB", (width, height), NIGHT)
    draw = ImageDraw.Draw(picture)
    place = _Place(reach, (4 * _OVER, width - 4 * _OVER, 4 * _OVER, height - 4 * _OVER))
    for run in _paths(curve, place, 2 * size[0]):
        if curve.points or len(run) == 1:
            for x, y in run:
                draw.ellipse((x - _OVER, y - _OVER, x + _OVER, y + _OVER), fill=_INK)
        else:
            draw.line(run, fill=_INK, width=_OVER + 2, joint="curve")
    out = io.BytesIO()
    picture.resize(size, Image.Resampling.BOX).save(out, "WEBP", quality=80, method=4)
    return out.getvalue()
