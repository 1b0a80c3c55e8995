"""Where the star stands and how it moves: numbers that every model has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import torch

from lineform.deprojection.base import Grid, Quantity
from lineform.deprojection.numbers import Numbers, check_positive
from lineform.deprojection.priors import Fixed, Prior
from lineform.parameters import Parameter
from lineform.units import factor

__all__ = ["Frame", "Placement"]

_DESCRIBED = {
    "distance": Parameter("pc", "Distance of the star."),
    "systemic_velocity": Parameter("km/s", "Radio velocity of the star."),
    "offset_x": Parameter("arcsec", "How far right (west) of the centre of the grid the star is."),
    "offset_y": Parameter("arcsec", "How far up (north) of the centre of the grid the star is."),
}

_AT_REST = Fixed(0.0)


class Placement(NamedTuple):
    """How the star and the cells of a grid stand to each other and to the observer."""

    position: torch.Tensor
    """True positions of the cells relative to the star (3, x, y, z) [m]."""
    systemic: torch.Tensor
    """Radio velocity of the star, () [m s-1]."""
    scale: torch.Tensor
    """True lengths over those of the grid, () [1]."""
    star: torch.Tensor
    """Position of the star (3,) [m on the grid]."""


@dataclass(frozen=True)
class Frame:
    """Distance, systemic velocity and place of the star, each with a prior.

    On the sky, the grid and the offsets of the star are what they are whatever the distance:
    true lengths are those of the grid times the distance over the one it was laid out for.

    Parameters
    ----------
    laid_out : float [pc]
        Distance for which the lengths of the grid hold.
    distance : Prior [pc], or None
        None where it is known to be `laid_out`.
    systemic_velocity : Prior [km/s]
    offset_x, offset_y : Prior [arcsec]
        Of the star, to the right (west) and up (north).

    Raises
    ------
    ConfigError
        If a distance need not be positive.
    """

    laid_out: float
    distance: Prior | None = None
    systemic_velocity: Prior = _AT_REST
    offset_x: Prior = _AT_REST
    offset_y: Prior = _AT_REST
    block: Numbers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        priors = {
            "distance": self.distance or Fixed(self.laid_out),
            "systemic_velocity": self.systemic_velocity,
            "offset_x": self.offset_x,
            "offset_y": self.offset_y,
        }
        check_positive({**priors, "laid_out": Fixed(self.laid_out)}, ("laid_out", "distance"))
        object.__setattr__(self, "block", Numbers(priors, _DESCRIBED))

    @property
    def size(self) -> int:
        """Length of its part of the latent vector."""
        return self.block.size

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The numbers that are not fixed."""
        return self.block.quantities

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`, from its part (size,)."""
        return self.block.stacked(latent)

    def place(self, latent: torch.Tensor, grid: Grid) -> Placement:
        """The placement on a grid, for its part (size,) of the latent vector."""
        to_grid = factor("arcsec") * self.laid_out * factor("pc")
        units = [1 / self.laid_out, factor("km/s"), to_grid, to_grid]
        values = self.block.vector(latent)
        scale, systemic, x, y = (
            values * torch.tensor(units, dtype=latent.dtype, device=latent.device)
        ).unbind()
        star = torch.stack([x, y, torch.zeros_like(x)])
        position = _cells(grid, latent.dtype, latent.device) - star[:, None, None, None]
        return Placement(scale * position, systemic, scale, star)

    def settings(self) -> Mapping[str, str | float]:
        """What makes it again."""
        return {"laid_out": self.laid_out, **self.block.settings()}


@cache
def _cells(grid: Grid, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    # Made once: the samplers of posteriors ask for it thousands of times. What is made in
    # inference mode could not be part of a gradient later.
    with torch.inference_mode(False):
        return grid.position(torch.zeros((), dtype=dtype, device=device))
