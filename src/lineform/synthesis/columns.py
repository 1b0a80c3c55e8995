"""Cubes of a gas on a cubic grid that stands along the sky, and their derivatives, made often.

The physics of `lineform.synthesis.fast`, with all that does not depend on the gas prepared once:
rays run with the last axis of the grid, so that the places along them are the same for all.
Densities are interpolated in their logarithm. Intensities are in kelvin (Rayleigh-Jeans), of
which the transfer, being linear in them, takes no notice.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from lineform.constants import BOLTZMANN
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.fast import kernels
from lineform.synthesis.lines import LineSet, line_sets
from lineform.synthesis.places import Places
from lineform.synthesis.threads import in_threads

__all__ = ["Columns"]

_RAYS_AT_ONCE = 256
"""What is known about the cells of so many rays fits the caches."""

_Pair: TypeAlias = tuple[FloatArray, FloatArray]


class _Strip(NamedTuple):
    """Some of the rays, and the gas along them."""

    rays: slice
    edges: FloatArray
    """Velocity away from the observer (cell + 1, ray) [m s-1]."""
    middles: FloatArray
    """The other fields (field, cell, ray)."""


class _Media(NamedTuple):
    """What molecules do to the light of their lines, and how it changes with the temperature."""

    gas: tuple[FloatArray, FloatArray, FloatArray, FloatArray]
    """Recession, width, strength and source, as the kernels have them."""
    slopes: _Pair
    """Of the logarithm of the strength and of the source, by that of the temperature."""


class Columns:
    """The way from the gas to cubes and back, for one layout of grid, image, channels and lines.

    Fields are given together, (field, x, y, z): the velocity away from the observer [m s-1], the
    natural logarithm of the temperature [of K], the turbulence [m s-1], and the natural logarithm
    of the density [of m-3] of each of `molecules`. All numbers are of one width, single or
    double.

    Parameters
    ----------
    cells : int
        Along each side of the grid.
    side : float [m]
    lines : (molecule, line)
        In the order of the cubes.
    offsets : (pixel,) [m]
        Of the rays along both axes of the image.
    velocity : (channel,) [m s-1]
        Ascending.
    background : float [K]
        Temperature of the black body behind the gas.

    Raises
    ------
    ConfigError
        If Numba is not installed.
    """

    def __init__(
        self,
        cells: int,
        side: float,
        lines: Sequence[tuple[Molecule, Line]],
        offsets: FloatArray,
        velocity: FloatArray,
        background: float,
    ) -> None:
        self._line, self._column = kernels("line"), kernels("column")
        self._places = Places.of(cells, side, offsets)
        self._sets = line_sets(lines, background)
        self._velocity, self._pixels = velocity, len(offsets)
        self._shape = (len(lines), len(velocity), len(offsets), len(offsets))
        rays = self._places.corner.shape[1]
        first = range(0, rays, _RAYS_AT_ONCE)
        self._strips = [slice(k, min(k + _RAYS_AT_ONCE, rays)) for k in first]

    @property
    def molecules(self) -> list[str]:
        """Names of the molecules whose densities the fields hold, in their order."""
        return [each.molecule.name for each in self._sets]

    def cubes(self, fields: FloatArray) -> FloatArray:
        """Brightness (line, channel, y, x) [K] less that of the background."""
        out = np.empty(self._shape, fields.dtype)
        flat = out.reshape(*self._shape[:2], -1)

        def fill(strips: Sequence[slice]) -> None:
            for strip in map(self._sampled(fields), strips):
                for k, each in enumerate(self._sets):
                    media = self._media(strip, k, slopes=False)
                    part = self._empty_cubes(each, strip)
                    none = np.empty((0, 0, 0), fields.dtype)
                    self._line.transfer(media.gas, (none, none), *self._ends(strip), part)
                    flat[each.place, :, strip.rays] = part

        in_threads(fill, self._strips)
        return out

    def adjoint(self, fields: FloatArray, seed: FloatArray) -> FloatArray:
        """Gradient of a scalar by the fields (field, x, y, z), from that by the cubes."""
        seeds = seed.reshape(*self._shape[:2], -1)
        columns = np.empty((seeds.shape[2], len(fields), fields.shape[3]), fields.dtype)

        def fill(strips: Sequence[slice]) -> None:
            for strip in map(self._sampled(fields), strips):
                edges, middles = np.zeros_like(strip.edges), np.zeros_like(strip.middles)
                for k, each in enumerate(self._sets):
                    part = np.ascontiguousarray(seeds[each.place, :, strip.rays])
                    self._back(strip, k, part, edges, middles)
                places = self._places.level, self._places.along
                self._column.scatter(*places, edges, middles, columns[strip.rays])

        in_threads(fill, self._strips)
        total = np.zeros_like(fields)

        # Each field is summed by one thread, in the order of the rays, however many there are.
        def gather(numbers: Sequence[int]) -> None:
            for f in numbers:
                self._column.spread(columns, self._places.corner, self._places.aside, f, total)

        in_threads(gather, range(len(fields)))
        return total

    def tangent(self, fields: FloatArray, change: FloatArray) -> FloatArray:
        """Change of the cubes (line, channel, y, x) [K] with that of the fields."""
        out = np.empty(self._shape, fields.dtype)
        flat = out.reshape(*self._shape[:2], -1)

        def fill(strips: Sequence[slice]) -> None:
            moves = map(self._sampled(change), strips)
            for strip, moved in zip(map(self._sampled(fields), strips), moves, strict=True):
                for k, each in enumerate(self._sets):
                    media = self._media(strip, k, slopes=True)
                    changes = self._changed(strip, moved, k, media)
                    cubes, part = (self._empty_cubes(each, strip) for _ in range(2))
                    self._line.tangent(media.gas, changes, *self._ends(strip), cubes, part)
                    flat[each.place, :, strip.rays] = part

        in_threads(fill, self._strips)
        return out

    def _sampled(self, fields: FloatArray) -> Callable[[slice], _Strip]:
        """What samples fields on strips of rays."""
        places, cells = self._places, len(self._places.level) // 2

        def sample(rays: slice) -> _Strip:
            number = rays.stop - rays.start
            edges = np.empty((cells + 1, number), fields.dtype)
            middles = np.empty((len(fields) - 1, cells, number), fields.dtype)
            # Contiguous, whether they are all of the rays or some: else kernels of two kinds.
            at = (np.ascontiguousarray(part[:, rays]) for part in (places.corner, places.aside))
            self._column.sample(fields, *at, places.level, places.along, edges, middles)
            return _Strip(rays, edges, middles)

        return sample

    def _media(self, strip: _Strip, k: int, *, slopes: bool) -> _Media:
        """What the k-th molecule does to the light of its lines."""
        temperature, turbulence, density = (strip.middles[f] for f in (0, 1, 2 + k))
        each, real = self._sets[k], density.dtype
        width = np.empty_like(density)
        strength, source = (np.empty((len(each.place), *width.shape), real) for _ in range(2))
        shape = strength.shape if slopes else (0, 0, 0)
        steep = np.empty(shape, real), np.empty(shape, real)
        fields = temperature, turbulence, density, self._places.length[strip.rays]
        constants = 2 * BOLTZMANN / each.molecule.mass, each.table, each.constants
        self._column.media(*fields, *constants, (width, strength, source), steep)
        return _Media((strip.edges, width, strength, source), steep)

    def _back(
        self, strip: _Strip, k: int, seeds: FloatArray, edges: FloatArray, middles: FloatArray
    ) -> None:
        """Add the gradients by the k-th molecule's light to those by the fields on the rays."""
        media = self._media(strip, k, slopes=True)
        _, width, strength, _ = media.gas
        made = tuple(np.zeros_like(part) for part in media.gas)
        self._line.adjoint(media.gas, *self._ends(strip), seeds, made)
        by_recession, by_width, by_strength, by_source = made
        temperature, turbulence = strip.middles[:2]
        speed = BOLTZMANN / self._sets[k].molecule.mass
        by_depth = by_strength * strength
        edges += by_recession
        middles[0] += by_width * (speed * np.exp(temperature) / width)
        middles[0] += (by_depth * media.slopes[0] + by_source * media.slopes[1]).sum(axis=0)
        middles[1] += by_width * turbulence / width
        middles[2 + k] += by_depth.sum(axis=0)

    def _changed(
        self, strip: _Strip, moved: _Strip, k: int, media: _Media
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Changes of recession, width, strength and source for those of the fields on the rays."""
        _, width, strength, _ = media.gas
        (temperature, turbulence), (warmer, wilder) = strip.middles[:2], moved.middles[:2]
        speed = BOLTZMANN / self._sets[k].molecule.mass
        wider = (speed * np.exp(temperature) * warmer + turbulence * wilder) / width
        stronger = strength * (moved.middles[2 + k] + media.slopes[0] * warmer)
        return moved.edges, wider, stronger, media.slopes[1] * warmer

    def _empty_cubes(self, each: LineSet, strip: _Strip) -> FloatArray:
        shape = (len(each.place), len(self._velocity), strip.edges.shape[1])
        return np.empty(shape, strip.edges.dtype)

    def _ends(self, strip: _Strip) -> _Pair:
        """Channels, and the light that enters at the far ends of rays, of the right width."""
        dark = np.zeros(strip.edges.shape[1], strip.edges.dtype)
        return self._velocity.astype(dark.dtype), dark
