"""Observed products of a store: FITS files, whose rows belong to no model."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePath

from portal.catalog.origins import BY_CATALOGUE
from portal.mapping import Mapping
from portal.model.measurement import Measurement
from portal.model.record import FileRecord, Row
from portal.obscore.products import found_in
from portal.obscore.provenance import Given, provenance_rows
from portal.readers import finished
from portal.stores.local import FITS_SUFFIXES

__all__ = ["is_product", "read_product"]

_NUMBER = re.compile(r"[\d.eE+-]+")
"""Of a channel or of a wavelength, which names no filter."""
_OF_FILE = ("path", "obs_publisher_did")


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
    rows = tuple(_row(given, path) for given in found.rows)
    origins = tuple(row for given in found.rows for row in _origins(given, mapping))
    record = FileRecord(
        "product" if rows else "other", "fits", None, (), rows, found.problems, origins
    )
    return finished(record, path)


def _row(given: Given, path: str) -> Row:
    row: Row = {**given.row, "path": path, "part": given.part}
    row |= {"n_channels": given.row.get("em_xel"), "filters": _filters(given)}
    told = given.measurement or Measurement()
    return row | {
        "o_unit": told.unit,
        "indexed_axes": told.indexed,
        "background": told.background,
        "uncertainty": told.uncertainty,
    }


def _filters(given: Given) -> str | None:
    """Names of the filters, one after the other, as the first keywords tell that name any."""
    named = (names for names in given.filters if not all(map(_NUMBER.fullmatch, names)))
    return "; ".join(next(named, ())) or None


def _origins(given: Given, mapping: Mapping | None) -> Iterator[Row]:
    """Where its values are from; of what the catalogue says itself, rules that have no say."""
    file = mapping.script.place.file if mapping else ""
    for row in provenance_rows([given]):
        told = {key: value for key, value in row.items() if key not in _OF_FILE}
        for key in ("where", "note") if file else ():
            # Where the rules lie on this machine is nobody's business.
            told[key] = str(told[key]).replace(file, PurePath(file).name)
        if row["column"] not in BY_CATALOGUE:
            yield told
        elif row["kind"] == "mapping":
            yield told | {"used": False}
