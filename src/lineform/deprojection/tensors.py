"""The forward model on tensors, for devices that compiled loops do not reach.

The physics of `lineform.func`, as the plain engine has it (`lineform.synthesis.array`), with the
derivatives that PyTorch finds. Rays are followed in portions, in which the intensities are computed
again for a gradient, so that the memory does not grow with the image.
"""

from collections.abc import Sequence

import numpy as np
import torch

from lineform.deprojection.base import Grid
from lineform.func.opacity import doppler_width, line_absorption
from lineform.func.populations import boltzmann_fraction
from lineform.func.radiation import brightness_temperature, planck
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.array import line_transfer
from lineform.synthesis.base import Medium
from lineform.synthesis.lines import LineSet, PartitionTable, line_sets
from lineform.synthesis.places import Places

__all__ = ["TensorOperator"]

_ROOM = 2**29
"""That a portion of the rays may take for its gradient [byte]."""

_KEPT = 48
"""Numbers that are kept for each cell, channel and ray of a line, at most."""


class TensorOperator:
    """An operator on tensors of any device that knows double precision.

    Parameters
    ----------
    grid, lines, offsets, velocity, background :
        As in `lineform.deprojection.forward.forward_of`.
    room : int [byte]
        That a portion of the rays may take for its gradient.
    """

    def __init__(
        self,
        grid: Grid,
        lines: Sequence[tuple[Molecule, Line]],
        offsets: FloatArray,
        velocity: FloatArray,
        background: float,
        room: int = _ROOM,
    ) -> None:
        places = Places.of(grid.cells, grid.side, offsets)
        pixels, number = len(offsets), grid.cells
        right = places.corner[0, :pixels]
        self._across = [_matrix(right, places.aside[k, :pixels], number) for k in (0, 2)]
        turns = slice(1, None, 2), slice(0, None, 2)
        self._along = [_matrix(places.level[t], places.along[t], number) for t in turns]
        self._length = torch.from_numpy(places.length).reshape(pixels, pixels)
        self._sets = line_sets(lines, background)
        self._velocity = torch.from_numpy(velocity)
        self._order = np.argsort([k for each in self._sets for k in each.place]).tolist()
        row = _KEPT * 8 * 2 * number * len(velocity) * pixels * len(lines)
        rows = max(1, room // row)
        self._rows = [slice(k, min(k + rows, pixels)) for k in range(0, pixels, rows)]

    @property
    def molecules(self) -> Sequence[str]:
        """Names of the molecules whose densities the fields hold, in their order."""
        return [each.molecule.name for each in self._sets]

    def cubes(self, fields: torch.Tensor) -> torch.Tensor:
        """Brightness (line, channel, y, x) [K] less that of the background."""
        with torch.no_grad():
            return torch.cat([self._part(fields, rows) for rows in self._rows], dim=2)

    def adjoint(self, fields: torch.Tensor, seed: torch.Tensor) -> torch.Tensor:
        """Gradient of a scalar by the fields (field, x, y, z), from that by the cubes."""
        total = torch.zeros_like(fields)
        for rows in self._rows:
            with torch.enable_grad():
                leaf = fields.detach().requires_grad_()
                part = self._part(leaf, rows)
            total += torch.autograd.grad(part, leaf, seed[:, :, rows].to(part))[0]
        return total

    def tangent(self, fields: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """Change of the cubes (line, channel, y, x) [K] with that of the fields."""
        # The gradient of the gradient by its seed: levels of PyTorch's forward mode do not nest.
        parts = []
        for rows in self._rows:
            with torch.enable_grad():
                leaf = fields.detach().requires_grad_()
                part = self._part(leaf, rows)
                seed = torch.zeros_like(part, requires_grad=True)
                (gradient,) = torch.autograd.grad(part, leaf, seed, create_graph=True)
            parts.append(torch.autograd.grad(gradient, seed, change.to(fields))[0])
        return torch.cat(parts, dim=2)

    def _part(self, fields: torch.Tensor, rows: slice) -> torch.Tensor:
        """Some rows of the cubes (line, channel, row, x)."""
        edges = self._on_rays(fields[:1], rows, 1)[0]
        temperature, turbulence, *densities = self._on_rays(fields[1:], rows, 0)
        length = self._length[rows].to(fields.device).flatten()
        dark, velocity = torch.zeros_like(edges[0]), self._velocity.to(edges)
        cubes = []
        for each, density in zip(self._sets, densities, strict=True):
            # Populations in double precision, as the source less the background has to be.
            kelvin, column = temperature.double().exp(), density.double().exp() * length
            width = doppler_width(kelvin, turbulence.double(), each.molecule.mass).to(edges)
            media = [_medium(each, k, kelvin, column, edges) for k in range(len(each.place))]
            cubes += line_transfer(edges, width, media, velocity, dark)
        number = rows.stop - rows.start
        stacked = torch.stack([cubes[k] for k in self._order])
        return stacked.reshape(*stacked.shape[:2], number, -1)

    def _on_rays(self, fields: torch.Tensor, rows: slice, kind: int) -> torch.Tensor:
        """Fields (field, place, ray) in the middles (kind 0) or at the ends (1) of cells."""
        across, along = (each[kind].to(fields) for each in (self._across, self._along))
        sampled = torch.einsum("px,fxyz->fpyz", across, fields)
        sampled = torch.einsum("qy,fpyz->fqpz", across[rows], sampled)
        return torch.einsum("cz,fqpz->fcqp", along, sampled).flatten(2)


def _matrix(corner: np.ndarray, aside: FloatArray, number: int) -> torch.Tensor:
    """Linear interpolation as a matrix (place, point)."""
    matrix = np.zeros((len(corner), number))
    np.put_along_axis(matrix, corner[:, None], 1 - aside[:, None], 1)
    np.put_along_axis(matrix, corner[:, None] + 1, aside[:, None], 1)
    return torch.from_numpy(matrix)


def _medium(
    each: LineSet, k: int, kelvin: torch.Tensor, column: torch.Tensor, like: torch.Tensor
) -> Medium:
    """What a line does to light; see `lineform.synthesis.media`."""
    molecule, line = each.molecule, each.lines[k]
    states, energy = molecule.weight[line.lower], float(molecule.energy[line.lower])
    fraction = boltzmann_fraction(kelvin, _partition(kelvin, each.table), energy, states)
    ratio = float(molecule.weight[line.upper] / states)
    strength = line_absorption(fraction * column, kelvin, line.frequency, line.einstein_a, ratio)
    brightness = brightness_temperature(planck(line.frequency, kelvin), line.frequency)
    source = brightness - float(each.constants[k, 3])
    return Medium(strength.to(like), source.to(like))


def _partition(kelvin: torch.Tensor, table: PartitionTable) -> torch.Tensor:
    first, steps, entries = table
    sums = torch.from_numpy(entries).to(kelvin)
    place = ((kelvin.log() - first) * steps).clamp(0, len(sums) - 1)
    k = place.detach().long().clamp(max=len(sums) - 2)
    return (sums[k] + (place - k) * (sums[k + 1] - sums[k])).exp()
