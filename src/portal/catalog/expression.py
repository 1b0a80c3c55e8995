"""The syntax of the query language: from text to a tree, with exact positions of errors.

::

    expression := conjunction { "or" conjunction }
    conjunction := negation { "and" negation }
    negation   := "not" negation | test
    test       := "(" expression ")"
                | operand { comparator operand }           chained as in Python
                | name ["not"] "in" "(" literal { "," literal } ")"
                | name "is" ["not"] "null"
    operand    := name | literal
    literal    := ["-" | "+"] number [unit] | string | "true" | "false"

A name with odd characters stands between backticks.
"""

import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from portal.errors import QueryError

__all__ = [
    "All",
    "Any",
    "Compare",
    "Literal",
    "Member",
    "Name",
    "Node",
    "Not",
    "Null",
    "Operand",
    "Span",
    "fail",
    "parse",
]

_KEYWORDS = ("and", "false", "in", "is", "not", "null", "or", "true")
_FACTOR = rf"(?!(?:{'|'.join(_KEYWORDS)})\b)[A-Za-zµμ]+(?:(?:\^|\*\*)?[-+]?\d+)?"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
        (?:\s*(?P<unit>{_FACTOR}(?:(?:\s*(?:/|\.|\*(?!\*))\s*|\s+){_FACTOR})*))?
  | (?P<name>[A-Za-z_]\w*|`[^`]+`)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<mark>[<>=!]=|[<>(),+-])
  | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_HELP = "portal query --help shows examples"
_COMPARATORS = ("<", "<=", "==", "!=", ">=", ">")
_HINTS = {
    "=": "write == for a comparison",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != for a comparison",
    "~": "write not",
    '"': "close the text with another quotation mark",
    "'": "close the text with another quotation mark",
    "`": "close the name with another backtick",
    "[": "write a list as in (1, 2), and a range as 1 <= name <= 2",
    "]": "write a list as in (1, 2), and a range as 1 <= name <= 2",
}
# Deep enough for any hand-written or generated query; keeps the parser off Python's limit.
_DEEPEST = 100
_LONGEST_WHOLE = 18


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands: characters `start` to `end` of `text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column; alone, a test of a column of truth values."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Literal:
    """A value; `unit` is '' for none."""

    value: str | int | float | bool
    unit: str
    span: Span


Operand: TypeAlias = "Name | Literal"


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; `operator` is one of ``< <= == != >= >``."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Member:
    """Whether the column has one of the values."""

    name: Name
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Null:
    """Whether the column has no value."""

    name: Name


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; what is unknown stays unknown."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """Every one of at least two."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of at least two."""

    nodes: tuple["Node", ...]


Node: TypeAlias = "Name | Compare | Member | Null | Not | All | Any"


def parse(text: str) -> Node:
    """Tree of the expression `text`.

    Raises
    ------
    QueryError
        If it is not an expression; the error marks the place.
    """
    return _Parser(text).whole()


def fail(what: str, span: Span, *, seen: str, expected: str, way_out: str = "") -> NoReturn:
    """Raise a QueryError that marks the place between ``>>>`` and ``<<<``."""
    text, start, end = span.text, span.start, span.end
    # A pasted list of identifiers may be long; the place is what matters.
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    marked = f"{before}>>>{text[start:end]}<<<{after}"
    where = f"character {start + 1}: {marked}"
    way_out = way_out or _HELP
    raise QueryError(what, seen=seen, expected=expected, way_out=way_out, where=where)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    span: Span
    unit: str = ""


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            sign = text[start]
            fail(
                "query: not understood",
                Span(text, start, start + 1),
                seen=repr(sign),
                expected="a column, a number, a text in quotation marks, a comparison or (",
                way_out=_HINTS.get(sign, ""),
            )
        kind = next(k for k in ("number", "name", "string", "mark", "end") if match[k] is not None)
        word = match[kind]
        if kind == "name" and word in _KEYWORDS:
            kind = "word"
        span = Span(text, match.start(kind if kind != "word" else "name"), match.end())
        tokens.append(_Token(kind, word, span, match["unit"] or ""))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._any()
        if self._token.kind != "end":
            self._wrong("and, or, or the end of the query")
        return node

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> _Token | None:
        """The next token, passed over, if it is one of these words or marks."""
        token = self._token
        if token.kind not in ("word", "mark") or token.text not in texts:
            return None
        self._next += 1
        return token

    def _need(self, text: str, expected: str) -> _Token:
        return self._take(text) or self._wrong(expected)

    def _wrong(self, expected: str) -> NoReturn:
        token = self._token
        seen = token.text if token.kind != "end" else "the end of the query"
        fail("query: not understood", token.span, seen=seen, expected=expected)

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._take("or"):
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))

    def _all(self) -> Node:
        nodes = [self._not()]
        while self._take("and"):
            nodes.append(self._not())
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _not(self) -> Node:
        token = self._token
        self._depth += 1
        if self._depth > _DEEPEST:
            fail(
                "query: nested too deeply",
                token.span,
                seen=f"more than {_DEEPEST} levels",
                expected=f"at most {_DEEPEST} levels",
                way_out="take brackets and not away that change nothing",
            )
        node: Node = Not(self._not()) if self._take("not") else self._test()
        self._depth -= 1
        return node

    def _test(self) -> Node:
        if self._take("("):
            node = self._any()
            self._need(")", ") after the expression in brackets")
            return node
        left = self._operand()
        if isinstance(left, Name):
            if self._take("is"):
                return self._null(left)
            negated = self._take("not")
            if negated or self._token.text == "in":
                self._need("in", "in after not")
                member = self._member(left)
                return Not(member) if negated else member
        return self._comparison(left)

    def _comparison(self, left: Operand) -> Node:
        nodes: list[Node] = []
        while operator := self._take(*_COMPARATORS):
            right = self._operand()
            nodes.append(Compare(left, operator.text, right))
            left = right
        if not nodes:
            return left if isinstance(left, Name) else self._wrong("a comparison: < <= == != >= >")
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _null(self, name: Name) -> Node:
        negated = self._take("not")
        self._need("null", "null after is")
        return Not(Null(name)) if negated else Null(name)

    def _member(self, name: Name) -> Member:
        self._need("(", "( and a list of values after in")
        values = [self._literal()]
        while self._take(","):
            if self._token.text == ")":
                break
            values.append(self._literal())
        self._need(")", ", or ) in a list of values")
        return Member(name, tuple(values))

    def _operand(self) -> Operand:
        token = self._token
        if token.kind != "name":
            return self._literal()
        self._next += 1
        return Name(token.text.strip("`"), token.span)

    def _literal(self) -> Literal:
        sign = self._take("-", "+")
        token = self._token
        if token.kind == "number":
            self._next += 1
            start = sign.span.start if sign else token.span.start
            span = Span(token.span.text, start, token.span.end)
            return Literal(_number(token.text, sign), token.unit, span)
        if sign is None and token.kind == "string":
            self._next += 1
            return Literal(
                re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), "", token.span
            )
        if sign is None and (word := self._take("true", "false")):
            return Literal(word.text == "true", "", word.span)
        self._wrong("a number" if sign else "a column, a number or a text in quotation marks")


def _number(text: str, sign: _Token | None) -> int | float:
    # A whole number that no column can hold is as good as infinite.
    value = int(text) if text.isdecimal() and len(text) <= _LONGEST_WHOLE else float(text)
    return -value if sign and sign.text == "-" else value
