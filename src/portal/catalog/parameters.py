"""Parameters of models as columns: which there are, of what type, in what unit."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal import units
from portal.catalog.arrow import arrow_type
from portal.errors import ReadError
from portal.model.schema import MODELS, PARAMETERS, Column, ColumnType

__all__ = ["MOST_COLUMNS", "Findings", "Refused", "Survey", "column_values", "flatten", "numbers"]

MOST_COLUMNS = 500
"""Parameters beyond these are problems: a table of thousands of columns serves nobody."""

_TEXTS = ("name", "kind", "unit", "text", "description")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_KNOWN = {c.name: c for c in PARAMETERS}
_TAKEN = frozenset(c.name for c in MODELS)


@dataclass(frozen=True)
class Findings:
    """Parameters of some files, one entry each.

    Parameters
    ----------
    row : (entry,)
        Position of the file in its table.
    name, kind, unit, text, description : (entry,)
        Text; `kind` is float, int, bool or text.
    number : (entry,)
        NaN where the parameter is text.
    rows
        Number of files.
    """

    row: npt.NDArray[np.int64]
    name: pa.Array
    kind: pa.Array
    unit: pa.Array
    text: pa.Array
    description: pa.Array
    number: npt.NDArray[np.float64]
    rows: int

    def only(self, names: Sequence[str]) -> "Findings":
        """The entries of the parameters `names`."""
        wanted = pc.is_in(self.name, pa.array(list(names), pa.string()))
        here = np.flatnonzero(wanted.to_numpy(zero_copy_only=False))
        texts = {part: getattr(self, part).take(here) for part in _TEXTS}
        return replace(self, row=self.row[here], number=self.number[here], **texts)

    def moved(self, places: npt.NDArray[np.int64], rows: int) -> "Findings":
        """The same for a table of `rows` files, in which file i has the place ``places[i]``."""
        return replace(self, row=places[self.row], rows=rows)


def flatten(records: pa.Table) -> Findings:
    """The parameters of `records`, a table with the column ``parameters``."""
    lists = records.column("parameters").combine_chunks()
    flat = pc.list_flatten(lists)
    text = {name: flat.field(name) for name in _TEXTS}
    return Findings(
        row=pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64),
        number=flat.field("number").to_numpy(zero_copy_only=False).astype(np.float64),
        rows=records.num_rows,
        **text,
    )


_Key: TypeAlias = tuple[str, str, str]  # kind, unit, description


@dataclass
class Survey:
    """Counts what parameters there are; `columns` then says how they are catalogued."""

    _seen: dict[str, Counter[_Key]] = field(default_factory=dict)

    def add(self, found: Findings) -> None:
        """Count the parameters of some files."""
        keys = ["name", "kind", "unit", "description"]
        table = pa.table({key: getattr(found, key) for key in keys})
        counted = table.group_by(keys).aggregate([("name", "count")])
        rows = zip(*(counted.column(i).to_pylist() for i in (*keys, "name_count")), strict=True)
        for name, kind, unit, description, count in rows:
            self._seen.setdefault(name, Counter())[kind, unit, description] += count

    def columns(self) -> tuple[Column, ...]:
        """The parameters as columns: known ones in the order of the schema, others by name.

        Type, unit and description of an unknown parameter are those of most files.
        """
        totals = {name: seen.total() for name, seen in self._seen.items()}
        known = [c for c in PARAMETERS if c.name in totals]
        spoken_for = {name.casefold() for name in (*_TAKEN, *_KNOWN)}
        others = []
        for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
            if _NAME.fullmatch(name) and name.casefold() not in spoken_for:
                spoken_for.add(name.casefold())
                others.append(name)
        kept = sorted(others[: MOST_COLUMNS - len(known)])
        return (*known, *(self._column(name) for name in kept))

    def _column(self, name: str) -> Column:
        seen = self._seen[name]
        kind = _type(_totals(seen, 0))
        fitting = Counter({key: n for key, n in seen.items() if _fits(kind, key[0])})
        given = _totals(fitting, 1)
        if kind == "int64" and len(given) > 1:  # conversion makes fractions
            kind = "float64"
        unit = "" if kind in ("string", "bool") else _most(given)
        return Column(name, kind, unit, "", _most(_totals(fitting, 2)))


def _totals(seen: Counter[_Key], part: int) -> Counter[str]:
    """Counts by one part of the keys."""
    totals: Counter[str] = Counter()
    for key, count in seen.items():
        totals[key[part]] += count
    return totals


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda text: (not text, -counts[text], text), default="")


def _type(kinds: Counter[str]) -> ColumnType:
    """Type of most values; of a tie the one that says more."""
    candidates: list[tuple[int, int, ColumnType]] = [
        (kinds["float"] + kinds["int"], 2, "float64" if kinds["float"] else "int64"),
        (kinds["text"], 1, "string"),
        (kinds["bool"], 0, "bool"),
    ]
    return max(candidates)[2]


_NUMERIC = ("float", "int")
_KINDS = {"string": ("text",), "bool": ("bool",), "int64": ("int",)}


def _fits(type_: ColumnType, kind: str) -> bool:
    return kind in _KINDS.get(type_, _NUMERIC)


@dataclass(frozen=True)
class Refused:
    """A parameter of the file in `row` that is not in the catalogue, and why."""

    row: int
    code: str
    what: str
    seen: str
    expected: str
    way_out: str


def column_values(found: Findings, column: Column) -> tuple[pa.Array, list[Refused]]:
    """Values of the parameter `column` for each file, and what had to be refused."""
    here = np.flatnonzero(pc.equal(found.name, column.name).to_numpy(zero_copy_only=False))
    legal = pc.is_in(found.kind.take(here), pa.array(_KINDS.get(column.type, _NUMERIC)))
    fits = legal.to_numpy(zero_copy_only=False)
    refused = [_wrong_type(found, i, column) for i in here[~fits]]
    if column.type == "string":
        places = np.full(found.rows, -1)
        places[found.row[here[fits]]] = here[fits]
        return found.text.take(pa.array(places, mask=places < 0)), refused
    values, wrong = numbers(found, here[fits], column.unit)
    bad = np.isnan(values)
    filled = np.where(bad, 0.0, values)
    return pa.array(filled, mask=bad).cast(arrow_type(column)), [
        *refused,
        *(_wrong_value(found, i, column, code) for i, code in wrong),
    ]


def numbers(
    found: Findings, here: npt.NDArray[np.int64], unit: str
) -> tuple[npt.NDArray[np.float64], list[tuple[int, str]]]:
    """The entries `here` in `unit`, at the places of their files; NaN elsewhere.

    Returns
    -------
    (file,) [unit]
        The values.
    list
        Entries that have none, each with the code of the reason.
    """
    values = np.full(found.rows, np.nan)
    wrong: list[tuple[int, str]] = []
    given = np.array(found.unit.take(here).to_pylist(), object)
    for name in sorted(set(given)):
        entries = here[given == name]
        try:
            factor = units.factor(name, unit)
        except ReadError as error:
            wrong += [(int(i), error.code) for i in entries]
            continue
        converted = found.number[entries] * factor
        finite = np.isfinite(converted)
        values[found.row[entries[finite]]] = converted[finite]
        wrong += [(int(i), "not-finite") for i in entries[~finite]]
    return values, wrong


def _wrong_type(found: Findings, entry: int, column: Column) -> Refused:
    return Refused(
        int(found.row[entry]),
        "parameter-type",
        f"parameter {column.name}: of another type than in the catalogue",
        f"{found.kind[entry].as_py()} {_shown(found, entry)}",
        column.type,
        "write the parameter with one type in all files",
    )


def _wrong_value(found: Findings, entry: int, column: Column, code: str) -> Refused:
    return Refused(
        int(found.row[entry]),
        code,
        f"parameter {column.name}: value cannot be catalogued",
        _shown(found, entry),
        f"a finite number in {column.unit or 'no unit'} or a unit of its dimension",
        "correct the parameter in the file",
    )


def _shown(found: Findings, entry: int) -> str:
    text = found.text[entry].as_py()
    value = repr(text[:80]) if text is not None else f"{found.number[entry]:g}"
    return f"{value} {found.unit[entry].as_py()[:40]}".rstrip()
