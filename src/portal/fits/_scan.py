"""Where the headers and the data of a FITS file lie, however damaged it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.fits._bytes import Bytes
from portal.fits._card import CARD
from portal.fits.cards import Cards, headers_from_text

__all__ = ["BLOCK", "Part", "axis_lengths", "parts", "parts_of_text"]

BLOCK = 2880
"""Bytes of a block; headers and data fill whole ones [B]."""

_FIRST_READ = 16 * BLOCK
_MOST_HEADER = 32 << 20
_MOST_SEARCHED = 64 << 20
_MOST_AXES = 999
_MOST_PARTS = 10_000
_END = b"END     "
_CARD = re.compile(rb"[A-Z0-9_\-]{1,8} *= |(?:COMMENT|HISTORY|HIERARCH|CONTINUE|END) ?| {8}")
_SIMPLE = re.compile(rb"SIMPLE *=|XTENSION *=")


@dataclass(frozen=True, slots=True)
class Part:
    """A header, and where the data behind it lie.

    Parameters
    ----------
    cards
        The header.
    start, size, held : scalar [B]
        Where the data begin, how many bytes they should have, and how many there are.
    notes
        What is wrong with it.
    """

    cards: Cards
    start: int
    size: int
    held: int
    notes: tuple[str, ...]


def parts_of_text(text: str) -> tuple[Part, ...]:
    """The HDUs of headers that were saved as text; nothing of their data is there."""
    headers = headers_from_text(text)
    return tuple(Part(cards, 0, _size(cards)[0], 0, ("a header alone",)) for cards in headers)


def parts(data: Bytes) -> Iterator[Part]:
    """Each HDU of `data`; the last may be cut off. Nothing where the first is no header."""
    position = 0
    for number in range(_MOST_PARTS):
        found = _header(data, position, number)
        if found is None:
            return
        cards, start, notes = found
        size, fault = _size(cards)
        held = data.held(start, size) if size else 0
        notes += (fault,) if fault else ()
        if held < size:
            notes += (f"truncated: {held} of {size} bytes of data",)
        yield Part(cards, start, size, held, notes)
        position = _next(data, start, size, held)
        if position < 0:
            return


def axis_lengths(cards: Cards, prefix: str = "NAXIS") -> tuple[int, ...] | None:
    """Lengths of the axes in FITS order; None where the header has no valid ones."""
    count = cards.integer(prefix)
    if count is None or not 0 <= count <= _MOST_AXES:
        return None
    lengths = [cards.integer(f"{prefix}{axis}") for axis in range(1, count + 1)]
    if any(length is None or length < 0 for length in lengths):
        return None
    return tuple(length for length in lengths if length is not None)


def _header(data: Bytes, position: int, number: int) -> tuple[Cards, int, tuple[str, ...]] | None:
    head = data.read(position, _FIRST_READ)
    if not _plausible(head, number):
        return None
    size = _FIRST_READ
    while (end := _end(head)) < 0 and len(head) == size and size < _MOST_HEADER:
        size *= 4
        head = data.read(position, size)
    notes: tuple[str, ...] = ()
    if end < 0:
        end = _last_card(head)
        notes = ("no END card",)
    text = head[:end].decode("latin-1")
    if not text.isascii():
        notes += ("bytes that are no ASCII in the header",)
    records = [text[i : i + CARD].rstrip() for i in range(0, len(text), CARD)]
    if number == 0 and not head.startswith(b"SIMPLE  ="):
        notes += ("does not begin with SIMPLE",)
    start = position + -(-(end + CARD) // BLOCK) * BLOCK
    return Cards(records, number), start, notes


def _plausible(head: bytes, number: int) -> bool:
    if number:
        return head.startswith(b"XTENSION")
    if _SIMPLE.match(head):
        return True
    # A header whose first card is lost: most of the first lines look like cards.
    cards = [head[i : i + CARD] for i in range(0, min(len(head), 10 * CARD), CARD)]
    return bool(cards) and sum(bool(_CARD.match(card)) for card in cards) > len(cards) // 2


def _end(head: bytes) -> int:
    place = head.find(_END)
    while place >= 0 and place % CARD:
        place = head.find(_END, place + 1)
    return place


def _last_card(head: bytes) -> int:
    """Where the lines stop to look like cards."""
    for place in range(0, len(head), CARD):
        if not _CARD.match(head, place):
            return place
    return len(head)


def _size(cards: Cards) -> tuple[int, str]:
    lengths = axis_lengths(cards)
    bits = cards.integer("BITPIX")
    if lengths is None or bits is None or bits not in (8, 16, 32, 64, -32, -64):
        return 0, "NAXIS, NAXISn or BITPIX missing or invalid"
    if not lengths:
        return 0, ""
    groups = cards.value("GROUPS") is True and lengths[0] == 0
    count = 1
    for length in lengths[1:] if groups else lengths:
        count *= length
    more, copies = cards.integer("PCOUNT") or 0, cards.integer("GCOUNT")
    if more < 0 or (copies is not None and copies < 0):
        return 0, "PCOUNT or GCOUNT invalid"
    if "XTENSION" not in cards and not groups:
        return abs(bits) // 8 * count, ""
    return abs(bits) // 8 * (1 if copies is None else copies) * (more + count), ""


def _next(data: Bytes, start: int, size: int, held: int) -> int:
    """Where the next header begins; -1 if there is none."""
    if held < size:
        return -1
    place = start + -(-size // BLOCK) * BLOCK
    head = data.read(place, len(b"XTENSION"))
    if not head or head == b"XTENSION":
        return place if head else -1
    while place - start - size < _MOST_SEARCHED:
        place += BLOCK
        head = data.read(place, len(b"XTENSION"))
        if not head or head == b"XTENSION":
            return place if head else -1
    return -1
