"""The order and completeness of a header: mandatory cards, repeated ones, those of coordinates."""

import re
from collections.abc import Iterator

from portal.fits._card import CardValue
from portal.fits._scan import axis_lengths
from portal.fits._spelling import Line, commented, written
from portal.fits.cards import Cards
from portal.fits.repairs import Repair

__all__ = ["complete", "fronted", "unrepeated"]

_MANDATORY = re.compile(r"(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|BLOCKED)$")
_WORLD = re.compile(r"(CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA)(\d+)([A-Z]?)$")
_ELEMENT = re.compile(r"(?:CD|PC)(\d+)_(\d+)([A-Z]?)$")
# Keywords whose texts are records of their own, several of a name (WCS paper IV).
_RECORD_VALUED = re.compile(r"(?:D[PQ]\d+|D2IM\d+|CPDIS\d+)$")
_WORLDS = ("CTYPE", "CRPIX", "CRVAL", "CDELT")


def fronted(
    lines: list[Line], cards: Cards, first: bool, groups: bool
) -> tuple[list[Line], list[Repair]]:
    """`lines` behind the mandatory cards in their order and form."""
    wanted = list(_mandatory(cards, first, groups))
    there = [line for line in lines if _MANDATORY.match(line.name)]
    rest = [line for line in lines if not _MANDATORY.match(line.name)]
    names = [line.name for line in lines[: len(wanted)]]
    if names == [name for name, _ in wanted] and len(there) == len(wanted):
        if all(_fixed(line, value) for line, (_, value) in zip(there, wanted, strict=True)):
            return lines, []
    made = [written(name, value, cards.comment(name)) for name, value in wanted]
    was = ", ".join(dict.fromkeys(line.name for line in there))
    now = ", ".join(name for name, _ in wanted)
    was = "in another form or place" if was == now else was
    why = "the mandatory cards in their order and form"
    return [*made, *rest], [Repair("mandatory-cards", wanted[0][0], was, now, why)]


def unrepeated(lines: list[Line]) -> tuple[list[Line], list[Repair]]:
    """`lines` in which each keyword stands once; what is repeated becomes a comment."""
    seen: set[str] = set()
    kept: list[Line] = []
    repairs: list[Repair] = []
    for line in lines:
        valued = line.cards[0][8:9] == "=" or line.cards[0].startswith("HIERARCH")
        if not valued or line.name not in seen or _RECORD_VALUED.match(line.name):
            kept.append(line)
            seen.add(line.name)
            continue
        text = line.cards[0].rstrip()
        kept.append(commented(line))
        why = "the first of the same name counts"
        repairs.append(Repair("repeated-keyword", line.name, text[:60], "COMMENT", why))
    return kept, repairs


def complete(lines: list[Line], cards: Cards, table: bool) -> tuple[list[Line], list[Repair]]:
    """`lines` with the number of axes that the coordinates have, and with all of each axis."""
    repairs: list[Repair] = []
    names = {line.name for line in lines}
    front = next((i for i, n in enumerate(map(_order, lines)) if n), len(lines))
    added: list[Line] = []
    if any("CONTINUE" in card[:8] for line in lines for card in line.cards[1:]):
        if "LONGSTRN" not in names:
            added.append(written("LONGSTRN", "OGIP 1.0", "texts longer than a card"))
            repairs.append(_added("LONGSTRN", "OGIP 1.0", "texts are longer than a card"))
    pixels = len(axis_lengths(cards) or ())
    for alternate, axes in sorted(_axes(names).items()):
        key = f"WCSAXES{alternate}"
        stated = cards.integer(key)
        if not table and axes > max(pixels, stated or 0):
            lines = [line for line in lines if line.name != key]
            added.append(written(key, axes, "axes of the coordinates"))
            repairs.append(_added(key, str(axes), "more axes than the data have"))
        elif stated is not None:
            added += [line for line in lines if line.name == key]
            lines = [line for line in lines if line.name != key]
        if not table:
            for name, value in _missing(cards, names, alternate, max(axes, stated or pixels)):
                added.append(written(name, value, "as where it is not said"))
                repairs.append(
                    _added(name, str(value) or "''", "what FITS takes where nothing is said")
                )
    return [*lines[:front], *added, *lines[front:]], repairs


def _mandatory(cards: Cards, first: bool, groups: bool) -> Iterator[tuple[str, CardValue]]:
    lengths = axis_lengths(cards) or ()
    extension = cards.text("XTENSION") or "IMAGE"
    yield ("SIMPLE", True) if first else ("XTENSION", extension)
    yield "BITPIX", cards.integer("BITPIX") or 8
    yield "NAXIS", len(lengths)
    for axis, length in enumerate(lengths, 1):
        yield f"NAXIS{axis}", length
    if not first or groups:
        yield "PCOUNT", cards.integer("PCOUNT") or 0
        count = cards.integer("GCOUNT")
        yield "GCOUNT", 1 if count is None else count
    if not first and extension.upper() in ("BINTABLE", "TABLE", "A3DTABLE"):
        yield "TFIELDS", cards.integer("TFIELDS") or 0


def _fixed(line: Line, value: CardValue) -> bool:
    """Whether a mandatory card has its value where it must be."""
    text = line.cards[0][10:30]
    if isinstance(value, str):
        return text.startswith(f"'{value.ljust(8)}'")
    shown = ("T" if value else "F") if isinstance(value, bool) else str(value)
    return text == shown.rjust(20)


def _order(line: Line) -> bool:
    return not _MANDATORY.match(line.name) and line.name not in ("GROUPS", "EXTEND")


def _axes(names: set[str]) -> dict[str, int]:
    """The highest axis that keywords name, by alternate."""
    highest: dict[str, int] = {}
    for name in names:
        if match := _WORLD.match(name):
            numbers, alternate = [int(match.group(2))], match.group(3)
        elif match := _ELEMENT.match(name):
            numbers, alternate = [int(match.group(1)), int(match.group(2))], match.group(3)
        else:
            continue
        highest[alternate] = max(highest.get(alternate, 0), *numbers)
    return highest


def _missing(
    cards: Cards, names: set[str], alternate: str, axes: int
) -> Iterator[tuple[str, CardValue]]:
    """Keywords of axes that stand for some of them only."""
    if not any(f"{head}{n}{alternate}" in names for head in _WORLDS for n in range(1, axes + 1)):
        return
    for axis in range(1, axes + 1):
        if f"CTYPE{axis}{alternate}" not in names:
            yield f"CTYPE{axis}{alternate}", ""
        # Where there is a scale, programs differ in what they take for a lacking pixel.
        scaled = {f"CDELT{axis}{alternate}", f"CD{axis}_{axis}{alternate}"} & names
        if not scaled or (cards.text(f"CTYPE{axis}{alternate}") or "").startswith("MULTISPE"):
            for head in ("CRPIX", "CRVAL"):
                if f"{head}{axis}{alternate}" not in names:
                    yield f"{head}{axis}{alternate}", 0.0


def _added(name: str, value: str, why: str) -> Repair:
    return Repair("missing-keyword", name, "", value, why)
