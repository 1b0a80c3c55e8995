"""A format-neutral view of one stored object: what it holds, without its bulk.

A header is made once from a file (by h5py, or by the fast reader of metadata blocks) and
read by the readers, which know formats but no file library.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Attribute", "Dataset", "Header"]

Attribute: TypeAlias = str | int | float | bool | npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One array of a file and where its bytes lie.

    Parameters
    ----------
    shape
        Lengths of the axes; () for a scalar.
    dtype
        NumPy type string with byte order, such as ``<f4``; ``object`` where NumPy has none.
    offset, nbytes
        First byte in the file and stored length of a contiguous, allocated dataset; None
        for any other.
    chunks
        Chunk shape, or None.
    filters
        Names of the filters in the order applied when writing, such as ``shuffle``, ``gzip``.
    attrs
        Attributes of the dataset.
    index
        Where the tree of its chunks begins (B-tree, version 1); None for any other storage, and
        where it is not known.
    """

    shape: tuple[int, ...]
    dtype: str
    offset: int | None = None
    nbytes: int | None = None
    chunks: tuple[int, ...] | None = None
    filters: tuple[str, ...] = ()
    attrs: Mapping[str, Attribute] = field(default_factory=dict)
    # The HDF5 library does not tell it: a header that it reads is no other for that.
    index: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """What a file holds.

    Parameters
    ----------
    path
        Path relative to the store, with ``/`` between folders.
    groups
        Attributes of each group by its path without a leading slash; the root is ``""``.
    datasets
        Datasets by their path without a leading slash.
    values
        Reads one dataset whole: ``values("CO_2-1_d00/spectrum")``.
    notes
        What had to be left out, in words (an attribute too large, a link not followed).
    """

    path: str
    groups: Mapping[str, Mapping[str, Attribute]]
    datasets: Mapping[str, Dataset]
    values: Callable[[str], npt.NDArray[np.generic]]
    notes: tuple[str, ...] = ()
