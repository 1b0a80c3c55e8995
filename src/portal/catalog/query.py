"""Selecting rows with the query language, through Arrow.

``mass_loss_rate > 1e-6 and species == "CO"`` reads like Python; a number may carry a unit
(``distance < 1 kpc``), a column of lists equals each of its elements, and a missing value is
never selected, whatever is asked about it (but for ``is null``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.arrow import arrow_type
from portal.catalog.expression import parse
from portal.catalog.predicate import (
    Between,
    Both,
    Either,
    IsIn,
    IsNull,
    Negation,
    Predicate,
    Scalar,
    Test,
    bind,
    columns_used,
)
from portal.errors import QueryError
from portal.model.schema import Column

__all__ = [
    "Query",
    "Table",
    "Tables",
    "arrow",
    "compile_query",
    "model_ids",
    "select_models",
    "select_observations",
]

Table: TypeAlias = pa.Table
"""Rows that were selected."""

# A character that no name holds: it keeps the elements of a list apart in one text.
_BETWEEN = "\x1f"


class Tables(Protocol):
    """Where tables come from: a `Catalog`, or anything like it."""

    def columns(self, name: str) -> tuple[Column, ...]:
        """All columns of the table `name`."""
        ...

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The table `name`, whole or only some columns."""
        ...


@dataclass(frozen=True)
class Query:
    """A query that has been checked: what it needs, and what Arrow is told."""

    text: str
    columns: frozenset[str]
    expression: pc.Expression

    def filter(self, table: pa.Table) -> pa.Table:
        """Rows of `table` that the query selects, in their order."""
        return table.filter(self.expression)


def compile_query(text: str, columns: Sequence[Column]) -> Query:
    """The query `text` over a table with these columns; an empty text selects every row.

    Raises
    ------
    QueryError
        If `text` is no expression or does not fit the columns; the error marks the place.
    """
    if not text.strip():
        return Query(text, frozenset(), pc.scalar(True))
    predicate = bind(parse(text), {column.name: column for column in columns})
    return Query(text, columns_used(predicate), arrow(predicate))


def select_models(catalog: Tables, text: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows of the table of models that `text` selects; all columns or only some."""
    query = compile_query(text, catalog.columns("models"))
    return _chosen(query.filter(_read(catalog, "models", columns, query)), columns)


def select_observations(
    catalog: Tables, text: str, columns: Sequence[str] | None = None
) -> pa.Table:
    """Rows of the table of observations that `text` selects.

    Every column of the models can be used and wanted too; where both tables have a name, the
    observation's counts.
    """
    own = {column.name: column for column in catalog.columns("observations")}
    lent = {c.name: c for c in catalog.columns("models") if c.name not in own}
    query = compile_query(text, [*own.values(), *lent.values()])
    wanted = list(own) if columns is None else list(columns)
    _known(wanted, {**own, **lent})
    needed = dict.fromkeys([*wanted, *sorted(query.columns), "model_id"])
    table = catalog.table("observations", [name for name in needed if name in own])
    borrowed = [name for name in needed if name in lent]
    if borrowed:
        table = _with_models(table, catalog.table("models", ["model_id", *borrowed]))
    return query.filter(table).select(wanted)


def model_ids(catalog: Tables, text: str) -> list[str] | None:
    """Models that `text` selects, in the order of the table; None for all of them."""
    if not text.strip():
        return None
    return list(select_models(catalog, text, ["model_id"])["model_id"].to_pylist())


def arrow(predicate: Predicate) -> pc.Expression:
    """`predicate` as an Arrow expression with the same three-valued logic."""
    match predicate:
        case Both(of):
            return _folded([arrow(one) for one in of], both=True)
        case Either(of):
            return _folded([arrow(one) for one in of], both=False)
        case Negation(of):
            return ~arrow(of)
        case IsNull(column):
            return pc.field(column.name).is_null()
        case IsIn(column, values):
            return _is_in(column, values)
        case Between(column, operator, other, factor):
            right = pc.field(other.name)
            return _compared(
                pc.field(column.name), operator, right if factor == 1 else right * factor
            )
        case Test(column, operator, value):
            if column.type.startswith("list"):
                contains = _contains(column, (value,))
                return ~contains if operator == "!=" else contains
            return _compared(pc.field(column.name), operator, pc.scalar(value))


def _folded(parts: list[pc.Expression], both: bool) -> pc.Expression:
    """All parts in one, halved again and again so that the nesting stays shallow."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    left, right = _folded(parts[:half], both), _folded(parts[half:], both)
    return left & right if both else left | right


def _compared(left: pc.Expression, operator: str, right: pc.Expression) -> pc.Expression:
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
    return left != right


def _is_in(column: Column, values: tuple[Scalar, ...]) -> pc.Expression:
    if column.type.startswith("list"):
        return _contains(column, values)
    field = pc.field(column.name)
    found = field.isin(pa.array(values, _type(column, values)))
    # Arrow finds a missing value in no list; unknown is what it must be.
    return pc.if_else(field.is_valid(), found, pa.scalar(None, pa.bool_()))


def _type(column: Column, values: tuple[Scalar, ...]) -> pa.DataType:
    """Type of the values to look for; whole numbers stay whole, however large."""
    if column.type in ("string", "bool"):
        return arrow_type(column)
    whole = column.type in ("int32", "int64") and all(isinstance(value, int) for value in values)
    return pa.int64() if whole else pa.float64()


def _contains(column: Column, values: tuple[Scalar, ...]) -> pc.Expression:
    field = pc.field(column.name)
    wanted = "|".join(re.escape(str(value)) for value in values)
    pattern = f"(^|{_BETWEEN})({wanted})({_BETWEEN}|$)"
    joined = pc.binary_join(field, _BETWEEN)
    return (pc.list_value_length(field) > 0) & pc.match_substring_regex(joined, pattern)


def _read(catalog: Tables, name: str, columns: Sequence[str] | None, query: Query) -> pa.Table:
    if columns is None:
        return catalog.table(name)
    _known(columns, {column.name: column for column in catalog.columns(name)})
    return catalog.table(name, list(dict.fromkeys([*columns, *sorted(query.columns)])))


def _chosen(table: pa.Table, columns: Sequence[str] | None) -> pa.Table:
    return table if columns is None else table.select(list(columns))


def _known(names: Sequence[str], columns: Mapping[str, Column]) -> None:
    for name in names:
        if name not in columns:
            raise QueryError(
                "column: unknown",
                seen=name,
                expected="one of " + ", ".join(sorted(columns)),
                way_out="name columns of the table as the page on the catalogue lists them",
            )


def _with_models(observations: pa.Table, models: pa.Table) -> pa.Table:
    """`observations` with the other columns of `models` beside each row."""
    rows = pc.index_in(observations["model_id"], value_set=models["model_id"])
    taken = models.take(rows)
    for name in models.column_names:
        if name != "model_id":
            observations = observations.append_column(models.schema.field(name), taken[name])
    return observations
