"""Checks of a table of ObsCore rows, without any service: one group of checks a module."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from portal import registry
from portal.lint._view import View
from portal.lint.base import Check, Finding
from portal.model.schema import Column

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["FINDINGS", "Finding", "check_table", "findings_rows"]

FINDINGS = (
    Column("severity", "string", "", "meta.code.qual", "error or warning.", True),
    Column("code", "string", "", "meta.code.error", "Stable word for the kind of finding.", True),
    Column("column", "string", "", "meta.id", "Column concerned.", True),
    Column("row", "int64", "", "meta.record", "Row concerned, from 0; none for the whole table."),
    Column("obs_publisher_did", "string", "", "meta.ref.ivoid", "Identifier of the row."),
    Column("seen", "string", "", "meta.note", "What was found."),
    Column("expected", "string", "", "meta.note", "What would have been right.", True),
    Column("way_out", "string", "", "meta.note", "What to do.", True),
)
"""Columns of the table of findings."""


def check_table(table: "Table") -> tuple[Finding, ...]:
    """All findings, errors first, then by the order of the columns in the table.

    Parameters
    ----------
    table
        As `portal.load_table` gives it: units, UCDs, utypes and types are those of the file.
    """
    view = View(table)
    checks = registry.members(__name__, "CHECK").values()
    # Nothing is known of the numbers: sums may overflow, and what is no number stays none.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [finding for check in checks for finding in cast(Check, check).findings(view)]
    return tuple(sorted(found, key=lambda one: (one.severity, one.code, one.column, one.row or 0)))


def findings_rows(table: "Table", findings: Sequence[Finding]) -> list[dict[str, str | int | None]]:
    """Rows of the table of findings."""
    dids = View(table).text("obs_publisher_did")
    return [
        {
            "severity": one.severity,
            "code": one.code,
            "column": one.column,
            "row": one.row,
            "obs_publisher_did": None if one.row is None else dids[one.row],
            "seen": one.seen,
            "expected": one.expected,
            "way_out": one.way_out,
        }
        for one in findings
    ]
