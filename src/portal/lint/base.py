"""The protocol of a check: a group of findings, one module.

A module in ``portal.lint`` defines ``CHECK``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from portal.lint._view import View

__all__ = ["Check", "Finding", "Rule", "Ruled", "Severity"]

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


@dataclass(frozen=True, slots=True)
class Rule:
    """A finding that one expression over the columns of a row tells.

    Rules are data: other programs, such as the page Submit, try them in their own language.

    Parameters
    ----------
    wrong
        Where it is true there is something wrong; `portal.lint._expressions` says what it may use.
    also
        Another column whose value is told, or ''.
    """

    code: str
    column: str
    wrong: str
    expected: str
    way_out: str
    severity: Severity = "error"
    also: str = ""


class Check(Protocol):
    """Looks at a whole table."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What expressions tell."""
        ...

    def findings(self, view: View) -> Iterator[Finding]:
        """What is wrong beyond what the rules tell."""
        ...


@dataclass(frozen=True)
class Ruled:
    """A check that is nothing but rules."""

    rules: tuple[Rule, ...]

    def findings(self, view: View) -> Iterator[Finding]:
        """Nothing more."""
        yield from ()
