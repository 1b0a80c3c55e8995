"""Checks of a table of ObsCore rows, without any service: one group of checks a module."""

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from portal import registry
from portal.lint._expressions import where
from portal.lint._telling import tell
from portal.lint._view import View
from portal.lint.base import Check, Finding, Rule
from portal.model.schema import Column

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["FINDINGS", "Finding", "all_rules", "check_table", "findings_rows"]

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


def all_rules() -> tuple[Rule, ...]:
    """What the linter finds by expressions alone, as data for other programs."""
    return tuple(rule for check in _checks() for rule in check.rules)


def check_table(table: "Table") -> tuple[Finding, ...]:
    """All findings, errors first, then by the order of the columns in the table.

    Parameters
    ----------
    table
        As `portal.load_table` gives it: units, UCDs, utypes and types are those of the file.
    """
    view = View(table)
    # Nothing is known of the numbers: sums may overflow, and what is no number stays none.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [finding for check in _checks() for finding in _findings(check, view)]
    return tuple(sorted(found, key=lambda one: (one.severity, one.code, one.column, one.row or 0)))


def _checks() -> list[Check]:
    return [cast(Check, check) for check in registry.members(__name__, "CHECK").values()]


def _findings(check: Check, view: View) -> Iterator[Finding]:
    for rule in check.rules:
        wrong = where(rule.wrong, view)
        yield from tell(
            view, rule.code, rule.column, wrong, rule.expected, rule.way_out,
            severity=rule.severity, also=rule.also,
        )  # fmt: skip
    yield from check.findings(view)


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
