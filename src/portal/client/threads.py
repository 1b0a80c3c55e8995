"""Work in threads that an interrupt leaves at once, whatever they wait for."""

from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeVar

__all__ = ["in_threads"]

T = TypeVar("T")

# For so long an interrupt waits for threads to put away what they have [s].
_GRACE = 0.5


def in_threads(
    one: Callable[[T], object], items: Iterable[T], workers: int, stop: Event | None = None
) -> None:
    """Call `one` with each of `items`, in so many threads.

    The first exception ends it, as Ctrl-C does: `stop` is set, and a thread that still waits for
    a host is left behind, as nothing can wake it.

    Parameters
    ----------
    stop
        For `one` to heed.
    """
    over = stop or Event()
    todo, lock = iter(items), Lock()
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def work() -> None:
        try:
            while not over.is_set():
                with lock:
                    item = next(todo)
                one(item)
        except StopIteration:
            ended.put(None)
        except BaseException as error:
            ended.put(error)
        else:
            ended.put(None)

    # Those of a pool would be waited for at the end of the program.
    threads = [Thread(target=work, daemon=True) for _ in range(max(1, workers))]
    try:
        for thread in threads:
            thread.start()
        for _ in threads:
            if (error := ended.get()) is not None:
                raise error
    except BaseException:
        over.set()
        deadline = monotonic() + _GRACE
        for thread in filter(Thread.is_alive, threads):
            thread.join(max(0.0, deadline - monotonic()))
        raise
