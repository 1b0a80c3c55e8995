"""Dates as the FITS standard writes them."""

import re
from calendar import monthrange

__all__ = ["standard_date"]

_TIME = r"(?P<time>\d\d:\d\d(?P<seconds>:\d\d(?:\.\d*)?)?)"
_FORMS = (
    re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ]{_TIME})?Z?$"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)$"),
    re.compile(r"(?P<y>\d{4})/(?P<m>\d\d)/(?P<d>\d\d)$"),
    re.compile(r"(?P<d>\d\d)/(?P<m>\d\d)/(?P<y>\d\d)$"),
)


def standard_date(text: str) -> str:
    """A date of a known form as ``YYYY-MM-DD[Thh:mm:ss]``; '' for any other.

    Two figures are a year of the twentieth century (FITS 4.0, section 4.4.2.1).
    """
    for form in _FORMS:
        if match := form.match(text.strip()):
            parts = match.groupdict()
            year = parts["y"] if len(parts["y"]) == 4 else f"19{parts['y']}"
            time = parts.get("time") or ""
            if not _exists(int(year), int(parts["m"]), int(parts["d"]), time):
                return ""
            time += "" if not time or parts.get("seconds") else ":00"
            return f"{year}-{parts['m']}-{parts['d']}" + (f"T{time.rstrip('.')}" if time else "")
    return ""


def _exists(year: int, month: int, day: int, time: str) -> bool:
    """Whether there is such a day, and on it such a time; a leap second counts."""
    hour, minute, second = (*map(float, filter(None, time.split(":"))), 0.0, 0.0, 0.0)[:3]
    if hour >= 24 or minute >= 60 or second >= 61 or not 1 <= month <= 12 or year < 1:
        return False
    return 1 <= day <= monthrange(year, month)[1]
