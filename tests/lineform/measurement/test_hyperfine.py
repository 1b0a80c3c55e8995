"""Lines that are several in the sky, and one in a model."""

import pytest

from lineform.measurement import Reading, read_measurements
from lineform.measurement.hyperfine import hyperfine
from lineform.species import Line, linear_rotor
from tests.lineform.measurement import cubes


@pytest.mark.parametrize(
    ("species", "frequency", "words"),
    [
        ("HCN", 88.6318473e9, "three components"),
        ("H13CN", 86.3401764e9, "three components"),
        ("N2H+", 93.173777e9, "seven components"),
        ("p-NH3", 23.6944955e9, "five groups"),
    ],
)
def test_a_line_of_several_components_is_told(species, frequency, words):
    (said,) = hyperfine(Line(species, "x", frequency, 1e-5, 1, 0))
    assert said.startswith(f"warning: {species} x has hyperfine structure")
    assert words in said


@pytest.mark.parametrize("name", ["CO", "SiO"])
def test_others_are_not(name):
    assert not any(hyperfine(line) for line in linear_rotor(name).lines)


def test_a_cube_of_such_a_line_says_so_unless_it_is_of_a_model(tmp_path):
    rest = linear_rotor("HCN").line("1-0").frequency
    (found,) = read_measurements(cubes.write(tmp_path / "a.fits", RESTFRQ=rest), Reading())
    assert any("three components at -7.1" in remark for remark in found.remarks)
    path = cubes.write(tmp_path / "b.fits", RESTFRQ=rest, MODCODE="phantom")
    (model,) = read_measurements(path, Reading())
    assert not any("hyperfine" in remark for remark in model.remarks)
