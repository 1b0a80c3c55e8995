"""One value of an ObsCore row, with where it came from."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from portal.model.record import Value

__all__ = ["CONVENTION", "DERIVED", "INFERRED", "STATED", "Cell", "Origin", "OriginKind"]

OriginKind: TypeAlias = Literal[
    "keyword",
    "wcs",
    "column",
    "data",
    "attribute",
    "file",
    "mapping",
    "curation",
    "collection",
    "default",
]

STATED = 1.0
"""Confidence of what the standard keyword for it says, in a unit that is understood."""
DERIVED = 0.9
"""Of what follows from stated values by a formula."""
CONVENTION = 0.7
"""Of what a keyword says that is customary, but no standard, or whose unit is customary."""
INFERRED = 0.4
"""Of what was concluded from a text or from what is usual; a person should look at it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from.

    Parameters
    ----------
    kind
        What gave it.
    source
        The thing itself, such as ``HDU 0 RESTFRQ``, ``WCS of HDU 1`` or the text of a rule.
    confidence : scalar [1]
        Between 0 and 1; one of the four levels of this module.
    where
        File and line of the rule or of the record of a curation; '' for none.
    note
        What was assumed or repaired on the way, in words.
    """

    kind: OriginKind
    source: str
    confidence: float = STATED
    where: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """The `value` of the ObsCore `column`, in the unit of that column, and its `origin`."""

    column: str
    value: Value
    origin: Origin
