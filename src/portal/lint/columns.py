"""Columns as ObsCore 1.1 describes them: present, and of its types, units, UCDs and utypes."""

import re
import warnings
from collections.abc import Iterator

import numpy as np

from portal.lint._view import View
from portal.lint.base import Finding, Rule, Severity
from portal.model.optional import OPTIONAL
from portal.model.region import NUMBERS
from portal.model.schema import OBSCORE, Column

__all__ = ["CHECK", "DATATYPES", "OLDER", "ONCE", "SAID", "WIDTH", "WORDS", "Columns", "same_unit"]

_KINDS = {"string": "OUS", "int32": "iu", "int64": "iu", "float64": "fiu"}
WORDS = {
    "string": "text",
    "int32": "whole numbers",
    "int64": "whole numbers",
    "float64": "numbers",
}
DATATYPES = {
    "string": ("char", "unicodeChar"),
    "int32": ("int", "long", "short"),
    "int64": ("long", "int", "short"),
    "float64": ("double", "float"),
}
"""Datatypes of VOTable; the first one is meant, the others do."""
ONCE = {
    "dataproduct_subtype": "meta.id",
    "dataproduct_type": "meta.id",
    "o_stat_error": "stat.error;phot.flux",
    "obs_publisher_did": "meta.ref.uri;meta.curation",
    "publisher_id": "meta.ref.uri;meta.curation",
}
"""UCDs of ObsCore 1.1 before its first erratum."""
OLDER = re.compile(r"^obscore:obs\.|resolution\.refval$|limits\.interval|calibstatus$")
"""What utypes of ObsCore 1.0 have and those of 1.1 have not, in lower case."""
WIDTH = 68
"""Characters that a text has in one card (FITS 4.0, sec. 4.2.1); some programs cut longer ones."""
SAID = {"unit": "units", "ucd": "UCDs", "utype": "utypes"}


class Columns:
    """Compares the columns of a table with those of the standard."""

    rules: tuple[Rule, ...] = ()

    def findings(self, view: View) -> Iterator[Finding]:
        """What the columns say of themselves, row by row nothing."""
        for column in OBSCORE:
            if column.name not in view.names:
                yield Finding(
                    "error", "missing-column", column.name, None, "no such column",
                    f"a column {column.name} ({WORDS[column.type]})",
                    "add it; it may be empty where nothing is known",
                )  # fmt: skip
        silent = tuple(what for what in SAID if _is_silent(view, what))
        for what in silent:
            yield Finding(
                "warning", f"no-{what}s", "*", None, f"no column has a {what}",
                f"the {SAID[what]} of ObsCore 1.1",
                "write the table as VOTable, with them, before it is published",
            )  # fmt: skip
        for column in _present(view):
            yield from _name(view, column)
            yield from _type(view, column)
            yield from _words(view, column, silent)
        yield from _twice(view)


def _present(view: View) -> list[Column]:
    """Columns of the standard; optional ones where they say anything of themselves."""
    told = [c for c in OPTIONAL if any(view.said(c.name, what) for what in ("datatype", *SAID))]
    return [column for column in (*OBSCORE, *told) if column.name in view.names]


def _is_silent(view: View, what: str) -> bool:
    """Whether no column says its unit, UCD or utype, in a format that need not hold them."""
    names = [c.name for c in OBSCORE if c.name in view.names and getattr(c, what)]
    return bool(names) and not any(
        view.said(name, "datatype") or view.said(name, what) for name in names
    )


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


def _type(view: View, column: Column) -> Iterator[Finding]:
    datatype = view.said(column.name, "datatype")
    if datatype:
        yield from _datatype(view, column, datatype)
        return
    known, kind = view.known(column.name), view.kind(column.name)
    if kind in _KINDS[column.type] or not known.any():
        return
    wrong = known
    if column.type != "string":
        values = view.number(column.name)
        # Whole numbers with gaps become floating ones on their way through many programs.
        wrong = known & (values != np.rint(values) if kind == "f" else np.isnan(values))
        if kind == "f" and not wrong.any():
            return
    row = int(np.flatnonzero(wrong if wrong.any() else known)[0])
    yield Finding(
        "error", "wrong-type", column.name, row, view.shown(column.name, row),
        f"{WORDS[column.type]} ({column.type})", "convert the column to that type",
    )  # fmt: skip


def _datatype(view: View, column: Column, datatype: str) -> Iterator[Finding]:
    if datatype in DATATYPES[column.type]:
        return
    shape = column.name == "s_region" and view.said(column.name, "xtype") in NUMBERS
    severity: Severity = "warning" if shape else "error"
    way_out = "write the footprint as text, which every program reads" if shape else (
        "convert the column to that type"
    )  # fmt: skip
    yield Finding(
        severity, "wrong-type", column.name, None, datatype,
        f"{DATATYPES[column.type][0]} ({WORDS[column.type]})", way_out,
    )  # fmt: skip


def _words(view: View, column: Column, silent: tuple[str, ...]) -> Iterator[Finding]:
    unit, ucd, utype = (view.said(column.name, what) for what in SAID)
    if unit != column.unit and "unit" not in silent:
        way_out = "convert the values and name that unit"
        if same_unit(unit, column.unit):
            way_out = "the same in other words; programs compare the words"
        yield _said(column, "unit", unit, column.unit, way_out)
    if ucd.lower() != column.ucd.lower() and "ucd" not in silent:
        erratum = ucd == ONCE.get(column.name)
        way_out = "use the UCD of the erratum" if erratum else "correct the UCD"
        yield _said(column, "ucd", ucd, column.ucd, way_out)
    if not _same_utype(utype, column.utype) and "utype" not in silent:
        older = OLDER.search(utype.lower())
        way_out = (
            "use the utype of ObsCore 1.1: this one is of 1.0" if older else "correct the utype"
        )
        yield _said(column, "utype", utype, column.utype, way_out)


def _same_utype(one: str, other: str) -> bool:
    """Whether both are one, as far as a card of FITS has room for it."""
    cut = len(other) if len(one) != WIDTH else WIDTH
    return one.lower() == other.lower()[:cut]


def same_unit(one: str, other: str) -> bool:
    """Whether two words are of one unit."""
    from portal import units
    from portal.errors import ReadError

    if not one or not other:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return units.factor(one, other) == 1
    except ReadError:
        return False


def _said(column: Column, what: str, seen: str, expected: str, way_out: str) -> Finding:
    return Finding(
        "error", f"wrong-{what}", column.name, None, seen or f"no {what}", expected or f"no {what}",
        way_out,
    )  # fmt: skip


CHECK = Columns()
