"""Problem 1 of the comparison of line transfer codes, van Zadelhoff et al. 2002, A&A 395, 373.

A static cloud of two-level molecules: n(H2) = 2e7 cm-3 (r / 1e15 cm)^-2 from 1e15 to 7.8e18 cm,
T = 20 K, turbulent width 0.15 km/s, abundance 1e-8 (a) or 1e-6 (b); E = 6 cm-1, weights 1 and 3,
A = 1e-4 s-1, C = 2e-10 cm3 s-1, molecular weight 1; background of 2.725 K.

The reference is RATRAN (Hogerheijde & van der Tak 2000, A&A 362, 697), version 1.97, from the
results kept with the benchmarks of Magritte (De Ceuster et al. 2020, MNRAS 492, 1812). It divides
the cloud into 49 shells of equal ratio, and gives each the density at its inner edge: its cloud
has a tenth more gas than the problem states. It is therefore compared with the same steps, and
the smooth cloud with Magritte, which has it, and with itself at more shells.
"""

from functools import cache

import h5py
import numpy as np
import pytest

from lineform.constants import ATOMIC_MASS, LIGHT_SPEED, PLANCK
from lineform.excitation.lambda_iteration import LambdaIteration
from lineform.species import Collisions, Line, Molecule
from lineform.state import State

ABUNDANCE = {"a": 1e-8, "b": 1e-6}

# Number of the shell from the inside: fraction of the molecules in the upper level.
RATRAN = {
    "a": {
        0: 0.6607,
        6: 0.6570,
        10: 0.6301,
        13: 0.5696,
        15: 0.5024,
        17: 0.4129,
        18: 0.3616,
        19: 0.3148,
        21: 0.2302,
        23: 0.1737,
        25: 0.1421,
        28: 0.1209,
        32: 0.1139,
        40: 0.1122,
    },
    "b": {
        0: 0.6608,
        10: 0.6608,
        17: 0.6505,
        19: 0.6321,
        21: 0.5985,
        23: 0.5461,
        25: 0.4717,
        27: 0.3832,
        29: 0.2878,
        31: 0.2116,
        33: 0.1614,
        36: 0.1268,
        42: 0.1132,
    },
}
STEPS = 49


def molecule():
    """The two-level molecule of the benchmark."""
    frequency = 6 * 100 * LIGHT_SPEED
    return Molecule(
        name="test",
        mass=ATOMIC_MASS,
        energy=np.array([0.0, PLANCK * frequency]),
        weight=np.array([1.0, 3.0]),
        lines=(Line("test", "2-1", frequency, 1e-4, 1, 0),),
        collisions=(
            Collisions("H2", np.array([20.0]), np.array([1]), np.array([0]), np.array([[2e-16]])),
        ),
    )


def cloud(radius, problem, hydrogen=None):
    """The cloud at some radii, smooth unless its density is given."""
    hydrogen = 2e13 * (1e13 / radius) ** 2 if hydrogen is None else hydrogen
    position = np.zeros((len(radius), 3))
    position[:, 0] = radius
    return State(
        position=position,
        velocity=np.zeros_like(position),
        temperature=np.full(len(radius), 20.0),
        turbulence=np.full(len(radius), 150.0),
        density={"test": ABUNDANCE[problem] * hydrogen, "H2": hydrogen},
        spherical=True,
    )


@cache
def smooth(problem, shells):
    """Upper fractions at equally many radii per decade."""
    radius = np.geomspace(1e13, 7.8e16, shells)
    method = LambdaIteration(tolerance=1e-6)
    return radius, method.fractions(cloud(radius, problem), molecule())[:, 1]


def stepped(problem, within):
    """Mean upper fraction in each of RATRAN's shells."""
    edge = np.geomspace(1e13, 7.8e16, STEPS + 1)
    place = np.linspace(1e-4, 1 - 1e-4, within)
    radius = edge[:-1, None] * (edge[1] / edge[0]) ** place
    hydrogen = np.repeat(2e13 * (1e13 / edge[:-1]) ** 2, within)
    found = LambdaIteration().fractions(cloud(radius.ravel(), problem, hydrogen), molecule())
    upper = found[:, 1].reshape(STEPS, within)
    return np.trapezoid(upper, radius, axis=1) / np.ptp(radius, axis=1)


def _off(problem, within):
    found = stepped(problem, within)
    return max(abs(found[i] / value - 1) for i, value in RATRAN[problem].items())


def test_problem_a_agrees_with_ratran():
    assert _off("a", 3) < 0.01


@pytest.mark.slow
def test_problem_b_agrees_with_ratran():
    # Opaque steps of 20 %, in each of which RATRAN has one source: its own error is as large.
    assert _off("b", 3) < 0.1


@pytest.mark.parametrize(("problem", "error"), [("a", 1e-3), ("b", 4e-3)])
def test_more_shells_change_little(problem, error):
    _, coarse = smooth(problem, 49)
    _, fine = smooth(problem, 97)
    assert np.abs(coarse / fine[::2] - 1).max() < error


@pytest.mark.parametrize("problem", ["a", "b"])
def test_the_error_falls_with_the_second_power_of_the_shells(problem):
    _, finest = smooth(problem, 97)
    errors = [
        np.abs(smooth(problem, shells)[1][:: shells // 12] / finest[::8] - 1).max()
        for shells in (13, 25, 49)
    ]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders.max() > 2
    assert np.log2(errors[0] / errors[2]) > 2 * 2


def test_limits():
    for problem in ABUNDANCE:
        _, upper = smooth(problem, 49)
        assert upper[0] == pytest.approx(0.6608, abs=2e-3)
        assert upper[-1] == pytest.approx(0.1121, abs=1e-3)
        assert np.all(np.diff(upper) < 1e-6)


def test_magritte_has_the_same_populations(atomium_data):
    with h5py.File(atomium_data / "magritte" / "vanZadelhoff_1a_1D_nlte.hdf5") as file:
        theirs = file["geometry/points/position"][:, 0]
        level = file["lines/lineProducingSpecies_0"]
        upper = level["population"][:, 1] / level["population_tot"][:]
    radius, ours = smooth("a", 97)
    # Its innermost point, on its boundary, sees no gas behind it.
    ours = np.exp(np.interp(np.log(theirs), np.log(radius), np.log(ours)))
    assert ours[1:] == pytest.approx(upper[1:], rel=0.01)
