"""Observed products of a store: FITS files, whose rows belong to no model."""

from pathlib import Path

from portal.mapping import Mapping
from portal.model.record import FileRecord
from portal.obscore.products import found_in
from portal.readers import finished
from portal.stores.local import FITS_SUFFIXES

__all__ = ["is_product", "read_product"]


def is_product(path: str) -> bool:
    """Whether the file is one of observed products, by its name."""
    return path.lower().endswith(FITS_SUFFIXES)


def read_product(path_on_disk: Path, path: str, mapping: Mapping | None) -> FileRecord:
    """All that one FITS file says; whatever is wrong with it becomes a problem of the record.

    Parameters
    ----------
    path_on_disk
        The file to read.
    path
        Its path in the store, with ``/`` between folders.
    mapping
        Rules of its collection.
    """
    found = found_in(path_on_disk, path, mapping)
    rows = tuple(
        {**given.row, "path": path, "part": given.part, "n_channels": given.row.get("em_xel")}
        for given in found.rows
    )
    record = FileRecord("product" if rows else "other", "fits", None, (), rows, found.problems)
    return finished(record, path)
