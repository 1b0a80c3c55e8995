"""An output means one file, whatever command writes it, and it is whole or not there."""

import os
import re
import resource
import subprocess
import sys
import threading

import pytest

from lineform.errors import WriteError
from lineform.outputs import FITS, is_folder, output_file, put


@pytest.mark.parametrize(
    ("output", "suffixes", "expected"),
    [
        ("o.h5", (), "o.h5"),
        ("new/o.hdf5", (), "new/o.hdf5"),
        ("observations", (), "observations/wind.h5"),
        ("a/b/", (), "a/b/wind.h5"),
        ("o.h5/", (), "o.h5/wind.h5"),
        ("run.v2", (), "run.v2/wind.h5"),
        ("there.h5", (), "there.h5/wind.h5"),
        (".", (), "wind.h5"),
        ("cubes", FITS, "cubes/wind.fits"),
        ("cube.fits", FITS, "cube.fits"),
        ("cube.h5", FITS, "cube.h5/wind.fits"),
    ],
)
def test_a_file_or_a_folder(tmp_path, monkeypatch, output, suffixes, expected):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.h5").mkdir()
    more = (suffixes,) if suffixes else ()
    path = output_file(output, "wind", tmp_path / "source", *more)
    assert str(path) == expected
    assert is_folder(output, *more) == (path.name.startswith("wind."))
    assert [p.name for p in tmp_path.iterdir()] == ["there.h5"]


def test_a_file_in_the_way_of_a_folder(tmp_path):
    (tmp_path / "observations").write_text("in the way")
    with pytest.raises(
        WriteError, match=r"a file that ends in .h5 or .hdf5, got the file observations"
    ):
        output_file(tmp_path / "observations", "wind", tmp_path / "source")


@pytest.mark.parametrize("output", ["wind.h5", "link.h5", "linked.h5", "", "sub/../wind.h5"])
def test_the_source_is_never_the_output(tmp_path, output):
    source = tmp_path / "wind.h5"
    source.write_text("read")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.h5").symlink_to(source)
    os.link(source, tmp_path / "linked.h5")
    with pytest.raises(WriteError, match=r"another file than wind.h5, which is read, got /"):
        output_file(tmp_path / output, "wind", source)


def test_folders_are_made_and_the_mode_is_that_of_every_file(tmp_path):
    path, plain = tmp_path / "a" / "b" / "x.h5", tmp_path / "plain"
    put(path, b"whole")
    plain.write_bytes(b"")
    assert path.read_bytes() == b"whole"
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_file_that_grows_too_large_leaves_the_old_one(tmp_path):
    path = tmp_path / "x.h5"
    path.write_bytes(b"old")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old[1]))
    try:
        with pytest.raises(WriteError, match=r"space left \[.*x\.h5\]"):
            put(path, bytes(100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_errors_name_the_file_and_not_the_unfinished_one(tmp_path):
    (tmp_path / "x.h5" / "full").mkdir(parents=True)
    with pytest.raises(WriteError) as caught:
        put(tmp_path / "x.h5", b"whole")
    assert not re.search(r"\.part", str(caught.value))
    assert [p.name for p in tmp_path.iterdir()] == ["x.h5"]


def test_processes_that_write_one_file_do_not_hinder_each_other(tmp_path):
    code = (
        "import sys; from pathlib import Path; from lineform.outputs import put\n"
        "for _ in range(300): put(Path(sys.argv[1]), sys.argv[2].encode() * 100_000)\n"
    )
    path, seen = tmp_path / "x.h5", set()
    writers = [
        subprocess.Popen([sys.executable, "-c", code, path, letter], stderr=subprocess.PIPE)
        for letter in "ab"
    ]
    ended = threading.Event()

    def read():
        while not ended.is_set():
            if path.exists():
                seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    said = [writer.communicate()[1] for writer in writers]
    ended.set()
    reader.join()
    assert [writer.returncode for writer in writers] == [0, 0], said
    assert seen <= {b"a" * 100_000, b"b" * 100_000}
    assert list(tmp_path.iterdir()) == [path]
