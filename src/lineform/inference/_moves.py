"""Hamiltonian Monte Carlo that does not mind how many numbers the measurement says nothing of."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lineform.inference._linear import Energy, inner
from lineform.inference._reference import Reference, Split

__all__ = ["Motion", "Move", "Place", "Stride"]

_TURN = 2.5
"""Mean angle of a trajectory [rad]: a quarter of a turn forgets where it began, but along what is
wider than the reference says, as valleys are, it is a short way."""
_MOST = 40
"""Mean number of steps of a trajectory, at most."""
_LOST = 1000.0
"""Error of the energy from which a trajectory is given up."""
_ACCEPTED = 0.75
_GAIN = 0.08
_LONGEST = 1.2


@dataclass(frozen=True, slots=True)
class Stride:
    """Length of steps, which learns from what was accepted.

    Parameters
    ----------
    length : float [rad]
    """

    length: float = 0.3

    def steps(self, chance: float) -> int:
        """Of a trajectory, for a number from 0 to 1."""
        return 1 + int(2 * chance * min(_TURN / self.length, _MOST))

    def after(self, accepted: float) -> "Stride":
        """Of the next trajectory, when one was accepted with a probability."""
        return Stride(min(self.length * math.exp(_GAIN * (accepted - _ACCEPTED)), _LONGEST))


class Place(NamedTuple):
    """Where a sample is."""

    z: Split
    """Coordinates."""
    latent: torch.Tensor
    """(size,)"""
    misfit: float
    """Half of the sum of squares of the residual."""
    height: float
    """Energy over that of the reference."""
    slope: Split
    """Of the height by the coordinates."""


class Move(NamedTuple):
    """A trajectory."""

    end: Place
    """Where it began, if it was not accepted."""
    accepted: float
    """Probability of that."""
    steps: int


@dataclass(frozen=True, eq=False)
class Motion:
    """Hamiltonian motion under a share of a measurement.

    Parameters
    ----------
    problem : Energy
    reference : Reference
    share : float [1]
    generator : Generator
    """

    problem: Energy
    reference: Reference
    share: float
    generator: torch.Generator

    def place(self, z: Split) -> Place:
        """At coordinates."""
        latent = self.reference.latent(z)
        free = latent.clone().requires_grad_()
        residual = self.problem.residual(free)
        seed = residual.detach()
        (gradient,) = torch.autograd.grad(residual, free, seed)
        misfit = inner(seed, seed) / 2
        height = self.reference.height(z, self.share * misfit)
        return Place(z, latent, misfit, height, self.reference.slope(z, self.share * gradient))

    def moved(self, at: Place, stride: Stride) -> Move:
        """A trajectory of random length.

        Notes
        -----
        Between kicks by the slope of the height, the coordinates and their momenta turn as under
        the reference alone, which is exact: if the posterior is the reference, any step is right,
        however many numbers there are (Beskos, Pinski, Sanz-Serna & Stuart 2011, Stoch. Proc.
        Appl. 121, 2201).
        """
        momentum = self._momentum(at)
        chances = torch.rand(2, generator=self.generator, dtype=torch.float64).tolist()
        steps = stride.steps(chances[0])
        sine, cosine, half = math.sin(stride.length), math.cos(stride.length), stride.length / 2
        now, error = at, 0.0
        for step in range(steps):
            # Turns keep the energy of the reference; what the kicks change is summed.
            error += _kick(now, momentum, half)
            momentum = momentum.plus(-half, now.slope)
            z = now.z.plus(sine, momentum, cosine)
            momentum = momentum.plus(-sine, now.z, cosine)
            now = self.place(z)
            error += _kick(now, momentum, half)
            momentum = momentum.plus(-half, now.slope)
            risen = now.height - at.height + error
            if not abs(risen) < _LOST:
                return Move(at, 0.0, step + 1)
        accepted = math.exp(min(0.0, -risen))
        return Move(now if chances[1] < accepted else at, accepted, steps)

    def _momentum(self, at: Place) -> Split:
        like = at.latent
        drawn = torch.randn(len(like), generator=self.generator, dtype=like.dtype)
        return self.reference.split(drawn.to(like))


def _kick(at: Place, momentum: Split, time: float) -> float:
    """By how much the kinetic energy changes."""
    return -time * at.slope.dot(momentum) + time**2 * at.slope.dot(at.slope) / 2
