"""Importance sampling from proposals that move towards the posterior, round after round.

On the way samples are weighted by the mixture of all proposals that there were (adaptive multiple
importance sampling: Cornuet et al. 2012, Scand. J. Stat. 39, 798), so that none that was far off
does harm. Each proposal after the first is a mixture of t-distributions fitted to the samples by
expectation maximisation (Cappé et al. 2008, Stat. Comput. 18, 447). Such a mixture is too high at
the samples that it is made of, and their weights are therefore too low; what is given back are
new samples of the last mixture and, for what it may have missed, of the first proposal.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch

from lineform.inference._network import same_angle
from lineform.state import FloatArray

__all__ = ["Mixture", "Proposal", "Weighted", "adapted", "resampled", "truncated"]

_ROUNDS = 6
"""In which half of the samples are drawn."""

_ANYWHERE = 0.1
"""Share of the other half that the first proposal gives."""

_PARTS = 6
"""Of a mixture, at most."""

_FED = 4
"""Effective samples for each number that a part of a mixture needs."""

_TURNED = 15
"""Steps of expectation maximisation."""

_WIDER = 1.5
"""Covariance of the parts over that of the samples."""

_FREEDOM = 5
"""Degrees of freedom of the parts: tails that are heavier than those of the posterior."""

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
        proposals.append(Mixture(latent, weight, wrapped, rng))
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


class Mixture:
    """A mixture of t-distributions that follows weighted samples; angles go round.

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
        effective = 1 / float(weight @ weight)
        number = int(np.clip(effective / (_FED * size), 1, _PARTS))
        whole = _covariance(flat, weight) + 1e-10 * np.eye(size)
        self._centres = _far_apart(flat, weight, whole, number, rng)
        self._share = np.full(number, 1 / number)
        # A part of the whole that holds its share of the volume.
        usual = whole * number ** (-2 / size)
        covariances = np.repeat(usual[None], number, axis=0)
        for _ in range(_TURNED):
            self._roots = np.linalg.cholesky(covariances)
            each = self._parts(flat, math.inf)
            member = weight[:, None] * np.exp(each - np.logaddexp.reduce(each, axis=1)[:, None])
            self._share = member.sum(axis=0) + 1e-12
            self._share /= self._share.sum()
            for part, fed in enumerate(effective * self._share):
                own = member[:, part] / max(member[:, part].sum(), 1e-12)
                self._centres[part] = own @ flat
                # As if it had as many samples of the usual covariance as there are numbers.
                seen = fed * _covariance(flat, own) + (size + 2) * usual
                covariances[part] = seen / (fed + size + 2)
        self._roots = math.sqrt(_WIDER) * np.linalg.cholesky(covariances)

    def draw(self, number: int) -> FloatArray:
        """Latent vectors (number, size)."""
        part = self._rng.choice(len(self._share), size=number, p=self._share)
        normal = self._rng.standard_normal((number, len(self._zero)))
        stretched = np.sqrt(_FREEDOM / self._rng.chisquare(_FREEDOM, size=(number, 1)))
        away = np.einsum("nij,nj->ni", self._roots[part], stretched * normal)
        latent = self._centres[part] + away + self._zero
        for column in self._wrapped:
            angle = latent[:, column] - np.round(latent[:, column])
            turns = np.arange(-_TURNS, _TURNS + 1)
            chance = np.cumsum(np.exp(-((angle[:, None] + turns) ** 2) / 2), axis=1)
            place = self._rng.random((number, 1)) * chance[:, -1:]
            latent[:, column] = angle + turns[(chance < place).sum(axis=1)]
        return np.asarray(latent)

    def log_density(self, latent: FloatArray) -> FloatArray:
        """Its natural logarithm (sample,) at latent vectors (sample, size)."""
        flat = self._opened(latent)
        found = np.full(len(latent), -math.inf)
        for turns in itertools.product((-1, 0, 1), repeat=len(self._wrapped)):
            moved = flat.copy()
            moved[:, self._wrapped] += turns
            each = self._parts(moved, _FREEDOM)
            found = np.logaddexp(found, np.logaddexp.reduce(each, axis=1))
        angle = torch.from_numpy(latent[:, self._wrapped])
        return np.asarray(found + same_angle(angle).sum(-1).numpy())

    def _parts(self, flat: FloatArray, freedom: float) -> FloatArray:
        """Logarithms of the density times the share of each part (sample, part)."""
        size, found = flat.shape[1], []
        for share, centre, root in zip(self._share, self._centres, self._roots, strict=True):
            squares = (np.linalg.solve(root, (flat - centre).T) ** 2).sum(axis=0)
            if math.isinf(freedom):
                shape = -squares / 2 - size * math.log(2 * math.pi) / 2
            else:
                shape = (
                    math.lgamma((freedom + size) / 2)
                    - math.lgamma(freedom / 2)
                    - size * math.log(freedom * math.pi) / 2
                    - (freedom + size) / 2 * np.log1p(squares / freedom)
                )
            found.append(shape + math.log(share) - np.log(np.diagonal(root)).sum())
        return np.stack(found, axis=1)

    def _opened(self, latent: FloatArray) -> FloatArray:
        """With angles as turns (-1/2 to 1/2) from their mean direction."""
        flat = latent - self._zero
        flat[:, self._wrapped] -= np.round(flat[:, self._wrapped])
        return np.asarray(flat)


def _covariance(flat: FloatArray, weight: FloatArray) -> FloatArray:
    off = flat - weight @ flat
    return np.asarray(off.T @ (weight[:, None] * off))


def _far_apart(
    flat: FloatArray,
    weight: FloatArray,
    covariance: FloatArray,
    number: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Samples (number, size) drawn by weight times squared distance from those before."""
    round_ = np.linalg.solve(np.linalg.cholesky(covariance), flat.T).T
    chosen = [int(rng.choice(len(flat), p=weight))]
    while len(chosen) < number:
        apart = ((round_[:, None] - round_[chosen]) ** 2).sum(axis=2).min(axis=1) * weight
        chosen.append(int(rng.choice(len(flat), p=apart / apart.sum())))
    return flat[chosen].copy()


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
