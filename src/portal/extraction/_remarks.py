"""What comments say about the times of their cards."""

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Remark", "remark"]

_MIDDLE = re.compile(r"\b(?:mean|median|mid(?:dle|point)?|average)\b", re.I)
_LOCAL = re.compile(r"\blocal\b", re.I)
_ANYWHERE = re.compile(r"\b(?:[CE][SD]T|BST)\b")
"""Clocks of zones that have one name on several continents."""
_ZONE = re.compile(r"\b(?:HST|[PM][SD]T|JST|CES?T|AE[SD]T|AWST|SAST)\b")
_EAST = (
    "HST -10 PST -8 PDT -7 MST -7 MDT -6 JST 9 CET 1 CEST 2 AEST 10 AEDT 11 AWST 8 SAST 2".split()
)
_HOURS = {name: float(hours) for name, hours in zip(_EAST[::2], _EAST[1::2], strict=True)}
_UTC = re.compile(r"\bUTC?\b|\bGMT\b|\buniversal\b", re.I)
_BEGUN = re.compile(r"\b(?:start|begin|begun|open)", re.I)
_END = re.compile(r"\b(?:end|ends|ended|ending|stop|finish\w*|close[ds]?|closing)\b", re.I)
_WRITTEN = re.compile(r"\b(?:written|writing|creat(?:ed|ion)|processed|reduced)\b", re.I)
_OBSERVED = re.compile(r"\b(?:obs|expos|integ|start|begin)", re.I)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a comment says of a time.

    Parameters
    ----------
    middle, ends
        Whether it is the middle or the end of the exposure.
    of_file
        Whether it is when the file was written.
    local
        Whether a clock of the site gave it, of which the zone is not named.
    zone : scalar [h]
        East of UTC, of a clock of which it is named.
    universal
        Whether it names UTC.
    """

    middle: bool
    ends: bool
    of_file: bool
    local: bool
    zone: float
    universal: bool


@lru_cache(maxsize=4096)
def remark(comment: str, telescope: str = "") -> Remark:
    """What a comment says; where UTC is in it, its zones only tell what the time is not."""
    universal = _UTC.search(comment) is not None
    zone = None if universal else _ZONE.search(comment)
    # HST is a telescope, too.
    named = zone is not None and zone[0] not in telescope.upper()
    return Remark(
        _MIDDLE.search(comment) is not None,
        _END.search(comment) is not None and not _BEGUN.search(comment),
        _WRITTEN.search(comment) is not None and not _OBSERVED.search(comment),
        _LOCAL.search(comment) is not None
        or (not universal and _ANYWHERE.search(comment) is not None),
        _HOURS[zone[0]] if zone and named else 0.0,
        universal,
    )
