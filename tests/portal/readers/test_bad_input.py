"""Files that are no sound HDF5: each gives a problem with its code, none an exception."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from portal.errors import ReadError
from portal.readers import open_header, read_file
from tests.layout import write_model, write_observation


def codes(path: Path, relative: str = "") -> set[str]:
    return {problem.code for problem in read_file(path, relative or path.name).problems}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_observation(tmp_path_factory.mktemp("sound") / "wind.h5", "wind")


@pytest.mark.parametrize(
    ("content", "code", "seen"),
    [
        (b"", "empty", "0 bytes"),
        (b"<!DOCTYPE html><html><h1>404</h1></html>", "not-hdf5", "web page"),
        (b"\n <HTML>", "not-hdf5", "web page"),
        (b"SIMPLE  =                    T", "not-hdf5", "FITS"),
        (gzip.compress(b"x", mtime=0), "not-hdf5", "gzip"),
        (b"version https://git-lfs.github.com/spec/v1", "not-hdf5", "pointer"),
        (b"just some words", "not-hdf5", "text beginning with 'just some words'"),
        (b"\x89HDG\r\n\x1a\n" + bytes(600), "not-hdf5", "89 48 44 47"),
        (bytes(4096), "not-hdf5", "00 00"),
        (b"\x89HDF\r\n\x1a\n", "damaged", ""),
        (b"\x89HDF\r\n\x1a\n" + b"\xff" * 2048, "damaged", ""),
    ],
)
def test_what_is_no_hdf5_says_what_it_looks_like(tmp_path, content, code, seen):
    path = tmp_path / "wind.h5"
    path.write_bytes(content)
    record = read_file(path, "models/wind.h5")
    assert (record.kind, record.format, record.model) == ("other", "unknown", None)
    (problem,) = record.problems
    assert (problem.code, problem.path) == (code, "models/wind.h5")
    assert seen in problem.seen
    assert problem.expected


def test_every_truncation_is_found(tmp_path, sound):
    whole = sound.read_bytes()
    path = tmp_path / "wind.h5"
    lengths = [1, 7, 8, 9, 30, 47, 95, 96, *range(512, len(whole), 4093), len(whole) - 1]
    for length in lengths:
        path.write_bytes(whole[:length])
        assert codes(path) <= {"truncated", "damaged", "not-hdf5"}, length
        if length >= 48:
            assert codes(path) == {"truncated"}, length


def test_truncation_states_both_lengths(tmp_path, sound):
    path = tmp_path / "wind.h5"
    path.write_bytes(sound.read_bytes()[:5000])
    with pytest.raises(ReadError, match=f"expected {sound.stat().st_size} bytes.*got 5000 bytes"):
        open_header(path, "wind.h5")


def test_a_user_block_is_no_fault(tmp_path):
    path = tmp_path / "wind.h5"
    with h5py.File(path, "w", userblock_size=1024) as file:
        file["x"] = 1.0
    assert codes(path) == {"unknown-format"}
    path.write_bytes(path.read_bytes()[:-8])
    assert codes(path) == {"truncated"}


def test_a_huge_attribute_is_left_out(tmp_path):
    path = tmp_path / "wind.h5"
    write_model(path, "wind")
    with h5py.File(path, "r+") as file:
        file.attrs["letter"] = "x" * (10 * 1024**2)
    record = read_file(path, "models/wind.h5")
    assert record.model["model_id"] == "wind"
    (problem,) = record.problems
    assert (problem.code, problem.severity) == ("left-out", "warning")
    assert "letter" in problem.what
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["numbers"] = np.zeros(10 * 1024**2 // 8)
    assert codes(path) == {"left-out", "unknown-format"}


def test_links_are_not_followed(tmp_path):
    path = tmp_path / "wind.h5"
    write_model(tmp_path / "secret.h5", "secret")
    with h5py.File(path, "w") as file:
        file["out"] = h5py.ExternalLink("secret.h5", "/")
        file["away"] = h5py.SoftLink("/nowhere")
        file["self"] = h5py.SoftLink("/")
    header = open_header(path, "wind.h5")
    assert set(header.groups) == {""}
    assert len(header.notes) == 3


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_circles_of_links_end(tmp_path, libver):
    path = tmp_path / "wind.h5"
    with h5py.File(path, "w", libver=libver) as file:
        group = file.create_group("a/b")
        group["back"] = file["a"]
        group["root"] = file["/"]
        file["twice"] = file["a/b"]
    header = open_header(path, "wind.h5")
    assert set(header.groups) == {"", "a", "a/b"}
    assert len(header.notes) == 3


def test_bytes_in_other_files_are_not_read(tmp_path):
    (tmp_path / "secret").write_bytes(b"12345678")
    path = tmp_path / "wind.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (1,), "f8", external=[(str(tmp_path / "secret"), 0, 8)])
        layout = h5py.VirtualLayout((1,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (1,))
        file.create_virtual_dataset("y", layout)
    header = open_header(path, "wind.h5")
    for name in "xy":
        assert header.datasets[name].offset is None
        with pytest.raises(ReadError, match="another file"):
            header.values(name)


def test_absurd_sizes_are_refused(tmp_path):
    path = tmp_path / "wind.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", (2**40,), "f8", chunks=(1024,))
    header = open_header(path, "wind.h5")
    with pytest.raises(ReadError, match=f"got {2**43} bytes") as caught:
        header.values("x")
    assert caught.value.code == "too-large"


def test_values_are_those_of_the_library(sound):
    header = open_header(sound, "wind.h5")
    with h5py.File(sound) as file:
        for name in header.datasets:
            expected = file[name][()]
            np.testing.assert_array_equal(header.values(name), expected, err_msg=name)


WRITER = """
import sys, h5py
file = h5py.File(sys.argv[1], "w", libver=sys.argv[2])
file["x"] = 1.0
file.flush()
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("locking", ["TRUE", "FALSE"])
def test_a_file_being_written_by_another_program(tmp_path, libver, locking):
    path = tmp_path / "wind.h5"
    environment = os.environ | {"HDF5_USE_FILE_LOCKING": locking}
    arguments = [sys.executable, "-c", WRITER, str(path), libver]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(arguments, env=environment, **pipes) as writer:
        assert writer.stdout.readline() == b"open\n"
        found = codes(path)
        writer.communicate(b"\n", timeout=30)
    if locking == "TRUE" or libver == "latest":
        assert found == {"being-written"}
    else:
        # Without a lock and in the old format nothing tells a half-written file from a short one.
        assert found <= {"being-written", "truncated", "damaged", "unknown-format"}
    assert codes(path) == {"unknown-format"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_forbidden_file(tmp_path, sound):
    path = tmp_path / "wind.h5"
    path.write_bytes(sound.read_bytes())
    path.chmod(0)
    assert codes(path) == {"unreadable"}


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    (tmp_path / "loop.h5").symlink_to("loop.h5")
    for name in ("pipe.h5", "loop.h5", "missing.h5", ""):
        assert codes(tmp_path / name, "x.h5") == {"unreadable"}


@pytest.mark.parametrize(
    "name",
    ["with space", 'quote"s', "it's", "ünïcode", "<script>", "line\nend", "a\x1bb", b"\xff\xfe"],
)
def test_awkward_names_are_read_all_the_same(tmp_path, name):
    stem = os.fsdecode(name) if isinstance(name, bytes) else name
    path = tmp_path / f"{stem}.h5"
    write_model(path, "wind")
    record = read_file(path, f"models/{stem}.h5")
    assert record.model["model_id"] == "wind"
    assert {p.code for p in record.problems} == {"awkward-path", "name-mismatch"}
    for problem in record.problems:
        assert (problem.what + problem.seen + problem.way_out).isprintable()
        problem.seen.encode("utf-8")


@pytest.mark.parametrize("odd", [False, True], ids=["fast", "library"])
def test_a_heap_that_the_library_never_returns_from(tmp_path, odd):
    path = tmp_path / "wind.h5"
    with h5py.File(path, "w") as file:
        file.attrs["title"] = "some words"
        if odd:  # leaves the file to the library
            file.attrs["pair"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    raw = bytearray(path.read_bytes())
    heap = raw.index(b"GCOL")
    free = raw.index(b"some words", heap) + 16
    assert raw[free : free + 2] == b"\0\0"
    raw[free + 8 : free + 16] = bytes(8)
    path.write_bytes(raw)
    (problem,) = read_file(path, "wind.h5").problems
    assert problem.code == "damaged"
    assert f"heap at byte {heap} with free space of 0 bytes" in problem.seen
