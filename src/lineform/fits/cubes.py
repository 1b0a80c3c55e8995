"""Observations as FITS cubes."""

import math
from pathlib import Path

import numpy as np
from astropy.io import fits

from lineform.cube import Observation
from lineform.errors import ConfigError
from lineform.fits._text import ascii_text, unit_of
from lineform.fits._writing import write_hdus
from lineform.fits.cards import ORIGIN, Frame, cube_header
from lineform.func.brightness import beam_solid_angle, jansky_from_intensity
from lineform.func.radiation import brightness_temperature
from lineform.io import Header
from lineform.parameters import PARAMETERS
from lineform.state import FloatArray

__all__ = ["UNITS", "converted", "write_fits"]

UNITS = ("Jy/beam", "Jy/pixel", "K", "W m-2 Hz-1 sr-1")
"""Units that a cube can be written in."""


def write_fits(
    path: Path, observation: Observation, header: Header, unit: str, frame: Frame = ORIGIN
) -> None:
    """Write an observation as a FITS cube; it appears under `path` only when complete.

    The parameters of the model are a table, PARAMETERS, and lines of HISTORY.

    Parameters
    ----------
    path : Path
    observation : Observation
    header : Header
        Of the file that the observation came from.
    unit : str
        One of `UNITS`.
    frame : Frame

    Raises
    ------
    ConfigError
        If the unit is none of them, or needs a beam that there is not, or an axis has steps
        that differ.
    WriteError
        If the file cannot be written.
    """
    image = fits.PrimaryHDU(
        converted(observation, unit).astype(">f4"), cube_header(observation, header, unit, frame)
    )
    write_hdus(path, [image, *([_parameter_table(header)] if header.parameters else [])])


def converted(observation: Observation, unit: str) -> FloatArray:
    """The cube in a unit.

    Parameters
    ----------
    observation : Observation
    unit : str
        One of `UNITS`; kelvin are those of the Rayleigh-Jeans law at the rest frequency.

    Returns
    -------
    (channel, y, x) [unit]

    Raises
    ------
    ConfigError
        If the unit is none of them, or Jy/beam without a beam.
    """
    cube: FloatArray = observation.intensity * _factor(observation, unit)
    return cube


def _factor(observation: Observation, unit: str) -> float:
    """One W m-2 Hz-1 sr-1 in a unit."""
    beam, pixel = observation.beam, observation.pixel
    if unit == "W m-2 Hz-1 sr-1":
        return 1.0
    if unit == "K":
        return float(brightness_temperature(1.0, observation.line.frequency))
    if unit == "Jy/pixel":
        return float(jansky_from_intensity(1.0, math.radians(pixel / 3600) ** 2))
    if unit != "Jy/beam":
        raise ConfigError("unit", expected=f"one of {', '.join(UNITS)}", seen=repr(unit))
    if not beam.major:
        raise ConfigError(
            "unit",
            expected="an observation with a beam for Jy/beam",
            seen="none",
            way_out="give it one with lineform observe, or take Jy/pixel or K",
        )
    widths = math.radians(beam.major / 3600), math.radians(beam.minor / 3600)
    return float(jansky_from_intensity(1.0, beam_solid_angle(*widths)))


def _parameter_table(header: Header) -> fits.BinTableHDU:
    """The parameters of the model: a number or a text each, with unit and meaning."""
    known = {**header.described, **PARAMETERS}
    names = list(header.parameters)
    values = list(header.parameters.values())
    numbers = [math.nan if isinstance(value, str) else value for value in values]
    texts = {
        "NAME": names,
        "TEXT": [value if isinstance(value, str) else "" for value in values],
        "UNIT": [unit_of(header, name) for name in names],
        "MEANING": [known[name].description for name in names],
    }
    columns = {name: _text_column(name, column) for name, column in texts.items()}
    number = fits.Column("VALUE", "D", array=np.array(numbers, dtype=float))
    order = [columns["NAME"], number, columns["TEXT"], columns["UNIT"], columns["MEANING"]]
    return fits.BinTableHDU.from_columns(order, name="PARAMETERS")


def _text_column(name: str, texts: list[str]) -> fits.Column:
    ascii_texts = [ascii_text(text) for text in texts]
    return fits.Column(name, f"{max(1, *map(len, ascii_texts))}A", array=ascii_texts)
