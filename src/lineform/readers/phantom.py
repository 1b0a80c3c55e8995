"""Reads the binary dumps of the SPH code Phantom (Price et al. 2018, PASA 35, e031).

A dump is a sequence of Fortran records: numbers that tell the kinds of integer and real and
the order of bytes; the identity of the file; eight groups of named numbers; the sizes of the
blocks; then a name and an array for each field of each block. Block 1 holds the particles,
block 2 the sinks.
"""

from pathlib import Path

import numpy as np

from lineform.errors import ReadError
from lineform.readers._particles import PhantomData, particles_to_dump
from lineform.readers._records import Records
from lineform.readers.base import DumpFormat, word

__all__ = ["DUMP", "read_phantom"]

_TAG = 16
_MAGIC, _MAGIC_2, _MAGIC_3 = 60769, 60878, 690706
_MOST_VALUES = 100_000


def read_phantom(path: Path) -> PhantomData:
    """Header, particles and sinks of a binary dump, as they are in the file.

    Raises
    ------
    ReadError
        If the file is no such dump, has no names of fields, or is cut short.
    """
    order, integer, real = _kinds(path)
    records = Records(path, order)
    records.take("first record")
    ident = word(records.take("identity of the file").tobytes())
    if len(ident) < 2 or ident[1] != "T":
        raise ReadError(
            "Phantom dump without names of its fields",
            expected="a tagged dump, whose identity begins with FT or ST",
            seen=repr(ident[:30]),
            way_out="read and write it again with a Phantom later than 2013",
            where=str(path),
        )
    types = tuple(
        np.dtype(f"{order}{kind}") for kind in (integer, "i1", "i2", "i4", "i8", real, "f4", "f8")
    )
    header = _header(records, types)
    particles, sinks = _blocks(records, types, int(header.get("nblocks", np.ones(1))[0]))
    return PhantomData(str(path), ident, header, particles, sinks)


def _claims(start: bytes) -> bool:
    return _first_record(start) is not None


def _first_record(start: bytes) -> tuple[str, str, str] | None:
    """Order of bytes, kind of integer and kind of real, from the first record."""
    for order in "<>":
        for integer in ("i4", "i8"):
            for real in ("f8", "f4"):
                kinds = ("i4", integer, real, integer, integer, integer)
                kind = np.dtype([(n, f"{order}{k}") for n, k in zip("narbvc", kinds, strict=True)])
                if len(start) < kind.itemsize:
                    continue
                first = np.frombuffer(start, kind, 1)[0]
                if (first["a"], first["r"], first["b"], first["c"]) == (
                    _MAGIC,
                    _MAGIC_2,
                    _MAGIC_2,
                    _MAGIC_3,
                ):
                    return order, integer, real
    return None


def _kinds(path: Path) -> tuple[str, str, str]:
    try:
        with path.open("rb") as file:
            kinds = _first_record(file.read(64))
    except OSError as error:
        raise ReadError("Phantom dump", seen=str(error), where=str(path)) from error
    if kinds is None:
        raise ReadError(
            "first record", expected="a Phantom dump", seen="other numbers", where=str(path)
        )
    return kinds


def _header(records: Records, types: tuple[np.dtype, ...]) -> dict[str, np.ndarray]:
    """Named numbers; those whose name is given several times are arrays."""
    found: dict[str, list[float]] = {}
    for kind in types:
        (count,) = records.values("number of header values", types[3], 1)
        if not 0 <= count <= _MOST_VALUES:
            raise records.error("number of header values", f"0 to {_MOST_VALUES}", str(count))
        if count:
            text = records.take("names of header values").tobytes()
            values = records.values("header values", kind, int(count))
            # A name may stand in two groups (int and int8): the later one counts.
            group: dict[str, list[float]] = {}
            for i, value in enumerate(values.tolist()):
                group.setdefault(word(text[_TAG * i : _TAG * (i + 1)]), []).append(value)
            found |= group
    return {name: np.array(values) for name, values in found.items()}


def _blocks(
    records: Records, types: tuple[np.dtype, ...], processes: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Fields of the particles of all processes, and of the sinks, which each process repeats."""
    (total,) = records.values("number of blocks", types[3], 1)
    each = int(total) // max(processes, 1)
    if each < 1:
        raise records.error("number of blocks", "at least 1", str(total))
    pieces: list[dict[str, np.ndarray]] = []
    sinks: dict[str, np.ndarray] = {}
    sizes = np.dtype([("n", types[4]), ("fields", types[3], 8)])
    for _ in range(max(processes, 1)):
        heads = [records.values("sizes of a block", sizes, 1)[0] for _ in range(each)]
        for number, head in enumerate(heads):
            fields = _fields(records, types, head)
            if number == 0:
                pieces.append(fields)
            elif number == 1:
                sinks = fields
    return _joined(records, pieces), sinks


def _fields(records: Records, types: tuple[np.dtype, ...], head: np.void) -> dict[str, np.ndarray]:
    count = int(head["n"])
    found: dict[str, list[np.ndarray]] = {}
    for kind, number in zip(types, head["fields"].tolist(), strict=True):
        for _ in range(number):
            name = word(records.take("name of a field").tobytes())
            found.setdefault(name, []).append(records.values(f"field {name}", kind, count))
    return {
        name: arrays[0] if len(arrays) == 1 else np.stack(arrays, axis=1)
        for name, arrays in found.items()
    }


def _joined(records: Records, pieces: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    names = list(pieces[0])
    if any(list(piece) != names for piece in pieces):
        raise records.error("blocks", "the same fields from every process", "different ones")
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in names}


DUMP = DumpFormat(
    "Phantom (binary)", _claims, lambda path, azimuths: particles_to_dump(read_phantom(path))
)
