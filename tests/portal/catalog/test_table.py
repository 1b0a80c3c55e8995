"""An opened catalogue is whole, or says what is wrong with it."""

import dataclasses
import pickle

import pyarrow.parquet as pq
import pytest

from portal.catalog.metadata import collections_from_json, collections_to_json
from portal.catalog.table import Catalog
from portal.errors import CatalogError
from portal.model.collection import Collection, Contact, Creator
from tests.portal.scanning import run


@pytest.fixture
def catalog(tmp_path, example_store):
    run(example_store, tmp_path / "c")
    return tmp_path / "c"


def restamped(path, **metadata):
    table = pq.read_table(path)
    said = {
        **pq.read_schema(path).metadata,
        b"scan_id": pq.read_metadata(path).metadata[b"scan_id"],
        **{k.encode(): v.encode() for k, v in metadata.items()},
    }
    pq.write_table(table.replace_schema_metadata(said), path)


def test_no_catalogue(tmp_path):
    with pytest.raises(CatalogError, match=r"models\.parquet: there is no such table.*portal scan"):
        Catalog.open(tmp_path)


def test_a_damaged_table(catalog):
    (catalog / "files.parquet").write_bytes(b"PAR1")
    with pytest.raises(CatalogError, match=r"files\.parquet: cannot be read"):
        Catalog.open(catalog)


def test_another_schema(catalog):
    restamped(catalog / "models.parquet", schema_version="2.0")
    with pytest.raises(
        CatalogError, match=r"expected schema version 1\.4, got schema version 2\.0"
    ):
        Catalog.open(catalog)


def test_a_newer_table_of_the_same_version_is_read(catalog):
    for name in ("models", "observations", "files", "problems"):
        restamped(catalog / f"{name}.parquet", schema_version="1.7")
    assert Catalog.open(catalog).counts["models"] == 4


def test_broken_collections(catalog):
    restamped(catalog / "models.parquet", collections="[1]")
    with pytest.raises(CatalogError, match="collections in the catalogue: cannot be read"):
        Catalog.open(catalog)


def test_unknown_names(catalog):
    opened = Catalog.open(catalog)
    with pytest.raises(CatalogError, match=r"table: unknown: expected files or models.*got modles"):
        opened.table("modles")
    with pytest.raises(CatalogError, match=r"column of files: unknown: .*got sha"):
        opened.table("files", ["sha"])
    with pytest.raises(CatalogError, match=r"collection: .*expected demo, got other"):
        opened.collection("other")
    assert opened.collection("demo").title == "Demo"


def test_batches_are_the_table(catalog):
    opened = Catalog.open(catalog)
    batches = list(opened.batches("observations", ["obs_id"], size=5))
    assert max(b.num_rows for b in batches) <= 5
    rows = [row for b in batches for row in b.to_pylist()]
    assert rows == opened.table("observations", ["obs_id"]).to_pylist()


def test_an_opened_catalogue_travels_to_other_processes(catalog):
    opened = Catalog.open(catalog)
    assert pickle.loads(pickle.dumps(opened)) == opened


def test_settings_travel_in_the_tables_but_places_stay_private():
    collection = Collection(
        "a",
        "A é",
        stores=("/secret",),
        exclude=("x",),
        creators=(Creator("N", "I", "0000-0002-1825-0097"),),
        contact=Contact("C", "c@example.org"),
    )
    text = collections_to_json([collection])
    assert "secret" not in text
    assert collections_from_json(text) == (dataclasses.replace(collection, stores=(), exclude=()),)
    assert collections_from_json(text.replace('"doi"', '"unheard_of"'))[0].doi == ""
