"""Samples of the posterior of a problem of any size, from products with its metric alone."""

import math
from typing import NamedTuple

import torch

from lineform.inference._linear import (
    Energy,
    Tangent,
    conjugate_gradients,
    exhausted,
    inner,
    log_determinant,
    truncated,
)

__all__ = ["Cloud", "Pair"]

_STEPS = 400
_TURNS = 4


class Pair(NamedTuple):
    """Two samples on opposite sides, and what they tell of the evidence."""

    offsets: torch.Tensor
    """From the centre (2, size)."""
    excess: float
    """Mean energy, less what it would be expected to be more than that of the centre."""
    log_determinant: float
    """Of the metric."""


class Cloud:
    """Samples about a centre.

    Parameters
    ----------
    problem : Energy
    centre : (size,) [1]

    Notes
    -----
    Metric-Gaussian samples solve M s = J^T m + n with m and n standard normal (Knollmueller &
    Ensslin 2019, arXiv:1901.11033). Conjugate gradients begin at n, a sample of the prior: what
    they do not reach is as wide as the prior, never too narrow. Geometric ones solve
    g(x) = x - c + J^T (r(x) - r(c)) = J^T m + n from there (Frank, Leike & Ensslin 2021,
    Entropy 23, 853).
    """

    def __init__(self, problem: Energy, centre: torch.Tensor) -> None:
        self._problem, self._centre = problem, centre
        self._tangent = Tangent(problem, centre)
        self.work = 1.0
        """Done so far, in gradients."""

    def pair(self, seed: int, *, bent: bool) -> Pair:
        """Two samples, geometric ones if they are to be bent."""
        one, other = self._normal(seed)
        right = self._tangent.back(one) + other
        found = conjugate_gradients(self._metric, right, other, exhausted, _STEPS)
        offsets = torch.stack([found.vector, -found.vector])
        if bent:
            ways = zip(offsets, (right, -right), strict=True)
            offsets = torch.stack([self._bent(offset, way) for offset, way in ways])
        energy = math.fsum(self._energy(offset) for offset in offsets) / 2
        excess = energy - inner(right, found.vector) / 2
        return Pair(offsets, excess, log_determinant(found))

    def _normal(self, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(seed)
        sizes = self._tangent.residual, self._centre
        one, other = (
            torch.randn(len(like), generator=generator, dtype=like.dtype).to(like) for like in sizes
        )
        return one, other

    def _metric(self, direction: torch.Tensor) -> torch.Tensor:
        self.work += 1
        return self._tangent.metric(direction)

    def _energy(self, offset: torch.Tensor) -> float:
        latent = self._centre + offset
        with torch.no_grad():
            residual = self._problem.residual(latent)
        return (inner(residual, residual) + inner(latent, latent)) / 2

    def _apart(self, offset: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        self.work += 1
        with torch.no_grad():
            change = self._problem.residual(self._centre + offset) - self._tangent.residual
        return right - offset - self._tangent.back(change)

    def _bent(self, offset: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """Turn after turn of Newton with the metric of the centre, as long as they come closer."""
        best, last = offset, math.inf
        for _ in range(_TURNS):
            apart = self._apart(offset, right)
            found = conjugate_gradients(self._metric, apart, None, truncated, _STEPS)
            # Half of the square of what is left, in standard deviations.
            if not found.gain < last / 2:
                return best
            best, last = offset, found.gain
            if exhausted_at(found.gain, len(offset)):
                return offset
            offset = offset + found.vector
        return best


def exhausted_at(gain: float, size: int) -> bool:
    """Whether a sample is where it should be, to a few hundredths of a standard deviation."""
    return gain <= 1e-3 * size / 2
