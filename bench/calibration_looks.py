"""What a calibration looks at in the gas of latent vectors, and where the truth lies in it."""

import math
from collections.abc import Callable

import numpy as np
import torch

from lineform.deprojection.base import Model
from lineform.deprojection.problem import Problem
from lineform.inference.base import Draws
from lineform.inference.diagnostics import levels
from lineform.state import FloatArray

__all__ = ["averages", "fields", "levels_of", "spread"]


def levels_of(
    of: Callable[[torch.Tensor], torch.Tensor], truth: torch.Tensor, draws: Draws, seed: int
) -> FloatArray:
    """Where the truth lies among draws, in each number that a function gives of either."""
    with torch.no_grad():
        own = of(truth).numpy()
        other = torch.func.vmap(of)(draws.latent).numpy()
    return levels(own, other, seed, draws.weight.numpy())


def spread(model: Model, latent: torch.Tensor) -> FloatArray:
    """Numbers of the model for latent vectors (any, size), of similar spread: (any, number).

    Angles by their cosines and sines.
    """
    with torch.no_grad():
        values = torch.func.vmap(model.numbers)(latent).numpy().T
    found = []
    for quantity, value in zip(model.quantities, values, strict=True):
        if quantity.period:
            angle = 2 * math.pi * value / quantity.period
            found += [np.cos(angle), np.sin(angle)]
        else:
            found.append(np.log(value) if quantity.logarithmic else value)
    return np.stack(found, axis=1)


def averages(problem: Problem, latent: torch.Tensor) -> FloatArray:
    """Means of the fields over eighths of the sky and depth, for latent vectors (any, size)."""
    with torch.no_grad():
        found = torch.func.vmap(lambda each: fields(problem, each))(latent).numpy()
    place = problem.model.grid.position(latent)
    wind = (place**2).sum(0) < (problem.model.grid.side / 2) ** 2
    octant = ((place[:, wind] > 0).to(latent) * torch.tensor([[4.0], [2.0], [1.0]])).sum(0).numpy()
    means = [found[:, :, octant == each].mean(axis=2) for each in range(8)]
    return np.stack(means, axis=2).reshape(len(latent), -1)


def fields(problem: Problem, latent: torch.Tensor) -> torch.Tensor:
    """Logarithms of density, speed and temperature (3, cell) of the cells within the wind."""
    gas = problem.model.gas(latent)
    place = problem.model.grid.position(latent)
    wind = (place**2).sum(0) < (problem.model.grid.side / 2) ** 2
    speed = gas.velocity.square().sum(0).log() / 2
    return torch.stack([gas.density["CO"][wind], speed[wind], gas.temperature[wind]])
