"""From gas to the cubes that it shows: the forward model of lineform, with derivatives."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Protocol

import numpy as np
import torch

from lineform.deprojection.base import Gas, Grid
from lineform.deprojection.compiled import CompiledOperator
from lineform.deprojection.operator import OperatorForward
from lineform.deprojection.tensors import TensorOperator
from lineform.errors import ConfigError
from lineform.species import Line, Molecule
from lineform.state import FloatArray

__all__ = ["Forward", "forward_of"]


class Forward(Protocol):
    """Turns gas into cubes; one for each layout of grid, image, channels and lines."""

    def __call__(self, gas: Gas) -> torch.Tensor:
        """The cubes of the lines, as a telescope without a beam would see them.

        Differentiable by all that the gas holds, but for the velocity across the line of sight.

        Parameters
        ----------
        gas : Gas
            On the grid, in float32 or float64; with the densities of all molecules whose lines
            are observed.

        Returns
        -------
        (line, channel, y, x) [K]
            Brightness by the Rayleigh-Jeans law, less that of the background.
        """
        ...


def forward_of(
    grid: Grid,
    lines: Sequence[tuple[Molecule, Line]],
    offsets: FloatArray,
    velocity: FloatArray,
    background: float,
    device: str = "cpu",
) -> Forward:
    """The forward model of gas on a grid along the sky.

    Parameters
    ----------
    grid : Grid
    lines : (molecule, line)
        In the order of the cubes; those of a molecule share the line profile.
    offsets : (pixel,) [m]
        Of the pixel centres along both axes of the image, at the distance of the grid.
    velocity : (channel,) [m s-1]
        Ascending; radio velocity in the frame of the observer.
    background : float [K]
        Temperature of the black body behind the gas.
    device : str
        Of PyTorch, where the gas is. On the CPU compiled loops do the work, if Numba is
        installed, and otherwise tensors.

    Returns
    -------
    Forward
        The same physics as the engines of `lineform.synthesis`, with densities interpolated in
        their logarithm: gas in thermodynamic equilibrium, no dust, no star.

    Raises
    ------
    ConfigError
        If there is no line, the channels do not ascend, or the grid has less than two cells.
    """
    channels = np.asarray(velocity, dtype=float)
    if not lines:
        raise ConfigError("lines of a forward model", expected="at least one", seen="none")
    if not (np.diff(channels) > 0).all():
        raise ConfigError("channels of a forward model", expected="ascending velocities")
    if grid.cells < 2:
        raise ConfigError("grid", expected="at least 2 cells a side", seen=str(grid.cells))
    pixels = np.asarray(offsets, dtype=float)
    compiled = torch.device(device).type == "cpu" and find_spec("numba") is not None
    kind = CompiledOperator if compiled else TensorOperator
    return OperatorForward(kind(grid, lines, pixels, channels, background))
