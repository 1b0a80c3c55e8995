"""Time scales of headers, turned into UTC."""

import re
import warnings
from functools import lru_cache

from portal.fits.cards import Cards

__all__ = ["SCALES", "scale_of", "to_utc"]

SCALES = {
    **dict.fromkeys(("UTC", "UT", "UT1", "GMT", "Z", "ZULU", "UNKNOWN", "LOCAL"), "utc"),
    **dict.fromkeys(("TT", "TDT", "ET", "TERRESTRIAL TIME"), "tt"),
    **dict.fromkeys(("TAI", "IAT"), "tai"),
    "TDB": "tdb",
    "TCB": "tcb",
    "TCG": "tcg",
    "GPS": "gps",
}
_GPS_BEHIND_TAI = 19.0 / 86400.0
_FIRST_LEAP = 36934.0
"""MJD of 1960-01-01, when UTC began; older times are UT and stay as they are."""


def scale_of(cards: Cards) -> str:
    """Time scale that TIMESYS names, in the words of astropy; ``utc`` where it names none.

    UT1 differs from UTC by less than a second and counts as it.
    """
    said = re.sub(r"\(.*\)", "", cards.text("TIMESYS") or cards.text("TIMSYS") or "")
    return SCALES.get(said.strip().upper(), "utc")


@lru_cache(maxsize=4096)
def to_utc(mjd: float, scale: str) -> float:
    """The MJD in UTC of an MJD in `scale`; both in days."""
    if scale == "utc" or mjd < _FIRST_LEAP:
        return mjd
    from astropy.time import Time

    if scale == "gps":
        mjd, scale = mjd + _GPS_BEHIND_TAI, "tai"
    with warnings.catch_warnings():
        # Of years without leap seconds known yet.
        warnings.simplefilter("ignore")
        day = float(int(mjd // 1))
        return float(Time(day, mjd - day, format="mjd", scale=scale).utc.mjd)
