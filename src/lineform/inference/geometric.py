"""Variational inference: samples of a Gaussian in coordinates fitted to the posterior."""

import math
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.inference._exact import Bent, Proposal
from lineform.inference._lean import Cloud, Pair
from lineform.inference._linear import FIELDS, SMALL
from lineform.inference._newton import Descent, Mean, begin, descend
from lineform.inference.base import Draws, Settings, State, Watch
from lineform.inference.maximum import INFERENCE as MAXIMUM
from lineform.inference.maximum import tolerance
from lineform.state import FloatArray

__all__ = ["INFERENCE", "Geometric"]

_ITERATIONS = 100
_ROUNDS = 2
_PAIRS = 2
"""Of samples, over which the mean energy is taken while the centre is sought."""
_EQUAL = 1e-6
"""Difference of logarithms of weights that is rounding."""
_LOST = 0.1
"""Share of samples that could not be made, from which that is told."""
_FEW = 10.0
"""Samples by weight, below which intervals mean little."""
_WORTH = 0.6
"""Samples by weight over those that were asked for, below which more are drawn."""
_MOST = 4
"""Times as many samples as were asked for, at most."""
_NARROW = 0.7
"""Pareto k above which weighted samples do not stand for the posterior (Vehtari et al. 2024)."""
_TOO_NARROW = (
    "vi: of fields, widths were about half of the errors in winds that were tried: compare with smc"
)
"""Known from a calibration, whose figures `bench.calibration` stores."""


class Geometric:
    """Metric-Gaussian, then geometric variational inference.

    Small problems are sampled with exact matrices about the maximum, and the samples weighted
    by the ratio of the posterior to the density that they were drawn from, smoothed in its tail
    (Vehtari et al. 2024, JMLR 25, 72): the evidence is then the mean weight. Of large ones the
    centre is where the mean energy of metric-Gaussian samples is least, and the geometric
    samples about it have the same weight.
    """

    name = "vi"
    local = True

    def check(self, problem: Problem, settings: Settings) -> None:
        """Any problem will do."""

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        maximum = MAXIMUM.work(problem, settings)
        if problem.size <= SMALL:
            return maximum + settings.samples * (0.6 * problem.size + 5)
        pair, bend, centre = (80, 20, 240) if problem.size <= FIELDS else (400, 200, 520)
        sought = _ROUNDS * (_PAIRS * pair + centre)
        return maximum + sought + settings.samples / 2 * (pair + bend)

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """Samples of the posterior about the maximum next to a latent vector (size,).

        Raises
        ------
        ConfigError
            If the energy is no finite number there.
        """
        run = _Run(problem, settings, watch, self.work(problem, settings))
        centre = run.maximum(start)
        if problem.size <= SMALL:
            return run.weighted(centre)
        for number in range(_ROUNDS):
            centre = run.centre(centre, number + 1)
        return run.alike(centre)


class _Run:
    """One run, which goes on from the state that it is given."""

    def __init__(self, problem: Problem, settings: Settings, watch: Watch, total: float) -> None:
        self._problem, self._settings, self._watch = problem, settings, watch
        self._total, self._done = total, 0.0
        self._saved = int(watch.state["stage"]) if watch.state else -1
        self._drawn: list[torch.Tensor] = []
        self._made: list[list[float]] = []

    def maximum(self, start: torch.Tensor) -> torch.Tensor:
        """Of the posterior (size,)."""
        limit = self._settings.iterations or _ITERATIONS
        return self._sought(0, start, lambda latent: torch.zeros_like(latent)[None], limit)

    def centre(self, latent: torch.Tensor, stage: int) -> torch.Tensor:
        """Where the mean energy of samples is least (size,); they are drawn at `latent`."""
        return self._sought(stage, latent, lambda at: self._offsets(at, stage), limit=2)

    def _offsets(self, latent: torch.Tensor, stage: int) -> torch.Tensor:
        cloud = Cloud(self._problem, latent)
        seeds = [self._seed(stage, number) for number in range(_PAIRS)]
        pairs = [cloud.pair(seed, bent=False) for seed in seeds]
        self._done += cloud.work
        return torch.cat([pair.offsets for pair in pairs])

    def _sought(
        self,
        stage: int,
        latent: torch.Tensor,
        offsets_at: Callable[[torch.Tensor], torch.Tensor],
        limit: int,
    ) -> torch.Tensor:
        state = self._watch.state
        if stage < self._saved:
            return state["latent"]
        offsets = state["offsets"] if stage == self._saved else offsets_at(latent)
        mean = Mean(self._problem, offsets)
        at = Descent.of(state) if stage == self._saved else begin(mean, latent)
        if stage > 0 and stage != self._saved:
            # From the maximum on, the noise and the energy are what they are.
            at = replace(at, noise=1.0, radius=math.sqrt(len(latent)))

        def tell(at: Descent) -> None:
            self._tell(stage, mean.work, {"offsets": offsets, **at.state()})

        at = descend(mean, at, tolerance(self._problem.size), limit, tell)
        self._done += mean.work
        return at.latent

    def weighted(self, centre: torch.Tensor) -> Draws:
        """Samples of a small problem."""
        bent = Bent(self._problem, centre)

        def made(number: int) -> Proposal:
            self._done += bent.work
            half, side = divmod(number, 2)
            random = np.random.default_rng(self._seed(_ROUNDS + 1, half))
            return bent.proposal((1 - 2 * side) * random.standard_normal(len(centre)))

        asked = count = self._settings.samples
        while True:
            latent, numbers = self._collected(
                centre, count, lambda number: _of_proposal(made(number))
            )
            # Of an interrupted run there may be more already, which are not looked at yet.
            found = _weighed(latent[:count], numbers[:count, 0])
            enough = found.diagnostics["effective samples"] >= _WORTH * asked
            if (enough and not found.doubts) or count >= _MOST * asked:
                return found
            count *= 2
            self._total = max(self._total, self._done + count / 2 * bent.work)

    def alike(self, centre: torch.Tensor) -> Draws:
        """Samples of a large problem."""
        cloud = Cloud(self._problem, centre)
        before = self._done

        def made(number: int) -> tuple[torch.Tensor, list[float]]:
            pair: Pair = cloud.pair(self._seed(_ROUNDS + 1, number), bent=True)
            self._done = before + cloud.work
            return pair.offsets + centre, [pair.excess, pair.log_determinant]

        samples = self._settings.samples
        latent, numbers = self._collected(centre, (samples + 1) // 2, made)
        excess, determinant = numbers.mean(0)
        error = (numbers[:, 0] + numbers[:, 1] / 2).std() / math.sqrt(max(len(numbers) - 1, 1))
        return Draws(
            latent=latent[:samples],
            weight=torch.full((samples,), 1 / samples, dtype=torch.float64),
            mode=torch.zeros(samples, dtype=torch.int64),
            evidence=float(-excess - determinant / 2),
            evidence_kind="estimate of a lower bound",
            diagnostics={"error of the evidence": float(error)},
            warnings=(_TOO_NARROW,),
        )

    def _collected(
        self,
        centre: torch.Tensor,
        count: int,
        made: Callable[[int], tuple[torch.Tensor, list[float]]],
    ) -> tuple[torch.Tensor, FloatArray]:
        """What is made of the numbers from 0 to `count`; what was made already is not made anew."""
        latents, numbers = self._drawn or [centre[:0].reshape(0, len(centre))], self._made
        if self._saved == _ROUNDS + 1 and not numbers:
            state = self._watch.state
            latents, numbers = [state["drawn"]], state["made"].tolist()
        for number in range(len(numbers), count):
            latent, told = made(number)
            latents.append(latent)
            numbers.append(told)
            kept: State = {"drawn": torch.cat(latents), "latent": centre}
            kept["made"] = torch.tensor(numbers, dtype=torch.float64)
            self._tell(_ROUNDS + 1, 0.0, kept)
        self._drawn, self._made = latents, numbers
        return torch.cat(latents), np.array(numbers)

    def _tell(self, stage: int, work: float, state: State) -> None:
        done = min(self._done + work, self._total)
        self._watch.report(done, self._total, {"stage": torch.tensor(stage), **state})

    def _seed(self, stage: int, number: int) -> int:
        sequence = np.random.SeedSequence(self._settings.seed, spawn_key=(stage, number))
        return int(sequence.generate_state(1)[0])


def _of_proposal(proposal: Proposal) -> tuple[torch.Tensor, list[float]]:
    return proposal.latent[None], [proposal.weight, float(proposal.solved)]


def _weighed(latent: torch.Tensor, weight: FloatArray) -> Draws:
    """Samples with the natural logarithms of their weights."""
    smoothed, k = _smoothed(weight)
    share = torch.from_numpy(np.exp(smoothed - np.logaddexp.reduce(smoothed)))
    effective = float(1 / (share**2).sum())
    unsolved = int(np.sum(np.isneginf(weight)))
    doubts = []
    if not k <= _NARROW:
        doubts.append(
            f"the posterior is unlike the Gaussian that its {len(weight)} samples were drawn from"
            f" (Pareto k {k:.2f}, expected below {_NARROW:g}): use hmc"
        )
    if unsolved > _LOST * len(weight):
        doubts.append(
            f"{unsolved} of {len(weight)} samples could not be made and do not count: widths may be"
            " too small; use hmc"
        )
    if effective < min(_FEW, len(weight) / 2):
        doubts.append(
            f"the {len(weight)} samples count as {effective:.0f}, by their weights: use hmc"
        )
    highest = weight.max()
    relative = np.exp(weight - highest)
    return Draws(
        latent=latent,
        weight=share,
        mode=torch.zeros(len(latent), dtype=torch.int64),
        evidence=float(highest + math.log(np.mean(relative))),
        evidence_kind="importance sampling",
        diagnostics={
            "pareto_k": k,
            "effective samples": effective,
            "error of the evidence": float(
                relative.std() / np.mean(relative) / math.sqrt(len(relative))
            ),
            "not solved": float(unsolved),
        },
        doubts=tuple(doubts),
    )


def _smoothed(weight: FloatArray) -> tuple[FloatArray, float]:
    """Weights with the tail of a Pareto distribution, and its k."""
    if np.ptp(weight) < _EQUAL:
        return weight, 0.0  # there is no tail
    with warnings.catch_warnings():
        # It warns of what is told of here, and of its own future.
        warnings.simplefilter("ignore")
        from arviz import psislw

        smoothed, k = psislw(weight)  # type: ignore[no-untyped-call]  # arviz has no types
    return np.asarray(smoothed), float(k)


INFERENCE = Geometric()
