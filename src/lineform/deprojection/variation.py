"""How the quantities of a wind vary about their laws: by curves, arcs and clumps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from lineform.deprojection.base import Grid
from lineform.deprojection.freepriors import CLUMPS
from lineform.deprojection.radial import RadialCurve
from lineform.deprojection.shells import ShellField
from lineform.deprojection.spectra import SmoothField

__all__ = ["Variations", "Varied"]

_CURVE = RadialCurve(0.7)
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
class Variations:
    """Normal random fields of some quantities, all at once.

    Parameters
    ----------
    grid : Grid
    names : tuple of str
        Of the quantities, with which the names of their deviations begin; the components of a
        vector have the same name.
    """

    grid: Grid
    names: tuple[str, ...]
    arcs: ShellField = field(init=False, repr=False)
    clumps: SmoothField = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arcs", ShellField(self.grid, _ARCS))
        lengths = tuple(1 / scale for scale in CLUMPS)
        object.__setattr__(self, "clumps", SmoothField(self.grid, lengths))

    @property
    def size(self) -> int:
        """Length of their part of the latent vector."""
        return len(self.names) * sum(self._sizes)

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return _CURVE.size, self.arcs.size, self.clumps.size

    def __call__(
        self, fraction: torch.Tensor, law: Mapping[str, torch.Tensor], latent: torch.Tensor
    ) -> dict[str, list[Varied]]:
        """By the name of the quantity.

        Parameters
        ----------
        fraction : (x, y, z) [1]
            Radius over the side of the grid.
        law : name -> number
            Standard deviations among them.
        latent : (size,) [1]
            Their part of the latent vector.
        """
        parts = latent.reshape(len(self.names), -1).split(self._sizes, dim=-1)
        knots = self._deviations(law, "curve")[:, None] * parts[0]
        curves = (_CURVE.basis(torch.log(fraction)) @ knots.T).movedim(-1, 0)
        scales = [self._deviations(law, f"clumps_{scale}") for scale in CLUMPS]
        clumps = self.clumps(parts[2], torch.stack(scales, -1))
        arcs = self._deviations(law, "arcs")[:, None, None, None] * self.arcs(parts[1])
        varied: dict[str, list[Varied]] = {}
        for name, curve, structure in zip(self.names, curves, arcs + clumps, strict=True):
            varied.setdefault(name, []).append(Varied(curve, structure))
        return varied

    def _deviations(self, law: Mapping[str, torch.Tensor], part: str) -> torch.Tensor:
        """Of a part of each (name,) [1]."""
        return torch.stack([law[f"{name}_{part}"] for name in self.names])
