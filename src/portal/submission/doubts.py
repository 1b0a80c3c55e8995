"""What a curator should look at: values that were concluded, not stated."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.model.cell import INFERRED
from portal.model.record import Row

__all__ = ["Doubt", "doubts"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Values of one column that have one kind of source, and one of them."""

    column: str
    source: str
    note: str
    count: int
    path: str
    value: str


def doubts(origins: Iterable[Row]) -> tuple[Doubt, ...]:
    """Values in use whose confidence is low, by column, source and note."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in origins:
        if row["used"] and row["value"] and float(str(row["confidence"])) <= INFERRED:
            key = (str(row["column"]), str(row["source"]), str(row["note"] or ""))
            groups.setdefault(key, []).append(row)
    return tuple(
        Doubt(*key, len(rows), str(rows[0]["path"]), str(rows[0]["value"]))
        for key, rows in sorted(groups.items())
    )
