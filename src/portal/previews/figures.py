"""All previews of one model: spectra line by line, and moment maps line by direction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from portal.catalog.merge import Rows
from portal.previews import maps, spectra
from portal.previews.axes import shown
from portal.previews.reading import Floats, located, opened, small

__all__ = ["Figures", "MapRow", "draw"]

_MOST_LINES = 12
_MOST_MAPS = 24
_KINDS = (
    ("moment0", "Integrated brightness temperature", "K km/s", maps.amounts),
    ("moment1", "Mean velocity", "km/s", maps.signed),
)


@dataclass(frozen=True, slots=True)
class MapRow:
    """Maps of one line and one moment: panels with what they show, and their colour bar."""

    line: str
    title: str
    panels: tuple[tuple[Markup, str], ...]
    bar: Markup


@dataclass(frozen=True, slots=True)
class Figures:
    """Previews of a model.

    Parameters
    ----------
    spectra
        A panel for each line.
    legend
        Style class of each curve and the direction that it stands for.
    maps
        Rows of panels.
    picture
        The PNG that the panels of the maps refer to; None where there is none.
    """

    spectra: tuple[Markup, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    maps: tuple[MapRow, ...] = ()
    picture: bytes | None = None


@dataclass(slots=True)
class _Line:
    """The observations of one line, each with the number of its direction and its data."""

    name: str
    rows: list[Rows] = field(default_factory=list)
    views: list[int] = field(default_factory=list)
    data: list[dict[str, Floats | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Maps:
    """The maps of one line and one moment, before they have a place in the picture."""

    line: str
    title: str
    scale: maps.Scale
    found: list[tuple[Rows, Floats]]

    def tiles(self) -> list[npt.NDArray[np.uint8]]:
        return [maps.indices(values, self.scale) for _, values in self.found]


def draw(
    stores: Sequence[Path], observations: list[Rows], sizes: dict[str, int], name: str
) -> Figures:
    """Previews of the `observations` of one model.

    Parameters
    ----------
    stores
        Folders to look for the files in.
    observations
        Rows of the table, each with a ``line`` fit for print.
    sizes
        Size of each file by its path [byte]; a file of another size is passed over.
    name
        File name of the picture, beside the page.
    """
    lines, views = _grouped(observations)
    _read(stores, lines, sizes)
    panels = tuple(svg for line in lines if (svg := _spectra(line)) is not None)
    legend = tuple((f"s{n % spectra.CURVES}", _view(*view)) for view, n in views.items())
    rows, picture = _mapped(lines, name)
    return Figures(panels, legend if panels else (), rows, picture)


def _grouped(
    observations: list[Rows],
) -> tuple[list[_Line], dict[tuple[float | None, float | None], int]]:
    views: dict[tuple[float | None, float | None], int] = {}
    lines: dict[str, _Line] = {}
    for row in observations:
        name = row["line"]
        if name not in lines and len(lines) == _MOST_LINES:
            continue
        line = lines.setdefault(name, _Line(name))
        line.rows.append(row)
        view = (row["inclination"], row["azimuth"])
        line.views.append(views.setdefault(view, len(views)))
    return list(lines.values()), views


def _read(stores: Sequence[Path], lines: list[_Line], sizes: dict[str, int]) -> None:
    """Fill in the data, each file being opened once."""
    names = ("velocity", "spectrum", "moment0", "moment1")
    by_path: dict[str, list[tuple[_Line, Rows]]] = {}
    for line in lines:
        for row in line.rows:
            by_path.setdefault(row["path"], []).append((line, row))
    read: dict[int, dict[str, Floats | None]] = {}
    for path, wanted in by_path.items():
        file = located(stores, path, sizes.get(path, -1))
        if file is None:
            continue
        try:
            with opened(file) as descriptor:
                for _, row in wanted:
                    read[id(row)] = {n: small(descriptor, row, n) for n in names}
        except OSError:
            # A file that went away since the scan has no preview; the next scan tells why.
            continue
    for line in lines:
        line.data = [read.get(id(row), {}) for row in line.rows]


def _spectra(line: _Line) -> Markup | None:
    curves = []
    for view, data in zip(line.views, line.data, strict=True):
        velocity, flux = data.get("velocity"), data.get("spectrum")
        if velocity is not None and flux is not None and velocity.ndim == flux.ndim == 1:
            curves.append(spectra.Spectrum(view % spectra.CURVES, velocity, flux))
    return spectra.panel(line.name, curves)


def _mapped(lines: list[_Line], name: str) -> tuple[tuple[MapRow, ...], bytes | None]:
    """Rows of panels, and the picture that holds their maps."""
    rows: list[_Maps] = []
    count = 0
    for line in lines:
        for kind, title, unit, scaled in _KINDS:
            found = list(_maps_of(line, kind))
            scale = scaled([values for _, values in found], unit)
            if scale is not None and count + len(found) <= _MOST_MAPS:
                count += len(found)
                rows.append(_Maps(line.name, title, scale, found))
    if not rows:
        return (), None
    picture, places = maps.sprite([tile for row in rows for tile in row.tiles()])
    remaining, frames = iter(places), dict[tuple[float, float], str]()
    size = (max(t.x + t.width for t in places), max(t.y + t.height for t in places))
    placed = tuple(_placed(row, remaining, frames, quote(name), size) for row in rows)
    return placed, picture


def _maps_of(line: _Line, kind: str) -> Iterator[tuple[Rows, Floats]]:
    for row, data in zip(line.rows, line.data, strict=True):
        values = data.get(kind)
        if values is not None and values.ndim == 2 and min(values.shape) > 1:
            yield row, values


def _placed(
    row: _Maps,
    places: Iterator[maps.Tile],
    frames: dict[tuple[float, float], str],
    picture: str,
    size: tuple[int, int],
) -> MapRow:
    panels = []
    for observation, values in row.found:
        view = _view(observation["inclination"], observation["azimuth"])
        axes = _frame(observation, values.shape, frames)
        label = f"{row.title} of {row.line}, {view}"
        short = view.replace("inclination", "incl.").replace("azimuth", "az.")
        panels.append((maps.panel(label, picture, size, next(places), axes), short))
    return MapRow(row.line, row.title, tuple(panels), maps.colour_bar(row.scale))


def _frame(row: Rows, shape: tuple[int, ...], frames: dict[tuple[float, float], str]) -> str:
    """The axes of a map; those already on the page are referred to."""
    height, width = shape
    # s_fov is the diagonal of the field [deg]; pixels are square.
    pixel = (row["s_fov"] or 0.0) * 3600 / (height**2 + width**2) ** 0.5 or 1.0
    half = (pixel * (width - 1) / 2, pixel * (height - 1) / 2)
    if half in frames:
        return f'<use href="#{frames[half]}"/>'
    frames[half] = f"axes{len(frames)}"
    return maps.frame(*half, frames[half])


def _view(inclination: float | None, azimuth: float | None) -> str:
    if inclination is None:
        return "direction unknown"
    text = f"inclination {shown(inclination)}°"
    return text if azimuth is None else f"{text}, azimuth {shown(azimuth)}°"
