"""Times of exposures that were added, each with cards of its own number."""

import re
from dataclasses import dataclass, replace

from portal.extraction._stamps import (
    BEGIN_DATES,
    CLOCKS,
    END_CLOCKS,
    END_DATES,
    END_MJDS,
    MJDS,
    OBS_DATES,
    Stamp,
    end_stamps,
    start_stamps,
)
from portal.fits.cards import Cards
from portal.model.cell import DERIVED, Cell, Origin

__all__ = ["Series", "series"]

_NUMBERED = re.compile(r"(.*\D)([1-9]\d?)$")
_EXPOSURE = "EXPTIME"
_NAMES = (
    *(*BEGIN_DATES, *OBS_DATES, *CLOCKS, *MJDS, *END_DATES, *END_CLOCKS, *END_MJDS),
    _EXPOSURE,
)
_SCALES = ("TIMESYS", "TELESCOP")
_SLACK = 1.0 / 86400.0
"""By which clocks of a second may let exposures overlap [d]."""


@dataclass(frozen=True, slots=True)
class Series:
    """Exposures one after another.

    Parameters
    ----------
    start, end
        Of the first, and of the last.
    exposed
        The cell of all together.
    """

    start: Stamp
    end: Stamp | None
    exposed: Cell


def series(cards: Cards) -> Series | None:
    """What cards such as ``DATE-OB1`` to ``DATE-OB4`` tell with times of exposure in order.

    Numbers also stand for detectors, arms, and start and end: None unless each number has a start
    and an exposure that is over when the next begins.
    """
    parts = _parts(cards)
    starts = [start for part in parts if (start := next(start_stamps(part), None))]
    seconds = [part.number(_EXPOSURE) or 0.0 for part in parts]
    if len(parts) < 2 or len(starts) < len(parts) or min(seconds) <= 0.0:
        return None
    if any(one.within or one.middle or one.local for one in starts):
        return None
    over = [one.mjd + length / 86400.0 for one, length in zip(starts, seconds, strict=True)]
    if any(last > begun.mjd + _SLACK for last, begun in zip(over, starts[1:], strict=False)):
        return None
    note = f"of {len(parts)} exposures with numbered cards"
    source = f"HDU {cards.hdu} {_EXPOSURE}1 to {len(parts)}"
    exposed = Cell("t_exptime", sum(seconds), Origin("keyword", source, DERIVED, note=note))
    end = next(end_stamps(parts[-1], starts[-1]), None)
    if end is None or end.within or end.mjd < starts[-1].mjd:
        end = replace(starts[-1], mjd=over[-1])
    return Series(
        replace(starts[0], trust=DERIVED, note=f"the first {note}"),
        replace(end, trust=DERIVED, note=f"the last {note}"),
        exposed,
    )


def _parts(cards: Cards) -> list[Cards]:
    """The cards of each number from 1, under their names without it, cut to eight characters."""
    found: dict[int, list[str]] = {}
    for record in cards.records:
        match = _NUMBERED.match(record[:8].rstrip().upper())
        for name in _NAMES if match else ():
            if match and name[: 8 - len(match[2])] == match[1]:
                found.setdefault(int(match[2]), []).append(name.ljust(8) + record[8:])
    kept = [record for record in cards.records if record[:8].rstrip().upper() in _SCALES]
    count = next(n for n in range(len(found) + 1) if n + 1 not in found)
    return [Cards(found[n] + kept, cards.hdu) for n in range(1, count + 1)]
