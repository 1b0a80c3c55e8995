"""What all HDF5 files of lineform have in common: how they are written whole, and opened.

All groups, attributes and datasets are created before any data are written, so that the
metadata lie together at the front of the file and a reader over HTTP gets them in one piece.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

import h5py
import numpy as np

from lineform.errors import ReadError, ShapeError
from lineform.outputs import put

__all__ = ["ROOT", "Dataset", "no_file", "read_file", "write_file"]

_T = TypeVar("_T")

ROOT: Mapping[str, str] = {
    "format_version": "1.0",
    "license": "CC-BY-SA-4.0",
    "license_url": "https://creativecommons.org/licenses/by-sa/4.0/",
}
"""Root attributes that every file has."""

_GZIP_LEVEL = 4


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A dataset to write: its path, values, unit and meaning, and how it is stored.

    Parameters
    ----------
    path : str
    values : array (any)
    unit : str
        VOUnit; empty for a pure number.
    description : str
    chunks : tuple of int, or None
        Shape of the compressed blocks; None for one plain block.
    """

    path: str
    values: np.ndarray
    unit: str
    description: str
    chunks: tuple[int, ...] | None = None


def write_file(
    path: Path,
    root: Mapping[str, object],
    groups: Mapping[str, Mapping[str, object]],
    datasets: Sequence[Dataset],
    page: int,
) -> None:
    """Write a file; it appears under `path` only when complete.

    Parameters
    ----------
    path : Path
    root : name -> value
        Attributes of the root, beyond or instead of those of `ROOT`.
    groups : path -> name -> value
        Groups and their attributes.
    datasets : sequence of Dataset
    page : int [byte]
        Size of the pages of the file, the first of which should hold all metadata.

    Raises
    ------
    WriteError
        If it cannot be written.
    MemoryError
        If the file does not fit into memory.
    """
    # In memory: HDF5 ends the process when it cannot close a file on a full disk.
    options = {"driver": "core", "backing_store": False, "fs_strategy": "page"}
    try:
        with h5py.File(token_hex(8), "w", fs_page_size=page, **options) as file:
            _set(file, {**ROOT, **root})
            for name, attributes in groups.items():
                _set(file.create_group(name), attributes)
            _fill(file, datasets)
            file.flush()
            content = file.id.get_file_image()
    except (OSError, RuntimeError) as error:
        if "allocate" not in str(error):
            raise
        raise MemoryError(str(error)) from error
    put(path, content)


def read_file(
    path: Path,
    part: Callable[[h5py.File], _T],
    expected: str = "a model or observation file",
) -> _T:
    """What `part` reads from a file.

    Raises
    ------
    ReadError
        If there is no such file, or something is missing in it or damaged.
    """
    if not path.is_file():
        raise no_file(path)
    try:
        with h5py.File(path, "r") as file:
            return part(file)
    except (KeyError, OSError, RuntimeError, ShapeError, UnicodeDecodeError) as error:
        raise ReadError(
            "file",
            expected=expected,
            # Those of h5py about what is missing come in quotation marks.
            seen=str(error).strip("\"'"),
            way_out="something is missing, cut short or damaged: copy or make it again",
            where=str(path),
        ) from error


def no_file(path: Path) -> ReadError:
    """That there is no such file."""
    return ReadError(
        "file", expected="a file", seen="none", way_out="check its name and folder", where=str(path)
    )


def _fill(file: h5py.File, datasets: Sequence[Dataset]) -> None:
    for dataset in datasets:
        _create(file, dataset)
    # Small ones first: what a browser asks for then lies close behind the metadata.
    for dataset in sorted(datasets, key=lambda dataset: dataset.values.nbytes):
        made = file[dataset.path]
        made[...] = dataset.values
        # Blocks are laid down now, not when Python gets round to closing the object.
        made.flush()


def _create(file: h5py.File, dataset: Dataset) -> None:
    # track_times would put the clock into the file.
    options: dict[str, object] = {"track_times": False}
    if dataset.chunks:
        options |= {
            "chunks": dataset.chunks,
            "compression": "gzip",
            "compression_opts": _GZIP_LEVEL,
            "shuffle": True,
        }
    made = file.create_dataset(
        dataset.path, shape=dataset.values.shape, dtype=dataset.values.dtype, **options
    )
    made.attrs["unit"] = dataset.unit
    made.attrs["description"] = dataset.description


def _set(group: h5py.Group, attributes: Mapping[str, object]) -> None:
    for name, value in attributes.items():
        group.attrs[name] = value
