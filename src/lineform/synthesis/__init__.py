"""The forward direction: from the state of the gas to spectral-line cubes."""

from lineform.synthesis.observe import DEFAULT_VIEWS, observe, velocity_axis

__all__ = ["DEFAULT_VIEWS", "observe", "velocity_axis"]
