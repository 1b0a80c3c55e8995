"""Work on a Dask cluster: many machines, or a queue of a computing centre."""

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from functools import cache
from typing import Any, TypeVar

from lineform.errors import ConfigError

__all__ = ["DaskExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 4  # items for each thread, so that none waits for the next
_AT_LEAST = 256  # a cluster that adapts grows with the work that it sees
_PATIENCE = "10s"

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
_LARGE = 32 * 1024**2  # byte; the highest that glibc itself comes to


class DaskExecutor:
    """Sends items to the workers of the cluster at `address`.

    The workers need this package and the folder of the store at the same path. Dask moves
    the work of a dead worker to another one; an item that was under way at several deaths is
    then done with nothing beside it, and lost if it kills again.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Any = _connected(address)

    def map(
        self, function: Callable[[T], R], items: Sequence[T], *, lost: Callable[[T, str], R]
    ) -> Iterator[R]:
        """Yield the result of each item as it is done."""
        # A task and no stored value: should its worker die, Dask makes it anew.
        shared = self._client.submit(_same, function, pure=False)
        again: list[T] = []
        for item, result, error in self._done(shared, items, _AT_LEAST):
            if error is None:
                yield result
            elif type(error).__name__ == "KilledWorker":
                again.append(item)
            else:
                yield lost(item, _happened(error))
        # One at a time: Dask suspects all that waits at a worker that dies.
        for item, result, error in self._done(shared, again, 1):
            yield result if error is None else lost(item, _happened(error))

    def close(self) -> None:
        """Leave the cluster; it goes on, without the work that it has not begun."""
        self._client.close()

    def _done(
        self, shared: object, items: Sequence[T], at_least: int
    ) -> Iterator[tuple[T, Any, BaseException | None]]:
        """Each item with its result, or with what went wrong."""
        from distributed import wait as wait_for  # the extra `dask`

        wait: Any = wait_for  # it has no types
        waiting = list(reversed(items))
        running: dict[Any, T] = {}
        while waiting or running:
            threads = sum(self._client.nthreads().values())
            ahead = max(at_least, _AHEAD * threads if at_least > 1 else 1)
            while waiting and len(running) < ahead:
                item = waiting.pop()
                # Not pure: a function that writes files does it anew another time.
                running[self._client.submit(_work, shared, item, pure=False)] = item
            try:
                done = wait(list(running), return_when="FIRST_COMPLETED").done
                # Others have lost their result with a worker, and are done again.
                ended = [f for f in done if f.status in ("finished", "error")]
                outcomes = [(running.pop(f), f.exception(), f) for f in ended]
                found = [(i, None if e else f.result(), e) for i, e, f in outcomes]
            except CancelledError as error:
                raise self._gone() from error
            yield from found

    def _gone(self) -> ConfigError:
        return ConfigError(
            "Dask cluster: is gone",
            seen=self.address,
            expected="a scheduler that lives as long as the run",
            way_out="start it again; the same command then continues",
        )


def _same(function: Callable[[T], R]) -> Callable[[T], R]:
    return function


def _work(function: Callable[[T], R], item: T) -> R:
    _keep_memory()
    return function(item)


@cache
def _keep_memory() -> None:
    """Have this process keep the memory that it gives back, as any process does by default.

    Dask sets MALLOC_TRIM_THRESHOLD_ for its workers; every array then costs a system call and
    its pages anew, which made the synthesis with NumPy three times slower.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None and "MALLOC_TRIM_THRESHOLD_" in os.environ:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, 2 * _LARGE)


def _happened(error: BaseException) -> str:
    if type(error).__name__ == "KilledWorker":
        return "workers of the cluster died of it"
    return f"{type(error).__name__}: {error}"


def _connected(address: str) -> Any:  # noqa: ANN401 (distributed has no types)
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError(
            "distributed",
            expected="an installed package",
            way_out="pip install 'atomium-portal[dask]'",
        ) from error
    try:
        connect: Any = Client
        return connect(address, timeout=_PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError(
            "Dask cluster: cannot be reached",
            seen=address,
            expected="the address of a scheduler, such as tcp://host:8786",
            way_out="start one with `dask scheduler` and workers with `dask worker ADDRESS`",
        ) from error
