"""The protocol of an executor: who does the work."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

__all__ = ["Executor"]

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Applies a function to items, in any order of completion."""

    def map(
        self, function: Callable[[T], R], items: Sequence[T], *, lost: Callable[[T, str], R]
    ) -> Iterator[R]:
        """Yield the result of each item as it is done.

        Items travel one at a time, a few ahead of the workers: a model takes seconds, so
        that the way costs little, and a dead worker takes little with it. An item whose
        worker died is tried again before it is lost.

        Parameters
        ----------
        function : item -> result
            Picklable; sent to each worker once.
        items : sequence
            Picklable.
        lost : item, what happened -> result
            Makes the result of an item that could not be done.
        """
        ...

    def close(self) -> None:
        """End the workers, or leave them if they are not ours."""
        ...
