"""Names, dates and bands of observed products in words."""

from datetime import UTC, datetime, timedelta
from math import isfinite

from portal.catalog.merge import Rows
from portal.pages._observed import Key
from portal.pages._text import clean, number

__all__ = ["band_of", "date_of", "day_of", "title_of", "wavelength"]

_MJD = datetime(1858, 11, 17, tzinfo=UTC)
_FIRST, _LAST = -678_575, 2_973_483
"""Days of the years 1 and 9999, which dates can tell."""
_LENGTHS = ((1.0, "m"), (1e-2, "cm"), (1e-3, "mm"), (1e-6, "µm"), (1e-9, "nm"), (1e-12, "pm"))
_KEV = 1.23984198e-9
"""Wavelength of a photon of 1 keV [m]."""
_XRAYS = 5e-9
_FIGURES = 5


def title_of(key: Key) -> str:
    """Name of the file, and of the part of it if that is not what it is opened for."""
    name = clean(key.path.rpartition("/")[2])
    return name if key.part in ("", "0", "1") else f"{name} · {clean(key.part)}"


def date_of(mjd: float | None) -> str | None:
    """A moment in UTC, to the second; None where there is none."""
    if mjd is None or not isfinite(mjd) or not _FIRST < mjd < _LAST:
        return None
    # Half a second is added, since what is below is cut off.
    moment = _MJD + timedelta(days=mjd, seconds=0.5)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def day_of(row: Rows) -> str | None:
    """The day on which it began."""
    moment = date_of(row["t_min"])
    return moment[:10] if moment else None


def wavelength(metres: float) -> str | None:
    """A wavelength in the unit that suits it, X-rays as energies too."""
    if not isfinite(metres) or metres <= 0:
        return None
    size, name = next(((s, n) for s, n in _LENGTHS if metres >= s), _LENGTHS[-1])
    text = f"{number(metres / size, _FIGURES)} {name}"
    return f"{text} ({number(_KEV / metres, 4)} keV)" if metres < _XRAYS else text


def band_of(row: Rows) -> str | None:
    """The band from end to end."""
    ends = [row["em_min"], row["em_max"]]
    if None in ends:
        return None
    low, high = (wavelength(end) for end in ends)
    return low if low == high or not high else f"{low} to {high}"
