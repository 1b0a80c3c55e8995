"""``portal check`` on a small site."""

import json
import shutil

import pytest
from click.testing import CliRunner

from portal.commands.check import COMMAND
from portal.errors import ConfigError


@pytest.fixture
def site(tmp_path):
    page = '<!doctype html><html lang="en"><title>t</title><a href="data/models/test-000.h5">f</a>'
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text(page)
    return tmp_path / "site"


@pytest.fixture
def check(site, example_catalog):
    def call(*arguments, catalog=example_catalog):
        names = ["--catalog", str(catalog), "--site", str(site), "--workers", "1", *arguments]
        return CliRunner().invoke(COMMAND, names, catch_exceptions=False)

    return call


def test_a_sound_site(check, example_store):
    done = check("--data", str(example_store))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "checked 8 files, 4 models, 1 pages: no problems\n"


def test_problems_are_lines_and_exit_status_1(check, site, example_store, tmp_path):
    store = shutil.copytree(example_store, tmp_path / "store")
    (store / "models" / "test-001.h5").unlink()
    (site / "a.html").write_text('<html lang="en"><title>t</title><a href="none.html">x</a>')
    done = check("--data", str(store), "--quick")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "models/test-001.h5: file is not in the store: got No such file or directory "
        "[missing-file]",
        "a.html:1: link leads nowhere: expected a file of the site, got none.html [broken-link]",
    ]
    said = json.loads(check("--json").stdout)
    assert [problem["code"] for problem in said["problems"]] == ["broken-link"]
    assert said["checked"] == {"files": 0, "models": 4, "pages": 2}


def test_text_of_a_page_cannot_move_the_cursor(check, site):
    (site / "a.html").write_text('<html lang="en"><title>t</title><a href="\x1b[2J">x</a>')
    assert "\x1b" not in check().stdout


def test_no_site_is_said(check, site):
    shutil.rmtree(site)
    with pytest.raises(ConfigError, match=r"no site to check: .*build it first"):
        check()
