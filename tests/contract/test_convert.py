"""Converted models are what the page on the data format specifies and what the portal reads."""

import h5py
import numpy as np
import pytest

from lineform.convert import convert
from lineform.recipe import Recipe
from lineform.scales import CodeUnits
from portal.readers import read_file
from tests.contract.test_layout import MODEL_DATASETS, NUMPY, ROOT_ATTRIBUTES, TABLES
from tests.lineform.dumps import amrvac_bytes, header, phantom_bytes, tree, uniform, wind

OPTIONAL = TABLES["Model files", "optional dataset"]
UNITS = CodeUnits(1.496e11, 2.34e-12, 1e4, "a test")
COMMON = (
    "geometry/points/position",
    "geometry/points/velocity",
    "chemistry/species/species",
    "chemistry/species/abundance",
    "thermodynamics/temperature/gas",
    "thermodynamics/turbulence/vturb2",
)


def _phantom():
    return phantom_bytes(*wind(40, dead=2), header(40))


def _amr():
    leaves = tree(2, 2, refined=((1, 1),))
    return amrvac_bytes("spherical_2.5D", (1.0, 0.1), (3.0, 3.0), leaves, 2, uniform())


def _grid():
    return amrvac_bytes("Cartesian", (-1.0,) * 3, (1.0,) * 3, tree(2, 3), 2, uniform())


@pytest.fixture(params=[_phantom, _amr, _grid])
def model(request, tmp_path):
    source = tmp_path / "snapshot"
    source.write_bytes(request.param())
    recipe = Recipe(
        abundance={"CO": 3e-4, "HCO+": 1e-8}, units=None if request.param is _phantom else UNITS
    )
    given = {"mass_loss_rate": (1e-6, "solMass/yr"), "morphology": ("spiral", "")}
    return convert(source, tmp_path / "store" / "wind.h5", recipe, parameters=given)


def _name(row):
    return next(iter(row.values())).strip("`")


def test_the_portal_reads_it_without_a_complaint(model):
    record = read_file(model.path, "models/wind.h5")
    assert record.problems == ()
    assert record.format == "atomium-model"
    assert record.model["n_points"] == model.n_points
    assert list(record.model["species"]) == ["CO", "HCO+", "H2"]
    values = {parameter.name: parameter.value for parameter in record.parameters}
    assert values["mass_loss_rate"] == 1e-6
    assert values["morphology"] == "spiral"
    assert values["co_abundance"] == 3e-4


def test_it_holds_what_the_page_lists_and_no_more(model):
    rows = {_name(row): row for row in (*MODEL_DATASETS, *OPTIONAL)}
    seen = []

    def check(name, node):
        if isinstance(node, h5py.Dataset) and not name.startswith("grid/"):
            seen.append(name)
            row = rows[name]
            assert node.ndim == row["shape"].count(",") + 1, name
            if row["type"] != "text":
                assert node.dtype == {**NUMPY, "i4": "<i4"}[row["type"]], name
                assert node.attrs["unit"] == row["unit"].replace("1", ""), name
            assert node.attrs["description"]

    with h5py.File(model.path) as file:
        file.visititems(check)
        known = {
            word.strip("`") for row in ROOT_ATTRIBUTES for word in row["attribute"].split(", ")
        }
        assert set(file.attrs) <= known
    assert {_name(row) for row in MODEL_DATASETS} <= set(seen)


def test_the_page_lists_no_optional_dataset_that_is_never_written(tmp_path):
    written = set()
    for number, make in enumerate((_phantom, _amr)):
        source = tmp_path / f"snapshot{number}"
        source.write_bytes(make())
        path = tmp_path / f"m{number}.h5"
        convert(source, path, Recipe(units=UNITS))
        with h5py.File(path) as file:
            file.visit(written.add)
    assert {_name(row) for row in OPTIONAL} <= written


def test_groups_and_units_are_those_of_magritte(model, atomium_data):
    path = atomium_data / "magritte" / "wind_cart16_co21.hdf5"
    with h5py.File(path) as theirs, h5py.File(model.path) as ours:
        for name in COMMON:
            assert ours[name].ndim == theirs[name].ndim, name
            assert ours[name].dtype.kind == theirs[name].dtype.kind, name
        # Fractions of the speed of light, and SI: of the size of those of a wind.
        assert np.abs(ours["geometry/points/velocity"][:]).max() < 1e-3
        assert np.abs(ours["geometry/points/position"][:]).max() > 1e10
        names = [name.decode() for name in ours["chemistry/species/species"][:]]
        assert names[-1] == "H2"
