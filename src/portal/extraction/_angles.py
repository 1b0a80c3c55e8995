"""Angles as headers write them: degrees, hours, or sexagesimal text of either."""

import math
import re

__all__ = ["declination", "right_ascension", "sexagesimal"]

_PARTS = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?P<d>\d{1,3})\s*(?P<mark>[:dh\u00b0\s])\s*(?P<m>\d{1,2}(?:\.\d*)?)"
    r"\s*(?:[:m'\u2032\s]\s*(?P<s>\d{1,2}(?:\.\d*)?)\s*[s\"\u2033]?)?\s*\.?\s*$"
)
_HOURS = re.compile(r"\bh(?:ou)?rs?\b|\bhh[:.\s]?mm|\[h\]|\(h\)", re.IGNORECASE)
_RADIANS = re.compile(r"\brad(?:ian)?s?\b", re.IGNORECASE)


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
        if number is None:
            return None
        degrees = _scaled(
            number, hint, 15.0 if abs(number) <= 24.0 and _HOURS.search(hint) else 1.0
        )
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
        number = _number(value)
        degrees = None if number is None else _scaled(number, hint, 1.0)
    return degrees if degrees is not None and -90.0 <= degrees <= 90.0 else None


def _scaled(number: float, hint: str, factor: float) -> float:
    return math.degrees(number) if _RADIANS.search(hint) else number * factor


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
