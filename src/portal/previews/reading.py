"""Reads small datasets by their place in the file, without an HDF5 library."""

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from portal.catalog.merge import Rows

__all__ = ["Floats", "located", "located_any", "opened", "small"]

Floats = npt.NDArray[np.float64]
_MOST_BYTES = 64_000_000


def located(stores: Sequence[Path], path: str, size: int) -> Path | None:
    """The file at `path` of the first store that has it in the catalogue's `size` [byte]."""
    if ".." in PurePosixPath(path).parts or path.startswith("/"):
        return None
    for store in stores:
        try:
            # Joined as text: a Path takes longer to make than the call.
            if os.stat(f"{store}/{path}").st_size == size:  # noqa: PTH116
                return store / path
        except (OSError, ValueError):
            continue
    return None


def located_any(stores: Sequence[Path], path: str) -> bool:
    """Whether one of the stores has a file at `path`, of whatever size."""
    if ".." in PurePosixPath(path).parts or path.startswith("/"):
        return False
    return any((store / path).is_file() for store in stores)


@contextmanager
def opened(file: Path) -> Iterator[int]:
    """A descriptor of `file`."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def small(descriptor: int, row: Rows, name: str) -> Floats | None:
    """The dataset `name` of an observation; None where its bytes are not to be had plainly.

    Parameters
    ----------
    descriptor
        The open file.
    row
        The observation's row, with the columns ``<name>_offset``, ``_nbytes``, ``_dtype``,
        ``_shape`` and ``_filters``.

    Returns
    -------
    array of the dataset's shape, infinite values replaced by NaN
    """
    offset, nbytes = row[f"{name}_offset"], row[f"{name}_nbytes"]
    shape, dtype = row[f"{name}_shape"], row[f"{name}_dtype"]
    if None in (offset, nbytes, shape, dtype) or row[f"{name}_filters"]:
        return None
    try:
        kind = np.dtype(dtype)
    except TypeError:
        return None
    # A table may be damaged: nothing in it is believed beyond what the file can hold.
    if kind.kind not in "fiu" or math.prod(shape) * kind.itemsize != nbytes or nbytes > _MOST_BYTES:
        return None
    data = os.pread(descriptor, nbytes, offset)
    if len(data) != nbytes:
        return None
    values = np.frombuffer(data, kind).astype(np.float64).reshape(shape)
    return np.where(np.isfinite(values), values, np.nan)
