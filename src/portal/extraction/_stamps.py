"""The times that a header states: of the start, of the end, of the middle."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from portal.extraction._dates import Moment, moment, plausible, time_of_day
from portal.extraction._remarks import remark
from portal.extraction._scales import scale_of, to_utc
from portal.fits.cards import Cards
from portal.headers.told import days_told
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED

__all__ = [
    "BEGIN_DATES",
    "CLOCKS",
    "END_CLOCKS",
    "END_DATES",
    "END_MJDS",
    "JDS",
    "MIDDLES",
    "MJDS",
    "OBS_DATES",
    "SUNS",
    "Stamp",
    "doubted",
    "end_stamps",
    "mjd_stamps",
    "reference",
    "row_stamps",
    "start_stamps",
]

_JD = 2400000.5

BEGIN_DATES = ("DATE-BEG", "DATE_BEG", "DATE-STA", "DATE-BEGIN")
OBS_DATES = (
    *("DATE-OBS", "DATE_OBS", "DATEOBS", "UTC-OBS", "DATE-STR", "DATE_STR", "OBSSTART", "UTSTART"),
    *("UTDATE", "UT-DATE", "UTC_DATE", "OBSDATE", "OBS_DATE", "TDATEOBS", "OBS-DATE"),
)
CLOCKS = (
    *("UTC-OBS", "UT-OBS", "UTSTART", "UT-START", "UTC-STA", "UTC_STRT", "UTOPEN", "UT-STR"),
    *("UT", "UTC", "UTIME", "TIME-OBS", "TIME_OBS", "TIMEOBS", "TTIMEOBS", "TIME-BEG"),
    *("OBSTIME", "OBS_TIME", "EXPSTART", "STARTUT", "UTC-STR", "UT-TIME", "UTC-TIME"),
)
MJDS = (
    *("MJD-OBS", "MJD_OBS", "MJDOBS", "MJD-STR", "MJD-STA", "MJDSTART", "MJD_BEG", "EXPSTART"),
    *("TEXPSTRT", "MJDATE", "UTMJD", "OBSMJD", "OBSSTART", "MJD-STAR", "MJD_STAR"),
)
JDS = ("JD-OBS", "JD_OBS", "OBSJD", "JD-BEG", "JDSTART", "JD", "JULDATE", "JD-START")
MIDDLES = ("MJD-AVG", "DATE-AVG", "MJD-MID", "DATE-MID", "MJDMEAN", "TMID", "MJD_MEAN", "MJD-MEAN")
SUNS = ("HJD", "BJD", "HJD-OBS", "BJD-OBS", "HMJD_OBS", "MHJD", "BMJD")

END_DATES = ("DATE-END", "DATE_END", "DATEEND", "DATEND", "OBSEND", "UTEND", "UTC-END")
END_CLOCKS = (
    *("TIME-END", "TIME_END", "UTC-END", "UT-END", "UTCEND", "UTEND", "UTCLOSE", "UTC_END"),
    *("UTSTOP", "UT-STOP", "UTC-STOP", "TIMEEND"),
)
END_MJDS = ("MJD-END", "MJD_END", "MJDEND", "EXPEND", "TEXPEND", "OBSEND")

_DAYS_APART = 2.0
"""Times that differ by more are not of one night."""
_MONTH = 31.0
_MADE = ("DATE", "DATE-FTS")
_FIRST = re.compile(r"\bof (?:the )?first (?:input )?(?:image|exposure|frame)\b", re.IGNORECASE)
_LAST = re.compile(r"\bof (?:the )?last (?:input )?(?:image|exposure|frame)\b", re.IGNORECASE)
"""Of comments on the dates of a stack."""
_READOUT = 60.0
"""Between the end of an exposure and TAI of the Sloan Digital Sky Survey [s]."""

_SECONDS = re.compile(r"\bsec(?:ond)?s?\b|\[s\]|\(s\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time that a header states.

    Parameters
    ----------
    mjd : scalar [d]
        In UTC unless `local`.
    source
        The cards that state it.
    within : scalar [d]
        Length of the interval that begins at `mjd` and in which the time lies.
    trust : scalar [1]
        Confidence.
    note
        What was assumed.
    middle, local, ends, universal
        Whether it is the middle of the exposure, whether a clock of the site's zone gave it,
        and whether its comment says that it is the end, or in UTC.
    """

    mjd: float
    source: str
    within: float = 0.0
    trust: float = STATED
    note: str = ""
    middle: bool = False
    local: bool = False
    ends: bool = False
    universal: bool = False


def start_stamps(cards: Cards) -> Iterator[Stamp]:
    """Times at which the exposure may have begun, the best first."""
    dated = [stamp for stamp in _dates(cards, OBS_DATES, CLOCKS) if not stamp.ends]
    yield from _agreeing(_elapsed(cards, "TSTART"), dated)
    yield from _dates(cards, BEGIN_DATES, CLOCKS)
    yield from _mjds(cards, ("MJD-BEG",), STATED)
    yield from _tai(cards, "TAI-BEG")
    counted = [*_mjds(cards, MJDS, STATED), *_mjds(cards, ("MJD",), CONVENTION)]
    yield from _of_that_night((s for s in dated if not s.within), counted)
    yield from _mjds(cards, MJDS, STATED)
    yield from _jds(cards, JDS, CONVENTION)
    yield from _tai_of_readout(cards)
    for stamp in (*_mjds(cards, MIDDLES, CONVENTION), *_dates(cards, MIDDLES, ())):
        yield replace(stamp, middle=True)
    yield from _mjds(cards, ("MJD",), CONVENTION)
    note = "of the light's arrival at the Sun: up to 8.3 minutes from that at the telescope"
    for stamp in (*_jds(cards, SUNS, INFERRED), *_mjds(cards, SUNS, INFERRED)):
        yield replace(stamp, note=note)
    yield from dated
    yield from _dates(cards, _commented(cards, _FIRST), ())


def doubted(cards: Cards, start: Stamp | None) -> Stamp | None:
    """A start with less trust where another card says another day, or the file is older."""
    made = [found for name in _MADE if (found := moment(cards.text(name) or ""))]
    if start and made and start.mjd > max(one.mjd for one in made) + _MONTH:
        note = f"later than the file, which is of MJD {max(one.mjd for one in made):.0f}"
        return replace(start, trust=INFERRED, note="; ".join(filter(None, (start.note, note))))
    others = (*_dates(cards, OBS_DATES, CLOCKS), *_mjds(cards, MJDS, STATED))
    for other in others if start else ():
        if start and abs(other.mjd - start.mjd) > _DAYS_APART and not other.ends:
            note = f"{other.source} says MJD {other.mjd:.1f}"
            return replace(start, trust=INFERRED, note="; ".join(filter(None, (start.note, note))))
    return start


def end_stamps(cards: Cards, start: Stamp | None) -> Iterator[Stamp]:
    """Times at which the exposure may have ended, the best first."""
    dated = list(_dates(cards, END_DATES, END_CLOCKS))
    yield from _agreeing(_elapsed(cards, "TSTOP"), dated)
    yield from _tai(cards, "TAI-END")
    yield from (stamp for stamp in dated if not stamp.within)
    yield from _mjds(cards, END_MJDS, STATED)
    yield from (s for s in _dates(cards, OBS_DATES, CLOCKS) if s.ends and not s.within)
    if start is not None and not start.within and not start.middle:
        yield from _same_night(cards, start)
    yield from dated
    yield from _dates(cards, _commented(cards, _LAST), ())


def _commented(cards: Cards, pattern: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(name for name in cards if pattern.search(cards.comment(name)))


def mjd_stamps(cards: Cards, names: tuple[str, ...]) -> Iterator[Stamp]:
    """Times that cards `names` of Modified Julian Dates state."""
    return _mjds(cards, names, STATED)


def row_stamps(cards: Cards, name: str, value: float, unit: str) -> Iterator[Stamp]:
    """What a `value` in the column `name` tells of the start of its row.

    Parameters
    ----------
    cards
        Of the product: its time scale, and the reference of times that count from one.
    unit
        Of the column; '' where it tells none.
    """
    given = Cards.given({name: value, **({"TIMEUNIT": unit} if unit else {})}, cards.hdu)
    if name == "TSTART" and reference(cards) is not None:
        yield from _elapsed(given.over(cards), name)
    elif days_told(unit):
        yield from _mjds(given.over(cards), (name,), CONVENTION)


def reference(cards: Cards) -> float | None:
    """MJD, in the scale of the header, that times since a reference count from; None for none."""
    for name, zero in (("MJDREF", 0.0), ("JDREF", _JD), ("BJDREF", _JD)):
        whole, part = cards.number(f"{name}I"), cards.number(f"{name}F")
        if whole is not None:
            return whole - zero + (part or 0.0)
        if (value := cards.number(name)) is not None:
            return value - zero
    said = moment(cards.text("DATEREF") or "")
    return said.mjd if said else None


def _elapsed(cards: Cards, name: str) -> Iterator[Stamp]:
    """Of TSTART and TSTOP: time since a reference, in seconds or days."""
    zero = reference(cards)
    whole, value = cards.number(f"{name}I"), cards.number(name)
    if whole is not None:
        name, value = f"{name}I", whole + (cards.number(f"{name}F") or 0.0)
    if value is None or zero is None:
        return
    said = (cards.text("TIMEUNIT") or cards.comment(name)).strip().lower()
    days = said in ("d", "day", "days") or "[d]" in said
    mjd = zero + (value + (cards.number("TIMEZERO") or 0.0)) / (1.0 if days else 86400.0)
    if plausible(mjd):
        scale = scale_of(cards)
        note = "" if scale == "utc" else f"from {scale.upper()}"
        yield Stamp(to_utc(mjd, scale), cards.source(name), note=note)


def _agreeing(elapsed: Iterator[Stamp], dated: list[Stamp]) -> Iterator[Stamp]:
    """Elapsed times, unless a date says otherwise: references are misused more often."""
    for stamp in elapsed:
        if not dated or abs(stamp.mjd - dated[0].mjd) < 2.0:
            yield stamp


def _of_that_night(dated: Iterator[Stamp], counted: list[Stamp]) -> Iterator[Stamp]:
    """Dates with the day of an MJD beside them: some headers give the day at the end of a night."""
    for stamp in dated:
        days = round(counted[0].mjd - stamp.mjd) if counted and not counted[0].within else 0
        if abs(days) == 1 and abs(counted[0].mjd - stamp.mjd - days) < 0.02:
            note = "the day of the MJD: the date is another one"
            yield replace(stamp, mjd=stamp.mjd + days, trust=CONVENTION, note=note)
        else:
            yield stamp


def _dates(cards: Cards, names: tuple[str, ...], clocks: tuple[str, ...]) -> Iterator[Stamp]:
    for name in names:
        value = cards.value(name)
        # A packed date may stand as a number; a day count is left to the cards of MJD and JD.
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        found, comment = moment(text), cards.comment(name)
        if found is None or remark(comment).of_file:
            continue
        source = cards.source(name)
        if found.within and (clock := _clock(cards, clocks)):
            found, source = Moment(found.mjd + clock[1]), f"{source}, {clock[0]}"
            comment = f"{comment}; {cards.comment(clock[0])}"
        yield _stamp(cards, found, source, comment)


def _stamp(cards: Cards, found: Moment, source: str, comment: str) -> Stamp:
    scale, said = scale_of(cards), remark(comment, cards.text("TELESCOP") or "")
    trust, note, mjd = STATED, "", found.mjd
    if found.within:
        trust, note = CONVENTION, "only the day is known"
    elif said.zone:
        trust, note = DERIVED, f"from a clock {said.zone:+.0f} h of UTC"
        mjd -= said.zone / 24.0
    elif not said.local:
        note = "" if scale == "utc" else f"from {scale.upper()}"
        mjd = to_utc(mjd, scale)
    about = said.middle, said.local, said.ends, said.universal
    return Stamp(mjd, source, found.within, trust, note, *about)


def _clock(cards: Cards, names: tuple[str, ...]) -> tuple[str, float] | None:
    """Name and fraction of a day of the first card that gives a time of day.

    One of the end is no clock of the start; one of the site's zone comes after others.
    """
    found = [
        (name, fraction, said.local)
        for name in names
        # Midnight to the last digit is what programs write who know the day alone.
        if (fraction := _time_of(cards, name))
        and (not (said := remark(cards.comment(name))).ends or names is END_CLOCKS)
    ]
    first = min(found, key=lambda one: one[2], default=None)
    return first and first[:2]


def _time_of(cards: Cards, name: str) -> float | None:
    """Fraction of a day that a card gives."""
    text, number = cards.text(name), cards.number(name)
    if number is None:
        return time_of_day(text) if text else None
    timed = _SECONDS.search(cards.comment(name)) and 0.0 <= number < 86401.0
    return number / 86400.0 if timed else None


def _mjds(cards: Cards, names: tuple[str, ...], trust: float) -> Iterator[Stamp]:
    return _numbers(cards, names, trust, lambda value: value)


def _jds(cards: Cards, names: tuple[str, ...], trust: float) -> Iterator[Stamp]:
    return _numbers(cards, names, trust, lambda value: value - _JD)


def _numbers(
    cards: Cards, names: tuple[str, ...], trust: float, to_mjd: Callable[[float], float]
) -> Iterator[Stamp]:
    scale = scale_of(cards)
    for name in names:
        value = cards.number(name)
        # Three digits before the point are a time of something else, or the year of a date.
        if value is None or value < 10000.0:
            continue
        mjd, said = to_mjd(value), remark(cards.comment(name))
        if not plausible(mjd) or (said.ends and names is not END_MJDS):
            continue
        if mjd == int(mjd):
            yield Stamp(
                mjd, cards.source(name), 1.0, min(trust, CONVENTION), "only the day is known"
            )
            continue
        note = "" if scale == "utc" else f"from {scale.upper()}"
        yield Stamp(to_utc(mjd, scale), cards.source(name), 0.0, trust, note, said.middle)


def _tai(cards: Cards, name: str) -> Iterator[Stamp]:
    """Seconds of TAI since MJD 0, of the Sloan Digital Sky Survey."""
    value = cards.number(name)
    if value is not None and plausible(value / 86400.0) and value > 1e9:
        mjd = to_utc(value / 86400.0, "tai")
        yield Stamp(mjd, cards.source(name), trust=CONVENTION, note="from seconds of TAI")


def _tai_of_readout(cards: Cards) -> Iterator[Stamp]:
    """The middle of the exposures of a plate, from the time at which they were read out.

    The pipeline of the survey takes TAI for a minute after the end of an exposure; in a sum of
    several, which have equal lengths, it is the mean of theirs. Scans of the sky have there the
    time at which they began.
    """
    if "PLATEID" not in cards:
        yield from _tai(cards, "TAI")
        return
    exposed = cards.number("EXPTIME") or 0.0
    number = max(cards.integer("NEXP_B1") or cards.integer("NEXP_R1") or 1, 1)
    for stamp in _tai(cards, "TAI"):
        late = (_READOUT + max(exposed, 0.0) / number / 2.0) / 86400.0
        note = "from seconds of TAI, a minute after the exposure"
        note += f"; the mean of {number}" if number > 1 else ""
        trust = INFERRED if number > 1 else CONVENTION
        yield replace(stamp, mjd=stamp.mjd - late, middle=True, trust=trust, note=note)


def _same_night(cards: Cards, start: Stamp) -> Iterator[Stamp]:
    clock = _clock(cards, END_CLOCKS)
    if clock is None:
        return
    day = float(int(start.mjd // 1))
    mjd = to_utc(day + clock[1], scale_of(cards))
    # An exposure that ends before it began ended after midnight.
    mjd += 1.0 if mjd < start.mjd else 0.0
    if mjd - start.mjd < 0.75:
        yield Stamp(mjd, cards.source(clock[0]), note="on the night of the start")
