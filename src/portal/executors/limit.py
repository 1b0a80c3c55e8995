"""The time that a worker process may take for an item: the system ends it at the limit.

An alarm that nobody handles ends the process, whatever it hangs in: a loop in a library that
lets no Python code run, or a file system that does not answer.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["is_said", "limited", "renew", "said"]

_SAID = "no end within "
_seconds: list[float] = []


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """End this process unless the block, or `renew` in it, comes within `seconds`."""
    if seconds is None:
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _seconds[:] = [seconds]
    renew()
    try:
        yield
    finally:
        _seconds.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)


def renew() -> None:
    """Give this process its time anew, where it is limited: another item, or progress in one."""
    if _seconds:
        signal.setitimer(signal.ITIMER_REAL, _seconds[0])


def said(seconds: float | None) -> str:
    """What is told of an item that took too long."""
    return f"{_SAID}{seconds:g} s"


def is_said(happened: str) -> bool:
    """Whether `happened` tells of an item that took too long."""
    return happened.startswith(_SAID)
