"""States of every geometry come back from their model files as they were written."""

import h5py
import numpy as np
import pytest

from lineform.errors import ReadError
from lineform.io import Header, read_header, read_model, write_model
from tests.lineform.clouds import GEOMETRIES, Gas, on_cells, on_grid, on_points, on_shells

GAS = Gas(
    density=lambda position: 1e9 + position[:, 0],
    speed=lambda position: 3e3 + position[:, 0] * 1e-5,
)
STATES = {
    "grid": on_grid(GAS, 3, 1e12),
    "cells": on_cells(GAS, 4, 1e12),
    "points": on_points(GAS, 20, 1e12),
    "shells": on_shells(GAS, 5, 1e12),
}
HEADER = Header("model", "wind-1", "", "test 1.0", {"mass_loss_rate": 1e-6})


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_round_trip(geometry, tmp_path):
    state, path = STATES[geometry], tmp_path / "wind-1.h5"
    write_model(path, HEADER, state)
    back = read_model(path)
    assert back.geometry == state.geometry == geometry
    assert np.array_equal(back.position, state.position)
    assert back.velocity == pytest.approx(state.velocity, rel=1e-14)
    assert np.array_equal(back.density["CO"], state.density["CO"])
    for ours, theirs in zip(back.axes or (), state.axes or (), strict=True):
        assert np.array_equal(ours, theirs)
    assert (back.size is None) == (state.size is None)
    assert back.size is None or np.array_equal(back.size, state.size)
    assert read_header(path) == HEADER


def test_cells_of_a_file_that_does_not_call_them_boxes_are_points(tmp_path):
    # Cells of a curvilinear run, and files from before boxes were called so.
    path = tmp_path / "wind-1.h5"
    write_model(path, HEADER, STATES["cells"])
    with h5py.File(path, "r+") as file:
        del file["geometry/cells"].attrs["shape"]
    assert read_model(path).geometry == "points"


def test_what_is_given_is_written_with_what_the_state_has(tmp_path):
    path, state = tmp_path / "wind-1.h5", STATES["cells"]
    size = (state.size, "m", "As the snapshot calls it.")
    write_model(
        path,
        HEADER,
        state,
        {"geometry/cells/size": size},
        {"/": {"npoints": state.n_points}, "geometry/cells": {"levels": 3}},
    )
    with h5py.File(path) as file:
        assert file.attrs["npoints"] == state.n_points
        assert dict(file["geometry/cells"].attrs) == {"shape": "boxes", "levels": 3}
        assert file["geometry/cells/size"].attrs["description"] == "As the snapshot calls it."
    assert read_model(path).geometry == "cells"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wind-1.h5"
    write_model(path, HEADER, STATES["grid"])
    return path


def said(path, dataset, unit):
    with h5py.File(path, "r+") as opened:
        opened[dataset].attrs["unit"] = unit


SCALED = "geometry/points/position"
SCALES = {
    SCALED: ("cm", 1e-2),
    "geometry/points/velocity": ("%", 1e-2),
    "chemistry/species/abundance": ("cm-3", 1e6),
    "thermodynamics/temperature/gas": ("mK", 1e-3),
    "grid/y": ("AU", 149597870700.0),
}


@pytest.mark.parametrize("dataset", SCALES)
@pytest.mark.parametrize("kind", [str, np.bytes_])
def test_values_are_in_the_unit_that_they_say(file, dataset, kind):
    unit, scale = SCALES[dataset]
    before = read_model(file)
    said(file, dataset, kind(unit))
    after = read_model(file)
    for ours, theirs, changed in (
        (before.position, after.position, "geometry/points/position"),
        (before.velocity, after.velocity, "geometry/points/velocity"),
        (before.density["CO"], after.density["CO"], "chemistry/species/abundance"),
        (before.temperature, after.temperature, "thermodynamics/temperature/gas"),
        (before.axes[1], after.axes[1], "grid/y"),
    ):
        assert theirs == pytest.approx(ours * (scale if dataset == changed else 1), rel=1e-12)


def test_the_unit_of_squared_turbulence_is_that_of_the_square(file):
    before = read_model(file).turbulence
    said(file, "thermodynamics/turbulence/vturb2", "%")
    assert read_model(file).turbulence == pytest.approx(before / 10, rel=1e-12)


@pytest.mark.parametrize("unit", ["m", np.bytes_(b"m"), h5py.Empty("S1"), None, ["m"]])
def test_units_of_the_format_change_nothing(file, unit):
    before = read_model(file)
    path = "geometry/points/velocity" if isinstance(unit, h5py.Empty) else SCALED
    with h5py.File(file, "r+") as opened:
        del opened[path].attrs["unit"]
        if unit is not None:
            opened[path].attrs["unit"] = unit
    after = read_model(file)
    assert np.array_equal(before.position, after.position)
    assert np.array_equal(before.velocity, after.velocity)


@pytest.mark.parametrize(
    ("dataset", "unit", "message"),
    [
        (SCALED, "foo", "position: expected the unit m or one of its kind, got 'foo'; convert"),
        (SCALED, "K", "position: expected the unit m or one of its kind, got 'K'"),
        ("geometry/points/velocity", "km/s", "no unit but velocity as a frac.*, got 'km/s'"),
        ("chemistry/species/abundance", "g cm-3", r"the unit m-3 or .*, got 'g cm-3'"),
        ("thermodynamics/temperature/gas", "deg_C", "the unit K or one .*, got 'deg_C'"),
        ("grid/z", "", "grid/z: expected the unit m or one of its kind, got ''"),
    ],
)
def test_units_of_another_kind(file, dataset, unit, message):
    said(file, dataset, unit)
    with pytest.raises(ReadError, match=rf"dataset .*{message}.*\[.*wind-1\.h5\]"):
        read_model(file)


@pytest.mark.parametrize(
    ("dataset", "index", "value", "message"),
    [
        ("geometry/points/velocity", (4, 1), 1.0, r"below 1, got 1.00025 at point 4, and 1 such"),
        ("geometry/points/velocity", 2, -15e3, r"below 1, got 25980.8 at point 2.*; divide veloc"),
        (
            "thermodynamics/turbulence/vturb2",
            3,
            -2.5,
            r"a square, not below 0, got -2.5 at point 3",
        ),
    ],
)
def test_values_that_cannot_be(file, dataset, index, value, message):
    with h5py.File(file, "r+") as opened:
        opened[dataset][index] = value
    with pytest.raises(ReadError, match=rf"dataset {dataset}: .*{message}.*\[.*wind-1\.h5\]"):
        read_model(file)


@pytest.mark.parametrize(
    ("dataset", "meaning"),
    [
        ("geometry/points/position", r"positions of the points \[m\]"),
        ("geometry/points/velocity", "velocity as a fraction of the speed of light"),
        ("chemistry/species/species", "names of the species"),
        ("chemistry/species/abundance", r"number density of each species \[m-3\]"),
        ("thermodynamics/temperature/gas", r"gas temperature \[K\]"),
        ("thermodynamics/turbulence/vturb2", "square of turbulent speed over speed of light"),
        ("grid/y", r"cell centres along y \[m\]"),
    ],
)
def test_what_is_missing_is_named_with_its_meaning(file, dataset, meaning):
    with h5py.File(file, "r+") as opened:
        del opened[dataset]
    message = rf"^missing dataset {dataset}: expected {meaning}; make the model file .*\.h5\]$"
    with pytest.raises(ReadError, match=message):
        read_model(file)


def test_datasets_of_another_shape(file):
    with h5py.File(file, "r+") as opened:
        values = opened["chemistry/species/abundance"][:, :0]
        del opened["chemistry/species/abundance"]
        opened["chemistry/species/abundance"] = values
    with pytest.raises(ReadError, match=r"abundance: expected shape \(n, 2\), got \(27, 0\)"):
        read_model(file)
