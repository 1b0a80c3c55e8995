"""Opens a file of the store as a header, and says what is wrong with one that is none."""

import fcntl
import os
import stat
from pathlib import Path
from typing import NoReturn

from portal.errors import ReadError
from portal.model.header import Header
from portal.readers import _metadata
from portal.readers._objects import check_heaps
from portal.readers._source import SIGNATURE, Source

__all__ = ["open_header"]

_UNDEFINED = 2**64 - 1
_LOOKS = (
    (b"SIMPLE  =", "a FITS file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip file"),
    (b"BZh", "a bzip2 file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x0e\x03\x13\x01", "an HDF4 file"),
    (b"CDF", "a netCDF classic file"),
    (b"%PDF", "a PDF file"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
)


def open_header(path_on_disk: Path, relative_path: str) -> Header:
    """The header of the file at `path_on_disk`, known as `relative_path` in the store.

    Raises
    ------
    ReadError
        With one of the codes ``being-written``, ``damaged``, ``empty``, ``not-hdf5``,
        ``truncated`` and ``unreadable``.
    """
    try:
        handle = os.open(path_on_disk, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable(error) from error
    try:
        return _read(path_on_disk, handle, relative_path)
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(handle)


def _read(file: Path, handle: int, path: str) -> Header:
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        raise _unreadable(OSError(0, "not a regular file"))
    _check_lock(handle)
    source = Source(file, handle, before.st_size)
    _check_start(source.start, handle, before.st_size)
    try:
        header = _metadata.read_header(source, path)
        if header is None:
            check_heaps(source)
            # Here because most files are read without the library.
            from portal.readers import _h5py

            header = _h5py.read_header(file, path)
    except ReadError:
        # A file that changed under the reading is not damaged, it is not finished.
        _check_unchanged(handle, before)
        raise
    finally:
        source.detach()
    _check_unchanged(handle, before)
    return header


def _check_unchanged(handle: int, before: os.stat_result) -> None:
    now = os.fstat(handle)
    if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        _being_written("its size or time of change differs from a moment ago")


def _unreadable(error: OSError) -> ReadError:
    return ReadError(
        "file that cannot be read",
        seen=error.strerror or type(error).__name__,
        expected="a regular file that the scanning user may read",
        way_out="correct its permissions or remove it from the store",
        code="unreadable",
    )


def _check_lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)
    except BlockingIOError:
        _being_written("another program holds its lock")
    except OSError:
        # Some network file systems have no locks: then nobody can hold one.
        return


def _being_written(seen: str) -> NoReturn:
    raise ReadError(
        "file that is being written",
        seen=seen,
        expected="a file that no program has open for writing",
        way_out="scan again when it is finished; if no program writes it, run h5clear -s on it",
        code="being-written",
    )


def _check_start(start: bytes, handle: int, size: int) -> None:
    if not size:
        raise ReadError(
            "empty file",
            seen="0 bytes",
            expected="an HDF5 file",
            way_out="copy it again or remove it",
            code="empty",
        )
    place = _signature_place(start, handle, size)
    if place is None:
        raise ReadError(
            "not an HDF5 file",
            seen=_looks_like(start),
            expected="the HDF5 signature in its first bytes",
            way_out="fetch the file again, rename it, or exclude it in the collection",
            code="not-hdf5",
        )
    block = start[place : place + 96]
    if len(block) < 96:
        block = os.pread(handle, 96, place)
    end = _end_of_file(block)
    if block[8:9] == b"\x03" and block[11:12] and block[11] & 0b101:
        _being_written("its superblock says that a program has it open for writing")
    if end is not None and end != _UNDEFINED and end > size:
        raise ReadError(
            "truncated file",
            seen=f"{size} bytes",
            expected=f"{end} bytes, as its superblock says",
            way_out="copy it again from the original",
            code="truncated",
        )


def _signature_place(start: bytes, handle: int, size: int) -> int | None:
    """Where the superblock lies: at 0, 512, 1024, 2048, ... (a user block may precede it)."""
    place = 0
    while place < size:
        found = start[place : place + 8] or os.pread(handle, 8, place)
        if found == SIGNATURE:
            return place
        place = place * 2 or 512
    return None


def _end_of_file(block: bytes) -> int | None:
    """The end of file that the superblock states, or None for a version not known here."""
    version = block[8] if len(block) > 8 else 255
    if version in (0, 1):
        width, place = block[13:14], 24 + 4 * version
    elif version in (2, 3):
        width, place = block[9:10], 12
    else:
        return None
    if width != b"\x08":
        return None
    # Base address, then (0, 1) free-space or (2, 3) extension address, then end of file.
    return int.from_bytes(block[place + 16 : place + 24], "little")


def _looks_like(start: bytes) -> str:
    for magic, words in _LOOKS:
        if start.startswith(magic):
            return words
    text = start[:200].lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<?xml", b"<head")):
        return "a web page (HTML or XML)"
    shown = start[:24]
    if all(32 <= byte < 127 or byte in b"\t\n\r" for byte in start[:200]):
        return f"text beginning with {shown.decode('ascii')!r}"
    return f"bytes beginning with {shown[:8].hex(' ')}"
