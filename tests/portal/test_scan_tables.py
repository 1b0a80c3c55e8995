"""The tables of a scan: what they hold, in which order, to the byte."""

import json
import random
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.catalog.table import Catalog
from portal.executors.process import ProcessExecutor
from portal.model.schema import MODELS, PARAMETERS, TABLES, TWINS
from tests.layout import write_store
from tests.portal.scanning import contents, run

GOLDEN = Path(__file__).parents[1] / "golden" / "schema.txt"


class Shuffled:
    """Does batches of any size in any order."""

    def __init__(self, seed, size):
        self.random = random.Random(seed)
        self.size = size

    def map(self, function, items, *, lost, limit=None):
        left = list(items)
        self.random.shuffle(left)
        while left:
            batch, left = left[: self.size], left[self.size :]
            yield function(batch)

    def close(self):
        pass


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = write_store(tmp_path_factory.mktemp("store") / "store", 5)
    (root / "models" / "broken.h5").write_bytes(b"nothing")
    return root


@pytest.fixture(scope="module")
def catalog(tmp_path_factory, store):
    root = tmp_path_factory.mktemp("catalog")
    run(store, root)
    return root


@given(seed=st.integers(0, 1000), size=st.integers(1, 12))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_order_of_completion_leaves_no_trace(tmp_path_factory, store, catalog, seed, size):
    other = tmp_path_factory.mktemp("other")
    run(store, other, executor=Shuffled(seed, size))
    assert contents(other) == contents(catalog)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_number_of_processes_leaves_no_trace(tmp_path, store, catalog, workers):
    executor = ProcessExecutor(workers)
    run(store, tmp_path, executor=executor)
    executor.close()
    assert contents(tmp_path) == contents(catalog)


@pytest.mark.parametrize("bucket", [1, 5, 20])
def test_buckets_leave_no_trace(tmp_path, store, catalog, bucket, monkeypatch):
    monkeypatch.setattr("portal.catalog.assembly._BUCKET", bucket)
    monkeypatch.setattr("portal.catalog.ledger._ROWS", bucket)
    run(store, tmp_path)
    assert contents(tmp_path) == contents(catalog)


def test_a_scan_in_two_parts_is_a_scan_in_one(tmp_path, store, catalog):
    part = tmp_path / "part"
    run(store, part, executor=Shuffled(1, 3))
    (part / "files.parquet").unlink()
    run(store, part)
    assert contents(part) == contents(catalog)


def test_the_schema_is_the_published_one(catalog):
    """Changing a column is a change of the format: raise SCHEMA_VERSION with the golden file."""
    opened = Catalog.open(catalog)
    lines = [
        f"{table}.{c.name}: {c.type} [{c.unit}] {c.ucd}{' required' if c.required else ''}"
        for table in TABLES
        for c in opened.columns(table)
    ]
    assert lines == GOLDEN.read_text().splitlines()


def test_columns_are_described(catalog):
    opened = Catalog.open(catalog)
    for table, columns in TABLES.items():
        assert opened.columns(table)[: len(columns)] == columns
        said = pq.read_schema(catalog / f"{table}.parquet").metadata
        assert [c["name"] for c in json.loads(said[b"columns"])] == [
            c.name for c in opened.columns(table)
        ]
        assert said[b"license"] == b"CC-BY-SA-4.0"
        assert said[b"schema_version"] == b"1.4"
    known = {c.name: c for c in PARAMETERS}
    assert opened.parameters == opened.columns("models")[len(MODELS) :]
    assert all(known[c.name] == c for c in opened.parameters)


def test_required_columns_have_values(catalog):
    opened = Catalog.open(catalog)
    for table in TABLES:
        for column in opened.columns(table):
            if column.required:
                assert opened.table(table, [column.name]).column(0).null_count == 0, column.name


def test_files_of_a_table_are_plain_parquet(catalog):
    for table in TABLES:
        said = pq.ParquetFile(catalog / f"{table}.parquet").metadata
        if said.num_row_groups:
            chunk = said.row_group(0).column(0)
            assert (chunk.compression, chunk.has_offset_index) == ("ZSTD", True)
            assert chunk.statistics.has_min_max


def test_twins_hold_the_same(catalog):
    assert set(TABLES) - set(TWINS) == {"provenance"}
    assert not (catalog / "provenance.csv").exists()
    for table in TWINS:
        rows = pd.read_parquet(catalog / f"{table}.parquet")
        twin = pd.read_csv(catalog / f"{table}.csv", keep_default_na=False, na_values=[""])
        assert list(twin.columns) == list(rows.columns)
        assert len(twin) == len(rows)
        for name in rows.columns:
            if rows[name].dtype.kind == "f" and rows[name].notna().any():
                np.testing.assert_array_equal(twin[name], rows[name])
    species = pd.read_csv(catalog / "models.csv")["species"]
    assert set(species) == {"CO;H2;SiO"}


def test_other_programs_read_the_tables(catalog):
    found = duckdb.sql(
        f"select m.model_id, count(*) from '{catalog}/models.parquet' m "
        f"join '{catalog}/observations.parquet' o using (model_id) "
        "where m.terminal_velocity > 6 group by 1 order by 1"
    ).fetchall()
    assert found == [("test-002", 6), ("test-003", 6), ("test-004", 6)]


def test_observations_and_files_follow_the_order_of_models(catalog):
    opened = Catalog.open(catalog)
    models = opened.table("models").column("model_id").to_pylist()
    for table in ("observations", "files"):
        names = opened.table(table).column("model_id").to_pylist()
        assert list(dict.fromkeys(n for n in names if n is not None)) == models
    rows = list(opened.models_with_observations())
    assert [m["model_id"] for m, _, _ in rows] == models
    for model, observations, files in rows:
        assert model["n_observations"] == len(observations) == 6
        assert [f["kind"] for f in files] == ["model", "observation"]
        assert model["bytes"] == sum(f["bytes"] for f in files)
    slim = list(opened.models_with_observations(["title"], ["obs_id"], []))
    assert list(slim[0][0]) == ["model_id", "title"]
    assert [len(o) for _, o, _ in slim] == [6] * 5


def test_addresses_and_identifiers(catalog):
    for row in Catalog.open(catalog).table("observations").to_pylist():
        assert row["access_url"] == f"http://localhost:8000/data/{row['path']}"
        assert row["obs_publisher_did"] == f"ivo://atomium/demo?{row['obs_id']}"
        assert row["access_format"] == "application/x-hdf5"
        assert row["access_estsize"] == -(-row_bytes(catalog, row["path"]) // 1000)


def row_bytes(catalog, path):
    files = Catalog.open(catalog).table("files").to_pylist()
    return next(f["bytes"] for f in files if f["path"] == path)


def test_a_spectrum_is_where_the_table_says(store, catalog):
    import h5py

    for row in Catalog.open(catalog).table("observations").to_pylist():
        with (store / row["path"]).open("rb") as file:
            file.seek(row["spectrum_offset"])
            data = file.read(row["spectrum_nbytes"])
        with h5py.File(store / row["path"]) as file:
            stored = file[row["hdf5_group"]]["spectrum"][()]
        np.testing.assert_array_equal(np.frombuffer(data, row["spectrum_dtype"]), stored)
