"""The bytes of a FITS file, compressed as a whole or not."""

import bz2
import gzip
import lzma
import mmap
import os
import zlib
from collections.abc import Iterator
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import BinaryIO

from portal.errors import ReadError

__all__ = ["MOST_HELD", "MOST_INFLATED", "Bytes", "opened_bytes"]

MOST_INFLATED = 4 << 30
"""Bytes of a compressed file that are ever unpacked [B]."""
MOST_HELD = 64 << 20
"""Unpacked bytes that are held in memory; larger files are unpacked as they are read [B]."""

_PIECE = 1 << 20
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError)


class Bytes:
    """Reads pieces of an open file; beyond its end there is nothing.

    Parameters
    ----------
    stream
        The unpacked bytes.
    size
        Their number [B]; None where it is known only after unpacking.
    file
        What `stream` unpacks.
    packed
        Whether the file was compressed as a whole.
    """

    def __init__(
        self,
        stream: BufferedIOBase,
        size: int | None,
        file: BinaryIO | None = None,
        packed: bool = False,
    ) -> None:
        self._stream = stream
        self._file = file
        self._map: mmap.mmap | None = None
        self.size = size
        self.broken = ""
        self.packed = packed or size is None

    def read(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`; fewer at the end, or where unpacking fails."""
        if self.size is not None:
            self._stream.seek(start)
            return self._stream.read(count)
        return b"".join(self._pieces(start, count))

    def held(self, start: int, count: int) -> int:
        """How many of `count` bytes from `start` there are."""
        if self.size is not None:
            return max(0, min(count, self.size - start))
        return sum(map(len, self._pieces(start, count)))

    def _pieces(self, start: int, count: int) -> Iterator[bytes]:
        """What can be unpacked, as it comes: a damaged file gives what is before the damage."""
        if start + count > MOST_INFLATED:
            self.broken = f"more than {MOST_INFLATED} bytes unpacked"
            count = MOST_INFLATED - start
        try:
            self._stream.seek(start)
            while count > 0 and (piece := self._stream.read1(min(count, _PIECE))):
                count -= len(piece)
                yield piece
        except _BROKEN as error:
            self.broken = str(error) or type(error).__name__

    def view(self, start: int, count: int) -> memoryview:
        """The same as memory that is read from the disk where it is looked at, if possible."""
        if self.packed:
            return memoryview(self.read(start, count))
        if self._map is None:
            self._map = mmap.mmap(self._stream.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(self._map)[start : start + count]

    def close(self) -> None:
        """Close the file; arrays that were read stay."""
        self._stream.close()
        if self._file is not None:
            self._file.close()


def opened_bytes(path: Path) -> Bytes:
    """Open a file, whatever it was compressed with.

    Raises
    ------
    ReadError
        If there is no such file (code ``missing``), it is no file (``not-a-file``) or may
        not be read (``unreadable``).
    """
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise _error(path, "no such file", "a FITS file", "missing") from error
    except IsADirectoryError as error:
        raise _error(path, "a folder", "a FITS file", "not-a-file") from error
    except OSError as error:
        raise _error(path, str(error.strerror or error), "a file", "unreadable") from error
    packing = next((name for magic, name in _MAGIC.items() if _begins(stream, magic)), "")
    if not packing:
        return Bytes(stream, os.fstat(stream.fileno()).st_size)
    unpacking = Bytes(_unpacker(stream, packing), None, stream)
    # Most packed files are small: unpacked once, they can be read in any order.
    data = unpacking.read(0, MOST_HELD)
    if len(data) == MOST_HELD:
        return unpacking
    unpacking.close()
    held = Bytes(BytesIO(data), len(data), packed=True)
    held.broken = unpacking.broken
    return held


def _unpacker(stream: BinaryIO, packing: str) -> BufferedIOBase:
    if packing == "gzip":
        return gzip.GzipFile(fileobj=stream)
    return bz2.BZ2File(stream) if packing == "bzip2" else lzma.LZMAFile(stream)


def _begins(stream: BinaryIO, magic: bytes) -> bool:
    found = stream.read(len(magic)) == magic
    stream.seek(0)
    return found


def _error(path: Path, seen: str, expected: str, code: str) -> ReadError:
    return ReadError(
        "FITS file that cannot be opened",
        seen=seen,
        expected=expected,
        way_out="give the path of a file that may be read",
        where=str(path),
        code=code,
    )
