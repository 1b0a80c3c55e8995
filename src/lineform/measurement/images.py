"""FITS cubes as measurements."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS, WCSSUB_LATITUDE, WCSSUB_LONGITUDE

from lineform.constants import LIGHT_SPEED
from lineform.cube import Beam
from lineform.errors import ReadError
from lineform.measurement.base import Measurement
from lineform.measurement.beams import beams_of, filled
from lineform.measurement.brightness import intensity_factor, unit_from
from lineform.measurement.cards import axes_of, cleaned
from lineform.measurement.directions import Directions, directions, upright
from lineform.measurement.hyperfine import hyperfine
from lineform.measurement.lines import lines_in, nearest_line
from lineform.measurement.memory import free_memory, size_in_words, to_read
from lineform.measurement.opening import check_whole, damaged, opened
from lineform.measurement.reading import Reading
from lineform.measurement.spectral import SpectralAxis, spectral_axis
from lineform.species import Line
from lineform.state import FloatArray

__all__ = ["read_images"]

_HAIR = 1e-3
"""Of a pixel or a channel, by which one may be out of a range [1]."""

_NOISE_UNITS = ("K", "Jy/beam")
"""Of the card NOISERMS."""

_UNEVEN = 0.1
"""Largest distance of a channel from its place in equal steps [channel]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Cube:
    """What a file says of its cube before the pixels are read.

    Parameters
    ----------
    hdu : PrimaryHDU, ImageHDU or CompImageHDU
    order : spectral, latitude, longitude
        Axes of the array that they are.
    """

    hdu: fits.PrimaryHDU
    header: fits.Header
    order: tuple[int, int, int]
    spectral: SpectralAxis
    directions: Directions
    beams: tuple[Beam, ...]
    remarks: tuple[str, ...]
    where: str


def read_images(path: Path, options: Reading) -> list[Measurement]:
    """The lines in the cube of a FITS file, without noise.

    Raises
    ------
    ConfigError
        If a line is not in the file, or the star not in the image.
    ReadError
        If it is no FITS file, or has no cube, or one that cannot be understood.
    UnitsError
        If the unit of the pixels is unknown, or needs a beam.
    """
    with opened(path) as (file, repaired):
        cube = _described(file, options, str(path))
        lines = _lines(cube, options)
        if repaired:
            # In Magritte the gas shines at the rest frequency of Magritte.
            lines = [replace(line, frequency=cube.spectral.rest) for line in lines]
            cube = replace(cube, remarks=(*cube.remarks, repaired))
        return [_measured(cube, line, path, options) for line in lines]


def _described(file: fits.HDUList, options: Reading, where: str) -> _Cube:
    hdu = _cube_in(file, where)
    check_whole(hdu, where)
    header, remarks = cleaned(hdu.header)
    wcs = axes_of(header, where)
    order = _order(wcs, hdu, where)
    channels, height, width = (hdu.shape[axis] for axis in order)
    if min(channels, height, width) < 2:
        raise ReadError(
            "cube",
            expected="at least two channels and two pixels along each side",
            seen=f"{channels} channels of {width} by {height} pixels",
            way_out="take the file itself, not its header alone",
            where=where,
        )
    beams, whence = beams_of(file, hdu.header, channels, options.beam, where)
    place = directions(
        wcs.sub([WCSSUB_LONGITUDE, WCSSUB_LATITUDE]), (height, width), options, where
    )
    if beams:
        remarks.append(f"beam {whence}")
    return _Cube(
        hdu,
        header,
        order,
        spectral_axis(wcs, channels, options.rest_frequency, where),
        place,
        tuple(replace(b, position_angle=b.position_angle - place.turned) for b in beams),
        (*remarks, *place.remarks),
        where,
    )


def _cube_in(file: fits.HDUList, where: str) -> fits.PrimaryHDU:
    images = [hdu for hdu in file if getattr(hdu, "is_image", False)]
    for hdu in images:
        if len(hdu.shape) >= 3 and all(hdu.shape):
            return hdu
    seen = [f"{len(hdu.shape)} axes" for hdu in images if hdu.shape] or ["no pixels"]
    raise ReadError(
        "cube",
        expected="an image of at least three axes: two on the sky, one spectral",
        seen=", ".join(seen),
        where=where,
    )


def _order(wcs: WCS, hdu: fits.PrimaryHDU, where: str) -> tuple[int, int, int]:
    """Axes of the array that are spectral, latitude and longitude."""
    number = len(hdu.shape)
    found = (wcs.wcs.spec, wcs.wcs.lat, wcs.wcs.lng)
    names = ", ".join(str(name) or "none" for name in wcs.wcs.ctype)
    for axis, name in zip(
        found, ("spectral axis", "axes on the sky", "axes on the sky"), strict=True
    ):
        if not 0 <= axis < number:
            raise ReadError(name, expected="one in CTYPE", seen=names, where=where)
    for axis in set(range(number)) - set(found):
        if hdu.shape[number - 1 - axis] > 1 and not wcs.wcs.ctype[axis].startswith("STOKES"):
            raise ReadError(
                f"axis {axis + 1}", expected="length 1", seen=wcs.wcs.ctype[axis], where=where
            )
    spectral, latitude, longitude = (number - 1 - axis for axis in found)
    return spectral, latitude, longitude


def _lines(cube: _Cube, options: Reading) -> list[Line]:
    """The lines of the cube that are wanted."""
    frequency = cube.spectral.frequency
    band = float(frequency.min()), float(frequency.max())
    if options.lines:
        return lines_in(*band, options, cube.where)
    if not cube.spectral.rest:
        raise ReadError(
            "rest frequency",
            expected="RESTFRQ or RESTFREQ in the header",
            seen="none",
            way_out="name the line (--line) or give its rest frequency (--rest-frequency)",
            where=cube.where,
        )
    return [nearest_line(cube.spectral.rest, band, options, cube.where)]


def _measured(cube: _Cube, line: Line, path: Path, options: Reading) -> Measurement:
    velocity = LIGHT_SPEED / 1e3 * (1 - cube.spectral.frequency / line.frequency)
    channels = _within(velocity, options.velocity, "velocity range", cube.where)
    rows, columns = (
        _near(size, place, cube.directions.pixel, options.radius)
        for size, place in zip(
            (cube.hdu.shape[axis] for axis in cube.order[1:]),
            (cube.directions.row, cube.directions.column),
            strict=True,
        )
    )
    _check_memory(cube, (channels, rows, columns), options)
    values = _section(cube, channels, rows, columns)
    velocity, beams = velocity[channels], _of(cube.beams, channels)
    if velocity[0] > velocity[-1]:
        velocity, values, beams = velocity[::-1], values[::-1], beams[::-1]
    velocity, channel = _even(velocity, cube.where)
    beams, none = filled(beams, cube.where)
    if none.any():
        values[none] = math.nan
    values, x, y = upright(values, cube.directions, rows, columns)
    unit = unit_from(str(cube.header.get("BUNIT", "")), cube.where)
    factor = intensity_factor(unit, line.frequency, beams, cube.directions.pixel, cube.where)
    return Measurement(
        line=line,
        velocity=velocity,
        channel=channel,
        x=x,
        y=y,
        intensity=values * factor,
        rms=_rms(cube, line, beams),
        beams=beams,
        channel_response=_response(cube.header),
        correlated=bool(beams),
        centre=cube.directions.place,
        north=cube.directions.north,
        source=path.name,
        distance=_number(cube.header, "DISTANCE"),
        remarks=(*cube.remarks, *_said(cube, line, str(unit)), *_beamless(none)),
    )


def _within(
    velocity: FloatArray, wanted: tuple[float, float] | None, what: str, where: str
) -> slice:
    if wanted is None:
        return slice(0, len(velocity))
    # Channels at the very ends of the range are in it, whatever rounding makes of them.
    hair = _HAIR * abs(float(velocity[1] - velocity[0]))
    inside = np.flatnonzero((velocity >= wanted[0] - hair) & (velocity <= wanted[1] + hair))
    if len(inside) < 2:
        raise ReadError(
            what,
            expected=f"channels between {wanted[0]:g} and {wanted[1]:g} km/s",
            seen=f"{velocity.min():.6g} to {velocity.max():.6g} km/s in the file",
            where=where,
        )
    return slice(int(inside[0]), int(inside[-1]) + 1)


def _near(size: int, place: float, pixel: float, radius: float) -> slice:
    if not radius:
        return slice(0, size)
    half = radius / pixel + _HAIR
    return slice(max(0, math.ceil(place - half)), min(size, math.floor(place + half) + 1))


def _section(cube: _Cube, channels: slice, rows: slice, columns: slice) -> FloatArray:
    """Pixels (channel, latitude, longitude) [unit of the file]; only these are read."""
    index = [slice(0, 1)] * len(cube.hdu.shape)
    for axis, part in zip(cube.order, (channels, rows, columns), strict=True):
        index[axis] = part
    try:
        values: FloatArray = np.asarray(cube.hdu.section[tuple(index)], dtype=float)
    except (OSError, TypeError, ValueError) as error:
        # Of a compressed file it shows only when its pixels are read that it is cut short.
        raise damaged(cube.where, error) from error
    others = sorted(set(range(values.ndim)) - set(cube.order))
    ordered = values.transpose(*cube.order, *others)
    return ordered.reshape(ordered.shape[:3])


def _check_memory(cube: _Cube, parts: tuple[slice, slice, slice], options: Reading) -> None:
    channels, height, width = (part.stop - part.start for part in parts)
    need, limit = to_read(channels, height, width), options.memory or free_memory()
    if need > limit:
        raise ReadError(
            "size of the cube",
            expected=f"at most {size_in_words(limit)} of memory",
            seen=f"{size_in_words(need)} for {channels} channels of {width} by {height} pixels",
            way_out="read less with a radius and a velocity range; to keep all of it, average"
            f" {math.ceil((need / limit) ** (1 / 2))} by as many pixels beforehand",
            where=cube.where,
        )


def _of(beams: tuple[Beam, ...], channels: slice) -> tuple[Beam, ...]:
    return beams[channels] if len(beams) > 1 else beams


def _beamless(none: np.ndarray) -> list[str]:
    return [f"{none.sum()} channels have no beam, and are left out"] if none.any() else []


def _even(velocity: FloatArray, where: str) -> tuple[FloatArray, float]:
    """Channels in equal steps, and the step."""
    even = np.linspace(velocity[0], velocity[-1], len(velocity))
    step = float(even[1] - even[0])
    worst = float(np.abs(velocity - even).max()) / step
    if not worst < _UNEVEN:
        raise ReadError(
            "channels",
            expected="equal steps of radio velocity",
            seen=f"channels up to {worst:.2g} channels beside them",
            way_out="choose a shorter velocity range, or put the cube on equal channels",
            where=where,
        )
    return even, step


def _response(header: fits.Header) -> str:
    response = str(header.get("CHANRESP", "")).strip().lower()
    return response if response in ("boxcar", "hanning") else ""


def _rms(cube: _Cube, line: Line, beams: tuple[Beam, ...]) -> FloatArray:
    """The rms that ``lineform export-fits`` wrote (channel or 1, 1, 1), or NaN."""
    level, unit = _number(cube.header, "NOISERMS"), str(cube.header.get("NOISEUNI", "")).strip()
    # Of a primary beam that was divided out it is the rms before, in the middle of the beam.
    if level is None or unit not in _NOISE_UNITS or cube.header.get("PRICORR"):
        return np.full((1, 1, 1), math.nan)
    factor = intensity_factor(
        unit_from(unit, cube.where), line.frequency, beams, cube.directions.pixel, cube.where
    )
    return level * factor


def _number(header: fits.Header, key: str) -> float | None:
    value = header.get(key)
    return float(value) if isinstance(value, int | float) and value > 0 else None


def _said(cube: _Cube, line: Line, unit: str) -> list[str]:
    axis = cube.spectral
    said = [f"axis of {axis.convention}, frame {axis.frame or 'not said'}", f"unit {unit}"]
    if axis.rest:
        shift = LIGHT_SPEED / 1e3 * (axis.rest / line.frequency - 1)
        said.append(
            f"rest frequency {axis.rest / 1e9:.9g} GHz in the file, {line.frequency / 1e9:.9g} GHz"
            f" of {line.species} {line.transition} taken: {shift:+.3g} km/s"
        )
    # In the cube of a model of ours a line is one.
    if "MODCODE" not in cube.header:
        said += hyperfine(line)
    if axis.frame.startswith("TOPO"):
        said.append("warning: velocities are those of the observatory, which moves about the Sun")
    if cube.header.get("PRIBEAM") and not cube.header.get("PRICORR"):
        said.append("warning: the primary beam is not divided out: the edge of the image is faint")
    return said
