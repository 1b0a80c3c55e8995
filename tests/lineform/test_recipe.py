"""Temperature, molecules and units: what is used is said, what is not physical is named."""

import dataclasses

import numpy as np
import pytest

from lineform.constants import ATOMIC_MASS, BOLTZMANN, PROTON_MASS
from lineform.dump import Dump, Shape
from lineform.errors import ConfigError, ReadError
from lineform.recipe import Recipe, gas_state
from lineform.scales import CodeUnits

UNITS = CodeUnits(1e11, 1e-12, 1e4, "a test")
N = 5
GAS = Dump(
    code="test",
    position=np.arange(3.0 * N).reshape(N, 3),
    velocity=np.full((N, 3), 0.5),
    mass=np.full(N, 2.0),
    density=np.linspace(1, 2, N),
    shape=Shape(smoothing_length=np.ones(N)),
    pressure=np.full(N, 0.01),
    fields={"trp1": np.full(N, 1e-5), "bad": np.array([0, 0, -1.0, 0, 0])},
    units=UNITS,
)


def _with(**changes):
    return dataclasses.replace(GAS, **changes)


def test_everything_is_in_si():
    state, units, notes = gas_state(GAS, Recipe(), "wind")
    assert units is UNITS
    assert state.position == pytest.approx(GAS.position * 1e11)
    assert state.velocity == pytest.approx(np.full((N, 3), 5e3))
    assert state.density["H2"] == pytest.approx(GAS.density * 1e-12 / (2.8 * ATOMIC_MASS))
    assert state.density["CO"] == pytest.approx(3e-4 * state.density["H2"])
    expected = 0.01 * 1e8 * 2.381 * PROTON_MASS / BOLTZMANN
    assert state.temperature == pytest.approx(np.full(N, expected))
    assert state.turbulence.tolist() == [1e3] * N
    for word in ("units from a test", "mu 2.381, the default", "CO = 0.0003", "turbulence 1 km/s"):
        assert any(word in note for note in notes), word


@pytest.mark.parametrize(
    ("dump", "recipe", "weight", "origin"),
    [
        (_with(molecular_weight=np.full(N, 1.5)), Recipe(), 1.5, "from the dump"),
        (_with(molecular_weight=np.full(N, 1.5)), Recipe(fallback_weight=2.0), 1.5, "the dump"),
        (_with(molecular_weight=np.full(N, 1.5)), Recipe(molecular_weight=2.2), 2.2, "as given"),
        (GAS, Recipe(fallback_weight=2.0), 2.0, "from the parameter file"),
    ],
)
def test_whose_molecular_weight_counts(dump, recipe, weight, origin):
    state, _, notes = gas_state(dump, recipe, "wind")
    assert state.temperature[0] == pytest.approx(0.01e8 * weight * PROTON_MASS / BOLTZMANN)
    assert any(origin in note for note in notes)


def test_temperature_from_elsewhere():
    stored = _with(temperature=np.linspace(5, 50, N))
    assert gas_state(stored, Recipe(), "")[0].temperature.tolist() == stored.temperature.tolist()
    assert gas_state(stored, Recipe(temperature=70), "")[0].temperature.tolist() == [70] * N
    from_field = gas_state(GAS, Recipe(temperature="field:trp1"), "")[0]
    assert from_field.temperature.tolist() == [1e-5] * N
    with pytest.raises(ReadError, match=r"temperature: .*fields bad, trp1, got Tdust"):
        gas_state(GAS, Recipe(temperature="field:Tdust"), "")
    state, _, notes = gas_state(stored, Recipe(coldest=10), "")
    assert state.temperature.min() == 10
    assert "1 points were below 10 K and raised to it" in notes
    with pytest.raises(ReadError, match=r"thermodynamics .*; give --temperature '100 K' \[wind\]"):
        gas_state(_with(pressure=None), Recipe(), "wind")


def test_gas_that_is_too_cold_to_be_true_is_remarked():
    kelvin = np.array([2e-4, 0.5, 1.0, 20.0, 300.0])
    _, _, notes = gas_state(_with(temperature=kelvin), Recipe(), "wind")
    (note,) = (note for note in notes if "--minimum-temperature" in note)
    assert note.startswith("2 points are below 1 K, the coldest at 0.0002 K")
    _, _, notes = gas_state(_with(temperature=kelvin), Recipe(coldest=2.0), "wind")
    assert not any("--minimum-temperature" in note for note in notes)


def test_units_that_are_nowhere():
    with pytest.raises(ReadError, match=r"units of the dump: .*give --unit-length, .* \[wind\]"):
        gas_state(_with(units=None), Recipe(), "wind")
    other = CodeUnits(1.0, 1.0, 1.0)
    assert gas_state(_with(units=None), Recipe(units=other), "")[1] is other
    assert gas_state(GAS, Recipe(units=other), "")[1] is other


def test_abundances_of_the_dump():
    recipe = Recipe(abundance={"SiO": "field:trp1", "HCO+": 0.0})
    state, _, notes = gas_state(GAS, recipe, "")
    assert state.density["SiO"] == pytest.approx(1e-5 * state.density["H2"])
    assert list(state.density) == ["SiO", "HCO+", "H2"]
    assert "SiO = field:trp1 per H2" in notes
    with pytest.raises(ReadError, match=r"abundance of CO: .*fields bad, trp1, got trp2"):
        gas_state(GAS, Recipe(abundance={"CO": "field:trp2"}), "")
    with pytest.raises(ReadError, match=r"field:bad: expected 0 to 10 per H2, got -1 and 0 others"):
        gas_state(GAS, Recipe(abundance={"CO": "field:bad"}), "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"density": np.array([1, 1, -2.0, 1, 1])}, r"density: .*got -2 code units at \(6, 7, 8\)"),
        ({"density": np.array([1, 1, np.nan, 1, 0])}, r"density: .*got nan .*, 2 points in all"),
        ({"pressure": np.array([1, 0.0, 1, 1, 1])}, r"temperature: .*got 0 K at \(3, 4, 5\)"),
        ({"pressure": np.array([1, np.inf, 1, 1, 1])}, r"temperature: .*got inf K.*try --minimum"),
        ({"position": np.full((N, 3), np.nan)}, r"position: .* at point 0, 5 points in all"),
        ({"velocity": np.full((N, 3), np.inf)}, r"velocity: expected finite numbers, got \[inf"),
    ],
)
def test_what_is_not_physical_is_named(changes, message):
    with pytest.raises(ReadError, match=message):
        gas_state(_with(**changes), Recipe(), "wind")


@pytest.mark.parametrize("species", ["CO", "13CO", "C18O", "HCO+", "e-", "p-H2CO", "SiO", "NaCl"])
def test_formulas(species):
    assert Recipe(abundance={species: 1e-6}).abundance == {species: 1e-6}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"abundance": {"Xx": 1e-4}}, r"species: expected a chemical formula .*, got 'Xx'"),
        ({"abundance": {"": 1e-4}}, r"species: .*, got ''"),
        ({"abundance": {"H2": 1.0}}, r"abundance of H2: .*it follows from the density"),
        ({"abundance": {"CO": -1e-4}}, r"abundance of CO: expected 0 to 10 per H2, got -0.0001"),
        ({"abundance": {"CO": float("nan")}}, r"abundance of CO: .*got nan"),
        ({"turbulence": -1.0}, r"turbulence: expected a number, 0 or more, got -1.0"),
        ({"temperature": 0.0}, r"temperature: expected a positive number, got 0.0"),
        ({"molecular_weight": float("inf")}, r"molecular weight: .*got inf"),
    ],
)
def test_recipes_that_make_no_sense(options, message):
    with pytest.raises(ConfigError, match=message):
        Recipe(**options)
