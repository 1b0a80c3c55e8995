"""Whether the words of a query fit the columns of a table, and what is said where not."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from string import ascii_lowercase, ascii_uppercase

from portal.catalog.expression import Literal, Name
from portal.catalog.quantity import converted, ratio, understood
from portal.catalog.tokens import Span, fail
from portal.errors import QueryError
from portal.model.schema import Column

__all__ = ["angle", "comparable", "flag", "known", "known_names", "searchable", "value_in"]

# Names offered for one that is unknown.
_MOST = 3
# Beyond ASCII no two programs agree on what lower case is.
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_KINDS = {"string": "text", "bool": "true or false"}


def known(
    name: Name, columns: Mapping[str, Column], operator: str = "==", *, text: bool = False
) -> Column:
    """The column `name`, which has to have an order if `operator` asks for one.

    `text` tells that a text can stand in its place too.

    Raises
    ------
    QueryError
        If there is none, or it has no order.
    """
    if name.name not in columns:
        near = _near(name.name, columns)
        # CO instead of "CO" is the commonest slip.
        quoted = f'"{name.name}"'
        offered = " or ".join([f"the text {quoted}", *near] if text else near)
        fail(
            f"{name.name}: unknown column",
            name.span,
            seen=name.name,
            expected=offered or "the name of a column",
            way_out=f"a text stands in quotation marks: {quoted}",
        )
    column = columns[name.name]
    _orderable(column, operator, name.span)
    return column


def _near(word: str, columns: Iterable[str]) -> list[str]:
    """Names that look like `word`, best first, whatever the case of their ASCII letters."""
    lower = {name: name.translate(_LOWER) for name in columns}
    same = sorted(name for name, small in lower.items() if small == word.translate(_LOWER))
    close = get_close_matches(word.translate(_LOWER), set(lower.values()), n=_MOST, cutoff=0.5)
    found = (name for small in close for name in sorted(lower) if lower[name] == small)
    return (same or list(found))[:_MOST]


def known_names(names: Iterable[str], columns: Mapping[str, Column]) -> None:
    """Raise QueryError unless each of `names` is a column."""
    for name in names:
        if name not in columns:
            raise QueryError(
                "column: unknown",
                seen=name,
                expected="one of " + ", ".join(sorted(columns)),
                way_out="name columns of the table as the page on the catalogue lists them",
            )


def flag(name: Name, columns: Mapping[str, Column]) -> Column:
    """The column of truth values `name`; raises QueryError if it is none."""
    column = known(name, columns)
    if column.type != "bool":
        fail(
            f"{name.name}: cannot stand alone",
            name.span,
            seen=f"a column of {_kind(column)}",
            expected="a comparison, such as " + _example(column),
        )
    return column


def searchable(text: Literal, name: Name, columns: Mapping[str, Column]) -> Column:
    """The column `name`, in which `text` can be looked for; raises QueryError if it cannot."""
    if not isinstance(text.value, str):
        fail(
            "in: looks for a text",
            text.span,
            seen=_literal_kind(text),
            expected='a text in quotation marks, as in "CO" in species',
        )
    column = known(name, columns)
    if column.type not in ("string", "list<string>"):
        fail(
            f"{name.name}: holds no text",
            name.span,
            seen=f"a column of {_kind(column)}",
            expected="a column of text or lists of text",
        )
    return column


def comparable(
    left: Name, operator: str, right: Name, columns: Mapping[str, Column]
) -> tuple[Column, Column, float]:
    """Both columns, and the number of the first one's unit in the other's.

    Raises
    ------
    QueryError
        If they cannot be compared.
    """
    column = known(left, columns)
    other = known(right, columns, text="text" in _kind(column))
    if _kind(column) != _kind(other) or column.type.startswith("list"):
        fail(
            f"{left.name}: cannot be compared with {right.name}",
            right.span,
            seen=f"a column of {_kind(other)}",
            expected="a value" if column.type[:4] == "list" else f"a column of {_kind(column)}",
        )
    _orderable(column, operator, left.span)
    return column, other, _converted(1.0, other.unit, column, right.span)


def value_in(literal: Literal, column: Column) -> str | float | bool:
    """Value of the literal in the unit of the column.

    Raises
    ------
    QueryError
        If it is of another type or dimension than the column.
    """
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
        return _converted(literal.value, literal.unit, column, literal.span)
    return literal.value


def angle(literal: Literal, column: Column, low: float, high: float) -> float:
    """Value of the literal in degrees, from `low` to `high`.

    Raises
    ------
    QueryError
        If it is no such angle.
    """
    degrees = float(value_in(literal, column))
    if not low <= degrees <= high:
        fail(
            "cone: no such angle",
            literal.span,
            seen=f"{degrees:g} degrees",
            expected=f"{low:g} to {high:g} degrees",
        )
    return degrees


def _orderable(column: Column, operator: str, span: Span) -> None:
    if operator not in ("==", "!=") and (column.type == "bool" or column.type.startswith("list")):
        fail(
            f"{column.name}: has no order",
            span,
            seen=operator,
            expected="== or !=" if column.type == "bool" else "== or != or in",
        )


def _converted(value: float, unit: str, column: Column, span: Span) -> float:
    by = ratio(unit, column.unit)
    if by is not None:
        return converted(value, by)
    if not understood(unit):
        what = "unknown unit"
    elif not understood(column.unit):
        what = "its unit cannot be converted"
    else:
        what = "unit of another dimension"
    fail(
        f"{column.name}: {what}",
        span,
        seen=f"'{unit[:40]}'",
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
