"""Axes as FITS has them: a first value and a step."""

import numpy as np

from lineform.errors import ConfigError
from lineform.state import FloatArray

_UNEQUAL = 1e-6
"""Largest difference of steps along an axis, as a part of a step."""


def step_of(name: str, axis: FloatArray) -> float:
    """The step of an equally spaced axis."""
    steps = np.diff(axis)
    step = float(axis[-1] - axis[0]) / max(len(axis) - 1, 1)
    if not step > 0 or np.abs(steps - step).max() > _UNEQUAL * step:
        raise ConfigError(
            f"axis {name}",
            expected="at least two points in equal steps, ascending",
            seen=f"{len(axis)} points" if len(axis) < 2 else f"{steps.min():g} to {steps.max():g}",
        )
    return step
