"""Samples from a trained network, in the time of one look at the cube; refined when asked.

The network gives latent vectors of the model that it was trained for, so that all that follows
is the same as for other methods. It has learned the posteriors of all cubes at once and is a
little wrong for each. Importance sampling with the exact energy puts that right where the network
is close, and its Pareto shape tells whether it was.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch

from lineform.deprojection.problem import Problem
from lineform.errors import ConfigError
from lineform.inference._adapted import Weighted, adapted, resampled, truncated
from lineform.inference._telescopes import extras_of
from lineform.inference.base import Draws, Settings, Watch
from lineform.inference.diagnostics import pareto_shape
from lineform.inference.hmc import INFERENCE as HMC
from lineform.inference.layout import on_layout
from lineform.inference.modes import explored, work_of
from lineform.inference.networkfile import NetworkFile, read_network
from lineform.measurement import Measurement
from lineform.state import FloatArray

__all__ = ["INFERENCE", "Neural", "Sight", "sight"]

REFINEMENTS = ("", "hmc", "weights")
"""What `Settings.refine` may be."""

_ENERGY = 0.4
"""Work of an energy without its gradient [gradients]."""

_CHECKED = 16
"""Samples whose fit to the data is looked at where they are not refined."""

_MOVING = "systemic_velocity"
"""The one number whose prior may be elsewhere: the cube is moved instead."""

_SAME_SIDE = 0.02
"""Largest difference of the sides of two grids [1]."""

_STARTS = 4
"""Samples from which modes are searched for Monte Carlo."""

_STRANGE = 1.2
"""From here a cube is unlike those of the training, in units of the strangest held out."""

_POOR = 0.7
"""Pareto shape above which weights are not to be relied on (Vehtari et al. 2024)."""

_FEW = 100
"""Effective samples below which quantiles are rough."""

_MISFIT = 6.0
"""Standard deviations by which the sum of squares may be above its expectation."""


class Sight(NamedTuple):
    """What a network makes of a measurement."""

    summary: torch.Tensor
    """(1, any)."""
    strangeness: float
    """1 for the strangest of the simulations held out."""
    warnings: tuple[str, ...]


def sight(file: NetworkFile, measurement: Measurement) -> Sight:
    """A measurement as a network sees it.

    Raises
    ------
    ConfigError
        If it does not fit the network.
    """
    seen = on_layout(measurement, file.layout)
    cube = torch.as_tensor(seen.cube / seen.noise, dtype=torch.float32)[None]
    extras = torch.tensor([extras_of(seen.noise, seen.beam)])
    with torch.no_grad():
        summary = file.network.summarise(cube, extras)
        strangeness = file.network.strange(summary, file.network.left_out(cube))
    found = list(seen.warnings)
    if strangeness > _STRANGE:
        found.append(
            f"the cube is unlike all that the network was trained on ({strangeness:.1f} times as"
            " strange as the strangest held out); the model may not describe it"
        )
    return Sight(summary, strangeness, tuple(f"npe: {each}" for each in found))


@dataclass(frozen=True, slots=True)
class Neural:
    """Amortised posterior estimation by a conditional normalising flow.

    Parameters
    ----------
    proposals : int
        Samples that are weighted, at least, if weights are asked for; four for each sample that
        is.

    Notes
    -----
    Weights are exp(-energy) / q, where q is the mixture of the flow and of proposals made of what
    was found before (`lineform.inference._adapted`); their mean is the evidence, the integral of
    exp(-residual^2 / 2) over the prior. The largest are cut at the mean times the root of their
    number (Ionides 2008, J. Comput. Graph. Stat. 17, 295), and the shape of their tail tells
    whether they can be relied on (Vehtari et al. 2024, JMLR 25, 72).
    """

    proposals: int = 1000

    @property
    def name(self) -> str:
        """As the command line has it."""
        return "npe"

    @property
    def local(self) -> bool:
        """It looks at the cube, not at a start."""
        return False

    def check(self, problem: Problem, settings: Settings) -> None:
        """Look at the network, and at whether the cube fits it.

        Raises
        ------
        ConfigError
            If there is no network, or it was trained for another model or other cubes.
        ReadError
            If the file of the network cannot be read.
        """
        file = _network_for(problem, settings)
        sight(file, _moved(file, problem))

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        if settings.refine == "hmc":
            return _CHECKED * _ENERGY + work_of(problem, HMC, settings, _STARTS)
        return _ENERGY * (self._number(settings) if settings.refine else _CHECKED)

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """Samples of the posterior; the latent vector to begin with (size,) is not used.

        Raises
        ------
        ConfigError
            If there is no network, or it was trained for another model or other cubes.
        ReadError
            If the file of the network cannot be read.
        """
        file = _network_for(problem, settings)
        seen = sight(file, _moved(file, problem))
        generator = torch.Generator().manual_seed(settings.seed)
        if settings.refine == "weights":
            exact = _Exact(problem, watch, self._number(settings))
            rng = np.random.default_rng(settings.seed)
            wrapped = file.network.build.wrapped
            flow = _Flow(file, seen, generator)
            found = adapted(flow, exact, self._number(settings), wrapped, rng)
            return _weighted(problem, found, settings, seen, rng)
        number = max(_CHECKED, settings.samples)
        proposed = torch.from_numpy(_Flow(file, seen, generator).draw(number))
        checked = proposed[:_CHECKED].to(problem.origin())
        if settings.refine == "hmc":
            return _by_hmc(problem, checked, settings, watch, seen)
        return _plain(problem, checked, proposed[: settings.samples], settings, seen)

    def _number(self, settings: Settings) -> int:
        return max(self.proposals, 4 * settings.samples)


def _network_for(problem: Problem, settings: Settings) -> NetworkFile:
    if settings.network is None:
        raise ConfigError(
            "npe: network", expected="a file that lineform train wrote", seen="none",
            way_out="train one, and give it: --network FILE",
        )  # fmt: skip
    if settings.refine not in REFINEMENTS:
        legal = ", ".join(filter(None, REFINEMENTS))
        raise ConfigError("npe: refinement", expected=f"one of {legal}", seen=settings.refine)
    file = read_network(settings.network)
    where = str(settings.network)
    if len(problem.parts) != 1:
        raise ConfigError(
            "npe: cubes", expected="one", seen=f"{len(problem.parts)}",
            way_out="use another method for several lines", where=where,
        )  # fmt: skip
    if file.source["kind"] != "prior":
        raise ConfigError(
            "npe: network", expected="one that was trained on the prior of a model",
            seen="one trained on a store, which gives numbers and no gas",
            way_out="use lineform estimate, or train one with lineform train", where=where,
        )  # fmt: skip
    _check_same(problem, file, where)
    if problem.size != file.network.build.size:
        raise _other_model(f"{problem.size} latent numbers", f"{file.network.build.size}", where)
    return file


def _check_same(problem: Problem, file: NetworkFile, where: str) -> None:
    """Refuse another model: latent vectors would mean something else."""
    ours, theirs = dict(problem.model.settings()), dict(file.source["made"])
    side = file.source["side"]
    if abs(problem.model.grid.side / side - 1) > _SAME_SIDE:
        raise _other_model(
            f"a grid of {problem.model.grid.side:.4g} m", f"one of {side:.4g} m", where
        )  # fmt: skip
    for name in sorted(set(ours) | set(theirs)):
        one, other = ours.get(name, "none"), theirs.get(name, "none")
        if one != other and not (name == _MOVING and _shift(one, other) is not None):
            raise _other_model(f"{name}: {one}", f"{name}: {other}", where)


def _other_model(seen: str, expected: str, where: str) -> ConfigError:
    return ConfigError(
        "npe: model",
        expected=f"that of the network, {expected}",
        seen=seen,
        way_out="give the same model, grid and priors, or train a network for these",
        where=where,
    )


def _shift(ours: object, theirs: object) -> float | None:
    """By how much one prior is moved against another that is the same else, or nothing."""
    (kind, middle, *rest), (other, reference, *others) = (
        f"{each} ".split(" ") for each in (ours, theirs)
    )
    if kind != other or rest != others or kind not in ("fixed", "normal"):
        return None
    return float(middle) - float(reference)


def _moved(file: NetworkFile, problem: Problem) -> Measurement:
    """The measurement, in the frame of a star that moves as those of the training."""
    ours, theirs = problem.model.settings(), file.source["made"]
    measurement = problem.parts[0].measurement
    shift = _shift(ours.get(_MOVING, ""), theirs.get(_MOVING, "")) or 0.0
    return replace(measurement, velocity=measurement.velocity - shift)


class _Flow:
    """The flow, for one cube."""

    def __init__(self, file: NetworkFile, seen: Sight, generator: torch.Generator) -> None:
        self._network, self._seen, self._generator = file.network, seen, generator

    def draw(self, number: int) -> FloatArray:
        """Latent vectors (number, size)."""
        with torch.no_grad():
            latent, _ = self._network.draw(self._seen.summary, number, self._generator)
        return np.asarray(latent[0].double().numpy())

    def log_density(self, latent: FloatArray) -> FloatArray:
        """Its natural logarithm (sample,) at latent vectors (sample, size)."""
        summary = self._seen.summary.expand(len(latent), -1)
        with torch.no_grad():
            density = self._network.log_density(torch.from_numpy(latent).float(), summary)
        return np.asarray(density.double().numpy())


class _Exact:
    """Logarithm of likelihood times prior; energies of an interrupted run are taken over."""

    def __init__(self, problem: Problem, watch: Watch, total: int) -> None:
        self._problem, self._watch, self._total = problem, watch, total
        self._before = watch.state.get("energies", torch.zeros(0)).tolist()
        self._done: list[float] = []

    def __call__(self, latent: FloatArray) -> FloatArray:
        """Of latent vectors (sample, size), (sample,)."""
        for vector in torch.from_numpy(latent).to(self._problem.origin()):
            self._done.append(self._energy(vector))
        energies = np.array(self._done[-len(latent) :])
        return np.asarray(-energies - latent.shape[1] * math.log(2 * math.pi) / 2)

    def _energy(self, latent: torch.Tensor) -> float:
        number = len(self._done)
        if number < len(self._before):
            return float(self._before[number])
        with torch.no_grad():
            energy = float(self._problem.energy(latent))
        state = {"energies": torch.tensor([*self._done, energy], dtype=torch.float64)}
        self._watch.report(_ENERGY * (number + 1), _ENERGY * self._total, state)
        return energy


def _plain(
    problem: Problem, checked: torch.Tensor, latent: torch.Tensor, settings: Settings, seen: Sight
) -> Draws:
    misfits = [_squares(problem, vector) for vector in checked]
    return _draws(
        latent.to(problem.origin()),
        {**_familiar(seen), **_fit(problem, misfits)},
        (*seen.warnings, *_misfit(problem, misfits, settings)),
    )


def _by_hmc(
    problem: Problem, checked: torch.Tensor, settings: Settings, watch: Watch, seen: Sight
) -> Draws:
    with torch.no_grad():
        energies = torch.stack([problem.energy(vector) for vector in checked])
    starts = [checked[place] for place in energies.argsort()[:_STARTS]]
    made = explored(problem, HMC, settings, watch, starts)
    return replace(
        made,
        diagnostics={**_familiar(seen), **made.diagnostics},
        warnings=(*seen.warnings, *made.warnings),
    )


def _weighted(
    problem: Problem, found: Weighted, settings: Settings, seen: Sight, rng: np.random.Generator
) -> Draws:
    logarithm = found.logarithm
    shape = pareto_shape(logarithm)
    weight = np.exp(truncated(logarithm) - logarithm.max())
    weight /= weight.sum()
    effective = 1 / float((weight**2).sum())
    evidence = float(np.logaddexp.reduce(logarithm) - math.log(len(logarithm)))
    taken = found.latent[resampled(weight, settings.samples, rng)]
    diagnostics = {
        **_familiar(seen), "pareto shape": shape, "effective samples": effective,
    }  # fmt: skip
    told, doubts = list(seen.warnings), []
    if shape > _POOR or not math.isfinite(shape):
        doubts.append(
            f"npe: the network is too far from the posterior to be put right by weights (Pareto"
            f" shape {shape:.2f}, expected below {_POOR:g}); refine with hmc"
        )
    if effective < _FEW:
        told.append(
            f"npe: the weighted samples are worth {effective:.0f} independent ones; quantiles are"
            " rough: ask for more samples, or refine with hmc"
        )
    made = _draws(torch.from_numpy(taken).to(problem.origin()), diagnostics, tuple(told))
    return replace(
        made, evidence=evidence, evidence_kind="importance sampling", doubts=tuple(doubts)
    )


def _draws(latent: torch.Tensor, diagnostics: Mapping[str, float], found: tuple[str, ...]) -> Draws:
    number = len(latent)
    return Draws(
        latent=latent,
        weight=torch.full((number,), 1 / number, dtype=torch.float64),
        mode=torch.zeros(number, dtype=torch.int64),
        diagnostics=diagnostics,
        warnings=found,
    )


def _familiar(seen: Sight) -> dict[str, float]:
    return {"strangeness": seen.strangeness}


def _squares(problem: Problem, latent: torch.Tensor) -> float:
    with torch.no_grad():
        residual = problem.residual(latent)
    return float(residual @ residual)


def _independent(problem: Problem) -> int:
    return sum(part.likelihood.number for part in problem.parts)


def _fit(problem: Problem, misfits: list[float]) -> dict[str, float]:
    return {"median chi2": float(np.median(misfits)) / _independent(problem)}


def _misfit(problem: Problem, misfits: list[float], settings: Settings) -> list[str]:
    number = _independent(problem)
    excess = (float(np.median(misfits)) - number) / math.sqrt(2 * number)
    if excess < _MISFIT:
        return []
    return [
        f"npe: the samples fit the data {excess:.0f} standard deviations worse than noise would"
        " let the truth; refine with weights or hmc"
    ]


INFERENCE = Neural()
