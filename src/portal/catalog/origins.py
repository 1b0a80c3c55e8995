"""Where the values of observed products are from: rows of the table of provenance."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal.model.cell import STATED
from portal.model.schema import PROVENANCE

__all__ = ["BY_CATALOGUE", "origins_of"]

BY_CATALOGUE = {
    "access_estsize": ("file", "size"),
    "access_format": ("file", "content"),
    "access_url": ("collection", "settings site_url and data_url, and the path"),
    "obs_collection": ("collection", "setting id"),
    "obs_publisher_did": ("collection", "settings authority and id, path and part"),
}
"""Columns whose values a catalogue gives, whatever a file says: the kind and source of each."""

_NAMES = tuple(column.name for column in PROVENANCE)
_Ints = npt.NDArray[np.int64]


def origins_of(kept: pa.Table, observations: pa.Table) -> pa.Table:
    """Rows of provenance of the products among the files `kept`.

    Parameters
    ----------
    kept
        Records of the files, and their rows nested in them.
    observations
        The rows that were made of them, in the same order.

    Returns
    -------
    pyarrow.Table
        In the order of the observations, then by column; what stands in the table comes first.
    """
    lists = kept.column("provenance").combine_chunks()
    flat = pc.list_flatten(lists)
    parts = observations.select(["path", "part", "obs_publisher_did"]).combine_chunks()
    products = np.flatnonzero(pc.is_valid(parts.column("part")).to_numpy())
    of_row = _rows(flat, kept, pc.list_parent_indices(lists).to_numpy(), observations)
    found = {name: flat.field(name) for name in _NAMES if name in _fields(flat)}
    read = pa.table(found).append_column("row", pa.array(of_row))
    given = [_given(name, observations, products) for name in sorted(BY_CATALOGUE)]
    every = pa.concat_tables([read, *(table.select(read.column_names) for table in given)])
    order = [("row", "ascending"), ("column", "ascending"), ("used", "descending")]
    every = every.sort_by(order).combine_chunks()
    of_file = parts.take(every.column("row"))
    for name in ("path", "obs_publisher_did"):
        every = every.append_column(name, of_file.column(name))
    return every.select(_NAMES)


def _fields(flat: pa.StructArray) -> frozenset[str]:
    return frozenset(field.name for field in flat.type)


def _rows(flat: pa.StructArray, kept: pa.Table, files: _Ints, observations: pa.Table) -> _Ints:
    """Row of the observations that each of `flat` is about, by its file and its part."""
    lists = kept.column("observations").combine_chunks()
    owners = pc.list_parent_indices(lists).cast(pa.string())
    wanted = pc.binary_join_element_wise(
        pa.array(files).cast(pa.string()), flat.field("part"), "\n"
    )
    there = pc.binary_join_element_wise(
        owners, pc.fill_null(observations.column("part").combine_chunks(), ""), "\n"
    )
    return np.asarray(pc.index_in(wanted, there).to_numpy(zero_copy_only=False), np.int64)


def _given(name: str, observations: pa.Table, products: _Ints) -> pa.Table:
    """Rows for a column whose values are the catalogue's."""
    kind, source = BY_CATALOGUE[name]
    said = observations.select([name, "part"]).take(products)
    count = len(products)
    same = {"column": name, "kind": kind, "source": source, "where": "", "note": ""}
    return pa.table(
        {
            **{key: pa.repeat(pa.scalar(text, pa.string()), count) for key, text in same.items()},
            "part": said.column("part"),
            "value": pc.fill_null(said.column(name).cast(pa.string()), ""),
            "used": pa.repeat(True, count),
            "confidence": pa.repeat(STATED, count),
            "row": pa.array(products),
        }
    )
