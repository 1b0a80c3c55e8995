"""Small problems with the face of a deprojection, whose posteriors are known."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Linear:
    """residual = matrix latent - data; the posterior is normal.

    With `bend`, the latent numbers are first turned into x + bend x^2 / 2 of x.
    """

    matrix: torch.Tensor
    data: torch.Tensor
    bend: float = 0.0
    dtype: torch.dtype = torch.float64
    device: str = "cpu"

    @property
    def size(self) -> int:
        return self.matrix.shape[1]

    def residual(self, latent: torch.Tensor) -> torch.Tensor:
        return self.matrix @ (latent + self.bend * latent**2 / 2) - self.data

    def traits(self, latent: torch.Tensor) -> torch.Tensor:
        return latent

    def energy(self, latent: torch.Tensor) -> torch.Tensor:
        residual = self.residual(latent)
        return (residual @ residual + latent @ latent) / 2

    def origin(self) -> torch.Tensor:
        return torch.zeros(self.size, dtype=self.dtype)

    def metric(self) -> torch.Tensor:
        return self.matrix.T @ self.matrix + torch.eye(self.size, dtype=self.dtype)

    def mean(self) -> torch.Tensor:
        return torch.linalg.solve(self.metric(), self.matrix.T @ self.data)

    def log_evidence(self) -> float:
        mean = self.mean()
        return float(-self.energy(mean) - torch.logdet(self.metric()) / 2)


def linear(
    size: int,
    data: int,
    strength: float,
    bend: float = 0.0,
    dtype: torch.dtype = torch.float64,
    seed: int = 1,
) -> Linear:
    """A problem with a truth from the prior and noise of 1."""
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(data, size, generator=generator, dtype=torch.float64)
    # Directions that are measured well, and some that are hardly measured.
    matrix = strength * matrix * torch.logspace(0, -2, size, dtype=torch.float64) / size**0.5
    truth = torch.randn(size, generator=generator, dtype=torch.float64)
    noise = torch.randn(data, generator=generator, dtype=torch.float64)
    seen = matrix @ (truth + bend * truth**2 / 2) + noise
    return Linear(matrix.to(dtype), seen.to(dtype), bend, dtype)


@dataclass(frozen=True)
class Steep:
    """Exponentials that overflow at wild latents: exp of the latents against 1, noise 0.1."""

    size: int = 3
    dtype: torch.dtype = torch.float32
    device: str = "cpu"

    def residual(self, latent: torch.Tensor) -> torch.Tensor:
        return (torch.exp(8 * latent) - 1) / 0.1

    def origin(self) -> torch.Tensor:
        return torch.zeros(self.size, dtype=self.dtype)
