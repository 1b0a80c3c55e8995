"""How the quantities of a wind vary about their laws: by curves, arcs and clumps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from lineform.deprojection.base import Grid
from lineform.deprojection.freepriors import ARCS, CLUMPS
from lineform.deprojection.radial import RadialCurve
from lineform.deprojection.shells import ShellField
from lineform.deprojection.spectra import SmoothField

__all__ = ["Variations", "Varied"]

_CURVE = RadialCurve(0.7)
"""Smooth over a factor of two in radius, like a wind that reacts to what drives it."""


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
        arcs, clumps = (tuple(1 / scale for scale in scales) for scales in (ARCS, CLUMPS))
        object.__setattr__(self, "arcs", ShellField(self.grid, arcs))
        object.__setattr__(self, "clumps", SmoothField(self.grid, clumps))

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
        arcs = self.arcs(parts[1], self._at_scales(law, "arcs", ARCS))
        clumps = self.clumps(parts[2], self._at_scales(law, "clumps", CLUMPS))
        varied: dict[str, list[Varied]] = {}
        for name, curve, structure in zip(self.names, curves, arcs + clumps, strict=True):
            varied.setdefault(name, []).append(Varied(curve, structure))
        return varied

    def _at_scales(
        self, law: Mapping[str, torch.Tensor], part: str, scales: Sequence[int]
    ) -> torch.Tensor:
        """Deviations of a part of each (name, scale) [1]."""
        return torch.stack([self._deviations(law, f"{part}_{scale}") for scale in scales], -1)

    def _deviations(self, law: Mapping[str, torch.Tensor], part: str) -> torch.Tensor:
        """Of a part of each (name,) [1]."""
        return torch.stack([law[f"{name}_{part}"] for name in self.names])
