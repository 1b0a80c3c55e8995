"""How far a gas is from flowing steadily: conservation of mass and momentum as a soft prior.

Steady means steady in a frame that turns at some rate about some axis through the star, as the
wind of a binary does, whose arms wind up as they flow outwards. In the frame at rest every arm
would break the conservation of mass many times over. The turning is whatever suits the gas best.

Neither law is more than a preference. Mass that is lost unevenly makes arcs that no turning
explains; a force that is not known accelerates the wind along the radius; and differences between
cells see nothing that is finer than two of them. So the widths are broad.
"""

import math
from dataclasses import dataclass

import torch

from lineform.constants import BOLTZMANN
from lineform.deprojection.base import Gas, Grid
from lineform.errors import ConfigError
from lineform.func.wind import H2_MASS

__all__ = ["SteadyFlow"]

_INNERMOST = 1 / 8
"""Radius over the side of the grid within which differences between cells mean little."""

_AT_STAR = 1e-3
"""Added to the radius over the side in squares: a cell may have its centre in the star."""

_LENGTH = 1 / 16
"""Length over the side of the grid beyond which places count as independent."""

_SPEED = 1e4
"""Unit of speed [m s-1]: of a wind."""

_TURNING = 100.0
"""Width of the prior of the turning [_SPEED over the side]: arms down to a sixteenth of it."""

_PARTICLES = 1.2
"""For each molecule of H2, with one helium atom for ten hydrogen atoms."""


@dataclass(frozen=True)
class SteadyFlow:
    """Residuals of the equations of a steady flow, in units of stated widths.

    Each cell counts for its share of a correlation volume, so that the sum of squares does not
    depend on how fine the grid is.

    Parameters
    ----------
    grid : Grid
    continuity : float [1]
        Width of div(rho v) over rho v / r.
    across, along : float [1]
        Widths of the acceleration that is not explained by pressure, across and along the radius,
        over v^2 / r. Gravity and radiation act along it, so that this one is of order 1.
    """

    grid: Grid
    continuity: float = 1.0
    across: float = 0.5
    along: float = 2.0

    def __call__(self, gas: Gas) -> torch.Tensor:
        """The residuals (any,) [1], and the turning in units of its width.

        Raises
        ------
        ConfigError
            If the gas does not tell its density of H2: those of molecules have another shape
            where abundances vary.
        """
        density = gas.hydrogen
        if not density.numel():
            raise ConfigError("density of H2", expected="that of each cell", seen="none")
        velocity = gas.velocity / _SPEED
        place, counted = self._places(gas, density)
        radius = torch.sqrt((place**2).sum(0) + _AT_STAR**2)
        here = self._inner(velocity)
        time = radius / here.norm(dim=0)
        slope, strain = self._slopes(density), self._slopes(velocity)
        mass = time * (torch.einsum("iixyz->xyz", strain) + (here * slope).sum(0))
        turned = time * torch.linalg.cross(place, slope, dim=0)
        mass, turning = self._turned(mass[counted], turned[:, counted])
        sound = BOLTZMANN * _PARTICLES / (H2_MASS * _SPEED**2)
        pressure = sound * self._inner(gas.temperature).exp()
        spin = turning[:, None, None, None].expand_as(place)
        drift = torch.linalg.cross(spin, place, dim=0)
        # In the frame at rest, what turns with the pattern changes in time.
        force = (
            torch.einsum("jxyz,jixyz->ixyz", here - drift, strain)
            + torch.linalg.cross(spin, here, dim=0)
            + pressure * (slope + self._slopes(gas.temperature))
        )
        force = (time / here.norm(dim=0) * force)[:, counted]
        outwards = (place / radius)[:, counted]
        along = (force * outwards).sum(0)
        across = (force - along * outwards).flatten()
        # Grows as a logarithm: at a shock differences are far off, which is no sign against it.
        broken = [
            torch.asinh(mass / self.continuity),
            torch.asinh(across / self.across),
            torch.asinh(along / self.along),
        ]
        return torch.cat([math.sqrt(self.share) * torch.cat(broken), turning / _TURNING])

    @property
    def share(self) -> float:
        """Of a correlation volume, that of a Gaussian, in a cell [1].

        The cells inside stand for those at the edges too, where there are no differences.
        """
        side = (self.grid.cells - 4) * _LENGTH * math.sqrt(math.pi)
        return min(1.0, 1 / (side * side * side))

    def _places(self, gas: Gas, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Positions relative to the star (3, x, y, z) [side], and which cells (x, y, z) count.

        Those that count do not change with the star: they would make steps in the energy.
        """
        fixed = self._inner(self.grid.position(like) / self.grid.side)
        counted = fixed.norm(dim=0) > _INNERMOST
        star = (gas.star / self.grid.side).to(fixed)
        return fixed - star[:, None, None, None], counted

    def _turned(
        self, mass: torch.Tensor, turned: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What remains of residuals (cell,) with the best turning (3,), and that turning.

        The turning has a normal prior and enters linearly, so that to take its best value is to
        integrate over it, but for a factor that hardly varies.
        """
        weight = self.share / self.continuity**2
        metric = weight * turned @ turned.T
        metric = metric + torch.eye(3).to(metric) / _TURNING**2
        turning = torch.linalg.solve(metric, weight * turned @ mass)
        return mass - turning @ turned, turning

    def _inner(self, field: torch.Tensor) -> torch.Tensor:
        """Without the outermost two cells (..., x, y, z), which lack neighbours."""
        return field[..., 2:-2, 2:-2, 2:-2]

    def _slopes(self, field: torch.Tensor) -> torch.Tensor:
        """Differences of fourth order (3, ..., x, y, z) [per side] along each axis, inside.

        Arms are a few cells wide: differences of neighbours alone would be 16 % too small where
        six cells make a wave.
        """
        inside = slice(2, -2)
        # Weights 8 and -1 over 12 cells, for neighbours and for the next ones.
        steps = ((slice(3, -1), slice(1, -3), 8.0), (slice(4, None), slice(None, -4), -1.0))
        slopes = []
        for axis in range(3):
            along = [inside] * axis, [inside] * (2 - axis)
            parts = [
                factor
                * (
                    field[(..., *along[0], ahead, *along[1])]
                    - field[(..., *along[0], behind, *along[1])]
                )
                for ahead, behind, factor in steps
            ]
            slopes.append((parts[0] + parts[1]) * (self.grid.cells / 12))
        return torch.stack(slopes)
