"""Bytes of one file, fetched in few reads, and none of them twice."""

import os
from pathlib import Path

__all__ = ["FIRST_READ", "SIGNATURE", "Source", "Unsure"]

FIRST_READ = 64 * 1024
"""What is fetched of a file at once, unless the file before it was needed further [byte]."""

_FURTHEST = 512 * 1024
SIGNATURE = b"\x89HDF\r\n\x1a\n"
_BLOCK = 16 * 1024
_MOST_BYTES = 64 * 1024**2


class Unsure(Exception):
    """The blocks hold something that is not known here exactly; the library has to look."""


class Source:
    """The bytes of `file`; closed files are opened again when more is wanted.

    Parameters
    ----------
    file
        Path on disk.
    handle
        Open file descriptor; the caller closes it and calls `detach`.
    size
        Length of the file [byte].

    Attributes
    ----------
    start
        The first bytes, fetched at once.
    messages
        Object headers that were parsed already, by their addresses.
    reads
        Offset and size of all that was asked for.
    """

    _reach = FIRST_READ
    # Files of a store are alike: what the last one was read to is fetched at once.
    _ahead = FIRST_READ

    def __init__(self, file: Path, handle: int, size: int) -> None:
        self.file = file
        self.size = size
        self.start = os.pread(handle, Source._ahead, 0)
        self.messages: dict[int, tuple[bool, list[tuple[int, bytes, int]]]] = {}
        self.reads: list[tuple[int, int]] = []
        self._handle = handle
        self._blocks: dict[int, bytes] = {}
        self._fetched = 0

    def limit(self, end: int) -> None:
        """Take the file for one of `end` bytes, as its superblock says."""
        if not len(SIGNATURE) < end <= self.size:
            raise Unsure
        self.size = end
        self.start = self.start[:end]

    def detach(self) -> None:
        """Forget the file descriptor, which is closed by its owner."""
        self._handle = -1

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`; raises Unsure where the file has fewer."""
        end = offset + size
        self.reads.append((offset, size))
        if end > self._reach:
            self._look_ahead(end)
        if 0 <= offset and end <= len(self.start) and size >= 0:
            return self.start[offset:end]
        if offset < 0 or size < 0 or end > self.size:
            raise Unsure
        first, last = offset // _BLOCK, (end - 1) // _BLOCK
        if size == 0:
            return b""
        if last - first > 1:
            return self._fetch(offset, size)
        block = b"".join(self._block(number) for number in range(first, last + 1))
        return block[offset - first * _BLOCK : end - first * _BLOCK]

    def fetched(self) -> list[tuple[int, bytes]]:
        """Pieces of the file that are in memory, with their places."""
        blocks = [(number * _BLOCK, block) for number, block in self._blocks.items()]
        return [(0, self.start), *blocks]

    def _look_ahead(self, end: int) -> None:
        self._reach = end
        if end <= min(self.size, _FURTHEST):
            Source._ahead = -(-end // _BLOCK) * _BLOCK

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            place = number * _BLOCK
            block = self._fetch(place, min(_BLOCK, self.size - place))
            self._blocks[number] = block
        return block

    def _fetch(self, offset: int, size: int) -> bytes:
        self._fetched += size
        if self._fetched > _MOST_BYTES:
            raise Unsure
        if self._handle >= 0:
            found = os.pread(self._handle, size, offset)
        else:
            handle = os.open(self.file, os.O_RDONLY | os.O_CLOEXEC)
            try:
                found = os.pread(handle, size, offset)
            finally:
                os.close(handle)
        if len(found) != size:
            raise Unsure
        return found
