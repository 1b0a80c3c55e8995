"""``portal fetch`` and ``portal verify`` against a served site."""

import json
import shutil

import pytest
from click.testing import CliRunner

from portal.commands.fetch import COMMAND as FETCH
from portal.commands.verify import COMMAND as VERIFY
from portal.server import serving


@pytest.fixture
def server(example_catalog, example_store, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(example_catalog, tmp_path / "site" / "catalog")
    with serving(tmp_path / "site", example_store) as running:
        yield running


def run(command, *arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)


def test_fetch_then_verify(server, tmp_path):
    to = tmp_path / "to"
    arguments = ("n_points > 1", "--catalog", server.url, "--to", to, "--only", "models")
    done = run(FETCH, *arguments)
    assert done.exit_code == 0
    assert done.stderr == "4 files, 0.2 MB\n4 fetched, 0 there already, 0 failed\n"
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
    assert run(VERIFY, to, *some).stderr == "1 files: no problems\n"


def test_a_dry_run_fetches_nothing(server, tmp_path):
    done = run(FETCH, "--catalog", server.url, "--to", tmp_path / "to", "--dry-run", "--json")
    said = json.loads(done.stdout)
    assert len(said["files"]) == 8
    assert said["bytes"] > 100_000
    assert not (tmp_path / "to").exists()
    assert all("catalog" in served.path for served in server.requests)


def test_a_failed_download_is_exit_status_1(server, tmp_path, example_store):
    elsewhere = tmp_path / "store"
    shutil.copytree(example_store, elsewhere)
    (elsewhere / "models" / "test-001.h5").unlink()
    with serving(tmp_path / "site", elsewhere) as server:
        done = run(FETCH, "--catalog", server.url, "--to", tmp_path / "to")
    assert done.exit_code == 1
    assert "models/test-001.h5: the host refuses: got status 404" in done.stderr
    assert "7 fetched, 0 there already, 1 failed" in done.stderr


def test_a_damaged_file_is_a_line(server, tmp_path):
    to = tmp_path / "to"
    run(FETCH, "--catalog", server.url, "--to", to)
    (to / "models" / "test-002.h5").write_text("<html>busy</html>")
    done = run(VERIFY, to)
    assert done.exit_code == 1
    assert done.stdout.startswith("models/test-002.h5: is a web page")
