"""Where a posterior has its maxima, and which of them matter."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.inference._linear import SMALL, Tangent, inner
from lineform.inference.base import Draws, Settings, State, Watch
from lineform.inference.maximum import INFERENCE as MAXIMUM

__all__ = ["Mode", "likely_starts", "modes_from", "under"]

_SAME = 1.0
"""Square of the distance [1] below which two maxima are one: a standard deviation."""

_LOST = math.log(1e4)
"""Modes whose probability is smaller than the greatest by more than this do not matter."""

_MOST = 6
"""Modes that are sampled."""

_ROUGH = 6
"""Iterations after which a search that is far below another is given up."""

_FAR = 50.0
"""Difference of energies [1] that is far: 100 in the sum of squares."""

_ALIKE = 1e-4
"""Square of the difference of residuals [1] below which two latent vectors are the same gas."""

_TRIED = 16
"""Vectors from the prior for each that a search starts from."""

_BRED = 200
"""Changes tried to each of them."""

_FRESH = 0.3
"""Share of the latent numbers that are changed at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """A maximum of the posterior.

    Parameters
    ----------
    tangent : Tangent
        Of the problem, at the maximum.
    height : float [1]
        Logarithm of the probability about it, but for what all have: the evidence by the
        approximation of Laplace for a small problem, the negative energy for a large one.
    warnings : tuple of str
        Of the search.
    """

    tangent: Tangent
    height: float
    warnings: tuple[str, ...] = ()
    matrix: torch.Tensor | None = field(init=False, default=None)
    """Derivative of the residual, transposed (size, residual), of a small problem."""

    def __post_init__(self) -> None:
        if len(self.latent) <= SMALL:
            object.__setattr__(self, "matrix", self.tangent.matrix())

    @property
    def latent(self) -> torch.Tensor:
        """Where it is (size,) [1]."""
        return self.tangent.latent

    def squares(self, latent: torch.Tensor) -> torch.Tensor:
        """Squared distances (sample,) [1] of latent vectors (sample, size), by the metric."""
        apart = latent - self.latent
        if self.matrix is not None:
            along = apart @ self.matrix
        else:
            along = torch.stack([self.tangent.forth(direction) for direction in apart])
        return (along**2).sum(dim=1) + (apart**2).sum(dim=1)


def likely_starts(problem: Problem, number: int, seed: int) -> list[torch.Tensor]:
    """Where to search: the middle of the prior, and vectors that fit best of many.

    The others come from the prior. Those of small problems are then bred: some of the latent
    numbers of each are drawn anew, again and again, and kept where they fit better. Numbers that
    are easily found, such as the brightness, so no longer hide whether angles are right.

    Parameters
    ----------
    problem : Problem
    number : int
        Of latent vectors (size,), at least 1.
    seed : int
    """
    tried = [problem.draw(seed + each) for each in range(_TRIED * (number - 1))]
    with torch.no_grad():
        energies = [float(problem.energy(latent)) for latent in tried]
        order = np.argsort(energies, kind="stable")[: number - 1]
        best = [(energies[each], tried[each]) for each in order]
        if problem.size <= SMALL:
            generator = torch.Generator().manual_seed(seed)
            best = [_bred(problem, *each, generator) for each in best]
    return [problem.origin(), *(latent for _, latent in best)]


def _bred(
    problem: Problem, energy: float, latent: torch.Tensor, generator: torch.Generator
) -> tuple[float, torch.Tensor]:
    """A latent vector (size,) of lower energy, and the energy."""
    for _ in range(_BRED):
        drawn = torch.randn(problem.size, generator=generator, dtype=torch.float64).to(latent)
        fresh = torch.rand(problem.size, generator=generator).to(latent.device) < _FRESH
        # All the way to a vector from the prior, or a small step towards it.
        share = torch.rand(1, generator=generator).to(latent) ** 2
        child = torch.where(fresh, latent + share * (drawn - latent), latent)
        found = float(problem.energy(child))
        if found < energy:
            energy, latent = found, child
    return energy, latent


def modes_from(
    problem: Problem, starts: Sequence[torch.Tensor], settings: Settings, watch: Watch | None = None
) -> list[Mode]:
    """The maxima next to latent vectors, and next to the mirror images of the highest.

    All are climbed part of the way; those that are then far below the highest are given up.

    Parameters
    ----------
    problem : Problem
    starts : sequence of (size,) [1]
    settings : Settings
    watch : Watch
        Told the share of the work that is done, of 1.

    Returns
    -------
    list of Mode
        Those that matter, the most probable first; each once.

    Raises
    ------
    ConfigError
        If there is no energy at any start.
    """
    climber = _Climber(problem, settings, watch or Watch(), 2 * len(starts) + 2)
    found: list[Mode] = []
    _climb(found, climber, starts)
    _climb(found, climber, problem.model.mirrors(found[0].latent))
    least = found[0].height - _LOST
    return [mode for mode in found if mode.height > least][:_MOST]


class _Climber:
    """Searches maxima, and goes on where it was interrupted.

    The latent vector that each search came to is kept; a search that begins there again is short.
    """

    def __init__(self, problem: Problem, settings: Settings, watch: Watch, expected: int) -> None:
        self.problem, self._settings, self._watch = problem, settings, watch
        self._expected, self._number = expected, 0
        self._reached: State = {}

    def rough(self, start: torch.Tensor) -> Draws:
        """Part of the way from a latent vector (size,)."""
        return self._from(start, dataclasses.replace(self._settings, iterations=_ROUGH))

    def whole(self, start: torch.Tensor) -> Draws:
        """The maximum next to a latent vector (size,)."""
        return self._from(start, self._settings)

    def _from(self, start: torch.Tensor, settings: Settings) -> Draws:
        before = self._watch.state
        name = f"climb {self._number}"
        begun = {}
        if self._number == sum(key.startswith("climb ") for key in before):
            begun = under("now ", before)

        def report(done: float, total: float, inside: State) -> None:
            here = {f"now {key}": value for key, value in inside.items()}
            share = min((self._number + done / total) / self._expected, 1)
            self._watch.report(share, 1, {**self._reached, **here})

        at = before.get(name, start)
        draws = MAXIMUM.draws(self.problem, at, settings, Watch(report, begun))
        self._reached[name] = draws.latent[0]
        self._number += 1
        return draws


def under(prefix: str, state: State) -> State:
    """What a state has under names with a prefix, without it."""
    return {k.removeprefix(prefix): value for k, value in state.items() if k.startswith(prefix)}


def _climb(found: list[Mode], climber: _Climber, starts: Sequence[torch.Tensor]) -> None:
    """Put the maxima next to `starts` among those found, the highest first."""
    rough = [climber.rough(start) for start in starts]
    for draws in sorted(rough, key=_energy):
        least = min([_energy(draws), *(mode.tangent.energy for mode in found)])
        if _energy(draws) < least + _FAR:
            _add(found, climber.problem, climber.whole(draws.latent[0]))


def _energy(draws: Draws) -> float:
    return draws.diagnostics["energy"]


def _add(found: list[Mode], problem: Problem, maximum: Draws) -> None:
    """Put a maximum among those found, if it is not there yet; the highest first."""
    tangent = Tangent(problem, _central(problem, maximum.latent[0]))
    gained = _energy(maximum) - tangent.energy
    height = -tangent.energy if math.isnan(maximum.evidence) else maximum.evidence + gained
    mode = Mode(tangent, height, maximum.warnings)
    for place, other in enumerate(found):
        if float(other.squares(mode.latent[None])) < _SAME:
            found[place] = max(mode, other, key=lambda each: each.height)
            break
    else:
        found.append(mode)
    found.sort(key=lambda each: -each.height)


def _central(problem: Problem, latent: torch.Tensor) -> torch.Tensor:
    """The most probable of the latent vectors (size,) that stand for the same gas.

    Whole turns of an angle are whole steps of its latent number.
    """
    if not any(quantity.period for quantity in problem.model.quantities):
        return latent
    with torch.no_grad():
        residual = problem.residual(latent)
        for number in torch.nonzero(latent.abs() > 0.5).flatten():
            turned = latent.clone()
            turned[number] -= latent[number].round()
            apart = problem.residual(turned) - residual
            if inner(apart, apart) < _ALIKE:
                latent = turned
    return latent
