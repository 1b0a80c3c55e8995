"""The protocol of a store: where bytes live."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from portal.errors import PortalError
from portal.model.record import Problem

__all__ = ["Entry", "Store", "checked_path"]


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
        """`length` bytes of the file at `path` from `offset`, not fewer.

        Raises
        ------
        PortalError
            If there is no such file, it ends too early, or `path` leaves the store.
        """
        ...


def checked_path(path: str, error: type[PortalError]) -> str:
    """`path` if it stays inside its store; raises `error` otherwise."""
    if path.startswith("/") or ".." in path.split("/"):
        raise error(
            "path of a file: leaves the store",
            seen=path,
            expected="a path from the folder of the store, without ..",
        )
    return path
