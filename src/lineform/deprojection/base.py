"""What the parts of a deprojection hand to each other, and what a model of the gas is.

Everything is a function of one vector of standard normal numbers, the latent vector: a model
turns it into gas, so that its prior is the same for all models and methods of inference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch

from lineform.state import FloatArray

__all__ = ["Gas", "Grid", "Model", "Quantity"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a cube about the origin, along the axes of the sky.

    x points right (west), y up (north), z to the observer. The cells of an array (x, y, z) are in
    this order, cell 0 at the negative end.

    Parameters
    ----------
    cells : int
        Along each side.
    side : float [m]
    """

    cells: int
    side: float

    @property
    def width(self) -> float:
        """Of a cell [m]."""
        return self.side / self.cells

    @property
    def axis(self) -> FloatArray:
        """Centres of the cells (cell,) [m]."""
        return (np.arange(self.cells) + 0.5) * self.width - self.side / 2

    def position(self, like: torch.Tensor) -> torch.Tensor:
        """Centres of the cells (3, x, y, z) [m], of the type and on the device of `like`."""
        axis = torch.as_tensor(self.axis).to(like)
        return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"))


class Gas(NamedTuple):
    """The gas on the cells of a grid, and how the star stands to the observer."""

    density: Mapping[str, torch.Tensor]
    """Name of molecule -> natural logarithm of its density (x, y, z) [of m-3]."""
    temperature: torch.Tensor
    """Natural logarithm (x, y, z) [of K]."""
    velocity: torch.Tensor
    """(3, x, y, z) [m s-1], relative to the star."""
    turbulence: torch.Tensor
    """Natural logarithm of the most probable speed (x, y, z) [of m s-1]."""
    systemic: torch.Tensor
    """Radio velocity of the star, () [m s-1]."""
    scale: torch.Tensor
    """Distance over the distance that the grid was laid out for, () [1]: true lengths are those
    of the grid times this."""
    # Not None where they are not given: torch.func.vmap hands on nothing but tensors.
    hydrogen: torch.Tensor = torch.empty(0)
    """Natural logarithm of the density of H2 (x, y, z) [of m-3]; empty where it is not known."""
    star: torch.Tensor = torch.zeros(3)
    """Position of the star (3,) [m on the grid]."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a model has, such as the mass-loss rate.

    Parameters
    ----------
    name : str
    unit : str
        VOUnit; empty for a pure number.
    description : str
    prior : str
        In words, such as ``log-normal, median 1e-06, factor 10``.
    logarithmic : bool
        Whether it is best shown on a logarithmic axis.
    period : float [unit]
        Of an angle; 0 for all else.
    """

    name: str
    unit: str
    description: str
    prior: str
    logarithmic: bool = False
    period: float = 0.0


class Model(Protocol):
    """Turns a latent vector into gas; one file of this package, as ``MODEL``'s product."""

    @property
    def name(self) -> str:
        """Such as ``spiral`` or ``free``."""
        ...

    @property
    def grid(self) -> Grid:
        """On which the gas is given."""
        ...

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        ...

    @property
    def quantities(self) -> Sequence[Quantity]:
        """Numbers that it has, in the order of `numbers`."""
        ...

    def gas(self, latent: torch.Tensor) -> Gas:
        """The gas for a latent vector (size,) [1]; differentiable, forwards and backwards."""
        ...

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`; differentiable."""
        ...

    def residual(self, gas: Gas) -> torch.Tensor:
        """What the prior adds to the sum of squares, (any,) [1]; empty for most models."""
        ...

    def mirrors(self, latent: torch.Tensor) -> Sequence[torch.Tensor]:
        """Other latent vectors that an image may hardly tell from this one."""
        ...

    def settings(self) -> Mapping[str, str | float]:
        """All that is needed to make the model again, for the posterior file."""
        ...
