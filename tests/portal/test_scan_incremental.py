"""A scan does what has to be done and nothing else."""

import hashlib
import os
import shutil
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from portal.catalog.table import Catalog
from portal.scan import run as scan_module
from tests.layout import write_model, write_observation, write_store
from tests.portal.scanning import collection, contents, run

_watched: list[str] | None = None


def _note(event, arguments):
    if event == "open" and _watched is not None:
        _watched.append(str(arguments[0]))


sys.addaudithook(_note)


@pytest.fixture
def opened():
    """Names of the files that Python opens while the test lasts."""
    global _watched
    _watched = []
    yield _watched
    _watched = None


@pytest.fixture
def store(tmp_path, example_store):
    shutil.copytree(example_store, tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def catalog(tmp_path):
    return tmp_path / "catalog"


def of_store(opened, store):
    return [name for name in opened if name.startswith(str(store))]


def test_an_unchanged_store_is_not_opened_and_nothing_is_written(store, catalog, opened):
    first = run(store, catalog)
    assert len(of_store(opened, store)) >= 8
    times = {path: path.stat().st_mtime_ns for path in catalog.glob("*.*")}
    opened.clear()
    again = run(store, catalog)
    assert of_store(opened, store) == []
    assert (again.read, again.hashed, again.unchanged, again.scan_id) == (0, 0, 8, first.scan_id)
    assert times == {path: path.stat().st_mtime_ns for path in catalog.glob("*.*")}


def test_rows_of_unchanged_files_survive_though_their_bytes_are_gone(store, catalog):
    run(store, catalog)
    before = contents(catalog)
    for path in store.rglob("*.h5"):
        said = path.stat()
        path.write_bytes(b"?" * said.st_size)
        os.utime(path, ns=(said.st_atime_ns, said.st_mtime_ns))
    settings = (collection(store, version="9"),)
    run(settings, catalog)
    after = contents(catalog)
    for table in ("models", "observations", "files", "problems"):
        assert after[f"{table}.csv"] == before[f"{table}.csv"]


def test_new_changed_and_deleted_files(store, catalog):
    run(store, catalog)
    write_model(store / "models" / "test-900.h5", "test-900", 7)
    write_observation(store / "observations" / "test-001.h5", "test-001", 1, channels=31)
    (store / "observations" / "test-002.h5").unlink()
    (store / "models" / "test-003.h5").unlink()
    (store / "observations" / "test-003.h5").unlink()
    report = run(store, catalog)
    assert (report.new, report.changed, report.deleted, report.unchanged) == (1, 1, 3, 4)
    assert report.read == 2
    fresh = catalog.with_name("fresh")
    run(store, fresh)
    assert contents(catalog) == contents(fresh)
    opened = Catalog.open(catalog)
    counted = {m["model_id"]: len(o) for m, o, _ in opened.models_with_observations()}
    assert counted == {"test-000": 6, "test-001": 6, "test-002": 0, "test-900": 0}


def test_missing_hashes_are_added_without_reading(store, catalog, monkeypatch):
    without = run(store, catalog, checksums=False)
    assert Catalog.open(catalog).table("files").column("sha256").null_count == 8
    assert run(store, catalog, checksums=False).scan_id == without.scan_id

    def refuse(*_):
        raise AssertionError("was read")

    monkeypatch.setattr("portal.scan.task.read_file", refuse)
    report = run(store, catalog)
    assert (report.read, report.hashed, report.unchanged) == (0, 8, 8)
    files = Catalog.open(catalog).table("files", ["path", "sha256"]).to_pylist()
    wanted = {
        f["path"]: hashlib.sha256((store / f["path"]).read_bytes()).hexdigest() for f in files
    }
    assert {f["path"]: f["sha256"] for f in files} == wanted
    monkeypatch.undo()
    run(store, catalog.with_name("fresh"))
    assert contents(catalog) == contents(catalog.with_name("fresh"))
    # Known hashes stay when nobody asks for them.
    assert run(store, catalog, checksums=False).hashed == 0
    assert Catalog.open(catalog).table("files").column("sha256").null_count == 0


def test_other_readers_read_again_but_do_not_hash_again(store, catalog, monkeypatch):
    first = run(store, catalog)
    monkeypatch.setattr(scan_module, "reading_fingerprint", lambda key: "another" + key)

    def refuse(*_):
        raise AssertionError("was hashed")

    monkeypatch.setattr("portal.scan.task._sha256", refuse)
    report = run(store, catalog)
    assert (report.read, report.unchanged, report.scan_id) == (8, 8, first.scan_id)
    assert run(store, catalog).read == 0


def test_other_mappings_read_again(store, catalog):
    run(store, catalog, rules_key="one")
    assert run(store, catalog, rules_key="one").read == 0
    assert run(store, catalog, rules_key="two").read == 8


def test_another_setting_of_the_collection_takes_effect(store, catalog):
    run(store, catalog)
    moved = collection(store, data_url="https://example.org/d/", license="CC-BY-4.0", authority="x")
    report = run((moved,), catalog)
    assert report.read == 0
    opened = Catalog.open(catalog)
    assert opened.collections == (replace(moved, stores=()),)
    row = opened.table("observations").slice(0, 1).to_pylist()[0]
    assert row["access_url"] == f"https://example.org/d/{row['path']}"
    assert row["obs_publisher_did"].startswith("ivo://x/demo?")


def test_excluded_files_leave_the_catalogue(store, catalog):
    run(store, catalog)
    report = run((collection(store, exclude=("*/test-00[12].h5",)),), catalog)
    assert (report.deleted, report.rows["models"], report.read) == (4, 2, 0)


def test_a_store_that_moves_is_not_read_again(store, catalog):
    run(store, catalog)
    store.rename(store.with_name("elsewhere"))
    report = run(store.with_name("elsewhere"), catalog)
    assert (report.read, report.unchanged) == (0, 8)


def test_a_damaged_memory_only_costs_time(store, catalog, monkeypatch):
    run(store, catalog)
    before = contents(catalog)
    monkeypatch.setattr("portal.scan.task._sha256", lambda path: pytest.fail("was hashed"))
    state = catalog / ".scan"
    (state / "index.parquet").write_bytes(b"PAR1 rubbish")
    assert run(store, catalog).read == 8
    assert contents(catalog) == before
    (state / "records.parquet").write_bytes(b"")
    assert run(store, catalog).read == 8
    assert contents(catalog) == before
    pq.write_table(pq.read_table(state / "records.parquet").slice(1), state / "records.parquet")
    assert run(store, catalog).read == 8
    assert contents(catalog) == before
    shutil.rmtree(state)
    assert run(store, catalog).read == 8
    assert contents(catalog) == before


def test_a_lost_table_comes_back_without_reading(store, catalog):
    run(store, catalog)
    before = contents(catalog)
    (catalog / "models.parquet").unlink()
    assert run(store, catalog).read == 0
    assert contents(catalog) == before


def test_an_empty_store_is_an_empty_catalogue(tmp_path, catalog):
    (tmp_path / "empty").mkdir()
    report = run(tmp_path / "empty", catalog)
    assert set(report.rows) == {"models", "observations", "files", "problems", "provenance"}
    assert not any(report.rows.values())
    assert list(Catalog.open(catalog).models_with_observations()) == []


def test_all_files_gone_is_an_empty_catalogue(tmp_path, catalog):
    store = write_store(tmp_path / "s", 2)
    run(store, catalog)
    for path in store.rglob("*.h5"):
        path.unlink()
    assert run(store, catalog).rows["models"] == 0
