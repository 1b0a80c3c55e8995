"""Reads the snapshots of MPI-AMRVAC (Xia et al. 2018, ApJS 234, 30): ``.dat``, version 5.

A snapshot is packed without marks between its parts: a header, the tree of blocks with their
levels and places, and for each leaf its numbers of ghost cells and its variables. It says
nothing of units.
"""

from pathlib import Path

import numpy as np

from lineform.errors import ReadError
from lineform.readers._cells import Snapshot, cells_to_dump
from lineform.readers.base import DumpFormat, cut_short, word

__all__ = ["DUMP", "read_amrvac"]

_VERSION = 5
_WORD = 16
_COUNTS = (
    "version",
    "tree",
    "blocks",
    "nw",
    "ndir",
    "ndim",
    "levmax",
    "nleafs",
    "nparents",
    "it",
)
_LARGEST = {"nw": 1000, "ndir": 3, "ndim": 3, "levmax": 60}


def read_amrvac(path: Path) -> Snapshot:
    """All leaves of a snapshot, in code units, without their ghost cells.

    Raises
    ------
    ReadError
        If the header makes no sense, or the file is of another version or cut short.
    """
    parts = _Parts(path)
    counts = dict(zip(_COUNTS, parts.take("i4", 10, "counts").tolist(), strict=True))
    _check(counts, path)
    ndim = counts["ndim"]
    time = float(parts.take("f8", 1, "time")[0])
    lower, upper = (parts.take("f8", ndim, "domain") for _ in range(2))
    cells, block = (parts.take("i4", ndim, "number of cells") for _ in range(2))
    parts.take("i4", ndim, "periodicity")
    (geometry,) = parts.words(1, "geometry")
    staggered = bool(parts.take("i4", 1, "staggering")[0])
    names = parts.words(counts["nw"], "names of variables")
    (physics,) = parts.words(1, "physics")
    (count,) = parts.take("i4", 1, "number of parameters")
    values = parts.take("f8", int(count), "parameters").tolist()
    parameters = dict(zip(parts.words(int(count), "names of parameters"), values, strict=True))
    parts.move(counts["tree"])
    leaves = counts["nleafs"]
    parts.take("i4", leaves + counts["nparents"], "tree")
    level = parts.take("i4", leaves, "levels").astype(int)
    index = parts.take("i4", leaves * ndim, "places").astype(int).reshape(leaves, ndim)
    offsets = parts.take("i8", leaves, "offsets").tolist()
    if np.any(block < 1) or np.any(cells < 1) or not np.all(upper > lower):
        raise ReadError("domain", expected="cells of positive size", where=str(path))
    _check_tree(level, index, cells / block, path)
    return Snapshot(
        where=str(path),
        physics=physics,
        geometry=geometry,
        time=time,
        names=names,
        parameters=parameters,
        lower=lower,
        width=(upper - lower) / cells,
        level=level,
        index=index,
        values=np.stack([_block(parts, at, block, counts["nw"]) for at in offsets]),
        left_out=("magnetic field on the faces of the cells",) if staggered else (),
    )


class _Parts:
    """The parts of a file, one after the other, in its own order of bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = np.memmap(path, np.uint8, mode="r")
        self._order = _order(self._bytes[:12].tobytes()) or "<"
        self._place = 0

    def move(self, place: int) -> None:
        """Go on at this byte."""
        self._place = place

    def take(self, kind: str, count: int, what: str) -> np.ndarray:
        """The next `count` numbers."""
        dtype = np.dtype(f"{self._order}{kind}")
        stop = self._place + count * dtype.itemsize
        if count < 0 or self._place < 0:
            raise ReadError(what, expected="a number that is not negative", where=str(self._path))
        if stop > self._bytes.size:
            raise cut_short(self._path, what, stop, self._bytes.size)
        raw = self._bytes[self._place : stop]
        self._place = stop
        return raw.view(dtype).astype(dtype.newbyteorder("="))

    def words(self, count: int, what: str) -> tuple[str, ...]:
        """The next `count` names of 16 characters."""
        raw = self.take("u1", _WORD * count, what).tobytes()
        return tuple(word(raw[_WORD * i : _WORD * (i + 1)]) for i in range(count))


def _block(parts: _Parts, offset: int, cells: np.ndarray, variables: int) -> np.ndarray:
    """Variables (variable, cells along each axis) of one leaf."""
    parts.move(offset)
    ndim = len(cells)
    below, above = parts.take("i4", 2 * ndim, "block").reshape(2, ndim)
    shape = (*(cells + below + above).tolist(), variables)
    # x is fastest and the variable slowest: Fortran's order.
    values = parts.take("f8", int(np.prod(shape)), "block").reshape(shape, order="F")
    inside = tuple(
        slice(low, low + count) for low, count in zip(below.tolist(), cells.tolist(), strict=True)
    )
    return np.moveaxis(values[inside], -1, 0)


def _order(start: bytes) -> str | None:
    """Order of bytes of a file that begins with a version and two offsets, or None."""
    for order in "<>":
        if len(start) >= 12:
            version, tree, blocks = np.frombuffer(start, np.dtype(f"{order}i4"), 3)
            if 1 <= version <= 9 and 40 < tree < blocks:
                return order
    return None


def _check(counts: dict[str, int], path: Path) -> None:
    if counts["version"] != _VERSION:
        raise ReadError(
            "version of an AMRVAC snapshot",
            expected=str(_VERSION),
            seen=str(counts["version"]),
            way_out="restart the run with a current AMRVAC and write the snapshot again",
            where=str(path),
        )
    for name in ("nw", "ndir", "ndim", "levmax", "nleafs"):
        if not 1 <= counts[name] <= _LARGEST.get(name, 2**31):
            raise ReadError(
                f"header of an AMRVAC snapshot, {name}",
                expected=f"1 to {_LARGEST[name]}" if name in _LARGEST else "a positive number",
                seen=str(counts[name]),
                where=str(path),
            )


def _check_tree(level: np.ndarray, index: np.ndarray, blocks: np.ndarray, path: Path) -> None:
    """Refuse leaves that overlap or leave part of the domain empty.

    Notes
    -----
    Leaves that are all different, inside the domain and fill its volume could still overlap only
    if a gap elsewhere made up for it; that takes more than a few wrong bytes.
    """
    sound = bool(np.all((level >= 1) & (level <= _LARGEST["levmax"])))
    if sound:
        there = blocks * 2.0 ** (level[:, None] - 1)
        leaves = np.column_stack([level, index])
        sound = bool(
            np.all((index >= 1) & (index <= there))
            and len(np.unique(leaves, axis=0)) == len(leaves)
            and np.isclose(np.sum(1 / there.prod(axis=1)), 1, rtol=1e-9)
        )
    if not sound:
        raise ReadError(
            "tree of blocks",
            expected="leaves that fill the domain once",
            seen="some that are outside, missing or there twice",
            way_out="copy the file again",
            where=str(path),
        )


DUMP = DumpFormat(
    "MPI-AMRVAC (.dat)",
    lambda start: _order(start) is not None,
    lambda path, azimuths: cells_to_dump(read_amrvac(path), azimuths),
)
