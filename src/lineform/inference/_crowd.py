"""A crowd of samples on its way from the prior to the posterior."""

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from scipy.optimize import brentq

from lineform.inference.base import State
from lineform.state import FloatArray

__all__ = ["Crowd", "Level", "rhat"]

_SLIGHT = 1e-3
"""Greatest difference of the logarithms of weights that changes nothing."""


class Level(NamedTuple):
    """How well samples explain the measurement."""

    share: float
    mean: float
    """Of the misfit."""
    variance: float
    """The same."""


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

    def raised(self, least: float) -> float:
        """The share, at most 1, at which the weights leave an effective number of samples."""
        usable = self.misfit[np.isfinite(self.misfit)]
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

    def chosen(
        self, share: float, weighed: float, number: int, random: np.random.Generator
    ) -> "Crowd":
        """A number of samples at a greater share, drawn again.

        Parameters
        ----------
        share : float [1]
        weighed : float [1]
            The share that gives the weights; moves have to do what that is short of `share`.
        number : int
        random : Generator
        """
        logarithm = -(weighed - self.share) * self.misfit
        highest = float(logarithm.max())
        weight = np.exp(logarithm - highest)
        # Systematic: each as often as its weight asks for, to the next whole number.
        place = (random.random() + np.arange(number)) / number
        index = np.searchsorted(np.cumsum(weight) / weight.sum(), place).clip(0, len(weight) - 1)
        latent = self.latent[torch.from_numpy(index)]
        gained = highest + math.log(weight.mean()) if weighed == share else 0.0
        return replace(
            self,
            latent=latent,
            misfit=self.misfit[index],
            ancestor=self.ancestor[index],
            share=share,
            doublings=math.log2(share / self.share) if self.share else math.inf,
            evidence=self.evidence + gained,
            below=None if weighed == share else self._level,
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
