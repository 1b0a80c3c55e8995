"""Hamiltonian Monte Carlo: samples of the posterior itself, for models of few numbers."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.errors import ConfigError
from lineform.inference._nuts import Chain, Density, sampled
from lineform.inference._whitened import Whitened
from lineform.inference.base import Draws, Settings, Watch
from lineform.state import FloatArray

__all__ = ["INFERENCE", "Hamiltonian"]

_STEPS = 8
"""Gradients that a draw takes, typically, when the posterior is near its Gaussian."""

_MIXED = 1.05
"""R-hat from which chains may have seen different things; 1.01 asks for longer chains."""
_FEW = 100
"""Effective samples below which quantiles are rough."""


@dataclass(frozen=True, slots=True)
class Hamiltonian:
    """The no-U-turn sampler of nutpie, in coordinates in which the posterior is nearly round.

    The latent vector is start + T z. T T^T is the inverse of the metric at the start, so that z
    would be standard normal if the residual were linear; the sampler adapts the widths of z and
    the length of its steps to what is left. Chains begin with random z. Every draw is a sample
    of the posterior, whatever its shape, as long as the chains agree: R-hat, the effective number
    of samples and the divergences are reported, and warned of.

    Parameters
    ----------
    chains : int
    warmup : int
        Draws of each chain to adapt in, which are not kept.
    least : int
        Draws of each chain that are kept, at least; those asked for are taken from them, evenly.
    limit : int
        Latent numbers up to which the method is thought to be worth its time.

    Notes
    -----
    Hoffman & Gelman (2014, JMLR 15, 1593); R-hat and effective number by Vehtari et al. (2021,
    Bayesian Anal. 16, 667). The evidence is the integral of exp(-residual^2 / 2) over the prior.
    """

    chains: int = 4
    warmup: int = 100
    least: int = 100
    limit: int = 60

    @property
    def name(self) -> str:
        """As the command line has it."""
        return "hmc"

    @property
    def local(self) -> bool:
        """It moves about one mode."""
        return True

    def check(self, problem: Problem, settings: Settings) -> None:
        """Refuse models of too many numbers.

        Raises
        ------
        ConfigError
            If there are more than `limit`.
        """
        if problem.size > self.limit:
            raise ConfigError(
                "hmc: size of the model",
                seen=f"{problem.size} latent numbers",
                expected=f"at most {self.limit}",
                way_out="take the method vi, or Hamiltonian(limit=...) in Python",
            )

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        kept = self._kept(settings)
        # The metric takes one derivative for each number; the bridge only energies.
        return self.chains * (_STEPS * (self.warmup + kept) + kept / 4) + problem.size / 2

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """Samples of the posterior from the neighbourhood of a latent vector (size,).

        Raises
        ------
        ConfigError
            If the model has too many numbers, or nutpie is not installed.
        """
        self.check(problem, settings)
        whitened = Whitened.at(problem, start, watch.state)
        chains = self._chains(whitened, settings, self.work(problem, settings), watch)
        latent = whitened.latent(np.concatenate([chain.position for chain in chains]))
        mixed = _mixing(np.stack([chain.position for chain in chains]))
        evidence = whitened.evidence(chains, mixed.effective, settings.seed)
        taken = np.linspace(0, len(latent) - 1, min(settings.samples, len(latent))).round()
        number = len(taken)
        return Draws(
            latent=latent[taken.astype(np.int64)],
            weight=torch.full((number,), 1 / number, dtype=torch.float64),
            mode=torch.zeros(number, dtype=torch.int64),
            evidence=evidence.logarithm,
            evidence_kind="bridge sampling",
            diagnostics={
                "rhat": mixed.rhat,
                "effective samples": mixed.effective,
                "divergences": float(sum(chain.diverged for chain in chains)),
                "paths cut": float(sum(chain.cut for chain in chains)),
                "evidence error": evidence.error,
            },
            warnings=tuple(_warnings(chains, mixed)),
        )

    def _kept(self, settings: Settings) -> int:
        return max(self.least, math.ceil(settings.samples / self.chains))

    def _chains(
        self, whitened: Whitened, settings: Settings, work: float, watch: Watch
    ) -> list[Chain]:
        kept = self._kept(settings)
        draws = self.chains * (self.warmup + kept)
        generator = np.random.default_rng(settings.seed)
        density = Density(whitened.density, whitened.record)
        chains = []
        for number in range(self.chains):
            start = generator.standard_normal(whitened.problem.size)
            made = number * (self.warmup + kept)

            def report(here: int, made: int = made) -> None:
                watch.report((made + here) / draws * work, work, whitened.state())

            seed = int(generator.integers(2**31))
            chains.append(sampled(density, start, kept, self.warmup, seed, report))
        return chains


class _Mixing(NamedTuple):
    rhat: float
    effective: float


def _mixing(draws: FloatArray) -> _Mixing:
    """The worst R-hat and effective number of samples of draws (chain, draw, size)."""
    with warnings.catch_warnings():
        # It announces its next version to whoever imports it.
        warnings.simplefilter("ignore")
        import arviz
    statistics: Any = arviz
    data = statistics.convert_to_dataset({"z": draws})
    worth = [statistics.ess(data, method=each)["z"].min() for each in ("bulk", "tail")]
    return _Mixing(float(statistics.rhat(data)["z"].max()), float(min(worth)))


def _warnings(chains: Sequence[Chain], mixed: _Mixing) -> list[str]:
    found = []
    number = sum(len(chain.position) for chain in chains)
    if diverged := sum(chain.diverged for chain in chains):
        found.append(
            f"hmc: {diverged} of {number} paths diverged; a narrow part of the posterior may be"
            " missed"
        )
    if mixed.rhat > _MIXED:
        found.append(
            f"hmc: the chains differ (R-hat {mixed.rhat:.2f}); there may be several modes, or"
            " the chains are too short: take more samples"
        )
    if mixed.effective < _FEW:
        found.append(
            f"hmc: the draws are worth {mixed.effective:.0f} independent samples; quantiles are"
            " rough: take more samples"
        )
    return found


INFERENCE = Hamiltonian()
