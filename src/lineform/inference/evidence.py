"""The evidence: what the density of a posterior, before it is normalised, adds up to."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lineform.state import FloatArray

__all__ = ["Evidence", "bridged"]

_ROUNDS = 1000
_CONVERGED = 1e-8


class Evidence(NamedTuple):
    """Of samples from a density."""

    logarithm: float
    """Natural, of the integral of the density."""
    error: float
    """Standard deviation of the logarithm."""


def bridged(
    draws: FloatArray,
    logarithm: FloatArray,
    density: Callable[[FloatArray], float],
    effective: float,
    seed: int,
) -> Evidence:
    """The integral of a density of which samples are known, by bridge sampling.

    Parameters
    ----------
    draws : (sample, size)
        From the density.
    logarithm : (sample,)
        Natural, of the density at the draws, but for a factor.
    density : function of a position (size,)
        The same logarithm anywhere; minus infinity where there is none.
    effective : float
        How many independent samples the draws are worth.
    seed : int

    Notes
    -----
    The bridge is to the Gaussian with the mean and covariance of every other draw; the draws
    between them are one end, as many new draws from the Gaussian the other. The bridge is that
    of Meng & Wong (1996, eq. 4.1), which has the least error for a number of samples; the error
    is that of Fruehwirth-Schnatter (2004, eq. 16), with both ends taken as independent.
    """
    fitted, kept = draws[::2], draws[1::2]
    mean, factor = _gaussian(fitted)
    generator = np.random.default_rng(seed)
    drawn = mean + generator.standard_normal(kept.shape) @ factor.T
    ours = logarithm[1::2] - _normal(kept, mean, factor)
    theirs = np.array([density(each) for each in drawn]) - _normal(drawn, mean, factor)
    worth = min(max(effective / 2, 1.0), len(kept))
    share = worth / (worth + len(drawn))
    found = _balanced(ours, theirs, share)
    return Evidence(found, _error(ours - found, theirs - found, share, worth))


def _balanced(ours: FloatArray, theirs: FloatArray, share: float) -> float:
    """Logarithm of the ratio of the two integrals; `share` of the samples are `ours`."""
    found = float(np.median(ours))
    for _ in range(_ROUNDS):
        # 1 / (share * ratio + 1 - share), and ratio times it, without overflow.
        above = -np.logaddexp(math.log(share), math.log1p(-share) - (theirs - found))
        below = -np.logaddexp(math.log(share) + (ours - found), math.log1p(-share))
        step = _mean(above) - _mean(below)
        found += step
        if abs(step) < _CONVERGED:
            break
    return found


def _error(ours: FloatArray, theirs: FloatArray, share: float, worth: float) -> float:
    """Standard deviation of the logarithm, for logarithms of ratios less that of the mean."""
    ends = math.log(share), math.log1p(-share)
    lower = np.exp(-np.logaddexp(ends[0], ends[1] - theirs))
    upper = np.exp(-np.logaddexp(ends[0] + ours, ends[1]))
    squares = np.var(lower) / np.mean(lower) ** 2 / len(theirs)
    squares += np.var(upper) / np.mean(upper) ** 2 / worth
    return float(np.sqrt(squares))


def _mean(logarithms: FloatArray) -> float:
    """Logarithm of the mean of what these are the logarithms of."""
    return float(np.logaddexp.reduce(logarithms)) - math.log(len(logarithms))


def _gaussian(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean (size,) and a root of the covariance (size, size) of draws."""
    covariance = np.atleast_2d(np.cov(draws, rowvar=False))
    # A few draws may leave directions out.
    floor = 1e-9 * np.trace(covariance) / len(covariance)
    return draws.mean(axis=0), np.linalg.cholesky(covariance + floor * np.eye(len(covariance)))


def _normal(draws: FloatArray, mean: FloatArray, factor: FloatArray) -> FloatArray:
    """Logarithm of the density of the Gaussian (sample,)."""
    apart = np.linalg.solve(factor, (draws - mean).T)
    constant = float(np.log(np.diag(factor)).sum()) + len(mean) * math.log(2 * math.pi) / 2
    return np.asarray(-(apart**2).sum(axis=0) / 2 - constant)
