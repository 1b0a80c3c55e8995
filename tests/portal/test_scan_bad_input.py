"""Nothing in a store stops a scan: what is wrong becomes a row that says what and where."""

import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from portal import registry
from portal.catalog.audit import audit_tables
from portal.catalog.rows import _catalogued
from portal.catalog.selection import EVERYTHING
from portal.catalog.table import Catalog
from portal.executors.process import ProcessExecutor
from portal.model.collection import Collection
from portal.scan import Rules
from tests.layout import write_model, write_observation, write_store
from tests.portal.scanning import Misbehaving, run


def problems(catalog, *codes):
    rows = Catalog.open(catalog).table("problems").to_pylist()
    return [row for row in rows if not codes or row["code"] in codes]


def test_broken_files_beside_good_ones(tmp_path):
    store = write_store(tmp_path / "store", 2)
    whole = (store / "models" / "test-000.h5").read_bytes()
    (store / "models" / "empty.h5").write_bytes(b"")
    (store / "models" / "page.h5").write_bytes(b"<!DOCTYPE html><title>404</title>")
    (store / "models" / "short.h5").write_bytes(whole[: len(whole) // 2])
    (store / "models" / "noise.h5").write_bytes(bytes(range(256)) * 64)
    report = run(store, tmp_path / "catalog")
    assert report.rows["models"] == 2
    assert report.rows["files"] == 8
    wrong = {row["path"] for row in problems(tmp_path / "catalog") if row["severity"] == "error"}
    assert wrong == {f"models/{name}.h5" for name in ("empty", "page", "short", "noise")}
    for row in problems(tmp_path / "catalog"):
        assert row["what"]
        assert row["expected"] or row["way_out"]


def test_hostile_names_of_files(tmp_path):
    store = tmp_path / "store"
    names = [
        "with space",
        "ünïcode",
        "quote'\"",
        "<script>alert(1)</script>",
        "a&b;c",
        "..",
        "$(x)",
    ]
    for name in names:
        write_model(store / "models" / f"{name}.h5", "good-name", 1, side=2)
    write_model(store / "models" / "good.h5", "good", 1, side=2)
    run(store, tmp_path / "catalog")
    opened = Catalog.open(tmp_path / "catalog")
    ids = opened.table("models").column("model_id").to_pylist()
    assert "good" in ids
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz-0123456789._+") for name in ids)
    listed = {row["path"] for row in opened.table("files").to_pylist()}
    assert listed == {p.relative_to(store).as_posix() for p in store.rglob("*.h5")} - {
        "models/...h5"
    }
    for row in opened.table("files").to_pylist():
        assert row["url"].isascii()
        assert not set(row["url"]) & set(" <>\"'")


@pytest.mark.parametrize(
    "name", ["../../etc/x", "a/b", "", " ", "x" * 201, "<b>", ".hidden", "a\nb"]
)
def test_hostile_names_of_models(tmp_path, name):
    store = tmp_path / "store"
    write_model(store / "models" / "a.h5", name, 1, side=2)
    run(store, tmp_path / "catalog")
    opened = Catalog.open(tmp_path / "catalog")
    assert name not in opened.table("models").column("model_id").to_pylist()
    assert {row["path"] for row in problems(tmp_path / "catalog")} == {"models/a.h5"}


def test_two_files_of_one_model(tmp_path):
    store = tmp_path / "store"
    write_model(store / "models" / "a" / "w.h5", "w", 1, side=2)
    write_model(store / "models" / "b" / "w.h5", "w", 2, side=2)
    write_observation(store / "observations" / "w.h5", "w", 1)
    write_observation(store / "observations" / "x" / "w.h5", "w", 1)
    report = run(store, tmp_path / "catalog")
    assert (report.rows["models"], report.rows["observations"], report.rows["files"]) == (1, 6, 4)
    model = Catalog.open(tmp_path / "catalog").table("models").to_pylist()[0]
    assert (model["model_path"], model["observation_path"]) == (
        "models/a/w.h5",
        "observations/w.h5",
    )
    found = problems(tmp_path / "catalog", "duplicate-name")
    assert [row["path"] for row in found] == ["models/b/w.h5", "observations/x/w.h5"]
    assert "models/a/w.h5" in found[0]["seen"]
    assert "observations/w.h5" in found[1]["seen"]
    opened = Catalog.open(tmp_path / "catalog")
    owners = {row["path"]: row["model_id"] for row in opened.table("files").to_pylist()}
    assert owners == dict.fromkeys(owners) | {"models/a/w.h5": "w", "observations/w.h5": "w"}
    assert list(audit_tables(opened)) == []
    for name, exporter in registry.members("portal.exporters", "EXPORTER").items():
        written = b"".join(exporter.write(opened, EVERYTHING))
        assert b"models/b/" not in written, name
        assert b"observations/x/" not in written, name


def test_many_copies_are_told_in_one_look_at_the_ledger(tmp_path, monkeypatch):
    looks = []
    monkeypatch.setattr(
        "portal.catalog.rows._catalogued",
        lambda ledger, names: looks.append(names) or _catalogued(ledger, names),
    )
    for number in range(6):
        write_model(tmp_path / "store" / f"{number}.h5", f"m{number % 2}", 1, side=2)
    run(tmp_path / "store", tmp_path / "catalog")
    assert looks == [{"m0", "m1"}]
    assert len(problems(tmp_path / "catalog", "duplicate-name")) == 4


def test_one_name_in_two_collections(tmp_path):
    for part in "ab":
        write_model(tmp_path / part / "models" / "w.h5", "w", 1, side=2)
    both = tuple(Collection(part, part, stores=(str(tmp_path / part),)) for part in "ab")
    report = run(both, tmp_path / "catalog")
    assert report.rows["models"] == 1
    (row,) = problems(tmp_path / "catalog", "duplicate-name")
    assert (row["collection"], row["path"]) == ("b", "models/w.h5")
    assert "(a)" in row["seen"]


def test_one_path_in_two_stores_of_a_collection(tmp_path):
    stores = []
    for part in "ab":
        write_model(tmp_path / part / "models" / "w.h5", "w", 1, side=2)
        stores.append(str(tmp_path / part))
    report = run((Collection("x", "x", stores=tuple(stores)),), tmp_path / "catalog")
    assert report.rows["files"] == 1
    (row,) = problems(tmp_path / "catalog")
    assert (row["code"], row["path"]) == ("duplicate-path", "models/w.h5")


def test_halves_of_models_are_fine(tmp_path):
    store = tmp_path / "store"
    write_model(store / "models" / "m.h5", "m", 1, side=2)
    write_observation(store / "observations" / "o.h5", "o", 2)
    report = run(store, tmp_path / "catalog")
    assert report.problems == {"error": 0, "warning": 0}
    opened = Catalog.open(tmp_path / "catalog")
    paths = {
        row["model_id"]: (row["model_path"], row["observation_path"], row["format"])
        for row in opened.table("models").to_pylist()
    }
    assert paths == {
        "m": ("models/m.h5", None, "atomium-model"),
        "o": (None, "observations/o.h5", "atomium-observation"),
    }


def test_a_file_that_changes_while_it_is_read(tmp_path):
    store = write_store(tmp_path / "store", 2)
    reader = Misbehaving("models/test-001", "append", str(store))
    report = run(store, tmp_path / "catalog", rules=Rules((reader,)))
    assert report.rows["files"] == 3
    (row,) = problems(tmp_path / "catalog")
    assert (row["path"], row["code"]) == ("models/test-001.h5", "being-written")
    again = run(store, tmp_path / "catalog")
    assert again.read == 1
    assert problems(tmp_path / "catalog", "being-written") == []


def test_a_file_that_vanishes_before_it_is_read(tmp_path, monkeypatch):
    store = write_store(tmp_path / "store", 2)
    stat = Path.stat

    def vanishing(self, **options):
        if self.name == "test-001.h5" and self.parent.name == "models":
            raise FileNotFoundError(2, "No such file or directory")
        return stat(self, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", vanishing)
        report = run(store, tmp_path / "catalog")
    assert report.rows["files"] == 3
    (row,) = problems(tmp_path / "catalog")
    assert (row["code"], row["severity"]) == ("vanished", "warning")
    assert run(store, tmp_path / "catalog").rows["files"] == 4


def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path, monkeypatch):
    store = write_store(tmp_path / "store", 1)
    opened = Path.open

    def refusing(self, *arguments, **options):
        if self.name == "test-000.h5" and self.parent.name == "models":
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refusing)
        run(store, tmp_path / "catalog")
    (row,) = problems(tmp_path / "catalog", "unreadable")
    assert row["seen"] == "Permission denied"
    # Permissions change without a trace in size and time.
    assert run(store, tmp_path / "catalog").read == 1
    assert problems(tmp_path / "catalog") == []


def test_a_reader_that_fails_loses_one_file(tmp_path):
    store = write_store(tmp_path / "store", 2)
    report = run(
        store, tmp_path / "catalog", rules=Rules((Misbehaving("models/test-001", "raise"),))
    )
    assert report.rows["files"] == 4
    assert report.problems["error"] == 1
    (row,) = problems(tmp_path / "catalog")
    assert (row["path"], row["code"]) == ("models/test-001.h5", "reader-failed")


def with_parameter(path, name, value, unit=None):
    with h5py.File(path, "r+") as file:
        file["parameters"].attrs[name] = value
        if unit is not None:
            file["parameters"].attrs[f"{name}_unit"] = unit


def parameter(catalog, name):
    rows = Catalog.open(catalog).table("models").to_pylist()
    return {row["model_id"]: row.get(name) for row in rows}


def test_parameters_come_in_the_unit_of_the_schema(tmp_path):
    store, catalog = write_store(tmp_path / "store", 1), tmp_path / "catalog"
    for part in ("models", "observations"):
        with_parameter(store / part / "test-000.h5", "terminal_velocity", 12000.0, "m/s")
    run(store, catalog)
    assert parameter(catalog, "terminal_velocity") == {"test-000": pytest.approx(12.0)}


def test_parameters_that_differ_between_the_files_of_a_model(tmp_path):
    store, catalog = write_store(tmp_path / "store", 1), tmp_path / "catalog"
    with_parameter(store / "observations" / "test-000.h5", "terminal_velocity", 77.0, "km/s")
    run(store, catalog)
    (row,) = problems(catalog)
    assert (row["code"], row["severity"]) == ("parameters-differ", "warning")
    assert row["path"] == "observations/test-000.h5"
    assert row["seen"] == "77.0 km/s"
    assert row["expected"] == "5.0 km/s as in the model file"
    assert parameter(catalog, "terminal_velocity") == {"test-000": 5.0}


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        (1.0, "kg", "wrong-unit"),
        (1.0, "furlong/blorp", "unknown-unit"),
        ("fast", None, "parameter-type"),
        (np.inf, "km/s", "not-finite"),
    ],
)
def test_parameters_that_cannot_be_catalogued_are_null(tmp_path, value, unit, code):
    store, catalog = tmp_path / "store", tmp_path / "catalog"
    write_model(store / "models" / "a.h5", "a", 1, side=2)
    write_model(store / "models" / "b.h5", "b", 1, side=2)
    with_parameter(store / "models" / "b.h5", "terminal_velocity", value, unit)
    run(store, catalog)
    assert parameter(catalog, "terminal_velocity") == {"a": 6.0, "b": None}
    (row,) = problems(catalog)
    assert (row["path"], row["code"], row["severity"]) == ("models/b.h5", code, "warning")
    assert "terminal_velocity" in row["what"]


def test_unknown_parameters_take_unit_and_type_of_most_files(tmp_path):
    store, catalog = tmp_path / "store", tmp_path / "catalog"
    for number, (value, unit) in enumerate([(1, "cm"), (2, "cm"), (0.03, "m"), ("x", None)]):
        path = write_model(store / "models" / f"m{number}.h5", f"m{number}", 1, side=2)
        with_parameter(path, "ring_width", value, unit)
    run(store, catalog)
    found = parameter(catalog, "ring_width")
    assert found == {"m0": 1.0, "m1": 2.0, "m2": pytest.approx(3.0), "m3": None}
    (column,) = [c for c in Catalog.open(catalog).parameters if c.name == "ring_width"]
    assert (column.type, column.unit) == ("float64", "cm")


@pytest.mark.parametrize("name", ["title", "Model_ID", "model id", "1st", "<b>", "Mass_Loss_Rate"])
def test_names_of_parameters_that_cannot_be_columns(tmp_path, name):
    store, catalog = tmp_path / "store", tmp_path / "catalog"
    path = write_model(store / "models" / "a.h5", "a", 1, side=2)
    with_parameter(path, name, 5.0, "K")
    run(store, catalog)
    (row,) = problems(catalog, "parameter-name")
    assert name in row["seen"]
    assert Catalog.open(catalog).table("models").to_pylist()[0]["title"] == "Test wind a"


def test_too_many_parameters_are_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr("portal.catalog.parameters.MOST_COLUMNS", 6)
    store, catalog = tmp_path / "store", tmp_path / "catalog"
    path = write_model(store / "models" / "a.h5", "a", 1, side=2)
    for number in range(5):
        with_parameter(path, f"extra_{number}", number, "K")
    run(store, catalog)
    assert len(Catalog.open(catalog).parameters) == 6
    assert len(problems(catalog, "parameter-name")) == 3


def test_links_and_folders_that_loop(tmp_path):
    store = write_store(tmp_path / "store", 1)
    (store / "models" / "loop").symlink_to(store)
    (store / "me.h5").symlink_to("me.h5")
    report = run(store, tmp_path / "catalog")
    assert (report.rows["models"], report.rows["files"]) == (1, 2)
    assert {row["code"] for row in problems(tmp_path / "catalog")} == {
        "link-to-folder",
        "broken-link",
    }


def test_nothing_is_written_outside_the_catalogue(tmp_path):
    store = write_store(tmp_path / "store", 1)
    write_model(store / "models" / "up.h5", "../../../escaped", 1, side=2)
    before = sorted(tmp_path.rglob("*"))
    executor = ProcessExecutor(1)
    try:
        run(store, tmp_path / "catalog", executor=executor)
    finally:
        executor.close()
    outside = [p for p in tmp_path.rglob("*") if tmp_path / "catalog" not in (p, *p.parents)]
    assert sorted(outside) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file(tmp_path):
    store = write_store(tmp_path / "store", 1)
    (store / "models" / "test-000.h5").chmod(0)
    run(store, tmp_path / "catalog")
    assert problems(tmp_path / "catalog", "unreadable")


def test_a_read_only_copy_of_a_store_can_be_scanned(tmp_path):
    store = write_store(tmp_path / "store", 1)
    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    for path in copy.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert run(copy, tmp_path / "catalog").rows["models"] == 1
    for path in copy.rglob("*"):
        path.chmod(0o755)
