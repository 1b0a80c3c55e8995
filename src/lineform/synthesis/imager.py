"""Makes an engine of images from a function that solves the transfer along rays."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from lineform.cube import View
from lineform.func.opacity import doppler_width
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.base import Medium, Paths, Rays, Scene, Tracer
from lineform.synthesis.media import medium_of
from lineform.synthesis.rays import Fields, tracer_of
from lineform.synthesis.starlight import Disc, disc_of
from lineform.synthesis.threads import in_threads

__all__ = ["Imager", "Transfer", "rays_of", "strips"]

_RAYS_AT_ONCE = 4096
"""Bounds the memory: some 100 bytes for each cell of each of these rays."""

_RAYS_OF_A_THREAD = 1024
"""What is known about the cells of so many rays fits the caches."""


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
    tracer : function of a state
        Gives what sends rays through it.
    real : type of the numbers that `tracer` gives, and of the cubes
    threaded : bool
        Share the rays among threads, if `transfer` lets others work meanwhile.
    """

    name: str
    number: str
    transfer: Transfer
    tracer: Callable[[State], Tracer] = tracer_of
    real: type[np.floating] = np.float32
    threaded: bool = False

    @property
    def program(self) -> str:
        """Ours."""
        return "lineform"

    def version(self) -> str:
        """Version of the engine."""
        return self.number

    def cubes(self, scene: Scene) -> Iterator[FloatArray]:
        """Cubes of a scene; see `lineform.synthesis.base.Engine`."""
        tracer, fields = self.tracer(scene.state), Fields(scene)
        for view in scene.views:
            yield from _View(scene, self, tracer, fields, view).cubes()


def strips(scene: Scene, *, threaded: bool) -> list[slice]:
    """The rows of an image in portions; however many threads there are, they are the same."""
    pixels = len(scene.offsets)
    rays = _RAYS_OF_A_THREAD if threaded else _RAYS_AT_ONCE
    rows = max(1, rays // (pixels * scene.rays_per_pixel**2))
    return [slice(first, min(first + rows, pixels)) for first in range(0, pixels, rows)]


def rays_of(scene: Scene, rows: slice) -> tuple[FloatArray, FloatArray]:
    """Where the rays of these rows cross the plane of the sky: right and up, (ray,) [m].

    Rows are the outer loop; within them the rays of a pixel's height, the pixels, and the rays
    of a pixel's width.
    """
    n = scene.rays_per_pixel
    within = ((np.arange(n) + 0.5) / n - 0.5) * (scene.offsets[1] - scene.offsets[0])
    up = (scene.offsets[rows, None] + within).ravel()
    right = (scene.offsets[:, None] + within).ravel()
    grid = np.meshgrid(up, right, indexing="ij")
    return grid[1].ravel(), grid[0].ravel()


class _View:
    """One direction of a scene."""

    def __init__(
        self, scene: Scene, imager: Imager, tracer: Tracer, fields: Fields, view: View
    ) -> None:
        self._scene, self._tracer, self._fields = scene, tracer, fields
        self._transfer, self._real = imager.transfer, imager.real
        self._threaded = imager.threaded
        self._basis = view.basis()
        self._component = tracer.component(scene.state.velocity, self._basis)
        self._velocity = scene.velocity.astype(self._real)
        self._pixel = float(scene.offsets[1] - scene.offsets[0])

    def cubes(self) -> list[FloatArray]:
        """A cube for each line."""
        pixels, channels = len(self._scene.offsets), len(self._velocity)
        number = sum(len(lines) for lines in self._scene.molecules.values())
        cubes = [np.empty((channels, pixels, pixels), self._real) for _ in range(number)]

        def fill(portion: Sequence[slice]) -> None:
            for rows in portion:
                for cube, part in zip(cubes, self._strip(rows), strict=True):
                    cube[:, rows] = part

        portions = strips(self._scene, threaded=self._threaded)
        in_threads(fill, portions) if self._threaded else fill(portions)
        return cubes

    def _strip(self, rows: slice) -> Iterator[FloatArray]:
        """These rows (channel, row, x) of each line's image."""
        n, pixels = self._scene.rays_per_pixel, len(self._scene.offsets)
        for flat in self._rays(*rays_of(self._scene, rows)):
            # One axis for the rays within a pixel in each direction, which are averaged.
            fine = flat.reshape(len(flat), -1, n, pixels, n)
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
        dark = np.zeros(rays.step.shape[1], self._real)
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
