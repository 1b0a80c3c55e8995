"""A fault of a header that was survived: its name, and what was taken instead."""

from dataclasses import dataclass

__all__ = ["Repair"]


@dataclass(frozen=True, slots=True)
class Repair:
    """A fault of a header, and what was read in its place.

    Parameters
    ----------
    code
        A stable name of the fault, such as ``unit-spelling``.
    keyword
        The keyword concerned.
    was, now
        What stands there, and what was taken instead; '' for nothing.
    why
        The reason in words.
    """

    code: str
    keyword: str
    was: str
    now: str
    why: str

    def __str__(self) -> str:
        change = f"{self.was or 'absent'} -> {self.now or 'left out'}"
        return f"{self.keyword}: {change} ({self.code}: {self.why})"
