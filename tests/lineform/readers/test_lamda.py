"""LAMDA files: real ones, small ones, and broken ones."""

import logging
import re

import numpy as np
import pytest

from lineform.constants import ATOMIC_MASS, LIGHT_SPEED, PLANCK
from lineform.errors import ReadError
from lineform.readers import read_lamda

SMALL = """!MOLECULE
CS  spectroscopy from CDMS
!MOLECULAR WEIGHT
44.0
!NUMBER OF ENERGY LEVELS
3
!LEVEL + ENERGIES(cm^-1) + WEIGHT + J
 1  0.0    1.0  " 00 "
 2  1.634  3.0  " 01 "
 3  4.902  5.0  2_1.5  ! odd
!NUMBER OF RADIATIVE TRANSITIONS
2
!TRANS + UP + LOW + EINSTEINA(s^-1) + FREQ(GHz) + E_u(K)
 1 2 1 1.749e-06 48.9909549 2.4
 2 3 2 1.679e-05 97.9809533
"""
REAL = (
    "23Na-35Cl__Barton-ExoMol.dat",
    "SO-pH2.dat",
    "co.dat",
    "co_old.txt",
    "hcn.dat",
    "hco+.dat",
    "sio.dat",
    "two_level_test.txt",
)


def _write(tmp_path, text):
    path = tmp_path / "molecule.dat"
    path.write_text(text)
    return path


def test_small_file(tmp_path):
    cs = read_lamda(_write(tmp_path, SMALL))
    assert cs.name == "CS"
    assert cs.mass == pytest.approx(44 * ATOMIC_MASS)
    assert cs.weight.tolist() == [1, 3, 5]
    assert cs.energy[1] / (PLANCK * LIGHT_SPEED * 100) == pytest.approx(1.634)
    assert [line.transition for line in cs.lines] == ["1-0", "2_1.5-1"]
    assert cs.lines[0].frequency == 48.9909549e9
    assert cs.lines[1].einstein_a == 1.679e-5


@pytest.mark.parametrize("name", REAL)
def test_real_files(name, atomium_data, caplog):
    path = atomium_data / "lamda" / name
    molecule = read_lamda(path)
    assert len(molecule.energy) == len(molecule.weight) >= 2
    assert np.all(molecule.energy >= 0)
    assert len({line.name for line in molecule.lines}) == len(molecule.lines)
    column = _frequency_column(path)
    assert [line.frequency / 1e9 for line in molecule.lines] == pytest.approx(column, rel=1e-15)


def _frequency_column(path):
    lines = path.read_text(errors="replace").splitlines()
    start = 7 + int(lines[5])
    count = int(lines[start + 1].split()[0])
    return [float(line.split()[4]) for line in lines[start + 3 : start + 3 + count]]


def test_every_real_file_is_tested(atomium_data):
    files = {path.name for path in (atomium_data / "lamda").iterdir()} - {"README.md"}
    assert files == set(REAL)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("co.dat", r"put 20 of 40 lines over 0.1 km/s .* most of all CO 3-2, by -2.08 km/s"),
        ("sio.dat", r"of 40 lines over 0.1 km/s .* most of all SiO 1-0, by -8.13 km/s"),
    ],
)
def test_energies_that_disagree_are_logged(name, text, atomium_data, caplog):
    caplog.set_level(logging.WARNING)
    read_lamda(atomium_data / "lamda" / name)
    (message,) = caplog.messages
    assert re.search(text, message)


def test_energies_that_agree_are_not_logged(tmp_path, caplog):
    exact = SMALL.replace("1.634", f"{48.9909549e9 / LIGHT_SPEED / 100:.9f}").replace(
        "4.902", f"{(48.9909549e9 + 97.9809533e9) / LIGHT_SPEED / 100:.9f}"
    )
    read_lamda(_write(tmp_path, exact))
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("44.0", "heavy", r"expected 1 numbers, got 'heavy' \[.*:4\]"),
        ("!MOLECULAR WEIGHT", "WEIGHT", r"heading that begins with '!', got 'WEIGHT' \[.*:3\]"),
        (" 2  1.634", " 7  1.634", r"expected level 2, got 7 \[.*:9\]"),
        ("3.0", "-3.0", r"expected a positive weight, got -3.0 \[.*:9\]"),
        ("3.0", "nan", r"expected 3 numbers, got .*nan"),
        (" 1 2 1 1.749e-06", " 1 9 1 1.749e-06", r"level from 1 to 3, got 9 \[.*:14\]"),
        ("48.9909549", "-48.9", r"positive frequency, got -48.9"),
        (" 2 3 2 1.679e-05 97.9809533\n", "", r"expected more lines, got the end of the file"),
        ("\n3\n", "\n-3\n", r"positive number of rows, got -3"),
        ("CS  spectroscopy from CDMS", "", r"name of the molecule, got an empty line"),
    ],
)
def test_broken_files(tmp_path, old, new, message):
    assert old in SMALL
    with pytest.raises(ReadError, match=message):
        read_lamda(_write(tmp_path, SMALL.replace(old, new, 1)))


def test_missing_file(tmp_path):
    with pytest.raises(ReadError, match=r"LAMDA file: got .*nothing\.dat"):
        read_lamda(tmp_path / "nothing.dat")
