"""When it was observed, for how long, and how finely in time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from portal.errors import ReadError
from portal.extraction._dates import plausible
from portal.extraction._exposure import exposure, of_all
from portal.extraction._numbered import Series, series
from portal.extraction._pairs import of_one_clock
from portal.extraction._scales import SCALES, scale_of, to_utc
from portal.extraction._stamps import (
    Stamp,
    doubted,
    end_stamps,
    reference,
    row_stamps,
    start_stamps,
)
from portal.extraction._subints import Subints, subints
from portal.fits.axes import Axis
from portal.fits.products import Product
from portal.fits.units import quantity_factor
from portal.headers.keywords import from_card, null, row_value
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED, Cell, Origin, OriginKind

__all__ = ["DATED", "DERIVATION", "LONGITUDES"]

LONGITUDES = ("LONGITUD", "SITELONG", "LONG-OBS", "LONG_OBS", "OBS-LONG", "GEOLON")
"""Keywords of the site [deg]."""
_ROW_STARTS = ("MJD_START", "MJD-OBS", "MJD_OBS", "MJD", "TSTART")
_JD = 2400000.5
DATED: dict[str, tuple[float, str]] = {
    "DATE": (-_JD, ""),
    "MJD": (0.0, ""),
    "JD": (-_JD, ""),
    "HJD": (-_JD, "as seen from the Sun, up to 8.3 minutes from UTC"),
    "BJD": (-_JD, "as seen from the middle of the solar system, some minutes from UTC"),
}
"""Columns of days: what is added to be MJD, and why they are not UTC."""
_DAY = 86400.0
_HOUR = 1.0 / 24.0


@dataclass(frozen=True)
class _Timing:
    columns: tuple[str, ...] = ("t_exptime", "t_max", "t_min", "t_resolution")

    def derive(self, product: Product) -> Iterable[Cell]:
        """Times are MJD in UTC; where only the day is known, its begin is the start."""
        archive = subints(product)
        several = series(product.cards)
        exposed = next(iter(exposure(product)), archive.exposed if archive else None)
        exposed = exposed or (several.exposed if several else None)
        seconds = exposed.value if exposed and isinstance(exposed.value, float) else None
        start, end, kind = _interval(product, seconds, archive, several)
        if exposed:
            yield of_all(product, exposed, (end.mjd - start.mjd) * _DAY if start and end else None)
        if start:
            yield _cell("t_min", start, kind)
        if end and start and end.mjd < start.mjd:
            yield null("t_max", end.source, f"MJD {end.mjd:.5f}, before the start")
        elif end:
            yield _cell("t_max", end, kind)
        if archive and archive.step:
            yield archive.step
        else:
            yield from _resolution(product)


def _cell(column: str, stamp: Stamp, kind: OriginKind) -> Cell:
    return Cell(column, stamp.mjd, Origin(kind, stamp.source, stamp.trust, note=stamp.note))


def _interval(
    product: Product, seconds: float | None, archive: Subints | None, several: Series | None
) -> tuple[Stamp | None, Stamp | None, OriginKind]:
    stated = _added(product) or _stated(product, seconds)
    if several and (stated[0] is None or stated[0].within):
        stated = several.start, several.end
    sources: list[tuple[OriginKind, tuple[Stamp | None, Stamp | None]]] = [
        ("column", (archive.start, archive.end) if archive else (None, None)),
        ("column", _row(product)),
        ("wcs", _axis(product)),
        ("keyword", stated),
    ]
    if stated[0] is None or stated[0].within:
        sources.insert(3, ("column", _column(product)))
    for kind, (start, end) in sources:
        if start is not None:
            return *_completed(start, end, seconds), kind
    return None, _to_the_second(stated[1]), "keyword"


def _completed(
    start: Stamp, end: Stamp | None, seconds: float | None
) -> tuple[Stamp, Stamp | None]:
    """The interval, with what follows from the exposure time."""
    if not start.within or (end and end.mjd == start.mjd):
        end = _to_the_second(end)
    if start.middle and not start.within:
        return _around(start, end, seconds)
    if end is not None and end.mjd >= start.mjd:
        return start, end
    if seconds is None or start.within:
        return start, end
    note, trust = "the start and the exposure time", min(start.trust, DERIVED)
    return start, replace(start, mjd=start.mjd + seconds / _DAY, trust=trust, note=note)


def _to_the_second(end: Stamp | None) -> Stamp | None:
    """An end that is known better than to a day: its begin would be hours before the end."""
    return None if end and end.within else end


def _around(middle: Stamp, end: Stamp | None, seconds: float | None) -> tuple[Stamp, Stamp | None]:
    if seconds is None:
        note = "the middle of an exposure of unknown length"
        alone = replace(middle, trust=INFERRED, note=note)
        return alone, alone
    half = seconds / _DAY / 2.0
    trust, note = min(middle.trust, DERIVED), "the middle and half the exposure time"
    first = replace(middle, mjd=middle.mjd - half, trust=trust, note=note)
    if end is not None and end.mjd >= middle.mjd:
        return first, end
    return first, replace(first, mjd=middle.mjd + half)


def _added(product: Product) -> tuple[Stamp, Stamp] | None:
    """From the first to the last of the exposures in the file of which a spectrum is the sum.

    Spectra of the Sloan Digital Sky Survey tell no more than a day of their own.
    """
    if product.hdu.name.upper() != "COADD" or "TAI-BEG" in product.cards:
        return None
    parts = [hdu.cards for hdu in product.siblings if "TAI-BEG" in hdu.cards]
    starts = [stamp for cards in parts if (stamp := next(start_stamps(cards), None))]
    ends = [stamp for cards in parts if (stamp := next(end_stamps(cards, None), None))]
    if not starts or not ends:
        return None
    note = f"of {len(parts)} exposures that were added"
    first, last = min(starts, key=lambda s: s.mjd), max(ends, key=lambda s: s.mjd)
    return replace(first, trust=DERIVED, note=note), replace(last, trust=DERIVED, note=note)


def _stated(product: Product, seconds: float | None) -> tuple[Stamp | None, Stamp | None]:
    cards = product.cards
    start = next(start_stamps(cards), None)
    end = next(end_stamps(cards, start), None)
    start, end = of_one_clock(cards, start, end, seconds or 0.0)
    start, end = _in_utc(product, start, end, seconds or 0.0)
    return doubted(cards, start), end


def _in_utc(
    product: Product, start: Stamp | None, end: Stamp | None, seconds: float
) -> tuple[Stamp | None, Stamp | None]:
    """Times of local clocks less the offset of the site's zone, also of clocks not said to be."""
    east = _longitude(product)
    if east is None:
        # Hours of a zone that is not known are no times.
        return (None if start and start.local else start), (None if end and end.local else end)
    zone = round(east / 15.0) * _HOUR
    if start and start.local:
        start = _shifted(start, zone)
    if end and end.local:
        end = _shifted(end, zone)
    elif start and end and zone > 5 * _HOUR and _too_late(start, end, zone, seconds / _DAY):
        end = replace(_shifted(end, zone), trust=INFERRED)
    return start, end


def _too_late(start: Stamp, end: Stamp, zone: float, days: float) -> bool:
    """Whether an end that is not said to be in UTC is after the exposure by a zone's hours.

    What remains must have room for the exposure: a track of half a day has an end as late.
    """
    excess = (end.mjd - start.mjd) - zone
    told = end.within or start.within or end.universal
    return not told and 0.0 < 0.9 * days < excess < days + 3 * _HOUR


def _longitude(product: Product) -> float | None:
    """Degrees east of Greenwich of the site; None where it is not told as a number."""
    cards = product.cards
    for name in LONGITUDES:
        if (value := cards.number(name)) is not None and abs(value) <= 360.0:
            east = -value if "west" in cards.comment(name).lower() else value
            return (east + 180.0) % 360.0 - 180.0
    return None


def _shifted(stamp: Stamp, zone: float) -> Stamp:
    note = f"from local time, {zone * 24:+.0f} h of UTC by the longitude of the site"
    return replace(stamp, mjd=stamp.mjd - zone, trust=min(stamp.trust, DERIVED), note=note)


def _row(product: Product) -> tuple[Stamp | None, None]:
    """The start that a row of a table tells."""
    for name in _ROW_STARTS:
        said = row_value(product, (name,))
        if said is None or isinstance(said.value, str):
            continue
        found = next(row_stamps(product.cards, name, said.value, said.unit), None)
        if found:
            return replace(found, source=said.source, trust=CONVENTION), None
    return None, None


def _axis(product: Product) -> tuple[Stamp | None, Stamp | None]:
    """The ends of an axis of time."""
    axis = _time_axis(product)
    if axis is None or axis.algorithm or axis.crval is None or axis.cdelt is None:
        return None, None
    days = quantity_factor(_unit(axis), "d")
    if days is None or not axis.length or axis.cdelt == 0.0:
        return None, None
    scale, zero = scale_of(product.cards), reference(product.cards) or 0.0
    at = [
        zero + (axis.crval + (pixel - (axis.crpix or 0.0)) * axis.cdelt) * days
        for pixel in (0.5, axis.length + 0.5)
    ]
    if not all(plausible(mjd) for mjd in at):
        return None, None
    first, last = sorted(to_utc(mjd, scale) for mjd in at)
    source = f"HDU {product.hdu.index} axis {axis.number}"
    return Stamp(first, source, trust=DERIVED), Stamp(last, source, trust=DERIVED)


def _time_axis(product: Product) -> Axis | None:
    return next((a for a in product.axes if a.kind == "time" and a.length), None)


def _unit(axis: Axis) -> str:
    """The unit of an axis of time; what names a scale, as in ``Time [UT]``, leaves it seconds."""
    return "s" if axis.unit.upper() in ("", *SCALES) else axis.unit


def _column(product: Product) -> tuple[Stamp | None, Stamp | None]:
    """First and last time of a column of times, of a table whose header states none."""
    about = ""
    ends = _ends(product, "TIME", reference(product.cards), "")
    for name, (zero, said) in DATED.items():
        if ends is None:
            ends, about = _ends(product, name, zero, "d"), said
    if ends is None:
        return None, None
    source = f"HDU {product.hdu.index} column {ends[0]}"
    trust = CONVENTION if about else DERIVED
    first, last = (to_utc(mjd, scale_of(product.cards)) for mjd in ends[1:])
    return (
        Stamp(first, source, trust=trust, note=about),
        Stamp(last, source, trust=trust, note=about),
    )


def _ends(
    product: Product, name: str, zero: float | None, unit: str
) -> tuple[str, float, float] | None:
    """Name, least and greatest MJD of a column of times since `zero`."""
    info = product.hdu.info(name)
    if info is None or zero is None or info.length != 1:
        return None
    if unit and quantity_factor(info.unit, "d") not in (None, 1.0):
        return None
    days = quantity_factor(unit or info.unit or product.cards.text("TIMEUNIT") or "s", "d")
    try:
        values = product.hdu.column(name)
    except ReadError:
        return None
    if days is None or values.dtype.kind not in "fiu" or not values.size:
        return None
    least, most = (zero + float(value) * days for value in (values.min(), values.max()))
    return (info.name, least, most) if plausible(least) and plausible(most) else None


def _resolution(product: Product) -> Iterator[Cell]:
    axis, cards = _time_axis(product), product.cards
    if axis is not None and not axis.algorithm and axis.cdelt:
        factor = quantity_factor(_unit(axis), "s")
        if factor is not None:
            source = f"HDU {product.hdu.index} axis {axis.number}"
            seconds = abs(axis.cdelt) * factor
            yield Cell("t_resolution", seconds, Origin("wcs", source, DERIVED))
        return
    step = cards.number("TIMEDEL")
    if step and step > 0.0 and product.hdu.kind == "table" and product.hdu.has("TIME"):
        days = (cards.text("TIMEUNIT") or "s").strip().lower() in ("d", "day", "days")
        yield from_card(cards, "TIMEDEL", "t_resolution", step * (_DAY if days else 1.0), STATED)


DERIVATION = _Timing()
