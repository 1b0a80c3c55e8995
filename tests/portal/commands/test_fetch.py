"""``portal fetch`` and ``portal verify`` against a served site."""

import json
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from time import sleep

import h5py
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from portal.catalog.paths import model_page
from portal.client.plan import size
from portal.client.sums import Sums
from portal.commands.fetch import COMMAND as FETCH
from portal.commands.verify import COMMAND as VERIFY
from portal.errors import CatalogError, ConfigError, FetchError
from portal.server import Faults, serving


@pytest.fixture
def server(example_catalog, example_store, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(example_catalog, tmp_path / "site" / "catalog")
    with serving(tmp_path / "site", example_store) as running:
        yield running


def run(command, *arguments, **options):
    words = [str(word) for word in arguments]
    return CliRunner().invoke(command, words, catch_exceptions=False, **options)


def test_fetch_then_verify(server, tmp_path):
    to = tmp_path / "to"
    arguments = ("n_points > 1", "--catalog", server.url, "--to", to, "--only", "models")
    done = run(FETCH, *arguments)
    assert done.exit_code == 0
    models = pd.read_parquet(tmp_path / "site" / "catalog" / "files.parquet")
    size_of_models = size(models.loc[models["kind"] == "model", "bytes"].sum())
    assert done.stderr == f"4 files, {size_of_models}\n4 fetched, 0 there already, 0 failed\n"
    again = json.loads(run(FETCH, *arguments, "--json").stdout)
    assert again == {
        "failed": [],
        "fetched": [],
        "kept": [f"models/test-00{n}.h5" for n in range(4)],
    }
    assert run(VERIFY, to).exit_code == 0
    found = run(VERIFY, to, "--catalog", server.url, "--json")
    problems = json.loads(found.stdout)["problems"]
    assert found.exit_code == 1
    assert [(p["path"], p["code"]) for p in problems] == [
        (f"observations/test-00{n}.h5", "missing") for n in range(4)
    ]
    some = ("--catalog", server.url, "--where", 'model_id == "test-001"', "--only", "models")
    assert run(VERIFY, to, *some).stderr == "1 file: no problems\n"


def test_a_dry_run_fetches_nothing(server, tmp_path):
    done = run(FETCH, "--catalog", server.url, "--to", tmp_path / "to", "--dry-run", "--json")
    said = json.loads(done.stdout)
    assert len(said["files"]) == 8
    assert said["bytes"] > 100_000
    assert not (tmp_path / "to").exists()
    assert all("catalog" in served.path for served in server.requests)


def test_a_dry_run_says_files_size_and_time(server, tmp_path):
    done = run(FETCH, "--catalog", server.url, "--dry-run")
    assert done.stderr.splitlines()[0] == "files  8 (4 models, 4 observations)"
    assert "at 100 Mbit/s" in done.stderr


def test_names_come_from_a_file_or_a_pipe(server, tmp_path):
    to = tmp_path / "to"
    names = "test-002\n\ntest-000\ntest-002\n"
    (tmp_path / "names.txt").write_text(names)
    arguments = ("--catalog", server.url, "--to", to, "--only", "models", "--json")
    done = run(FETCH, *arguments, "--names", tmp_path / "names.txt")
    assert json.loads(done.stdout)["fetched"] == ["models/test-000.h5", "models/test-002.h5"]
    again = run(FETCH, *arguments, "--names", "-", input="test-000\nparrot\n")
    assert again.exit_code == 1
    assert "portal: parrot: no such model in the catalogue" in again.stderr
    assert json.loads(again.stdout)["kept"] == ["models/test-000.h5"]
    with pytest.raises(ConfigError, match="one of them"):
        run(FETCH, "bytes > 1", *arguments, "--names", "-", input="")


def test_spectra_come_in_one_file(server, tmp_path, example_store):
    arguments = ('line == "CO 2-1" and terminal_velocity > 6', "--catalog", server.url)
    spectra = ("--only", "spectra", "--json", "--to")
    for to, name in ((tmp_path, "spectra.parquet"), (tmp_path / "all.h5", "all.h5")):
        server.requests.clear()
        done = run(FETCH, *arguments, *spectra, to)
        assert json.loads(done.stdout)["spectra"] == 6
        assert json.loads(done.stdout)["file"] == str(tmp_path / name)
        moved = [served for served in server.requests if served.path.startswith("/data/")]
        assert 2 <= len(moved) <= 12
        assert {served.status for served in moved} == {206}
    table = pd.read_parquet(tmp_path / "spectra.parquet")
    assert set(table["model_id"]) == {"test-002", "test-003"}
    with h5py.File(tmp_path / "all.h5") as file:
        assert file["flux"].attrs["unit"] == "Jy"
        for n, row in table.iterrows():
            assert file["hdf5_group"].asstr()[n] == row["hdf5_group"]
            assert file["inclination"][n] == row["inclination"]
            with h5py.File(example_store / row["path"]) as origin:
                group = origin[row["hdf5_group"]]
                for ours, theirs in (("velocity", "velocity"), ("flux", "spectrum")):
                    np.testing.assert_array_equal(row[ours], group[theirs][()])
                    np.testing.assert_array_equal(file[ours][n], group[theirs][()])
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


def test_spectra_have_a_form_that_is_known(server, tmp_path):
    arguments = ("--catalog", server.url, "--only", "spectra", "--to")
    with pytest.raises(FetchError, match=r"expected a name that ends in \.h5 or .*got all\.csv"):
        run(FETCH, *arguments, tmp_path / "all.csv")
    dry = run(FETCH, *arguments, tmp_path / "all.h5", "--dry-run")
    assert dry.stderr.startswith("24 spectra, ")
    assert not (tmp_path / "all.h5").exists()
    none = run(FETCH, 'model_id == "none"', *arguments, tmp_path / "none.parquet")
    assert none.exit_code == 0
    assert len(pd.read_parquet(tmp_path / "none.parquet")) == 0


def test_previews_are_the_pictures_of_the_site(server, tmp_path):
    picture = tmp_path / "site" / model_page("test-001").replace(".html", ".png")
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG a picture")
    arguments = ("--catalog", server.url, "--only", "previews", "--to", tmp_path / "to")
    done = run(FETCH, 'model_id == "test-001"', *arguments)
    assert done.exit_code == 0, done.stderr
    there = tmp_path / "to" / "previews" / "test-001.png"
    assert there.read_bytes() == picture.read_bytes()
    again = run(FETCH, 'model_id <= "test-001"', *arguments, "--json")
    assert json.loads(again.stdout)["kept"] == ["previews/test-001.png"]
    assert "test-000.png: the host refuses: got status 404" in again.stderr


def test_a_failed_download_is_exit_status_1(server, tmp_path, example_store):
    elsewhere = tmp_path / "store"
    shutil.copytree(example_store, elsewhere)
    (elsewhere / "models" / "test-001.h5").unlink()
    with serving(tmp_path / "site", elsewhere) as server:
        done = run(FETCH, "--catalog", server.url, "--to", tmp_path / "to")
    assert done.exit_code == 1
    assert "models/test-001.h5: the host refuses: got status 404" in done.stderr
    assert "7 fetched, 0 there already, 1 failed" in done.stderr


@contextmanager
def _full(bytes):
    """A disk that has no room for longer files, as far as this process is concerned."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_nothing_half_written(server, tmp_path):
    to = tmp_path / "to"
    arguments = ("--catalog", server.url, "--to")
    run(FETCH, *arguments, to, "--dry-run")
    for name in ("x.h5", "x.parquet"):
        run(FETCH, *arguments, to / name, "--only", "spectra", "--dry-run")
        with _full(4096), pytest.raises(ConfigError, match=rf"{name}: cannot be written.*--to"):
            run(FETCH, *arguments, to / name, "--only", "spectra")
    assert list(to.iterdir()) == []
    with _full(100):
        done = run(FETCH, *arguments, to)
    assert done.exit_code == 1
    assert "0 fetched, 0 there already, 8 failed" in done.stderr
    with _full(100), pytest.raises(FetchError, match="SHA256SUMS: cannot be written"):
        Sums(to).add({f"{n}.h5": "0" * 64 for n in range(4)})
    assert list(to.glob("SHA256SUMS*")) == []


def test_what_cannot_be_used_is_said(server, tmp_path, monkeypatch):
    (tmp_path / "names").write_bytes(b"\xff\xfe\n")
    with pytest.raises(ConfigError, match=r"--names: .*in UTF-8.*names\]"):
        run(FETCH, "--catalog", server.url, "--names", tmp_path / "names")
    with pytest.raises(FetchError, match="names: cannot be used as a folder"):
        run(FETCH, "--catalog", server.url, "--to", tmp_path / "names")
    with pytest.raises(CatalogError, match="http:// or https://, or a folder, got ftp://x/"):
        run(FETCH, "--catalog", "ftp://x/")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "names"))
    with pytest.raises(CatalogError, match=r"copies of tables cannot be kept.*XDG_CACHE_HOME"):
        run(FETCH, "--catalog", server.url)


def test_ctrl_c_ends_a_fetch_whose_host_stalls(server, tmp_path, example_store):
    to = tmp_path / "to"
    slow = Faults(bytes_per_second=1, only="/data/")
    with serving(tmp_path / "site", example_store, faults=slow) as server:
        words = [sys.executable, "-m", "portal", "fetch", "--catalog", server.url, "--to", str(to)]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as running:
            while running.poll() is None and not list(to.rglob("*.part")):
                sleep(0.01)
            running.send_signal(signal.SIGINT)
            # Ten seconds before the silence of the host itself would end it.
            _, said = running.communicate(timeout=20)
    assert running.returncode == 130, said
    assert said.endswith("portal: stopped; run the command again to go on\n")
    assert not list(to.rglob("*.h5"))


def test_a_damaged_file_is_a_line(server, tmp_path):
    to = tmp_path / "to"
    run(FETCH, "--catalog", server.url, "--to", to)
    (to / "models" / "test-002.h5").write_text("<html>busy</html>")
    done = run(VERIFY, to)
    assert done.exit_code == 1
    assert done.stdout.startswith("models/test-002.h5: is a web page")
