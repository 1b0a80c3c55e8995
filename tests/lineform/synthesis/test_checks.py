"""A state that is not physical is refused, with the value and the place."""

import dataclasses

import numpy as np
import pytest

from lineform.errors import ConfigError, LineformError, ShapeError
from lineform.synthesis.checks import check_state
from tests.lineform.gas import grid_state

GOOD = grid_state(4)


def _with(name, value, at=7):
    if name == "CO":
        values = GOOD.density["CO"].copy()
        values[at] = value
        return dataclasses.replace(GOOD, density={**GOOD.density, "CO": values})
    values = getattr(GOOD, name).copy()
    values[at] = value
    return dataclasses.replace(GOOD, **{name: values})


def test_a_good_state_passes():
    check_state(GOOD, ["CO", "H2"])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["position", "velocity", "temperature", "turbulence", "CO"])
def test_what_is_not_finite(name, value):
    with pytest.raises(ConfigError, match=rf"{name} of the model: .*(nan|inf).* at point 7 \("):
        check_state(_with(name, value), ["CO"])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("temperature", 0.0, r"expected positive numbers, got 0.0 K at point 7 .* 1 of 64 points"),
        ("temperature", -5.0, r"expected positive numbers, got -5.0 K at point 7"),
        ("turbulence", -1.0, r"expected numbers that are not negative, got -1.0 m s-1 at point 7"),
        ("CO", -2e3, r"density of CO of the model: .* got -2000.0 m-3 at point 7"),
    ],
)
def test_what_is_not_physical(name, value, said):
    with pytest.raises(ConfigError, match=said):
        check_state(_with(name, value), ["CO"])


def test_species_that_are_not_asked_for_may_be_anything():
    check_state(_with("CO", np.nan), ["H2"])


def test_a_species_that_is_not_there():
    with pytest.raises(ConfigError, match="species: expected one that the model has: CO, H2, got"):
        check_state(GOOD, ["SiO"])


def _with_axis(axis):
    return dataclasses.replace(
        GOOD,
        axes=(np.asarray(axis, dtype=float), *GOOD.axes[1:]),
        **{
            name: getattr(GOOD, name)[: len(axis) * 16]
            for name in ("position", "velocity", "temperature", "turbulence")
        },
        density={name: values[: len(axis) * 16] for name, values in GOOD.density.items()},
    )


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ([0.0], "axis x of the grid: expected at least 2 cells, got 1"),
        ([0.0, 1.0, 3.0], "equally spaced, got steps of 1 to 2 m"),
        ([2.0, 1.0, 0.0], "ascending cell centres"),
        ([0.0, np.nan, 2.0], "ascending cell centres"),
    ],
)
def test_axes_that_are_no_regular_grid(axis, said):
    with pytest.raises(ShapeError, match=said):
        check_state(_with_axis(axis), ["CO"])


def test_radii_that_do_not_ascend():
    shells = dataclasses.replace(GOOD, axes=None, spherical=True)
    with pytest.raises(LineformError, match="radii of the shells: expected ascending radii"):
        check_state(shells, ["CO"])
