"""Formats of others: real files of Magritte and Phantom, our models, and unknown ones."""

import h5py
import numpy as np
import pytest

from portal.readers import read_file
from tests.layout import write_model


def values(record):
    return {parameter.name: (parameter.value, parameter.unit) for parameter in record.parameters}


@pytest.mark.parametrize(
    ("name", "points", "dimension", "spherical", "populations", "line"),
    [
        ("wind_cart16_co21", 4096, 3, False, False, "CO 230.537 GHz"),
        ("wind_cart16_co21_pops", 4096, 3, False, True, "CO 230.537 GHz"),
        ("vanZadelhoff_1a_1D_nlte", 250, 1, True, True, "test 179.875 GHz"),
    ],
)
def test_magritte(atomium_data, name, points, dimension, spherical, populations, line):
    record = read_file(atomium_data / "magritte" / f"{name}.hdf5", f"models/{name}.hdf5")
    assert record.problems == ()
    assert (record.kind, record.format) == ("model", "magritte")
    assert (record.model["model_id"], record.model["n_points"]) == (name, points)
    assert record.model["species"][1:] == ["H2", "e-"]
    found = values(record)
    assert found["dimension"] == (dimension, "")
    assert found["spherical_symmetry"] == (spherical, "")
    assert found["has_populations"] == (populations, "")
    assert found["lines"] == (line, "")
    assert found["magritte_version"] == ("0.9.3", "")
    assert "nfreqs" not in str(record)


@pytest.mark.parametrize(
    ("name", "points", "code", "sinks", "dust", "magnetic"),
    [
        ("adiabatic_00000", 20736, "Phantom 1.4.0", 0, False, False),
        ("dustmixture_00000", 1000, "Phantom 1.4.0", 1, True, False),
        ("dustseparate_00000", 2000, "Phantom 1.3.0", 1, True, False),
        ("mhd_00000", 4843, "Phantom 1.4.0", 0, False, True),
    ],
)
def test_phantom(atomium_data, name, points, code, sinks, dust, magnetic):
    record = read_file(atomium_data / "phantom_hdf5" / f"{name}.h5", f"models/{name}.h5")
    assert record.problems == ()
    assert (record.format, record.model["code"]) == ("phantom", code)
    assert (record.model["model_id"], record.model["n_points"]) == (name, points)
    found = values(record)
    assert found["n_sinks"] == (sinks, "")
    assert found["has_sinks"] == (sinks > 0, "")
    assert found["has_dust"] == (dust, "")
    assert found["has_magnetic_field"] == (magnetic, "")


def test_the_time_of_a_phantom_dump_is_in_seconds(tmp_path):
    path = tmp_path / "dump_1.h5"
    with h5py.File(path, "w") as file:
        for name, value in (("time", 3.0), ("utime", 5e6), ("udist", 1.0), ("umass", 1.0)):
            file[f"header/{name}"] = value
        file["header/nparttot"] = 7
        file["header/fileident"] = np.bytes_(b"something else")
        file["header/gamma"] = np.nan
        file["particles/xyz"] = np.zeros((8, 3))
    record = read_file(path, "dump_1.h5")
    assert values(record)["time"] == (1.5e7, "s")
    assert record.model["code"] == "Phantom"
    assert [problem.code for problem in record.problems] == ["not-finite", "shape-mismatch"]
    assert record.problems[1].seen == "7"


def test_our_models(tmp_path):
    record = read_file(write_model(tmp_path / "wind.h5", "wind", side=3), "models/wind.h5")
    assert record.problems == ()
    assert (record.model["n_points"], record.model["species"]) == (27, ["CO", "H2"])
    assert record.model["license"] == "CC-BY-SA-4.0"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("geometry/points/velocity", np.zeros((4, 3)), "shape-mismatch"),
        ("chemistry/species/abundance", np.zeros((27, 5)), "shape-mismatch"),
        ("thermodynamics/temperature/gas", None, "missing-dataset"),
        ("geometry/points/position", None, "missing-dataset"),
        ("chemistry/species/species", None, "missing-dataset"),
    ],
)
def test_unsound_models(tmp_path, path, value, code):
    file_path = write_model(tmp_path / "wind.h5", "wind", side=3)
    with h5py.File(file_path, "r+") as file:
        del file[path]
        if value is not None:
            file[path] = value
    record = read_file(file_path, "models/wind.h5")
    assert (code, True) in {(p.code, path in p.what) for p in record.problems}


def test_a_unit_of_another_dimension_in_a_model(tmp_path):
    path = write_model(tmp_path / "wind.h5", "wind")
    with h5py.File(path, "r+") as file:
        file["thermodynamics/temperature/gas"].attrs["unit"] = "km"
        file["geometry/points/position"].attrs["unit"] = "banana"
    record = read_file(path, "models/wind.h5")
    assert [problem.code for problem in record.problems] == ["unknown-unit", "wrong-unit"]


def test_an_unknown_format_says_what_it_holds(tmp_path):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        for number in range(12):
            file[f"field_{number:02d}"] = 1.0
        file.attrs["format"] = "somebody's"
    (problem,) = read_file(path, "other.h5").problems
    assert problem.code == "unknown-format"
    assert "somebody's" in problem.seen
    assert "field_00" in problem.seen
    assert "4 more" in problem.seen
    assert "mapping file" in problem.way_out
