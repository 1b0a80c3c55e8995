"""The axes of a FITS cube on the sky: where the star is, and how the image stands."""

import math
from dataclasses import dataclass

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_skycoord, skycoord_to_pixel

from lineform.errors import ConfigError, ReadError
from lineform.measurement.reading import Reading
from lineform.state import FloatArray

__all__ = ["Directions", "directions", "upright"]

_UNEQUAL = 1e-2
"""Largest difference of the sides of a pixel, and of its angles from right ones [1]."""

_CURVED = 0.5
"""Error of a flat grid at a corner of the image that is worth a word [pixel]."""

_ENDS = np.array([(-0.5, 0.0), (0.5, 0.0), (0.0, -0.5), (0.0, 0.5)])
"""Ends of a step along columns, and along rows [pixel]."""

_UPRIGHT = 0.1
"""Smallest angle of the image that is worth a word [deg]."""


@dataclass(frozen=True, slots=True)
class Directions:
    """How the pixels of an image lie on the sky.

    Parameters
    ----------
    column, row : float [pixel]
        Of the star, counted from 0, along longitude and latitude of the file.
    pixel : float [arcsec]
    swapped, left, down : bool
        Whether the image has to be transposed, and then reversed in x and y, for west to be to
        the right and north up.
    turned : float [deg]
        Angle of up, once that is done, from the north of the file's coordinates to their east.
    north : float [deg]
        Position angle of up, ICRS.
    place : right ascension, declination [deg, ICRS]
        Of the star.
    remarks : tuple of str
    """

    column: float
    row: float
    pixel: float
    swapped: bool
    left: bool
    down: bool
    turned: float
    north: float
    place: tuple[float, float]
    remarks: tuple[str, ...]


def directions(wcs: WCS, shape: tuple[int, int], options: Reading, where: str) -> Directions:
    """Where the star is in an image, and how the image stands.

    Parameters
    ----------
    wcs : WCS
        Of longitude and latitude.
    shape : (y, x) [pixel]
        Along latitude and longitude.
    options : Reading
    where : str
        The file.

    Raises
    ------
    ConfigError
        If the star is not in the image.
    ReadError
        If pixels are not square.
    """
    height, width = shape
    column, row, said = _star(wcs, shape, options, where)
    star = pixel_to_skycoord(column, row, wcs)
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) - 0.5
    ends = np.array([column, row]) + _ENDS
    offsets = _offsets(wcs, star, np.concatenate([ends, corners]))
    right_up = np.stack([offsets[:, 1] - offsets[:, 0], offsets[:, 3] - offsets[:, 2]], axis=1)
    pixel = math.sqrt(abs(float(np.linalg.det(right_up))))
    _check_square(right_up, pixel, where)
    swapped = abs(right_up[0, 0]) < abs(right_up[0, 1])
    ordered = right_up[:, ::-1] if swapped else right_up
    left, down = bool(ordered[0, 0] < 0), bool(ordered[1, 1] < 0)
    up = ordered[:, 1] * (-1 if down else 1)
    turned = round(math.degrees(math.atan2(-up[0], up[1])), 6) + 0.0
    place = star.icrs
    above = star.directional_offset_by(turned * u.deg, pixel * u.arcsec).icrs
    north = round(float(place.position_angle(above).wrap_at(180 * u.deg).deg), 4) + 0.0
    remarks = [
        said,
        *_standing(star, turned, north),
        *_bent(offsets[:, 4:], right_up @ (corners - [column, row]).T, pixel),
    ]
    return Directions(
        column=column,
        row=row,
        pixel=pixel,
        swapped=swapped,
        left=left,
        down=down,
        turned=turned,
        north=north,
        place=(float(place.ra.deg), float(place.dec.deg)),
        remarks=tuple(remarks),
    )


def upright(
    values: FloatArray, how: Directions, rows: slice, columns: slice
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The pixels with west to the right and north up, and where they are.

    Parameters
    ----------
    values : (..., latitude, longitude) [any]
        As in the file.
    how : Directions
    rows, columns : slice
        Of the image, that `values` are.

    Returns
    -------
    (..., y, x) [as values], (x,) and (y,) [arcsec]
    """
    along = (np.arange(columns.start, columns.stop) - how.column) * how.pixel
    across = (np.arange(rows.start, rows.stop) - how.row) * how.pixel
    if how.swapped:
        values, along, across = values.swapaxes(-1, -2), across, along
    if how.left:
        values, along = values[..., ::-1], -along[::-1]
    if how.down:
        values, across = values[..., ::-1, :], -across[::-1]
    return values, along, across


def _star(
    wcs: WCS, shape: tuple[int, int], options: Reading, where: str
) -> tuple[float, float, str]:
    """Column and row of the star, and whence they are known."""
    height, width = shape
    if options.pixel is not None:
        column, row, said = options.pixel[0] - 1, options.pixel[1] - 1, "the pixel that was given"
    elif options.centre is not None:
        ra, dec = options.centre
        place = skycoord_to_pixel(SkyCoord(ra * u.deg, dec * u.deg), wcs)
        column, row, said = float(place[0]), float(place[1]), "the position that was given"
    else:
        column, row = (float(x) - 1 for x in wcs.wcs.crpix)
        said = "the reference position of the file"
        if not (-0.5 <= column <= width - 0.5 and -0.5 <= row <= height - 0.5):
            column, row = (width - 1) / 2, (height - 1) / 2
            said = "the middle of the image, for the reference position is outside"
    if not (-0.5 <= column <= width - 0.5 and -0.5 <= row <= height - 0.5):
        raise ConfigError(
            "centre",
            expected=f"a place in the image of {width} by {height} pixels",
            seen=_beside(wcs, shape, options, column, row),
            way_out="check the position of the star (--center)",
            where=where,
        )
    return column, row, f"star at {said}"


def _beside(wcs: WCS, shape: tuple[int, int], options: Reading, column: float, row: float) -> str:
    """A place that is not in the image, in words."""
    if options.centre is None or options.pixel is not None:
        return f"pixel {column + 1:.6g}, {row + 1:.6g}"
    ra, dec = options.centre
    middle = pixel_to_skycoord((shape[1] - 1) / 2, (shape[0] - 1) / 2, wcs)
    away = SkyCoord(ra * u.deg, dec * u.deg).separation(middle).deg
    here = middle.icrs
    return (
        f"RA {ra:.7g} deg, Dec {dec:.6g} deg, {away:.4g} deg from the middle of the image at RA"
        f" {here.ra.deg:.7g} deg, Dec {here.dec.deg:.6g} deg"
    )


def _offsets(wcs: WCS, star: SkyCoord, places: FloatArray) -> FloatArray:
    """Offsets (right and up, place) [arcsec] from the star of places (place, column and row)."""
    east, north = star.spherical_offsets_to(pixel_to_skycoord(*places.T, wcs))
    return np.stack([-east.to_value(u.arcsec), north.to_value(u.arcsec)])


def _check_square(right_up: FloatArray, pixel: float, where: str) -> None:
    wide, high = np.hypot(*right_up)
    if not math.isfinite(pixel) or abs(wide - high) > _UNEQUAL * pixel:
        raise ReadError(
            "pixels",
            expected="square ones",
            seen=f"{wide:.6g} by {high:.6g} arcsec",
            way_out="put the cube on square pixels, such as with imregrid of CASA",
            where=where,
        )
    if abs(float(right_up[:, 0] @ right_up[:, 1])) > _UNEQUAL * pixel**2:
        raise ReadError("pixels", expected="right angles", seen="a skewed image", where=where)


def _standing(star: SkyCoord, turned: float, north: float) -> list[str]:
    if abs(north) < _UPRIGHT:
        return []
    off = f" turned by {turned:.4g} deg," if abs(turned) > _UPRIGHT else ""
    return [
        f"up is the north of {star.frame.name.upper()} coordinates{off} at position angle"
        f" {north:.4g} deg; position angles are counted from up"
    ]


def _bent(seen: FloatArray, flat: FloatArray, pixel: float) -> list[str]:
    """What to say where a flat grid is not good enough at the corners."""
    error = float(np.nanmax(np.hypot(*(seen - flat)), initial=0.0)) / pixel
    if not error > _CURVED:
        return []
    return [f"warning: offsets at the corners of the image are off by {error:.2g} pixels"]
