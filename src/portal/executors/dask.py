"""Work on a Dask cluster: many machines, or a queue of a computing centre."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from portal.errors import ConfigError, DependencyError
from portal.executors.base import Executor, cut

__all__ = ["EXECUTOR", "DaskExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_BATCH = 128  # a task costs the scheduler about half a millisecond
_AHEAD = 3
_PATIENCE = "10s"


class DaskExecutor:
    """Sends batches to the workers of the cluster at `address`.

    The workers need this package and the store at the same path. Dask moves the tasks of a
    dead worker to another one; a batch that kills workers again and again is done item by
    item, and the item that does it is lost.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = _connected(address)

    def map(
        self,
        function: Callable[[Sequence[T]], R],
        items: Sequence[T],
        *,
        lost: Callable[[T, str], R],
        limit: float | None = None,
    ) -> Iterator[R]:
        """Yield the result of each batch as it is done; the cluster's own limits hold."""
        again: list[T] = []
        for batch, result, error in self._done(function, cut(items, _BATCH), _AHEAD):
            if error is None:
                yield result
            else:
                again.extend(batch)
        # One at a time: Dask suspects all that waits at a worker that dies.
        for batch, result, error in self._done(function, cut(again, 1), 0):
            yield result if error is None else lost(batch[0], error)

    def close(self) -> None:
        """Leave the cluster; it goes on."""
        self._client.close()

    def _done(
        self, function: Callable[[Sequence[T]], R], batches: Iterator[Sequence[T]], per_thread: int
    ) -> Iterator[tuple[Sequence[T], Any, str | None]]:
        """Each batch with its result, or with what went wrong."""
        from distributed import wait as wait_for  # the extra `dask`

        wait: Any = wait_for  # it has no types
        running: dict[Any, Sequence[T]] = {}
        while True:
            ahead = max(1, per_thread * sum(self._client.nthreads().values()))
            while len(running) < ahead and (batch := next(batches, None)) is not None:
                # Not pure: a function of files on disk gives another result another time.
                running[self._client.submit(function, batch, pure=False)] = batch
            if not running:
                return
            try:
                done = wait(list(running), return_when="FIRST_COMPLETED").done
                # Others have lost their result with a worker, and are done again.
                ended = [f for f in done if f.status in ("finished", "error")]
                outcomes = [(running.pop(f), f.exception(), f) for f in ended]
                found = [(b, None if e else f.result(), e) for b, e, f in outcomes]
            except CancelledError as error:
                raise self._gone() from error
            for batch, result, failure in found:
                yield batch, result, None if failure is None else _happened(failure)

    def _gone(self) -> ConfigError:
        return ConfigError(
            "Dask cluster: is gone",
            seen=self._address,
            expected="a scheduler that lives as long as the run",
            way_out="start it again; the same command then continues",
        )


def _happened(error: BaseException) -> str:
    if type(error).__name__ == "KilledWorker":
        return "workers of the cluster died of it"
    return f"{type(error).__name__}: {error}"


def _connected(address: str) -> Any:  # noqa: ANN401 (distributed has no types)
    try:
        from distributed import Client
    except ImportError as error:
        raise DependencyError(
            "distributed: not installed",
            expected="the extra dask",
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


def _make(text: str) -> Executor:
    """An executor on the cluster at the address `text`."""
    return DaskExecutor(text)


EXECUTOR = _make
