"""The frame of a picture of the sky in SVG: lines of equal coordinates, north and east, colours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from portal.fits.wcs import Sky
from portal.previews.axes import shown, ticks
from portal.previews.reading import Floats
from portal.previews.sexagesimal import declination, right_ascension, steps
from portal.previews.stretch import Stretch

__all__ = ["Frame", "colour_bar", "frame_of"]

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 138, 14, 14, 66
_MOST_HIGH = 640
_LATTICE = 25


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a picture lies in its drawing.

    Parameters
    ----------
    shape
        Pixels upwards and across.
    sky
        Where they lie on the sky; None where nothing tells it.
    """

    shape: tuple[int, int]
    sky: Sky | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in the drawing."""
        height, width = self.shape
        across = _WIDTH - _LEFT - _RIGHT
        factor = min(across / width, _MOST_HIGH / height)
        return max(1, round(width * factor)), max(1, round(height * factor))

    def place(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where pixels, counted from 0 at their middle, lie in the drawing."""
        (width, height), (rows, columns) = self.size, self.shape
        return _LEFT + (x + 0.5) / columns * width, _TOP + height - (y + 0.5) / rows * height


def frame_of(frame: Frame, picture: str, label: str, coarse: bool) -> Markup:
    """The drawing of a picture with its frame.

    Parameters
    ----------
    picture
        Its address, percent-encoded.
    label
        What it shows, for those who cannot see it.
    coarse
        Whether its pixels are to be seen as squares.
    """
    width, height = frame.size
    bottom = _TOP + height
    drawn = _graticule(frame) or _pixels(frame)
    rendering = ' image-rendering="pixelated"' if coarse else ""
    return Markup(
        f'<svg class="portal-sky" viewBox="0 0 {_LEFT + width + _RIGHT} {bottom + _BOTTOM}" '
        f'role="img" aria-label="{escape(label)}"><image href="{escape(picture)}" x="{_LEFT}" '
        f'y="{_TOP}" width="{width}" height="{height}" preserveAspectRatio="none"{rendering}/>'
        f'<path class="pa" d="M{_LEFT} {_TOP}h{width}v{height}h-{width}z"/>{drawn}</svg>'
    )


def _pixels(frame: Frame) -> str:
    """Axes in pixels."""
    width, height = frame.size
    bottom, (rows, columns) = _TOP + height, frame.shape
    xs, ys = ticks(0, columns - 1, 6), ticks(0, rows - 1, 6)
    at_x = frame.place(np.array(xs), np.zeros(len(xs)))[0]
    at_y = frame.place(np.zeros(len(ys)), np.array(ys))[1]
    texts = [_below(x, bottom, shown(v)) for x, v in zip(at_x, xs, strict=True)]
    texts += [_beside(y, shown(v)) for y, v in zip(at_y, ys, strict=True)]
    return "".join(texts) + _titles(width, height, "Pixel along axis 1", "Pixel along axis 2")


def _graticule(frame: Frame) -> str:
    """Lines of equal right ascension and declination, their labels, north and east."""
    if frame.sky is None:
        return ""
    rows, columns = frame.shape
    x, y = np.meshgrid(
        np.linspace(-0.5, columns - 0.5, _LATTICE), np.linspace(-0.5, rows - 0.5, _LATTICE)
    )
    ra, dec = frame.sky.icrs(x, y)
    if not np.isfinite(ra).all() or not np.isfinite(dec).all():
        return ""
    middle = ra[_LATTICE // 2, _LATTICE // 2]
    ra = (ra - middle + 180.0) % 360.0 - 180.0 + middle
    lines, texts = [], []
    # Right ascension is read below, declination on the left, unless the picture lies on its side.
    turned = np.ptp(ra[0]) * np.cos(np.radians(dec.mean())) < np.ptp(dec[0])
    for values, whole, told, below in (
        (ra, 15.0, right_ascension, not turned),
        (dec, 1.0, declination, turned),
    ):
        levels = steps(float(values.min()), float(values.max()), whole)
        step = levels[1] - levels[0] if len(levels) > 1 else whole / 3600.0
        for level in levels:
            lines.append(_line(frame, x, y, values, level))
            texts.append(_label(frame, x, y, values, level, told(level, step), below))
    names = ("Right ascension", "Declination")
    width, height = frame.size
    titles = _titles(width, height, *(names[::-1] if turned else names))
    return (
        f'<path class="pq" d="{"".join(lines)}"/>{"".join(texts)}{titles}'
        f"{_compass(frame, x, y, ra, dec)}"
    )


def _line(frame: Frame, x: Floats, y: Floats, values: Floats, level: float) -> str:
    """Where a lattice of values crosses a level: one piece in each cell that it crosses."""
    points = []
    for row in range(_LATTICE - 1):
        for column in range(_LATTICE - 1):
            cell = (row, row, row + 1, row + 1), (column, column + 1, column + 1, column)
            corners = values[cell] - level
            if corners.min() > 0 or corners.max() < 0:
                continue
            found = _crossings(x[cell], y[cell], corners)
            if len(found) == 2:
                points.append(found)
    pieces = []
    for (x0, y0), (x1, y1) in points:
        a, b = frame.place(np.array([x0, x1]), np.array([y0, y1]))
        pieces.append(f"M{a[0]:.1f} {b[0]:.1f}L{a[1]:.1f} {b[1]:.1f}")
    return "".join(pieces)


def _crossings(x: Floats, y: Floats, corners: Floats) -> list[tuple[float, float]]:
    found = []
    for one in range(4):
        other = (one + 1) % 4
        if (corners[one] < 0) != (corners[other] < 0):
            share = corners[one] / (corners[one] - corners[other])
            found.append(
                (
                    float(x[one] + share * (x[other] - x[one])),
                    float(y[one] + share * (y[other] - y[one])),
                )
            )
    return found


def _label(
    frame: Frame, x: Floats, y: Floats, values: Floats, level: float, text: str, below: bool
) -> str:
    """The label where a line meets the lower or the left edge; nothing where it does not."""
    edge = values[0] if below else values[:, 0]
    along = x[0] if below else y[:, 0]
    change = np.flatnonzero((edge[:-1] < level) != (edge[1:] < level))
    if not change.size:
        return ""
    n = int(change[0])
    share = (level - edge[n]) / (edge[n + 1] - edge[n])
    at = along[n] + share * (along[n + 1] - along[n])
    if below:
        place = frame.place(np.array([at]), np.zeros(1))[0][0]
        return _below(place, _TOP + frame.size[1], text)
    return _beside(frame.place(np.zeros(1), np.array([at]))[1][0], text)


def _below(x: float, bottom: int, text: str) -> str:
    return f'<text x="{x:.0f}" y="{bottom + 24}">{text}</text>'


def _beside(y: float, text: str) -> str:
    return f'<text x="{_LEFT - 8}" y="{y + 6:.0f}" class="pe">{text}</text>'


def _titles(width: int, height: int, below: str, beside: str) -> str:
    return (
        f'<text x="{_LEFT + width // 2}" y="{_TOP + height + 54}">{below}</text>'
        f'<text transform="translate(18 {_TOP + height // 2})rotate(-90)">{beside}</text>'
    )


def _compass(frame: Frame, x: Floats, y: Floats, ra: Floats, dec: Floats) -> str:
    """Arrows to the north and the east, from the change of the coordinates in the middle."""
    n = _LATTICE // 2
    width = frame.size[0]
    cosine = np.cos(np.radians(dec[n, n]))

    def change(values: Floats) -> tuple[float, float]:
        return values[n, n + 1] - values[n, n - 1], values[n + 1, n] - values[n - 1, n]

    span = x[n, n + 1] - x[n, n - 1], y[n + 1, n] - y[n - 1, n]
    east, north = (change(v) for v in (ra * cosine, dec))
    jacobian = np.array([[c / s for c, s in zip(row, span, strict=True)] for row in (east, north)])
    if abs(np.linalg.det(jacobian)) < 1e-30:
        return ""
    inverse = np.linalg.inv(jacobian)
    at = (_LEFT + width - 62, _TOP + 62)
    return "".join(_arrow(at, inverse[:, column], name) for column, name in ((1, "N"), (0, "E")))


def _arrow(at: tuple[int, int], direction: Floats, name: str) -> str:
    x, y = (direction / np.hypot(*direction) * 34).tolist()
    tip = f"{at[0] + x:.1f} {at[1] - y:.1f}"
    place = f'x="{at[0] + 1.4 * x:.1f}" y="{at[1] - 1.4 * y + 6:.1f}"'
    path = f'd="M{at[0]} {at[1]}L{tip}"'
    return (
        f'<path class="pn" {path}/><path class="pm" {path}/><text class="pk" {place}>{name}</text>'
    )


def colour_bar(stretch: Stretch, unit: str) -> Markup:
    """The stretch as a strip with ticks; needs `portal.previews.maps.gradients` on the page."""
    place: Callable[[float], float] = lambda v: float(stretch.share(np.array(v)))  # noqa: E731
    last, texts = -100, []
    for value in ticks(stretch.low, stretch.high, 6):
        x = round(20 + 520 * place(value))
        # Ticks crowd where the stretch is steep at its end.
        if x - last >= 62:
            texts.append(
                f'<path class="pa" d="M{x} 26v6"/><text x="{x}" y="54">{shown(value)}</text>'
            )
            last = x
    label = f"Colours from {shown(stretch.low)} to {shown(stretch.high)} {unit}".strip()
    return Markup(
        f'<svg class="portal-bar" viewBox="0 0 720 62" role="img" aria-label="{escape(label)}">'
        f'<rect x="20" y="4" width="520" height="22" fill="url(#amounts)"/>{"".join(texts)}'
        f'<text x="552" y="22" class="ps">{escape(unit)}</text></svg>'
    )
