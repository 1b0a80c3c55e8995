"""The words of the query language, each with its place.

Only ASCII letters and digits make names and numbers, and only the white space listed here
parts them, so that every program that speaks the language sees the same words.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from portal.errors import QueryError

__all__ = ["HELP", "KEYWORDS", "Span", "Token", "fail", "tokens"]

KEYWORDS = ("and", "false", "in", "is", "not", "null", "or", "true")
HELP = "the page Finding models has examples"

_WHITE = r"[\t-\r \u00a0]*"
_FACTOR = rf"(?!(?:{'|'.join(KEYWORDS)})\b)[A-Za-zµμ]+(?:(?:\^|\*\*)?[-+]?[0-9]+)?"
_MORE = rf"(?:{_WHITE}(?:/|\.|\*(?!\*)){_WHITE}|[\t-\r \u00a0]+){_FACTOR}"
_TOKEN = re.compile(
    rf"""{_WHITE}(?:
    (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
        (?:{_WHITE}(?P<unit>{_FACTOR}(?:{_MORE})*))?
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*|`(?:[^`]|``)+`)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<mark>[<>=!]=|[][<>(),+-])
  | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_LEADING = re.compile(_WHITE)
_HINTS = {
    "=": "write == for a comparison",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != for a comparison",
    "~": "write not",
    '"': "close the text with another quotation mark",
    "'": "close the text with another quotation mark",
    "`": "close the name with another backtick",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: characters `start` to `end` of `text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `kind` is number, name, string, mark, word (one of `KEYWORDS`) or end."""

    kind: str
    text: str
    span: Span
    unit: str = ""


def fail(what: str, span: Span, *, seen: str, expected: str, way_out: str = "") -> NoReturn:
    """Raise a QueryError that marks the place between ``>>>`` and ``<<<``."""
    text, start, end = span.text, span.start, span.end
    # A pasted list of identifiers may be long; the place is what matters.
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    marked = f"{before}>>>{text[start:end]}<<<{after}"
    where = f"character {start + 1}: {marked}"
    raise QueryError(what, seen=seen, expected=expected, way_out=way_out or HELP, where=where)


def tokens(text: str) -> list[Token]:
    """The words of `text`; the last one is its end.

    Raises
    ------
    QueryError
        If a character begins no word; the error marks it.
    """
    found: list[Token] = []
    position = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, position)
        if match is None:
            _stray(text, position)
        kind = next(k for k in ("number", "name", "string", "mark", "end") if match[k] is not None)
        span = Span(text, match.start(kind), match.end())
        word = match[kind]
        if kind == "name" and word in KEYWORDS:
            kind = "word"
        found.append(Token(kind, word, span, match["unit"] or ""))
        position = match.end()
    return found


def _stray(text: str, position: int) -> NoReturn:
    white = _LEADING.match(text, position)
    start = white.end() if white else position
    sign = text[start]
    fail(
        "query: not understood",
        Span(text, start, start + 1),
        seen=sign,
        expected="a column, a number, a text in quotation marks, a comparison or (",
        way_out=_HINTS.get(sign, ""),
    )
