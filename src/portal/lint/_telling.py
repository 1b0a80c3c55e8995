"""Findings from masks: one for each row that is wrong, up to a number, then one for the rest."""

from collections.abc import Iterator

import numpy as np

from portal.lint._view import Mask, View
from portal.lint.base import Finding, Severity

__all__ = ["MOST", "tell"]

MOST = 50
"""Rows that are told one by one for each kind of finding."""


def tell(
    view: View,
    code: str,
    column: str,
    wrong: Mask,
    expected: str,
    way_out: str,
    *,
    severity: Severity = "error",
    also: str = "",
) -> Iterator[Finding]:
    """A finding for each row of `wrong`; `also` names a column whose value is told too."""
    rows = np.flatnonzero(wrong)
    for row in rows[:MOST]:
        seen = view.shown(column, int(row))
        if also:
            seen += f" with {also} {view.shown(also, int(row))}"
        yield Finding(severity, code, column, int(row), seen, expected, way_out)
    if len(rows) > MOST:
        seen = f"{len(rows) - MOST} more rows"
        yield Finding(severity, code, column, None, seen, expected, way_out)
