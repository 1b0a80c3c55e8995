"""Reads the snapshot of any hydrodynamics code that a module of this package understands."""

from pathlib import Path

import numpy as np

from lineform.dump import Dump
from lineform.errors import ReadError
from lineform.readers.base import DumpFormat
from lineform.registry import members

__all__ = ["dump_formats", "read_dump"]

_START = 1024
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip"}


def dump_formats() -> tuple[DumpFormat, ...]:
    """All formats of snapshots, by name."""
    return members(__package__, "DUMP")


def read_dump(path: Path, azimuths: int = 32) -> Dump:
    """The gas of a snapshot; its format is told from its first bytes, not from its name.

    Parameters
    ----------
    path : Path
    azimuths : int
        Cells around the axis that each cell of an axisymmetric snapshot becomes.

    Raises
    ------
    ReadError
        If the file is of no known format, damaged or cut short.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise ReadError("dump", seen=str(error), where=str(path)) from error
    for dump in dump_formats():
        if dump.claims(start):
            return _read(dump, path, azimuths)
    packed = next((name for magic, name in _PACKED.items() if start.startswith(magic)), "")
    raise ReadError(
        "dump of no known format",
        expected=", ".join(dump.name for dump in dump_formats()),
        seen=f"bytes beginning with {start[:8].hex(' ')}" if start else "an empty file",
        way_out=f"unpack it first, it is packed with {packed}" if packed else "",
        where=str(path),
    )


def _read(dump: DumpFormat, path: Path, azimuths: int) -> Dump:
    try:
        # Values that are not physical are found and named later.
        with np.errstate(all="ignore"):
            return dump.read(path, azimuths)
    # What NumPy says to sizes and shapes that make no sense.
    except (ValueError, IndexError, OverflowError, MemoryError, TypeError) as error:
        raise ReadError(
            f"damaged dump, {dump.name}",
            seen=str(error)[:80],
            way_out="copy the file again",
            where=str(path),
        ) from error
