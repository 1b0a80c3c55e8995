"""Remembered layouts: a header read with their help is the one read without it."""

import os
from itertools import count
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import ReadError
from portal.readers import _metadata
from portal.readers._memory import Memory
from portal.readers._source import Source
from tests.layout import write_model, write_observation
from tests.portal.readers import randomfile
from tests.portal.readers.randomfile import RANDOM

NUMBER = count()
FLIPS = 400


class Watched(Memory):
    """A memory that tells whether it knew the last file."""

    knew = False

    def recall(self, source, root):
        found = super().recall(source, root)
        self.knew = found is not None
        return found


def says(path: Path, memory: Memory) -> str | None:
    """All of the header and of the values; None where the library has to read."""
    handle = os.open(path, os.O_RDONLY)
    try:
        source = Source(path, handle, os.fstat(handle).st_size)
        header = _metadata.read_header(source, "x.h5", memory)
    except ReadError as error:
        return str(error)
    finally:
        os.close(handle)
    if header is None:
        return None
    with np.printoptions(threshold=100_000):
        return repr((header.groups, header.datasets, header.notes))


def other_values(rng, path: Path) -> None:
    """Give attributes of the file at `path` other values, most of the same length."""
    with h5py.File(path, "r+") as file:
        owners = [file]
        file.visititems(lambda _, item: owners.append(item))
        for owner in owners:
            for name in owner.attrs:
                if rng.random() < 0.5:
                    _change(rng, owner.attrs, name)


def _change(rng, attrs, name) -> None:
    value = attrs[name]
    if isinstance(value, str):
        length = len(value.encode()) + int(rng.integers(0, 2))
        attrs.modify(name, "".join(rng.choice(list("abc xyz"), length)))
    elif isinstance(value, np.bool_):
        attrs.modify(name, not value)
    elif isinstance(value, np.number) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "iuf"
    ):
        raw = rng.integers(0, 256, value.nbytes, np.uint8).tobytes()
        attrs.modify(name, np.frombuffer(raw, value.dtype).reshape(value.shape))


@pytest.mark.slow
@given(
    root=randomfile.roots,
    other=randomfile.roots,
    opening=randomfile.openings,
    seed=st.integers(0, 2**32 - 1),
)
@settings(RANDOM, max_examples=60)
def test_files_that_follow_random_files(tmp_path, root, other, opening, seed):
    """Files of equal and of other structure, in turn, with one memory and with none."""
    first = randomfile.write(tmp_path / f"{next(NUMBER)}.h5", root, opening)
    twin = tmp_path / f"{next(NUMBER)}.h5"
    twin.write_bytes(first.read_bytes())
    other_values(np.random.default_rng(seed), twin)
    third = randomfile.write(tmp_path / f"{next(NUMBER)}.h5", other, opening)
    memory = Memory()
    for path in (first, twin, third, first, third, twin):
        assert says(path, memory) == says(path, Memory())


@pytest.fixture(scope="module")
def victims(tmp_path_factory):
    """Files with values of every kind: in heaps, fixed, arrays, in groups old and new."""
    folder = tmp_path_factory.mktemp("remembered")
    found = []
    for number, opening in enumerate([{}, {"fs_strategy": "page"}, {"libver": ("v108", "v108")}]):
        path = folder / f"{number}.h5"
        with h5py.File(path, "w", **opening) as file:
            file.attrs["text"] = "some words"
            file.attrs["same"] = "some words"
            file.attrs["texts"] = ["a", "bc"]
            file.attrs["fixed"] = np.bytes_(b"fixed")
            file.attrs["numbers"] = np.arange(3.0)
            file.attrs["truth"] = True
            file["group/cube"] = np.arange(24, dtype="f4").reshape(2, 3, 4)
            file["group/cube"].attrs["unit"] = "Jy"
            if "libver" not in opening:  # there the count of links makes it the library's
                file["group/again"] = file["group/cube"]
            file["soft"] = h5py.SoftLink("/group")
        found.append(path)
    return found


@pytest.mark.parametrize("victim", range(3))
def test_a_damaged_twin_is_read_as_without_memory(tmp_path, victims, victim):
    rng = np.random.default_rng(victim)
    original = victims[victim].read_bytes()
    memory = Memory()
    assert says(victims[victim], memory) is not None
    places = np.flatnonzero(np.frombuffer(original, np.uint8))
    path = tmp_path / "damaged.h5"
    wrong = []
    for _ in range(FLIPS):
        damaged = bytearray(original)
        for _ in range(rng.integers(1, 4)):
            place = int(rng.choice(places) + rng.integers(-8, 9)) % len(damaged)
            damaged[place] = int(
                rng.choice([0, 1, 255, rng.integers(256), rng.choice(places) % 256])
            )
        path.write_bytes(damaged)
        if says(path, memory) != says(path, Memory()):
            wrong.append([i for i, byte in enumerate(damaged) if byte != original[i]])
        # The damaged file may be remembered too: the sound one must stay what it is.
        if says(victims[victim], memory) != says(victims[victim], Memory()):
            wrong.append(["sound"])
    assert wrong == []


@pytest.mark.parametrize("writer", [write_model, write_observation])
def test_files_of_one_layout_are_known(tmp_path, writer):
    memory = Watched()
    paths = [writer(tmp_path / f"{name}.h5", name) for name in ("one", "two", "longer-name")]
    with h5py.File(paths[1], "r+") as file:
        file["parameters"].attrs.modify("mass_loss_rate", 3.25e-6)
    told = [says(path, memory) for path in paths]
    assert memory.knew
    assert told == [says(path, Memory()) for path in paths]
    assert "3.25e-06" in told[1]
    assert len(set(told)) == 3


def test_bytes_that_are_value_and_structure_are_not_remembered(tmp_path):
    """A link to an object header that lies inside the value of an attribute."""
    path = tmp_path / "inside.h5"
    with h5py.File(path, "w") as file:
        file.attrs["a"] = np.full(1024, 0xAB, "u1")
        file["here"] = np.arange(3.0)
        header = h5py.h5o.get_info(file["here"].id).addr
    raw = bytearray(path.read_bytes())
    size = 16 + int.from_bytes(raw[header + 8 : header + 12], "little")
    inside = raw.find(b"\xab" * 1024)
    raw[inside : inside + size] = raw[header : header + size]
    link = raw.find(header.to_bytes(8, "little"))
    raw[link : link + 8] = inside.to_bytes(8, "little")
    path.write_bytes(raw)
    memory = Watched()
    for _ in range(2):
        assert "here" in str(says(path, memory))
        assert not memory.knew
