"""Tables of two scans are never used together."""

import shutil

import pyarrow.parquet as pq
import pytest

from portal.catalog.table import Catalog
from portal.errors import CatalogError


@pytest.fixture
def catalog(example_catalog, tmp_path):
    return shutil.copytree(example_catalog, tmp_path / "catalog")


def _of_another_scan(path):
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, "scan_id": "x"}), path)


def test_a_catalogue_of_two_scans_does_not_open(catalog):
    _of_another_scan(catalog / "files.parquet")
    with pytest.raises(CatalogError, match=r"different scans.*files x"):
        Catalog.open(catalog)


def test_a_table_replaced_while_in_use_is_noticed(catalog):
    opened = Catalog.open(catalog)
    assert len(opened.scan_id) >= 32
    _of_another_scan(catalog / "files.parquet")
    assert opened.table("models").num_rows == 4
    with pytest.raises(CatalogError, match=r"files\.parquet: was replaced"):
        opened.table("files")
