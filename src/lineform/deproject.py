"""From measured cubes to a posterior file: read, arrange, infer, write."""

import hashlib
import json
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lineform import __version__
from lineform.constants import CMB_TEMPERATURE
from lineform.deprojection.accuracy import device_called, numbers_of
from lineform.deprojection.arrangement import Arrangement, Wishes, arranged
from lineform.deprojection.families import Request, check_model, make_model
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.priors import Prior, prior_from
from lineform.deprojection.problem import Problem
from lineform.errors import ConfigError
from lineform.inference.base import Draws, Inference, Settings
from lineform.inference.modes import explored, likely_starts, work_of
from lineform.inference.results import Named, posterior_of
from lineform.inference.running import Checkpoint, method_called, seconds_of_gradient, watched
from lineform.inference.sanity import coarse, strained
from lineform.linelist import line_list
from lineform.measurement import Measurement, Reading, read_measurements
from lineform.measurement.binning import binned
from lineform.measurement.memory import advice, free_memory, size_in_words
from lineform.measurement.understood import understood
from lineform.posterior import Posterior
from lineform.readers.lamda import read_lamda
from lineform.species import Molecule

__all__ = ["Expected", "Plan", "Prepared", "prepare"]

_LIBRARIES = ("h5py", "numba", "numpy", "nutpie", "scipy", "torch", "zuko")
_SMALL = 64
"""Latent numbers up to which double precision and several starts cost nothing that matters."""

_STARTS = 6
"""From which the modes of a small problem are searched."""

_METHOD, _METHOD_OF_FIELDS = "vi", "smc"
"""If none is given. Weighted samples of a small problem are exact in little time; of fields `vi` is
too narrow."""

_SAMPLES, _SAMPLES_OF_FIELDS = 100, 40
"""Drawn if no number is given. Of a small problem they cost less than the search; of fields each
is a solution of its own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deprojection is asked to do.

    Parameters
    ----------
    cubes : tuple of Path
        Each with one line or several; all of one star.
    model, method : str
        See `lineform.deprojection.families.model_names` and
        `lineform.inference.running.method_names`; no method for the usual one of such a model.
    reading : Reading
    wishes : Wishes
    settings : Settings
        With 0 samples for as many as is usual.
    abundances : name of molecule -> number per H2
    priors : name of a number -> text of its prior
    options : name -> text
        Whatever else the model understands.
    model_error : float [1]
        See `lineform.deprojection.likelihood.likelihood_of`.
    bin_channels : int
        Channels that are averaged.
    background : float [K]
    starts : int
        From which modes are searched; 0 for as many as the method takes.
    precision : str
        ``single``, ``double``, or ``auto`` for double where that is cheap.
    device : str
        Of PyTorch, or ``auto`` for a GPU if there is one.
    """

    cubes: tuple[Path, ...]
    model: str
    method: str
    reading: Reading = Reading()  # noqa: RUF009 (frozen)
    wishes: Wishes = Wishes()  # noqa: RUF009 (frozen)
    settings: Settings = Settings()  # noqa: RUF009 (frozen)
    abundances: Mapping[str, float] = field(default_factory=dict)
    priors: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    model_error: float = 0.0
    bin_channels: int = 1
    background: float = CMB_TEMPERATURE
    starts: int = 0
    precision: str = "auto"
    device: str = "auto"


class Expected(NamedTuple):
    """How long a run is going to take."""

    seconds: float
    """If the posterior has one mode [s]."""
    each_further: float
    """For each mode beyond the first [s]; 0 where modes make no difference."""
    modes: int
    """That the mirror images of the model may make; a search may find others too."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All that a run needs, checked.

    Parameters
    ----------
    plan : Plan
    arrangement : Arrangement
    problem : Problem
    method : Inference
    remarks : tuple of str
        What was understood, for the user to read before anything starts.
    """

    plan: Plan
    arrangement: Arrangement
    problem: Problem
    method: Inference
    remarks: tuple[str, ...]

    @property
    def starts(self) -> int:
        """From how many latent vectors modes are searched."""
        return self.plan.starts or (_STARTS if self.problem.size <= _SMALL else 1)

    def expected(self, left: float = math.nan) -> Expected:
        """How long the run is going to take, by the time of a gradient.

        Parameters
        ----------
        left : float
            Work that is left of a run that goes on, in gradients; NaN of one that is new.
        """
        settings, gradient = self.plan.settings, seconds_of_gradient(self.problem)
        if not math.isnan(left):
            return Expected(gradient * left, 0.0, 1)
        each = gradient * self.method.work(self.problem, settings)
        if not self.method.local:
            return Expected(each, 0.0, 1)
        one = gradient * work_of(self.problem, self.method, settings, self.starts)
        images = len(self.problem.model.mirrors(self.problem.origin()))
        return Expected(one, each, 1 + images)

    def fingerprint(self) -> str:
        """Of all that the result depends on."""
        return hashlib.sha256(json.dumps(self.settings(), sort_keys=True).encode()).hexdigest()

    def settings(self) -> dict[str, dict[str, str | float]]:
        """All that is needed to repeat the run, by groups."""
        plan = self.plan
        return {
            "run": {
                "model": plan.model,
                "method": plan.method,
                **_words(plan.settings),
                "starts": self.starts,
                "precision": str(self.problem.dtype).removeprefix("torch."),
                "device": self.problem.device,
                "model_error": plan.model_error,
                "bin_channels": plan.bin_channels,
                "background": plan.background,
                "cells": self.arrangement.grid.cells,
                "side": self.arrangement.grid.side,
            },
            "reading": _words(plan.reading),
            "wishes": _words(plan.wishes),
            "model": dict(self.problem.model.settings()),
            "options": dict(plan.options),
            "versions": _versions(),
            "inputs": self._inputs(),
        }

    def _inputs(self) -> dict[str, str | float]:
        files: dict[str, str | float] = {path.name: _digest(path) for path in self.plan.cubes}
        for number, each in enumerate(self.arrangement.measurements, 1):
            files[f"line {number}"] = (
                f"{each.line.name} at {each.line.frequency / 1e9:.9g} GHz, rms"
                f" {_typical_rms(each):.6g} W m-2 Hz-1 sr-1"
            )
        return files

    def draws(
        self, checkpoint: Checkpoint | None, progress: Callable[[float, float], None]
    ) -> Draws:
        """Samples of the posterior.

        Raises
        ------
        ConfigError
            If the method cannot do with the problem.
        """
        settings, watch = self.plan.settings, watched(checkpoint, progress)
        if not self.method.local:
            return self.method.draws(self.problem, self.problem.origin(), settings, watch)
        starts = likely_starts(self.problem, self.starts, settings.seed)
        return explored(self.problem, self.method, settings, watch, starts)

    def posterior(self, draws: Draws, name: str) -> Posterior:
        """What the samples say."""
        lines = ", ".join(
            dict.fromkeys(
                f"{each.line.species} {each.line.transition}"
                for each in self.arrangement.measurements
            )
        )
        title = f"{self.plan.model.capitalize().replace('_', ' ')} wind from {lines}"
        named = Named(name, title, self.arrangement.frame.laid_out, self.settings())
        found = strained(self.problem, draws) + coarse(self.problem, self._finer(), draws)
        warned = replace(draws, warnings=(*draws.warnings, *found))
        return posterior_of(self.problem, warned, named)

    def _finer(self) -> Problem:
        """The same with twice as many cells along each side of the grid."""
        grid = replace(self.arrangement.grid, cells=2 * self.arrangement.grid.cells)
        priors = {name: prior_from(text) for name, text in self.plan.priors.items()}
        return _problem(self.plan, replace(self.arrangement, grid=grid), priors)


def prepare(plan: Plan) -> Prepared:
    """Read, check and arrange everything; nothing that takes long.

    Raises
    ------
    LineformError
        If something cannot be read, understood or done.
    """
    if plan.method:
        method_called(plan.method)
    check_model(plan.model)
    priors = {name: prior_from(text) for name, text in plan.priors.items()}
    _check_once(plan.cubes)
    if not plan.background > 0:
        raise ConfigError("background", expected="above 0 K", seen=f"{plan.background:g} K")
    measurements = [each for path in plan.cubes for each in read_measurements(path, plan.reading)]
    fewer = [binned(each, 1, plan.bin_channels) for each in measurements]
    arrangement = arranged(fewer, plan.wishes)
    sizes = _sizes(plan, arrangement)
    problem = _problem(plan, arrangement, priors)
    plan = _with_usual(plan, small=problem.size <= _SMALL)
    method = method_called(plan.method)
    method.check(problem, plan.settings)
    remarks = [text for each in arrangement.measurements for text in understood(each)]
    remarks += [*arrangement.remarks, *sizes, *_about(problem)]
    return Prepared(plan, arrangement, problem, method, tuple(remarks))


def _with_usual(plan: Plan, *, small: bool) -> Plan:
    """With the usual method and number of samples where none are given."""
    method = plan.method or (_METHOD if small else _METHOD_OF_FIELDS)
    samples = plan.settings.samples or (_SAMPLES if small else _SAMPLES_OF_FIELDS)
    return replace(plan, method=method, settings=replace(plan.settings, samples=samples))


def _check_once(cubes: Sequence[Path]) -> None:
    """Refuse a cube that is given twice: it would count as two measurements."""
    sizes = [path.stat().st_size for path in cubes]
    alike = [path for path, size in zip(cubes, sizes, strict=True) if sizes.count(size) > 1]
    digests = [_digest(path) for path in alike]
    twice = [path for path, seen in zip(alike, digests, strict=True) if digests.count(seen) > 1]
    if twice:
        raise ConfigError(
            "cubes",
            expected="each once",
            seen=f"{' and '.join(path.name for path in twice)}, which are the same",
            way_out="leave out all but one of them",
        )


def _sizes(plan: Plan, arrangement: Arrangement) -> list[str]:
    """How cubes are best binned, in words; refused before anything is made of one too large."""
    told = []
    for each in arrangement.measurements:
        found = advice(each, arrangement.grid.cells, plan.reading.memory)
        limit = plan.reading.memory or free_memory()
        if found.need > limit:
            raise ConfigError(
                f"size of {each.line.name}",
                expected=f"what {size_in_words(limit)} of memory hold",
                seen=size_in_words(found.need),
                way_out=found.words,
                where=each.source,
            )
        told += [f"size: {found.words}"] if found.words else []
    return told


def _problem(plan: Plan, arrangement: Arrangement, priors: Mapping[str, Prior]) -> Problem:
    molecules = _molecules(arrangement.measurements, plan)
    species = {molecule.name: plan.abundances.get(molecule.name) for molecule in molecules}
    _check_abundances(plan, species)
    model = make_model(
        Request(
            model=plan.model,
            grid=arrangement.grid,
            species=species,
            frame=arrangement.frame,
            priors=priors,
            options=plan.options,
            # The usual method of fields samples the posterior as a whole.
            sampled=not plan.method or not method_called(plan.method).local,
        )
    )
    return problem_of(
        model,
        list(zip(arrangement.measurements, molecules, strict=True)),
        arrangement.frame.laid_out,
        model_error=plan.model_error,
        background=plan.background,
        dtype=numbers_of(plan.precision, cheap=model.size <= _SMALL),
        device=device_called(plan.device),
    )


def _molecules(measurements: Sequence[Measurement], plan: Plan) -> list[Molecule]:
    """The molecule of each measurement."""
    wanted = [f"{each.line.species} {each.line.transition}" for each in measurements]
    used = {each.line.species for each in measurements}
    lamda = [
        (name, path) for name, path in plan.reading.lamda if (name or read_lamda(path).name) in used
    ]
    lines = line_list(list(dict.fromkeys(wanted)), lamda).lines
    called = {molecule.name: molecule for molecule in lines}
    return [called[each.line.species] for each in measurements]


def _check_abundances(plan: Plan, species: Mapping[str, float | None]) -> None:
    for name in sorted(set(plan.abundances) - set(species)):
        raise ConfigError(
            "abundance", expected=f"that of {', '.join(sorted(species))}, whose lines there are",
            seen=name,
        )  # fmt: skip


def _about(problem: Problem) -> list[str]:
    """The model and its priors, in words."""
    data = sum(part.likelihood.number for part in problem.parts)
    priors = [
        f"  {quantity.name}: {quantity.prior}{f' {quantity.unit}' if quantity.unit else ''}"
        for quantity in problem.model.quantities
    ]
    return [
        f"model: {problem.model.name}, {problem.size} latent numbers;"
        f" {data} independent measurements",
        *priors,
    ]


def _typical_rms(measurement: Measurement) -> float:
    return float(np.nanmedian(measurement.rms))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"SHA-256 {hashlib.file_digest(file, 'sha256').hexdigest()}"


def _words(options: Settings | Reading | Wishes) -> dict[str, str | float]:
    """Options as numbers and texts; a file by what is in it."""
    return {each.name: _word(getattr(options, each.name)) for each in fields(options)}


def _word(value: object) -> str | float:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Path):
        return f"{value.name}, {_digest(value)}"
    if isinstance(value, tuple):
        return "; ".join(str(_word(each)) for each in value)
    return "" if value is None else str(value)


def _versions() -> dict[str, str | float]:
    found: dict[str, str | float] = {
        "lineform": __version__,
        "python": platform.python_version(),
    }
    for name in _LIBRARIES:
        # Some are only needed by some methods.
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
