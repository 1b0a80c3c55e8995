"""Work in a pool of processes of this machine; a process that dies takes nothing with it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from lineform.errors import ConfigError

__all__ = ["ProcessExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2  # items a worker has in hand: enough to keep it busy, few to do again
_TRIES = 2  # the first death may be owed to a stray signal, or to a neighbour's memory

_given: list[Callable[[Any], Any]] = []
"""In a worker: the function that all items are for."""


class ProcessExecutor:
    """A pool of `workers` processes.

    A dead process breaks the whole pool, and the pool does not say which item was at fault.
    The items then under way are done again, each in a process that does nothing else at the
    time; one that kills such a process twice is lost.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def map(
        self, function: Callable[[T], R], items: Sequence[T], *, lost: Callable[[T, str], R]
    ) -> Iterator[R]:
        """Yield the result of each item as it is done."""
        again: list[T] = []
        waiting = iter(items)
        running: dict[Future[R], tuple[T, ProcessPoolExecutor]] = {}
        while True:
            while len(running) < self.workers * _AHEAD:
                for item in waiting:
                    future, pool = self._submit(function, item)
                    running[future] = item, pool
                    break
                else:
                    break
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                item, pool = running.pop(future)
                try:
                    result = future.result()
                except BrokenProcessPool:
                    again.append(item)
                    self._drop(pool)
                except Exception as error:
                    yield lost(item, f"{type(error).__name__}: {error}")
                else:
                    yield result
        self.close()
        yield from _singly(function, again, lost)

    def close(self) -> None:
        """End the workers; work that has not begun is given up."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _submit(self, function: Callable[[T], R], item: T) -> tuple[Future[R], ProcessPoolExecutor]:
        for _ in range(2):
            pool = self._pool = self._pool or _pool(self.workers, function)
            try:
                return pool.submit(_work, item), pool
            except BrokenProcessPool:  # died while idle
                self._drop(pool)
        raise ConfigError(
            "worker processes: cannot be started",
            expected="processes that live",
            way_out="use --workers 1 to work in one process and see why",
        )

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        """Forget a broken pool; the next item makes a new one."""
        pool.shutdown(wait=False)
        if self._pool is pool:
            self._pool = None


def _singly(
    function: Callable[[T], R], items: Sequence[T], lost: Callable[[T, str], R]
) -> Iterator[R]:
    alone = ProcessExecutor(1)
    try:
        for item in items:
            yield _one(alone, function, item, lost)
    finally:
        alone.close()


def _one(
    alone: ProcessExecutor, function: Callable[[T], R], item: T, lost: Callable[[T, str], R]
) -> R:
    for _ in range(_TRIES):
        future, pool = alone._submit(function, item)
        try:
            return future.result()
        except BrokenProcessPool:
            alone._drop(pool)
        except Exception as error:
            return lost(item, f"{type(error).__name__}: {error}")
    return lost(item, "its process was ended, as by a lack of memory")


def _pool(workers: int, function: Callable[..., Any]) -> ProcessPoolExecutor:
    # forkserver: quick to start, and never a copy of threads or locks of this process.
    context = multiprocessing.get_context("forkserver")
    inner = function.func if isinstance(function, partial) else function
    context.set_forkserver_preload([inner.__module__])
    return ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(function,)
    )


def _begin(function: Callable[..., Any]) -> None:
    """Prepare a worker: the parent deals with Ctrl-C, and no worker outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _given[:] = [function]
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _work(item: Any) -> Any:  # noqa: ANN401 (of whatever type the function takes and gives)
    (function,) = _given
    return function(item)
