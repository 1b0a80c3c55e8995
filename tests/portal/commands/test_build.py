"""``portal build`` from the command line."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.commands.build import COMMAND
from portal.errors import BuildError, CatalogError
from tests.layout import write_store
from tests.portal.catalogs import scanned

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where every test builds: the written pages take seconds, and are kept beside the site."""
    return tmp_path_factory.mktemp("built") / "site"


@pytest.fixture
def site(place):
    shutil.rmtree(place, ignore_errors=True)
    return place


@pytest.fixture
def run(tmp_path, site):
    def invoke(*arguments):
        told = ["--catalog", str(tmp_path / "catalog"), "--site", str(site)]
        given = [*told, "--mkdocs", str(ROOT / "mkdocs.yml"), *arguments]
        return CliRunner().invoke(COMMAND, given)

    return invoke


@pytest.fixture
def store(tmp_path):
    store = write_store(tmp_path / "store", 2)
    scanned(store, tmp_path / "catalog")
    return store


def test_reports_in_words_and_in_json(run, store):
    first = run("--store", str(store))
    assert first.exit_code == 0, first.output
    assert "written, 0 kept, 0 deleted" in first.output
    again = json.loads(run("--store", str(store), "--json", "--workers", "0").stdout)
    assert again["written"] == again["deleted"] == 0
    assert again["kept"] == again["pages"]


def test_previews_come_from_the_stores_of_the_collections(run, store, site, tmp_path):
    folder = tmp_path / "catalog" / "collections"
    folder.mkdir()
    said = f'id = "winds"\ntitle = "Winds"\nstores = ["{store}"]\n'
    settings = '\nsite_url = "https://example.org/"\ndata_url = "data/"\npublisher = "P"\n'
    (folder / "winds.toml").write_text(said + settings.lstrip())
    assert run().exit_code == 0
    assert list((site / "m").glob("*/*.png"))


def test_app_is_published(run, store, site, tmp_path):
    app = tmp_path / "app"
    app.mkdir()
    (app / "browse.js").write_text("export {}\n")
    (app / ".hidden").write_text("")
    assert run("--app", str(app)).exit_code == 0
    published = site / "app"
    assert [p.name for p in published.iterdir()] == ["browse.js"]


def test_errors_say_what_is_wrong(run, store, tmp_path):
    assert isinstance(run("--catalog", str(tmp_path / "none")).exception, CatalogError)
    refused = run("--site", str(store)).exception
    assert isinstance(refused, BuildError)
    assert str(store) in str(refused)
    assert run("--workers", "-1").exit_code == 2
