"""Sequential Monte Carlo: a crowd of samples goes from the prior to the posterior by degrees."""

import math
from dataclasses import replace

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.errors import ConfigError
from lineform.inference._crowd import Crowd, rhat
from lineform.inference._linear import inner
from lineform.inference._moves import Motion, Stride
from lineform.inference._reference import Reference, Slopes
from lineform.inference.base import Draws, Settings, Watch
from lineform.state import FloatArray

__all__ = ["INFERENCE", "Tempered"]

_LEAST = 24
"""Samples that go the way, however few are asked for: fewer may miss a mode."""
_FIRST = 16
"""Draws from the prior for each sample: few of them look like the measurement at all."""
_KEPT = 0.5
"""Effective number of samples after a step, over that before."""
_MOVES, _LEAST_MOVES = 4, 2
"""Of each sample for each doubling of the share, or at a time when it is whole, and in any step:
two tell what is chance."""
_ENOUGH = 8
"""Moves of each sample when the measurement counts in full, at least."""
_MOST = 16
"""The same, at most."""
_MIXED = 1.2
"""R-hat of the later half of these moves, at which they end."""
_APART = 1.5
"""R-hat from which samples stay near where they came from."""
_FEW = 5
"""Ancestors of all samples, below which that is told: a mode may have been missed by chance."""
_PICKED = 3
"""Samples about which the slopes of the residual are taken."""
_RANK = 64.0
"""Directions of slopes about each, at first."""
_HIGHEST = 192.0
"""The same, at most."""
_FULL = 0.6
"""Share of these directions that the measurement tells something of, from which more are taken."""
_RENEWED = 2.0
"""Growth of the measurement's share after which slopes are taken again."""
_TRIED = 5
"""Draws from the prior that tell how far it is to the posterior."""
_WORK, _LAST_WORK = 60.0, 300.0
"""Of one sample, in gradients: of each doubling of the share, and of the last moves."""


class Tempered:
    """Samples of the prior, moved and chosen while the measurement counts more and more.

    Notes
    -----
    In a step the measurement has a share b of its weight: the density is that of the prior times
    exp(-b |r|^2 / 2). The share is raised until the weights of the samples, exp(-(b' - b) |r|^2
    / 2), leave half of their effective number; where that is less than to twice the share, by
    weights of what is not chance in |r|^2 alone. Samples are drawn again by these weights, and
    then each is moved by Hamiltonian Monte Carlo, which leaves the density as it is (Del Moral,
    Doucet & Jasra 2006, J. R. Stat. Soc. B 68, 411; for inverse problems of many numbers Kantas,
    Beskos & Jasra 2014, SIAM/ASA J. Uncertainty Quantification 2, 464). The evidence is
    the product of the mean weights, or of what moves had to do, the integral of the mean misfit
    over the share. Nothing is assumed of the shape of the posterior: samples come to
    all ends of a long valley, and to several modes by their probability.
    """

    name = "smc"
    local = False

    def check(self, problem: Problem, settings: Settings) -> None:
        """Any problem will do."""

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        run, like = _Run(problem, settings, Watch()), problem.origin()
        usual = float(np.median([run.misfit(run.draw(like, each)) for each in range(_TRIED)]))
        # A share of one over the misfit tells samples apart.
        doublings = math.log2(min(max(usual, 1.0), 1e300))
        return max(settings.samples, _LEAST) * (_WORK * doublings + _LAST_WORK)

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """Samples of the posterior (sample, size); `start` (size,) only tells their kind.

        Raises
        ------
        ConfigError
            If no draw from the prior has an energy.
        """
        run = _Run(problem, settings, watch)
        # Winds without a finite energy are refused like any other bad move.
        with np.errstate(over="ignore", invalid="ignore"):
            crowd = Crowd.of(watch.state) if watch.state else run.first(start)
            while crowd.share < 1:
                crowd = run.step(crowd)
            while not run.ended(crowd):
                crowd = run.last(crowd)
        return run.result(crowd)


class _Run:
    """One run of the method."""

    def __init__(self, problem: Problem, settings: Settings, watch: Watch) -> None:
        self._problem, self._settings, self._watch = problem, settings, watch
        self._number = max(settings.samples, _LEAST)
        self._done = 0.0
        self._slopes: tuple[torch.Tensor, Slopes] | None = None

    def first(self, like: torch.Tensor) -> Crowd:
        """Draws from the prior, chosen by the least share that tells them apart.

        Raises
        ------
        ConfigError
            If none has an energy.
        """
        number = _FIRST * self._number
        latent = torch.stack([self.draw(like, each) for each in range(number)])
        misfit = np.array([self.misfit(each) for each in latent])
        if not np.isfinite(misfit).any():
            raise ConfigError(
                "start of the search",
                seen=f"no finite number in {number} draws from the prior",
                expected="an energy",
                way_out="check the priors, and that the noise is positive",
            )
        self._done += number / 2
        crowd = Crowd(
            latent=latent,
            misfit=misfit,
            ancestor=np.arange(float(number)),
            share=0.0,
            doublings=0.0,
            evidence=0.0,
            below=None,
            step=0,
            stride=Stride().length,
            picked=latent[:0],
            sketched=0.0,
            rank=_RANK,
            centre=like,
        )
        rise = crowd.rise(self._number, misfit[None])
        return crowd.chosen(rise, self._number, self._random(1, 0))

    def step(self, crowd: Crowd) -> Crowd:
        """Moves at this share, then samples of the next."""
        moves = max(math.ceil(_MOVES * min(crowd.doublings, 1)), _LEAST_MOVES)
        crowd, _, misfits = self._moved(crowd, moves)
        rise = crowd.rise(_KEPT * self._number, misfits)
        crowd = crowd.chosen(rise, self._number, self._random(1, crowd.step))
        self._tell(crowd, math.log2(1 / crowd.share) / crowd.doublings + _MOST / _MOVES)
        return crowd

    def last(self, crowd: Crowd) -> Crowd:
        """More moves, now that the measurement counts in full."""
        crowd, trail, _ = self._moved(crowd, _MOVES)
        before = [crowd.trail] if len(crowd.trail) else []
        crowd = replace(crowd, trail=torch.cat([*before, trail]), step=crowd.step + 1)
        self._tell(crowd, (_MOST - len(crowd.trail)) / _MOVES)
        return crowd

    def ended(self, crowd: Crowd) -> bool:
        """Whether the last moves have mixed the samples, or as well as they will."""
        moves = len(crowd.trail)
        return moves >= _MOST or (moves >= _ENOUGH and _apart(crowd.trail) < _MIXED)

    def result(self, crowd: Crowd) -> Draws:
        """Samples of equal weight."""
        samples = self._settings.samples
        # Neighbours have the same ancestors.
        index = self._random(4, 0).permutation(len(crowd.latent))[:samples]
        apart, ancestors = _apart(crowd.trail), len(np.unique(crowd.ancestor))
        warned = []
        if apart > _APART and ancestors < _FEW:
            warned.append(
                f"smc: samples hardly move at the end (R-hat {apart:.1f}) and come from {ancestors}"
                " of the first draws: widths may be too small; compare with another --seed"
            )
        return Draws(
            latent=crowd.latent[torch.from_numpy(index)],
            weight=torch.full((samples,), 1 / samples, dtype=torch.float64),
            mode=torch.zeros(samples, dtype=torch.int64),
            evidence=crowd.evidence,
            evidence_kind="sequential Monte Carlo",
            diagnostics={
                "steps": crowd.step,
                "rhat": apart,
                "ancestors": ancestors,
                "stride": crowd.stride,
            },
            warnings=tuple(warned),
        )

    def draw(self, like: torch.Tensor, number: int) -> torch.Tensor:
        """One of the draws (size,) from the prior."""
        generator = torch.Generator().manual_seed(self._seed(0, number))
        return torch.randn(len(like), generator=generator, dtype=like.dtype).to(like)

    def misfit(self, latent: torch.Tensor) -> float:
        """Half of the sum of squares of the residual; infinite where there is no number."""
        with torch.no_grad():
            residual = self._problem.residual(latent)
        found = inner(residual, residual) / 2
        return found if math.isfinite(found) else math.inf

    def _moved(self, crowd: Crowd, moves: int) -> tuple[Crowd, torch.Tensor, FloatArray]:
        """Each sample after some trajectories, and what those are judged by.

        Returns
        -------
        Crowd, (move, sample, any), (move, sample)
            The last are misfits.
        """
        crowd = self._sketched(crowd)
        reference = Reference.of(self._slopes_of(crowd), crowd.share, crowd.centre)
        generator = torch.Generator().manual_seed(self._seed(3, crowd.step))
        motion = Motion(self._problem, reference, crowd.share, generator)
        stride, places, trails, misfits = Stride(crowd.stride), [], [], []
        for own in crowd.latent:
            at = motion.place(reference.coordinates(own))
            trail, misfit = [], []
            for _ in range(moves):
                move = motion.moved(at, stride)
                at, stride = move.end, stride.after(move.accepted)
                self._done += move.steps
                trail.append(self._problem.traits(at.latent))
                misfit.append(at.misfit)
            places.append(at)
            trails.append(torch.stack(trail))
            misfits.append(misfit)
        crowd = replace(
            crowd,
            latent=torch.stack([at.latent for at in places]),
            misfit=np.array([at.misfit for at in places]),
            stride=stride.length,
        )
        if len(reference.basis) > _FULL * _PICKED * crowd.rank:
            crowd = replace(crowd, rank=min(2 * crowd.rank, _HIGHEST))
        return crowd.settled(), torch.stack(trails, 1), np.array(misfits).T

    def _sketched(self, crowd: Crowd) -> Crowd:
        """With other samples to take slopes about, if those are of long ago."""
        new = crowd.share > _RENEWED * crowd.sketched or crowd.share == 1 > crowd.sketched
        if not new:
            return crowd
        index = self._random(2, crowd.step).choice(len(crowd.latent), _PICKED, replace=False)
        return replace(crowd, picked=crowd.latent[torch.from_numpy(index)], sketched=crowd.share)

    def _slopes_of(self, crowd: Crowd) -> Slopes:
        if self._slopes is None or self._slopes[0] is not crowd.picked:
            seed = self._seed(5, 0)
            made = Slopes.of(self._problem, list(crowd.picked), int(crowd.rank), seed)
            self._done += made.work
            self._slopes = crowd.picked, made
        return self._slopes[1]

    def _tell(self, crowd: Crowd, steps: float) -> None:
        """How far the run is, if so many steps are to come."""
        each = self._done / crowd.step
        total = self._done + steps * each
        self._watch.report(self._done, max(total, self._done * 1.05), crowd.state())

    def _seed(self, *key: int) -> int:
        return int(self._random(*key).integers(2**62))

    def _random(self, *key: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self._settings.seed, spawn_key=key))


def _apart(trail: torch.Tensor) -> float:
    """R-hat of the later half of the moves (move, sample, number)."""
    return rhat(trail[len(trail) // 2 :])


INFERENCE = Tempered()
