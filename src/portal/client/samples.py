"""Observations for training: arrays by range requests, with the parameters of their models.

The classes fulfil PyTorch's protocols without importing it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.query import Tables
from portal.client.arrays import Array, Piece, read_pieces
from portal.client.places import Places
from portal.client.records import RecordCache
from portal.client.selecting import Selection, chosen_observations, file_sizes
from portal.client.stream import Stream
from portal.errors import CatalogError
from portal.model.schema import MODELS

__all__ = ["WHAT", "Sample", "Samples"]

Sample: TypeAlias = dict[str, Any]

SMALL = ("spectrum", "velocity", "moment0", "moment1", "moment2")
WHAT = (*SMALL, "cube")
"""What a sample may hold."""

_PLACE = ("offset", "nbytes", "dtype", "shape", "filters")
_WHERE = ("obs_collection", "path", "hdf5_group", "model_id", "n_channels", "s_xel1", "s_xel2")


@dataclass(frozen=True, slots=True)
class _Dataset:
    """Where one dataset of each sample lies; offset -1 where it is not stored raw."""

    offset: npt.NDArray[np.int64]
    nbytes: npt.NDArray[np.int64]
    shape: npt.NDArray[np.int64]
    dtypes: list[str]
    kind: npt.NDArray[np.int64]

    def type_of(self, n: int) -> str:
        return str(self.dtypes[self.kind[n]])


class Samples(Sequence[Sample]):
    """A sample per observation, by number; made by `OpenedCatalog.samples`.

    A sample is a dictionary: ``model_id``, ``index`` (its number), ``parameters`` ((parameter,)
    float32, in the order of the attribute `parameters`, NaN where a model has none) and an
    array for each name in `what`. It is a data set of PyTorch, whose loaders may shuffle it,
    split it over processes and read it in batches.

    Parameters
    ----------
    what
        Of ``spectrum`` [Jy], ``velocity`` [km/s], ``moment0`` [K km/s], ``moment1`` [km/s],
        ``moment2`` [km/s] and ``cube`` ((velocity, y, x) [W m-2 Hz-1 sr-1], float32).
    where
        Which observations: an expression, names of models, or rows; all if ''.
    parameters
        Names of numeric columns of the models or observations [default: all parameters].
    cache
        Folder that keeps what was read, so that it comes from the host but once; it may be used
        by several processes at a time. Without one nothing is kept.
    limit
        Bytes that the folder may take for each name in `what`; the samples for which there is no
        room are read from the host each time.
    workers
        Requests at a time.

    Raises
    ------
    CatalogError
        If a name in `what` or of a parameter cannot be used.
    """

    def __init__(
        self,
        tables: Tables,
        places: Places,
        what: Sequence[str] = ("spectrum",),
        where: Selection = "",
        *,
        parameters: Sequence[str] | None = None,
        cache: str | Path | None = None,
        limit: int = 100_000_000_000,
        workers: int = 8,
    ) -> None:
        self.what = _checked(what)
        self.parameters = _numeric(tables, parameters)
        self._places = places
        self._workers = workers
        small = [name for name in self.what if name in SMALL]
        columns = [*_WHERE, *(f"{name}_{key}" for name in small for key in _PLACE)]
        rows = chosen_observations(tables, where, [*dict.fromkeys([*columns, *self.parameters])])
        self._collections, self._collection = _coded(rows["obs_collection"])
        self._paths, self._path = _coded(rows["path"])
        self._sizes = file_sizes(tables, self._paths)
        self._groups, self._group = _coded(rows["hdf5_group"])
        self._models, self._model = _coded(rows["model_id"])
        self._cubes = _numbers(rows, ("n_channels", "s_xel2", "s_xel1"), 0).astype(np.int64)
        self._values = _numbers(rows, self.parameters, np.nan).astype(np.float32)
        self._datasets = {name: _dataset(rows, name) for name in small}
        self._caches = self._made(tables, Path(cache), limit) if cache is not None else {}

    def __len__(self) -> int:
        return len(self._path)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 (a sample, or several for a slice)
        if isinstance(index, slice):
            return self.__getitems__(range(len(self))[index])
        return self.__getitems__([range(len(self))[index]])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[Sample]:
        """Several samples at once, as PyTorch's loaders ask for a batch."""
        arrays = self._arrays([int(n) for n in indices])
        return [
            {
                "model_id": self._models[self._model[n]],
                "index": int(n),
                "parameters": self._values[n].copy(),
                **{name: arrays[name, int(n)] for name in self.what},
            }
            for n in indices
        ]

    @property
    def nbytes(self) -> int:
        """Size of the arrays of all samples [byte]."""
        small = sum(int(said.nbytes.clip(0).sum()) for said in self._datasets.values())
        return small + (4 * int(self._cubes.prod(axis=1).sum()) if "cube" in self.what else 0)

    def stream(self, **options: Any) -> Stream:  # noqa: ANN401 (as Stream's own)
        """The samples in an order, for training; `options` are those of `Stream`."""
        return Stream(self, **options)

    def _arrays(self, indices: Sequence[int]) -> dict[tuple[str, int], Array]:
        """The arrays of some samples, from the cache or from the host."""
        wanted = [(name, n) for name in self.what for n in dict.fromkeys(indices)]
        found = {key: array for key in wanted if (array := self._kept(*key)) is not None}
        missing = [key for key in wanted if key not in found]
        raw = {key: piece for key in missing if (piece := self._piece(*key)) is not None}
        read = dict(
            zip(raw, read_pieces([*raw.values()], self._places, self._workers), strict=True)
        )
        read |= {key: self._from_file(*key) for key in missing if key not in raw}
        for (name, n), array in read.items():
            if name in self._caches:
                self._caches[name].put(n, array.tobytes())
        return {key: _native(array) for key, array in (found | read).items()}

    def _piece(self, name: str, n: int) -> Piece | None:
        """Where a dataset lies, or None if no range request alone fetches it."""
        if name == "cube" or self._datasets[name].offset[n] < 0:
            return None
        said = self._datasets[name]
        place = int(said.offset[n]), int(said.nbytes[n]), said.type_of(n), self._shape(name, n)
        collection, path = self._file(n)
        return Piece(collection, path, *place, self._sizes[collection, path])

    def _from_file(self, name: str, n: int) -> Array:
        group = self._groups[self._group[n]]
        collection, path = self._file(n)
        with self._places.open(collection, path, self._sizes[collection, path]) as file:
            if name == "cube":
                return np.asarray(file[group]["intensity"][()], np.float32)
            return np.asarray(file[group][name][()])

    def _file(self, n: int) -> tuple[str, str]:
        """Collection and path of the file of a sample."""
        return self._collections[self._collection[n]], self._paths[self._path[n]]

    def _shape(self, name: str, n: int) -> tuple[int, ...]:
        shape = self._cubes[n] if name == "cube" else self._datasets[name].shape[n]
        return tuple(int(length) for length in shape if length >= 0)

    def _kept(self, name: str, n: int) -> Array | None:
        if name not in self._caches:
            return None
        shape = self._shape(name, n)
        kind = np.dtype("<f4" if name == "cube" else self._datasets[name].type_of(n))
        body = self._caches[name].get(n, int(np.prod(shape)) * kind.itemsize)
        return None if body is None else np.frombuffer(body, kind).reshape(shape).copy()

    def _made(self, tables: Tables, folder: Path, limit: int) -> dict[str, RecordCache]:
        """A file per name, whose own name changes with the files that are sampled."""
        files = tables.table("files", ["path", "collection", "bytes", "sha256"])
        used = files.filter(pc.field("path").isin(pa.array(self._paths, pa.string())))
        digest = hashlib.sha256(repr(used.sort_by("path").to_pylist()).encode())
        for column in (self._paths, self._path.tobytes(), self._groups, self._group.tobytes()):
            digest.update(repr(column).encode())
        longest = {name: int(said.nbytes.max(initial=0)) for name, said in self._datasets.items()}
        longest["cube"] = 4 * int(self._cubes.prod(axis=1).max(initial=0))
        return {
            name: RecordCache(
                folder / f"{name}-{digest.hexdigest()[:16]}.records", longest[name], limit
            )
            for name in self.what
        }


def _checked(what: Sequence[str]) -> tuple[str, ...]:
    names = (what,) if isinstance(what, str) else tuple(what)
    for name in names:
        if name not in WHAT:
            raise CatalogError("what: no such part", seen=name, expected=" or ".join(sorted(WHAT)))
    return names


def _numeric(tables: Tables, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the parameters; of those that were not asked for one by one, the numeric ones."""
    lent = {column.name: column for column in tables.columns("models")}
    own = {column.name: column for column in tables.columns("observations")}
    numeric = [
        c.name for c in (lent | own).values() if c.type in ("int32", "int64", "float32", "float64")
    ]
    if wanted is None:
        fixed = {column.name for column in MODELS}
        return tuple(n for n in lent if n in numeric and n not in fixed and n not in own)
    for name in wanted:
        if name not in numeric:
            raise CatalogError(
                "parameters: no such number",
                seen=name,
                expected="one of " + ", ".join(sorted(numeric)),
            )
    return tuple(wanted)


def _coded(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The different texts of a column, and which of them each row has."""
    coded = column.combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), np.asarray(coded.indices, np.int32)


def _numbers(rows: pa.Table, names: Sequence[str], empty: float) -> npt.NDArray[np.float64]:
    """(row, name) Numbers, `empty` where there is none."""
    columns = [rows[name].cast(pa.float64()).fill_null(empty).to_numpy() for name in names]
    return np.stack(columns, axis=1) if columns else np.empty((len(rows), 0))


def _dataset(rows: pa.Table, name: str) -> _Dataset:
    raw = pc.fill_null(pc.equal(rows[f"{name}_filters"], ""), True)
    place = pc.if_else(raw, rows[f"{name}_offset"], pa.scalar(None, pa.int64()))
    kinds, kind = _coded(rows[f"{name}_dtype"].fill_null(""))
    shapes = rows[f"{name}_shape"].to_pylist()
    deepest = max((len(shape) for shape in shapes if shape), default=0)
    shape = np.full((len(rows), deepest), -1, np.int64)
    for line, lengths in zip(shape, shapes, strict=True):
        line[: len(lengths or ())] = lengths or ()
    offset, nbytes = (
        column.cast(pa.int64()).fill_null(-1).to_numpy()
        for column in (place, rows[f"{name}_nbytes"])
    )
    return _Dataset(offset, nbytes, shape, kinds, kind.astype(np.int64))


def _native(array: Array) -> Array:
    """In the byte order of this machine, which PyTorch asks for."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("="))
