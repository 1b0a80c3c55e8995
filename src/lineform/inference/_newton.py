"""The minimum of an energy, or of its mean over samples: Gauss-Newton with a trust region."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from lineform.errors import ConfigError
from lineform.inference._linear import (
    Energy,
    Solution,
    Tangent,
    conjugate_gradients,
    inner,
    truncated,
)
from lineform.inference.base import State

__all__ = ["Descent", "Mean", "begin", "descend"]

_STEPS = 100
"""Of conjugate gradients, at most, for one step of Newton."""
_HALVINGS = 12
_STEEP = 1e30
"""Energy where derivatives may be no numbers in single precision."""


class Mean:
    """The mean energy of samples about a latent vector.

    Parameters
    ----------
    problem : Energy
    offsets : (sample, size) [1]
        Of the samples from the latent vector; zeros (1, size) for the energy itself.
    """

    def __init__(self, problem: Energy, offsets: torch.Tensor) -> None:
        self._problem = problem
        self.offsets = offsets
        self.work = 0.0
        """Done so far, in gradients."""

    def energy(self, latent: torch.Tensor) -> float:
        """At a latent vector (size,) [1]; infinity where it cannot be computed."""
        self.work += len(self.offsets) / 2
        with torch.no_grad():
            total = math.fsum(self._one(latent + offset) for offset in self.offsets)
        return total / len(self.offsets) if math.isfinite(total) else math.inf

    def _one(self, latent: torch.Tensor) -> float:
        residual = self._problem.residual(latent)
        return (inner(residual, residual) + inner(latent, latent)) / 2

    def move(self, latent: torch.Tensor) -> None:
        """Make linear about a latent vector (size,)."""
        self.work += len(self.offsets)
        self._tangents = [Tangent(self._problem, latent + offset) for offset in self.offsets]

    def gradient(self) -> torch.Tensor:
        """Where it was moved to (size,) [1]."""
        return torch.stack([tangent.gradient for tangent in self._tangents]).mean(0)

    def metric(self, direction: torch.Tensor) -> torch.Tensor:
        """The mean metric times a direction (size,)."""
        self.work += len(self.offsets)
        turned = torch.zeros_like(direction)
        for tangent in self._tangents:
            turned += tangent.metric(direction)
        return turned / len(self._tangents)


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """How far a search for a minimum is.

    Parameters
    ----------
    latent : (size,) [1]
    energy : float [1]
    radius : float [1]
        Within which the energy is believed to be quadratic.
    iteration : int
    done : bool
        Whether there is nothing more to gain.
    """

    latent: torch.Tensor
    energy: float
    radius: float
    iteration: int = 0
    done: bool = False

    def state(self) -> State:
        """To go on from."""
        numbers = [self.energy, self.radius, float(self.iteration), float(self.done)]
        return {"latent": self.latent, "numbers": torch.tensor(numbers, dtype=torch.float64)}

    @classmethod
    def of(cls, state: State) -> "Descent":
        """From where `state` was taken."""
        energy, radius, iteration, done = state["numbers"].tolist()
        return cls(state["latent"], energy, radius, int(iteration), bool(done))


def begin(mean: Mean, latent: torch.Tensor) -> Descent:
    """Before the first step; nearer to the middle of the prior if there is no energy at `latent`.

    Raises
    ------
    ConfigError
        If there is no energy anywhere on the way to the middle of the prior.
    """
    for _ in range(_HALVINGS):
        energy = mean.energy(latent)
        if energy < _STEEP:
            # As far as the middle of the prior is from its samples.
            return Descent(latent, energy, math.sqrt(len(latent)))
        latent = latent / 2
    raise ConfigError(
        "start of the search",
        seen="no finite number",
        expected="an energy",
        way_out="check the priors, and that the noise is positive",
    )


def descend(
    mean: Mean, at: Descent, tolerance: float, limit: int, tell: Callable[[Descent], None]
) -> Descent:
    """Go on until a step promises and gains no more than `tolerance`, or `limit` is reached.

    Parameters
    ----------
    mean : Mean
        The energy.
    at : Descent
    tolerance : float [1]
        Of the energy.
    limit : int
        Iterations in all.
    tell : function of a Descent
        Called after each step.
    """
    while not at.done and at.iteration < limit:
        at = _step(mean, at, tolerance)
        tell(at)
    return at


def _step(mean: Mean, at: Descent, tolerance: float) -> Descent:
    mean.move(at.latent)
    gradient = mean.gradient()
    found = _search(mean, gradient, at.radius)
    slope = inner(gradient, found.vector)
    share, energy = _along(mean, at, found, slope)
    gained = at.energy - energy
    # Along the step, the quadratic energy is slope t + (gain's curvature) t^2.
    promised = -slope * share - (-slope - found.gain) * share**2
    length = share * math.sqrt(inner(found.vector, found.vector))
    if share < 1:
        radius = 2 * length
    elif found.stopped and gained > 0.75 * promised:
        radius = 4 * length
    else:
        radius = at.radius if gained > 0.25 * promised else length / 2
    done = share == 0 or (not found.stopped and max(found.gain, gained) <= tolerance)
    return Descent(at.latent + share * found.vector, energy, radius, at.iteration + 1, done)


def _search(mean: Mean, gradient: torch.Tensor, radius: float) -> Solution:
    # Of length 1, so that products of what is steep are still numbers in single precision.
    length = math.sqrt(inner(gradient, gradient)) or 1.0
    right = -gradient / length
    found = conjugate_gradients(mean.metric, right, None, truncated, _STEPS, radius / length)
    return found._replace(vector=found.vector * length, gain=found.gain * length**2)


def _along(mean: Mean, at: Descent, found: Solution, slope: float) -> tuple[float, float]:
    """Share of the step that lowers the energy enough, and the energy there."""
    share = 1.0
    for _ in range(_HALVINGS):
        energy = mean.energy(at.latent + share * found.vector)
        if energy <= at.energy + 1e-4 * share * slope:
            return share, energy
        share /= 2
    return 0.0, at.energy
