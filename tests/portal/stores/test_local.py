"""The local store finds every file that may hold data and explains what it cannot list."""

import os

import pytest

from portal.errors import ConfigError
from portal.stores.local import LocalStore


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def codes(store):
    return {p.path: p.code for p in store.listing().problems}


def test_only_data_files_are_listed(tmp_path):
    wanted = ["a.h5", "b.HDF5", "d/e/f.nc", "g.he5", "h.hdf"]
    touch(tmp_path, *wanted, ".hidden.h5", ".git/x.h5", "a.h5.tmp", "a.h5.part", "a.h5~", "README")
    listing = LocalStore(tmp_path).listing()
    assert listing.paths == sorted(wanted)
    assert listing.problems == []


def test_excluded_patterns_are_passed_over(tmp_path):
    touch(tmp_path, "a.h5", "scratch/b.h5", "x/restart/c.h5")
    assert LocalStore(tmp_path, ["scratch*", "*/restart/*"]).listing().paths == ["a.h5"]


def test_entries_carry_size_and_time(tmp_path):
    touch(tmp_path, "a.h5")
    os.utime(tmp_path / "a.h5", ns=(5, 123456789))
    (entry,) = LocalStore(tmp_path).entries()
    assert (entry.path, entry.bytes, entry.mtime_ns) == ("a.h5", 1, 123456789)


def test_links(tmp_path):
    root = tmp_path / "store"
    touch(root, "models/a.h5", ".pool/b.h5")
    touch(tmp_path, "outside.h5")
    (root / "again.h5").symlink_to("models/a.h5")
    (root / "b.h5").symlink_to(".pool/b.h5")
    (root / "b2.h5").symlink_to(".pool/b.h5")
    (root / "out.h5").symlink_to("../outside.h5")
    (root / "loop.h5").symlink_to("loop.h5")
    (root / "broken.h5").symlink_to("nowhere.h5")
    (root / "models" / "up").symlink_to("..")
    (root / "README").symlink_to("nowhere")
    store = LocalStore(root)
    assert store.listing().paths == ["b.h5", "models/a.h5"]
    assert codes(store) == {
        "out.h5": "link-outside",
        "loop.h5": "broken-link",
        "broken.h5": "broken-link",
        "models/up": "link-to-folder",
    }


def test_a_folder_beside_the_store_with_its_name_is_outside(tmp_path):
    root = tmp_path / "store"
    touch(tmp_path, "store/a.h5", "store-private/b.h5")
    (root / "b.h5").symlink_to("../store-private/b.h5")
    assert codes(LocalStore(root)) == {"b.h5": "link-outside"}


def test_names_that_cannot_be_published(tmp_path):
    touch(tmp_path, "fine ü '\"<b>.h5", "new\nline.h5")
    (tmp_path / os.fsdecode(b"\xff.h5")).write_bytes(b"x")
    store = LocalStore(tmp_path)
    assert store.listing().paths == ["fine ü '\"<b>.h5"]
    assert codes(store) == {"new\\x0aline.h5": "bad-name", "\\xff.h5": "bad-name"}


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    assert codes(LocalStore(tmp_path)) == {"pipe.h5": "not-a-file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_folder_is_a_problem(tmp_path):
    touch(tmp_path, "a.h5", "locked/b.h5")
    (tmp_path / "locked").chmod(0)
    try:
        store = LocalStore(tmp_path)
        assert store.listing().paths == ["a.h5"]
        assert codes(store) == {"locked": "unreadable"}
    finally:
        (tmp_path / "locked").chmod(0o755)


def test_a_folder_that_vanishes_is_a_problem(tmp_path, monkeypatch):
    touch(tmp_path, "a.h5", "gone/b.h5")
    scandir = os.scandir

    def vanishing(path):
        if str(path).endswith("gone"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    (problem,) = LocalStore(tmp_path).listing().problems
    assert (problem.path, problem.code, problem.seen) == ("gone", "unreadable", "Permission denied")


def test_a_missing_store_is_a_fault_of_the_configuration(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere.*mount it"):
        LocalStore(tmp_path / "nowhere").listing()
