"""Rows in pieces are the rows in one, and so is the Parquet file that is made of them."""

import io

import pyarrow.parquet as pq
import pytest

from portal.catalog import extract, pieces
from portal.catalog.flat import csv_pieces
from portal.catalog.selection import choose
from portal.catalog.table import Catalog
from portal.commands._common import as_text
from portal.commands.query import _listed
from portal.exporters.csv import EXPORTER as CSV
from portal.exporters.parquet import EXPORTER

SELECTIONS = [
    ("models", "", None, None),
    ("models", "mass_loss_rate > 1.2e-7", None, ("model_id", "species")),
    ("models", "mass_loss_rate > 1", None, None),
    ("observations", "", 0, None),
    ("observations", 'line == "CO 2-1" and mass_loss_rate > 1.2e-7', None, None),
    ("observations", 'morphology == "disk"', 2, ("path", "morphology")),
    ("observations", "inclination > 10", 7, ("line", "terminal_velocity")),
]


@pytest.mark.parametrize(("table", "text", "limit", "columns"), SELECTIONS)
def test_pieces_are_the_whole(table, text, limit, columns, example_catalog, monkeypatch):
    monkeypatch.setattr(pieces, "_ROWS", 5)
    monkeypatch.setattr(extract, "_GROUP", 7)
    catalog = Catalog.open(example_catalog)
    selection = choose(catalog, text, table, limit, columns)
    whole = selection.rows(catalog)
    told = list(EXPORTER.write(catalog, selection))
    assert pq.read_table(io.BytesIO(b"".join(told))).equals(whole.combine_chunks())
    assert b"".join(CSV.write(catalog, selection)) == b"".join(csv_pieces(whole.schema, [whole]))
    printed = b"".join(_listed(pieces.row_pieces(catalog, selection))).decode()
    assert printed == as_text(whole.to_pylist()) + "\n"
    assert (len(told) > 1) == (len(whole) >= 7)
