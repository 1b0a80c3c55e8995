"""A problem in coordinates in which its posterior is nearly round."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch

from lineform.inference._linear import Energy, Tangent, inner
from lineform.inference._nuts import Chain
from lineform.inference.base import State
from lineform.inference.evidence import Evidence, bridged
from lineform.state import FloatArray

__all__ = ["Bounded", "Whitened"]


@runtime_checkable
class Bounded(Protocol):
    """A problem of which only a part of the latent space is to be sampled."""

    def inside(self, latent: torch.Tensor) -> bool:
        """Whether a latent vector (size,) is in this part."""
        ...


@dataclass(slots=True, eq=False)
class Whitened:
    """A problem in coordinates in which its posterior is nearly standard normal.

    Parameters
    ----------
    problem : Energy
    centre : (size,) [1]
        Latent vector at z = 0.
    root : (size, size) [1]
        T, the derivative of the latent vector by z.
    record : list of (2 size + 1,)
        Of what was computed, for an interrupted run to go on.
    """

    problem: Energy
    centre: torch.Tensor
    root: torch.Tensor
    record: list[FloatArray]

    @classmethod
    def at(cls, problem: Energy, centre: torch.Tensor, state: State) -> "Whitened":
        """By the metric at a latent vector (size,), or as it was when interrupted."""
        if state:
            return cls(problem, state["centre"], state["root"], list(state["record"].numpy()))
        transposed = Tangent(problem, centre).matrix().to(torch.float64)
        metric = transposed @ transposed.T
        metric += torch.eye(len(metric)).to(metric)
        # M = L L^T and T = L^-T, so that T^T M T = 1.
        factor = torch.linalg.cholesky(metric)
        root = torch.linalg.solve_triangular(
            factor.T, torch.eye(len(factor)).to(factor), upper=True
        )
        return cls(problem, centre.detach(), root, [])

    def inside(self, latent: torch.Tensor) -> bool:
        """Whether a latent vector (size,) belongs to what is sampled."""
        return self.problem.inside(latent) if isinstance(self.problem, Bounded) else True

    def state(self) -> State:
        """To go on from."""
        size = len(self.centre)
        rows = np.array(self.record).reshape(-1, 2 * size + 1)
        return {"centre": self.centre, "root": self.root, "record": torch.from_numpy(rows)}

    def latent(self, z: FloatArray) -> torch.Tensor:
        """Latent vectors (..., size) at z (..., size)."""
        moved = torch.as_tensor(z).to(self.root) @ self.root.T
        return self.centre + moved.to(self.centre)

    def density(self, z: FloatArray) -> tuple[float, FloatArray]:
        """Logarithm of the posterior, but for a constant, and its gradient (size,) by z."""
        latent = self.latent(z)
        if not self.inside(latent):
            return -math.inf, -z
        free = latent.requires_grad_()
        residual = self.problem.residual(free)
        seed = residual.detach()
        (by_latent,) = torch.autograd.grad(residual, free, seed)
        latent = free.detach()
        gradient = self.root.T @ (by_latent + latent).to(self.root)
        energy = (inner(seed, seed) + inner(latent, latent)) / 2
        return -energy, -gradient.cpu().numpy()

    def logarithm(self, z: FloatArray) -> float:
        """Of the posterior, but for a constant."""
        latent = self.latent(z)
        if not self.inside(latent):
            return -math.inf
        with torch.no_grad():
            residual = self.problem.residual(latent)
        value = -(inner(residual, residual) + inner(latent, latent)) / 2
        return value if math.isfinite(value) else -math.inf

    def evidence(self, chains: Sequence[Chain], effective: float, seed: int) -> Evidence:
        """Integral of exp(-residual^2 / 2) over the prior."""
        draws = np.concatenate([chain.position for chain in chains])
        logarithm = np.concatenate([chain.logarithm for chain in chains])
        found = bridged(draws, logarithm, self.logarithm, effective, seed)
        volume = float(torch.log(torch.diagonal(self.root)).sum())
        prior = len(self.centre) * math.log(2 * math.pi) / 2
        return found._replace(logarithm=found.logarithm + volume - prior)
