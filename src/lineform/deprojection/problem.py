"""A model and what was measured: residuals, and their derivatives, of a latent vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from lineform.deprojection.base import Gas, Model
from lineform.deprojection.likelihood import Likelihood
from lineform.measurement import Measurement

__all__ = ["Part", "Problem", "Telescope"]


class Telescope(Protocol):
    """From gas to what a telescope would measure."""

    def __call__(self, gas: Gas) -> torch.Tensor:
        """The cube (channel, y, x) [K]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One measured cube, what would be measured of a gas, and how the two are compared."""

    measurement: Measurement
    telescope: Telescope
    likelihood: Likelihood


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is to be inferred, and from what.

    The prior of the latent vector is standard normal, so that the posterior is proportional to
    exp(-`energy`).

    Parameters
    ----------
    model : Model
    parts : sequence of Part
    dtype : type of the latent vector
    device : str
        Where its tensors live.
    """

    model: Model
    parts: Sequence[Part]
    dtype: torch.dtype = torch.float32
    device: str = "cpu"

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return self.model.size

    def cubes(self, latent: torch.Tensor) -> list[torch.Tensor]:
        """What would be measured, (channel, y, x) [K] for each part."""
        gas = self.model.gas(latent)
        return [part.telescope(gas) for part in self.parts]

    def residual(self, latent: torch.Tensor) -> torch.Tensor:
        """Whitened differences of model and measurement, and what the prior adds, (any,) [1]."""
        gas = self.model.gas(latent)
        whitened = [part.likelihood.residual(part.telescope(gas)) for part in self.parts]
        return torch.cat([*whitened, self.model.residual(gas)])

    def traits(self, latent: torch.Tensor) -> torch.Tensor:
        """What samples are told apart by: means of the fields over eighths of the grid, (any,)."""
        with torch.no_grad():
            gas = self.model.gas(latent)
        fields = [*gas.density.values(), gas.temperature, *(gas.velocity / 1e3)]
        return torch.nn.functional.adaptive_avg_pool3d(torch.stack(fields), 2).flatten()

    def energy(self, latent: torch.Tensor) -> torch.Tensor:
        """Negative logarithm of the posterior, but for a constant, () [1]."""
        residual = self.residual(latent)
        return (residual @ residual + latent @ latent) / 2

    def origin(self) -> torch.Tensor:
        """The middle of the prior: a latent vector (size,) of zeros."""
        return torch.zeros(self.size, dtype=self.dtype, device=self.device)

    def draw(self, seed: int) -> torch.Tensor:
        """A latent vector (size,) from the prior."""
        generator = torch.Generator().manual_seed(seed)
        drawn = torch.randn(self.size, generator=generator, dtype=torch.float64)
        return drawn.to(self.origin())
