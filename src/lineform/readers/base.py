"""The protocol of a reader of snapshots: a module of this package that defines ``DUMP``."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lineform.dump import Dump
from lineform.errors import ReadError

__all__ = ["DumpFormat", "cut_short", "word"]


@dataclass(frozen=True, slots=True)
class DumpFormat:
    """One format of snapshots.

    Parameters
    ----------
    name : str
        Such as ``Phantom (binary)``.
    claims : callable (first bytes) -> bool
        Whether a file that begins with these bytes is of this format.
    read : callable (path, azimuths) -> Dump
        `azimuths` is the number of cells around the axis of an axisymmetric snapshot.
    """

    name: str
    claims: Callable[[bytes], bool]
    read: Callable[[Path, int], Dump]


def word(raw: bytes) -> str:
    """A name or a line of a file as text that can be shown and written anywhere."""
    text = raw.decode("ascii", "replace").strip("\0 ")
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def cut_short(path: Path, what: str, expected: int, seen: int) -> ReadError:
    """The error for a file that ends before it should."""
    return ReadError(
        f"dump cut short in {what}",
        expected=f"{expected} bytes",
        seen=f"{seen} bytes",
        way_out="copy the file again or take the snapshot before it",
        where=str(path),
    )
