"""The fast reader of metadata blocks: as the library says, or silent; never wrong."""

import os
from contextlib import suppress
from itertools import count
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import ReadError
from portal.model.header import Header
from portal.readers import _h5py, _messages, _metadata, _types
from portal.readers._source import Source
from tests.layout import write_model, write_observation
from tests.portal.readers import randomfile
from tests.portal.readers.randomfile import RANDOM

NUMBER = count()
FLIPS = 250


def fast(path: Path) -> Header | None:
    handle = os.open(path, os.O_RDONLY)
    try:
        source = Source(path, handle, os.fstat(handle).st_size)
        header = _metadata.read_header(source, "x.h5")
    finally:
        os.close(handle)
    source.detach()
    return header


def shown(header: Header) -> str:
    """Everything in a header; arrays by type, shape and values, NaN equal to NaN."""
    with np.printoptions(threshold=100_000):
        return repr((header.groups, header.datasets, header.notes))


@given(root=randomfile.roots, opening=randomfile.openings)
@settings(RANDOM, max_examples=60)
def test_says_what_the_library_says(tmp_path, root, opening):
    path = randomfile.write(tmp_path / f"{next(NUMBER)}.h5", root, opening)
    quick, slow = fast(path), _h5py.read_header(path, "x.h5")
    if quick is None:
        return
    assert shown(quick) == shown(slow)
    for name in quick.datasets:
        try:
            expected = slow.values(name)
        except ReadError:
            with pytest.raises(ReadError):
                quick.values(name)
            continue
        found = quick.values(name)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("writer", [write_model, write_observation])
@pytest.mark.parametrize("opening", [{}, {"libver": "latest"}, {"fs_strategy": "page"}])
def test_our_own_files_are_read_fast(tmp_path, writer, opening):
    ours = writer(tmp_path / "ours.h5", "ours")
    path = tmp_path / "copy.h5"
    with h5py.File(ours) as source, h5py.File(path, "w", **opening) as copy:
        for name in source:
            source.copy(name, copy)
        copy.attrs.update(source.attrs)
    quick = fast(path)
    # The newest format may keep attributes in a heap, which is left to the library.
    assert quick is not None or "libver" in opening
    if quick is not None:
        assert shown(quick) == shown(_h5py.read_header(path, "x.h5"))


def test_real_files_are_read_fast(atomium_data):
    found = sorted([*atomium_data.glob("magritte/*.hdf5"), *atomium_data.glob("p*/*.h5")])
    assert len(found) >= 8
    for path in found:
        quick = fast(path)
        assert quick is not None, path
        assert shown(quick) == shown(_h5py.read_header(path, "x.h5")), path


@pytest.fixture(scope="module")
def victims(tmp_path_factory):
    """Small files of every kind of block: each as bytes, with its header."""
    folder = tmp_path_factory.mktemp("victims")
    found = []
    for number, opening in enumerate(
        [{}, {"fs_strategy": "page"}, {"libver": ("v108", "v108")}, {"libver": ("v110", "v110")}]
    ):
        path = folder / f"{number}.h5"
        with h5py.File(path, "w", **opening) as file:
            file.attrs["text"] = "some words"
            file.attrs["numbers"] = np.arange(3.0)
            file.attrs["truth"] = True
            file["group/cube"] = np.arange(24, dtype="f4").reshape(2, 3, 4)
            file["group/cube"].attrs["unit"] = "Jy"
            file["names"] = np.array([b"CO", b"SiO"])
            file.create_dataset("group/packed", data=np.arange(64.0), chunks=(16,), compression=1)
            file["soft"] = h5py.SoftLink("/group")
        assert fast(path) is not None
        found.append(path.read_bytes())
    return found


def library_says(path: Path) -> str | None:
    try:
        return shown(_h5py.read_header(path, "x.h5"))
    except ReadError:
        return None


@pytest.mark.parametrize("victim", range(4))
def test_flipped_bytes_never_give_a_wrong_answer(tmp_path, victims, victim):
    rng = np.random.default_rng(victim)
    original = victims[victim]
    # Most bytes are fill: aim at the others and their neighbours.
    places = np.flatnonzero(np.frombuffer(original, np.uint8))
    path = tmp_path / "damaged.h5"
    wrong = []
    for _ in range(FLIPS):
        damaged = bytearray(original)
        for _ in range(rng.integers(1, 4)):
            place = int(rng.choice(places) + rng.integers(-8, 9)) % len(damaged)
            damaged[place] = int(rng.choice([0, 1, 255, rng.integers(256)]))
        path.write_bytes(damaged)
        try:
            quick = fast(path)
        except ReadError:
            continue
        if quick is not None and shown(quick) != library_says(path):
            wrong.append([i for i, byte in enumerate(damaged) if byte != original[i]])
    assert wrong == []


def test_truncated_files_are_left_to_the_library(tmp_path, victims):
    for original in victims:
        for length in range(0, len(original), 37):
            path = tmp_path / "short.h5"
            path.write_bytes(original[:length])
            assert fast(path) is None


@given(raw=st.binary(max_size=120))
@settings(RANDOM, max_examples=300)
def test_messages_of_noise_are_unsure_or_sound(raw):
    for parse in (_messages.dataspace, _messages.filters, _messages.layout, _messages.link):
        with suppress(*_metadata._UNEXPECTED):
            parse(raw)
    with suppress(*_metadata._UNEXPECTED):
        assert _types.datatype(raw).size > 0


def test_a_file_is_read_in_few_pieces(tmp_path, monkeypatch):
    """A file of our own is opened once and read in a few pieces."""
    path = write_observation(tmp_path / "ours.h5", "ours", pixels=48)
    reads = []
    plain = os.pread

    def counted(handle, size, offset):
        reads.append((offset, size))
        return plain(handle, size, offset)

    monkeypatch.setattr(os, "pread", counted)
    assert fast(path) is not None
    assert len(reads) <= 1 + path.stat().st_size // (16 * 1024)
    assert len(set(reads)) == len(reads)
