"""The protocol of an executor: who does the work.

A module in ``portal.executors`` defines ``EXECUTOR``, a factory taking one text (a number
of workers, an address; '' for the default) and returning an executor.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

__all__ = ["Executor", "cut"]

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Applies a function to batches of items, in any order of completion."""

    def map(
        self,
        function: Callable[[Sequence[T]], R],
        items: Sequence[T],
        *,
        lost: Callable[[T, str], R],
        limit: float | None = None,
    ) -> Iterator[R]:
        """Yield the result of each batch as it is done.

        A batch whose worker died or whose call raised is tried again item by item, so that
        only the item that is at fault is lost.

        Parameters
        ----------
        function
            A picklable function of some items.
        items
            Picklable items; every item is in exactly one result.
        lost
            Makes the result of an item that could not be done, from the item and what
            happened.
        limit
            Time that an item may take [s], or a part of it that ends with
            `portal.executors.limit.renew`; then its worker is ended and it is lost.
            Executors that cannot end their workers wait for it.
        """
        ...

    def close(self) -> None:
        """End the workers."""
        ...


def cut(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in batches of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
