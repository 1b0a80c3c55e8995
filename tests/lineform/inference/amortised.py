"""A linear simulator whose posteriors are known, and problems of the same cubes."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from lineform.deprojection.base import Gas, Grid, Model, Quantity
from lineform.deprojection.likelihood import likelihood_of
from lineform.deprojection.problem import Part, Problem
from lineform.func.radiation import brightness_temperature
from lineform.inference.layout import Layout
from lineform.measurement import Measurement
from lineform.species import linear_rotor

LINE = linear_rotor("CO").line("2-1")
LAYOUT = Layout(
    line="CO 2-1",
    frequency=LINE.frequency,
    pixels=4,
    pixel=0.1,
    channels=4,
    channel=1.0,
    first=-1.5,
    beam=(0.0, 0.0),
    elongation=1.0,
    noise=(1.0, 1.0),
)


@cache
def maps() -> torch.Tensor:
    """Cubes (latent, channel, y, x) [K] of which the sky is the sum."""
    generator = torch.Generator().manual_seed(1)
    return 0.4 * torch.randn(2, *LAYOUT.shape, generator=generator, dtype=torch.float64)


class Patterns:
    """A simulator: two patterns, as bright as the two latent numbers say."""

    layout = LAYOUT
    size = 2
    quantities = (Quantity("one", "K", "The first.", "normal"), Quantity("two", "", "", "normal"))

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        return latent

    def sky(self, latent: torch.Tensor) -> torch.Tensor:
        return torch.einsum("k,kcyx->cyx", latent, maps())

    def settings(self) -> dict:
        return {"side": 1.0, "made": PatternModel().settings()}


@dataclass(frozen=True)
class PatternModel:
    """The same as a model whose gas is its latent vector."""

    systemic: float = 0.0
    name = "patterns"
    grid = Grid(4, 1.0)
    size = 2
    quantities = Patterns.quantities

    def gas(self, latent: torch.Tensor) -> Gas:
        return Gas({}, latent, latent, latent, latent, latent)

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        return latent

    def residual(self, gas: Gas) -> torch.Tensor:
        return gas.temperature.new_zeros(0)

    def mirrors(self, latent: torch.Tensor) -> list:
        return []

    def settings(self) -> dict:
        return {"model": self.name, "systemic_velocity": f"fixed {self.systemic:g}"}


def measured(latent: torch.Tensor, seed: int = 3, rms: float = 1.0) -> Measurement:
    """The sky of a latent vector, with noise [K]."""
    kelvin = float(brightness_temperature(1.0, LINE.frequency))
    noise = rms * np.random.default_rng(seed).standard_normal(LAYOUT.shape)
    return Measurement(
        line=LINE,
        velocity=LAYOUT.velocity,
        channel=LAYOUT.channel,
        x=LAYOUT.offsets,
        y=LAYOUT.offsets,
        intensity=(Patterns().sky(latent).numpy() + noise) / kelvin,
        rms=np.full((1, 1, 1), rms / kelvin),
        source="patterns",
    )


def problem(measurement: Measurement, model: Model | None = None) -> Problem:
    """What is to be inferred from it."""
    like = torch.zeros((), dtype=torch.float64)
    part = Part(
        measurement,
        lambda gas: Patterns().sky(gas.temperature),
        likelihood_of(measurement, like),
    )
    return Problem(model or PatternModel(), [part], torch.float64)


def exact(measurement: Measurement) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Mean and covariance of the posterior, and the logarithm of the evidence."""
    matrix = maps().flatten(1)
    kelvin = float(brightness_temperature(1.0, LINE.frequency))
    data = torch.as_tensor(measurement.intensity * kelvin).flatten()
    covariance = torch.linalg.inv(matrix @ matrix.T + torch.eye(2))
    mean = covariance @ (matrix @ data)
    energy = float(problem(measurement).energy(mean))
    return mean, covariance, -energy + float(torch.logdet(covariance)) / 2
