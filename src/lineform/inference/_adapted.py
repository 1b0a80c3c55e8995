"""Importance sampling from proposals that move towards the posterior, round after round.

On the way samples are weighted by the mixture of all proposals that there were (adaptive multiple
importance sampling: Cornuet et al. 2012, Scand. J. Stat. 39, 798), so that none that was far off
does harm. Each proposal after the first is a mixture of t-distributions about the samples, which
is shrunk to keep their covariance (West 1993, J. R. Stat. Soc. B 55, 409). Such a mixture is too
high at the samples that it is made of, and their weights are therefore too low; what is given back
are new samples of the last mixture and, for what it may have missed, of the first proposal.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch

from lineform.inference._network import same_angle
from lineform.state import FloatArray

__all__ = ["Kernels", "Proposal", "Weighted", "adapted", "resampled", "truncated"]

_ROUNDS = 6
"""In which half of the samples are drawn."""

_ANYWHERE = 0.1
"""Share of the other half that the first proposal gives."""

_CENTRES = 200
"""Kernels in a mixture, at most."""

_FREEDOM = 8
"""Degrees of freedom of the kernels: tails that are heavier than those of the posterior."""

_ENOUGH = 6
"""Effective samples for each number, below which weights are levelled for the next proposal."""

_HALVINGS = 30

_TURNS = 6
"""Whole turns to either side that are told apart in the prior of an angle."""


class Proposal(Protocol):
    """A density that can be drawn from."""

    def draw(self, number: int) -> FloatArray:
        """Latent vectors (number, size)."""
        ...

    def log_density(self, latent: FloatArray) -> FloatArray:
        """Its natural logarithm (sample,) at latent vectors (sample, size)."""
        ...


class Weighted(NamedTuple):
    """Samples and the logarithms of their weights, the mean of which is the evidence."""

    latent: FloatArray
    """(sample, size)."""
    logarithm: FloatArray
    """(sample,)."""


def adapted(
    first: Proposal,
    target: Callable[[FloatArray], FloatArray],
    number: int,
    wrapped: Sequence[int],
    rng: np.random.Generator,
) -> Weighted:
    """Weighted samples of a density.

    Parameters
    ----------
    first : Proposal
    target : function from (sample, size) to (sample,)
        Logarithm of the density, but for the evidence.
    number : int
        Of samples at which the target is looked at; half of them are given back.
    wrapped : sequence of int
        Latent numbers of angles, to which 1 may be added.
    rng : Generator
    """
    latent: FloatArray = np.zeros((0, 0))
    height: FloatArray = np.zeros(0)
    proposals, densities, counts = [first], [height], []
    for part in np.array_split(range(number // 2), _ROUNDS):
        new = proposals[-1].draw(len(part))
        counts.append(len(part))
        densities = [
            np.concatenate([density, proposal.log_density(new)])
            for density, proposal in zip(densities, proposals, strict=True)
        ]
        latent = np.concatenate([latent, new]) if len(latent) else new
        height = np.concatenate([height, target(new)])
        weight = _levelled(height - _mixed(densities, counts), latent.shape[1])
        proposals.append(Kernels(latent, weight, wrapped, rng))
        densities.append(proposals[-1].log_density(latent))
    anywhere = max(1, round(_ANYWHERE * (number - len(latent))))
    counts = [anywhere, number - len(latent) - anywhere]
    last = [first, proposals[-1]]
    latent = np.concatenate([each.draw(n) for each, n in zip(last, counts, strict=True)])
    mixture = _mixed([each.log_density(latent) for each in last], counts)
    return Weighted(latent, target(latent) - mixture)


def _mixed(densities: Sequence[FloatArray], counts: Sequence[int]) -> FloatArray:
    """Logarithm of a mixture of densities (sample,), as many samples of each as are counted."""
    shares = np.log(np.array(counts) / sum(counts))
    return np.asarray(np.logaddexp.reduce(np.stack(densities) + shares[:, None], axis=0))


class Kernels:
    """A mixture of t-distributions about weighted samples; angles go round.

    Of the latent numbers that mean the same angle, each has the probability that it has under
    the prior.

    Parameters
    ----------
    latent : (sample, size) [1]
    weight : (sample,) [1]
        With a sum of 1.
    wrapped : sequence of int
    rng : Generator
    """

    def __init__(
        self,
        latent: FloatArray,
        weight: FloatArray,
        wrapped: Sequence[int],
        rng: np.random.Generator,
    ) -> None:
        self._wrapped, self._rng = list(wrapped), rng
        size = latent.shape[1]
        phases = np.exp(2j * np.pi * latent[:, self._wrapped])
        self._zero = np.zeros(size)
        self._zero[self._wrapped] = np.angle(weight @ phases) / (2 * np.pi)
        flat = self._opened(latent)
        mean = weight @ flat
        covariance = (flat - mean).T @ (weight[:, None] * (flat - mean)) + 1e-10 * np.eye(size)
        effective = 1 / float(weight @ weight)
        # Silverman's rule; no wider than the whole.
        width = min((4 / (effective * (size + 2))) ** (1 / (size + 4)), 0.9)
        taken = resampled(weight, _CENTRES, rng)
        self._centres = mean + math.sqrt(1 - width**2) * (flat[taken] - mean)
        self._root = width * np.linalg.cholesky(covariance)

    def draw(self, number: int) -> FloatArray:
        """Latent vectors (number, size)."""
        chosen = self._centres[self._rng.integers(len(self._centres), size=number)]
        normal = self._rng.standard_normal(chosen.shape)
        stretched = np.sqrt(_FREEDOM / self._rng.chisquare(_FREEDOM, size=(number, 1)))
        latent = chosen + stretched * normal @ self._root.T + self._zero
        for column in self._wrapped:
            angle = latent[:, column] - np.round(latent[:, column])
            turns = np.arange(-_TURNS, _TURNS + 1)
            chance = np.cumsum(np.exp(-((angle[:, None] + turns) ** 2) / 2), axis=1)
            place = self._rng.random((number, 1)) * chance[:, -1:]
            latent[:, column] = angle + turns[(chance < place).sum(axis=1)]
        return np.asarray(latent)

    def log_density(self, latent: FloatArray) -> FloatArray:
        """Its natural logarithm (sample,) at latent vectors (sample, size)."""
        flat, size = self._opened(latent), latent.shape[1]
        found = np.full(len(latent), -math.inf)
        for turns in itertools.product((-1, 0, 1), repeat=len(self._wrapped)):
            moved = flat.copy()
            moved[:, self._wrapped] += turns
            found = np.logaddexp(found, self._about_centres(moved))
        found += (
            math.lgamma((_FREEDOM + size) / 2)
            - math.lgamma(_FREEDOM / 2)
            - size * math.log(_FREEDOM * math.pi) / 2
            - np.log(np.diagonal(self._root)).sum()
        )
        angle = torch.from_numpy(latent[:, self._wrapped])
        return np.asarray(found + same_angle(angle).sum(-1).numpy())

    def _about_centres(self, flat: FloatArray) -> FloatArray:
        inverse = np.linalg.inv(self._root)
        one, other = flat @ inverse.T, self._centres @ inverse.T
        squares = (one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T
        power = -(_FREEDOM + flat.shape[1]) / 2
        each = power * np.log1p(np.maximum(squares, 0) / _FREEDOM)
        return np.asarray(np.logaddexp.reduce(each, axis=1) - math.log(len(self._centres)))

    def _opened(self, latent: FloatArray) -> FloatArray:
        """With angles as turns (-1/2 to 1/2) from their mean direction."""
        flat = latent - self._zero
        flat[:, self._wrapped] -= np.round(flat[:, self._wrapped])
        return np.asarray(flat)


def _levelled(logarithm: FloatArray, size: int) -> FloatArray:
    """Weights (sample,), to a power below 1 if few samples had nearly all."""
    wanted = min(_ENOUGH * size, len(logarithm) / 2)
    low, high = 0.0, 1.0
    weight = _normal(logarithm)
    if 1 / float(weight @ weight) >= wanted:
        return weight
    for _ in range(_HALVINGS):
        power = (low + high) / 2
        weight = _normal(power * logarithm)
        if 1 / float(weight @ weight) >= wanted:
            low = power
        else:
            high = power
    return _normal(low * logarithm)


def _normal(logarithm: FloatArray) -> FloatArray:
    weight = np.exp(logarithm - logarithm.max())
    return np.asarray(weight / weight.sum())


def truncated(logarithm: FloatArray) -> FloatArray:
    """Logarithms of weights, none above the mean weight times the root of their number."""
    number = len(logarithm)
    mean = np.logaddexp.reduce(logarithm) - math.log(number)
    return np.asarray(np.minimum(logarithm, mean + math.log(number) / 2))


def resampled(weight: FloatArray, number: int, rng: np.random.Generator) -> FloatArray:
    """Indices drawn in even steps of probability with a random start, which adds least noise."""
    steps = (np.arange(number) + rng.random()) / number
    cumulative = np.cumsum(weight)
    taken = np.searchsorted(cumulative / cumulative[-1], steps)
    return np.asarray(rng.permutation(np.minimum(taken, len(weight) - 1)))
