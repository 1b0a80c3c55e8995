"""A crowd of samples on its way from the prior to the posterior."""

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from scipy.optimize import brentq

from lineform.inference.base import State
from lineform.state import FloatArray

__all__ = ["Crowd", "Level", "Rise", "lasting", "rhat"]

_SLIGHT = 1e-3
"""Greatest difference of the logarithms of weights that changes nothing."""
_RISE = 2.0
"""Of the share in a step, where moves have to do a part of it."""
_SPARED = 0.9
"""Effective number of samples after such a step, over that before."""
_DOUBT = 2.0
"""Ratio of variances between and within samples that chance may bring about."""


class Level(NamedTuple):
    """How well samples explain the measurement."""

    share: float
    mean: float
    """Of the misfit."""
    variance: float
    """The same."""


class Rise(NamedTuple):
    """To a greater share."""

    share: float
    logarithm: FloatArray
    """Of the weight of each sample, but for a constant."""
    whole: bool
    """Whether weights do all of it; else moves have to do a part."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """Samples at one share of the measurement's weight.

    Parameters
    ----------
    latent : (sample, size) [1]
    misfit : (sample,) [1]
        Half of the sum of squares of the residual.
    ancestor : (sample,) [1]
        Number of the draw from the prior that each comes from.
    share : float [1]
    doublings : float [1]
        Of the share, in the last step.
    evidence : float [1]
        Natural logarithm, of the measurement with that share, or that of `below`.
    below : Level or None
        Before the last step, if weights do not tell what that step adds to the evidence.
    step : int
    stride : float [rad]
        Of moves.
    picked : (any, size) [1]
        Samples about which slopes were taken.
    sketched : float [1]
        Share at which they were.
    rank : float
        Of the slopes about each.
    centre : (size,) [1]
        Mean of the samples when the share was last raised.
    trail : (move, sample, number) [1]
        What moves at the full share are judged by.
    """

    latent: torch.Tensor
    misfit: FloatArray
    ancestor: FloatArray
    share: float
    doublings: float
    evidence: float
    below: "Level | None"
    step: int
    stride: float
    picked: torch.Tensor
    sketched: float
    rank: float
    centre: torch.Tensor
    trail: torch.Tensor = field(default_factory=lambda: torch.zeros(0))

    def rise(self, least: float, misfits: FloatArray) -> Rise:
        """What to do next, if an effective number of samples is to be left.

        Parameters
        ----------
        least : float
        misfits : (move, sample) [1]
            After each of the last moves.

        Notes
        -----
        Where the measurement tells of hundreds of directions, the misfits of samples differ by
        chance so much that weights alone would take hundreds of steps, of which each leaves
        fewer ancestors, however alike these are. Moves need no weights to bring such misfits
        down. Weights then only do what moves do not: they are those of the `lasting` misfits.
        """
        share = self._raised(self.misfit, least)
        if share >= min(_RISE * self.share, 1):
            return Rise(share, -(share - self.share) * self.misfit, True)
        steady = lasting(misfits)
        weighed = self._raised(steady, _SPARED * len(steady))
        share = min(_RISE * self.share, 1)
        return Rise(share, -(min(weighed, share) - self.share) * steady, False)

    def _raised(self, misfit: FloatArray, least: float) -> float:
        """The share, at most 1, at which the weights leave an effective number of samples."""
        usable = misfit[np.isfinite(misfit)]
        apart = usable - usable.min()

        def missing(logarithm: float) -> float:
            weight = np.exp(-math.exp(logarithm) * apart)
            return float(weight.sum() ** 2 / (weight @ weight)) - least

        low = math.log(_SLIGHT / max(apart.max(), _SLIGHT))
        high = math.log(1 - self.share)
        if low >= high or missing(high) >= 0:
            return 1.0
        if missing(low) <= 0:
            return self.share + math.exp(low)
        return self.share + math.exp(float(brentq(missing, low, high, xtol=1e-3)))

    def chosen(self, rise: Rise, number: int, random: np.random.Generator) -> "Crowd":
        """A number of samples at a greater share, drawn again."""
        highest = float(rise.logarithm.max())
        weight = np.exp(rise.logarithm - highest)
        # Systematic: each as often as its weight asks for, to the next whole number.
        place = (random.random() + np.arange(number)) / number
        index = np.searchsorted(np.cumsum(weight) / weight.sum(), place).clip(0, len(weight) - 1)
        latent = self.latent[torch.from_numpy(index)]
        gained = highest + math.log(weight.mean()) if rise.whole else 0.0
        return replace(
            self,
            latent=latent,
            misfit=self.misfit[index],
            ancestor=self.ancestor[index],
            share=rise.share,
            doublings=math.log2(rise.share / self.share) if self.share else math.inf,
            evidence=self.evidence + gained,
            below=None if rise.whole else self._level,
            step=self.step + 1,
            centre=latent.mean(0),
        )

    def settled(self) -> "Crowd":
        """With the evidence of the last step, now that moves have done their part.

        Notes
        -----
        The logarithm of the evidence falls with the share by the mean misfit, and this by its
        variance (thermodynamic integration: Gelman & Meng 1998, Statistical Science 13, 163): the
        rule of the trapezium, with the slopes at both ends.
        """
        if self.below is None:
            return self
        here, below = self._level, self.below
        width = here.share - below.share
        fallen = width * (here.mean + below.mean) / 2
        fallen += width**2 * (here.variance - below.variance) / 12
        return replace(self, evidence=self.evidence - fallen, below=None)

    @property
    def _level(self) -> "Level":
        return Level(self.share, float(self.misfit.mean()), float(self.misfit.var()))

    def state(self) -> State:
        """To go on from."""
        numbers = [self.share, self.doublings, self.evidence, self.step, self.stride]
        numbers += [self.sketched, self.rank, *(self.below or ())]
        return {
            "latent": self.latent,
            "misfit": torch.from_numpy(self.misfit),
            "ancestor": torch.from_numpy(self.ancestor),
            "picked": self.picked,
            "centre": self.centre,
            "trail": self.trail,
            "numbers": torch.tensor(numbers, dtype=torch.float64),
        }

    @classmethod
    def of(cls, state: State) -> "Crowd":
        """From where `state` was taken."""
        share, doublings, evidence, step, stride, sketched, rank, *below = state["numbers"].tolist()
        return cls(
            latent=state["latent"],
            misfit=state["misfit"].numpy(),
            ancestor=state["ancestor"].numpy(),
            share=share,
            doublings=doublings,
            evidence=evidence,
            below=Level(*below) if below else None,
            step=int(step),
            stride=stride,
            picked=state["picked"],
            sketched=sketched,
            rank=rank,
            centre=state["centre"],
            trail=state["trail"],
        )


def lasting(misfits: FloatArray) -> FloatArray:
    """The misfit (sample,) [1] of each sample, less what is only chance.

    Parameters
    ----------
    misfits : (move, sample) [1]

    Notes
    -----
    Means over the moves are drawn together, the more so, the less they differ for how much each
    sample's own differ (James & Stein 1961, Proc. 4th Berkeley Symp. 1, 361).
    """
    if len(misfits) < 2:
        return np.asarray(misfits[-1])
    own = misfits.mean(0)
    # What all have in common, as they come down together, says nothing of chance.
    within = float((misfits - misfits.mean(1, keepdims=True)).var(0, ddof=1).mean())
    between = len(misfits) * float(own.var(ddof=1))
    kept = max(0.0, 1 - _DOUBT * within / between) if between else 0.0
    return np.asarray(own.mean() + kept * (own - own.mean()))


def rhat(trail: torch.Tensor) -> float:
    """How far apart samples stay, against how far they move: of the worst number, 1 if mixed.

    Parameters
    ----------
    trail : (move, sample, number) [any]

    Notes
    -----
    Gelman & Rubin (1992, Statistical Science 7, 457), each sample being a chain.
    """
    within = trail.var(0).mean(0)
    between = trail.mean(0).var(0)
    return float(((within + between) / within.clamp(min=1e-30)).sqrt().max())
