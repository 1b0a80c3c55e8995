"""States of every geometry come back from their model files as they were written."""

import h5py
import numpy as np
import pytest

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
