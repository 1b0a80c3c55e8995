"""Models hold the mass and momentum of their dumps, to round-off, and say what they lack."""

import h5py
import numpy as np
import pytest

from lineform.constants import LIGHT_SPEED
from lineform.convert import convert
from lineform.errors import ConfigError, ReadError, WriteError
from lineform.io import read_header, read_model
from lineform.naming import model_name
from lineform.readers.snapshots import read_dump
from lineform.recipe import Recipe
from lineform.scales import CodeUnits
from lineform.winds import H2_MASS
from tests.lineform.dumps import amrvac_bytes, header, phantom_bytes, tree, wind

UNITS = CodeUnits(1.496e11, 2.34e-12, 1e4, "a test")
REAL = (
    "phantom/blast_00010",
    "phantom/synthetic_wind_00100",
    "phantom_hdf5/adiabatic_00000.h5",
    "phantom_hdf5/dustmixture_00000.h5",
    "phantom_hdf5/dustseparate_00000.h5",
    "phantom_hdf5/mhd_00000.h5",
    "amrvac/agb_wind_0001.dat",
    "amrvac/bw_3d_0002.dat",
)


def _gas(at):
    phase = sum((i + 1.3) * x for i, x in enumerate(at))
    density = 1.5 + np.sin(phase)
    return np.stack([density, *(density * np.cos(phase * k) for k in (1, 2, 3)), 40 + 0 * phase])


@pytest.fixture
def phantom(tmp_path):
    path = tmp_path / "wind_00010"
    path.write_bytes(phantom_bytes(*wind(40, dead=3), header(40)))
    return path


@pytest.fixture
def amrvac(tmp_path):
    path = tmp_path / "wind0001.dat"
    leaves = tree(2, 2, refined=((1, 1),))
    path.write_bytes(amrvac_bytes("spherical_2.5D", (1.0, 0.0), (3.0, np.pi), leaves, 2, _gas))
    return path


def _check_conserved(source, path, units):
    """Mass and momentum of the model, from its file alone, are those of the dump."""
    dump, state = read_dump(source), read_model(path)
    with h5py.File(path) as file:
        if "geometry/cells" in file:
            mass = state.density["H2"] * H2_MASS * file["geometry/cells/volume"][:]
        else:
            mass = file["geometry/points/mass"][:]
            h = file["geometry/points/smoothing_length"][:]
            assert h == pytest.approx(dump.shape.smoothing_length * units.length, rel=1e-14)
        stars = file["sinks/mass"][:] if "sinks" in file else None
    assert mass.sum() == pytest.approx(dump.mass.sum() * units.mass, rel=1e-12)
    momentum = (mass[:, None] * state.velocity).sum(axis=0)
    expected = (dump.mass[:, None] * dump.velocity).sum(axis=0) * units.mass * units.velocity
    scale = (mass * np.linalg.norm(state.velocity, axis=1)).sum()
    assert momentum == pytest.approx(expected, rel=1e-12, abs=1e-13 * scale)
    assert (stars is None) == (dump.sinks is None)
    if stars is not None:
        assert stars == pytest.approx(dump.sinks.mass * units.mass, rel=1e-14)


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [("Cartesian_2D", "cells"), ("cylindrical_2D", "points"), ("spherical_2.5D", "points")],
)
def test_only_boxes_are_cells_of_the_model(geometry, expected, tmp_path):
    source, path = tmp_path / "wind0001.dat", tmp_path / "model.h5"
    leaves = tree(2, 2, refined=((1, 1),))
    source.write_bytes(amrvac_bytes(geometry, (1.0, 0.5), (3.0, 2.5), leaves, 2, _gas))
    convert(source, path, Recipe(units=UNITS, temperature=50.0))
    state = read_model(path)
    assert state.geometry == expected
    if expected == "cells":
        # Two by two code units, and one thick.
        assert np.prod(state.size, axis=1).sum() == pytest.approx(4 * UNITS.length**3)


@pytest.mark.parametrize("name", REAL)
def test_real_dumps(name, atomium_data, tmp_path):
    source, path = atomium_data / name, tmp_path / "model.h5"
    units = read_dump(source).units
    recipe = Recipe(units=None if units else UNITS)
    done = convert(source, path, recipe)
    assert done.path == path
    _check_conserved(source, path, units or UNITS)
    state = read_model(path)
    assert state.n_points == done.n_points
    assert np.all(state.temperature > 0)
    assert (state.axes is not None) == (name == "amrvac/bw_3d_0002.dat")


def test_every_real_dump_is_tested(atomium_data):
    folders = ("phantom", "phantom_hdf5", "amrvac")
    files = [path for folder in folders for path in (atomium_data / folder).iterdir()]
    found = {f"{path.parent.name}/{path.name}" for path in files if path.name != "README.md"}
    assert found == set(REAL)


def test_a_wind_is_as_it_was_made(atomium_data, tmp_path):
    # The extremes that the maker of the file noted.
    path = tmp_path / "wind.h5"
    convert(atomium_data / "phantom" / "synthetic_wind_00100", path)
    state = read_model(path)
    assert state.temperature.min() == pytest.approx(121, rel=0.01)
    assert state.temperature.max() == pytest.approx(1500, rel=0.01)
    assert np.linalg.norm(state.velocity, axis=1).max() == pytest.approx(16.9e3, rel=0.01)


def test_dumps_made_here(phantom, amrvac, tmp_path):
    convert(phantom, tmp_path / "p.h5")
    _check_conserved(phantom, tmp_path / "p.h5", read_dump(phantom).units)
    convert(amrvac, tmp_path / "a.h5", Recipe(units=UNITS))
    _check_conserved(amrvac, tmp_path / "a.h5", UNITS)


def test_the_file_says_what_was_done(phantom, tmp_path):
    path = tmp_path / "wind.h5"
    recipe = Recipe(abundance={"CO": 2e-4})
    given = {"mass_loss_rate": (1e-6, "solMass/yr"), "phase": (0.25, ""), "author": ("A. B.", "")}
    done = convert(phantom, path, recipe, parameters=given, title="A <wind>")
    with h5py.File(path) as file:
        attributes, parameters = dict(file.attrs), dict(file["parameters"].attrs)
    assert attributes["not_converted"] == "iorig; divv; sinks/h; header values umagfd"
    assert done.not_converted == ("iorig", "divv", "sinks/h", "header values umagfd")
    assert attributes["source"] == "wind_00010"
    assert attributes["title"] == "A <wind>"
    assert "3 dead particles (h <= 0) left out" in attributes["recipe"]
    assert "CO = 0.0002 per H2" in attributes["recipe"]
    assert len(attributes["source_sha256"]) == 64
    assert parameters["mass_loss_rate_unit"] == "solMass/yr"
    assert parameters["phase"] == 0.25
    assert parameters["author"] == "A. B."
    assert parameters["n_sinks"] == 2
    assert parameters["sink_1_mass"] == pytest.approx(1.5, rel=1e-3)
    assert parameters["time"] == pytest.approx(2.5 * 5.0227287e6)
    assert parameters["time_unit"] == "s"


def test_a_field_that_became_an_abundance_is_not_left_out(phantom, tmp_path):
    done = convert(phantom, tmp_path / "w.h5", Recipe(abundance={"CO": "field:divv"}))
    assert done.not_converted == ("iorig", "sinks/h", "header values umagfd")


def test_names_from_files_are_made_printable(tmp_path):
    particles, sinks = wind(10)
    particles["a\0\x1b[31m"] = np.zeros(10)
    source = tmp_path / "wind_00010"
    source.write_bytes(phantom_bytes(particles, sinks, header(10), ident="FT:\x1b\0Phantom"))
    done = convert(source, tmp_path / "w.h5", title="A \0 title")
    assert "a??[31m" in done.not_converted
    with h5py.File(tmp_path / "w.h5") as file:
        assert file.attrs["title"] == "A ? title"


def test_the_same_dump_gives_the_same_bytes(phantom, tmp_path):
    for folder in ("one", "two"):
        convert(phantom, tmp_path / folder / "wind.h5")
    assert (tmp_path / "one/wind.h5").read_bytes() == (tmp_path / "two/wind.h5").read_bytes()


def test_names(phantom, tmp_path):
    (tmp_path / "models").mkdir()
    done = convert(phantom, tmp_path / "models", parameters={"morphology": ("spiral", "")})
    head = read_header(done.path)
    assert done.path.stem == head.name == model_name(head.parameters)
    assert head.name.startswith("spiral-")
    again = convert(phantom, tmp_path / "models", parameters={"morphology": ("spiral", "")})
    assert again.path == done.path
    assert convert(phantom, tmp_path / "models", name="w1").path.name == "w1.h5"
    with pytest.raises(ConfigError, match=r"expected other, the stem of the file, got w1"):
        convert(phantom, tmp_path / "other.h5", name="w1")
    with pytest.raises(ConfigError, match=r"name of the model: .* got 'a b'"):
        convert(phantom, tmp_path / "a b.h5")


def test_a_model_of_the_same_name_is_not_written_over(phantom, tmp_path):
    (tmp_path / "models").mkdir()
    path = convert(phantom, tmp_path / "models").path
    with h5py.File(path, "a") as file:
        file["parameters"].attrs["time"] = 7.0
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=rf"name {path.stem}: .* got time 7.0 .*of its own"):
        convert(phantom, tmp_path / "models")
    assert path.read_bytes() == before
    path.write_bytes(before[:50])
    assert convert(phantom, tmp_path / "models").path == path


def test_nothing_is_left_of_what_failed(phantom, amrvac, tmp_path):
    target = tmp_path / "out" / "model.h5"
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(ReadError, match="units of the dump"):
        convert(amrvac, target)
    phantom.write_bytes(phantom.read_bytes()[:-100])
    with pytest.raises(ReadError, match="cut short"):
        convert(phantom, target)
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_cannot_be_written(phantom, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WriteError, match=r"check the folder.*file/w\.h5\]"):
        convert(phantom, tmp_path / "file" / "w.h5")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"dump of no known format: .*got an empty file"),
        (b"\x1f\x8b\x08abcdefgh", r"got bytes beginning with 1f 8b 08.*; unpack it .* with gzip"),
        (b"text that is none", r"expected MPI-AMRVAC \(.dat\), Phantom \(HDF5\), Phantom"),
    ],
)
def test_files_that_are_no_dumps(tmp_path, data, message):
    path = tmp_path / "thing"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=message):
        convert(path, tmp_path / "model.h5")
    with pytest.raises(ReadError, match=r"dump: got .*nowhere"):
        convert(tmp_path / "nowhere", tmp_path / "model.h5")


def test_stars_move_as_fractions_of_the_speed_of_light(phantom, tmp_path):
    convert(phantom, tmp_path / "w.h5")
    dump = read_dump(phantom)
    with h5py.File(tmp_path / "w.h5") as file:
        velocity = file["sinks/velocity"][:] * LIGHT_SPEED
    assert velocity == pytest.approx(dump.sinks.velocity * dump.units.velocity, rel=1e-14)
