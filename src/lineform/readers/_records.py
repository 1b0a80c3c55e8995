"""Fortran's sequential records: each lies between two copies of its length."""

from pathlib import Path

import numpy as np

from lineform.errors import ReadError
from lineform.readers.base import cut_short

_MARK = 4


class Records:
    """The records of a file, one after the other; large ones are mapped, not read."""

    def __init__(self, path: Path, order: str) -> None:
        self._path = path
        self._bytes = np.memmap(path, np.uint8, mode="r")
        self._mark = np.dtype(f"{order}i4")
        self._place = 0

    def take(self, what: str) -> np.ndarray:
        """Bytes of the next record."""
        pieces = []
        while True:
            more, piece = self._piece(what)
            pieces.append(piece)
            if not more:
                return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def values(self, what: str, kind: np.dtype, count: int) -> np.ndarray:
        """The next record as `count` numbers of `kind`."""
        raw = self.take(what)
        if count < 0 or raw.size != count * kind.itemsize:
            raise self.error(what, f"{count} values of {kind.itemsize} bytes", f"{raw.size} bytes")
        return raw.view(kind)

    def error(self, what: str, expected: str, seen: str) -> ReadError:
        """An error about `what`, with the place in the file."""
        return ReadError(
            f"Phantom dump, {what}",
            expected=expected,
            seen=seen,
            where=f"{self._path}, byte {self._place}",
        )

    def _piece(self, what: str) -> tuple[bool, np.ndarray]:
        # A negative length: gfortran goes on in another piece, as records end at 2 GiB.
        length = self._length(what, self._place)
        start, size = self._place + _MARK, abs(length)
        if start + size + _MARK > self._bytes.size:
            raise cut_short(self._path, what, start + size + _MARK, self._bytes.size)
        if abs(self._length(what, start + size)) != size:
            raise self.error(what, f"{size} at the end of a record", "another length")
        self._place = start + size + _MARK
        return length < 0, self._bytes[start : start + size]

    def _length(self, what: str, place: int) -> int:
        if place + _MARK > self._bytes.size:
            raise cut_short(self._path, what, place + _MARK, self._bytes.size)
        return int(self._bytes[place : place + _MARK].view(self._mark)[0])
