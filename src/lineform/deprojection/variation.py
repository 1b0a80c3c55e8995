"""How one quantity of a wind varies about its law: a curve, arcs and clumps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from lineform.deprojection.base import Grid
from lineform.deprojection.freepriors import CLUMPS
from lineform.deprojection.radial import RadialCurve
from lineform.deprojection.shells import ShellField
from lineform.deprojection.spectra import SmoothField

__all__ = ["CURVE", "Variation", "Varied"]

CURVE = RadialCurve(0.7)
"""Smooth over a factor of two in radius, like a wind that reacts to what drives it."""

_ARCS = (1 / 6, 1 / 16, 1 / 32)
"""Lengths along the radius over the side of the grid."""


class Varied(NamedTuple):
    """Parts of a variation, each (x, y, z) [1]."""

    curve: torch.Tensor
    """What depends on the radius alone."""
    structure: torch.Tensor
    """The rest."""


@dataclass(frozen=True)
class Variation:
    """A normal random field of one quantity.

    Parameters
    ----------
    grid : Grid
    name : str
        Of the quantity, with which the names of its deviations begin.
    """

    grid: Grid
    name: str
    arcs: ShellField = field(init=False, repr=False)
    clumps: SmoothField = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arcs", ShellField(self.grid, _ARCS))
        lengths = tuple(1 / scale for scale in CLUMPS)
        object.__setattr__(self, "clumps", SmoothField(self.grid, lengths))

    @property
    def size(self) -> int:
        """Length of its part of the latent vector."""
        return CURVE.size + self.arcs.size + self.clumps.size

    def curve(self, latent: torch.Tensor, law: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Values at the knots of `CURVE` (knot,) [1], for its part (size,) of the latent vector."""
        return law[f"{self.name}_curve"] * latent[: CURVE.size]

    def structure(self, latent: torch.Tensor, law: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Arcs and clumps (x, y, z) [1], for its part (size,) of the latent vector.

        Parameters
        ----------
        latent : (size,) [1]
        law : name -> number
            Standard deviations among them.
        """
        _, arcs, clumps = latent.split([CURVE.size, self.arcs.size, self.clumps.size])
        deviations = torch.stack([law[f"{self.name}_clumps_{scale}"] for scale in CLUMPS])
        flowing: torch.Tensor = law[f"{self.name}_arcs"] * self.arcs(arcs)
        return flowing + self.clumps(clumps, deviations)
