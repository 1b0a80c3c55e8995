"""Selecting rows with the query language, through Arrow.

``mass_loss_rate > 1e-6 and species == "CO"`` reads like Python; a number may carry a unit
(``distance < 1 kpc``), a column of lists equals each of its elements, and a missing value is
never selected, whatever is asked about it (but for ``is null``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.binding import known_names
from portal.catalog.expression import parse
from portal.catalog.masks import mask
from portal.catalog.predicate import Predicate, bind, columns_used
from portal.model.schema import Column

__all__ = [
    "Query",
    "Table",
    "Tables",
    "compile_query",
    "model_ids",
    "observation_columns",
    "select_models",
    "select_observations",
]

Table: TypeAlias = pa.Table
"""Rows that were selected."""


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
    """A query that has been checked: what it needs, and what it means; None for every row."""

    text: str
    columns: frozenset[str]
    predicate: "Predicate | None"

    def filter(self, table: pa.Table) -> pa.Table:
        """Rows of `table` that the query selects, in their order."""
        if self.predicate is None:
            return table
        return table.filter(pa.array(mask(self.predicate, table)))


def compile_query(text: str, columns: Sequence[Column]) -> Query:
    """The query `text` over a table with these columns; an empty text selects every row.

    Raises
    ------
    QueryError
        If `text` is no expression or does not fit the columns; the error marks the place.
    """
    if not text.strip():
        return Query(text, frozenset(), None)
    predicate = bind(parse(text), {column.name: column for column in columns})
    return Query(text, frozenset(columns_used(predicate)), predicate)


def observation_columns(catalog: Tables) -> tuple[dict[str, Column], dict[str, Column]]:
    """Columns of the observations, and the other columns of the models, which they can use."""
    own = {column.name: column for column in catalog.columns("observations")}
    return own, {c.name: c for c in catalog.columns("models") if c.name not in own}


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
    own, lent = observation_columns(catalog)
    query = compile_query(text, [*own.values(), *lent.values()])
    wanted = list(own) if columns is None else list(columns)
    known_names(wanted, {**own, **lent})
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


def _read(catalog: Tables, name: str, columns: Sequence[str] | None, query: Query) -> pa.Table:
    if columns is None:
        return catalog.table(name)
    known_names(columns, {column.name: column for column in catalog.columns(name)})
    return catalog.table(name, list(dict.fromkeys([*columns, *sorted(query.columns)])))


def _chosen(table: pa.Table, columns: Sequence[str] | None) -> pa.Table:
    return table if columns is None else table.select(list(columns))


def _with_models(observations: pa.Table, models: pa.Table) -> pa.Table:
    """`observations` with the other columns of `models` beside each row."""
    rows = pc.index_in(observations["model_id"], value_set=models["model_id"])
    taken = models.take(rows)
    for name in models.column_names:
        if name != "model_id":
            observations = observations.append_column(models.schema.field(name), taken[name])
    return observations
