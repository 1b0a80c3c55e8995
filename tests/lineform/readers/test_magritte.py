"""Models that Magritte has written, and what is wrong with damaged ones."""

import shutil

import h5py
import numpy as np
import pytest

from lineform.errors import ReadError
from lineform.readers.magritte import read_magritte

_AU, _YEAR, _SUN = 1.495978707e11, 365.25 * 86400, 1.98847e30
POPULATION = "lines/lineProducingSpecies_0/population"


@pytest.fixture
def magritte(atomium_data):
    return atomium_data / "magritte"


@pytest.fixture
def copy(magritte, tmp_path):
    """A model of Magritte with level populations, to be damaged."""
    return shutil.copy(magritte / "wind_cart16_co21_pops.hdf5", tmp_path / "model.hdf5")


def _wind(position):
    """The formulae of the model: velocity, H2, temperature."""
    x, y, z = position.T
    r = np.sqrt(x**2 + y**2 + z**2)
    speed = (3 + 11.5 * (1 - _AU / r)) * 1e3
    loss = 1e-6 * _SUN / _YEAR
    arm = np.cos(2 * np.pi * r / (200 * _AU) - np.arctan2(y, x)) * np.exp(-((z / r) ** 2) / 0.2)
    h2 = loss / (4 * np.pi * r**2 * speed * 2 * 1.66e-27) * (1 + 0.8 * arm)
    return position * (speed / r)[:, None], h2, np.maximum(10, 2300 * (_AU / r) ** 0.65)


def test_wind_is_that_of_its_formulae(magritte):
    state = read_magritte(magritte / "wind_cart16_co21.hdf5")
    velocity, h2, temperature = _wind(state.position)
    assert state.geometry == "points"
    assert state.n_points == 4096
    np.testing.assert_allclose(state.velocity, velocity, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(state.density["H2"], h2, rtol=1e-3)
    np.testing.assert_allclose(state.density["CO"], 3e-4 * h2, rtol=1e-3)
    np.testing.assert_allclose(state.temperature, temperature, rtol=1e-9)
    np.testing.assert_allclose(state.turbulence, 1e3, rtol=1e-6)
    assert not state.populations


def test_populations_add_up_to_the_molecules(magritte):
    state = read_magritte(magritte / "wind_cart16_co21_pops.hdf5")
    levels = state.populations["CO"]
    assert levels.shape == (4096, 41)
    np.testing.assert_allclose(levels.sum(axis=1), state.density["CO"], rtol=1e-12)


def test_spherical_model_has_shells(magritte):
    state = read_magritte(magritte / "vanZadelhoff_1a_1D_nlte.hdf5")
    assert state.geometry == "shells"
    radius = state.position[:, 0]
    assert np.all(np.diff(radius) > 0)
    np.testing.assert_allclose(state.density["H2"], 2e13 * (radius / 1e13) ** -2, rtol=1e-6)
    np.testing.assert_allclose(state.temperature, 20)
    np.testing.assert_allclose(state.turbulence, 150)
    np.testing.assert_allclose(
        state.populations["test"].sum(axis=1), state.density["test"], rtol=1e-6
    )


def test_shells_are_put_in_order(magritte, tmp_path):
    path = shutil.copy(magritte / "vanZadelhoff_1a_1D_nlte.hdf5", tmp_path / "model.hdf5")
    expected = read_magritte(path)
    with h5py.File(path, "a") as file:
        for name in (
            "geometry/points/position",
            "geometry/points/velocity",
            "thermodynamics/temperature/gas",
            "thermodynamics/turbulence/vturb2",
            "chemistry/species/abundance",
            POPULATION,
        ):
            file[name][...] = file[name][:][::-1]
    seen = read_magritte(path)
    np.testing.assert_array_equal(seen.position, expected.position)
    np.testing.assert_array_equal(seen.density["H2"], expected.density["H2"])
    np.testing.assert_array_equal(seen.populations["test"], expected.populations["test"])


def test_populations_never_computed_are_left_out(copy):
    with h5py.File(copy, "a") as file:
        file[POPULATION][...] = 0
    assert not read_magritte(copy).populations


@pytest.mark.parametrize(
    "name",
    [
        "geometry/points/position",
        "geometry/points/velocity",
        "thermodynamics/temperature/gas",
        "thermodynamics/turbulence/vturb2",
        "chemistry/species/species",
        "chemistry/species/abundance",
        "lines/lineProducingSpecies_0/linedata/weight",
    ],
)
def test_missing_dataset_is_named(copy, name):
    with h5py.File(copy, "a") as file:
        del file[name]
    with pytest.raises(ReadError, match=name):
        read_magritte(copy)


@pytest.mark.parametrize(
    ("name", "place", "value", "message"),
    [
        ("thermodynamics/temperature/gas", 7, 0.0, r"gas\[7\]: expected a positive .* got 0\.0"),
        ("thermodynamics/turbulence/vturb2", 3, -1.0, r"vturb2\[3\]: .* got -1\.0"),
        ("geometry/points/position", (5, 1), np.nan, r"position\[5, 1\]: .* got nan"),
        ("chemistry/species/abundance", (2, 1), -4.0, r"abundance\[2, 1\]: .* got -4\.0"),
        (POPULATION, (1, 6), -2.0, r"population\[1, 6\]: .* got -2\.0"),
    ],
)
def test_unphysical_value_is_named(copy, name, place, value, message):
    with h5py.File(copy, "a") as file:
        file[name][place] = value
    with pytest.raises(ReadError, match=message):
        read_magritte(copy)


def test_lengths_must_agree(copy):
    name = "thermodynamics/temperature/gas"
    with h5py.File(copy, "a") as file:
        short = file[name][:-1]
        del file[name]
        file[name] = short
    with pytest.raises(ReadError, match=r"temperature.*4095"):
        read_magritte(copy)


def test_plane_parallel_models_are_refused(copy):
    with h5py.File(copy, "a") as file:
        file.attrs["dimension"] = 1
    with pytest.raises(ReadError, match="dimension 1, spherical_symmetry false"):
        read_magritte(copy)


def test_attribute_that_is_missing_is_named(copy):
    with h5py.File(copy, "a") as file:
        del file.attrs["spherical_symmetry"]
    with pytest.raises(ReadError, match="spherical_symmetry"):
        read_magritte(copy)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "model.hdf5"
    path.write_bytes(b"no HDF5")
    with pytest.raises(ReadError, match="Magritte model"):
        read_magritte(path)
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(ReadError, match=r"gas.*is it a model of Magritte"):
        read_magritte(path)
