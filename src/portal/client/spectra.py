"""The spectra of a selection in one file: a table, or arrays in HDF5."""

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.query import Tables
from portal.client.arrays import Array, stacked
from portal.client.samples import Samples
from portal.client.selecting import Selection, chosen_observations
from portal.errors import FetchError

if TYPE_CHECKING:
    import h5py

__all__ = ["ENDINGS", "save_spectra"]

Spectra: TypeAlias = Mapping[str, list[Array]]
"""Arrays of each row, by name."""

Write: TypeAlias = Callable[[pa.Table, Spectra], None]

_TOLD = (
    "model_id", "path", "hdf5_group", "line", "species", "transition", "rest_frequency",
    "inclination", "azimuth", "distance",
)  # fmt: skip
_UNITS = {
    "velocity": "km/s", "flux": "Jy", "rest_frequency": "Hz", "inclination": "deg",
    "azimuth": "deg", "distance": "pc",
}  # fmt: skip
_BATCH = 2048


def save_spectra(
    tables: Tables,
    selection: Selection,
    samples: Samples,
    path: Path,
    progress: Callable[[int, int], None],
) -> int:
    """Store spectra with what tells them apart; the file takes its name when it is whole.

    Parameters
    ----------
    samples
        With ``velocity`` and ``spectrum``, of the same selection.
    path
        Ends in ``.parquet``, ``.h5`` or ``.hdf5``.
    progress
        Called with bytes done and bytes in all [byte].

    Raises
    ------
    FetchError
        If the name ends otherwise, or a spectrum cannot be fetched.
    """
    if path.suffix not in ENDINGS:
        raise FetchError(
            "file of spectra: of no known form",
            seen=path.name,
            expected="a name that ends in " + " or ".join(sorted(ENDINGS)),
        )
    rows = chosen_observations(tables, selection, _TOLD)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    done, total = 0, samples.nbytes
    try:
        with ENDINGS[path.suffix](part, rows.schema) as write:
            for start in range(0, max(1, len(rows)), _BATCH):
                some = samples[start : start + _BATCH]
                arrays = {
                    "velocity": [sample["velocity"] for sample in some],
                    "flux": [sample["spectrum"] for sample in some],
                }
                write(rows.slice(start, _BATCH), arrays)
                done += sum(array.nbytes for name in arrays for array in arrays[name])
                progress(done, total)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return len(rows)


@contextmanager
def _parquet(path: Path, told: pa.Schema) -> Iterator[Write]:
    fields = [pa.field(f.name, f.type, metadata=_unit(f.name)) for f in told]
    fields += [
        pa.field(name, pa.list_(kind), metadata=_unit(name))
        for name, kind in (("velocity", pa.float64()), ("flux", pa.float32()))
    ]
    schema = pa.schema(fields)
    with pq.ParquetWriter(path, schema, compression="zstd") as file:

        def write(rows: pa.Table, arrays: Spectra) -> None:
            columns = [*rows.columns, *(_lists(arrays[name]) for name in ("velocity", "flux"))]
            file.write_table(pa.table(columns, names=schema.names).cast(schema))

        yield write


@contextmanager
def _hdf5(path: Path, told: pa.Schema) -> Iterator[Write]:
    import h5py

    # The library does not survive a full disk: it writes to memory, and the bytes follow.
    image = io.BytesIO()
    with h5py.File(image, "w") as file:

        def write(rows: pa.Table, arrays: Spectra) -> None:
            for name in rows.column_names:
                column = rows[name].to_pylist()
                text = pa.types.is_string(told.field(name).type)
                filled = [("" if text else np.nan) if value is None else value for value in column]
                kind = h5py.string_dtype() if text else np.dtype("f8")
                _append(file, name, np.array(filled, dtype=kind))
            for name, several in arrays.items():
                _append(file, name, stacked(several))

        yield write
    path.write_bytes(image.getbuffer())


def _append(file: "h5py.File", name: str, values: Array) -> None:
    """Add rows to a dataset; where rows are longer than those before, NaN fills the gap."""
    if name not in file:
        empty = None if values.dtype.kind == "O" else np.nan
        shape = (None,) * values.ndim
        made = file.create_dataset(name, data=values, maxshape=shape, chunks=True, fillvalue=empty)
        made.attrs.update({key.decode(): unit.decode() for key, unit in _unit(name).items()})
        return
    known = file[name]
    before = known.shape[0]
    known.resize((before + len(values), *map(max, known.shape[1:], values.shape[1:])))
    known[(slice(before, None), *(slice(length) for length in values.shape[1:]))] = values


def _lists(arrays: list[Array]) -> pa.Array:
    ends = np.cumsum([0, *(len(array) for array in arrays)], dtype=np.int32)
    values = np.concatenate(arrays) if arrays else np.empty(0)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values))


def _unit(name: str) -> dict[bytes, bytes]:
    return {b"unit": _UNITS[name].encode()} if name in _UNITS else {}


ENDINGS: dict[str, Callable[[Path, pa.Schema], AbstractContextManager[Write]]] = {
    ".h5": _hdf5,
    ".hdf5": _hdf5,
    ".parquet": _parquet,
}
"""How a file of spectra is written, by the ending of its name."""
