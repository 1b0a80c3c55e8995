"""The syntax of the query language: from text to a tree, with exact positions of errors.

::

    expression := conjunction { "or" conjunction }
    conjunction := negation { "and" negation }
    negation   := "not" negation | test
    test       := "(" expression ")"
                | operand { comparator operand }           chained as in Python
                | name ["not"] "in" list
                | string ["not"] "in" name
                | name "is" ["not"] "null"
                | "cone" "(" literal "," literal "," literal [","] ")"
    list       := "(" literal { "," literal } [","] ")"     or in square brackets
    operand    := name | literal
    literal    := ["-" | "+"] number [unit] | string | "true" | "false"

A name with odd characters stands between backticks, a backtick in it twice. ``cone`` is a word
before a bracket alone: a column may have that name.
"""

import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from portal.catalog.tokens import Span, Token, fail, tokens

__all__ = [
    "All",
    "Any",
    "Compare",
    "Cone",
    "Contain",
    "Literal",
    "Member",
    "Name",
    "Node",
    "Not",
    "Null",
    "Operand",
    "parse",
]

_COMPARATORS = ("<", "<=", "==", "!=", ">=", ">")
# Deep enough for any hand-written or generated query; keeps the parser off Python's limit.
_DEEPEST = 100
_CONE = ("the right ascension", "the declination", "the radius")
_CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Name:
    """A column; alone, a test of a column of truth values."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Literal:
    """A value; `unit` is '' for none."""

    value: str | float | bool
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
class Contain:
    """Whether the text occurs in the column."""

    text: Literal
    name: Name


@dataclass(frozen=True, slots=True)
class Cone:
    """Whether the position lies in a circle on the sky: right ascension, declination, radius."""

    name: Name
    ra: Literal
    dec: Literal
    radius: Literal


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


Node: TypeAlias = "Name | Compare | Member | Contain | Cone | Null | Not | All | Any"


def parse(text: str) -> Node:
    """Tree of the expression `text`.

    Raises
    ------
    QueryError
        If it is not an expression; the error marks the place.
    """
    return _Parser(text).whole()


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._any()
        if self._token.kind != "end":
            self._wrong("and, or, or the end of the query")
        return node

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _sees(self, *texts: str) -> bool:
        return self._token.kind in ("word", "mark") and self._token.text in texts

    def _take(self, *texts: str) -> Token | None:
        """The next token, passed over, if it is one of these words or marks."""
        if not self._sees(*texts):
            return None
        self._next += 1
        return self._tokens[self._next - 1]

    def _need(self, text: str, expected: str) -> Token:
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
        head = self._token.text
        left = self._operand()
        if isinstance(left, Name) and head == "cone" and self._take("("):
            return self._cone(left)
        if isinstance(left, Name) and self._take("is"):
            return self._null(left)
        if not self._sees("not", "in"):
            return self._comparison(left)
        negated = self._take("not")
        self._need("in", "in after not")
        inner = self._member(left) if isinstance(left, Name) else self._contain(left)
        return Not(inner) if negated else inner

    def _comparison(self, left: Operand) -> Node:
        nodes: list[Node] = []
        while operator := self._take(*_COMPARATORS):
            right = self._operand()
            nodes.append(Compare(left, operator.text, right))
            left = right
        if not nodes:
            return left if isinstance(left, Name) else self._wrong("a comparison: < <= == != >= >")
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _cone(self, name: Name) -> Cone:
        literals: list[Literal] = []
        for what in _CONE:
            if literals:
                self._need(",", f", and {what} of the cone")
            if self._token.kind != "number" and not self._sees("-", "+"):
                self._wrong(f"{what} of the cone, a number")
            literals.append(self._literal())
        self._take(",")
        self._need(")", ") after the radius of the cone")
        return Cone(name, *literals)

    def _null(self, name: Name) -> Node:
        negated = self._take("not")
        self._need("null", "null after is")
        return Not(Null(name)) if negated else Null(name)

    def _member(self, name: Name) -> Member:
        opening = self._take("(", "[") or self._wrong("a list such as (1, 2) after in")
        closing = _CLOSING[opening.text]
        values = [self._literal()]
        while self._take(","):
            if self._sees(closing):
                break
            values.append(self._literal())
        self._need(closing, f", or {closing} in a list of values")
        return Member(name, tuple(values))

    def _contain(self, text: Literal) -> Contain:
        if self._token.kind != "name":
            self._wrong("a column after in")
        return Contain(text, self._name())

    def _operand(self) -> Operand:
        return self._name() if self._token.kind == "name" else self._literal()

    def _name(self) -> Name:
        token = self._token
        self._next += 1
        quoted = token.text.startswith("`")
        return Name(token.text[1:-1].replace("``", "`") if quoted else token.text, token.span)

    def _literal(self) -> Literal:
        sign = self._take("-", "+")
        token = self._token
        if token.kind == "number":
            self._next += 1
            start = sign.span.start if sign else token.span.start
            value = float(token.text)
            span = Span(token.span.text, start, token.span.end)
            return Literal(-value if sign and sign.text == "-" else value, token.unit, span)
        if sign is None and token.kind == "string":
            self._next += 1
            text = re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
            return Literal(text, "", token.span)
        if sign is None and (word := self._take("true", "false")):
            return Literal(word.text == "true", "", word.span)
        self._wrong("a number" if sign else "a column, a number or a text in quotation marks")
