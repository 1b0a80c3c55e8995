"""How long the exposure was, in seconds."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from portal.fits.products import Product
from portal.fits.units import quantity_factor
from portal.headers.keywords import from_card, null, row_value
from portal.headers.told import unit_told
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED, Cell, Origin

__all__ = [
    "COADDS",
    "COUNTED",
    "COUNTING",
    "CUSTOMARY",
    "EACH",
    "EXPOSURES",
    "MOST",
    "MOST_FRAMES",
    "QUANTITY",
    "SECONDS",
    "SERIES",
    "UNITS",
    "exposure",
    "of_all",
]

EXPOSURES = ("XPOSURE", "EXPTIME", "EXPOSURE", "TOTITIME")
CUSTOMARY = (
    *("EXP_TIME", "EXPTIM", "EXPOSED", "TEXPTIME", "TOTALEXP", "TOTEXP", "EXPTOT", "EXPTOT_T"),
    *("ITIME", "INTTIME", "INT_TIME", "INTTM", "TINT", "EXPT", "TEXP", "T_EXP", "EFFEXPTM"),
    *("AEXPTIME", "ELAPTIME", "RAMPTIME", "OBJTIME", "ONTIME", "LIVETIME", "DURATION", "TEXP_TOT"),
)
COUNTING = ("EXPOSURE", "LIVETIME", "ONTIME")
"""Of detectors that count photons; their EXPTIME is that of one frame."""

UNITS = (
    (re.compile(r"\bminutes?\b|[\[(]min[\])]|^\W*mins?\W*$|\bin mins?\b", re.I), 60.0),
    (re.compile(r"\bhours?\b|[\[(]h(?:rs?)?[\])]", re.I), 3600.0),
    # Ks is a filter, and milliseconds may stand in capitals, but not in Ms.
    (re.compile(r"\b[Kk]ilo-?sec(?:ond)?s?\b|\bks(?:ec)?\b"), 1e3),
    (re.compile(r"\b[Mm]ega-?sec(?:ond)?s?\b|\bMs(?:ec)?\b"), 1e6),
    (re.compile(r"\bmilli-?sec(?:ond)?s?\b|\bms(?:ec)?\b", re.I), 1e-3),
    (re.compile(r"\bmicro-?sec(?:ond)?s?\b|\bus(?:ec)?\b", re.I), 1e-6),
    (re.compile(r"[\[(](?:d|days?)[\])]|\bin days\b", re.I), 86400.0),
)
SECONDS = re.compile(
    r"(?<!kilo-)(?<!mega-)(?<!milli-)(?<!micro-)\bsec(?:ond)?s?\b|[\[(]s[\])]", re.I
)
QUANTITY = re.compile(
    r"(?<![\w.])(\d+(?:\.\d*)?)[\s-]*(?:(?:milli|micro|kilo|mega)-?)?"
    r"(?:[mku]?s(?:ec)?|sec(?:ond)?s?|mins?|minutes?|hours?|hrs?|h|days?|d)\b",
    re.I,
)
"""A number with a unit: where it is another number than the value, it is of another quantity."""
EACH = re.compile(
    r"\b(?:each|per)\s+(?:frame|exposure|coadd|image|integration|sub)|\bsingle\b", re.I
)
COUNTED = re.compile(
    r"^(?!.*(?:time|sec|min|hour|length|duration)).*\b(?:number|counter|index|identifier)\b", re.I
)
"""Of comments on which exposure of a series it is: Webb had such a card before launch."""
SERIES = re.compile(r"\bnumber of (?:individual exposures|(?:scan |mirror )?steps)\b", re.I)
"""Of comments on how many exposures are in a stack or a scan of which a card tells that of one."""
_TOTAL = re.compile(r"^\W*total (?:exposure|integration) time\b", re.I)
COADDS = ("COADDS", "COADD", "NCOADDS", "NCOADD", "CO_ADDS")
MOST_FRAMES = 100_000
MOST = 3.2e8
"""Ten years, in seconds."""


def exposure(product: Product) -> Iterator[Cell]:
    """The cell of the exposure time; none where it is not known, or 0, which means the same."""
    if found := row_value(product, ("EXPTIME", "EXPOSURE", "TEXPTIME")):
        factor = quantity_factor(found.unit, "s") if found.unit else 1.0
        given = found.value
        if factor and isinstance(given, float | int) and 0.0 < given * factor < MOST:
            note = f"from {found.unit}" if factor != 1.0 else ""
            origin = Origin("column", found.source, STATED, note=note)
            yield Cell("t_exptime", given * factor, origin)
            return
    cards, doubt = product.cards, None
    counting = (
        cards.text("HDUCLASS") or ""
    ).upper() == "OGIP" or "EVENT" in product.hdu.name.upper()
    for name in (*(COUNTING if counting else ()), *EXPOSURES, *CUSTOMARY):
        value = cards.number(name)
        if value is None or value <= 0.0 or COUNTED.search(cards.comment(name)):
            continue
        factor, note = _factor(cards.comment(name), value)
        if factor and value * factor < MOST:
            yield _cell(product, name, value * factor, note)
            return
        doubt = doubt or null("t_exptime", cards.source(name), note or "too long")
    if doubt:
        yield doubt


def _factor(comment: str, value: float) -> tuple[float | None, str]:
    """Seconds in one of what a comment tells, and that unit; None where it is no time, and why.

    FITS 4.0, sec. 4.3.2: a unit in brackets comes first. Of several others none is taken.
    """
    told = unit_told(comment)
    if told and comment.lstrip().startswith("[") and (factor := quantity_factor(told, "s")):
        return factor, "" if factor == 1.0 else f"from {told}"
    named = dict(_named(QUANTITY.sub(lambda one: _own(one, value), comment)))
    if len(named) > 1:
        return None, f"its comment names several units: {', '.join(named.values())}"
    for factor, unit in named.items():
        return factor, "" if factor == 1.0 else f"from {unit}"
    factor = quantity_factor(told, "s") if told else 1.0
    lost = f"its comment names {told}, which is no time"
    return factor, lost if factor is None else f"from {told}" if told else ""


def _own(quantity: re.Match[str], value: float) -> str:
    return quantity[0] if float(quantity[1]) == value else ""


def _named(comment: str) -> Iterator[tuple[float, str]]:
    """Units that stand in words, each with its seconds."""
    for pattern, factor in ((SECONDS, 1.0), *UNITS):
        if match := pattern.search(comment):
            yield factor, match[0].strip("[]() ")
            # A later pattern may find a part of it.
            comment = pattern.sub("", comment)


def _cell(product: Product, name: str, seconds: float, note: str) -> Cell:
    cards = product.cards
    added = next((count for key in COADDS if (count := cards.integer(key))), 1)
    frames = max(added, cards.integer("NCOMBINE") or 1, 1)
    each = EACH.search(cards.comment(name)) is not None and 1 < added < MOST_FRAMES
    others = [n for key in EXPOSURES if key != name and (n := cards.number(key))]
    if each or (
        frames > 1 and any(math.isclose(n, seconds * frames, rel_tol=0.02) for n in others)
    ):
        count = added if each else frames
        note = f"{count} frames together"
        return from_card(cards, name, "t_exptime", seconds * count, DERIVED, note)
    trust = STATED if name in EXPOSURES else CONVENTION
    if EACH.search(cards.comment(name)):
        return _total(product, seconds) or from_card(
            cards, name, "t_exptime", seconds, INFERRED, "of one; of how many is not said"
        )
    if frames > 1:
        note = f"{note}; {frames} frames were combined; of one or of all is not said".strip("; ")
        trust = INFERRED
    return from_card(cards, name, "t_exptime", seconds, trust, note)


def _total(product: Product, least: float) -> Cell | None:
    """The longest time that a comment calls the total, where a card tells that of one frame."""
    cards = product.cards
    told = [
        (value * factor, name)
        for name in cards
        if _TOTAL.match(cards.comment(name))
        and (value := cards.number(name))
        and (factor := _factor(cards.comment(name), value)[0])
        and least <= value * factor < MOST
    ]
    if not told:
        return None
    seconds, name = max(told)
    return from_card(cards, name, "t_exptime", seconds, CONVENTION, "the total, by its comment")


def of_all(product: Product, cell: Cell, span: float | None) -> Cell:
    """The exposure of a stack or a scan of which the header tells that of one step.

    Parameters
    ----------
    span : scalar [s]
        From the start to the end, in which all have room; None where it is not known.
    """
    one, count = cell.value, _steps(product)
    if not isinstance(one, float) or count is None or cell.origin.kind != "keyword":
        return cell
    if span is None:
        note = f"{count} exposures; of one or of all is not said"
        return replace(cell, origin=replace(cell.origin, confidence=INFERRED, note=note))
    if one * count > 1.02 * span:
        return cell
    origin = replace(cell.origin, confidence=DERIVED, note=f"{count} exposures of {one:g} s")
    return replace(cell, value=one * count, origin=origin)


def _steps(product: Product) -> int | None:
    """How many exposures a card counts; steps only where an axis has as many."""
    cards = product.cards
    for name in cards:
        if SERIES.search(cards.comment(name)) and (count := cards.integer(name) or 0) > 1:
            stepped = "step" in cards.comment(name).lower()
            if not stepped or count in (axis.length for axis in product.axes[2:]):
                return count
    return None
