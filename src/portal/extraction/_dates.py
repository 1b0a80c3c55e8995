"""Dates and times of day as headers of all ages write them.

A moment is a Modified Julian Date with the length of the interval in which it lies: a date
without a time of day is known to a day. Dates that mean "not known", such as the first of
January 1970 of a clock that was never set, are no moments.
"""

import math
import re
from dataclasses import dataclass
from datetime import date

__all__ = ["EARLIEST", "EPOCHS", "LATEST", "UNSET", "Moment", "moment", "plausible", "time_of_day"]

EARLIEST, LATEST = -18262.0, 69807.0
"""MJD of the years 1808 and 2050: no photograph is older, and a later date is no observation."""

_MJD_ORDINAL = date(1858, 11, 17).toordinal()
UNSET = ((-1.0, 1.0), (40586.0, 40587.001))
"""MJD near 0 and near 1970-01-01: what clocks say that were never set."""
EPOCHS = (33281.92313, 33281.92345905, 33282.0, 51544.5)
"""MJD of the equinoxes B1950 and J2000, which programs write for the date of an observation."""

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_CLOCK = re.compile(
    r"(?P<h>\d{1,2})[:h\s]\s*(?P<m>\d{1,2})(?:[:m\s]\s*(?P<s>\d{1,2}(?:[.,]\d*)?)s?)?\s*Z?$"
)
_SEPARATED = re.compile(r"(\d{4})[-/.:\s](\d{1,2})[-/.:\s](\d{1,2})$")
_DAY_OF_YEAR = re.compile(r"(\d{4})[-.:](\d{3})$")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_OLD = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})$")
_NAMED = re.compile(r"(\d{1,2})[-\s/]?([A-Za-z]{3})[a-z]*[-\s/,]*(\d{4}|\d{2})$")
_NAMED_FIRST = re.compile(r"([A-Za-z]{3})[a-z]*[-\s/.]*(\d{1,2})[-\s/,]+(\d{4})$")
_PARTED = re.compile(r"(?P<day>[^T]*?\d)(?:T|\s+|(?<=\d{3}):)(?P<clock>\d{1,2}:.*)$")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the time scale of its header.

    Parameters
    ----------
    mjd : scalar [d]
        Begin of the interval in which it lies.
    within : scalar [d]
        Length of that interval: 1 for a date alone, 0 for a date with a time.
    """

    mjd: float
    within: float = 0.0


def plausible(mjd: float) -> bool:
    """Whether an observation can have been made then; `mjd` in days."""
    if not (math.isfinite(mjd) and EARLIEST <= mjd <= LATEST):
        return False
    if any(abs(mjd - epoch) < 1e-5 for epoch in EPOCHS):
        return False
    return not any(first <= mjd < last for first, last in UNSET)


def moment(text: str) -> Moment | None:
    """The moment that `text` names, or None where it names none.

    Parameters
    ----------
    text
        A date, such as ``2011-08-11T23:23:52.266``, ``19930417``, ``08/11/51`` (day, month, year
        of the twentieth century: FITS before 1998), ``2011:04:18``, ``27-Oct-2009`` or
        ``1994.139:15:41:39``, with or without a time of day.
    """
    text = text.strip().strip("'\"").strip()
    if not text or len(text) > 40:
        return None
    day = _day(text)
    if day is not None:
        return Moment(float(day), 1.0) if plausible(float(day)) else None
    parted = _PARTED.match(text)
    day = _day(parted["day"].strip()) if parted else None
    clock = time_of_day(parted["clock"]) if parted else None
    if day is None or clock is None or not plausible(float(day)):
        return None
    if not plausible(day + clock):
        return None
    # Midnight to the last digit is what programs write who know the day alone.
    return Moment(day + clock, 1.0 if clock == 0.0 else 0.0)


def time_of_day(text: str) -> float | None:
    """Fraction of a day that a time such as ``09:36:00.00`` or ``9h36m`` is; None for none."""
    match = _CLOCK.match(text.strip())
    if match is None:
        return None
    hours, minutes = int(match["h"]), int(match["m"])
    seconds = float((match["s"] or "0").replace(",", "."))
    # 60 seconds and more stand in headers at a leap second, and where a clock was rounded up.
    if hours > 24 or minutes > 59 or seconds > 61.0:
        return None
    return (hours + (minutes + seconds / 60.0) / 60.0) / 24.0


def _day(text: str) -> int | None:
    """MJD of the date `text`."""
    if match := _SEPARATED.match(text) or _PACKED.match(text):
        return _mjd(*(int(part) for part in match.groups()))
    if match := _DAY_OF_YEAR.match(text):
        first = _mjd(int(match[1]), 1, 1)
        return None if first is None or not 1 <= int(match[2]) <= 366 else first + int(match[2]) - 1
    if match := _OLD.match(text):
        return _old(int(match[1]), int(match[2]), match[3])
    if match := _NAMED.match(text):
        return _mjd(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _NAMED_FIRST.match(text):
        return _mjd(int(match[3]), _month(match[1]), int(match[2]))
    return None


def _old(day: int, month: int, year: str) -> int | None:
    # The standard has the day first; where that is impossible the writer put the month first.
    if month > 12 >= day:
        day, month = month, day
    return _mjd(_year(year), month, day)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 1900 + int(digits)


def _month(name: str) -> int:
    name = name.lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else 0


def _mjd(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal() - _MJD_ORDINAL
    except ValueError:
        return None
