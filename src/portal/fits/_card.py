"""One card of a header, parsed whatever stands in it."""

import math
import re
from typing import TypeAlias

__all__ = ["CARD", "COMMENTARY", "CardValue", "keyword", "normal", "number", "value_and_comment"]

CardValue: TypeAlias = str | bool | int | float | complex | None

CARD = 80
"""Characters of a card."""

COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
"""Keywords that hold text, not a value."""

_SIGNS = re.compile(r"[ =]")
_FREE = re.compile(r"([A-Za-z0-9_.\-]{1,8}) *=")
_HIERARCH = re.compile(r"HIERARCH +([^=']+?) *=", re.IGNORECASE)
_STRING = re.compile(r"'((?:[^']|'')*)'")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[EeDd][+-]?[0-9]+)?\Z")
_COMPLEX = re.compile(r"\(([^,()]*),([^,()]*)\)")
_MOST_DIGITS = 300


def normal(name: str) -> str:
    """`name` as it is looked up: capitals, single blanks, no ``HIERARCH``."""
    upper = name.upper()
    if " " not in upper:
        return upper
    return " ".join(upper.split()).removeprefix("HIERARCH ")


def keyword(card: str) -> tuple[str, int]:
    """Name of the keyword of `card`, and where its value begins; 0 if it has none."""
    name = card[:8].rstrip().upper()
    if card[8:9] == "=" and not _SIGNS.search(name):
        return name, 9
    if name in COMMENTARY:
        return name, 0
    if name == "HIERARCH":
        match = _HIERARCH.match(card)
        return (normal(match.group(1)), match.end()) if match else ("HIERARCH", 0)
    # Written by hand or by a program that does not count columns.
    if match := _FREE.match(card):
        return match.group(1).upper(), match.end()
    return name.split(" ")[0], 0


def value_and_comment(text: str) -> tuple[CardValue, str]:
    """Value and comment of what follows the equals sign.

    What is neither a string, a number nor a truth value is taken as a string. None is a value
    that is undefined.
    """
    text = text.strip()
    if text.startswith("'"):
        return _string(text)
    if text.startswith("(") and (match := _COMPLEX.match(text)):
        real, imaginary = number(match.group(1)), number(match.group(2))
        if real is not None and imaginary is not None:
            return complex(real, imaginary), _comment(text[match.end() :])
    value, _, comment = text.partition("/")
    if value and not value.endswith(" ") and " /" in text:
        # A slash inside of a bare text, such as a date, is not where the comment begins.
        value, _, comment = text.partition(" /")
    return _bare(value.strip()), comment.strip()


def number(text: str) -> float | None:
    """The finite number that `text` is; None if it is none."""
    text = text.strip()
    if len(text) > _MOST_DIGITS or not _FLOAT.match(text):
        return None
    value = float(text.upper().replace("D", "E"))
    return value if math.isfinite(value) else None


def _string(text: str) -> tuple[str, str]:
    if match := _STRING.match(text):
        return match.group(1).replace("''", "'").rstrip(), _comment(text[match.end() :])
    value, _, comment = text[1:].partition(" /")  # the closing quotation mark is missing
    return value.rstrip(), comment.strip()


def _bare(text: str) -> CardValue:
    if text in ("T", "F"):
        return text == "T"
    if _INTEGER.match(text) and len(text) <= _MOST_DIGITS:
        return int(text)
    value = number(text)
    return value if value is not None else text or None


def _comment(text: str) -> str:
    return text.strip().removeprefix("/").strip()
