"""The protocol of an executor: who does the work.

A module in ``portal.executors`` defines ``EXECUTOR``, a factory taking the text after the
colon of ``--executor`` (a number of workers, an address) and returning an executor.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

__all__ = ["Executor"]

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Applies a function to items, in any order of completion."""

    def map(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        *,
        lost: Callable[[T, BaseException], R],
    ) -> Iterator[tuple[T, R]]:
        """Yield each item with its result as it is done.

        Parameters
        ----------
        function
            A picklable function of one item.
        items
            Picklable items; read lazily, never all held at once.
        lost
            Makes the result of an item whose worker died or whose call raised.
        """
        ...

    def close(self) -> None:
        """End the workers."""
        ...
