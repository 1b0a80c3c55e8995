"""The most probable latent vector, and how much of the prior is about as probable."""

import math

import torch

from lineform.deprojection.problem import Problem
from lineform.inference._linear import FIELDS, SMALL, Energy, Tangent, inner
from lineform.inference._newton import Descent, Mean, begin, descend
from lineform.inference.base import Draws, Settings, Watch

__all__ = ["INFERENCE", "Maximum", "log_evidence", "tolerance"]

_ITERATIONS = 100


def tolerance(size: int) -> float:
    """Energy that does not matter [1]: samples lie higher than the maximum by half the size.

    Whole fields are where they will stay long before the last of their numbers is.
    """
    return (1e-4 if size <= FIELDS else 1e-3) * size


def log_evidence(problem: Energy, latent: torch.Tensor, energy: float) -> float:
    """Approximation of Laplace at a maximum: -energy - ln(det M) / 2, of a small problem."""
    transposed = Tangent(problem, latent).matrix().to(torch.float64)
    metric = transposed @ transposed.T + torch.eye(len(latent), dtype=torch.float64)
    return -energy - float(torch.logdet(metric)) / 2


class Maximum:
    """Maximum of the posterior by Gauss-Newton steps within a trust region.

    The steps are found by conjugate gradients with the metric, which are cut short while far from
    the maximum; the noise is taken to be as strong as the residual is until that is small. The
    evidence is the integral of exp(-residual^2 / 2) over the prior.
    """

    name = "map"
    local = True

    def check(self, problem: Problem, settings: Settings) -> None:
        """Any problem will do."""

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        usual, steps = (10, 30) if problem.size <= FIELDS else (20, 60)
        iterations, small = settings.iterations or usual, problem.size <= SMALL
        return iterations * (2 + min(problem.size, steps)) + (problem.size if small else 0)

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """The maximum next to a latent vector (size,), as the only sample.

        Raises
        ------
        ConfigError
            If the energy is no finite number there.
        """
        mean = Mean(problem, torch.zeros_like(start)[None])
        total = self.work(problem, settings)
        limit = settings.iterations or _ITERATIONS

        def tell(at: Descent) -> None:
            watch.report(min(mean.work, total), total, at.state())

        at = Descent.of(watch.state) if watch.state else begin(mean, start)
        at = descend(mean, at, tolerance(problem.size), limit, tell)
        evidence = math.nan
        if problem.size <= SMALL:
            evidence = log_evidence(problem, at.latent, at.energy)
        mean.move(at.latent)
        gradient = mean.gradient()
        return Draws(
            latent=at.latent[None],
            weight=torch.ones(1, dtype=torch.float64),
            mode=torch.zeros(1, dtype=torch.int64),
            evidence=evidence,
            evidence_kind="" if math.isnan(evidence) else "Laplace",
            diagnostics={
                "iterations": at.iteration,
                "energy": at.energy,
                "gradient": math.sqrt(inner(gradient, gradient)),
            },
            warnings=() if at.done else (f"not at the maximum after {at.iteration} iterations",),
        )


INFERENCE = Maximum()
