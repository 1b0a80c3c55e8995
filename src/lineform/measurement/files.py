"""Files of cubes as measurements: our observation files, and FITS."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lineform.errors import ConfigError, ReadError, UnitsError
from lineform.func.radiation import brightness_temperature
from lineform.io import format_of
from lineform.measurement.base import Measurement
from lineform.measurement.brightness import intensity_factor
from lineform.measurement.checks import checked_emission, checked_noise, without_blanks
from lineform.measurement.images import read_images
from lineform.measurement.linefree import line_free
from lineform.measurement.noise import estimated, with_correlation
from lineform.measurement.noisemap import read_noise_map
from lineform.measurement.reading import Reading
from lineform.measurement.robust import deviation, mean_of, median
from lineform.measurement.stored import read_stored

__all__ = ["read_measurements"]

_NOISY = 2.0
"""Scatter over the rms that was given, from which channels are not without a line."""

_GLOWING = 3.0
"""Mean of the channels without a line over their scatter, from which it is emission."""

_KNOWN = 4
"""Channels without a line from which their mean is a continuum that a line has to stand above."""

_CONTINUUM = 7.0
"""Standard errors above which the channels without a line show a continuum."""


def read_measurements(path: Path, options: Reading) -> list[Measurement]:
    """The cubes of a file, each with its noise.

    Parameters
    ----------
    path : Path
        An observation file, or a FITS file.
    options : Reading

    Raises
    ------
    ConfigError
        If an option does not fit the file, or no line stands out.
    ReadError
        If the file cannot be read or understood.
    UnitsError
        If the unit of the pixels is unknown.
    """
    form = format_of(path)
    if form and form != "atomium-observation":
        raise ReadError(
            "format of the file",
            expected="an observation file or a FITS cube",
            seen=form,
            way_out="make observations of a model: lineform synthesise",
            where=str(path),
        )
    read: Callable[[Path, Reading], list[Measurement]] = read_stored if form else read_images
    return [_finished(measurement, options) for measurement in read(path, options)]


def _finished(measurement: Measurement, options: Reading) -> Measurement:
    known = bool(np.isfinite(measurement.rms).any())
    given = options.rms is not None or options.noise_map is not None
    measurement = without_blanks(measurement, zeros=not (known or given))
    if given:
        measurement = checked_noise(replace(measurement, rms=_given(measurement, options)))
    elif known:
        measurement = checked_noise(measurement)
    measurement, continuum = _with_noise(measurement, options, known=known, given=given)
    return checked_emission(measurement, options.faint, continuum)


def _given(measurement: Measurement, options: Reading) -> np.ndarray:
    """The rms that was given (channel or 1, y or 1, x or 1)."""
    if options.noise_map is not None:
        return read_noise_map(options.noise_map, measurement)
    if options.rms is None or not options.rms.value > 0:
        raise ConfigError("rms", expected="a positive one", seen=str(options.rms))
    line, pixel = measurement.line, measurement.pixel
    try:
        factor = intensity_factor(
            options.rms.unit, line.frequency, measurement.beams, pixel, measurement.source
        )
    except UnitsError as error:
        raise UnitsError(
            "unit of the rms",
            expected=error.expected,
            seen=error.seen or f"{options.rms.value:g} without a unit",
            way_out=error.way_out or "give a number and a unit (--rms '3 mJy/beam')",
            where=measurement.source,
        ) from error
    return np.asarray(options.rms.value * factor)


def _with_noise(
    measurement: Measurement, options: Reading, *, known: bool, given: bool
) -> tuple[Measurement, np.ndarray]:
    """The measurement with what its channels without a line tell, and the continuum left in it."""
    if known or given:
        free = line_free(measurement.intensity)
        baseline = mean_of(measurement.intensity[free]) if free.any() else np.array(0.0)
        told = ["rms as given" if given else "rms of the file"]
        quiet = float(deviation((measurement.intensity - baseline)[free])) if free.any() else 0.0
        stated = float(np.nanmedian(measurement.rms))
        # A cube without noise tells nothing of that which was given, nor does a line that fills
        # the band.
        measured = 0.1 * stated < quiet < _NOISY * stated
        if quiet >= _NOISY * stated:
            free, baseline = np.zeros_like(free), np.array(0.0)
            said = "no channel is without a line"
            said = f"warning: {said}, or the rms is too small" if given else said
            told.append(f"{said}: the faintest scatter by {quiet / stated:.3g} rms")
        if measured and given:
            ratio = quiet / stated
            told.append(f"channels without a line have {ratio:.2f} times that")
    else:
        noise = estimated(measurement)
        free, baseline, told, measured = noise.free, noise.baseline, list(noise.remarks), True
        measurement = checked_noise(replace(measurement, rms=noise.rms))
        if not options.baseline:
            _check_dark(measurement, baseline)
    measurement = replace(measurement, remarks=(*measurement.remarks, *told))
    if measured and not known:
        measurement = with_correlation(measurement, free)
    channels = int(free.sum())
    left = channels >= _KNOWN and not (options.baseline or measurement.synthetic)
    continuum = baseline if left else np.array(0.0)
    return _levelled(measurement, baseline, channels, options.baseline), continuum


def _check_dark(measurement: Measurement, baseline: np.ndarray) -> None:
    """Refuse noise that was measured in channels which are bright in the mean."""
    rms = float(np.nanmedian(measurement.rms))
    peak = float(np.nanmax(baseline, initial=0.0))
    if peak > _GLOWING * rms:
        kelvin = float(brightness_temperature(1.0, measurement.line.frequency))
        raise ConfigError(
            "noise",
            expected="channels without emission to measure it in",
            seen=f"{peak * kelvin:.3g} K in the mean of those that seem to be, {peak / rms:.3g}"
            " times their scatter",
            way_out="the line fills the band: give the rms (--rms); or take the continuum off"
            " (--baseline)",
            where=measurement.source,
        )


def _levelled(
    measurement: Measurement, baseline: np.ndarray, channels: int, wanted: bool
) -> Measurement:
    """The measurement without its continuum where that is wanted, or with a word on it."""
    if not channels or not baseline.ndim:
        return measurement
    kelvin = float(brightness_temperature(1.0, measurement.line.frequency))
    error = median(measurement.rms, 0) / np.sqrt(channels)
    if not wanted and not float(np.nanmax(baseline / error, initial=0.0)) > _CONTINUUM:
        return measurement
    peak = f"{float(np.nanmax(baseline)) * kelvin:.3g} K at its brightest"
    if not wanted:
        # A synthetic cube has none: what is there is a weak line that fills the band.
        if measurement.synthetic:
            return measurement
        remark = f"warning: a continuum of {peak} is in the channels without a line"
        return replace(measurement, remarks=(*measurement.remarks, remark))
    remark = f"continuum subtracted: mean of {channels} channels without a line, {peak}"
    return replace(
        measurement,
        intensity=measurement.intensity - baseline,
        remarks=(*measurement.remarks, remark),
    )
