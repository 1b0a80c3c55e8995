"""Files come back as they were written, lie as the data format says, and are reproducible."""

import re
import subprocess
import sys
import time
from dataclasses import replace

import astropy.units as u
import h5py
import numpy as np
import pytest

from lineform import __version__
from lineform.cube import View
from lineform.errors import ReadError
from lineform.io import (
    Header,
    read_header,
    read_model,
    read_observations,
    write_model,
    write_observations,
)
from lineform.layout import blocks_of, page_of
from lineform.species import linear_rotor
from lineform.survey import draw_winds
from lineform.synthesis import observe, velocity_axis
from lineform.winds import wind_on_grid

WIND = draw_winds(2, 0)[1]


def _header(kind):
    return Header(kind, "wind-1", "A spiral <wind> & more", "test 1.0", WIND)


@pytest.fixture(scope="module")
def state():
    return wind_on_grid(WIND, 10)


@pytest.fixture(scope="module")
def observations(state):
    co, sio = linear_rotor("CO"), linear_rotor("SiO")
    return list(
        observe(
            state,
            {co: [co.line("2-1"), co.line("3-2")], sio: [sio.line("5-4")]},
            [View(0, 0), View(70, 30)],
            velocity=velocity_axis(state, 9),
            distance=200 * u.pc,
            pixels=20,
        )
    )


def test_model_round_trip(tmp_path, state):
    path = tmp_path / "models" / "wind-1.h5"
    write_model(path, _header("model"), state)
    back = read_model(path)
    assert np.array_equal(back.position, state.position)
    assert back.velocity == pytest.approx(state.velocity, rel=1e-14)
    assert np.array_equal(back.temperature, state.temperature)
    assert back.turbulence == pytest.approx(state.turbulence, rel=1e-14)
    assert back.density.keys() == state.density.keys()
    for name, values in state.density.items():
        assert np.array_equal(back.density[name], values)
    assert all(np.array_equal(a, b) for a, b in zip(back.axes, state.axes, strict=True))
    assert read_header(path) == _header("model")


def test_observation_round_trip(tmp_path, observations):
    path = tmp_path / "wind-1.h5"
    write_observations(path, _header("observation"), observations)
    back = {(o.line.name, o.view): o for o in read_observations(path)}
    assert len(back) == 6
    for o in observations:
        other = back[o.line.name, o.view]
        assert other.line.frequency == o.line.frequency
        assert other.distance == o.distance
        for name in ("velocity", "x", "y", "intensity"):
            assert np.array_equal(getattr(other, name), getattr(o, name)), name
        for name in ("spectrum", "moment0", "moment1", "moment2"):
            assert getattr(other, name) == pytest.approx(
                getattr(o, name).astype("f4"), nan_ok=True
            ), name
    engine = {"engine": "lineform", "engine_version": __version__}
    assert read_header(path) == replace(_header("observation"), attributes=engine)


def test_groups_are_named_by_line_and_direction(tmp_path, observations):
    path = tmp_path / "wind-1.h5"
    write_observations(path, _header("observation"), observations)
    with h5py.File(path) as file:
        lines = {f"{line}_d{d:02d}" for line in ("CO_2-1", "CO_3-2", "SiO_5-4") for d in (0, 1)}
        assert set(file) == lines | {"parameters"}
        assert file["CO_2-1_d01"].attrs["inclination"] == 70


def test_bytes_do_not_depend_on_the_clock(tmp_path, state, observations):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        write_model(folder / "m.h5", _header("model"), state)
        write_observations(folder / "o.h5", _header("observation"), observations)
        time.sleep(1.1 * (folder == first))  # HDF5 notes times in seconds
    for name in ("m.h5", "o.h5"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_metadata_lie_in_front_of_the_data(tmp_path, observations):
    path = tmp_path / "o.h5"
    write_observations(path, _header("observation"), observations)
    places = {}
    with h5py.File(path) as file:
        assert (
            file.id.get_create_plist().get_file_space_strategy()[0] == h5py.h5f.FSPACE_STRATEGY_PAGE
        )
        for name, group in file.items():
            if name != "parameters":
                places |= {f"{name}/{key}": d.id.get_offset() for key, d in group.items()}
    cubes = {name: place for name, place in places.items() if name.endswith("/intensity")}
    assert set(cubes.values()) == {None}
    small = [place for name, place in places.items() if name not in cubes]
    # All metadata in front, then all small datasets close together.
    assert min(small) >= 65536
    assert max(small) - min(small) < 6 * 20 * 20 * 4 * 3 + 20_000
    head = path.read_bytes()[: min(small)]
    assert head.count(b"beam_major") == 6


@pytest.mark.parametrize(
    "shape", [(61, 64, 64), (100, 256, 256), (100, 900, 900), (1, 8, 8), (7, 40, 1000)]
)
def test_a_pixel_and_a_channel_need_few_blocks(shape):
    blocks = blocks_of(shape)
    counts = [-(-length // block) for length, block in zip(shape, blocks, strict=True)]
    assert counts[0] <= 6
    assert np.prod(counts) <= 3200
    # Unpacked, and floats of intensities seldom pack to more than four fifths.
    assert 4 * shape[0] * blocks[1] * blocks[2] <= 900_000
    assert all(1 <= block <= length for length, block in zip(shape, blocks, strict=True))


def test_a_cube_lies_in_its_blocks(tmp_path, observations):
    path = tmp_path / "o.h5"
    write_observations(path, _header("observation"), observations)
    with h5py.File(path) as file:
        cube = file["SiO_5-4_d01/intensity"]
        assert cube.chunks == blocks_of(cube.shape)
        assert (cube.compression, cube.shuffle) == ("gzip", True)
        assert cube.id.get_num_chunks() == np.prod(
            [-(-n // m) for n, m in zip(cube.shape, cube.chunks, strict=True)]
        )


def test_the_index_of_every_cube_lies_in_the_first_page(tmp_path, observations):
    path = tmp_path / "o.h5"
    write_observations(path, _header("observation"), observations)
    raw, page = path.read_bytes(), page_of([o.intensity.shape for o in observations])
    with h5py.File(path) as file:
        assert file.id.get_create_plist().get_file_space_page_size() == page
    # The signature of a node, of type 1: blocks of data.
    nodes = [found.start() for found in re.finditer(rb"TREE\x01", raw)]
    assert len(nodes) >= len(observations)
    assert max(nodes) < page


def test_pages_have_room_for_blocks_and_their_index():
    assert page_of([(51, 64, 64)] * 9) == 3 * 65536
    large = (110, 1000, 1000)
    assert page_of([large]) >= 8 * 4 * np.prod(blocks_of(large))


def test_small_datasets_are_raw_bytes_in_the_file(tmp_path, observations):
    path = tmp_path / "o.h5"
    write_observations(path, _header("observation"), observations)
    with h5py.File(path) as file:
        dataset = file["SiO_5-4_d01/spectrum"]
        start, size, values = dataset.id.get_offset(), dataset.nbytes, dataset[:]
    raw = path.read_bytes()[start : start + size]
    assert np.array_equal(np.frombuffer(raw, "<f4"), values)


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path, state):
    path = tmp_path / "m.h5"
    path.write_bytes(b"old")
    header = Header("model", "m", "title", "code", {"mass_loss_rate": object()})
    with pytest.raises(TypeError):
        write_model(path, header, state)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("read", [read_header, read_model, read_observations])
def test_other_files_are_refused(tmp_path, read):
    path = tmp_path / "x.h5"
    path.write_bytes(b"not HDF5")
    with pytest.raises(ReadError, match=r"expected a model or observation file, .*x\.h5\]"):
        read(path)


def test_a_missing_dataset_is_named(tmp_path, state):
    path = tmp_path / "m.h5"
    write_model(path, _header("model"), state)
    with h5py.File(path, "a") as file:
        del file["thermodynamics/temperature/gas"]
    with pytest.raises(ReadError, match="missing dataset thermodynamics/temperature/gas"):
        read_model(path)


@pytest.mark.parametrize("part", ["spectrum", "intensity"])
def test_what_an_observation_file_lacks_is_named(tmp_path, observations, part):
    path = tmp_path / "o.h5"
    write_observations(path, _header("observation"), observations[:1], ["CO_2-1_d00"])
    with h5py.File(path, "a") as file:
        del file["CO_2-1_d00"][part]
    with pytest.raises(ReadError, match=rf"'{part}' doesn't exist.*; something is missing, cut s"):
        read_observations(path)


@pytest.mark.parametrize("read", [read_header, read_model, read_observations])
def test_files_that_are_cut_short_or_not_there_have_a_way_out(tmp_path, state, read):
    path = tmp_path / "m.h5"
    with pytest.raises(ReadError, match=r"expected a file, got none; check its name .*m\.h5\]"):
        read(path)
    write_model(path, _header("model"), state)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ReadError, match=r"truncated file.*; something is missing, cut short or d"):
        read(path)


def test_too_little_memory_for_a_file_is_a_memory_error(tmp_path):
    code = """
import resource, sys
from pathlib import Path
import numpy as np
from lineform.io import Header, write_model
from lineform.state import State
n = 1_000_000
one, three = np.ones(n), np.zeros((n, 3))
state = State(three, three, one, one, {"CO": one})
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, used + 2**26))
try:
    write_model(Path(sys.argv[1]), Header("model", "m", "", "", {}), state)
except MemoryError:
    sys.exit(7)
"""
    path = tmp_path / "m.h5"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=False)
    assert done.returncode == 7, done.stderr
    assert list(tmp_path.iterdir()) == []
