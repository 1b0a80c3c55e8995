"""FITS files made of headers that were saved as text, with room for data that were not."""

import re
from pathlib import Path

_PART = re.compile(r"#\s*HDU \d+|--- (?:PHU|HDU \d+) ---")
_SIZE = re.compile(r"(BITPIX|NAXIS\d*|PCOUNT|GCOUNT)\s*=\s*(-?\d+)")
_CARD = re.compile(r"[A-Z0-9_-]{1,8}\s*=|(?:COMMENT|HISTORY|CONTINUE|HIERARCH)\b|\s{8}")


def file_of_text(text: Path, made: Path) -> Path:
    """Write the headers of `text` as FITS; the data are holes of the right length."""
    headers: list[list[str]] = [[]]
    for line in _lines(text.read_text("latin-1")):
        if _PART.match(line) or line.rstrip() == "END":
            headers.append([])
        elif _CARD.match(line):
            headers[-1].append(line[:80].ljust(80))
    with made.open("wb") as file:
        at = 0
        for number, cards in enumerate(header for header in headers if header):
            cards = _begun(cards, number)
            data = "".join([*cards, "END".ljust(80)]).encode("latin-1")
            file.seek(at)
            file.write(data.ljust(-(-len(data) // 2880) * 2880))
            at = -(-(at + len(data)) // 2880) * 2880 + _size(cards)
            at = -(-at // 2880) * 2880
            file.truncate(at)
    return made


def _lines(text: str) -> list[str]:
    lines = text.splitlines()
    return lines if len(lines) > 1 else [text[i : i + 80] for i in range(0, len(text), 80)]


def _begun(cards: list[str], number: int) -> list[str]:
    """With the cards that a header must begin with, where the text left them out."""
    first = "SIMPLE" if number == 0 else "XTENSION"
    if any(card.startswith(first) for card in cards):
        return cards
    begin = "SIMPLE  =                    T" if number == 0 else "XTENSION= 'IMAGE   '"
    return [begin.ljust(80), *cards]


def _size(cards: list[str]) -> int:
    found: dict[str, int] = {}
    for card in cards:
        if match := _SIZE.match(card):
            found.setdefault(match[1], int(match[2]))
    count = found.get("NAXIS", 0)
    size = abs(found.get("BITPIX", 8)) // 8 if count else 0
    for axis in range(1, count + 1):
        size *= found.get(f"NAXIS{axis}", 1)
    return size + found.get("PCOUNT", 0)
