"""Starts and ends that go together, of one clock."""

from dataclasses import replace

from portal.extraction._stamps import Stamp, mjd_stamps
from portal.fits.cards import Cards
from portal.model.cell import CONVENTION, DERIVED, INFERRED

__all__ = ["PAIRS", "of_one_clock"]

PAIRS = {
    "EXPEND": ("EXPSTART",),
    "TEXPEND": ("TEXPSTRT",),
    "OBSEND": ("OBSSTART",),
    "MJD-END": ("MJD-BEG", "MJD-STAR", "MJD-STR", "MJD-STA", "MJD-OBS"),
    "MJD_END": ("MJD_BEG", "MJD_STAR", "MJD_OBS"),
    "MJDEND": ("MJDSTART", "MJDOBS"),
}
"""Cards of an end, and those of the start that the same clock gives."""
_MINUTE = 1.0 / 1440.0
_SAME = 1e-5
"""Days between the same moment as a date and as a number of some digits."""
_MOST_EXPOSURES = 1000.0


def of_one_clock(
    cards: Cards, start: Stamp | None, end: Stamp | None, seconds: float
) -> tuple[Stamp | None, Stamp | None]:
    """A start and an end, both of the clock of the end where that has a start of its own.

    Parameters
    ----------
    seconds : scalar [s]
        Of the exposure, 0 where it is not known.
    """
    if start is None or end is None:
        return start, end
    own = mjd_stamps(cards, PAIRS.get(end.source.rpartition(" ")[2], ()))
    begun = next((one for one in own if not one.within and not one.middle), None)
    if begun is not None and begun.mjd <= end.mjd and not start.middle:
        start, end = _agreed(start, begun, end)
    if seconds and (end.mjd - start.mjd) * 86400.0 > _MOST_EXPOSURES * seconds:
        note = f"more than {_MOST_EXPOSURES:.0f} exposures after the start"
        end = replace(end, trust=INFERRED, note="; ".join(filter(None, (end.note, note))))
    return start, end


def _agreed(start: Stamp, begun: Stamp, end: Stamp) -> tuple[Stamp, Stamp]:
    if abs(begun.mjd - start.mjd) < _MINUTE:
        return start, end
    if any(abs(one.mjd - start.mjd - 0.5) < _SAME for one in (begun, end)):
        # Days of JD, which begin at noon.
        note = f"a Julian date less 2400000: {start.source} is half a day earlier"
        first, last = (
            replace(one, mjd=one.mjd - 0.5, trust=DERIVED, note=note) for one in (begun, end)
        )
        return first, last
    note = f"{start.source} says MJD {start.mjd:.4f}, which has no end"
    return replace(begun, trust=min(begun.trust, CONVENTION), note=note), end
