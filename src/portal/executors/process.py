"""Work in a pool of processes of this machine; a process that dies takes nothing with it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from portal.errors import ConfigError
from portal.executors import limit as time_limit
from portal.executors.base import Executor, cut

__all__ = ["EXECUTOR", "ProcessExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_SMALLEST, _LARGEST = 16, 128
_ALARMED = f"ended by {signal.SIGALRM.name}"
_AHEAD = 2  # batches a worker has in hand: enough to keep it busy, few to do again


class ProcessExecutor:
    """A pool of `workers` processes.

    A dead process breaks the whole pool and the pool does not say which item was at fault.
    The batches then under way are done again item by item in a process of their own; an
    item that kills a fresh process is lost.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self,
        function: Callable[[Sequence[T]], R],
        items: Sequence[T],
        *,
        lost: Callable[[T, str], R],
        limit: float | None = None,
    ) -> Iterator[R]:
        """Yield the result of each batch as it is done."""
        function = _Limited(function, limit)
        again: list[T] = []
        waiting = cut(items, _size(len(items), self.workers))
        running: dict[Future[R], tuple[Sequence[T], ProcessPoolExecutor]] = {}
        while True:
            while len(running) < self.workers * _AHEAD and (batch := next(waiting, None)):
                future, pool = self._submit(function, batch)
                running[future] = batch, pool
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch, pool = running.pop(future)
                try:
                    result = future.result()
                except Exception as error:
                    again.extend(batch)
                    self._drop(pool, error)
                else:
                    yield result
        yield from self._singly(function, again, lost)

    def close(self) -> None:
        """End the workers; work that has not begun is given up."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _submit(
        self, function: Callable[[Sequence[T]], R], batch: Sequence[T]
    ) -> tuple[Future[R], ProcessPoolExecutor]:
        for _ in range(2):
            pool = self._pool = self._pool or _pool(self.workers, function)
            try:
                return pool.submit(function, batch), pool
            except BrokenProcessPool as error:  # died while idle
                self._drop(pool, error)
        raise ConfigError(
            "worker processes: cannot be started",
            expected="processes that live",
            way_out="use --workers 0 to work in one process and see why",
        )

    def _drop(self, pool: ProcessPoolExecutor, error: BaseException) -> None:
        """Forget `pool` if it is broken; the next batch makes a new one."""
        if isinstance(error, BrokenProcessPool) and self._pool is pool:
            pool.shutdown(wait=False)
            self._pool = None

    def _singly(
        self, function: Callable[[Sequence[T]], R], items: Sequence[T], lost: Callable[[T, str], R]
    ) -> Iterator[R]:
        """Do each item in a process that does nothing else at the time."""
        if not items:
            return
        alone = ProcessExecutor(1)
        try:
            for item in items:
                yield alone._one(function, item, lost)
        finally:
            alone.close()

    def _one(self, function: Callable[[Sequence[T]], R], item: T, lost: Callable[[T, str], R]) -> R:
        happened = ""
        # The first death may be owed to what the process did before, or to a stray signal.
        for _ in range(2):
            self._pool = self._pool or _pool(1, function)
            process = self._process()
            future, pool = self._submit(function, [item])
            try:
                return future.result()
            except BrokenProcessPool as error:
                pool.shutdown()  # it asks how its process ended; of two who ask one is told wrong
                self._drop(pool, error)
                happened = _death(process)
                if happened == _ALARMED and isinstance(function, _Limited):
                    return lost(item, time_limit.said(function.limit))
            except Exception as error:
                return lost(item, f"{type(error).__name__}: {error}")
        return lost(item, happened)

    def _process(self) -> BaseProcess | None:
        """The process of this pool of one, before it is given anything to die of."""
        future, _ = self._submit(_number, [])
        try:
            number = future.result()
        except BrokenProcessPool:
            return None
        return next((p for p in multiprocessing.active_children() if p.pid == number), None)


@dataclass(frozen=True, slots=True)
class _Limited(Generic[T, R]):
    """`function` with a limit of time, in a worker."""

    function: Callable[[Sequence[T]], R]
    limit: float | None

    def __call__(self, batch: Sequence[T]) -> R:
        with time_limit.limited(self.limit):
            return self.function(batch)


def _number(batch: Sequence[Any]) -> int:
    """The number of the process that does this."""
    return os.getpid()


def _death(process: BaseProcess | None) -> str:
    """How `process` came to its end."""
    code = process.exitcode if process else None
    if not code:
        return "the process ended"
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def _size(items: int, workers: int) -> int:
    """Batches large enough to be worth a task, small enough to spread over the workers."""
    fair = -(-items // workers)
    return max(1, min(fair, _LARGEST, max(_SMALLEST, items // (workers * 8))))


def _pool(workers: int, function: Callable[..., Any]) -> ProcessPoolExecutor:
    # forkserver: quick to start, and never a copy of threads or locks of this process.
    context = multiprocessing.get_context("forkserver")
    inner = function.function if isinstance(function, _Limited) else function
    inner = inner.func if isinstance(inner, partial) else inner
    context.set_forkserver_preload([inner.__module__])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Prepare a worker: the parent deals with Ctrl-C, and no worker outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _make(text: str = "") -> Executor:
    """A pool of as many processes as `text` says; by default one per usable core."""
    if not text:
        return ProcessExecutor(len(os.sched_getaffinity(0)))
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError("workers", seen=text, expected="a whole number above 0")
    return ProcessExecutor(int(text))


EXECUTOR = _make
