"""The cards of a header: looked up without regard to case, whatever stands in them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from portal.fits._card import CARD, COMMENTARY, CardValue, keyword, normal, number
from portal.fits._card import value_and_comment as parsed

__all__ = ["CardValue", "Cards", "cards_from_text", "headers_from_text"]

_BEGIN = re.compile(r"(?:SIMPLE|XTENSION) *=")
_NEVER = re.compile(r"(?!)")


class Cards:
    """The keywords of one header, and those that it takes over from another.

    Of a keyword that stands several times the first counts. Names are those of the file without
    ``HIERARCH``; cards such as ``key.META_0 = 'obsid'`` beside ``META_0 = 42`` make the value
    known as ``OBSID`` too.

    Parameters
    ----------
    records
        Cards, 80 characters or less each.
    hdu
        Number of the HDU that they stand in.
    """

    __slots__ = ("_hidden", "_index", "_own", "_place", "_records", "_seen", "_under", "hdu")

    def __init__(self, records: Sequence[str], hdu: int = 0) -> None:
        self._records = records
        self._index = _index(records)
        self._own: dict[str, tuple[CardValue, str]] = {}
        self._seen: dict[str, tuple[CardValue, str]] = {}
        self._under: Cards | None = None
        self._hidden = _NEVER
        self._place = ""
        self.hdu = hdu

    @classmethod
    def given(cls, values: Mapping[str, CardValue], hdu: int = 0, place: str = "") -> "Cards":
        """Cards with `values` that stand in no header, but at `place`, such as a row."""
        made = cls((), hdu)
        made._place = place
        made._index = {normal(name): 0 for name in values}
        made._own = {normal(name): (value, "") for name, value in values.items()}
        return made

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._holder(normal(name)) is not None

    def __iter__(self) -> Iterator[str]:
        """Names of keywords that have a value, each once, in the order of the file."""
        yield from self._index
        if self._under is not None:
            yield from (
                name
                for name in self._under
                if name not in self._index and not self._hidden.match(name)
            )

    def __len__(self) -> int:
        return len(self._index) if self._under is None else sum(1 for _ in self)

    def value(self, name: str) -> CardValue:
        """What stands there; None if it is absent or undefined."""
        return self._entry(name)[0]

    def comment(self, name: str) -> str:
        """What the header says about it; '' for nothing."""
        return self._entry(name)[1]

    def text(self, name: str) -> str | None:
        """The value as text without blanks around; None if it is absent or blank."""
        value = self.value(name)
        if value is None or isinstance(value, bool | complex):
            return None if value is None else str(value)
        return str(value).strip() or None

    def number(self, name: str) -> float | None:
        """The value as a finite number, also from a text; None if it is none."""
        value = self.value(name)
        if isinstance(value, str):
            return number(value)
        if isinstance(value, bool | complex) or value is None:
            return None
        try:
            return float(value)
        except OverflowError:
            return None

    def integer(self, name: str) -> int | None:
        """The value as a whole number; None if it is none."""
        value = self.number(name)
        return int(value) if value is not None and value == int(value) else None

    def first(self, names: Iterable[str]) -> tuple[str, str | bool | int | float | complex] | None:
        """The first of `names` with a value that is not blank, and the value."""
        for name in names:
            value = self.value(name)
            if isinstance(value, str):
                value = value.strip() or None
            if value is not None:
                return name, value
        return None

    def lines(self, name: str) -> tuple[str, ...]:
        """The texts of all cards ``COMMENT`` or ``HISTORY`` of this header itself."""
        head = normal(name)
        if head not in COMMENTARY:
            return ()
        return tuple(r[8:].rstrip() for r in self._records if r[:8].rstrip().upper() == head)

    def source(self, name: str) -> str:
        """Where a value stands, such as ``HDU 0 RESTFRQ`` or ``HDU 1 RESTFRQ, row 3``."""
        holder = self._holder(normal(name)) or self
        return f"HDU {holder.hdu} {normal(name)}{holder._place}"

    def over(self, under: "Cards", hidden: re.Pattern[str] = _NEVER) -> "Cards":
        """These cards, and where they are silent those of `under` that `hidden` does not match."""
        both = Cards.__new__(Cards)
        both._records, both._index, both._own = self._records, self._index, self._own
        both._seen, both._under, both._hidden, both.hdu = {}, under, hidden, self.hdu
        both._place = self._place
        if self._under is not None:
            both._under, both._hidden = self._under.over(under, hidden), self._hidden
        return both

    @property
    def records(self) -> Sequence[str]:
        """The cards of this header itself, as they stand in the file."""
        return self._records

    @property
    def repeated(self) -> tuple[str, ...]:
        """Sorted names of keywords that stand more than once in this header."""
        seen: set[str] = set()
        twice: set[str] = set()
        for record in self._records:
            name, start = keyword(record)
            if start:
                (twice if name in seen else seen).add(name)
        return tuple(sorted(twice))

    def _holder(self, name: str) -> "Cards | None":
        if name in self._index:
            return self
        if self._under is None or self._hidden.match(name):
            return None
        return self._under._holder(name)

    def _entry(self, name: str) -> tuple[CardValue, str]:
        # Rules ask for the same few hundred names of each product, most of which are not there.
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = self._found(normal(name))
        return found

    def _found(self, name: str) -> tuple[CardValue, str]:
        holder = self._holder(name)
        if holder is None:
            return None, ""
        if name not in holder._own:
            holder._own[name] = holder._parse(holder._index[name])
        return holder._own[name]

    def _parse(self, place: int) -> tuple[CardValue, str]:
        record = self._records[place]
        value, comment = parsed(record[keyword(record)[1] :])
        while isinstance(value, str) and value.endswith("&"):
            place += 1
            if place == len(self._records) or not self._records[place].startswith("CONTINUE"):
                break
            more, comment = parsed(self._records[place][8:])
            value = value[:-1] + (more if isinstance(more, str) else "")
        return value, comment


def cards_from_text(text: str, hdu: int = 0) -> Cards:
    """The first header of a text: lines, or 80 characters a card."""
    return next(iter(headers_from_text(text, hdu)), Cards((), hdu))


def headers_from_text(text: str, hdu: int = 0) -> tuple[Cards, ...]:
    """All headers that were saved as text, numbered from `hdu`; lines before the first are none.

    A header begins with ``SIMPLE`` or ``XTENSION`` or behind an ``END``.
    """
    lines = text.splitlines()
    if len(lines) < 2 or sum(len(line) > CARD + 1 for line in lines) > len(lines) // 2:
        joined = text.replace("\n", "").replace("\r", "")
        lines = [joined[i : i + CARD] for i in range(0, len(joined), CARD)]
    headers: list[list[str]] = [[]]
    begun = not any(_BEGIN.match(line) for line in lines)
    for line in lines:
        if _BEGIN.match(line):
            begun = True
            headers.append([])
        elif line[:8].rstrip() == "END":
            headers.append([])
            continue
        if begun:
            headers[-1].append(line[:CARD].rstrip())
    kept = [header for header in headers if any(keyword(line)[1] for line in header)]
    return tuple(Cards(header, number) for number, header in enumerate(kept, hdu))


def _index(records: Sequence[str]) -> dict[str, int]:
    index: dict[str, int] = {}
    aliases: list[int] = []
    for place, record in enumerate(records):
        if record[8:10] == "= " and (name := record[:8].rstrip()).isalnum():
            index.setdefault(name.upper(), place)
            continue
        name, start = keyword(record)
        if start and name:
            index.setdefault(name, place)
            if name.startswith("KEY."):
                aliases.append(place)
    for place in aliases:
        _alias(index, records[place])
    return index


def _alias(index: dict[str, int], record: str) -> None:
    """Herschel: META_0 holds the value, key.META_0 its name."""
    name, start = keyword(record)
    alias = parsed(record[start:])[0]
    held = index.get(name.removeprefix("KEY."))
    if held is not None and isinstance(alias, str) and alias:
        index.setdefault(normal(alias), held)
