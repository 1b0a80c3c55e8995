"""Makes an engine of images from a function that solves the transfer along rays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from lineform.cube import View
from lineform.func.opacity import doppler_width
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.base import Medium, Paths, Rays, Scene, Tracer
from lineform.synthesis.media import medium_of
from lineform.synthesis.rays import Fields, tracer_of
from lineform.synthesis.starlight import Disc, disc_of

__all__ = ["Imager", "Transfer"]

_RAYS_AT_ONCE = 4096
"""Bounds the memory: some 100 bytes for each cell of each of these rays."""


class Transfer(Protocol):
    """Solves the transfer of the lines of one molecule; see `lineform.synthesis.array`."""

    def __call__(
        self,
        recession: FloatArray,
        width: FloatArray,
        media: Sequence[Medium],
        velocity: FloatArray,
        entering: FloatArray,
    ) -> list[FloatArray]:
        """Intensity of each line, (channel, ray) [W m-2 Hz-1 sr-1]."""
        ...


@dataclass(frozen=True, slots=True)
class Imager:
    """An engine that samples the gas on rays and gives them to a solver.

    Parameters
    ----------
    name, number : str
        Of the engine, and its version.
    transfer : Transfer
    """

    name: str
    number: str
    transfer: Transfer

    @property
    def program(self) -> str:
        """Ours."""
        return "lineform"

    def version(self) -> str:
        """Version of the engine."""
        return self.number

    def cubes(self, scene: Scene) -> Iterator[FloatArray]:
        """Cubes of a scene; see `lineform.synthesis.base.Engine`."""
        tracer, fields = tracer_of(scene.state), Fields(scene)
        for view in scene.views:
            yield from _View(scene, tracer, fields, view, self.transfer).cubes()


class _View:
    """One direction of a scene."""

    def __init__(
        self, scene: Scene, tracer: Tracer, fields: Fields, view: View, transfer: Transfer
    ) -> None:
        self._scene, self._tracer, self._fields = scene, tracer, fields
        self._transfer = transfer
        self._basis = view.basis()
        self._component = tracer.component(scene.state.velocity, self._basis)
        self._velocity = scene.velocity.astype(np.float32)
        self._pixel = float(scene.offsets[1] - scene.offsets[0])

    def cubes(self) -> list[FloatArray]:
        """A cube for each line."""
        pixels, channels = len(self._scene.offsets), len(self._velocity)
        number = sum(len(lines) for lines in self._scene.molecules.values())
        cubes = [np.empty((channels, pixels, pixels), dtype=np.float32) for _ in range(number)]
        rows = max(1, _RAYS_AT_ONCE // (pixels * self._scene.rays_per_pixel**2))
        for first in range(0, pixels, rows):
            strip = slice(first, min(first + rows, pixels))
            for cube, part in zip(cubes, self._strip(self._scene.offsets[strip]), strict=True):
                cube[:, strip] = part
        return cubes

    def _strip(self, rows: FloatArray) -> Iterator[FloatArray]:
        """The rows (channel, row, x) of each line's image at these heights [m]."""
        n = self._scene.rays_per_pixel
        within = ((np.arange(n) + 0.5) / n - 0.5) * self._pixel
        up = (rows[:, None] + within).ravel()
        right = (self._scene.offsets[:, None] + within).ravel()
        grid = np.meshgrid(up, right, indexing="ij")
        for flat in self._rays(grid[1].ravel(), grid[0].ravel()):
            # One axis for the rays within a pixel in each direction, which are averaged.
            fine = flat.reshape(len(flat), len(rows), n, len(self._scene.offsets), n)
            yield fine[:, :, 0, :, 0] if n == 1 else fine.mean(axis=(2, 4))

    def _rays(self, right: FloatArray, up: FloatArray) -> Iterator[FloatArray]:
        """Intensity (channel, ray) of each line."""
        paths = self._tracer.paths(right, up, self._basis)
        rays = self._fields.on(paths, self._component)
        disc = None
        if self._scene.star is not None:
            width = self._pixel / self._scene.rays_per_pixel
            disc = disc_of(self._scene.star, self._basis, right, up, width)
        for molecule, lines in self._scene.molecules.items():
            yield from self._lines(paths, rays, molecule, lines, disc)

    def _lines(
        self,
        paths: Paths,
        rays: Rays,
        molecule: Molecule,
        lines: Sequence[Line],
        disc: Disc | None,
    ) -> list[FloatArray]:
        scene = self._scene
        width = doppler_width(rays.temperature, rays.turbulence, molecule.mass)
        media = [medium_of(rays, molecule, line, scene.background, scene.dust) for line in lines]
        dark = np.zeros(rays.step.shape[1], dtype=np.float32)
        if scene.quantity == "optical depth":
            probed = [_probed(medium, width) for medium in media]
            cubes = self._transfer(
                rays.recession, width, [p.medium for p in probed], self._velocity, dark
            )
            return [p.depth(cube) for p, cube in zip(probed, cubes, strict=True)]
        cubes = self._transfer(rays.recession, width, media, self._velocity, dark)
        if disc is None or not disc.rays.size:
            return cubes
        # Rays that meet the star: the part of their pixel that it covers shows it, and only
        # the gas before it.
        for k, line in enumerate(lines):
            before = disc.before(paths, media[k])
            light = disc.intensity(line, scene.background)
            (seen,) = self._transfer(
                rays.recession[:, disc.rays], width[:, disc.rays], [before], self._velocity, light
            )
            cubes[k] = cubes[k].copy()
            cubes[k][:, disc.rays] += disc.cover * (seen - cubes[k][:, disc.rays])
        return cubes


@dataclass(frozen=True, slots=True, eq=False)
class _Probe:
    """A medium that shines with 1 everywhere, so thin that its light tells its optical depth."""

    medium: Medium
    scale: float

    def depth(self, light: FloatArray) -> FloatArray:
        """Optical depth (channel, ray) [1] from the light 1 - exp(-scale depth)."""
        return np.asarray(-np.log1p(-light) / self.scale, dtype=light.dtype)


def _probed(medium: Medium, width: FloatArray) -> _Probe:
    continuum = np.zeros_like(width) if medium.continuum is None else medium.continuum
    deepest = float((medium.strength / width + continuum).sum(axis=0).max())
    # Where 1 - exp(-x) is near 1 it has lost x.
    scale = 1 / max(1.0, deepest)
    one = np.ones_like(width)
    thin = Medium(medium.strength * scale, one, continuum * scale, one)
    return _Probe(thin if medium.continuum is not None else replace(thin, continuum=None), scale)
