"""Where a posterior has its maxima, and which of them matter."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from lineform.deprojection.problem import Problem
from lineform.inference._columns import batched
from lineform.inference._linear import SMALL, Tangent, inner
from lineform.inference.base import Draws, Settings, State, Watch
from lineform.inference.maximum import INFERENCE as MAXIMUM

__all__ = ["Mode", "likely_starts", "modes_from", "search_work", "under"]

_SAME = 1.0
"""Square of the distance [1] below which two maxima are one: a standard deviation."""

_NEAR = 0.03
"""Square of the distance [1] below which one start is enough: a turn of an angle is 1."""

_LOST = math.log(1e4)
"""Modes whose probability is smaller than the greatest by more than this do not matter."""

_MOST = 6
"""Modes that are sampled."""

_ROUGH = 6
"""Iterations after which a search that is far below another is given up."""

_FAR = 50.0
"""Difference of energies [1] that is far: 100 in the sum of squares."""

_HOPS = 2
"""Rounds of search from the highest maximum, at most, that may find none higher."""

_UNSURE = 0.15
"""Standard deviation of a latent number, over the ends of all searches, that is not found yet."""

_DOUBTED = 0.15
"""Share of the other numbers that are drawn afresh nevertheless: all searches may be wrong."""

_HOPPED = 5
"""Latent vectors that are climbed from in each round."""

_ALIKE = 1e-4
"""Square of the difference of residuals [1] below which two latent vectors are the same gas."""

_TRIED = 16
"""Vectors from the prior for each that a search starts from, of large problems."""

_CROWD = 192
"""Vectors that are cooled together, of small ones."""

_COOLED = 40
"""Steps in which those of the prior are cooled."""

_COOLED_AGAIN = 30
"""The same of those that share some numbers with a maximum."""

_LEFT = 0.6
"""Share of the crowd that still counts after a step."""

_COLDEST = 0.5
"""Weight of the residual, at most."""

_CHANGED = 0.3
"""Share of the latent numbers that are changed at a time, at least."""

_IN_CROWD = 0.15
"""Work of an energy, of many at once, over that of a gradient."""

_SHORT = 0.5
"""Work of a climb from what was cooled over that of one from anywhere."""


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


def search_work(problem: Problem, settings: Settings, starts: int) -> float:
    """Expected work of `likely_starts` and `modes_from`, in gradients of the energy.

    Parameters
    ----------
    problem : Problem
    settings : Settings
    starts : int
    """
    climb = MAXIMUM.work(problem, settings)
    if starts == 1:
        return climb
    if problem.size > SMALL:
        return starts * climb + (starts - 1) * _TRIED / 2
    cooled = _CROWD * (_COOLED + _HOPS * _COOLED_AGAIN)
    return (starts + _SHORT * _HOPS * _HOPPED) * climb + _IN_CROWD * cooled


def likely_starts(problem: Problem, number: int, seed: int) -> list[torch.Tensor]:
    """Where to search: the middle of the prior, and vectors that fit best of many.

    The others come from the prior. Those of small problems are cooled: the weight of the
    residual grows step by step from nothing, what no longer fits is left out in favour of what
    does, and all are moved at random in between. Numbers that are easily found, such as the
    brightness, so no longer hide whether angles are right.

    Parameters
    ----------
    problem : Problem
    number : int
        Of latent vectors (size,), at least 1.
    seed : int

    Notes
    -----
    Sequential Monte Carlo (Del Moral et al. 2006, J. R. Stat. Soc. B 68, 411), with moves along
    the difference of two others (ter Braak 2006, Stat. Comput. 16, 239).
    """
    if number == 1:
        return [problem.origin()]
    if problem.size <= SMALL:
        generator = torch.Generator().manual_seed(seed)
        drawn, energies = _cooled(problem, _crowd(problem, generator), generator, _COOLED)
    else:
        tried = [problem.draw(seed + each) for each in range(_TRIED * (number - 1))]
        drawn = torch.stack(tried)
        energies = _energies(problem, drawn)
    return [problem.origin(), *_apart(drawn, energies, number - 1)]


def _apart(latents: torch.Tensor, energies: torch.Tensor, number: int) -> list[torch.Tensor]:
    """Those of lowest energy of latent vectors (any, size) that are not near to each other."""
    taken: list[torch.Tensor] = []
    while len(taken) < number and bool(energies.isfinite().any()):
        best = latents[energies.argmin()]
        taken.append(best)
        near = ((latents - best) ** 2).sum(1) < _NEAR
        energies = torch.where(near, math.inf, energies)
    return taken


def _crowd(problem: Problem, generator: torch.Generator) -> torch.Tensor:
    """Latent vectors (crowd, size) from the prior."""
    shape = (_CROWD, problem.size)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(problem.origin())


def _cooled(
    problem: Problem, latents: torch.Tensor, generator: torch.Generator, steps: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """What latent vectors (crowd, size) become, and their energies (crowd,)."""
    like, shape = problem.origin(), latents.shape

    def uniform(*shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=generator, dtype=torch.float64).to(like)

    energies = _energies(problem, latents)
    weight = 0.0
    for _ in range(steps):
        misfit = energies - (latents**2).sum(1) / 2
        more = _cooler(misfit, _COLDEST - weight)
        weight += more
        share = torch.softmax(-more * misfit, 0).cpu()
        kept = torch.multinomial(share, _CROWD, replacement=True, generator=generator)
        latents, energies = latents[kept], energies[kept]
        one, other = (latents[torch.randperm(_CROWD, generator=generator)] for _ in range(2))
        changed = uniform(*shape) < _CHANGED + 0.5 * uniform(_CROWD, 1)
        # Now and then the whole way, from one mode to another.
        far = (uniform(_CROWD, 1) < 0.1).to(like)
        reach = far + (1 - far) * 1.7 / changed.sum(1, keepdim=True).clamp(min=1).sqrt()
        jitter = torch.randn(shape, generator=generator, dtype=torch.float64).to(like)
        moved = latents + changed * (reach * (one - other) + 0.01 * jitter)
        found = _energies(problem, moved)
        gained = (
            weight * (energies - found)
            + (1 - weight) * ((latents**2).sum(1) - (moved**2).sum(1)) / 2
        )
        accepted = uniform(_CROWD).log() < gained
        latents = torch.where(accepted[:, None], moved, latents)
        energies = torch.where(accepted, found, energies)
    return latents, energies


def _cooler(misfit: torch.Tensor, most: float) -> float:
    """By how much the weight of the residual may grow, so that enough of the crowd count."""
    low, high = 0.0, most
    for _ in range(30):
        middle = (low + high) / 2
        share = torch.softmax(-middle * misfit, 0)
        if float(1 / (share**2).sum()) < _LEFT * len(misfit):
            high = middle
        else:
            low = middle
    return low


def _energies(problem: Problem, latents: torch.Tensor) -> torch.Tensor:
    """Of latent vectors (any, size): (any,), infinite where there are none."""
    with torch.no_grad():
        if problem.size <= SMALL:
            # What takes time is the number of calls.
            found = batched(problem.energy, latents)
        else:
            found = torch.stack([problem.energy(latent) for latent in latents])
    return torch.nan_to_num(found, nan=math.inf)


def modes_from(
    problem: Problem, starts: Sequence[torch.Tensor], settings: Settings, watch: Watch | None = None
) -> list[Mode]:
    """The maxima next to latent vectors, and next to the mirror images of the highest.

    All are climbed part of the way; those that are then far below the highest are given up. Of a
    small problem that is searched from several, rounds of search from the highest follow.

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
    if problem.size <= SMALL and len(starts) > 1:
        _hop(found, climber, torch.Generator().manual_seed(settings.seed))
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

    @property
    def ends(self) -> list[torch.Tensor]:
        """Latent vectors (size,) that the searches came to."""
        return list(self._reached.values())

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


def _hop(found: list[Mode], climber: _Climber, generator: torch.Generator) -> None:
    """Look for higher maxima from the highest, until some rounds have found none.

    Numbers on which all searches agree are mostly kept, and all others drawn from the prior, and
    cooled: in fewer dimensions, a crowd of the same size finds narrower maxima.
    """
    idle = 0
    while idle < _HOPS:
        before = found[0]
        ends = torch.stack(climber.ends)
        drawn = _crowd(climber.problem, generator)
        fresh = torch.rand(drawn.shape, generator=generator).to(drawn) < _DOUBTED
        crowd = torch.where(fresh | (ends.std(0) > _UNSURE), drawn, before.latent)
        latents, energies = _cooled(climber.problem, crowd, generator, _COOLED_AGAIN)
        _climb(found, climber, _apart(latents, energies, _HOPPED))
        if found[0].tangent.energy < before.tangent.energy - _SAME:
            _climb(found, climber, climber.problem.model.mirrors(found[0].latent))
            idle = 0
        else:
            idle += 1


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
