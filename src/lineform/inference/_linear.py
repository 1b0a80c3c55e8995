"""A problem made linear about a latent vector, and conjugate gradients with its metric.

The metric of a problem is M = J^T J + 1, J being the derivative of the residual by the latent
vector: the curvature of the energy where the residual is small or nearly linear.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
import torch

from lineform.inference._columns import columns
from lineform.state import FloatArray

__all__ = [
    "FIELDS",
    "SMALL",
    "Energy",
    "Solution",
    "Tangent",
    "conjugate_gradients",
    "exhausted",
    "inner",
    "log_determinant",
    "truncated",
]

SMALL = 64
"""Latent numbers up to which matrices of their square are formed."""

FIELDS = 10_000
"""Latent numbers above which they are those of fields, of which many are measured."""

_DELAY = 8
"""Steps of conjugate gradients whose gain is weighed together: single steps may gain little."""


class Energy(Protocol):
    """What of a problem is needed here."""

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        ...

    def residual(self, latent: torch.Tensor) -> torch.Tensor:
        """Differences (any,) [1], of which half the sum of squares adds to that of the latent."""
        ...


def inner(one: torch.Tensor, other: torch.Tensor) -> float:
    """Inner product, summed in double precision."""
    return float(one.to(torch.float64) @ other.to(torch.float64))


class Tangent:
    """A problem made linear about a latent vector.

    Parameters
    ----------
    problem : Energy
    latent : (size,) [1]
    """

    def __init__(self, problem: Energy, latent: torch.Tensor) -> None:
        self.latent = latent.detach()
        self._problem = problem
        self._matrix: torch.Tensor | None = None
        if self._small:
            with torch.no_grad():
                self.residual = problem.residual(self.latent)
        else:
            self.residual = self._trace[1].detach()

    @cached_property
    def _trace(self) -> tuple[torch.Tensor, ...]:
        """Latent vector, residual, seed and J^T times the seed, as PyTorch can go back."""
        free = self.latent.clone().requires_grad_()
        traced = self._problem.residual(free)
        # J^T times a seed is linear in the seed; its derivative by the seed is J. Reverse mode
        # twice costs less than forward mode, which makes the whole of the residual again.
        seed = torch.zeros_like(traced, requires_grad=True)
        (back,) = torch.autograd.grad(traced, free, seed, create_graph=True)
        return free, traced, seed, back

    @property
    def energy(self) -> float:
        """Negative logarithm of the posterior there, but for a constant [1]."""
        return (inner(self.residual, self.residual) + inner(self.latent, self.latent)) / 2

    @property
    def gradient(self) -> torch.Tensor:
        """Of the energy (size,) [1]."""
        return self.back(self.residual) + self.latent

    def forth(self, direction: torch.Tensor) -> torch.Tensor:
        """J times a direction (size,): (residual,)."""
        if self._small:
            return direction @ self.matrix()
        return self._along(direction)

    def back(self, seed: torch.Tensor) -> torch.Tensor:
        """J^T times a seed (residual,): (size,)."""
        if self._small:
            return self.matrix() @ seed
        free, traced, *_ = self._trace
        (by_latent,) = torch.autograd.grad(traced, free, seed, retain_graph=True)
        return by_latent

    def metric(self, direction: torch.Tensor) -> torch.Tensor:
        """M times a direction (size,): (size,)."""
        return self.back(self.forth(direction)) + direction

    def matrix(self) -> torch.Tensor:
        """J^T as a matrix (size, residual), for small problems; made once."""
        if self._matrix is None:
            self._matrix = columns(self._problem, self.latent)
        if self._matrix is None:
            each = torch.eye(len(self.latent)).to(self.latent)
            self._matrix = torch.stack([self._along(direction) for direction in each])
        return self._matrix

    @property
    def _small(self) -> bool:
        return len(self.latent) <= SMALL

    def _along(self, direction: torch.Tensor) -> torch.Tensor:
        *_, seed, back = self._trace
        (along,) = torch.autograd.grad(back, seed, direction, retain_graph=True)
        return along


class Solution(NamedTuple):
    """What conjugate gradients found."""

    vector: torch.Tensor
    """(size,)"""
    gain: float
    """By which the quadratic energy fell."""
    steps: int
    stopped: bool
    """Whether at the given radius."""
    first: float
    """Square of the first difference."""
    diagonal: list[float]
    """Of the tridiagonal matrix of Lanczos (step,)."""
    beside: list[float]
    """Its secondary diagonal (step - 1,)."""


def conjugate_gradients(
    metric: Callable[[torch.Tensor], torch.Tensor],
    right: torch.Tensor,
    start: torch.Tensor | None,
    enough: Callable[[Sequence[float]], bool],
    limit: int,
    radius: float = math.inf,
) -> Solution:
    """Solve M x = b, by the descent of the quadratic energy x^T M x / 2 - b^T x.

    Parameters
    ----------
    metric : function of a vector
        Times M, symmetric and positive.
    right : (size,)
        b.
    start : (size,) or None
        From where; None for 0.
    enough : function of the gains of all steps so far
        Whether to stop.
    limit : int
        Greatest number of steps.
    radius : float
        Greatest length of x; where the way leaves this ball, it ends (Steihaug 1983).

    Notes
    -----
    The coefficients of the steps are those of the process of Lanczos that starts from the first
    difference (Golub & Van Loan 2013, sec. 11.3), from which `log_determinant` is estimated.
    """
    x = torch.zeros_like(right) if start is None else start.clone()
    difference = right.clone() if start is None else right - metric(start)
    along, square = difference.clone(), inner(difference, difference)
    first = square
    gains: list[float] = []
    diagonal: list[float] = []
    beside: list[float] = []
    last = (0.0, 1.0)  # share of the last direction in the next one, and length of the last step
    stopped = False
    while len(gains) < limit and square > 0:
        turned = metric(along)
        curvature = inner(along, turned)
        if not (0 < curvature < math.inf):
            break
        length = square / curvature
        diagonal.append(1 / length + last[0] / last[1])
        inside = _inside(x, along, radius)
        stopped = length >= inside
        taken = min(length, inside)
        x += taken * along
        gains.append(taken * (square - taken * curvature / 2))
        if stopped:
            break
        difference -= length * turned
        following = inner(difference, difference)
        last = (following / square, length)
        if enough(gains):
            break
        beside.append(math.sqrt(last[0]) / length)
        along = difference + last[0] * along
        square = following
    beside = beside[: max(len(diagonal) - 1, 0)]
    return Solution(x, math.fsum(gains), len(gains), stopped, first, diagonal, beside)


def _inside(x: torch.Tensor, along: torch.Tensor, radius: float) -> float:
    """How far to go from x before its length is the radius."""
    if radius == math.inf:
        return math.inf
    a, b, c = inner(along, along), inner(x, along), inner(x, x) - radius**2
    return (-b + math.sqrt(max(b * b - a * c, 0.0))) / a


def truncated(gains: Sequence[float]) -> bool:
    """Whether a step towards a minimum is good enough: its last part gained a twentieth of it.

    Single steps may gain little before others that gain much, so that several are looked at.
    """
    last = min(len(gains) // 2, _DELAY)
    return last > 1 and math.fsum(gains[-last:]) <= 0.05 * math.fsum(gains)


def exhausted(gains: Sequence[float]) -> bool:
    """Whether what is still to be gained is small against what a sample scatters.

    The energy of a sample scatters by 1/2 for each direction of the latent space that the
    measurement says something of; as many as there were steps are known of.
    """
    return len(gains) > _DELAY and math.fsum(gains[-_DELAY:]) <= 1e-3 * len(gains)


def log_determinant(solution: Solution) -> float:
    """Estimate of ln det M, from a solution that began with the sample n of a standard normal.

    Notes
    -----
    With b = J^T m + n, m also standard normal, and starting at n, the first difference
    r = J^T (m - J n) has the covariance M (M - 1). The mean of r^T f(M) r is therefore
    tr ln M, for f(t) = ln t / (t (t - 1)); Gauss quadrature by Lanczos gives each of them
    (Golub & Meurant 1994; Ubaru, Chen & Saad 2017, SIAM J. Matrix Anal. Appl. 38, 1075).
    """
    if not solution.diagonal:
        return 0.0
    matrix: FloatArray = np.diag(solution.diagonal)
    matrix += np.diag(solution.beside, 1) + np.diag(solution.beside, -1)
    values, vectors = np.linalg.eigh(matrix)
    over = np.maximum(values - 1, 1e-12)  # rounding may bring a value below 1
    return float(solution.first * np.sum(vectors[0] ** 2 * np.log1p(over) / over / (1 + over)))
