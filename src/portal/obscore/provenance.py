"""Where each value of a table came from: a row per value, to be queried like any table."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.model.cell import Cell
from portal.model.measurement import Measurement
from portal.model.record import Row

__all__ = ["Given", "provenance_rows"]


@dataclass(frozen=True, slots=True)
class Given:
    """All that was found for one row.

    Parameters
    ----------
    path, part
        The file, and the part of it; '' for the whole.
    cells
        In the order of preference, the best first.
    filters
        Each tells the names of the filters that the light went through one after the other, as
        the header has them, for a curation.
    measurement
        What is told of its values and their bins; None where nothing is.
    """

    path: str
    part: str
    cells: tuple[Cell, ...]
    filters: tuple[tuple[str, ...], ...] = ()
    measurement: Measurement | None = None

    @property
    def row(self) -> Row:
        """The value of each column that has one."""
        return {cell.column: cell.value for cell in self.used}

    @property
    def used(self) -> tuple[Cell, ...]:
        """The cell that counts for each column.

        A cell without a value that is derived says why nothing was found, and any other one
        with a value counts before it; a rule without a value makes the column null.
        """
        best: dict[str, Cell] = {}
        for cell in self.cells:
            held = best.get(cell.column)
            if held is None or (held.value is None and held.origin.kind != "mapping"):
                best[cell.column] = cell if held is None or cell.value is not None else held
        return tuple(best.values())


def provenance_rows(given: Iterable[Given]) -> list[Row]:
    """Rows of the table of origins, in the order of the products and of their columns."""
    return [row for one in given for row in _of(one)]


def _of(one: Given) -> list[Row]:
    did = str(one.row.get("obs_publisher_did") or "")
    used = {id(cell) for cell in one.used}
    rows: list[Row] = []
    for cell in one.cells:
        rows.append(
            {
                "path": one.path,
                "part": one.part,
                "obs_publisher_did": did,
                "column": cell.column,
                "value": "" if cell.value is None else str(cell.value),
                "used": id(cell) in used,
                "kind": cell.origin.kind,
                "source": cell.origin.source,
                "confidence": cell.origin.confidence,
                "where": cell.origin.where,
                "note": cell.origin.note,
            }
        )
    return sorted(rows, key=lambda row: (str(row["column"]), not row["used"]))
