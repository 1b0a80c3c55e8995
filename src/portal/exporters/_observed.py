"""The observations of a selection, some thousand rows at a time."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from portal.catalog.selection import EVERYTHING, Selection
from portal.catalog.table import Catalog

__all__ = ["observed"]

_ROWS = 8192


def observed(
    catalog: Catalog, selection: Selection, columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Rows of the table of observations, with `columns` in their order."""
    if selection == EVERYTHING:
        for batch in catalog.batches("observations", columns, _ROWS):
            yield batch.select(list(columns))
    else:
        yield from selection.observations(catalog, columns).to_batches(_ROWS)
