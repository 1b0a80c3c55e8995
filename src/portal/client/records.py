"""A file of records of one length that several processes fill and read without a lock."""

import os
from pathlib import Path
from typing import Any
from zlib import crc32

__all__ = ["RecordCache"]

_SUM = 4


class RecordCache:
    """Bytes by number, kept in a sparse file; a record that is torn or absent is none.

    Each record begins with the checksum of its bytes, so that whoever reads one while another
    process writes it, or after a crash, sees that it is not there. What is cached never makes
    room for something else: who walks through all of it again and again would find nothing
    if it did.

    Parameters
    ----------
    path
        Of the file.
    length
        Of the longest record [byte].
    limit
        Size that the file may have [byte].
    """

    def __init__(self, path: Path, length: int, limit: int) -> None:
        self.path = path
        self._stride = length + _SUM
        self._capacity = max(0, limit) // self._stride
        self._handle = -1

    def get(self, number: int, length: int) -> bytes | None:
        """The record `number`, which has `length` bytes, or None."""
        if number >= self._capacity:
            return None
        data = os.pread(self._file(), _SUM + length, number * self._stride)
        body = data[_SUM:]
        return body if len(body) == length and data[:_SUM] == _sum(body) else None

    def put(self, number: int, body: bytes) -> None:
        """Keep the record `number`, if there is room for it."""
        if number < self._capacity and len(body) + _SUM <= self._stride:
            os.pwrite(self._file(), _sum(body) + body, number * self._stride)

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_handle": -1}

    def __del__(self) -> None:
        self.close()

    def _file(self) -> int:
        # Places are given with each call, so that threads and forked processes share a handle.
        if self._handle < 0:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        return self._handle


def _sum(body: bytes) -> bytes:
    # Never 0, which is what a hole in the file reads as.
    return (crc32(body) or 1).to_bytes(_SUM, "little")
