"""The protocol of a store: where bytes live."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from portal.model.record import Problem

__all__ = ["Entry", "Store"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a store.

    Parameters
    ----------
    path
        Relative to the store, with ``/`` between folders.
    bytes
        Size [byte].
    mtime_ns
        Time of last change since 1970-01-01 UTC [ns].
    """

    path: str
    bytes: int
    mtime_ns: int


class Store(Protocol):
    """A place with files."""

    def entries(self) -> Iterator[Entry | Problem]:
        """All files, sorted by path; a problem for each that cannot be listed."""
        ...

    def read(self, path: str, offset: int, length: int) -> bytes:
        """`length` bytes of the file at `path` from `offset`."""
        ...
