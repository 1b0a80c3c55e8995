"""What a bad host does, on request; and the record of what was asked and sent."""

from dataclasses import dataclass
from threading import Lock

__all__ = ["Faults", "Served", "Troubles"]


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults to commit, for testing clients.

    Parameters
    ----------
    unavailable
        Answer the first so many requests with 503.
    html
        Answer the next so many requests with status 200 and an HTML page instead of the file.
    cut_after
        Break the connection after so many bytes of a body [byte].
    cuts
        Break only the first so many bodies; None for all.
    ranges
        False: ignore the header `Range` and do not announce ranges.
    cors
        False: let no page of another site read the files.
    bytes_per_second
        Send no faster than this [byte/s].
    only
        Commit faults only where the path contains this text.
    """

    unavailable: int = 0
    html: int = 0
    cut_after: int | None = None
    cuts: int | None = None
    ranges: bool = True
    cors: bool = True
    bytes_per_second: float | None = None
    only: str = ""


@dataclass(slots=True)
class Served:
    """One request and its answer; `range` is the request's header, `bytes` those of the body."""

    method: str
    path: str
    range: str
    status: int
    bytes: int


class Troubles:
    """Hands out the faults one request at a time, whatever thread asks."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._lock = Lock()
        self._unavailable = faults.unavailable
        self._html = faults.html
        self._cuts = faults.cuts

    def concern(self, path: str) -> bool:
        """Whether faults are committed on `path`."""
        return self.faults.only in path

    def refusal(self, path: str) -> int | None:
        """Status to answer instead of the file: 503, 200 for an HTML page, or None."""
        if not self.concern(path):
            return None
        with self._lock:
            if self._unavailable > 0:
                self._unavailable -= 1
                return 503
            if self._html > 0:
                self._html -= 1
                return 200
        return None

    def cut(self, path: str, length: int) -> int | None:
        """Bytes after which to break a body of `length` bytes, or None."""
        limit = self.faults.cut_after
        if limit is None or length <= limit or not self.concern(path):
            return None
        with self._lock:
            if self._cuts is not None:
                if self._cuts <= 0:
                    return None
                self._cuts -= 1
        return limit

    def ranges(self, path: str) -> bool:
        """Whether ranges are honoured."""
        return self.faults.ranges or not self.concern(path)

    def cors(self, path: str) -> bool:
        """Whether pages of other sites may read the file."""
        return self.faults.cors or not self.concern(path)

    def pace(self, path: str) -> float | None:
        """Highest rate of sending [byte/s], or None."""
        return self.faults.bytes_per_second if self.concern(path) else None
