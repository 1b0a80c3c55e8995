"""The meaning of a query: names become columns, numbers take the columns' units.

What comes out knows no text and no negation any more, so that each engine (Arrow, pandas,
SQL) only has to say it in its own words: a test selects a row when it is known to hold, and
`not` has become the opposite test, which a missing value does not pass either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from portal.catalog import expression as tree
from portal.catalog.binding import angle, comparable, flag, known, searchable, value_in
from portal.catalog.expression import Compare, Contain, Literal, Member, Name, Node, Not, Null
from portal.catalog.tokens import Span, fail
from portal.model.schema import Column

__all__ = [
    "All",
    "Any",
    "Between",
    "Cone",
    "Contains",
    "IsIn",
    "IsNull",
    "Predicate",
    "Scalar",
    "Test",
    "bind",
    "columns_used",
]

Scalar: TypeAlias = "str | float | bool"

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class Test:
    """Column against a value [unit of the column]."""

    column: Column
    operator: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Between:
    """Column against another column; `factor` times the other has the first one's unit."""

    column: Column
    operator: str
    other: Column
    factor: float


@dataclass(frozen=True, slots=True)
class IsIn:
    """Column, or an element of it, is one of the values; or, with `opposite`, is none."""

    column: Column
    values: tuple[Scalar, ...]
    opposite: bool


@dataclass(frozen=True, slots=True)
class Contains:
    """The text occurs in the column, or, with `opposite`, does not."""

    column: Column
    text: str
    opposite: bool


@dataclass(frozen=True, slots=True)
class Cone:
    """Position within a circle on the sky, or, with `opposite`, outside of it.

    Parameters
    ----------
    ra_column, dec_column
        Of the position [deg].
    ra, dec, radius : scalar [deg]
        Great-circle distances up to `radius` are inside.
    """

    ra_column: Column
    dec_column: Column
    ra: float
    dec: float
    radius: float
    opposite: bool


@dataclass(frozen=True, slots=True)
class IsNull:
    """Column has no value, or, with `opposite`, has one."""

    column: Column
    opposite: bool


@dataclass(frozen=True, slots=True)
class All:
    """All of them."""

    of: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One of them."""

    of: tuple["Predicate", ...]


Predicate: TypeAlias = "Test | Between | IsIn | Contains | Cone | IsNull | All | Any"


def bind(node: Node, columns: Mapping[str, Column], opposite: bool = False) -> Predicate:
    """What `node`, or its opposite, says about these columns.

    Raises
    ------
    QueryError
        If a column is unknown, or a value of another type or dimension than its column.
    """
    match node:
        case tree.All(nodes) | tree.Any(nodes):
            of = tuple(bind(one, columns, opposite) for one in nodes)
            return Any(of) if opposite == isinstance(node, tree.All) else All(of)
        case Not(inner):
            return bind(inner, columns, not opposite)
        case Null(name):
            return IsNull(known(name, columns), opposite)
        case Member(name, literals):
            column = known(name, columns)
            return IsIn(column, tuple(value_in(v, column) for v in literals), opposite)
        case Contain(text, name):
            return _contains(searchable(text, name, columns), str(text.value), opposite)
        case tree.Cone():
            return _cone(node, columns, opposite)
        case Compare(left, operator, right):
            return _comparison(left, _OPPOSITE[operator] if opposite else operator, right, columns)
        case Name():
            return Test(flag(node, columns), "==", not opposite)


def columns_used(predicate: Predicate) -> dict[str, Column]:
    """The columns that it needs, by name."""
    return {column.name: column for column in _used(predicate)}


def _used(predicate: Predicate) -> Iterator[Column]:
    match predicate:
        case All(of) | Any(of):
            for one in of:
                yield from _used(one)
        case Between():
            yield from (predicate.column, predicate.other)
        case Cone():
            yield from (predicate.ra_column, predicate.dec_column)
        case _:
            yield predicate.column


def _contains(column: Column, text: str, opposite: bool) -> Predicate:
    if column.type == "string":
        return Contains(column, text, opposite)
    return IsIn(column, (text,), opposite)


def _cone(node: tree.Cone, columns: Mapping[str, Column], opposite: bool) -> Cone:
    ra, dec = (known(Name(name, node.name.span), columns) for name in ("s_ra", "s_dec"))
    values = (
        angle(node.ra, ra, -360.0, 360.0),
        angle(node.dec, dec, -90.0, 90.0),
        angle(node.radius, dec, 0.0, 180.0),
    )
    return Cone(ra, dec, *values, opposite)


def _comparison(
    left: Name | Literal, operator: str, right: Name | Literal, columns: Mapping[str, Column]
) -> Predicate:
    match left, right:
        case Name(), Literal():
            return _test(left, operator, right, columns)
        case Literal(), Name():
            return _test(right, _MIRRORED[operator], left, columns)
        case Name(), Name():
            column, other, factor = comparable(left, operator, right, columns)
            return Between(column, operator, other, factor)
    span = Span(left.span.text, left.span.start, right.span.end)
    fail("comparison: has no column", span, seen="two values", expected="a column and a value")


def _test(
    name: Name, operator: str, literal: Literal, columns: Mapping[str, Column]
) -> Test | IsIn:
    column = known(name, columns, operator)
    value = value_in(literal, column)
    if column.type.startswith("list"):
        return IsIn(column, (value,), operator == "!=")
    return Test(column, operator, value)
