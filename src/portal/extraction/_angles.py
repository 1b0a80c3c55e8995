"""Angles as headers write them: degrees, hours, or sexagesimal text of either."""

import math
import re

from portal.fits.units import quantity_factor
from portal.headers.told import unit_told

__all__ = ["declination", "of_column", "right_ascension", "sexagesimal"]

_PARTS = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?P<d>\d{1,3})\s*(?P<mark>[:dh\u00b0\s])\s*(?P<m>\d{1,2}(?:\.\d*)?)"
    r"\s*(?:[:m'\u2032\s]\s*(?P<s>\d{1,2}(?:\.\d*)?)\s*[s\"\u2033]?)?\s*\.?\s*$"
)
_HOURS = re.compile(r"\bh(?:ou)?rs?\b|\bhh[:.\s]?mm|\[h\]|\(h\)", re.IGNORECASE)
_RADIANS = re.compile(r"\brad(?:ian)?s?\b", re.IGNORECASE)
_DEGREES = re.compile(r"\bdeg(?:ree)?s?\b", re.IGNORECASE)


def sexagesimal(text: str) -> tuple[float, bool] | None:
    """The number of degrees or hours that `text` gives in parts of sixty.

    Returns
    -------
    The number, and whether the text itself says that it is hours; None where it is no such text.
    """
    match = _PARTS.match(text)
    if match is None:
        return None
    minutes, seconds = float(match["m"]), float(match["s"] or 0.0)
    if minutes >= 60.0 or seconds > 60.0:
        return None
    value = int(match["d"]) + (minutes + seconds / 60.0) / 60.0
    return (-value if match["sign"] == "-" else value), match["mark"] == "h"


def right_ascension(value: str | float, hint: str = "") -> float | None:
    """A right ascension in degrees, from 0 to below 360; None where `value` is none.

    Parameters
    ----------
    value
        A number, or text; sexagesimal text is in hours unless it or `hint` says degrees.
    hint
        Unit and comment of the card.
    """
    parts = sexagesimal(value) if isinstance(value, str) else None
    if parts is not None:
        # A comment such as "RA in degrees" beside 05:19:00 tells of another version of the card.
        degrees = parts[0] * (1.0 if isinstance(value, str) and "d" in value.lower() else 15.0)
    else:
        number = _number(value)
        factor = None if number is None else _factor(hint, hours=abs(number) <= 24.0)
        if number is None or factor is None:
            return None
        degrees = number * factor
    if not -360.0 <= degrees <= 360.0:
        return None
    # A tiny negative number plus 360 is 360 itself.
    wrapped = degrees % 360.0
    return 0.0 if wrapped >= 360.0 else wrapped


def declination(value: str | float, hint: str = "") -> float | None:
    """A declination in degrees, from -90 to 90; None where `value` is none."""
    parts = sexagesimal(value) if isinstance(value, str) else None
    if parts is not None:
        degrees: float | None = parts[0]
    else:
        number, factor = _number(value), _factor(hint, hours=False)
        degrees = None if number is None or factor is None else number * factor
    return degrees if degrees is not None and -90.0 <= degrees <= 90.0 else None


def of_column(value: str | float, unit: str) -> str | None:
    """The `unit` of a column as the hint of `value`; None where it cannot be understood."""
    if not unit or isinstance(value, str):
        return unit
    if unit_told(f"[{unit}]"):
        return f"[{unit}]"
    words = (_DEGREES, _RADIANS, _HOURS)
    return unit if any(word.search(unit) for word in words) else None


def _factor(hint: str, *, hours: bool) -> float | None:
    """Degrees in one of what `hint` tells; None where it is no angle. `hours` are possible."""
    told = unit_told(hint)
    if told is None:
        if _RADIANS.search(hint):
            return math.degrees(1.0)
        return 15.0 if hours and _HOURS.search(hint) else 1.0
    if quantity_factor(told, "h") == 1.0:
        return 15.0 if hours else 1.0
    return quantity_factor(told, "deg")


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
