"""From samples of latent vectors to what is known of the gas: fields, numbers and fits."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from lineform.deprojection.base import Gas, Grid
from lineform.deprojection.problem import Part, Problem
from lineform.func.radiation import brightness_temperature
from lineform.inference.base import Draws
from lineform.posterior import (
    Field,
    Fit,
    Number,
    Posterior,
    correlations_of,
    field_of,
    fit_of,
    number_correlations_of,
    number_of,
)
from lineform.state import FloatArray

__all__ = ["Named", "posterior_of"]

_PRIOR_FIELDS = 64
"""Samples of the prior that the widths of fields are compared with."""

_PRIOR_NUMBERS = 2000
"""The same of numbers, which are cheap."""

_POOR = 1.05
_SURE = 5.0
"""Sum of squares over its expectation, and its standard errors, from which a fit is poor [1]."""

_PRIOR_SEED = 1_000_003


@dataclass(frozen=True, slots=True)
class Named:
    """How a posterior is called, and how it came about.

    Parameters
    ----------
    name, title : str
    distance : float [pc]
        That the grid is laid out for.
    settings : group -> name -> value
        As in `lineform.posterior.Posterior`.
    """

    name: str
    title: str
    distance: float
    settings: dict[str, dict[str, str | float]]


def posterior_of(problem: Problem, draws: Draws, named: Named) -> Posterior:
    """What samples say of the gas, and how they fit.

    Parameters
    ----------
    problem : Problem
    draws : Draws
    named : Named
    """
    weight = draws.weight.cpu().numpy().astype(float)
    fields = _fields(problem, draws.latent, weight)
    fits = _fits(problem, draws.latent, weight)
    numbers = _numbers(problem, draws.latent, weight)
    return Posterior(
        name=named.name,
        title=named.title,
        axes=(problem.model.grid.axis,) * 3,
        distance=named.distance,
        fields=fields,
        numbers=numbers,
        fits=fits,
        latent=draws.latent.cpu().numpy(),
        weight=weight,
        mode=draws.mode.cpu().numpy(),
        correlations=correlations_of(fields, weight),
        number_correlations=number_correlations_of(numbers, weight),
        evidence=float(draws.evidence),
        evidence_kind=draws.evidence_kind,
        diagnostics=dict(draws.diagnostics),
        warnings=draws.warnings,
        doubts=(*draws.doubts, *_misfits(fits)),
        settings=named.settings,
    )


def _prior(problem: Problem, number: int) -> Iterator[torch.Tensor]:
    return (problem.draw(_PRIOR_SEED + k) for k in range(number))


def _windows(problem: Problem) -> Iterator[torch.Tensor]:
    """Latent vectors (size,) of the prior for its numbers, of which each uses few elements.

    Windows of one row of random numbers: any element, and so any number, has other values in each
    of them. Only which number has which value in which window is not independent, and of that
    nothing is made.
    """
    generator = torch.Generator().manual_seed(_PRIOR_SEED)
    length = problem.size + _PRIOR_NUMBERS - 1
    row = torch.randn(length, generator=generator, dtype=torch.float64).to(problem.origin())
    return (row[k : k + problem.size] for k in range(_PRIOR_NUMBERS))


def _fields(problem: Problem, latents: torch.Tensor, weight: FloatArray) -> tuple[Field, ...]:
    here = _stacked(problem, latents)
    before = _stacked(problem, _prior(problem, _PRIOR_FIELDS))
    made = []
    # Each is given up once it is used: there may be gigabytes of them.
    for name in list(here):
        unit, description, logarithmic = _meaning(name)
        samples, prior = here.pop(name), before.pop(name)
        made.append(
            field_of(name, unit, description, samples, weight, prior, logarithmic=logarithmic)
        )
    return tuple(made)


def _meaning(name: str) -> tuple[str, str, bool]:
    """Unit, description, and whether its logarithm is what varies."""
    kind, _, rest = name.partition("_")
    if kind == "density":
        return "m-3", f"Molecules of {rest}.", True
    if kind == "velocity":
        where = {
            "x": "to the right (west)",
            "y": "up (north)",
            "z": "to the observer",
            "radial": "away from the star",
        }[rest]
        return "m/s", f"Velocity {where}, relative to the star.", False
    if kind == "temperature":
        return "K", "Temperature of the gas.", True
    return "m/s", "Most probable turbulent speed.", True


def _stacked(
    problem: Problem, latents: Sequence[torch.Tensor] | Iterator[torch.Tensor] | torch.Tensor
) -> dict[str, FloatArray]:
    """Name of each field -> its samples (sample, x, y, z)."""
    samples: dict[str, list[FloatArray]] = {}
    with torch.no_grad():
        for latent in latents:
            for name, values in _named(problem.model.gas(latent), problem.model.grid).items():
                samples.setdefault(name, []).append(values.cpu().numpy().astype(np.float32))
    return {name: np.stack(values) for name, values in samples.items()}


def _named(gas: Gas, grid: Grid) -> dict[str, torch.Tensor]:
    place = grid.position(gas.velocity) - gas.star.to(gas.velocity)[:, None, None, None]
    # A star in the middle of a cell has no direction there.
    distance = place.norm(dim=0).clamp(min=1e-6 * grid.side)
    return {
        **{f"density_{species}": density.exp() for species, density in gas.density.items()},
        "temperature": gas.temperature.exp(),
        **{f"velocity_{axis}": gas.velocity[k] for k, axis in enumerate("xyz")},
        "velocity_radial": (gas.velocity * place).sum(0) / distance,
        "turbulence": gas.turbulence.exp(),
    }


def _numbers(problem: Problem, latents: torch.Tensor, weight: FloatArray) -> tuple[Number, ...]:
    quantities = problem.model.quantities
    if not quantities:
        return ()
    with torch.no_grad():
        here = torch.stack([problem.model.numbers(latent) for latent in latents])
        before = torch.stack([problem.model.numbers(latent) for latent in _windows(problem)])
    return tuple(
        number_of(
            quantity.name,
            quantity.unit,
            quantity.description,
            quantity.prior,
            here[:, k].cpu().numpy().astype(float),
            weight,
            before[:, k].cpu().numpy().astype(float),
            logarithmic=quantity.logarithmic,
            period=quantity.period,
        )
        for k, quantity in enumerate(quantities)
    )


def _fits(problem: Problem, latents: torch.Tensor, weight: FloatArray) -> tuple[Fit, ...]:
    names = _names([part.measurement.line.name for part in problem.parts])
    return tuple(
        _fit(name, problem, part, latents, weight)
        for name, part in zip(names, problem.parts, strict=True)
    )


def _misfits(fits: Sequence[Fit]) -> list[str]:
    """Words on fits that noise alone does not explain."""
    found = []
    for fit in fits:
        ratio, number = fit.chi2.sum() / fit.dof.sum(), fit.dof.sum()
        if ratio > _POOR and ratio > 1 + _SURE * math.sqrt(2 / number):
            found.append(
                f"{fit.name}: chi^2 is {ratio:.2f} for each measurement, so the model lacks"
                " something and all widths are too small; allow for that with --model-error, more"
                " --cells, or another model"
            )
    return found


def _names(lines: Sequence[str]) -> list[str]:
    """One for each: a line that was measured twice gets a number."""
    return [
        line if lines.count(line) == 1 else f"{line}_{lines[:k].count(line) + 1}"
        for k, line in enumerate(lines)
    ]


def _fit(name: str, problem: Problem, part: Part, latents: torch.Tensor, weight: FloatArray) -> Fit:
    measurement = part.measurement
    kelvin = float(brightness_temperature(1.0, measurement.line.frequency))

    def cubes() -> Iterator[FloatArray]:
        with torch.no_grad():
            for latent in latents:
                yield part.telescope(problem.model.gas(latent)).cpu().numpy()

    found = fit_of(
        name,
        measurement.line,
        (measurement.velocity, measurement.x, measurement.y),
        measurement.intensity * kelvin,
        measurement.rms * kelvin,
        cubes(),
        weight,
        beams=measurement.beams,
        centre=measurement.centre,
        correlated=measurement.correlated,
        source=measurement.source,
        remarks=measurement.remarks,
    )
    mean = torch.as_tensor(found.model).to(part.likelihood.data)
    chi2, number = part.likelihood.by_channel(mean)
    return replace(found, chi2=chi2.cpu().double().numpy(), dof=number.cpu().double().numpy())
