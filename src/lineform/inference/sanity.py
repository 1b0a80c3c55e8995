"""Looks for signs that a posterior is not to be believed, whatever method made it."""

import math

import torch

from lineform.deprojection.problem import Problem
from lineform.inference._linear import SMALL, Tangent
from lineform.inference.base import Draws

__all__ = ["coarse", "strained"]

_FAR = 4.0
"""Standard deviations of its prior at which a number is strange [1]."""

_MOVED = 1.0
"""Standard deviations of the posterior by which cells may move it [1]."""

_CHANGED = 0.3
"""Standard deviations of the noise by which cells may change a cube of many numbers [1]."""


_WARMTH = {"stellar_temperature", "temperature_exponent"}


def strained(problem: Problem, draws: Draws) -> list[str]:
    """Words on numbers that lie where their priors hardly allow them, and on fields of one line.

    Parameters
    ----------
    problem : Problem
    draws : Draws
    """
    if problem.size > SMALL:
        return _of_one_line(problem)
    weight = draws.weight.to(draws.latent)
    mean = weight @ draws.latent
    worst = float(mean.abs().max())
    if worst < _FAR:
        return []
    return [
        f"a number lies {worst:.1f} standard deviations of its prior from the middle: the model is"
        " strained, or the prior is wrong"
    ]


def _of_one_line(problem: Problem) -> list[str]:
    """Fields of an image of another code were off by ten of their widths, in a perfect fit."""
    lines = {part.measurement.line.name for part in problem.parts}
    free = _WARMTH & {quantity.name for quantity in problem.model.quantities}
    if len(lines) > 1 or not free:
        return []
    return [
        "one line: density and temperature may both be off by far more than their widths; give"
        " another line, or fix stellar_temperature and temperature_exponent"
    ]


def coarse(problem: Problem, finer: Problem, draws: Draws) -> list[str]:
    """Words on a grid whose cells change the result.

    Parameters
    ----------
    problem : Problem
    finer : Problem
        The same on a grid of more cells: with the same latent vector, and the same measurements.
    draws : Draws

    Notes
    -----
    With d the change of the residual, the posterior moves by (J^T J + 1)^-1 J^T d to first order;
    its length by the metric counts standard deviations of the combination of numbers that moves
    most.
    """
    latent = draws.latent[int(draws.weight.argmax())].to(problem.origin())
    with torch.no_grad():
        change = _residual(finer, latent) - _residual(problem, latent)
    rms = math.sqrt(float((change.double() ** 2).mean()))
    if problem.size > SMALL:
        if rms < _CHANGED:
            return []
        return [
            f"cells: with twice as many along a side the cube would change by {rms:.2g} of the"
            " noise; give more --cells, or a larger --model-error"
        ]
    slopes = Tangent(problem, latent).matrix().double()[:, : len(change)]
    metric = slopes @ slopes.T + torch.eye(len(latent), dtype=torch.float64)
    push = slopes @ change.double()
    moved = math.sqrt(float(push @ torch.linalg.solve(metric, push)))
    if moved < _MOVED:
        return []
    return [
        f"cells: with twice as many along a side the result would move by {moved:.1f} standard"
        " deviations; give more --cells, or a larger --model-error"
    ]


def _residual(problem: Problem, latent: torch.Tensor) -> torch.Tensor:
    """Of the measurements alone."""
    gas = problem.model.gas(latent)
    return torch.cat([part.likelihood.residual(part.telescope(gas)) for part in problem.parts])
