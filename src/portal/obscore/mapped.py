"""A mapping applied to a table that is there already: its columns are the keywords."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from portal.mapping import Held, RowSource, load_mapping, ranked
from portal.mapping import Mapping as Rules
from portal.model.cell import STATED, Cell, Origin
from portal.model.record import Problem, Value
from portal.model.schema import OBSCORE
from portal.model.schema import Column as Described
from portal.obscore.provenance import Given
from portal.obscore.response import Response

if TYPE_CHECKING:
    from astropy.table import Column, Table

__all__ = ["apply_mapping", "mapped"]

_OBSCORE = {column.name: column for column in OBSCORE}
_ORIGINS = {name: Origin("column", f"column {name}", STATED) for name in _OBSCORE}
_PLACES = ("path", "access_url")


def apply_mapping(
    table: "Table",
    mapping: Path | str | Rules,
    *,
    allow: Collection[str] = (),
    allow_env: Collection[str] = (),
) -> "Table":
    """A table of ObsCore rows, made from `table` by rules.

    Parameters
    ----------
    table
        Any table; its columns are what the rules name. Columns of ObsCore that it has are
        taken over where no rule says otherwise; a number with a unit in the unit of ObsCore.
    mapping
        A mapping file, or one that was loaded.
    allow
        Modules whose functions the mapping may call: their code will run.
    allow_env
        Variables of the environment that it may use: what they hold may be published.

    Raises
    ------
    MappingError
        If the mapping cannot be used.
    """
    return mapped(table, mapping, allow=allow, allow_env=allow_env).to_table()


def mapped(
    table: "Table",
    mapping: Path | str | Rules,
    *,
    allow: Collection[str] = (),
    allow_env: Collection[str] = (),
) -> Response:
    """As `apply_mapping`, with the origins and what was wrong."""
    rules = mapping if isinstance(mapping, Rules) else load_mapping(mapping, allow, allow_env)
    values = {name: _plain(table[name]).__getitem__ for name in table.colnames}
    columns = {name.upper(): _measured(table[name], get) for name, get in values.items()}
    place = next((name for name in _PLACES if name in table.colnames), None)
    given: list[Given] = []
    problems: list[Problem] = []
    for row in range(len(table)):
        path = str(values[place](row) or "") if place else ""
        found, wrong = rules.cells(RowSource(columns, row, path))
        given.append(Given(path, f"row {row}", ranked(_kept(table, values, row), found)))
        problems += wrong
    return Response(given, problems)


def _kept(table: "Table", values: Mapping[str, Callable[[int], Value]], row: int) -> list[Cell]:
    """What the table has of ObsCore already."""
    return [
        Cell(name, _fitted(value, table[name], column), _ORIGINS[name])
        for name, column in _OBSCORE.items()
        if name in values and (value := values[name](row)) is not None
    ]


def _fitted(value: Value, made: "Column", column: Described) -> Value:
    if not isinstance(value, int | float) or column.type == "string":
        return value
    if made.unit is not None and column.unit:
        value = value * float(made.unit.to(column.unit))
    whole = column.type in ("int32", "int64") and float(value).is_integer()
    return int(value) if whole else value


def _measured(column: "Column", get: Callable[[int], Value]) -> Callable[[int], object]:
    """What rules read: numbers with the unit of their column."""
    unit = None if column.unit is None else str(column.unit)
    if unit is None or column.dtype.kind not in "iuf":
        return get
    return lambda row: None if (value := get(row)) is None else Held(value, unit)


def _plain(column: "Column") -> list[Value]:
    """The values of a column, None where there is none."""
    mask = np.ma.getmaskarray(column)
    values = np.ma.getdata(column).tolist()
    return [None if unknown else _value(v) for unknown, v in zip(mask, values, strict=True)]


def _value(found: object) -> Value:
    if isinstance(found, bytes):
        return found.decode("latin-1")
    if isinstance(found, float) and np.isnan(found):
        return None
    return found if isinstance(found, str | bool | int | float) else str(found)
