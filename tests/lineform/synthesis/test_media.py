"""What gas does to light in equilibrium, at all temperatures that occur."""

import logging

import numpy as np
import pytest

from lineform.constants import BOLTZMANN
from lineform.func.opacity import line_absorption
from lineform.func.populations import thermal_fractions
from lineform.species import linear_rotor
from lineform.synthesis import media
from lineform.synthesis.base import Rays
from lineform.synthesis.media import medium_of, slopes_of

CO = linear_rotor("CO")
LINE = CO.line("3-2")


def _gas(kelvin):
    kelvin = np.atleast_2d(np.asarray(kelvin, dtype=float)).T
    full = np.ones_like(kelvin)
    return Rays(
        step=full,
        recession=np.zeros((len(full) + 1, 1)),
        temperature=kelvin,
        turbulence=full,
        density={"CO": full},
    )


def _strength(kelvin):
    return medium_of(_gas(kelvin), CO, LINE, 2.725).strength[:, 0]


@pytest.mark.parametrize("name", ["CO", "SiO", "HCN"])
def test_strengths_are_those_of_the_direct_sum(name):
    molecule = linear_rotor(name)
    line = molecule.line("3-2")
    # The levels of HCN and SiO begin lower.
    kelvin = np.geomspace(0.1, 1e6, 2999)
    fraction = thermal_fractions(kelvin, molecule.energy, molecule.weight)[:, line.lower]
    ratio = molecule.weight[line.upper] / molecule.weight[line.lower]
    expected = line_absorption(fraction, kelvin, line.frequency, line.einstein_a, ratio)
    rays = _gas(kelvin)
    rays.density[name] = rays.step
    seen = medium_of(rays, molecule, line, 2.725).strength[:, 0]
    assert seen == pytest.approx(expected, rel=3e-5, abs=0)


def test_a_strength_does_not_depend_on_the_other_gas():
    kelvin = np.array([0.3, 12.0, 900.0, 3e4])
    alone = [_strength([each])[0] for each in kelvin]
    assert alone == pytest.approx(_strength(kelvin), rel=1e-12, abs=0)


def test_no_gas_is_no_error():
    assert medium_of(_gas(np.zeros(0)), CO, LINE, 2.725).strength.size == 0


@pytest.mark.parametrize("kelvin", [0.7, 1.0, 30.0, 1e4, 1e5])
def test_slopes_are_the_derivatives(kelvin):
    step = 1e-3
    low, high = np.log(_strength([kelvin * np.exp(-step), kelvin * np.exp(step)]))
    slope = slopes_of(_gas([kelvin]), CO, LINE).strength[0, 0]
    # Next to a knot the two sides differ by the bend of the partition function there.
    assert slope == pytest.approx((high - low) / (2 * step), abs=0.02)


def test_gas_above_the_highest_level_is_remarked_once(caplog):
    caplog.set_level(logging.WARNING)
    media._remark.cache_clear()
    highest = CO.energy.max() / BOLTZMANN
    _strength([0.9 * highest])
    assert not caplog.records
    _strength([1.1 * highest])
    _strength([2 * highest])
    assert [f"{highest:.4g} K" in record.getMessage() for record in caplog.records] == [True]
