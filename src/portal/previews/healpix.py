"""Maps in HEALPix cells (Gorski et al. 2005), drawn on the whole sky or on the part they cover."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portal.errors import ReadError
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.units import shown_unit
from portal.previews.reading import Floats

__all__ = ["SkyMap", "is_healpix", "sky_map"]

_WIDE, _HIGH = 480, 240
_MOST = 1 << 26
"""Values of a column that are held at once: a whole sky of 2,048 cells along a side of a base."""
_NONE = -1e30
"""Below it a value says that there is none; by custom it is -1.6375e30."""
_PART = 0.05
"""A map of a smaller part of the sky is drawn on that part alone."""
_MARGIN = 0.05
_INDICES = ("pixel", "pix", "ipix", "hpx_pixel", "healpix")
_FRAMES = {"G": "galactic", "E": "ecliptic", "C": "equatorial", "Q": "equatorial"}

_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SkyMap:
    """A map as a picture.

    Parameters
    ----------
    values : (y, x) [as the data]
        North is up and longitudes rise to the left; NaN where there is no value.
    about
        What it shows, and how.
    """

    values: Floats
    about: str


def is_healpix(table: Hdu) -> bool:
    """Whether a table says that its rows are HEALPix cells."""
    return (table.cards.text("PIXTYPE") or "").upper() == "HEALPIX"


def sky_map(table: Hdu) -> SkyMap:
    """The first column of a map, at the centres of the dots of a picture.

    Raises
    ------
    ReadError
        If its header does not tell which cells there are, or it cannot be read.
    """
    side, order = _grid(table)
    cells = _cells(table)
    column = _first(table)
    if table.shape[0] * column.length > _MOST:
        raise ReadError("a map too large for a picture", expected=f"at most {_MOST} values")
    values = np.asarray(table.column(column.name)).ravel()
    if cells is None and values.size != 12 * side * side:
        expected = f"{12 * side * side} values of a whole sky"
        raise ReadError("not as many values as cells", seen=str(values.size), expected=expected)
    if not values.size:
        raise ReadError("a map without cells")
    if cells is not None and cells.size != values.size:
        raise ReadError("not as many values as numbers of cells", seen=str(values.size))
    if cells is None or cells.size > _PART * 12 * side * side:
        longitude, latitude = _mollweide()
        how = "the whole sky in Mollweide's projection, longitude 0 in the middle"
    else:
        longitude, latitude = _around(cells, side, order)
        how = "the part of the sky that it covers"
    found = _looked_up(values, cells, longitude, latitude, side, order)
    frame = _FRAMES.get((table.cards.text("COORDSYS") or "")[:1].upper(), "")
    title = f"{column.name} [{shown_unit(column.unit)}]" if column.unit else column.name
    told = f"{frame} coordinates, rising to the left".strip()
    return SkyMap(found, f"{title} in HEALPix cells, {how}; {told}")


def _grid(table: Hdu) -> tuple[int, str]:
    """Cells along a side of a base cell, and how cells are numbered."""
    side, order = table.cards.number("NSIDE"), (table.cards.text("ORDERING") or "").lower()
    order = {"nest": "nested"}.get(order, order)
    if side is None or not 1 <= side <= 1 << 29 or side != int(side):
        raise ReadError("NSIDE of the map", seen=str(side), expected="cells along a side")
    if order not in ("ring", "nested") or (order == "nested" and int(side) & (int(side) - 1)):
        raise ReadError("ORDERING of the map", seen=order or "none", expected="RING or NESTED")
    return int(side), order


def _cells(table: Hdu) -> _Integers | None:
    """(row,) numbers of the cells; None where all follow one another."""
    if (table.cards.text("INDXSCHM") or "").upper() == "IMPLICIT":
        return None
    named = next((c for c in table.columns if c.name.lower() in _INDICES), None)
    if named is None:
        return None
    numbers = np.asarray(table.column(named.name)).ravel()
    if not np.issubdtype(numbers.dtype, np.integer):
        raise ReadError("numbers of cells", seen=str(numbers.dtype), expected="whole numbers")
    return numbers.astype(np.int64)


def _first(table: Hdu) -> ColumnInfo:
    numbers = (c for c in table.columns if not any(letter in c.format for letter in "ALPQCM"))
    column = next((c for c in numbers if c.name.lower() not in _INDICES), None)
    if column is None:
        raise ReadError("no column of values in the map")
    return column


def _mollweide() -> tuple[Floats, Floats]:
    """(y, x) [deg] of the dots; NaN outside the sky (Snyder 1987, p. 249)."""
    x = (np.arange(_WIDE) + 0.5) / _WIDE * 2.0 - 1.0
    y = (np.arange(_HIGH) + 0.5) / _HIGH * 2.0 - 1.0
    angle = np.arcsin(y)[:, None]
    latitude = np.arcsin((2.0 * angle + np.sin(2.0 * angle)) / math.pi)
    longitude = -math.pi * x[None, :] / np.cos(angle)
    inside = np.abs(longitude) <= math.pi
    known = np.where(inside, np.degrees(longitude), np.nan)
    return known, np.where(inside, np.degrees(latitude), np.nan)


def _around(cells: _Integers, side: int, order: str) -> tuple[Floats, Floats]:
    """(y, x) [deg] of dots over the cells, as wide as the sky is in their middle."""
    from astropy_healpix import healpix_to_lonlat

    longitude, latitude = (
        np.degrees(a.to_value("rad")) for a in healpix_to_lonlat(cells, side, order=order)
    )
    turned = np.radians(longitude)
    middle = math.degrees(math.atan2(np.sin(turned).mean(), np.cos(turned).mean()))
    away = (longitude - middle + 180.0) % 360.0 - 180.0
    pad = math.degrees(1.0 / side)
    west, east = _padded(away, pad)
    south, north = _padded(latitude, pad)
    south, north = max(south, -90.0), min(north, 90.0)
    wide = max((east - west) * math.cos(math.radians((south + north) / 2.0)), 1e-6)
    scale = _HIGH / max(wide, north - south)
    across, up = (max(8, round(size * scale)) for size in (wide, north - south))
    x = east - (np.arange(across) + 0.5) / across * (east - west)
    y = south + (np.arange(up) + 0.5) / up * (north - south)
    found, height = np.meshgrid(middle + x, y)
    return np.asarray(found), np.asarray(height)


def _padded(values: Floats, pad: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = pad + _MARGIN * (high - low)
    return low - margin, high + margin


def _looked_up(
    values: npt.NDArray[np.generic],
    cells: _Integers | None,
    longitude: Floats,
    latitude: Floats,
    side: int,
    order: str,
) -> Floats:
    """(y, x) values of the cells at these places; NaN where there is none."""
    from astropy import units
    from astropy_healpix import lonlat_to_healpix

    out = np.full(longitude.shape, np.nan)
    inside = np.isfinite(longitude)
    degrees = (longitude[inside] * units.deg, latitude[inside] * units.deg)
    wanted = np.asarray(lonlat_to_healpix(*degrees, side, order=order))
    if cells is None:
        found = np.asarray(values[wanted], np.float64)
    else:
        ranked = np.argsort(cells, kind="stable")
        place = np.searchsorted(cells, wanted, sorter=ranked)
        row = ranked[np.minimum(place, cells.size - 1)]
        found = np.where(cells[row] == wanted, np.asarray(values[row], np.float64), np.nan)
    out[inside] = np.where(np.isfinite(found) & (found > _NONE), found, np.nan)
    return out
