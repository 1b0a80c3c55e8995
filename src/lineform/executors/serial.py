"""All work in this process: for debugging, and for a handful of models."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

__all__ = ["SerialExecutor"]

T = TypeVar("T")
R = TypeVar("R")


class SerialExecutor:
    """Does one item after the other; a crash of the function is a crash of the program."""

    def map(
        self, function: Callable[[T], R], items: Sequence[T], *, lost: Callable[[T, str], R]
    ) -> Iterator[R]:
        """Yield the result of each item, in order."""
        for item in items:
            try:
                result = function(item)
            except Exception as error:
                result = lost(item, f"{type(error).__name__}: {error}")
            yield result

    def close(self) -> None:
        """Nothing to end."""
