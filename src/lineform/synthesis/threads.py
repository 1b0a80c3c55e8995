"""Shares the rays of an image among threads."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_threads", "number_of_threads"]

T = TypeVar("T")
R = TypeVar("R")


def number_of_threads() -> int:
    """How many threads to use.

    As many as OMP_NUM_THREADS says, which Dask sets for its workers; without it one in a
    worker process, whose neighbours have the other cores, and else one for each core.
    """
    stated = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    if stated.isdecimal():
        return max(1, int(stated))
    if multiprocessing.parent_process() is not None:
        return 1
    # Where the system has it: a batch job may not use all cores of its machine.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_threads(work: Callable[[Sequence[T]], R], items: Sequence[T]) -> list[R]:
    """`work` of the items in portions, one for each thread."""
    number = min(number_of_threads(), len(items))
    portions = [items[k::number] for k in range(number)]
    if number < 2:
        return [work(portion) for portion in portions]
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(work, portions))
