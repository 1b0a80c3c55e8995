"""How long a host is borne with: the one place where something is asked again."""

from collections.abc import Callable
from copy import copy
from threading import Event
from time import monotonic
from typing import TypeVar

from portal.errors import FetchError

__all__ = ["BUSY", "LONGEST", "BusyError", "Patience"]

R = TypeVar("R")

BUSY = (429, 500, 502, 503, 504)
"""Statuses that a host gives when it may do better later."""

LONGEST = 60.0
"""Longest wait between two requests, whatever the host asks for [s]."""

_AGAIN = ("connection", "unreachable", "html-page", *(f"http-{status}" for status in BUSY))
# A host that has not answered yet is more likely away, or named wrongly, than restarting.
_UNMET = 2
# For so long nobody knocks at a host that is away [s].
_REST = 10.0


class BusyError(FetchError):
    """The host is busy; `asked` is the wait that it asks for [s], or None."""

    asked: float | None = None


class Patience:
    """Repeats what failed at one host; for all threads that turn to it.

    Parameters
    ----------
    attempts
        How often something is tried again without anything gained. A host that has never
        answered and cannot be reached is tried again but twice, and for some seconds whatever
        else is asked of it fails at once.
    pause
        Wait before the second attempt [s]; doubled each time, at most `LONGEST`.
    stop
        Ends all waits once it is set.
    """

    def __init__(self, attempts: int, pause: float, stop: Event | None = None) -> None:
        self._attempts = attempts
        self._pause = pause
        self._stop = stop or Event()
        self._met = False
        self._away: tuple[float, FetchError] | None = None

    def __call__(
        self,
        get: Callable[[], R],
        gained: Callable[[], int] = lambda: 0,
        attempts: int | None = None,
    ) -> R:
        """What `get` returns, once it does.

        Parameters
        ----------
        gained
            Bytes that are there already; an attempt that added some does not count.
        attempts
            In place of those of all.

        Raises
        ------
        FetchError
            The last one of `get`, or code ``stopped``.
        """
        if self._away is not None and monotonic() < self._away[0]:
            raise copy(self._away[1])
        failures, before = 0, gained()
        while True:
            try:
                found = get()
            except FetchError as error:
                now = gained()
                failures = 1 if now > before else failures + 1
                before = now
                if failures > self._bearable(error, attempts):
                    raise
                wait = self._wait(error, failures)
            else:
                self._met, self._away = True, None
                return found
            if self._stop.wait(wait):
                raise FetchError("stopped", way_out="fetch again to go on", code="stopped")

    def _bearable(self, error: FetchError, attempts: int | None) -> int:
        """How many failures in a row the last of which is `error` are put up with."""
        allowed = self._attempts if attempts is None else attempts
        if error.code != "unreachable":
            self._met, self._away = True, None
            return allowed if error.code in _AGAIN else 0
        self._away = monotonic() + _REST, error
        return allowed if self._met else min(allowed, _UNMET)

    def _wait(self, error: FetchError, failures: int) -> float:
        asked = error.asked if isinstance(error, BusyError) else None
        return min(LONGEST, self._pause * 2 ** (failures - 1) if asked is None else asked)
