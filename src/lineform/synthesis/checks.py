"""What a state must be before light can be sent through it."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lineform.errors import ConfigError, ShapeError
from lineform.state import FloatArray, State

__all__ = ["check_state"]

_UNEQUAL = 1e-3
"""Largest difference between steps of an axis that is called regular [1]."""


def check_state(state: State, species: Iterable[str]) -> None:
    """See that a state is physical and holds the species.

    Raises
    ------
    ConfigError
        If a species is missing, or a value is not finite or not positive where it must be;
        with the value, the number of such points, and the place of the first.
    ShapeError
        If an axis of a grid has fewer than two cells or unequal steps, or radii do not ascend.
    """
    names = list(species)
    missing = [name for name in names if name not in state.density]
    if missing:
        raise ConfigError(
            "species",
            expected=f"one that the model has: {', '.join(sorted(state.density))}",
            seen=", ".join(missing),
            way_out="convert the model with its abundance, or ask for another line",
        )
    _check_axes(state)
    for name, vector in (("position", state.position), ("velocity", state.velocity)):
        _check(state, name, vector, np.asarray(np.isfinite(vector).all(axis=1)), "finite numbers")
    positive = np.asarray((state.temperature > 0) & (state.temperature < np.inf))
    _check(state, "temperature", state.temperature, positive, "positive numbers", "K")
    _not_negative(state, "turbulence", state.turbulence, "m s-1")
    for name in names:
        _not_negative(state, f"density of {name}", state.density[name], "m-3")


def _not_negative(state: State, name: str, values: FloatArray, unit: str) -> None:
    good = np.asarray((values >= 0) & (values < np.inf))
    _check(state, name, values, good, "numbers that are not negative", unit)


def _check(
    state: State,
    name: str,
    values: FloatArray,
    good: NDArray[np.bool_],
    expected: str,
    unit: str = "",
) -> None:
    if good.all():
        return
    first = int(np.argmin(good))
    place = ", ".join(f"{x:.4g}" for x in state.position[first])
    raise ConfigError(
        f"{name} of the model",
        expected=expected,
        seen=f"{values[first]} {unit} at point {first} ({place}) m, {(~good).sum()} of {good.size}"
        f" points in all".replace("  ", " "),
        way_out="mend the model, or convert its snapshot again",
    )


def _check_axes(state: State) -> None:
    for name, axis in zip("xyz", state.axes or (), strict=False):
        steps = np.diff(axis)
        if len(axis) < 2:
            raise ShapeError(
                f"axis {name} of the grid",
                expected="at least 2 cells",
                seen=str(len(axis)),
                way_out="extend the model along this axis",
            )
        if not (steps[0] > 0 and np.abs(steps / steps[0] - 1).max() < _UNEQUAL):
            raise ShapeError(
                f"axis {name} of the grid",
                expected="ascending cell centres, equally spaced",
                seen=f"steps of {steps.min():.6g} to {steps.max():.6g} m",
                way_out="leave out the group grid, so that the cells count as points",
            )
    if state.geometry == "shells" and not (np.diff(state.position[:, 0]) > 0).all():
        raise ShapeError("radii of the shells", expected="ascending radii", seen="others")
