"""Smooth random fields on a grid, from independent standard normal numbers.

A field is a sum over a few correlation lengths. For each, normal numbers on a lattice of nodes are
smoothed by a Gaussian; what comes out is normal with the covariance exp(-d^2 / 2 l^2). The
Gaussian is a product of three, one along each axis, so that the smoothing is three small matrix
products: exact at the edges of the grid, where a Fourier transform would join opposite sides or
need many more numbers. Several lengths together make a spectrum that falls like a power law.

The nodes are the same whatever the cells of the grid: one latent vector describes the same field
on a coarse grid and on a fine one.
"""

import math
from dataclasses import dataclass, field
from functools import cache

import torch

from lineform.deprojection.base import Grid

__all__ = ["SmoothField"]

_SPACING = 1 / math.sqrt(2)
"""Of the nodes over the correlation length: the variance between them is even within 1e-4."""

_MARGIN = 2.0
"""How far the nodes go beyond the grid, over the correlation length."""


@dataclass(frozen=True)
class SmoothField:
    """A normal random field that looks the same everywhere and in all directions.

    Parameters
    ----------
    grid : Grid
    lengths : tuple of float [1]
        Correlation lengths over the side of the grid.

    Notes
    -----
    Smoothing white noise by exp(-d^2 / l^2) gives a covariance exp(-d^2 / 2 l^2), for a product
    of two such Gaussians, integrated over the place of the noise, is a Gaussian of their distance.
    """

    grid: Grid
    lengths: tuple[float, ...]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(_nodes(length) ** 3 for length in self.lengths))

    def __call__(self, latent: torch.Tensor, deviations: torch.Tensor) -> torch.Tensor:
        """The field (..., x, y, z) [1].

        Parameters
        ----------
        latent : (..., size) [1]
            Standard normal numbers.
        deviations : (..., length) [1]
            Standard deviation of the part with each correlation length.
        """
        parts = latent.split([_nodes(length) ** 3 for length in self.lengths], dim=-1)
        total = latent.new_zeros(())
        pairs = zip(parts, self.lengths, deviations.unbind(-1), strict=True)
        for part, length, deviation in pairs:
            # Times the matrix, not the field: it is the smaller of the two.
            matrix = self._matrix(length, latent)
            total = total + _smoothed(part, matrix, deviation[..., None, None] * matrix)
        return total

    def _matrix(self, length: float, like: torch.Tensor) -> torch.Tensor:
        return _gaussian(self.grid.cells, length, like.dtype, like.device)


def _nodes(length: float) -> int:
    return math.ceil((1 / length + 2 * _MARGIN) / _SPACING) + 1


def _smoothed(noise: torch.Tensor, matrix: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """Noise on nodes (..., node^3), along each axis by a matrix (cell, node): (..., x, y, z).

    That along x is `first` (..., cell, node).
    """
    cells, nodes = matrix.shape
    whole = noise.shape[:-1]
    along_x = (first @ noise.reshape(*whole, nodes, nodes * nodes)).reshape(
        *whole, cells, nodes, nodes
    )
    return torch.matmul(matrix, along_x) @ matrix.T


@cache
def _gaussian(cells: int, length: float, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """By how much a node counts in a cell (cell, node); squares sum to 1 over the nodes."""
    with torch.inference_mode(False):
        cell = (torch.arange(cells, dtype=torch.float64) + 0.5) / cells - 0.5
        count = _nodes(length)
        node = (torch.arange(count, dtype=torch.float64) - (count - 1) / 2) * _SPACING * length
        weight = torch.exp(-(((cell[:, None] - node) / length) ** 2))
        return (weight / weight.norm(dim=1, keepdim=True)).to(dtype=dtype, device=device)
