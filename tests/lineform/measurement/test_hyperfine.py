"""Lines that are several in the sky, and one in a model."""

import re

import pytest

from lineform.measurement import Reading, read_measurements
from lineform.measurement.hyperfine import hyperfine
from lineform.species import Line, linear_rotor
from tests.lineform.measurement import cubes

COMPONENTS = {
    # MHz. LAMDA hcn@hfs, that is CDMS of 2007.
    "HCN 1-0": (88630.4156, 88631.8475, 88633.9357),
    "HCN 2-1": (177259.6793, 177259.9246, 177261.1112, 177261.2220, 177262.0128, 177263.4447),
    "HCN 3-2": (265884.8912, 265886.1886, 265886.4339, 265886.4999, 265886.9793, 265888.5221),
    "HCN 4-3": (354503.8687, 354505.3665, 354505.4773, 354505.5229, 354505.8459, 354507.4546),
    "H13CN 1-0": (86338.7352, 86340.1666, 86342.2543),
    # Pagani et al. 2009.
    "N2H+ 1-0": (93171.6119, 93173.4674, 93173.7637, 93173.9537, 93176.2479),
    # Splatalogue.
    "CN 1-0, J=3/2-1/2": (113488.126, 113490.970, 113499.629, 113508.911, 113520.414),
    "CN 1-0, J=1/2-1/2": (113123.337, 113144.122, 113170.502, 113191.287),
    "C2H 1-0": (87284.105, 87316.898, 87328.585),
}
LIGHT = 299792.458
AMMONIA = {"p-NH3 1-1": (23694.4955, -19.55, 19.85), "o-NH3 3-3": (23870.1296, -29.19, 29.20)}


def _told(name, frequency):
    species, transition = name.split(" ", 1)
    (said,) = hyperfine(Line(species, transition, 1e6 * frequency, 1e-5, 1, 0))
    assert said.startswith(f"warning: {species} {transition} has hyperfine structure")
    return [float(number) for number in re.findall(r"([+-][0-9.]+)(?: to| km)", said)]


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_line_of_several_components_is_told_with_their_velocities(name):
    """Whichever of them is called the rest frequency."""
    components = COMPONENTS[name]
    for rest in components:
        low, high = _told(name, rest)
    assert high - low == pytest.approx(LIGHT * (1 - components[0] / components[-1]), abs=0.15)
    assert min(abs(low - LIGHT * (1 - components[-1] / each)) for each in components) < 0.1


@pytest.mark.parametrize("name", AMMONIA)
def test_ammonia_is_told(name):
    frequency, low, high = AMMONIA[name]
    assert _told(name, frequency) == pytest.approx([low, high], abs=0.1)


@pytest.mark.parametrize("name", ["CO", "SiO"])
def test_others_are_not(name):
    assert not any(hyperfine(line) for line in linear_rotor(name).lines)


def test_a_cube_of_such_a_line_says_so_unless_it_is_of_a_model(tmp_path):
    rest = linear_rotor("HCN").line("1-0").frequency
    (found,) = read_measurements(cubes.write(tmp_path / "a.fits", RESTFRQ=rest), Reading())
    assert any("components at -7.1 to +4.8 km/s" in remark for remark in found.remarks)
    path = cubes.write(tmp_path / "b.fits", RESTFRQ=rest, MODCODE="phantom")
    (model,) = read_measurements(path, Reading())
    assert not any("hyperfine" in remark for remark in model.remarks)
