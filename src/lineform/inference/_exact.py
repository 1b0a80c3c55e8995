"""Samples of the posterior of a small problem, and the density that they were drawn from."""

import math
from typing import NamedTuple

import numpy as np
import torch
from scipy.linalg import solve_triangular
from scipy.optimize import root

from lineform.inference._linear import Energy, Tangent
from lineform.state import FloatArray

__all__ = ["Bent", "Proposal"]

_ACCURACY = 1e-3
"""Of the solution [standard deviations]."""
_TURNS = 15


class Proposal(NamedTuple):
    """A sample, and how much more probable it is than it was to be drawn."""

    latent: torch.Tensor
    """(size,)"""
    weight: float
    """Natural logarithm; the mean of the weights is the evidence."""
    solved: bool


class Bent:
    """A Gaussian in coordinates in which the posterior is nearly Gaussian.

    Parameters
    ----------
    problem : Energy
        Of few latent numbers: matrices of their square are formed.
    centre : (size,) [1]
        Near the maximum.

    Notes
    -----
    With J at the centre c and r(x) the residual, the coordinates are L^-1 g(x), where
    g(x) = x - c + J^T (r(x) - r(c)) and L L^T = M = J^T J + 1 (Frank, Leike & Ensslin 2021,
    Entropy 23, 853, eq. 40, who expand about the centre). Their density is
    N(L^-1 g; 0, 1) det(1 + J^T J(x)) / det L. At the maximum this is the proposal of
    randomize-then-optimize (Bardsley et al. 2014, SIAM J. Sci. Comput. 36, A1895).
    """

    def __init__(self, problem: Energy, centre: torch.Tensor) -> None:
        self._problem, self._centre = problem, centre
        tangent = Tangent(problem, centre)
        self._residual = tangent.residual
        self._transposed = tangent.matrix()
        self._lower = np.linalg.cholesky(self._product(self._transposed))

    @property
    def work(self) -> float:
        """Of a proposal, in gradients."""
        return 0.6 * len(self._centre) + 5

    def proposal(self, white: FloatArray) -> Proposal:
        """Where the coordinates are given numbers (size,), drawn from a standard normal."""

        def apart(turned: FloatArray) -> FloatArray:
            return self._coordinates(self._place(turned)) - white

        turned, solved = white, np.abs(apart(white)).max() < _ACCURACY
        if not solved:
            # In these coordinates the derivative is about 1.
            options = {"fatol": _ACCURACY, "maxiter": _TURNS, "jac_options": {"alpha": -1.0}}
            with np.errstate(all="ignore"):  # wild places are turned away from
                found = root(apart, white, method="broyden1", options=options)
            turned, solved = found.x, bool(found.success)
        place = self._place(turned)
        tangent = Tangent(self._problem, place)
        sign, spread = np.linalg.slogdet(self._product(tangent.matrix()))
        drawn = self._coordinates(place)
        density = spread - np.log(np.diag(self._lower)).sum() - drawn @ drawn / 2
        solved = solved and sign > 0 and math.isfinite(tangent.energy)
        weight = -tangent.energy - density if solved else -math.inf
        return Proposal(place, float(weight), solved)

    def _product(self, transposed: torch.Tensor) -> FloatArray:
        """1 + J^T J(x)."""
        product = self._transposed.to(torch.float64) @ transposed.T.to(torch.float64)
        return np.asarray(product.cpu().numpy() + np.eye(len(transposed)))

    def _place(self, turned: FloatArray) -> torch.Tensor:
        """Latent vector, from coordinates in which the posterior is round if J is constant."""
        offset = solve_triangular(self._lower, turned, lower=True, trans="T")
        return self._centre + torch.from_numpy(offset).to(self._centre)

    def _coordinates(self, latent: torch.Tensor) -> FloatArray:
        with torch.no_grad():
            change = self._problem.residual(latent) - self._residual
            bent = latent - self._centre + self._transposed @ change
        # What cannot be computed is far away.
        seen = np.nan_to_num(bent.cpu().double().numpy(), nan=1e6, posinf=1e6, neginf=-1e6)
        return np.asarray(solve_triangular(self._lower, seen, lower=True))
