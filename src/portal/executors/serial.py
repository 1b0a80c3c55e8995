"""All work in this process: for debugging, and for a handful of files."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from portal.executors.base import Executor, cut

__all__ = ["EXECUTOR", "SerialExecutor"]

T = TypeVar("T")
R = TypeVar("R")

_BATCH = 32


class SerialExecutor:
    """Does one batch after the other; a crash of the function is a crash of the program."""

    def map(
        self,
        function: Callable[[Sequence[T]], R],
        items: Sequence[T],
        *,
        lost: Callable[[T, str], R],
        limit: float | None = None,
    ) -> Iterator[R]:
        """Yield the result of each batch, in order; nothing limits the time."""
        for batch in cut(items, _BATCH):
            try:
                yield function(batch)
            except Exception:
                yield from (_one(function, item, lost) for item in batch)

    def close(self) -> None:
        """Nothing to end."""


def _one(function: Callable[[Sequence[T]], R], item: T, lost: Callable[[T, str], R]) -> R:
    try:
        return function([item])
    except Exception as error:
        return lost(item, f"{type(error).__name__}: {error}")


def _make(_: str = "") -> Executor:
    """A serial executor; the text is not used."""
    return SerialExecutor()


EXECUTOR = _make
