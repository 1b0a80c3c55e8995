"""Random fields of what flows away from a star: arcs, arms and lobes rather than clumps.

What leaves a star in one direction at one time stays together: its width along the flow keeps,
and its width across grows with the radius. So these fields are smooth in radius over a length
and in direction over an angle, both the same everywhere. Draws of a field that looks the same
everywhere, of `lineform.deprojection.spectra`, have blobs where winds have arcs and spirals.

A field is a sum of spherical harmonics whose coefficients are smooth random functions of radius.
"""

import math
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import torch
from scipy.special import sph_harm_y

from lineform.deprojection.base import Grid
from lineform.state import FloatArray

__all__ = ["ShellField"]

_DEGREES = 10
"""Greatest degree of a harmonic: details of 18 deg."""

_ANGLE = 0.4
"""Over which directions are alike [rad]; the power of degree l falls as (1 + (l angle)^2)^-2."""

_SPACING = 1 / math.sqrt(2)
"""Of the nodes over the length, as in `lineform.deprojection.spectra`."""

_MARGIN = 2.0
"""How far the nodes go beyond the corners, over the length."""

_CORNER = math.sqrt(3) / 2
"""Radius of the corners of a grid over its side."""


@dataclass(frozen=True)
class ShellField:
    """A normal random field that is as probable after every rotation about the middle.

    Parameters
    ----------
    grid : Grid
    lengths : tuple of float [1]
        Correlation lengths along the radius over the side of the grid.
    """

    grid: Grid
    lengths: tuple[float, ...]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        nodes = sum(len(_nodes(length)) for length in self.lengths)
        object.__setattr__(self, "size", nodes * len(_ORDERS))

    def __call__(self, latent: torch.Tensor, deviations: torch.Tensor) -> torch.Tensor:
        """The field (..., x, y, z) [1].

        Parameters
        ----------
        latent : (..., size) [1]
            Standard normal.
        deviations : (..., length) [1]
            Standard deviation of the part with each correlation length.
        """
        like = latent.dtype, latent.device
        along, which = _along(self.grid.cells, self.lengths, *like)
        harmonics = _harmonics(self.grid.cells, *like)
        whole = latent.shape[:-1]
        nodes = latent.reshape(*whole, -1, len(_ORDERS))
        coefficients = along @ (deviations[..., _length_of(self.lengths)][..., None] * nodes)
        # One octant, of each parity by itself; the others differ by the signs of the parities.
        terms = (coefficients[..., which, :] * harmonics).split(_PER_PARITY, dim=-1)
        octant = ((self.grid.cells + 1) // 2,) * 3
        octants = torch.stack([term.sum(-1) for term in terms])
        return _unfolded(octants.reshape(2, 2, 2, *whole, *octant), self.grid.cells)


def _parity(degree: int, order: int) -> tuple[bool, bool, bool]:
    """Whether a real harmonic changes its sign when x, y or z does; order < 0 is a sine."""
    sine, odd = order < 0, order % 2 == 1
    return sine != odd, sine, (degree + order) % 2 == 1


_ORDERS = sorted(
    [(degree, order) for degree in range(_DEGREES + 1) for order in range(-degree, degree + 1)],
    key=lambda pair: _parity(*pair),
)
"""Degree and order of each harmonic, those of a parity together."""

_PER_PARITY = [
    sum(_parity(*pair) == (x, y, z) for pair in _ORDERS)
    for x in (False, True)
    for y in (False, True)
    for z in (False, True)
]


def _nodes(length: float) -> FloatArray:
    reach = _CORNER + _MARGIN * length
    count = math.ceil((reach + _MARGIN * length) / (_SPACING * length)) + 1
    return (np.arange(count) * _SPACING - _MARGIN) * length


def _length_of(lengths: tuple[float, ...]) -> list[int]:
    """Number of the length that each node is of."""
    return [number for number, length in enumerate(lengths) for _ in _nodes(length)]


def _octant(cells: int) -> FloatArray:
    """Centres (cell, 3) [side] of the cells on the positive side of all axes."""
    axis = ((np.arange(cells) + 0.5) / cells - 0.5)[cells // 2 :]
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)


@cache
def _along(
    cells: int, lengths: tuple[float, ...], dtype: torch.dtype, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """By how much a node counts at each radius (radius, node), and the radius of each cell."""
    squares = np.rint((2 * cells * _octant(cells)) ** 2).sum(1)
    distinct, which = np.unique(squares, return_inverse=True)
    radius = np.sqrt(distinct) / (2 * cells)
    weights = [np.exp(-(((radius[:, None] - _nodes(s)) / s) ** 2)) for s in lengths]
    even = [weight / np.linalg.norm(weight, axis=1, keepdims=True) for weight in weights]
    with torch.inference_mode(False):
        matrix = torch.as_tensor(np.concatenate(even, 1))
        return matrix.to(dtype=dtype, device=device), torch.as_tensor(which, device=device)


@cache
def _harmonics(cells: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Real harmonics in the cells of an octant (cell, harmonic); squares sum to 1."""
    x, y, z = _octant(cells).T
    polar, azimuth = np.arctan2(np.hypot(x, y), z), np.arctan2(y, x)
    table = np.stack([_harmonic(*pair, polar, azimuth) for pair in _ORDERS], 1)
    power = np.array([(1 + (degree * _ANGLE) ** 2) ** -2.0 for degree, _ in _ORDERS])
    # The squares of the harmonics of a degree sum to the same in all directions.
    table *= np.sqrt(4 * math.pi * power / power.sum())
    # The middle has no direction.
    table[np.hypot(np.hypot(x, y), z) == 0] = [degree == 0 for degree, _ in _ORDERS]
    with torch.inference_mode(False):
        return torch.as_tensor(table).to(dtype=dtype, device=device)


def _harmonic(degree: int, order: int, polar: FloatArray, azimuth: FloatArray) -> FloatArray:
    value = sph_harm_y(degree, abs(order), polar, azimuth)
    if order == 0:
        return np.asarray(value.real)
    return np.asarray(math.sqrt(2) * (value.imag if order < 0 else value.real))


def _unfolded(octants: torch.Tensor, cells: int) -> torch.Tensor:
    """All cells (..., x, y, z) from an octant of each parity (2, 2, 2, ..., x, y, z)."""
    middle = cells % 2
    for axis in (-3, -2, -1):
        even, odd = octants.unbind(0)
        negative = (even - odd).narrow(axis, middle, cells // 2).flip(axis)
        octants = torch.cat([negative, even + odd], axis)
    return octants
