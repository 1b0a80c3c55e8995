"""A site is replaced whole or not at all, and nothing is written outside it."""

import signal
import subprocess
import sys

import pytest

from portal import publish as publishing
from portal.errors import BuildError
from portal.publish import MANIFEST, Places, Stage, check_places, locked, publish, recover


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "site")


def fill(folder, text):
    folder.mkdir()
    (folder / MANIFEST).write_text("")
    (folder / "page.html").write_text(text)


@pytest.mark.parametrize("exchange", [True, False])
def test_new_site_takes_the_place_of_the_old(places, monkeypatch, exchange):
    if not exchange:
        monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)
    fill(places.site, "old")
    fill(places.stage, "new")
    publish(places)
    assert (places.site / "page.html").read_text() == "new"
    assert not places.stage.exists()
    assert not places.old.exists()


def test_first_site(places):
    fill(places.stage, "new")
    publish(places)
    assert (places.site / "page.html").read_text() == "new"


def test_swap_stopped_between_two_renames_is_undone(places):
    fill(places.old, "old")
    fill(places.stage, "new")
    recover(places)
    assert (places.site / "page.html").read_text() == "old"
    assert not places.stage.exists()


def test_leftovers_of_a_finished_swap_go(places):
    for folder, text in ((places.site, "new"), (places.old, "old"), (places.stage, "half")):
        fill(folder, text)
    recover(places)
    assert (places.site / "page.html").read_text() == "new"
    assert not places.old.exists()
    assert not places.stage.exists()


def test_folder_of_someone_else_is_left_alone(places):
    places.site.mkdir()
    (places.site / "thesis.tex").write_text("years of work")
    with pytest.raises(BuildError, match=rf"holds something else.*{MANIFEST}"):
        check_places(places)
    assert (places.site / "thesis.tex").read_text() == "years of work"


def test_empty_folder_may_become_a_site(places):
    places.site.mkdir()
    check_places(places)


def test_two_builds_at_once_are_refused(places):
    with locked(places), pytest.raises(BuildError, match="another build"), locked(places):
        pass


@pytest.fixture
def stage(places):
    places.stage.mkdir()
    return Stage(places.stage, places.site)


@pytest.mark.parametrize(
    "path", ["../out.html", "a/../../out.html", "/out.html", "", "a/", "a\0b", ".."]
)
def test_paths_that_lead_out_are_refused(stage, tmp_path, path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BuildError, match="leads out"):
        stage.write(path, b"x")
    assert sorted(tmp_path.rglob("*")) == before


def test_one_path_is_written_once(stage):
    stage.write("m/a.html", b"1")
    with pytest.raises(BuildError, match=r"m/a\.html"):
        stage.write("m/a.html", b"2")


def test_unchanged_files_are_linked_all_or_none(stage, places):
    fill(places.site, "old")
    assert stage.keep(["page.html"])
    assert (places.site / "page.html").samefile(places.stage / "page.html")
    assert not stage.keep([MANIFEST, "gone.png"])
    assert not (places.stage / MANIFEST).exists()


def test_placed_files_never_replace_written_ones(stage, tmp_path):
    source = tmp_path / "source.html"
    source.write_text("stub")
    stage.write("index.html", b"page")
    stage.place("index.html", source)
    stage.place("other.html", source)
    assert (stage.root / "index.html").read_text() == "page"
    assert (stage.root / "other.html").read_text() == "stub"
    assert list(stage.files()) == ["index.html", "other.html"]


KILLED = """
import sys, os, signal
from pathlib import Path
from portal import publish
from portal.publish import Places, Stage, locked, recover
places = Places(Path(sys.argv[1]))
with locked(places):
    recover(places)
    places.stage.mkdir()
    stage = Stage(places.stage, places.site)
    stage.keep(["page.html"])
    stage.write("m/new.html", b"new")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_build_leaves_the_old_site_and_no_lock(places):
    fill(places.site, "old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(places.site)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert sorted(p.name for p in places.site.iterdir()) == [MANIFEST, "page.html"]
    assert places.stage.exists()
    with locked(places):
        recover(places)
    assert not places.stage.exists()
    assert (places.site / "page.html").read_text() == "old"
