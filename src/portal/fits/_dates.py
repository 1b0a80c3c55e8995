"""Dates as the FITS standard writes them."""

import re

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
            if not 1 <= int(parts["m"]) <= 12 or not 1 <= int(parts["d"]) <= 31:
                return ""
            year = parts["y"] if len(parts["y"]) == 4 else f"19{parts['y']}"
            time = parts.get("time") or ""
            time += "" if not time or parts.get("seconds") else ":00"
            return f"{year}-{parts['m']}-{parts['d']}" + (f"T{time.rstrip('.')}" if time else "")
    return ""
