"""Dates, angles and wavelengths as headers write them."""

import math
import re
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from portal.errors import ReadError

__all__ = ["degrees", "hours", "mjd", "number", "vacuum", "wavelength"]

Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64])
"""One value, or many of which some may be NaN."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEdD][+-]?[0-9]{1,4})?")
_ANGLE = re.compile(
    r"([+-]?)\s*([0-9]{1,3})(?:[:hd°\s]\s*([0-9]{1,2})(?:[:m'\s]\s*([0-9]{1,2}(?:\.[0-9]*)?))?)?[s\"]?"
)
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]*)?))?)?Z?"
)
_OLD_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{2})")
_FIRST = datetime(1858, 11, 17, tzinfo=UTC)


def number(text: str) -> int | float | None:
    """The number that `text` is, with FORTRAN's D for powers of ten; None if it is none."""
    text = text.strip()
    if len(text) > 400 or not _NUMBER.fullmatch(text):
        return None
    if text.lstrip("+-").isdecimal() and len(text) <= 18:
        return int(text)
    value = float(text.replace("d", "e").replace("D", "e"))
    return value if math.isfinite(value) else None


def degrees(text: str) -> float:
    """Angle [deg] of degrees, minutes and seconds.

    Raises
    ------
    ReadError
        If `text` is no such angle.
    """
    return _sexagesimal(text, "degrees, minutes and seconds, such as -00 12 30.5", 360)


def hours(text: str) -> float:
    """Angle [deg] of hours, minutes and seconds.

    Raises
    ------
    ReadError
        If `text` is no such angle.
    """
    return 15 * _sexagesimal(text, "hours, minutes and seconds, such as 05:35:17.3", 24)


def _sexagesimal(text: str, expected: str, most: int) -> float:
    found = _ANGLE.fullmatch(text.strip()) if len(text) < 60 else None
    if found is not None:
        whole, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
        if whole <= most and minutes < 60 and seconds < 60:
            value = whole + minutes / 60 + seconds / 3600
            return -value if found[1] == "-" else value
    raise ReadError("not an angle", seen=repr(text)[:60], expected=expected, code="wrong-type")


def mjd(text: str) -> float:
    """Modified Julian date [d] of a date in the time scale of the text.

    Raises
    ------
    ReadError
        If `text` is no date as FITS has it.
    """
    text = text.strip()
    found = _DATE.fullmatch(text)
    old = None if found else _OLD_DATE.fullmatch(text)
    try:
        if found is not None:
            year, month, day, hour, minute = (int(part or 0) for part in found.groups()[:5])
            start = datetime(year, month, day, hour, minute, tzinfo=UTC)
            seconds = float(found[6] or 0)
            if seconds < 61:
                return ((start - _FIRST).total_seconds() + seconds) / 86400
        if old is not None:
            # As FITS had it until 1999: day, month, year of the twentieth century.
            day, month, year = map(int, old.groups())
            return float((datetime(1900 + year, month, day, tzinfo=UTC) - _FIRST).days)
    except ValueError:
        pass
    raise ReadError(
        "not a date",
        seen=repr(text)[:60],
        expected="a date such as 2015-10-12T03:20:00",
        code="wrong-type",
    )


def wavelength(value: Numbers, unit: str) -> Numbers:
    """Vacuum wavelength [m] of one `value` or many, in a unit of wavelength or what it comes from.

    Raises
    ------
    ReadError
        If the unit is none of these, or `value` is not positive.
    """
    from astropy import units

    if np.any(np.less_equal(value, 0)):
        raise _not_positive(value)
    try:
        given = value * units.Unit(unit)
        found: npt.NDArray[np.float64] = given.to_value("m", equivalencies=units.spectral())
    except (ValueError, ZeroDivisionError) as error:
        raise ReadError(
            "unit that is none of a spectrum",
            seen=repr(unit),
            expected="a unit of wavelength, frequency, energy or wave number",
            code="wrong-unit",
        ) from error
    if np.any(np.isinf(found)):
        raise _not_positive(value)
    return found if isinstance(value, np.ndarray) else float(found)


def _not_positive(value: float | npt.NDArray[np.float64]) -> ReadError:
    return ReadError(
        "not positive", seen=f"{np.nanmin(value):g}", expected="more than 0", code="range"
    )


def vacuum(value: Numbers, unit: str) -> Numbers:
    """Vacuum wavelength [m] of a wavelength `value` [unit] in air, one or many.

    Notes
    -----
    Index of refraction of standard air after Ciddor (1996), with the inverse by Piskunov of
    VALD3: within 2e-9 of it between 200 nm and 2 micrometres. Below 200 nm nothing is
    measured in air, and nothing is changed.
    """
    metres = wavelength(value, unit)
    # Shorter ones are as they are, and stay clear of the poles of the formula.
    s = (1e-6 / np.maximum(metres, 2e-7)) ** 2
    index = 1 + 8.336624212083e-5 + 2.408926869968e-2 / (130.1065924522 - s)
    index = np.where(metres < 2e-7, 1.0, index + 1.599740894897e-4 / (38.92568793293 - s))
    found: npt.NDArray[np.float64] = metres * index
    return found if isinstance(metres, np.ndarray) else float(found)
