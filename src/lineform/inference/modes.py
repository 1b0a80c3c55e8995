"""Several modes: samples from all maxima of a posterior that matter."""

import dataclasses
import json
import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.errors import ConfigError
from lineform.inference._linear import SMALL, Tangent
from lineform.inference.base import Draws, Inference, Settings, State, Watch
from lineform.inference.search import Mode, likely_starts, modes_from, search_work, under

__all__ = ["explored", "likely_starts", "work_of"]

_MATTERS = 0.02
"""Probability from which the widths of a mode are part of those of the whole."""


def work_of(problem: Problem, method: Inference, settings: Settings, starts: int) -> float:
    """Expected work of `explored`, in gradients of the energy: if there is one mode."""
    return search_work(problem, settings, starts) + method.work(problem, settings)


def explored(
    problem: Problem,
    method: Inference,
    settings: Settings,
    watch: Watch,
    starts: Sequence[torch.Tensor],
) -> Draws:
    """Samples from all modes of a posterior that matter.

    Each mode is sampled by itself. What counts of its samples are those in its own part of the
    latent space: where, of all modes, its Gaussian approximation is highest. The evidence of the
    run times their share is the probability of this part, which is their weight. Of a small
    problem, a method that would go from one mode to another is told where to turn back, so that
    it need not find out by itself how often to do so.

    Parameters
    ----------
    problem : Problem
    method : Inference
        Run in each mode.
    settings : Settings
    watch : Watch
    starts : sequence of (size,) [1]
        To search from; `likely_starts` finds some.

    Raises
    ------
    ConfigError
        If there is no energy at a start, or the method cannot do with the problem.
    """
    each = method.work(problem, settings)
    searched = search_work(problem, settings, len(starts))
    if "modes" in watch.state:
        modes = _restored(problem, watch.state)
    else:
        whole = searched + each

        def climbing(done: float, of: float, inside: State) -> None:
            watch.report(done / of * searched, whole, inside)

        modes = modes_from(problem, starts, settings, Watch(climbing, watch.state))
    total = searched + len(modes) * each
    state: State = {
        "modes": torch.stack([mode.latent for mode in modes]),
        "heights": torch.tensor([mode.height for mode in modes], dtype=torch.float64),
    }
    runs: list[Draws] = []
    for number, mode in enumerate(modes):
        name = f"run {number} "
        if done := under(name, watch.state):
            runs.append(_unpacked(done))
        else:
            before = searched + number * each

            def report(done: float, whole: float, inside: State, before: float = before) -> None:
                here = {f"now {key}": value for key, value in inside.items()}
                watch.report(before + done / whole * each, total, {**state, **here})

            begun = under("now ", watch.state) if _runs(watch.state) == number else {}
            part = _part_of(problem, modes, number)
            runs.append(method.draws(part, mode.latent, settings, Watch(report, begun)))
        state.update({name + key: value for key, value in _packed(runs[-1]).items()})
        watch.report(searched + (number + 1) * each, total, dict(state))
    return runs[0] if len(runs) == 1 else _mixed(modes, runs)


def _part_of(problem: Problem, modes: Sequence[Mode], own: int) -> Problem:
    if len(modes) == 1 or problem.size > SMALL:
        return problem
    return cast(Problem, _Part(problem, modes, own))


class _Part:
    """A problem of which only the part of one of several modes is to be sampled."""

    def __init__(self, problem: Problem, modes: Sequence[Mode], own: int) -> None:
        self._problem, self._modes, self._own = problem, modes, own

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._problem, name)

    def inside(self, latent: torch.Tensor) -> bool:
        """Whether a latent vector (size,) is in this part."""
        return int(_part(self._modes, latent[None])) == self._own


def _mixed(modes: Sequence[Mode], runs: Sequence[Draws]) -> Draws:
    """The samples of all modes, with their weights."""
    parts = [_part(modes, run.latent) == own for own, run in enumerate(runs)]
    shares = [float(run.weight[part].sum()) for run, part in zip(runs, parts, strict=True)]
    heights = np.array(
        [
            (mode.height if math.isnan(run.evidence) else run.evidence) + _log(share)
            for mode, run, share in zip(modes, runs, shares, strict=True)
        ]
    )
    evidence = float(np.logaddexp.reduce(heights))
    if not math.isfinite(evidence):
        raise ConfigError(
            "modes", seen="no sample near its own mode", way_out="give the method more samples"
        )
    probability = np.exp(heights - evidence)
    # A mode without samples of its own is none: the others are counted without it everywhere.
    there = [own for own, share in enumerate(shares) if share > 0]
    kept = [
        (
            runs[own].latent[parts[own]],
            runs[own].weight[parts[own]] * float(probability[own]) / shares[own],
        )
        for own in there
    ]
    numbers = [len(latent) for latent, _ in kept]
    known = not any(math.isnan(run.evidence) for run in runs)
    counted = [(modes[own], runs[own], float(probability[own])) for own in there]
    return Draws(
        latent=torch.cat([latent for latent, _ in kept]),
        weight=torch.cat([weight for _, weight in kept]),
        mode=torch.repeat_interleave(torch.arange(len(kept)), torch.tensor(numbers)),
        evidence=evidence if known else math.nan,
        evidence_kind=runs[0].evidence_kind,
        diagnostics=_diagnostics(counted),
        warnings=_warnings(counted, len(modes), known),
        doubts=_doubts(counted),
    )


def _part(modes: Sequence[Mode], latent: torch.Tensor) -> torch.Tensor:
    """The mode (sample,) to whose part of the latent space samples (sample, size) belong."""
    peaks = [-mode.tangent.energy for mode in modes]
    density = [peak - mode.squares(latent) / 2 for mode, peak in zip(modes, peaks, strict=True)]
    return torch.stack(density).argmax(dim=0)


def _log(share: float) -> float:
    return math.log(share) if share > 0 else -math.inf


_Counted = Sequence[tuple[Mode, Draws, float]]
"""Modes, their runs, and their probabilities."""


def _diagnostics(counted: _Counted) -> dict[str, float]:
    """Those of all runs, each with the number of its mode."""
    found = {"modes": float(len(counted))}
    for number, (_, run, share) in enumerate(counted, start=1):
        found[f"mode {number}: probability"] = share
        found.update({f"mode {number}: {name}": value for name, value in run.diagnostics.items()})
    return found


def _warnings(counted: _Counted, found_modes: int, known: bool) -> tuple[str, ...]:
    found = []
    if len(counted) > 1:
        shares = ", ".join(f"{100 * share:.0f} %" for _, _, share in counted)
        found = [f"the posterior has {len(counted)} modes, with {shares} of the probability"]
    if lost := found_modes - len(counted):
        found.append(
            f"{lost} of {found_modes} maxima found have no samples: they all went elsewhere"
        )
    if not known:
        found.append("the probabilities of the modes are rough: the method gives no evidence")
    told = [text for mode, _, _ in counted for text in mode.warnings]
    told += [text for _, run, _ in counted for text in run.warnings]
    return (*found, *dict.fromkeys(told))


def _doubts(counted: _Counted) -> tuple[str, ...]:
    """Those of the modes that matter to the widths."""
    return tuple(
        dict.fromkeys(
            f"mode {number}: {doubt}" if len(counted) > 1 else doubt
            for number, (_, run, share) in enumerate(counted, start=1)
            if share > _MATTERS
            for doubt in run.doubts
        )
    )


def _restored(problem: Problem, state: State) -> list[Mode]:
    heights = state["heights"].tolist()
    places = zip(state["modes"], heights, strict=True)
    return [Mode(Tangent(problem, latent), height) for latent, height in places]


def _runs(state: State) -> int:
    """How many runs were complete; -1 in the search before them."""
    if "modes" not in state:
        return -1
    return sum(name.startswith("run ") and name.endswith(" latent") for name in state)


def _packed(draws: Draws) -> State:
    """Draws as tensors."""
    tensors = ("latent", "weight", "mode")
    rest = {
        each.name: getattr(draws, each.name)
        for each in dataclasses.fields(draws)
        if each.name not in tensors
    }
    text = json.dumps({**rest, "diagnostics": dict(draws.diagnostics)}).encode()
    state = {name: getattr(draws, name) for name in tensors}
    return {**state, "rest": torch.tensor(list(text), dtype=torch.uint8)}


def _unpacked(state: State) -> Draws:
    rest = json.loads(bytes(state["rest"].tolist()))
    rest["warnings"], rest["doubts"] = tuple(rest["warnings"]), tuple(rest["doubts"])
    return Draws(latent=state["latent"], weight=state["weight"], mode=state["mode"], **rest)
