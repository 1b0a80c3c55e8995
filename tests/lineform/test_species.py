"""The built-in rotors against their own formulas and against LAMDA files."""

import logging

import numpy as np
import pytest

from lineform.constants import LIGHT_SPEED, PLANCK
from lineform.errors import ConfigError
from lineform.readers import read_lamda
from lineform.species import ROTORS, linear_rotor

# Lines from the second up; the first three of SiO are rounded to 0.1 MHz and more in the file.
FILES = {"CO": ("co.dat", 1), "HCN": ("hcn.dat", 1), "SiO": ("sio.dat", 4)}


@pytest.mark.parametrize("name", ROTORS)
def test_lines_join_their_levels(name):
    rotor = linear_rotor(name)
    for line in rotor.lines[:30]:
        gap = rotor.energy[line.upper] - rotor.energy[line.lower]
        assert line.frequency * PLANCK == pytest.approx(gap, rel=1e-10)


@pytest.mark.parametrize("name", FILES)
def test_frequencies_agree_with_lamda(name, atomium_data):
    file, first = FILES[name]
    for line in _shared_lines(name, atomium_data / "lamda" / file, first, last=12):
        ours, theirs = line
        assert abs(ours.frequency / theirs.frequency - 1) * LIGHT_SPEED < 150.0, ours.transition


@pytest.mark.parametrize("name", FILES)
def test_rates_agree_with_lamda(name, atomium_data):
    file, _ = FILES[name]
    for ours, theirs in _shared_lines(name, atomium_data / "lamda" / file, 1, last=8):
        assert ours.einstein_a == pytest.approx(theirs.einstein_a, rel=0.02), ours.transition


def _shared_lines(name, path, first, last):
    logging.disable(logging.WARNING)
    try:
        lamda = read_lamda(path)
    finally:
        logging.disable(logging.NOTSET)
    rotor = linear_rotor(name)
    for upper in range(first, last + 1):
        transition = f"{upper}-{upper - 1}"
        yield rotor.line(transition), lamda.line(transition)


def test_lines_of_the_demo_are_where_cdms_has_them():
    places = {("CO", "2-1"): 230.538e9, ("CO", "3-2"): 345.79599e9, ("SiO", "5-4"): 217.104919e9}
    for (name, transition), frequency in places.items():
        ours = linear_rotor(name).line(transition)
        assert abs(ours.frequency / frequency - 1) * LIGHT_SPEED < 10.0


def test_statistical_weights():
    assert np.array_equal(linear_rotor("CO", levels=4).weight, [1, 3, 5, 7])


def test_unknown_molecule():
    with pytest.raises(ConfigError, match="expected one of CO, HCN, SiO, got XeF"):
        linear_rotor("XeF")


def test_unknown_line_of_many():
    match = r"expected one of 100 lines, such as .*\b3-2\b.*, got 3-1$"
    with pytest.raises(ConfigError, match=match):
        linear_rotor("CO").line("3-1")


@pytest.mark.parametrize("name", ROTORS)
def test_every_line_is_found_by_its_name(name):
    rotor = linear_rotor(name)
    assert all(rotor.line(line.transition) is line for line in rotor.lines)


def test_unknown_line():
    with pytest.raises(ConfigError, match="transition of CO: expected one of 1-0, 2-1, got 9-2"):
        linear_rotor("CO", levels=3).line("9-2")
