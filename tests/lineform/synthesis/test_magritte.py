"""Without Magritte the engine says how to get it; with it, it is an engine like the others."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from lineform.cube import View
from lineform.errors import ConfigError
from lineform.func.populations import boltzmann_fraction, partition_function
from lineform.io import Header, write_model
from lineform.magritte import additions
from lineform.readers.lamda import read_lamda
from lineform.readers.magritte import read_magritte
from lineform.species import linear_rotor
from lineform.state import State
from lineform.synthesis.base import Dust, Scene, Star
from lineform.synthesis.engines import engine_named
from tests.lineform.gas import AU, grid_state

CO = linear_rotor("CO")
OFFSETS = (np.arange(12) - 5.5) * 10 * AU
VELOCITY = np.linspace(-6e3, 6e3, 13)


@pytest.fixture
def forgotten():
    """Nothing called magritte has been imported; afterwards all is as before."""

    def take():
        names = [name for name in sys.modules if name.split(".")[0] == "magritte"]
        return {name: sys.modules.pop(name) for name in names}

    before = take()
    yield
    take()
    sys.modules.update(before)


def _refusal():
    with pytest.raises(ConfigError) as refused:
        engine_named("magritte").version()
    return str(refused.value)


def _is_helpful(message):
    parts = ("expected an installed Magritte", "package index", "another tool", "source")
    return all(part in message for part in parts) and "https://magritte.readthedocs.io" in message


def test_engine_that_is_not_installed_says_where_it_is(forgotten, monkeypatch):
    monkeypatch.setitem(sys.modules, "magritte", None)
    assert _is_helpful(_refusal())


@pytest.mark.parametrize(
    ("files", "seen"),
    [
        ({"__init__.py": "__version__ = '0.2'"}, "No module named 'magritte.core'"),
        ({"__init__.py": "", "core.py": "__version__ = '0.2'"}, "without Model"),
    ],
)
def test_another_tool_of_the_name_is_told_apart(forgotten, monkeypatch, tmp_path, files, seen):
    (tmp_path / "magritte").mkdir()
    for name, text in files.items():
        (tmp_path / "magritte" / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    message = _refusal()
    assert _is_helpful(message)
    assert seen in message


@pytest.fixture
def magritte():
    engine = engine_named("magritte")
    try:
        engine.version()
    except ConfigError as error:
        pytest.skip(str(error))
    return engine


def _scene(state, views=((0, 0, 1),), velocity=VELOCITY, offsets=OFFSETS, **options):
    lines = {CO: [CO.line("2-1"), CO.line("3-2")]}
    return Scene(state, lines, [View.towards(v) for v in views], offsets, velocity, **options)


def _apart(one, two):
    """Median relative difference where it is bright."""
    bright = one > 0.1 * one.max()
    return float(np.median(np.abs(two[bright] / one[bright] - 1)))


def _agree(magritte, scene, tolerance):
    ours = list(engine_named("array").cubes(scene))
    theirs = list(magritte.cubes(scene))
    assert [cube.shape for cube in ours] == [cube.shape for cube in theirs]
    for one, two in zip(ours, theirs, strict=True):
        assert _apart(one, two) < tolerance
    return ours, theirs


def _points(**options):
    """A lattice of points, whose outermost are the surface of the model for both engines."""
    return replace(grid_state(side=14, density=1e8, **options), axes=None)


VIEWS = ((0.01, 0.02, 1), (0.3, 0.2, -1), (0.1, -1, 0.2))


@pytest.mark.parametrize("quantity", ["intensity", "optical depth"])
def test_cubes_are_on_our_pixels_and_channels(magritte, quantity):
    """Gas that differs along all axes: right, left and the sign of the velocity would show."""

    def velocity(position):
        return position @ np.array([[30, 5, 0], [0, 10, 5], [10, 0, -20]]) / (100 * AU) * 50

    state = _points(velocity=velocity)
    x, y, z = state.position.T / (100 * AU)
    state.density["CO"] *= np.exp(0.9 * x + 0.7 * y - 0.8 * z)
    ours, theirs = _agree(magritte, _scene(state, VIEWS, quantity=quantity), 0.03)
    for one, two in zip(ours, theirs, strict=True):
        turned = [_apart(one, np.flip(two, axis)) for axis in range(3)]
        assert min(turned) > 3 * _apart(one, two)


def test_populations_are_taken_over(magritte):
    state = _points()
    hotter = 3 * state.temperature
    whole = partition_function(hotter, CO.energy, CO.weight)
    levels = np.stack(
        [
            boltzmann_fraction(hotter, whole, energy, weight)
            for energy, weight in zip(CO.energy, CO.weight, strict=True)
        ],
        axis=1,
    )
    _agree(magritte, _scene(state, VIEWS[:1], fractions={"CO": levels}), 0.02)


@pytest.mark.parametrize("rays_per_pixel", [1, 2])
def test_shells_become_round_images(magritte, rays_per_pixel):
    radius = np.linspace(1, 60, 40) * AU
    position = np.stack([radius, 0 * radius, 0 * radius], axis=1)
    state = State(
        position=position,
        velocity=position / (60 * AU) * 4e3,
        temperature=np.full(40, 50.0),
        turbulence=np.full(40, 1e3),
        density={"CO": 1e9 * (radius / AU) ** -1, "H2": np.full(40, 1e12)},
        spherical=True,
    )
    scene = _scene(state, rays_per_pixel=rays_per_pixel)
    _agree(magritte, scene, 0.05)
    for cube in magritte.cubes(scene):
        np.testing.assert_allclose(cube, cube[:, ::-1], rtol=1e-4, atol=1e-3 * cube.max())
        np.testing.assert_allclose(cube, cube.transpose(0, 2, 1), rtol=1e-4, atol=1e-22)


def test_magritte_finds_in_our_file_what_it_found_in_its_own(magritte, atomium_data, tmp_path):
    """Populations and images of the same gas, from a file that we have written."""
    from magritte import core

    folder = atomium_data / "magritte"
    known = read_magritte(folder / "wind_cart16_co21_pops.hdf5")
    co = read_lamda(atomium_data / "lamda" / "co.dat")
    line = co.line("2-1")
    state = replace(known, populations={})
    added = additions(state, {co: [line]})
    path = tmp_path / "wind.h5"
    write_model(path, Header("model", "wind", "", "", {}), state, added.datasets, added.attributes)
    with np.load(folder / "wind_cart16_co21_img.npz") as stored:
        frequency = stored["freqs"] - stored["f_rest_magritte"] + line.frequency
        images = stored["I_0"], stored["I_1"]
    model = core.Model(str(path))
    model.compute_inverse_line_widths()
    model.compute_LTE_level_populations()
    levels = np.array(model.lines.lineProducingSpecies[0].population).reshape(-1, len(co.energy))
    np.testing.assert_allclose(levels, known.populations["CO"], rtol=1e-4, atol=1e-6)
    model.compute_spectral_discretisation(frequency[0], frequency[-1], len(frequency))
    for direction, image in zip(((0.0, 0.0, 1.0), (0.6, 0.0, 0.8)), images, strict=True):
        model.compute_image_new(*direction, 64, 64)
        np.testing.assert_allclose(np.array(model.images[-1].I), image, rtol=5e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dust": Dust(0.1)}, "expected no dust"),
        ({"star": Star(AU, 2500.0)}, "expected no star"),
        ({"velocity": np.array([0.0, 1e3, 3e3])}, "channels of one width"),
        ({"offsets": OFFSETS / 1e4}, "larger field of view"),
    ],
)
def test_what_magritte_cannot_do_is_refused(magritte, options, message):
    with pytest.raises(ConfigError, match=message):
        list(magritte.cubes(_scene(grid_state(side=5), **options)))


def test_nothing_is_said_on_standard_output(magritte, capfd):
    list(magritte.cubes(_scene(grid_state(side=5))))
    assert capfd.readouterr().out == ""
