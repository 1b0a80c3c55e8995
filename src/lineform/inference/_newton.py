"""The minimum of an energy, or of its mean over samples: Gauss-Newton with a trust region.

A precise measurement makes a narrow, curved valley of the energy, and where its walls are met
first is a matter of chance. The noise is therefore taken to be as strong as the residual is,
until that is no larger than it should be: what explains most of the measurement for the least
of the prior is found first, as the few numbers of a law, and what is left for details later.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

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

_STEPS = 200
"""Of conjugate gradients, at most, for one step of Newton."""
_ALIKE = 30
"""Residuals that err together: what the gas lacks is seen in some pixels and channels at once."""
_HALVINGS = 12
_RADIUS = 1.0
"""Of the first step: a change of one number by a standard deviation of its prior."""
_STEEP = 1e30
"""Energy where derivatives may be no numbers in single precision."""


class Height(NamedTuple):
    """The parts of an energy."""

    misfit: float
    """Half of the sum of squares of the residual."""
    prior: float
    """Half of the sum of squares of the latent vector."""

    def over(self, noise: float) -> float:
        """The energy, with noise of a variance that many times the true one."""
        return self.misfit / noise + self.prior


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

    def height(self, latent: torch.Tensor) -> Height:
        """Of the energy at a latent vector (size,); infinite where it cannot be computed."""
        self.work += len(self.offsets) / 2
        with torch.no_grad():
            heights = [self._height(latent + offset) for offset in self.offsets]
        misfit, prior = (math.fsum(part) / len(heights) for part in zip(*heights, strict=True))
        return Height(misfit if math.isfinite(misfit) else math.inf, prior)

    def _height(self, latent: torch.Tensor) -> tuple[float, float]:
        residual = self._problem.residual(latent)
        return inner(residual, residual) / 2, inner(latent, latent) / 2

    def move(self, latent: torch.Tensor, noise: float = 1.0) -> None:
        """Make linear about a latent vector (size,), with the noise that many times as strong.

        Parameters
        ----------
        noise : float [1]
            Variance, over the true one.
        """
        self.work += len(self.offsets)
        self._noise = noise
        self._tangents = [Tangent(self._problem, latent + offset) for offset in self.offsets]

    @property
    def number(self) -> int:
        """Of residuals, where it was moved to."""
        return len(self._tangents[0].residual)

    def gradient(self) -> torch.Tensor:
        """Where it was moved to (size,) [1]."""
        each = [t.back(t.residual) / self._noise + t.latent for t in self._tangents]
        return torch.stack(each).mean(0)

    def metric(self, direction: torch.Tensor) -> torch.Tensor:
        """The mean metric times a direction (size,)."""
        self.work += len(self.offsets)
        turned = torch.zeros_like(direction)
        for tangent in self._tangents:
            turned += tangent.back(tangent.forth(direction))
        return turned / (len(self._tangents) * self._noise) + direction


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """How far a search for a minimum is.

    Parameters
    ----------
    latent : (size,) [1]
    height : Height
    noise : float [1]
        Variance that is ascribed to the noise, over the true one.
    radius : float [1]
        Within which the energy is believed to be quadratic.
    iteration : int
    done : bool
        Whether there is nothing more to gain.
    """

    latent: torch.Tensor
    height: Height
    noise: float
    radius: float = _RADIUS
    iteration: int = 0
    done: bool = False

    @property
    def energy(self) -> float:
        """With the true noise [1]."""
        return self.height.over(1.0)

    def state(self) -> State:
        """To go on from."""
        numbers = [*self.height, self.noise, self.radius, float(self.iteration), float(self.done)]
        return {"latent": self.latent, "numbers": torch.tensor(numbers, dtype=torch.float64)}

    @classmethod
    def of(cls, state: State) -> "Descent":
        """From where `state` was taken."""
        misfit, prior, noise, radius, iteration, done = state["numbers"].tolist()
        height = Height(misfit, prior)
        return cls(state["latent"], height, noise, radius, int(iteration), bool(done))


def begin(mean: Mean, latent: torch.Tensor) -> Descent:
    """Before the first step; nearer to the middle of the prior if there is no energy at `latent`.

    Raises
    ------
    ConfigError
        If there is no energy anywhere on the way to the middle of the prior.
    """
    for _ in range(_HALVINGS):
        height = mean.height(latent)
        if height.misfit < _STEEP:
            mean.move(latent)
            return Descent(latent, height, _noise(mean, height))
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
    mean.move(at.latent, at.noise)
    gradient = mean.gradient()
    found = _search(mean, gradient, at.radius)
    slope = inner(gradient, found.vector)
    share, height = _along(mean, at, found, slope)
    gained = at.height.over(at.noise) - height.over(at.noise)
    # Along the step, the quadratic energy is slope t + (its curvature) t^2.
    promised = -slope * share - (-slope - found.gain) * share**2
    length = share * math.sqrt(inner(found.vector, found.vector))
    if share < 1 or gained < 0.5 * promised:
        radius = length / 2
    else:
        radius = 2 * length if found.stopped and gained > 0.8 * promised else at.radius
    idle = share == 0 or (not found.stopped and max(found.gain, gained) <= tolerance)
    # Lower than the residual asks for only where there is nothing left to do.
    lowered = at.noise if found.stopped or share < 1 else at.noise / 4
    noise = min(lowered, _noise(mean, height))
    return Descent(
        latent=at.latent + share * found.vector,
        height=height,
        noise=max(noise, 1.0),
        radius=radius if share > 0 else at.radius,
        iteration=at.iteration + 1,
        done=idle and at.noise == 1,
    )


def _noise(mean: Mean, height: Height) -> float:
    """Variance of noise that the residual might be, over the true one, at least 1."""
    return max(_ALIKE * 2 * height.misfit / max(mean.number, 1), 1.0)


def _search(mean: Mean, gradient: torch.Tensor, radius: float) -> Solution:
    # Of length 1, so that products of what is steep are still numbers in single precision.
    length = math.sqrt(inner(gradient, gradient)) or 1.0
    right = -gradient / length
    found = conjugate_gradients(mean.metric, right, None, truncated, _STEPS, radius / length)
    return found._replace(vector=found.vector * length, gain=found.gain * length**2)


def _along(mean: Mean, at: Descent, found: Solution, slope: float) -> tuple[float, Height]:
    """Share of the step that lowers the energy enough, and the energy there."""
    share, before = 1.0, at.height.over(at.noise)
    for _ in range(_HALVINGS):
        height = mean.height(at.latent + share * found.vector)
        if height.over(at.noise) <= before + 1e-4 * share * slope:
            return share, height
        share /= 2
    return 0.0, at.height
