"""The protocol of a check: a group of findings, one module.

A module in ``portal.lint`` defines ``CHECK``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from portal.lint._view import View

__all__ = ["Check", "Finding", "Severity"]

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a table.

    An *error* breaks the standard or contradicts itself; a *warning* is legal and most likely
    not what was meant.
    """

    severity: Severity
    code: str
    column: str
    row: int | None
    seen: str
    expected: str
    way_out: str


class Check(Protocol):
    """Looks at a whole table."""

    def findings(self, view: View) -> Iterator[Finding]:
        """What is wrong."""
        ...
