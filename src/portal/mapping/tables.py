"""A mapping applied to a table: its columns are the keywords of each row."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from portal import units
from portal.mapping._held import Held
from portal.mapping.loading import load_mapping
from portal.mapping.outcomes import ranked
from portal.mapping.ruleset import Mapping
from portal.mapping.sources import RowSource
from portal.model.cell import STATED, Cell, Origin
from portal.model.record import Problem, Value
from portal.model.schema import OBSCORE, Column

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["Mapped", "apply_mapping", "map_table"]

_COLUMNS = {column.name: column for column in OBSCORE}
_PLACES = ("path", "file", "filename", "access_url")
_TYPES = {"string": np.str_, "int32": np.int32, "int64": np.int64, "float64": np.float64}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A table to which a mapping was applied.

    Parameters
    ----------
    table
        A new table.
    cells
        For each row, what was there and what rules gave, of each column the best first.
    problems
        What was wrong, with ``row N`` for the path.
    """

    table: "Table"
    cells: tuple[tuple[Cell, ...], ...]
    problems: tuple[Problem, ...]


def apply_mapping(
    table: "Table", mapping: Mapping | str | Path, allow: Collection[str] = ()
) -> "Table":
    """A copy of `table` with the ObsCore columns that the rules of `mapping` give.

    A column of `table` with a unit gives values in that unit. What `table` has already counts
    as found: rules come before it, defaults after it.

    Parameters
    ----------
    table
        Any table of astropy.
    mapping
        A mapping, or the path of its file.
    allow
        Modules whose functions the file may call: their code will run.

    Raises
    ------
    MappingError
        If the file cannot be used.
    """
    return map_table(table, mapping, allow).table


def map_table(table: "Table", mapping: Mapping | str | Path, allow: Collection[str] = ()) -> Mapped:
    """As `apply_mapping`, with the origin of each value and what was wrong."""
    rules = mapping if isinstance(mapping, Mapping) else load_mapping(mapping, allow)
    getters = {name: _getter(table, name) for name in table.colnames}
    columns = {name.upper(): getters[name] for name in reversed(table.colnames)}
    place = next((getters[name] for name in _PLACES if name in getters), None)
    known = [name for name in table.colnames if name in _COLUMNS]
    given, problems = [], list[Problem]()
    for row in range(len(table)):
        path = "" if place is None else str(_bare(place(row)) or "")
        cells, wrong = rules.cells(RowSource(columns, row, path))
        found = [_there(name, _bare(getters[name](row))) for name in known]
        given.append(ranked([cell for cell in found if cell is not None], cells))
        problems += [_of_row(row, problem) for problem in wrong]
    return Mapped(_filled(table, given), tuple(given), tuple(problems))


def _getter(table: "Table", name: str) -> Callable[[int], object]:
    column = table[name]
    values = column.tolist() if column.dtype.kind != "O" else list(column)
    unit = None if column.unit is None else str(column.unit)
    if unit is None or column.dtype.kind not in "iuf":
        return values.__getitem__
    return lambda row: None if values[row] is None else Held(values[row], unit)


def _bare(found: object) -> object:
    return found.value if isinstance(found, Held) else found


def _there(name: str, value: object) -> Cell | None:
    empty = value is None or value == "" or value != value
    if empty or not isinstance(value, str | int | float):
        return None
    return Cell(name, value, Origin("column", f"column {name}", STATED))


def _of_row(row: int, problem: Problem) -> Problem:
    return Problem(
        f"row {row}",
        problem.code,
        problem.what,
        problem.seen,
        problem.expected,
        problem.way_out,
        problem.severity,
    )


def _filled(table: "Table", given: list[tuple[Cell, ...]]) -> "Table":
    """`table` with the columns in which rules gave anything made anew."""
    best: list[dict[str, Cell]] = [
        {cell.column: cell for cell in reversed(cells)} for cells in given
    ]
    ruled = {
        cell.column
        for cells in best
        for cell in cells.values()
        if cell.origin.kind in ("mapping", "default")
    }
    made = table.copy()
    for name in (column.name for column in OBSCORE if column.name in ruled):
        unit = made[name].unit if name in made.colnames else None
        cells = [row.get(name) for row in best]
        _put(made, _COLUMNS[name], cells, None if unit is None else str(unit))
    return made


def _put(table: "Table", column: Column, cells: list[Cell | None], unit: str | None) -> None:
    from astropy.table import MaskedColumn

    factor = 1.0 if unit is None else units.factor(column.unit, unit)
    values = [None if cell is None else _scaled(cell, factor) for cell in cells]
    empty = "" if column.type == "string" else 0
    data = [empty if value is None else value for value in values]
    made = MaskedColumn(
        np.array(data, dtype=_TYPES[column.type]),
        name=column.name,
        mask=[value is None for value in values],
        unit=unit or column.unit or None,
        description=column.description,
        meta={key: text for key, text in (("ucd", column.ucd), ("utype", column.utype)) if text},
    )
    if column.name in table.colnames:
        table.replace_column(column.name, made)
    else:
        table.add_column(made)


def _scaled(cell: Cell, factor: float) -> Value:
    """A value that a rule gave, in the unit of a column that was there."""
    ruled = cell.origin.kind != "column" and factor != 1
    return cell.value * factor if ruled and isinstance(cell.value, int | float) else cell.value
