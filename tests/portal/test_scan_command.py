"""``portal scan`` as users call it."""

import json
import sys

import pytest
from click.testing import CliRunner

from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND
from portal.errors import ConfigError
from tests.layout import write_store


@pytest.fixture
def store(tmp_path):
    return write_store(tmp_path / "store", 2)


def call(*arguments):
    result = CliRunner().invoke(COMMAND, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_store_without_settings(tmp_path, store):
    result = call(store, "--catalog", tmp_path / "c", "--workers", 0)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2 models, 12 observations, 4 files, 0 errors, 0 warnings",
        "files: 4 read, 0 hashed, 4 new, 0 changed, 0 deleted, 0 unchanged",
    ]
    assert result.stderr == ""


def test_for_machines(tmp_path, store):
    call(store, "--catalog", tmp_path / "c", "--workers", 1, "--no-checksums")
    result = call(store, "--catalog", tmp_path / "c", "--workers", 0, "--json")
    said = json.loads(result.stdout)
    assert said.pop("scan_id")
    assert said == {
        "read": 0,
        "hashed": 4,
        "new": 0,
        "changed": 0,
        "deleted": 0,
        "unchanged": 4,
        "rows": {"models": 2, "observations": 12, "files": 4, "problems": 0, "provenance": 0},
        "problems": {"error": 0, "warning": 0},
        "unfit": [],
        "unsorted": [],
    }


def test_strict_is_an_exit_status_after_all_is_written(tmp_path, store):
    (store / "models" / "bad.h5").write_bytes(b"no")
    result = call(store, "--catalog", tmp_path / "c", "--workers", 0, "--strict")
    assert result.exit_code == 1
    assert "2 models, 12 observations, 5 files, 1 error," in result.stdout
    assert (tmp_path / "c" / "models.parquet").exists()
    assert call(store, "--catalog", tmp_path / "c", "--workers", 0).exit_code == 0


def test_collections_of_the_catalogue_name_the_stores(tmp_path, store):
    folder = tmp_path / "c" / "collections"
    folder.mkdir(parents=True)
    (folder / "w.toml").write_text('id = "w"\ntitle = "W"\nstores = ["../../store"]\n')
    result = call("--catalog", tmp_path / "c", "--workers", 0)
    assert "2 models" in result.stdout
    (folder / "v.toml").write_text('id = "v"\ntitle = "V"\n')
    with pytest.raises(ConfigError, match=r"cannot tell its collection.*choose one with --config"):
        call(store, "--catalog", tmp_path / "c", "--workers", 0)
    result = call(store, "--catalog", tmp_path / "c", "--config", folder / "v.toml", "--workers", 0)
    assert "4 new" in result.stdout


def test_nothing_to_scan_is_explained(tmp_path):
    with pytest.raises(ConfigError, match=r"store: none named.*--config"):
        call("--catalog", tmp_path / "c")


def test_a_mapping_makes_another_layout_readable(tmp_path):
    import h5py

    (tmp_path / "store").mkdir()
    with h5py.File(tmp_path / "store" / "other.h5", "w") as file:
        file["density"] = [1.0, 2.0]
        file.attrs["mdot"] = 1e-6
    arguments = (tmp_path / "store", "--catalog", tmp_path / "c", "--workers", 0)
    assert "0 models" in call(*arguments).stdout
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "other.map").write_text(
        "match: density\nmodel_id: $STEM\nparameter.mass_loss_rate: /@mdot [solMass/yr]\n"
    )
    result = call(*arguments, "--mappings", tmp_path / "maps")
    assert "1 model," in result.stdout
    assert "1 read" in result.stdout


def test_help_has_an_example():
    assert "portal scan --config catalog/collections/demo.toml" in call("--help").stdout


def test_the_bar_is_for_terminals_only(tmp_path, store, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert call(store, "--catalog", tmp_path / "c", "--workers", 0).stderr == ""


def test_mappings_are_found_where_the_way_out_says(tmp_path, monkeypatch):
    import h5py

    (tmp_path / "store").mkdir()
    with h5py.File(tmp_path / "store" / "other.h5", "w") as file:
        file["density"] = [1.0, 2.0]
    text = "match: density\nmodel_id: $STEM\n"
    monkeypatch.chdir(tmp_path)
    arguments = (tmp_path / "store", "--catalog", tmp_path / "c", "--workers", 0)
    assert "0 models" in call(*arguments).stdout
    (told,) = Catalog.open(tmp_path / "c").table("problems").to_pylist()
    for folder in ("folder mappings of the catalogue", "catalog/mappings", "--mappings"):
        assert folder in told["way_out"]
    shipped, own = tmp_path / "catalog" / "mappings", tmp_path / "c" / "mappings"
    shipped.mkdir(parents=True)
    (shipped / "other.map").write_text(text)
    assert "1 model," in call(*arguments).stdout
    own.mkdir()
    assert "0 models" in call(*arguments).stdout
    assert "1 model," in call(*arguments, "--mappings", own, "--mappings", shipped).stdout


def test_an_order_by_no_parameter_is_said(tmp_path, store):
    config = tmp_path / "w.toml"
    config.write_text('id = "w"\ntitle = "W"\nsort_by = ["mass_loss_rate", "mass_lose"]\n')
    result = call(store, "--catalog", tmp_path / "c", "--config", config, "--workers", 0)
    assert result.stderr == "sort_by: no parameter of the catalogue: got mass_lose (w)\n"
    assert call(store, "--catalog", tmp_path / "d", "--workers", 0).stderr == ""


@pytest.mark.parametrize("inner", ["", "models", "../store/models"])
def test_stores_that_share_files_are_refused(tmp_path, store, inner):
    other = store / inner
    with pytest.raises(ConfigError, match=r"share files: .*got .*store \(default\) and .*store"):
        call(store, other, "--catalog", tmp_path / "c", "--workers", 0)
