"""What lineform writes is what the data format page specifies and what the portal reads.

The page's tables are read here, so that the specification, the files that lineform makes, the
files that other tests make, and the portal's readers cannot drift apart.
"""

import re
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest

from lineform.parameters import PARAMETERS
from lineform.setup import Setup
from lineform.sources import Winds
from lineform.store import make_store
from portal.model import schema
from portal.readers import read_file

ROOT = Path(__file__).parents[2]
SMALL = Setup(pixels=20, channels=9)
NUMPY = {"f4": "<f4", "f8": "<f8"}


def _tables():
    """Rows of every table of the page by the header of its first column and by section."""
    text = (ROOT / "site_src" / "data-format.md").read_text(encoding="utf-8")
    tables = {}
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title = section.splitlines()[0]
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines()
            if line.startswith("|")
        ]
        for head, body in _split(rows):
            tables[title, head[0]] = [dict(zip(head, row, strict=True)) for row in body]
    return tables


def _split(rows):
    starts = [i - 1 for i, row in enumerate(rows) if set("".join(row)) <= set("-: ")]
    for start, stop in pairwise([*starts, len(rows)]):
        yield rows[start], rows[start + 2 : stop]


def _names(cell):
    return re.findall(r"`([^`]+)`", cell)


TABLES = _tables()
ROOT_ATTRIBUTES = TABLES["Rules for both kinds of file", "attribute"]
MODEL_DATASETS = TABLES["Model files", "dataset"]
GROUP_ATTRIBUTES = TABLES["Observation files", "attribute"]
GROUP_DATASETS = TABLES["Observation files", "dataset"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("contract") / "store"
    make_store(root, Winds(4, grid=8), SMALL, workers=1)
    return root


@pytest.fixture(params=["lineform", "example"])
def store(request, made, example_store):
    return made if request.param == "lineform" else example_store


def _files(store, kind):
    for path in sorted((store / kind).glob("*.h5")):
        with h5py.File(path) as file:
            yield file


def _groups(store):
    for file in _files(store, "observations"):
        yield from (group for name, group in file.items() if name != "parameters")


def _unit(cell):
    return "" if cell == "1" else cell


@pytest.mark.parametrize("kind", ["models", "observations"])
def test_root_attributes(store, kind):
    required = {
        name
        for row in ROOT_ATTRIBUTES
        for name in _names(row["attribute"])
        if row["required"] == "yes" or (row["required"] == "observation" and kind != "models")
    }
    for file in _files(store, kind):
        assert required <= set(file.attrs)
        assert file.attrs["format"] == f"atomium-{kind.removesuffix('s')}"
        assert file.attrs["format_version"] == "1.0"
        assert file.attrs["name"] == Path(file.filename).stem
        assert file.id.get_create_plist().get_file_space_strategy()[0] == (
            h5py.h5f.FSPACE_STRATEGY_PAGE
        )


def test_attributes_beyond_the_page_are_not_written(made):
    known = {name for row in ROOT_ATTRIBUTES for name in _names(row["attribute"])}
    for kind in ("models", "observations"):
        for file in _files(made, kind):
            assert set(file.attrs) <= known


def test_model_datasets(store):
    for file in _files(store, "models"):
        for row in MODEL_DATASETS:
            (name,) = _names(row["dataset"])
            dataset = file[name]
            assert dataset.ndim == row["shape"].count(",") + 1, name
            if row["type"] == "text":
                assert dataset.dtype.kind == "S"
            else:
                assert dataset.dtype == NUMPY[row["type"]]
                assert dataset.attrs["unit"] == _unit(row["unit"])


def test_points_of_a_grid_are_its_cells_z_fastest(store):
    for file in _files(store, "models"):
        axes = [file[f"grid/{name}"][:] for name in "xyz"]
        cells = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
        assert np.array_equal(file["geometry/points/position"][:], cells)


def test_observation_attributes(store):
    required = {
        name
        for row in GROUP_ATTRIBUTES
        if row["required"] == "yes"
        for name in _names(row["attribute"])
    }
    for group in _groups(store):
        assert set(group.attrs) == required
        assert re.fullmatch(
            rf"{group.attrs['species']}_{group.attrs['transition']}_d\d\d", group.name[1:]
        )


def test_observation_datasets(store):
    for group in _groups(store):
        shape = dict(zip("CYX", group["intensity"].shape, strict=True))
        for row in GROUP_DATASETS:
            for name in _names(row["dataset"]):
                dataset = group[name]
                axes = re.search(r"\((.*?)\)", row["shape"]).group(1).split(", ")
                expected = tuple(
                    shape[name.upper()] if len(axes) == 1 and name in "xy" else shape[a]
                    for a in axes
                )
                assert dataset.shape == expected, name
                assert dataset.dtype == NUMPY[row["type"]], name
                assert dataset.attrs["unit"] == row["unit"], name
                assert (dataset.chunks is None) == (row["storage"] == "contiguous"), name
        assert group["intensity"].shuffle
        assert group["intensity"].compression == "gzip"


def test_every_dataset_of_lineform_has_unit_and_description(made):
    for kind in ("models", "observations"):
        for file in _files(made, kind):
            bare = []
            file.visititems(
                lambda name, node, bare=bare: (
                    bare.append(name)
                    if isinstance(node, h5py.Dataset) and not node.attrs.get("description")
                    else None
                )
            )
            assert bare == []


def test_direction_belongs_to_its_angles(made):
    for group in _groups(made):
        i, a = np.radians([group.attrs["inclination"], group.attrs["azimuth"]])
        expected = [np.sin(i) * np.cos(a), np.sin(i) * np.sin(a), np.cos(i)]
        assert group.attrs["direction"] == pytest.approx(expected, abs=1e-14)


def test_velocity_is_radio_and_ascends(store):
    for group in _groups(store):
        velocity, frequency = group["velocity"][:], group["frequency"][:]
        assert np.all(np.diff(velocity) > 0)
        rest = group.attrs["rest_frequency"]
        assert 299792.458 * (1 - frequency / rest) == pytest.approx(velocity, abs=1e-8)


def test_the_spectrum_is_the_flux_of_the_cube(made):
    for group in _groups(made):
        pixel = np.radians(np.diff(group["x"][:2])[0] / 3600) ** 2
        flux = group["intensity"][:].astype(float).sum((1, 2)) * pixel * 1e26
        assert group["spectrum"][:] == pytest.approx(flux, rel=1e-5, abs=1e-6 * flux.max())


def test_parameters_are_those_of_the_catalogue(made):
    columns = {column.name: column for column in schema.PARAMETERS}
    for file in _files(made, "models"):
        attributes = file["parameters"].attrs
        names = [n for n in attributes if not n.endswith(("_unit", "_description"))]
        assert set(names) <= set(columns)
        for name in names:
            assert attributes[f"{name}_description"]
            if isinstance(attributes[name], str):
                assert f"{name}_unit" not in attributes
            else:
                assert attributes[f"{name}_unit"] == columns[name].unit


def test_units_of_lineform_are_those_of_the_catalogue():
    columns = {column.name: column.unit for column in schema.PARAMETERS}
    assert {name: parameter.unit for name, parameter in PARAMETERS.items()} == {
        name: columns[name] for name in PARAMETERS
    }


def test_the_portal_understands_every_file_without_a_complaint(made):
    for path in sorted(made.rglob("*.h5")):
        relative = path.relative_to(made).as_posix()
        record = read_file(path, relative)
        assert record.problems == ()
        assert record.format == f"atomium-{record.kind}"
        assert record.model["model_id"] == path.stem
        assert record.model["license"] == "CC-BY-SA-4.0"


def test_the_portal_reads_the_numbers_that_lineform_wrote(made):
    for path in sorted((made / "observations").glob("*.h5")):
        record = read_file(path, f"observations/{path.name}")
        raw = path.read_bytes()
        assert len(record.observations) == 9
        with h5py.File(path) as file:
            values = {p.name: p.value for p in record.parameters}
            assert values == {name: file["parameters"].attrs[name] for name in values}
            for row in record.observations:
                group = file[row["hdf5_group"]]
                assert row["line"] == f"{group.attrs['species']} {group.attrs['transition']}"
                assert row["rest_frequency"] == group.attrs["rest_frequency"]
                assert row["n_channels"] == 9
                for name in schema.SMALL_DATASETS:
                    start, size = row[f"{name}_offset"], row[f"{name}_nbytes"]
                    piece = np.frombuffer(raw[start : start + size], row[f"{name}_dtype"])
                    expected = group[name][:].ravel()
                    assert np.array_equal(piece, expected, equal_nan=True), name


def test_the_portal_counts_points_and_species(made):
    for path in sorted((made / "models").glob("*.h5")):
        record = read_file(path, f"models/{path.name}")
        assert record.model["n_points"] == 512
        assert set(record.model["species"]) == {"CO", "H2", "SiO"}
