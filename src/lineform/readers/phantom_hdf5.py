"""Reads Phantom dumps in HDF5: Phantom's own layout, and the one that plons writes."""

from pathlib import Path

import h5py
import numpy as np

from lineform.errors import ReadError
from lineform.readers._particles import PhantomData, particles_to_dump
from lineform.readers.base import DumpFormat

__all__ = ["DUMP", "read_phantom_hdf5"]

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_HEADERS = ("part_numbers", "part_numbers_long", "quantities", "units")


def read_phantom_hdf5(path: Path) -> PhantomData:
    """Header, particles and sinks of a dump in HDF5, as they are in the file.

    Raises
    ------
    ReadError
        If the file has neither layout or is damaged.
    """
    try:
        with h5py.File(path, "r") as file:
            if {"header", "particles"} <= set(file):
                return _own(path, file)
            if {"quantities", "units", "blocks"} <= set(file):
                return _plons(path, file)
            seen = f"groups {', '.join(sorted(file)) or 'none'}"
    except (OSError, KeyError, RuntimeError) as error:
        raise ReadError("HDF5 dump", seen=str(error), where=str(path)) from error
    raise ReadError(
        "HDF5 file that is no Phantom dump",
        expected="the groups header and particles, or quantities, units and blocks",
        seen=seen,
        where=str(path),
    )


def _own(path: Path, file: h5py.File) -> PhantomData:
    header = {name: np.atleast_1d(node[()]) for name, node in file["header"].items()}
    ident = header.pop("fileident", np.array([b""]))[0]
    return PhantomData(
        str(path), _text(ident), header, _split(file["particles"]), _split(file.get("sinks"))
    )


def _split(group: h5py.Group | None) -> dict[str, np.ndarray]:
    """Fields of a group; ``xyz`` becomes x, y and z, ``vxyz`` vx, vy and vz."""
    found: dict[str, np.ndarray] = {}
    for name, node in (group or {}).items():
        values = node[()]
        if name in ("xyz", "vxyz") and values.ndim == 2 and values.shape[1] == 3:
            found |= {name[:-3] + axis: values[:, i] for i, axis in enumerate("xyz")}
        else:
            found[name] = values
    return found


def _plons(path: Path, file: h5py.File) -> PhantomData:
    header: dict[str, np.ndarray] = {}
    for group in (file[name] for name in _HEADERS if name in file):
        header |= {name: np.atleast_1d(value) for name, value in group.attrs.items()}
        header |= {name: np.atleast_1d(node[()]) for name, node in group.items()}
    blocks = [_plons_block(file["blocks"], number) for number in ("0", "1")]
    return PhantomData(str(path), _text(file.attrs.get("desc", "")), header, *blocks)


def _plons_block(blocks: h5py.Group, number: str) -> dict[str, np.ndarray]:
    place = f"{number}/data"
    return {name: node[()] for name, node in blocks[place].items()} if place in blocks else {}


def _text(value: bytes | str) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()


DUMP = DumpFormat(
    "Phantom (HDF5)",
    lambda start: start.startswith(_SIGNATURE),
    lambda path, azimuths: particles_to_dump(read_phantom_hdf5(path)),
)
