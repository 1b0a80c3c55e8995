"""A store that lies on several hosts: one that fails is left for the next."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from portal.errors import FetchError
from portal.model.record import Problem
from portal.stores.base import Entry
from portal.stores.http import HttpStore

__all__ = ["MirroredStore", "is_host_fault"]

R = TypeVar("R")

_FILE_FAULTS = ("http-404", "wrong-size")
_HOST_FAULTS = ("connection", "unreachable", "encoded", "html-page", "no-ranges")


def is_host_fault(error: FetchError) -> bool:
    """Whether another host may do better: this one is away, refuses, or is no data host."""
    return error.code in _HOST_FAULTS or error.code.startswith("http-")


class MirroredStore:
    """The same files on each of `hosts`, the first of which is asked as long as it answers."""

    def __init__(self, hosts: Sequence[HttpStore]) -> None:
        self._hosts = list(hosts)

    def entries(self) -> Iterator[Entry | Problem]:
        """All files, sorted by path."""
        return self._hosts[0].entries()

    def read(self, path: str, offset: int, length: int, total: int | None = None) -> bytes:
        """`length` bytes of the file at `path` from `offset`, by one range request."""
        return self._asked(lambda host: host.read(path, offset, length, total))

    def size(self, path: str) -> int:
        """Size of the file at `path` [byte]."""
        return self._asked(lambda host: host.size(path))

    def close(self) -> None:
        """End all connections."""
        for host in self._hosts:
            host.close()

    def _asked(self, what: Callable[[HttpStore], R]) -> R:
        """The answer of the first host that gives one; one that fails is asked last from now on."""
        hosts = self._hosts
        for host in hosts[:-1]:
            try:
                # The next one may have it sooner than this one comes to itself.
                return what(host.hasty())
            except FetchError as error:
                if not (is_host_fault(error) or error.code in _FILE_FAULTS):
                    raise
                # Without one file a host may well have the others.
                if error.code not in _FILE_FAULTS:
                    self._hosts = [*(other for other in hosts if other is not host), host]
        return what(hosts[-1])
