"""Our images agree with real ones of Magritte, and what of the difference comes from where.

Along the same way through the points the physics differs by a few thousandths; which points stand
for the gas along a ray makes the rest, which falls with the distance between points.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from bench.magritte_images import BACKGROUND, differences, exact, image, model
from bench.ways import Walk, intensity

from lineform.cube import View
from lineform.errors import ConfigError
from lineform.readers.lamda import read_lamda
from lineform.readers.magritte import read_magritte
from lineform.synthesis.base import Scene
from lineform.synthesis.engines import engine_named
from lineform.synthesis.rays import tracer_of

ALL = [(16, 0), (16, 1), (32, 0), (32, 1)]


@pytest.fixture(scope="module")
def wind(atomium_data):
    """The state, molecule, line and image of a wind of some side, seen from one of two sides."""
    folder = atomium_data / "magritte"
    co = read_lamda(atomium_data / "lamda" / "co.dat")
    line = co.line("2-1")
    states = cache(lambda side: model(folder, side))
    return lambda side, number: (states(side), co, line, image(folder, side, number, line))


def _along_the_same_way(state, co, line, seen):
    return intensity(state, co, line, Walk(state), seen.sight, BACKGROUND, logarithms=False)


def _as_engines_do(state, co, line, seen):
    return intensity(state, co, line, tracer_of(state), seen.sight, BACKGROUND, logarithms=True)


@pytest.mark.parametrize(("side", "number"), ALL)
def test_physics_is_that_of_magritte(wind, side, number):
    *scene, seen = wind(side, number)
    found = differences(_along_the_same_way(*scene, seen), seen.excess, seen.sight.velocity)
    coarse = (32 / side) ** 1.3
    assert found.median < 1.6e-3 * coarse
    assert found.spectrum < 1.7e-2 * coarse
    assert abs(found.flux) < 6.5e-3 * coarse
    assert found.moment0 < 9e-4 * coarse
    assert found.moment1 < 4.2 * coarse
    assert found.moment2 < 2 * coarse
    # Some faint pixel where the line changes from nothing to its height within one step.
    assert found.most < 12


@pytest.mark.parametrize("side", [16, 32])
@pytest.mark.parametrize("interpolation", ["log", "linear"])
def test_the_engine_walk_makes_images_like_those_of_magritte(wind, side, interpolation):
    state, co, line, seen = wind(side, 0)
    right, up = seen.sight.right, seen.sight.up
    offsets = np.linspace(right.min(), right.max(), 64)
    view = View.towards(seen.sight.basis[2])
    scene = Scene(
        state, {co: [line]}, [view], offsets, seen.sight.velocity,
        background=BACKGROUND, interpolation=interpolation,
    )  # fmt: skip
    (cube,) = engine_named("walk").cubes(scene)
    # Where the rays of Magritte, whose images are mirrored, are in ours.
    place = (view.basis() @ seen.sight.basis.T)[:2, :2] @ np.stack([right, up])
    column, row = np.rint((place - offsets[0]) / (offsets[1] - offsets[0])).astype(int)
    found = differences(cube[:, row, column], seen.excess, seen.sight.velocity)
    coarse = (32 / side) ** 1.3
    assert found.median < 2.2e-3 * coarse
    assert found.spectrum < 1.7e-2 * coarse
    assert found.moment1 < 4.2 * coarse


def test_the_engine_walk_needs_points(atomium_data):
    shells = read_magritte(atomium_data / "magritte" / "vanZadelhoff_1a_1D_nlte.hdf5")
    with pytest.raises(ConfigError, match=r"engine walk: expected points in three .*, got shells"):
        Walk(shells)


@pytest.mark.parametrize(("side", "number"), ALL)
def test_engines_are_as_far_from_magritte_as_the_points_are_coarse(wind, side, number):
    *scene, seen = wind(side, number)
    found = differences(_as_engines_do(*scene, seen), seen.excess, seen.sight.velocity)
    coarse = 16 / side
    assert found.median < 0.12 * coarse
    # In the outermost channels, a thousandth of the peak.
    assert found.spectrum < 0.24 * coarse
    assert abs(found.flux) < 0.09 * coarse
    assert found.moment0 < 0.06 * coarse
    assert found.moment1 < 300 * coarse
    assert found.moment2 < 220 * coarse


@pytest.mark.parametrize("number", [0, 1])
def test_engines_are_closer_to_the_exact_image_than_magritte(wind, number):
    """Of the same gas, known everywhere by its formulae: second order in the distance of points."""
    found = []
    for side in (16, 32):
        state, co, line, seen = wind(side, number)
        few = slice(None, None, 9)
        sight = replace(seen.sight, right=seen.sight.right[few], up=seen.sight.up[few])
        truth = exact(side, co, line, sight)
        ours = _as_engines_do(state, co, line, replace(seen, sight=sight))
        of_us, of_them = (
            differences(cube, truth, sight.velocity) for cube in (ours, seen.excess[:, few])
        )
        assert of_us.median < 0.3 * of_them.median
        assert abs(of_us.flux) < 0.5 * abs(of_them.flux)
        found.append(of_us.median)
    assert found[1] < 0.4 * found[0]
    assert found[1] < 0.012


def test_difference_falls_with_the_distance_of_the_points(wind):
    medians = []
    for side in (16, 32):
        *scene, seen = wind(side, 1)
        ours = _as_engines_do(*scene, seen)
        medians.append(differences(ours, seen.excess, seen.sight.velocity).median)
    assert medians[1] < 0.6 * medians[0]


@pytest.mark.parametrize("what", ["velocity", "right", "up"])
def test_what_is_turned_round_does_not_agree(wind, what):
    *scene, seen = wind(16, 1)
    ours = _along_the_same_way(*scene, seen).reshape(-1, 64, 64)
    turned = np.flip(ours, ("velocity", "right", "up").index(what))
    assert differences(turned, seen.excess, seen.sight.velocity).median > 0.1


def test_images_of_magritte_are_mirrored(wind):
    """Right, up and the way to the observer make a left-handed system: the sky sees x reversed."""
    for number in (0, 1):
        *_, seen = wind(16, number)
        right, up, towards = seen.sight.basis
        np.testing.assert_allclose(np.cross(right, up), -towards, atol=1e-12)
