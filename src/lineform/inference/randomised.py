"""Randomised maximum likelihood: each sample is a fit of its own, of a changed measurement."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.inference._linear import Energy
from lineform.inference._newton import Descent, Mean, begin, descend
from lineform.inference.base import Draws, Settings, State, Watch

__all__ = ["INFERENCE", "Randomised"]

_ITERATIONS = 40
_TRIES = 3
"""From other random numbers, where a fit does not come near the measurement."""
_FAR = 5.0
"""Standard deviations above the energy that is expected of a fit, from which it has failed."""
_LOST = 0.1
"""Share of samples that failed, from which that is told."""
_WORK = 480.0
"""Of one fit, in gradients: that of free-form winds."""


class Randomised:
    """Fits of a measurement with new noise, held by the prior about a new draw of it.

    Notes
    -----
    With m and n standard normal, a sample is where |r(x) - m|^2 / 2 + |x - n|^2 / 2 is least
    (Oliver, He & Reynolds 1996; Chen & Oliver 2012, Math. Geosci. 44, 1). If r is linear these
    are samples of the posterior; if not, nearly. The search begins at n, so that samples come to
    different ends of a long valley, where those that are spread about one maximum stay near it.
    What the measurement says nothing of stays as n is, which is the prior.

    If r is linear, the least energy is that of the maximum, plus half of the number of residuals,
    N / 2, with a variance of N / 2 plus twice the energy of the maximum. Fits far above that were
    caught on their way and are begun anew with other m and n.
    """

    name = "rml"
    local = False

    def check(self, problem: Problem, settings: Settings) -> None:
        """Any problem will do."""

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        return (settings.samples + 1) * _WORK

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """Samples of the posterior (sample, size); the maximum is sought from `start` (size,).

        Raises
        ------
        ConfigError
            If the energy is no finite number there.
        """
        total = self.work(problem, settings)
        with torch.no_grad():
            number = len(problem.residual(start))
        tolerance = 1e-3 * min(number, problem.size)
        state: State = dict(watch.state)
        if not state:
            lowest = _least(problem, start, tolerance).energy
            state = {"made": start[:0].reshape(0, len(start)), "lowest": _scalar(lowest)}
            state["failed"] = _scalar(0.0)
        lowest = float(state["lowest"])
        limit = lowest + number / 2 + _FAR * math.sqrt(number / 2 + 2 * lowest)
        for sample in range(len(state["made"]), settings.samples):
            latent, failed = _sample(problem, (settings.seed, sample), tolerance, limit)
            made = torch.cat([state["made"], latent.to(start)[None]])
            state = {**state, "made": made, "failed": state["failed"] + failed}
            watch.report((sample + 2) * _WORK, total, state)
        samples, lost = settings.samples, int(state["failed"])
        warned = (
            f"{lost} of {samples} samples do not come near the measurement: widths may be wrong",
        )
        return Draws(
            latent=state["made"],
            weight=torch.full((samples,), 1 / samples, dtype=torch.float64),
            mode=torch.zeros(samples, dtype=torch.int64),
            diagnostics={"failed": float(lost), "energy of the maximum": lowest},
            warnings=warned if lost > _LOST * samples else (),
        )


@dataclass(frozen=True, eq=False)
class _Changed:
    """A problem with new noise, about a draw from the prior.

    Parameters
    ----------
    problem : Energy
    noise : (residual,) [1]
    middle : (size,) [1]
        Of the prior.
    """

    problem: Energy
    noise: torch.Tensor
    middle: torch.Tensor

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return self.problem.size

    def residual(self, offset: torch.Tensor) -> torch.Tensor:
        """At an offset (size,) from the middle."""
        return self.problem.residual(self.middle + offset) - self.noise


def _sample(
    problem: Problem, seed: tuple[int, int], tolerance: float, limit: float
) -> tuple[torch.Tensor, bool]:
    """A sample (size,), and whether its energy is above the limit after all."""
    found = []
    for number in range(_TRIES):
        changed = _changed(problem, (*seed, number))
        at = _least(changed, torch.zeros_like(changed.middle), tolerance)
        found.append((at.energy, at.latent + changed.middle))
        if at.energy <= limit:
            break
    energy, latent = min(found, key=lambda each: each[0])
    return latent, energy > limit


def _changed(problem: Problem, seed: tuple[int, ...]) -> _Changed:
    sequence = np.random.SeedSequence(seed[0], spawn_key=seed[1:])
    generator = torch.Generator().manual_seed(int(sequence.generate_state(1)[0]))
    origin = problem.origin()
    with torch.no_grad():
        residual = problem.residual(origin)
    noise, middle = (
        torch.randn(len(like), generator=generator, dtype=like.dtype).to(like)
        for like in (residual, origin)
    )
    return _Changed(problem, noise, middle)


def _least(problem: Energy, start: torch.Tensor, tolerance: float) -> Descent:
    mean = Mean(problem, torch.zeros_like(start)[None])
    return descend(mean, begin(mean, start), tolerance, _ITERATIONS, lambda at: None)


def _scalar(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


INFERENCE = Randomised()
