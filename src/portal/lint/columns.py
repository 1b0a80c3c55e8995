"""Columns as ObsCore 1.1 describes them: present, and of its types, units, UCDs and utypes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from portal.lint._view import View
from portal.lint.base import Finding
from portal.model.schema import OBSCORE, Column

if TYPE_CHECKING:
    from astropy.table import Column as TableColumn

__all__ = ["CHECK", "Columns"]

_KINDS = {"string": "OUS", "int32": "iu", "int64": "iu", "float64": "f"}
_WORDS = {
    "string": "text",
    "int32": "whole numbers",
    "int64": "whole numbers",
    "float64": "numbers",
}
_ONCE = {"dataproduct_type": "meta.id", "obs_publisher_did": "meta.ref.uri;meta.curation"}
"""UCDs of ObsCore 1.1 before its first erratum."""


class Columns:
    """Compares the columns of a table with those of the standard."""

    def findings(self, view: View) -> Iterator[Finding]:
        """What the columns say of themselves, row by row nothing."""
        for column in OBSCORE:
            found = view.column(column.name)
            if found is None:
                yield Finding(
                    "error", "missing-column", column.name, None, "no such column",
                    f"a column {column.name} ({_WORDS[column.type]})",
                    "add it; it may be empty where nothing is known",
                )  # fmt: skip
                continue
            yield from _name(view, column)
            yield from _type(view, column, found)
            yield from _words(column, found)
        yield from _twice(view)


def _name(view: View, column: Column) -> Iterator[Finding]:
    written = view.names[column.name]
    if written != column.name:
        yield Finding(
            "warning", "name-case", column.name, None, written, column.name,
            "write names of columns in lower case",
        )  # fmt: skip


def _twice(view: View) -> Iterator[Finding]:
    lower = [name.lower() for name in view.written]
    for name in sorted({one for one in lower if lower.count(one) > 1}):
        yield Finding(
            "error", "column-twice", name, None, f"{lower.count(name)} columns of that name",
            "each name once, whatever its case", "rename or remove all but one",
        )  # fmt: skip


def _type(view: View, column: Column, found: "TableColumn") -> Iterator[Finding]:
    kind = found.dtype.kind
    fits = kind in _KINDS[column.type] or (column.type == "float64" and kind in "iu")
    known = view.known(column.name)
    if fits or not known.any():
        return
    row = int(np.flatnonzero(known)[0])
    # Whole numbers with gaps become floating ones on their way through many programs.
    if column.type != "string" and kind == "f":
        values = view.number(column.name)
        fractions = np.flatnonzero(known & (values != np.rint(values)))
        if not len(fractions):
            return
        row = int(fractions[0])
    yield Finding(
        "error", "wrong-type", column.name, row, view.shown(column.name, row),
        f"{_WORDS[column.type]} ({column.type})", "convert the column to that type",
    )  # fmt: skip


def _words(column: Column, found: "TableColumn") -> Iterator[Finding]:
    unit = "" if found.unit is None else str(found.unit)
    ucd, utype = (str(found.meta.get(key) or "") for key in ("ucd", "utype"))
    if unit != column.unit and not _same_unit(unit, column.unit):
        yield _said(column, "unit", unit, column.unit, "convert the values and name that unit")
    if ucd.lower() != column.ucd.lower():
        erratum = ucd == _ONCE.get(column.name)
        way_out = "use the UCD of the erratum" if erratum else "correct the UCD"
        yield _said(column, "ucd", ucd, column.ucd, way_out)
    if utype.lower() != column.utype.lower():
        yield _said(column, "utype", utype, column.utype, "correct the utype")


def _same_unit(one: str, other: str) -> bool:
    from portal import units
    from portal.errors import ReadError

    if not one or not other:
        return False
    try:
        return units.factor(one, other) == 1
    except ReadError:
        return False


def _said(column: Column, what: str, seen: str, expected: str, way_out: str) -> Finding:
    return Finding(
        "error", f"wrong-{what}", column.name, None, seen or f"no {what}", expected or f"no {what}",
        way_out,
    )  # fmt: skip


CHECK = Columns()
