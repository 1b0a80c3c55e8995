"""The published store against the catalogue: every missing or changed file, and a bad host."""

import shutil

import pytest
from click.testing import CliRunner

from portal.catalog.audit_remote import audit_remote
from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND as SCAN
from portal.server import Faults, serving


@pytest.fixture
def store(example_store, tmp_path):
    return shutil.copytree(example_store, tmp_path / "store")


@pytest.fixture
def server(tmp_path, store):
    (tmp_path / "site").mkdir()
    with serving(tmp_path / "site", store) as running:
        yield running


@pytest.fixture
def catalog(server, store, tmp_path) -> Catalog:
    config = tmp_path / "winds.toml"
    config.write_text(
        f'id = "winds"\ntitle = "Winds"\nstores = ["{store}"]\n'
        f'site_url = "{server.url}"\ndata_url = "data/"\n'
    )
    folder = tmp_path / "catalog"
    arguments = ["--config", str(config), "--catalog", str(folder), "--workers", "0"]
    CliRunner().invoke(SCAN, arguments, catch_exceptions=False)
    return Catalog.open(folder)


def found(catalog):
    return [(p.path, p.code) for p in audit_remote(catalog, attempts=1, pause=0.001)]


def test_a_sound_host_costs_one_request_a_file_and_moves_one_byte(catalog, server):
    assert found(catalog) == []
    assert len(server.requests) == 8 + 1
    assert sum(served.bytes for served in server.requests) == 1


def test_missing_and_changed_files_are_listed(catalog, store):
    (store / "models" / "test-001.h5").unlink()
    (store / "observations" / "test-003.h5").write_bytes(b"short")
    assert found(catalog) == [
        ("models/test-001.h5", "missing-file"),
        ("observations/test-003.h5", "wrong-size"),
    ]


def test_a_host_without_ranges_is_said_once(catalog, server):
    server.troubles.faults = Faults(ranges=False)
    problems = list(audit_remote(catalog, attempts=1, pause=0.001))
    assert [p.code for p in problems] == ["bad-host", "bad-host"]
    assert problems[0].seen == "status 200"
