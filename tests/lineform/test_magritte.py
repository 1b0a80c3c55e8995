"""Our model files are models of Magritte: laws of the line data, and Magritte's own files."""

import re
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from lineform.commands.convert import COMMAND as CONVERT
from lineform.constants import BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.errors import ConfigError
from lineform.io import Header, read_model, write_model
from lineform.magritte import additions
from lineform.readers.lamda import read_lamda
from lineform.readers.magritte import read_magritte
from lineform.species import Collisions, linear_rotor
from tests.lineform.dumps import header, phantom_bytes, wind
from tests.lineform.gas import grid_state

HEADER = Header("model", "wind", "A wind", "test", {})
LINEDATA = "lines/lineProducingSpecies_0/linedata"


@pytest.fixture
def co(atomium_data):
    return read_lamda(atomium_data / "lamda" / "co.dat")


def _written(path, state, molecules, **options):
    added = additions(state, molecules, **options)
    write_model(path, HEADER, state, added.datasets, added.attributes)
    return path


def _contents(path):
    """All attributes and datasets of a file."""
    found = {}
    with h5py.File(path) as file:
        found["/"] = dict(file.attrs)

        def visit(name, node):
            if isinstance(node, h5py.Dataset):
                found[name] = node[()]
            elif name != "parameters":
                found[name] = dict(node.attrs)

        file.visititems(visit)
    return found


def test_file_has_all_that_a_file_of_magritte_has(atomium_data, co, tmp_path):
    path = atomium_data / "magritte" / "wind_cart16_co21.hdf5"
    state = read_magritte(path)
    real = _contents(path)
    ours = _contents(_written(tmp_path / "wind.h5", state, {co: [co.line("2-1")]}, rays=2))
    assert set(real) <= set(ours)
    # The version is Magritte's, and what it says of nfreqs is garbage.
    assert set(real["/"]) - set(ours["/"]) == {"version", "nfreqs"}
    free = {"quadrature/", "rays/", "species/species", "points/neighbors"}
    for name, values in real.items():
        if isinstance(values, dict) or any(word in name for word in free):
            continue
        # Magritte's line is 1.3 km/s off, its constants are older; slower rates are never felt.
        np.testing.assert_allclose(ours[name], values, rtol=3e-5, atol=1e-30, err_msg=name)
    for name in ("npoints", "nboundary", "nspecs", "nlspecs", "dimension", "spherical_symmetry"):
        assert ours["/"][name] == real["/"][name]
    for name in (LINEDATA, f"{LINEDATA}/collisionPartner_0", f"{LINEDATA}/collisionPartner_1"):
        mass = ours[name].pop("inverse_mass", 0), real[name].pop("inverse_mass", 0)
        assert mass[0] == pytest.approx(mass[1], rel=1e-6)
        assert ours[name] == real[name]


def test_file_is_a_model_for_both(tmp_path):
    state = grid_state(side=5)
    path = _written(
        tmp_path / "wind.h5", state, {linear_rotor("CO"): [linear_rotor("CO").lines[0]]}
    )
    for seen in (read_model(path), read_magritte(path)):
        np.testing.assert_allclose(seen.position, state.position)
        np.testing.assert_allclose(seen.density["CO"], state.density["CO"])
        np.testing.assert_allclose(seen.turbulence, state.turbulence)
    assert read_model(path).geometry == "grid"
    with h5py.File(path) as file:
        assert file.attrs["format"] == "atomium-model"


def test_frequencies_are_those_of_the_column(co):
    added = additions(grid_state(side=4), {co: list(co.lines)})
    seen = added.datasets[f"{LINEDATA}/frequency"][0]
    np.testing.assert_array_equal(seen, [line.frequency for line in co.lines])
    assert seen[1] == 230.538e9


def test_einstein_coefficients_give_the_planck_function(co):
    """In equilibrium n_u A = (n_l Ba - n_u Bs) B(T)."""
    added = additions(grid_state(side=4), {co: list(co.lines)}).datasets
    a, bs, ba, nu = (added[f"{LINEDATA}/{name}"][0] for name in ("A", "Bs", "Ba", "frequency"))
    up, low = (added[f"{LINEDATA}/{name}"][0] for name in ("irad", "jrad"))
    for temperature in (10.0, 300.0, 2000.0):
        x = PLANCK * nu / (BOLTZMANN * temperature)
        planck = 2 * PLANCK * nu**3 / LIGHT_SPEED**2 / np.expm1(x)
        upper = co.weight[up] / co.weight[low] * np.exp(-x)
        np.testing.assert_allclose(upper * a, (ba - upper * bs) * planck, rtol=1e-9)


def test_collision_rates_are_in_detailed_balance(co):
    added = additions(grid_state(side=4), {co: [co.lines[0]]}).datasets
    for part in (f"{LINEDATA}/collisionPartner_{c}" for c in range(2)):
        up, low, cd, ce, t = (added[f"{part}/{n}"][0] for n in ("icol", "jcol", "Cd", "Ce", "tmp"))
        assert cd.shape == ce.shape == (len(t), len(up))
        # Only a level above the other in energy has a rate downwards.
        assert np.all(co.energy[up] > co.energy[low])
        levels = co.weight * np.exp(-co.energy / (BOLTZMANN * t[:, None]))
        np.testing.assert_allclose(levels[:, low] * ce, levels[:, up] * cd, rtol=1e-9)


@pytest.mark.parametrize("rays", [2, 12, 48, 192])
def test_rays_fill_the_sphere_in_pairs(rays):
    co = linear_rotor("CO")
    added = additions(grid_state(side=3), {co: [co.lines[0]]}, rays=rays).datasets
    direction, weight = (added[f"geometry/rays/{name}"][0] for name in ("direction", "weight"))
    np.testing.assert_array_equal(direction[rays // 2 :], -direction[: rays // 2])
    np.testing.assert_allclose(np.linalg.norm(direction, axis=1), 1)
    assert weight.sum() == pytest.approx(1)
    if rays >= 48:
        inertia = np.einsum("ri,rj,r->ij", direction, direction, weight)
        np.testing.assert_allclose(inertia, np.eye(3) / 3, atol=0.02)


def test_rays_through_shells_are_those_of_magritte(atomium_data):
    path = atomium_data / "magritte" / "vanZadelhoff_1a_1D_nlte.hdf5"
    state = read_magritte(path)
    rotor = linear_rotor("CO")
    state.density["CO"] = state.density.pop("test")
    added = additions(state, {rotor: [rotor.lines[0]]}, rays=200)
    assert added.attributes["/"]["dimension"] == 1
    assert added.attributes["/"]["spherical_symmetry"] == "true"
    with h5py.File(path) as file:
        for name, tolerance in (("direction", 2e-2), ("weight", 2e-4)):
            seen, real = added.datasets[f"geometry/rays/{name}"][0], file[f"geometry/rays/{name}"]
            np.testing.assert_allclose(seen, real, atol=tolerance)


def test_partner_that_the_model_lacks_is_said(atomium_data):
    so = read_lamda(atomium_data / "lamda" / "hco+.dat")
    state = grid_state(side=4)
    state.density["HCO+"] = state.density["CO"]
    del state.density["H2"]
    added = additions(state, {so: [so.lines[0]]})
    assert added.notes == ("collisions of HCO+ with H2: the model has no H2",)
    assert not any("collisionPartner" in name for name in added.datasets)


def test_molecule_without_collisions_is_said():
    co = linear_rotor("CO")
    (note,) = additions(grid_state(side=4), {co: [co.lines[0]]}).notes
    assert "CO has no collision rates" in note


def test_molecule_that_the_model_lacks_is_refused():
    sio = linear_rotor("SiO")
    with pytest.raises(ConfigError, match="expected one of CO, H2, got SiO"):
        additions(grid_state(side=4), {sio: [sio.lines[0]]})


@pytest.mark.parametrize("rays", [0, 1, 13])
def test_odd_rays_are_refused(rays):
    co = linear_rotor("CO")
    with pytest.raises(ConfigError, match=f"an even number, got {rays}"):
        additions(grid_state(side=4), {co: [co.lines[0]]}, rays=rays)


def test_background_is_written(tmp_path):
    co = linear_rotor("CO")
    added = additions(grid_state(side=4), {co: [co.lines[0]]}, background=30.0).datasets
    assert set(added["geometry/boundary/boundary_temperature"][0]) == {30.0}
    assert set(added["geometry/boundary/boundary_condition"][0]) == {1}


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "wind_00010"
    path.write_bytes(phantom_bytes(*wind(60), header(60)))
    return path


def _convert(*arguments):
    return CliRunner().invoke(CONVERT, [str(argument) for argument in arguments])


def test_convert_writes_models_of_magritte(snapshot, tmp_path, co, atomium_data):
    lamda = atomium_data / "lamda" / "co.dat"
    path = tmp_path / "wind.h5"
    lines = ("--magritte", "CO 2-1", "--magritte", "CO 3-2")
    done = _convert(snapshot, "-o", path, *lines, "--lamda", lamda)
    assert done.exit_code == 0, done.output
    seen, state = read_magritte(path), read_model(path)
    np.testing.assert_allclose(seen.density["CO"], state.density["CO"])
    with h5py.File(path) as file:
        assert file["geometry/points/smoothing_length"].shape == (60,)
        assert file.attrs["npoints"] == file["geometry/points/n_neighbors"].size == 60
        frequency = file[f"{LINEDATA}/frequency"][:]
    np.testing.assert_array_equal(frequency, [co.line(t).frequency for t in ("2-1", "3-2")])


def test_convert_says_what_magritte_lacks(snapshot, tmp_path):
    done = _convert(snapshot, "-o", tmp_path / "wind.h5", "--magritte", "CO 2-1")
    assert done.exit_code == 0
    assert "CO has no collision rates" in done.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--magritte", "CO 2-0"), "2-0"),
        (("--magritte", "CO"), "species and transition"),
        (("--magritte", "SiO 5-4"), "expected one of CO, H2, got SiO"),
        (("--lamda", "co.dat"), "expected a line of it in --magritte"),
    ],
)
def test_convert_refuses_what_makes_no_model(snapshot, tmp_path, options, message):
    path = tmp_path / "wind.h5"
    done = _convert(snapshot, "-o", path, *options)
    assert isinstance(done.exception, ConfigError)
    assert message in str(done.exception)
    assert not path.exists()


def test_page_lists_the_datasets():
    page = (Path(__file__).parents[2] / "site_src" / "data-format.md").read_text("utf-8")
    table = page.split("| dataset for Magritte |")[1].split("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    listed = [name.split("/")[-1] for cell in cells for name in re.findall("`(.+?)`", cell)]
    co = linear_rotor("CO")
    pair = Collisions("H2", *(np.array([x]) for x in (10.0, 1, 0)), np.array([[1e-17]]))
    added = additions(grid_state(side=4), {replace(co, collisions=(pair,)): [co.lines[0]]})
    assert sorted(listed) == sorted(name.split("/")[-1] for name in added.datasets)


def test_portal_takes_the_file_for_ours(snapshot, tmp_path):
    from portal.commands.scan import COMMAND as SCAN

    store, catalog = tmp_path / "store", tmp_path / "catalog"
    assert not _convert(
        snapshot, "-o", store / "models" / "wind.h5", "--magritte", "CO 2-1"
    ).exception
    done = CliRunner().invoke(SCAN, [str(store), "--catalog", str(catalog), "--workers", "0"])
    assert done.exit_code == 0, done.output
    import pyarrow.parquet as pq

    (model,) = pq.read_table(catalog / "models.parquet").to_pylist()
    assert model["format"] == "atomium-model"
    assert pq.read_table(catalog / "problems.parquet").num_rows == 0
