"""Observed products: the rows of observations that belong to no model, and their files."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.paths import product_page
from portal.catalog.table import Catalog
from portal.model.schema import FILES, OBSCORE, OBSERVATIONS

__all__ = ["PRODUCT_COLUMNS", "observed", "pages_of", "with_files"]

_PLACE = ("obs_collection", "path", "part")
_OF_FILE = ("bytes", "sha256")

PRODUCT_COLUMNS = (
    *OBSCORE,
    *(column for column in OBSERVATIONS if column.name in ("path", "part")),
    *(column for column in FILES if column.name in _OF_FILE),
)
"""What a release keeps of each observed product."""


def observed(catalog: Catalog, columns: Sequence[str] = _PLACE) -> pa.Table:
    """Those of `columns` that there are, of every observed product, in the order of the catalogue.

    A table without columns where there is no product.
    """
    present = {column.name for column in catalog.columns("observations")}
    # Before FITS files were read, every row was of a model.
    if "part" not in present:
        return pa.table({})
    wanted = [name for name in columns if name in present]
    batches = [
        batch.filter(pc.is_null(batch["model_id"])).select(wanted)
        for batch in catalog.batches("observations", ["model_id", *wanted])
    ]
    known = [batch for batch in batches if batch.num_rows]
    return pa.Table.from_batches(known).combine_chunks() if known else pa.table({})


def with_files(catalog: Catalog) -> pa.Table:
    """`PRODUCT_COLUMNS` of every observed product; a table without columns where there is none."""
    names = [column.name for column in PRODUCT_COLUMNS]
    rows = observed(catalog, names)
    if not rows.num_rows:
        return rows
    files = catalog.table("files", ["collection", "path", "kind", *_OF_FILE])
    files = files.filter(pc.equal(files["kind"], "product"))
    place = pc.index_in(_joined(rows, *_PLACE[:2]), value_set=_joined(files, "collection", "path"))
    for name in _OF_FILE:
        rows = rows.append_column(name, files[name].combine_chunks().take(place))
    return rows.select([name for name in names if name in rows.column_names])


def pages_of(products: pa.Table) -> list[str]:
    """(product,) paths of the pages of these rows."""
    if not products.num_rows:
        return []
    places = (products[name].to_pylist() for name in _PLACE)
    return [product_page(*place) for place in zip(*places, strict=True)]


def _joined(table: pa.Table, collection: str, path: str) -> pa.Array:
    # No name of a collection has a slash.
    return pc.binary_join_element_wise(table[collection], table[path], "/").combine_chunks()
