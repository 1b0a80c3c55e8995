"""The rows of a selection a few thousand at a time, so that memory does not grow with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from portal.catalog.query import (
    compile_query,
    observation_columns,
    select_models,
    select_observations,
)
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.model.schema import Column

__all__ = ["row_pieces"]

_ROWS = 16_384


def row_pieces(catalog: Catalog, selection: Selection) -> Iterator[pa.Table]:
    """What `selection.rows` gives, in pieces; at least one, which may be empty.

    Raises
    ------
    QueryError
        If the expression or a column does not fit the table.
    """
    if not catalog.counts.get(selection.table) or selection.limit == 0:
        yield selection.rows(catalog)
        return
    select = select_models if selection.table == "models" else select_observations
    columns = None if selection.columns is None else list(selection.columns)
    source = _Source(catalog, selection.table)
    left = selection.limit
    for batch in catalog.batches(selection.table, _read(catalog, selection), _ROWS):
        source.piece = pa.Table.from_batches([batch])
        rows = select(source, selection.expression, columns).slice(0, left)
        yield rows
        left = None if left is None else left - len(rows)
        if left == 0:
            return


def _read(catalog: Catalog, selection: Selection) -> list[str] | None:
    """Columns of the table itself that are needed; None for all."""
    if selection.columns is None:
        return None
    own, lent = observation_columns(catalog)
    if selection.table == "models":
        own, lent = {c.name: c for c in catalog.columns("models")}, {}
    query = compile_query(selection.expression, [*own.values(), *lent.values()])
    needed = dict.fromkeys([*selection.columns, *sorted(query.columns), "model_id"])
    return [name for name in needed if name in own]


@dataclass
class _Source:
    """Tables of which one, `name`, is the piece at hand; the others are read once."""

    catalog: Catalog
    name: str
    piece: pa.Table = field(default_factory=lambda: pa.table({}))
    _whole: dict[tuple[str, ...], pa.Table] = field(default_factory=dict)

    def columns(self, name: str) -> tuple[Column, ...]:
        return self.catalog.columns(name)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        if name == self.name:
            return self.piece if columns is None else self.piece.select(list(columns))
        key = (name, *(columns or ()))
        if key not in self._whole:
            self._whole[key] = self.catalog.table(name, columns)
        return self._whole[key]
