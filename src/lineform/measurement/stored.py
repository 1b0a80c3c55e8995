"""Cubes of our observation files as measurements."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from lineform.cube import Observation
from lineform.errors import ConfigError, ReadError
from lineform.instrument import noise_level, primary_gain
from lineform.io import observation_names, read_observation
from lineform.measurement.base import Measurement
from lineform.measurement.lines import known_line
from lineform.measurement.reading import Reading
from lineform.species import Line
from lineform.state import FloatArray

__all__ = ["read_stored"]

_HAIR = 1e-3
"""Of a pixel or a channel, by which one may be out of a range [1]."""

_FAINTEST = 0.2
"""Smallest response of the primary beam with which a pixel still counts."""


def read_stored(path: Path, options: Reading) -> list[Measurement]:
    """The cubes of an observation file, without noise where the file says nothing of it.

    Raises
    ------
    ConfigError
        If there is no such group or line, or they are of several directions.
    ReadError
        If it is no observation file.
    """
    names = observation_names(path)
    _check_options(options, path)
    for group in options.groups:
        if group not in names:
            raise ConfigError("group", expected=f"one of {', '.join(names)}", seen=group)
    wanted = {line.strip().replace(" ", "_") for line in options.lines}
    chosen = [
        name for name in options.groups or names if not wanted or name.rpartition("_d")[0] in wanted
    ]
    if not chosen:
        lines = sorted({name.rpartition("_d")[0].replace("_", " ") for name in names})
        raise ConfigError(
            "line",
            expected=f"one of {', '.join(lines) or 'none'}",
            seen=", ".join(options.lines) or "a file without observations",
            where=str(path),
        )
    found: list[Observation] = []
    for name in chosen:
        found.append(read_observation(path, name))
        _same_direction(found[0], found[-1], path)
    measured = [
        _measured(o, f"{path.name}, {name}", options) for name, o in zip(chosen, found, strict=True)
    ]
    return [_within(measurement, options) for measurement in measured]


def _check_options(options: Reading, path: Path) -> None:
    if options.beam is not None or options.rest_frequency:
        raise ConfigError(
            "beam" if options.beam is not None else "rest frequency",
            expected="none beside an observation file, which has its own",
            seen=str(options.beam or f"{options.rest_frequency:g} Hz"),
            way_out="see a cube through a beam with lineform observe",
            where=str(path),
        )


def _within(measurement: Measurement, options: Reading) -> Measurement:
    """The channels and pixels that are wanted."""
    low, high = options.velocity or (-math.inf, math.inf)
    radius = options.radius or math.inf
    channels = _between(measurement.velocity, low, high)
    rows, columns = (_between(axis, -radius, radius) for axis in (measurement.y, measurement.x))
    if min(len(channels), len(rows), len(columns)) < 2:
        raise ConfigError(
            "velocity range" if len(channels) < 2 else "radius",
            expected="at least two channels, and two pixels along each side",
            seen=f"{len(channels)} channels of {len(columns)} by {len(rows)} pixels",
            where=measurement.source,
        )
    rms = measurement.rms
    return replace(
        measurement,
        velocity=measurement.velocity[channels],
        x=measurement.x[columns],
        y=measurement.y[rows],
        intensity=measurement.intensity[np.ix_(channels, rows, columns)],
        rms=rms if rms.shape[1] == 1 else rms[:, rows][:, :, columns],
    )


def _between(axis: FloatArray, low: float, high: float) -> np.ndarray:
    hair = _HAIR * float(axis[1] - axis[0])
    return np.flatnonzero((axis >= low - hair) & (axis <= high + hair))


def _same_direction(first: Observation, other: Observation, path: Path) -> None:
    views = [f"({o.view.inclination:g}, {o.view.azimuth:g})" for o in (first, other)]
    if views[0] != views[1]:
        raise ConfigError(
            "observations",
            expected="cubes of one direction, as an observer has them",
            seen=f"inclination and azimuth {views[0]} and {views[1]}",
            way_out="choose the groups (--group)",
            where=str(path),
        )


def _measured(o: Observation, source: str, options: Reading) -> Measurement:
    cube = o.intensity.astype(float)
    remarks = [f"distance {o.distance:g} pc in the file"]
    gain = primary_gain(o, o.response.primary_beam) if o.response.primary_beam else None
    if gain is not None:
        gain = np.where(gain >= _FAINTEST, gain, np.nan)
        remarks.append(f"primary beam of {o.response.primary_beam:g} arcsec divided out")
        if not o.response.primary_beam_corrected:
            cube = cube / gain
    if o.response.largest_scale:
        remarks.append(
            f"warning: scales above {o.response.largest_scale:g} arcsec are lost in the cube, which"
            " a model does not know"
        )
    return Measurement(
        line=_line(o.line, options, source),
        velocity=o.velocity.astype(float),
        channel=_step(o, source),
        x=o.x.astype(float),
        y=o.y.astype(float),
        intensity=cube,
        rms=_rms(o, gain),
        beams=(o.beam,) if o.beam.major else (),
        channel_response=o.response.channel_response,
        correlated=bool(o.response.noise_rms and o.beam.major),
        source=source,
        distance=o.distance,
        synthetic=True,
        remarks=tuple(remarks),
    )


def _step(o: Observation, source: str) -> float:
    try:
        if o.pixel:
            return o.channel
    except ConfigError as error:
        raise ReadError(
            error.what, seen=error.seen, expected=error.expected, where=source
        ) from error
    return math.nan


def _rms(o: Observation, gain: FloatArray | None) -> FloatArray:
    if not o.response.noise_rms:
        return np.full((1, 1, 1), np.nan)
    level = np.full((1, 1, 1), noise_level(o))
    return level if gain is None else level / gain


def _line(line: Line, options: Reading, source: str) -> Line:
    """The line with its levels, at the rest frequency of the file."""
    try:
        known = known_line(f"{line.species} {line.transition}", options)
    except ConfigError as error:
        raise ConfigError(
            error.what,
            seen=error.seen,
            expected=error.expected,
            way_out="give the LAMDA file of the molecule (--lamda)",
            where=source,
        ) from error
    return replace(known, frequency=line.frequency)
