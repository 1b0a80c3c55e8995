"""Parameter files: namelists of AMRVAC, lines of Phantom."""

import sys

import pytest

from lineform.errors import ConfigError, ReadError
from lineform.readers.parfile import read_parfile

PAR = """&filelist
  base_filename = 'wind'  ! a comment
/
&usr_list
  unit_length = 1.496d13
  unit_numberdensity = 1e9, UNIT_VELOCITY=1.0d6
/
&hd_list
  hd_gamma = 1.2d0
  hd_energy = .true.
/
"""
IN = """# Runtime options file for Phantom
# options relating to the wind
           wind_velocity =  20.000    ! injection wind velocity (km/s)
          wind_mass_rate =   1.000D-05    ! wind mass-loss rate (Msun/yr)
                      mu =   2.381    ! mean molecular weight
                    dump =  wind_00000    ! dumpfile
"""


def _write(tmp_path, text, name="run.par"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_namelist(tmp_path):
    found = read_parfile(_write(tmp_path, PAR))
    assert found["unit_length"] == 1.496e13
    assert found["unit_velocity"] == 1e6
    assert found["base_filename"] == "wind"
    assert found["hd_gamma"] == 1.2


def test_lines(tmp_path):
    assert read_parfile(_write(tmp_path, IN, "wind.in")) == {
        "wind_velocity": 20.0,
        "wind_mass_rate": 1e-5,
        "mu": 2.381,
        "dump": "wind_00000",
    }


def test_other_files(tmp_path):
    with pytest.raises(ReadError, match=r"'name = value', got 'hello' \[.*run\.par\]"):
        read_parfile(_write(tmp_path, "hello"))
    with pytest.raises(ReadError, match=r"parameter file: got .*nowhere\.par"):
        read_parfile(tmp_path / "nowhere.par")


def test_a_namelist_without_its_reader(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "f90nml", None)
    with pytest.raises(ConfigError, match=r"f90nml.*; pip install 'atomium-portal\[dumps\]'"):
        read_parfile(_write(tmp_path, PAR))
