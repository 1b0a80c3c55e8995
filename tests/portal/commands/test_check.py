"""``portal check`` on a small site."""

import json
import re
import shutil
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from portal.commands.check import COMMAND
from portal.commands.serve import _places
from portal.errors import ConfigError
from portal.model.collection import Collection
from portal.server import serving
from portal.site import Options, build
from tests.layout import write_model, write_store
from tests.portal.scanning import run

ROOT = Path(__file__).parents[3]

APP = [f"{name}.{kind}" for name in ("browse", "model", "sql", "submit") for kind in ("css", "js")]
"""Browser code that pages ask for."""


@pytest.fixture(scope="module")
def built(example_catalog, example_store, tmp_path_factory):
    top = tmp_path_factory.mktemp("built")
    app = top / "app"
    app.mkdir()
    for name in APP:
        (app / name).write_text("")
    site, mkdocs = top / "site", ROOT / "mkdocs.yml"
    build(Options(example_catalog, site, mkdocs, app, stores=(example_store,)))
    return site


@pytest.fixture
def site(built, tmp_path):
    return shutil.copytree(built, tmp_path / "site")


@pytest.fixture
def check(site, example_catalog):
    def call(*arguments, catalog=example_catalog):
        names = ["--catalog", str(catalog), "--site", str(site), "--workers", "1", *arguments]
        return CliRunner().invoke(COMMAND, names, catch_exceptions=False)

    return call


def test_a_sound_site(check, example_store):
    done = check("--data", str(example_store))
    assert (done.exit_code, done.stdout) == (0, "")
    assert re.fullmatch(r"checked 8 files, 4 models, \d+ pages: no problems\n", done.stderr)


def test_problems_are_lines_and_exit_status_1(check, site, example_store, tmp_path):
    store = shutil.copytree(example_store, tmp_path / "store")
    (store / "models" / "test-001.h5").unlink()
    (site / "a.html").write_text('<html lang="en"><title>t</title><a href="none.html">x</a>')
    done = check("--data", str(store), "--quick")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "models/test-001.h5: file is not in the store: got No such file or directory "
        "[missing-file]",
        "a.html: file that the build did not write: expected no such file, got a file [orphan]",
        "a.html:1: link leads nowhere: expected a file of the site or of the catalogue, "
        "got none.html [broken-link]",
    ]
    said = json.loads(check("--json").stdout)
    assert [problem["code"] for problem in said["problems"]] == ["orphan", "broken-link"]
    assert (said["checked"]["files"], said["checked"]["models"]) == (0, 4)


def test_text_of_a_page_cannot_move_the_cursor(check, site):
    (site / "a.html").write_text('<html lang="en"><title>t</title><a href="\x1b[2J">x</a>')
    assert "\x1b" not in check().stdout


def test_no_site_is_said(check, site):
    shutil.rmtree(site)
    with pytest.raises(ConfigError, match=r"no site to check: .*build it first"):
        check()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two collections, each with a store and an address of its own, and their site."""
    top = tmp_path_factory.mktemp("two")
    stores = {"one": write_store(top / "a", 1), "two": top / "b"}
    write_model(stores["two"] / "models" / "other.h5", "other", 1, side=2)
    collections = tuple(
        Collection(name, name, stores=(str(store),), data_url=f"data/{name}/")
        for name, store in sorted(stores.items())
    )
    run(collections, top / "catalog")
    app = top / "app"
    app.mkdir()
    for name in APP:
        (app / name).write_text("")
    build(Options(top / "catalog", top / "site", ROOT / "mkdocs.yml", app))
    return top


def checked(top, *data):
    names = ["--catalog", str(top / "catalog"), "--site", str(top / "site"), "--workers", "1"]
    given = [text for one in data for text in ("--data", one)]
    return CliRunner().invoke(COMMAND, [*names, *given], catch_exceptions=False)


def test_each_collection_is_looked_for_in_its_own_store(two):
    done = checked(two, f"one={two / 'a'}", f"two={two / 'b'}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert checked(two, f"one={two / 'a'}").exit_code == 0
    wrong = checked(two, f"one={two / 'b'}", f"two={two / 'a'}")
    assert wrong.stdout.count("[missing-file]") == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (("three=.",), "got three; name a collection"),
        (("nowhere",), "got nowhere; name the folder"),
        ((".", "."), "expected one folder for each collection"),
    ],
)
def test_folders_that_cannot_be_meant(two, data, message):
    with pytest.raises(ConfigError, match=message):
        checked(two, *data)


def test_each_collection_is_served_where_it_is_published(two):
    given = (f"one={two / 'a'}", f"two={two / 'b'}")
    with serving(two / "site", _places(two / "site", given)) as server:
        for path in ("data/one/models/test-000.h5", "data/two/models/other.h5"):
            with urlopen(server.url + path) as answer:
                assert answer.status == 200
