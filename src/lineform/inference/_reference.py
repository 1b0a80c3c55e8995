"""Coordinates in which a posterior is about as wide in all directions as its prior was."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lineform.inference._linear import Energy, Tangent, inner

__all__ = ["Reference", "Slopes", "Split"]

_TOLD = 2.0
"""Curvature by the measurement over that of the prior, from which a direction is counted."""
_PART = 16384
"""Latent numbers that are taken at a time."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """How the residual depends on the latent vector about several of them, in few directions.

    Parameters
    ----------
    basis : (direction, size) [1]
        Eigenvectors V^T of the mean of J^T J at the latent vectors.
    curvature : (direction,) [1]
        Their eigenvalues, ascending, as far as they tell more than a little.
    work : float
        Of making it, in gradients.
    """

    basis: torch.Tensor
    curvature: torch.Tensor
    work: float

    @classmethod
    def of(cls, problem: Energy, latents: Sequence[torch.Tensor], rank: int, seed: int) -> "Slopes":
        """Slopes about latent vectors (size,), in the directions that matter most.

        Notes
        -----
        The range of J^T is found from its products with random vectors (Halko, Martinsson & Tropp
        2011, SIAM Review 53, 217, algorithm 4.1).
        """
        generator = torch.Generator().manual_seed(seed)
        found, work = [], 0.0
        for latent in latents:
            tangent = Tangent(problem, latent)
            number = min(rank, len(tangent.residual), len(latent))
            seeds = torch.randn(number, len(tangent.residual), generator=generator).to(latent)
            seen = torch.stack([tangent.back(seed) for seed in seeds])
            basis = torch.linalg.qr(seen.T).Q.T
            along = torch.stack([tangent.forth(direction) for direction in basis])
            # J Q = U R: R alone has the same products, and fewer rows than there are residuals.
            found.append(torch.linalg.qr(along.T).R @ basis)
            work += 1 + 2 * number
        return cls(*_eigen(torch.cat(found) / math.sqrt(len(found))), work)


def _eigen(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Eigenvectors (direction, size) and eigenvalues (direction,) of R^T R, for R (row, size)."""
    # In single precision small eigenvalues would be lost; in parts, to need little memory.
    product = sum(
        (part.T @ part for part in (each.double() for each in rows.T.split(_PART))),
        torch.zeros(len(rows), len(rows), dtype=torch.float64, device=rows.device),
    )
    values, vectors = torch.linalg.eigh(product)
    told = values > _TOLD
    values, vectors = values[told], vectors[:, told]
    weights = (vectors / values.sqrt()).to(rows)
    return weights.T @ rows, values.to(rows)


class Split(NamedTuple):
    """A vector, as its part along some directions and the rest, which is across to them."""

    rest: torch.Tensor
    """(size,)"""
    along: torch.Tensor
    """(direction,)"""

    def dot(self, other: "Split") -> float:
        """Inner product."""
        return inner(self.rest, other.rest) + inner(self.along, other.along)

    def plus(self, factor: float, other: "Split", own: float = 1.0) -> "Split":
        """Sum of it, times a factor of its own, and another, times a factor."""
        rest = torch.add(own * self.rest, other.rest, alpha=factor)
        return Split(rest, own * self.along + factor * other.along)


@dataclass(frozen=True, eq=False)
class Reference:
    """A normal distribution that is like a posterior: that of a problem made linear.

    Its covariance is (1 + V L V^T)^-1, with V of few directions and L their curvatures; its mean
    lies in the space of these directions. In coordinates z it is standard normal: those along V
    are lengthened by (1 + L)^(1/2), the rest are as they are.

    Parameters
    ----------
    basis : (direction, size) [1]
        V^T, orthonormal.
    width : (direction,) [1]
        (1 + L)^(-1/2).
    middle : (direction,) [1]
        V^T times the mean.
    """

    basis: torch.Tensor
    width: torch.Tensor
    middle: torch.Tensor

    @classmethod
    def of(cls, slopes: Slopes, share: float, centre: torch.Tensor) -> "Reference":
        """Of a measurement that counts by a share, about a latent vector (size,)."""
        values = share * slopes.curvature
        first = int((values <= _TOLD).sum())
        basis = slopes.basis[first:]
        return cls(basis, (1 + values[first:]).rsqrt(), basis @ centre)

    def latent(self, z: Split) -> torch.Tensor:
        """Latent vector (size,) at coordinates."""
        return z.rest + self.basis.T @ self.seen(z)

    def seen(self, z: Split) -> torch.Tensor:
        """V^T times the latent vector (direction,) at coordinates."""
        return self.width * z.along + self.middle

    def coordinates(self, latent: torch.Tensor) -> Split:
        """Of a latent vector (size,)."""
        rest, along = self.split(latent)
        return Split(rest, (along - self.middle) / self.width)

    def split(self, vector: torch.Tensor) -> Split:
        """A vector (size,), not changed."""
        along = self.basis @ vector
        return Split(vector - self.basis.T @ along, along)

    def height(self, z: Split, misfit: float) -> float:
        """Energy with a misfit, over that of this distribution."""
        seen = self.seen(z)
        return misfit + (inner(seen, seen) - inner(z.along, z.along)) / 2

    def slope(self, z: Split, gradient: torch.Tensor) -> Split:
        """Of the height by coordinates, for that (size,) of the misfit by the latent vector."""
        rest, along = self.split(gradient)
        return Split(rest, self.width * (along + self.seen(z)) - z.along)
