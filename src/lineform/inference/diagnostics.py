"""Whether posteriors are as wide as they should be, judged by cases of which the truth is known.

The truths are drawn from the prior, the measurements from the model with noise. Whatever number
is looked at, its truth must then be as likely to lie in one part of the posterior as in another
of the same probability.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.spatial import cKDTree

from lineform.errors import ShapeError
from lineform.state import FloatArray

__all__ = [
    "CENTRAL",
    "Uniformity",
    "coverage",
    "discrimination",
    "levels",
    "nearness",
    "pareto_shape",
    "uniformity",
]

CENTRAL = (0.5, 0.68, 0.95)
"""Probabilities of the central intervals whose coverage is told."""


def levels(
    truth: FloatArray, draws: FloatArray, seed: int, weight: FloatArray | None = None
) -> FloatArray:
    """Where in its posterior a truth lies: the probability of what is below it.

    Parameters
    ----------
    truth : (...,) [any]
    draws : (sample, ...) [as truth]
    seed : int
        The level between two samples, or among samples equal to the truth, is drawn.
    weight : (sample,) [1], or None
        Of the samples, with a sum of 1; equal if None.

    Returns
    -------
    (...,) [1]
        Uniform between 0 and 1 over cases, where the posteriors are right.

    Raises
    ------
    ShapeError
        If the draws are not of the shape of the truth.

    Notes
    -----
    The ranks of Talts et al. (2018, arXiv:1804.06788), as levels. Of samples with unequal weights,
    the effective number is taken. That is right where the weights have little to do with the
    quantity itself, as with many numbers; where they fall off with it, tails are a little better
    known than this makes them.
    """
    if draws.shape[1:] != truth.shape:
        raise ShapeError("draws", expected=f"(sample, *{truth.shape})", seen=f"{draws.shape}")
    weight = np.full(len(draws), 1 / len(draws)) if weight is None else weight
    # Quantiles of unequal samples are as rough as those of fewer equal ones (Kish 1965).
    number = 1 / float(weight @ weight)
    below = np.tensordot(weight, draws < truth, axes=1)
    equal = np.tensordot(weight, draws == truth, axes=1)
    # The truth takes one more place among the samples.
    place = np.random.default_rng(seed).random(truth.shape)
    return np.asarray((number * (below + place * equal) + place) / (number + 1))


def coverage(found: FloatArray, probability: float) -> float:
    """Share of truths within the central interval of a probability.

    Parameters
    ----------
    found : (...,) [1]
        Of `levels`.
    probability : scalar [1]
    """
    return float(np.mean(np.abs(found - 0.5) <= probability / 2))


@dataclass(frozen=True, slots=True)
class Uniformity:
    """How well levels agree with a uniform distribution.

    Parameters
    ----------
    chi2 : float [1]
        Probability of counts in bins at least as uneven.
    kolmogorov : float [1]
        Probability of a cumulative distribution at least as far away.
    """

    chi2: float
    kolmogorov: float


def uniformity(found: FloatArray, bins: int = 0) -> Uniformity:
    """Test that independent levels are uniform.

    Parameters
    ----------
    found : (case,) [1]
    bins : int
        0 for as many as have ten cases each, between 4 and 20.
    """
    bins = bins or min(max(len(found) // 10, 4), 20)
    counts, _ = np.histogram(found, bins=bins, range=(0, 1))
    return Uniformity(
        float(stats.chisquare(counts).pvalue), float(stats.kstest(found, "uniform")[1])
    )


def nearness(truth: FloatArray, draws: FloatArray, reference: FloatArray, seed: int) -> FloatArray:
    """Probability that the posterior gives to what is nearer to some point than the truth is.

    Parameters
    ----------
    truth : (case, number) [1]
        In units of the prior's width or the like.
    draws : (sample, case, number) [1]
        With equal weights.
    reference : (case, number) [1]
        Any points that do not depend on the truth: truths of other cases, for example.
    seed : int

    Returns
    -------
    (case,) [1]
        Uniform where the posteriors are right in all numbers together.

    Notes
    -----
    TARP: Lemos et al. (2023, ICML, arXiv:2302.03026), who prove the converse as well.
    """
    of_truth = np.sqrt(((truth - reference) ** 2).sum(axis=-1))
    of_draws = np.sqrt(((draws - reference) ** 2).sum(axis=-1))
    return levels(of_truth, of_draws, seed)


def discrimination(one: FloatArray, other: FloatArray, seed: int) -> float:
    """How often it can be told from which of two sets a sample is: 1/2 if they are alike.

    Parameters
    ----------
    one, other : (sample, number) [any]
    seed : int

    Notes
    -----
    The two-sample test by a classifier of Lopez-Paz & Oquab (2017, arXiv:1610.06545); each
    sample is taken for one of those that prevail among its nearest neighbours, whose number is
    the root of that of the samples.
    """
    number = min(len(one), len(other))
    generator = np.random.default_rng(seed)
    both = np.concatenate([generator.permutation(each)[:number] for each in (one, other)])
    whose = np.repeat([0, 1], number)
    both = both - both.mean(axis=0)
    covariance = np.atleast_2d(np.cov(both, rowvar=False))
    white = np.linalg.solve(np.linalg.cholesky(covariance), both.T).T
    neighbours = 2 * (math.isqrt(number) // 2) + 1
    _, nearest = cKDTree(white).query(white, neighbours + 1)
    guess = whose[nearest[:, 1:]].mean(axis=1) > 0.5
    return float(np.mean(guess == whose))


def pareto_shape(logarithm: FloatArray) -> float:
    """Shape of the tail of importance weights: above 0.7 they say little.

    Parameters
    ----------
    logarithm : (sample,) [1]
        Of the weights; natural.

    Notes
    -----
    A generalised Pareto distribution fitted to the greatest weights by the method of Zhang &
    Stephens (2009, Technometrics 51, 316), with the weak prior of Vehtari et al. (2024, JMLR 25,
    72).
    """
    number = len(logarithm)
    tail = math.ceil(min(number / 5, 3 * math.sqrt(number)))
    ordered = np.sort(np.exp(logarithm - logarithm.max()))
    excess = ordered[-tail:] - ordered[-tail - 1]
    if excess[-1] <= 0:
        return -math.inf
    grid = np.arange(1, 30 + math.isqrt(tail) + 1)
    quartile = excess[int(tail / 4 + 0.5) - 1]
    scale = 1 / excess[-1] + (1 - np.sqrt(len(grid) / (grid - 0.5))) / (3 * quartile)
    shape = np.log1p(-scale[:, None] * excess).mean(axis=1)
    likelihood = tail * (np.log(-scale / shape) - shape - 1)
    share = np.exp(likelihood - np.logaddexp.reduce(likelihood))
    found = np.log1p(-(scale @ share) * excess).mean()
    return float((tail * found + 10 * 0.5) / (tail + 10))
