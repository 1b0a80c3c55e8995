"""Files of cubes as measurements: our observation files, and FITS."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from lineform.errors import ConfigError, ReadError
from lineform.io import format_of
from lineform.measurement.base import Measurement
from lineform.measurement.brightness import intensity_factor
from lineform.measurement.images import read_images
from lineform.measurement.noise import with_estimated_noise
from lineform.measurement.reading import Reading
from lineform.measurement.stored import read_stored

__all__ = ["read_measurements"]


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
        If an option does not fit the file.
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
    read = read_stored if form else read_images
    return [_with_noise(measurement, options) for measurement in read(path, options)]


def _with_noise(measurement: Measurement, options: Reading) -> Measurement:
    if options.rms is None:
        known = np.isfinite(measurement.rms).any()
        return measurement if known else with_estimated_noise(measurement)
    factor = intensity_factor(
        options.rms.unit,
        measurement.line.frequency,
        measurement.beams,
        measurement.pixel,
        measurement.source,
    )
    if not options.rms.value > 0:
        raise ConfigError("rms", expected="a positive one", seen=str(options.rms))
    return replace(measurement, rms=options.rms.value * factor)
