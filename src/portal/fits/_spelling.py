"""Cards as the FITS standard spells them: those that do stay as they are, others are rewritten."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from portal.fits._card import CARD, COMMENTARY, CardValue, keyword
from portal.fits.cards import Cards
from portal.fits.repairs import Repair

__all__ = ["Line", "commented", "lines_of", "written"]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[ED][+-]?\d+)?"
_VALUE = re.compile(
    rf" *(?:'(?:[^']|'')*'|[TF]|{_NUMBER}|\( *{_NUMBER} *, *{_NUMBER} *\))?(?: *| */.*)"
)
_NAME = re.compile(r"[A-Z0-9_-]{1,8} *\Z")
_CONTINUED = re.compile(r"CONTINUE  *'(?:[^']|'')*'(?: *| */.*)\Z")
_NO_NAME = re.compile(r"[^A-Z0-9_-]")
_UNPRINTABLE = re.compile(r"[^ -~]")
_LONG = 8
_COMMENT = 72


@dataclass(frozen=True, slots=True)
class Line:
    """A keyword and its cards, more than one for a long text."""

    name: str
    cards: tuple[str, ...]


def lines_of(cards: Cards) -> tuple[list[Line], list[Repair]]:
    """The keywords and comments of a header in valid spelling, and what was changed."""
    lines: list[Line] = []
    repairs: list[Repair] = []
    records = list(cards.records)
    place = 0
    while place < len(records):
        end = place + 1
        while end < len(records) and records[end][:8] == "CONTINUE":
            end += 1
        line, repair = _line(records[place:end])
        lines.append(line)
        repairs += [repair] if repair else []
        place = end
    return lines, repairs


def written(name: str, value: CardValue, comment: str = "") -> Line:
    """A keyword with `value` as the standard has it."""
    if isinstance(value, float) and len(name) <= _LONG:
        # astropy rounds a number to what 20 characters hold; longer ones are valid, too.
        card = f"{name:8s}= {repr(value).upper():>20s}"
        more = f" / {_printable(comment)}" if comment else ""
        return Line(name, (f"{card}{more}".ljust(CARD)[:CARD],))
    from astropy.io import fits

    if isinstance(value, str):
        value = _printable(value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = str(fits.Card(name, value, _printable(comment)))
    return Line(name, tuple(image[i : i + CARD] for i in range(0, len(image), CARD)))


def commented(line: Line) -> Line:
    """The first card of a keyword as a comment."""
    return Line("COMMENT", (f"COMMENT {line.cards[0].rstrip()[:_COMMENT]}".ljust(CARD),))


def _line(records: Sequence[str]) -> tuple[Line, Repair | None]:
    name, start = keyword(records[0])
    if all(map(_valid, records)):
        return Line(name, tuple(r.ljust(CARD) for r in records)), None
    if not start:
        texts = tuple(_printable(_commentary(record)).ljust(CARD)[:CARD] for record in records)
        return Line(texts[0][:8].rstrip(), texts), Repair(
            "not-printable", name or "comment", records[0][:40], texts[0][:40], "not plain ASCII"
        )
    single = Cards(records)
    found = next(iter(single), name)
    value, comment = single.value(found), single.comment(found)
    if " " in found or len(found) > _LONG:
        line = written(f"HIERARCH {_printable(found).replace('=', '_')}", value, comment)
    elif found in COMMENTARY:
        line = Line("COMMENT", (_printable(f"COMMENT {records[0]}")[:CARD].ljust(CARD),))
    else:
        line = written(_NO_NAME.sub("_", found), value, comment)
    why = "not as the FITS standard writes a card"
    shown = _printable(records[0]).rstrip()[:60]
    return line, Repair("card-spelling", found, shown, line.cards[0].rstrip()[:60], why)


def _commentary(record: str) -> str:
    name = record[:8].rstrip().upper()
    if name in COMMENTARY or _NAME.match(name):
        return f"{'COMMENT' if name in ('CONTINUE', 'END') else name:8s}{record[8:]}"
    return f"COMMENT {record}"


def _valid(record: str) -> bool:
    name = record[:8].rstrip()
    if _UNPRINTABLE.search(record):
        return False
    if name == "CONTINUE":
        return bool(_CONTINUED.match(record))
    if name in COMMENTARY:
        return name != "END"
    if name == "HIERARCH":
        return keyword(record)[1] > 0 and bool(_VALUE.fullmatch(record[keyword(record)[1] :]))
    if not _NAME.match(record[:8]):
        return False
    return record[8:10] not in ("= ", "=") or bool(_VALUE.fullmatch(record[10:]))


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: _ASCII.get(match.group(), "?"), text)


_ASCII = {"\t": " ", "\n": " ", "\r": " ", "\0": " ", "é": "e", "è": "e", "ö": "o", "ü": "u"}
_ASCII |= {"ä": "a", "á": "a", "ó": "o", "í": "i", "ñ": "n", "ç": "c", "µ": "u", "°": " "}
