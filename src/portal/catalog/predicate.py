"""The meaning of a query: names become columns, numbers take the columns' units.

What comes out knows no text any more, so that each engine (Arrow here, others elsewhere)
only has to say it in its own words. A comparison with a missing value is unknown, and what
is unknown is never selected, as in SQL.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from portal.catalog.expression import (
    All,
    Any,
    Compare,
    Literal,
    Member,
    Name,
    Node,
    Not,
    Null,
    Span,
    fail,
)
from portal.errors import ReadError
from portal.model.schema import Column
from portal.units import factor

__all__ = [
    "Between",
    "Both",
    "Either",
    "IsIn",
    "IsNull",
    "Negation",
    "Predicate",
    "Scalar",
    "Test",
    "bind",
    "columns_used",
]

Scalar: TypeAlias = "str | int | float | bool"

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_KINDS = {"string": "text", "bool": "true or false"}


@dataclass(frozen=True, slots=True)
class Test:
    """Column against a value [unit of the column]; a list equals each of its elements."""

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
    """Column, or an element of it, is one of the values."""

    column: Column
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """Column has no value; never unknown."""

    column: Column


@dataclass(frozen=True, slots=True)
class Negation:
    """The opposite."""

    of: "Predicate"


@dataclass(frozen=True, slots=True)
class Both:
    """All of them."""

    of: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of them."""

    of: tuple["Predicate", ...]


Predicate: TypeAlias = "Test | Between | IsIn | IsNull | Negation | Both | Either"


def bind(node: Node, columns: Mapping[str, Column]) -> Predicate:
    """What `node` says about these columns.

    Raises
    ------
    QueryError
        If a column is unknown, or a value of another type or dimension than its column.
    """
    match node:
        case All(nodes):
            return Both(tuple(bind(n, columns) for n in nodes))
        case Any(nodes):
            return Either(tuple(bind(n, columns) for n in nodes))
        case Not(inner):
            return Negation(bind(inner, columns))
        case Null(name):
            return IsNull(_column(name, columns))
        case Member(name, literals):
            column = _column(name, columns)
            return IsIn(column, tuple(_value(v, column) for v in literals))
        case Compare():
            return _comparison(node, columns)
        case Name():
            return Test(_flag(node, columns), "==", True)


def columns_used(predicate: Predicate) -> frozenset[str]:
    """Names of the columns that it needs."""
    return frozenset(_used(predicate))


def _used(predicate: Predicate) -> Iterator[str]:
    match predicate:
        case Both(of) | Either(of):
            for one in of:
                yield from _used(one)
        case Negation(of):
            yield from _used(of)
        case Between():
            yield from (predicate.column.name, predicate.other.name)
        case _:
            yield predicate.column.name


def _column(name: Name, columns: Mapping[str, Column]) -> Column:
    if name.name in columns:
        return columns[name.name]
    near = get_close_matches(name.name, columns, n=3, cutoff=0.5)
    fail(
        f"{name.name}: unknown column",
        name.span,
        seen=name.name,
        expected=" or ".join(near or sorted(columns)),
        # CO instead of "CO" is the commonest slip.
        way_out=f'a text stands in quotation marks: "{name.name}"',
    )


def _flag(name: Name, columns: Mapping[str, Column]) -> Column:
    column = _column(name, columns)
    if column.type != "bool":
        fail(
            f"{name.name}: cannot stand alone",
            name.span,
            seen=f"a column of {_kind(column)}",
            expected="a comparison, such as " + _example(column),
        )
    return column


def _comparison(node: Compare, columns: Mapping[str, Column]) -> Predicate:
    match node.left, node.right:
        case Name() as left, Literal() as right:
            return _test(left, node.operator, right, columns)
        case Literal() as left, Name() as right:
            return _test(right, _MIRRORED[node.operator], left, columns)
        case Name() as left, Name() as right:
            return _between(left, node.operator, right, columns)
    span = Span(node.left.span.text, node.left.span.start, node.right.span.end)
    fail("comparison: has no column", span, seen="two values", expected="a column and a value")


def _test(name: Name, operator: str, literal: Literal, columns: Mapping[str, Column]) -> Test:
    column = _column(name, columns)
    _orderable(column, operator, name.span)
    return Test(column, operator, _value(literal, column))


def _between(left: Name, operator: str, right: Name, columns: Mapping[str, Column]) -> Between:
    column, other = _column(left, columns), _column(right, columns)
    if _kind(column) != _kind(other) or column.type.startswith("list"):
        fail(
            f"{left.name}: cannot be compared with {right.name}",
            right.span,
            seen=f"a column of {_kind(other)}",
            expected=f"a column of {_kind(column)}" if column.type[:4] != "list" else "a value",
        )
    _orderable(column, operator, left.span)
    return Between(column, operator, other, _factor(other.unit, column, right.span))


def _orderable(column: Column, operator: str, span: Span) -> None:
    if operator not in ("==", "!=") and (column.type == "bool" or column.type.startswith("list")):
        fail(
            f"{column.name}: has no order",
            span,
            seen=operator,
            expected="== or != or in" if column.type != "bool" else "== or !=",
        )


def _value(literal: Literal, column: Column) -> Scalar:
    """Value of the literal in the column's unit, and of its type."""
    kind = _kind(column)
    if kind == "lists of numbers" or _literal_kind(literal) != kind.removeprefix("lists of "):
        fail(
            f"{column.name}: value of another type",
            literal.span,
            seen=_literal_kind(literal),
            expected=kind if kind != "lists of numbers" else "a column that can be compared",
            way_out="text stands in quotation marks: " + _example(column) if "text" in kind else "",
        )
    if literal.unit and not isinstance(literal.value, str):
        # Fifteen digits hide the rounding of the factor: 0.2 kpc is 200 pc.
        return float(f"{literal.value * _factor(literal.unit, column, literal.span):.15g}")
    return literal.value


def _factor(unit: str, column: Column, span: Span) -> float:
    try:
        return factor(unit, column.unit)
    except ReadError as error:
        fail(
            f"{column.name}: {error.what}",
            span,
            seen=error.seen,
            expected=f"a unit such as {column.unit}" if column.unit else "a number without a unit",
        )


def _kind(column: Column) -> str:
    if column.type.startswith("list"):
        return "lists of text" if "string" in column.type else "lists of numbers"
    return _KINDS.get(column.type, "numbers")


def _literal_kind(literal: Literal) -> str:
    if isinstance(literal.value, str):
        return "text"
    return "true or false" if isinstance(literal.value, bool) else "numbers"


def _example(column: Column) -> str:
    if "string" in column.type:
        return f'{column.name} == "value"'
    return f"{column.name} > 1 {column.unit}".rstrip()
