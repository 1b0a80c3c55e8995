"""Gradients of cubes by the gas that they show: the compiled engine, run backwards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lineform.constants import BOLTZMANN
from lineform.cube import View
from lineform.errors import ConfigError, ShapeError
from lineform.func.opacity import doppler_width
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.base import Medium, Rays, Scene
from lineform.synthesis.fast import kernels, ready, stacked, tracer
from lineform.synthesis.imager import rays_of, strips
from lineform.synthesis.media import medium_of, slopes_of
from lineform.synthesis.rays import Fields
from lineform.synthesis.threads import in_threads

__all__ = ["Gradient", "LineGradient", "gradient", "line_gradient"]


@dataclass(frozen=True, slots=True, eq=False)
class LineGradient:
    """Gradient of a scalar by what `lineform.synthesis.fast.line_transfer` was given.

    Parameters
    ----------
    recession : (cell + 1, ray)
    width : (cell, ray)
    strength, source : (line, cell, ray)
    """

    recession: FloatArray
    width: FloatArray
    strength: FloatArray
    source: FloatArray


def line_gradient(
    recession: FloatArray,
    width: FloatArray,
    media: Sequence[Medium],
    velocity: FloatArray,
    entering: FloatArray,
    seeds: Sequence[FloatArray],
) -> LineGradient:
    """Gradient of a scalar of the cubes of lines of one molecule, along each ray.

    Parameters
    ----------
    recession : (cell + 1, ray) [m s-1]
    width : (cell, ray) [m s-1]
    media : Medium for each line
        Without a continuum.
    velocity : (channel,) [m s-1]
        Ascending.
    entering : (ray,) [W m-2 Hz-1 sr-1]
    seeds : (channel, ray) for each line
        Gradient of the scalar by the intensities.

    Raises
    ------
    ConfigError
        If Numba is not installed, or a medium has a continuum.

    Notes
    -----
    The adjoint of the recurrence along the ray. The intensities between the cells are computed
    again and kept for a few rays at a time, so that the memory does not grow with their number.
    """
    if any(medium.continuum is not None for medium in media):
        raise ConfigError("gradient", expected="lines without a continuum", seen="a continuum")
    real = width.dtype
    strength = stacked([medium.strength for medium in media], real)
    source = stacked([medium.source for medium in media], real)
    gas = (ready(recession, real), ready(width, real), strength, source)
    made = tuple(np.zeros(part.shape, real) for part in gas)
    ends = ready(velocity, real), ready(entering, real)
    kernels("line").adjoint(gas, *ends, stacked(seeds, real), made)
    return LineGradient(*made)


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """Gradient of a scalar by the fields of a state.

    Parameters
    ----------
    density : name of molecule -> (point,) [as the scalar]
        By the natural logarithm of its density.
    temperature : (point,) [as the scalar]
        By the natural logarithm of the temperature.
    velocity : (point, 3) [the scalar's per m s-1]
    turbulence : (point,) [as the scalar]
        By the natural logarithm of the most probable speed.
    """

    density: Mapping[str, FloatArray]
    temperature: FloatArray
    velocity: FloatArray
    turbulence: FloatArray


def gradient(
    scene: Scene, seeds: Iterable[FloatArray], real: type[np.floating] = np.float32
) -> Gradient:
    """Gradient of a scalar of the cubes of a scene by the gas at the points.

    Nothing of the way forward is kept: all of it is done again, and then backwards.

    Parameters
    ----------
    scene : Scene
        In thermodynamic equilibrium, without dust and star, and not of shells.
    seeds : (channel, y, x) for each cube
        Gradient of the scalar by the cubes, in the order of `Engine.cubes`.
    real : type of the numbers along rays, for regular grids

    Raises
    ------
    ConfigError
        If Numba is not installed, or the scene is not of this kind.
    ShapeError
        If a seed has not the shape of its cube.
    """
    _check(scene)
    points, names = scene.state.n_points, [molecule.name for molecule in scene.molecules]
    velocity, total = np.zeros((points, 3)), _Sums(points, names)
    rest, fields = iter(seeds), Fields(scene)
    for view in scene.views:
        given = [next(rest) for lines in scene.molecules.values() for _ in lines]
        _check_shapes(scene, given)
        for part in _View(scene, fields, view, given, real).sums():
            total.add(part)
            velocity -= part.component[:, None] * view.basis()[2]
    turbulence = scene.state.turbulence * total.turbulence
    return Gradient(total.density, total.temperature, velocity, turbulence)


def _check(scene: Scene) -> None:
    there = {
        "level populations": bool(scene.fractions),
        "dust": scene.dust is not None,
        "a star": scene.star is not None,
    }
    for name in (name for name, is_there in there.items() if is_there):
        raise ConfigError("gradient", expected=f"a scene without {name}", seen=name)
    if scene.quantity != "intensity" or scene.state.geometry == "shells":
        seen = f"the {scene.quantity} of {scene.state.geometry}"
        expected = "the intensity of a grid, cells or points"
        raise ConfigError("gradient", expected=expected, seen=seen)


def _check_shapes(scene: Scene, seeds: Sequence[FloatArray]) -> None:
    expected = (len(scene.velocity), len(scene.offsets), len(scene.offsets))
    for seed in seeds:
        if seed.shape != expected:
            raise ShapeError("seed of a gradient", expected=str(expected), seen=str(seed.shape))


class _Sums:
    """What the rays add up to at the points.

    For the velocity, by the component along them; for the turbulence, by itself.
    """

    def __init__(self, points: int, names: Sequence[str]) -> None:
        self.density = {name: np.zeros(points) for name in names}
        self.temperature = np.zeros(points)
        self.turbulence = np.zeros(points)
        self.component = np.zeros(points)

    def add(self, other: "_Sums") -> None:
        """Add all but the components, which are others in each view."""
        self.temperature += other.temperature
        self.turbulence += other.turbulence
        for name, density in other.density.items():
            self.density[name] += density


class _View:
    """One direction of a scene."""

    def __init__(
        self,
        scene: Scene,
        fields: Fields,
        view: View,
        seeds: Sequence[FloatArray],
        real: type[np.floating],
    ) -> None:
        self._scene, self._fields, self._seeds = scene, fields, seeds
        self._tracer = tracer(scene.state, real)
        self._basis = view.basis()
        self._component = self._tracer.component(scene.state.velocity, self._basis)

    def sums(self) -> list[_Sums]:
        """The sums of each thread."""

        def summed(portion: Sequence[slice]) -> _Sums:
            sums = _Sums(self._scene.state.n_points, [m.name for m in self._scene.molecules])
            for rows in portion:
                self._strip(rows, sums)
            return sums

        return in_threads(summed, strips(self._scene, threaded=True))

    def _strip(self, rows: slice, sums: _Sums) -> None:
        paths = self._tracer.paths(*rays_of(self._scene, rows), self._basis)
        rays = self._fields.on(paths, self._component)
        by_recession = np.zeros_like(rays.recession)
        by_temperature, by_turbulence = np.zeros_like(rays.step), np.zeros_like(rays.step)
        seeds = iter(self._seeds)
        for molecule, lines in self._scene.molecules.items():
            flat = [self._flat(next(seeds)[:, rows]) for _ in lines]
            back = _Back(self._scene, rays, molecule, lines, flat)
            by_recession += back.recession
            by_temperature += back.temperature
            by_turbulence += back.turbulence
            name = molecule.name
            field, density = self._fields.density[name], rays.density[name]
            field.spread(paths, back.density, density, sums.density[name])
        paths.middles.spread(by_temperature, sums.temperature, self._fields.temperature)
        paths.middles.spread(by_turbulence, sums.turbulence, self._scene.state.turbulence)
        paths.edges.spread(by_recession, sums.component, self._component)

    def _flat(self, seed: FloatArray) -> FloatArray:
        """The seed of rows (channel, row, x) for each ray (channel, ray)."""
        n = self._scene.rays_per_pixel
        fine = seed.repeat(n, axis=1).repeat(n, axis=2) / n**2
        return fine.reshape(len(seed), -1)


class _Back:
    """Gradient along rays by the fields there, of the lines of one molecule.

    Parameters are as in the scene; `seeds` are (channel, ray).
    """

    def __init__(
        self,
        scene: Scene,
        rays: Rays,
        molecule: Molecule,
        lines: Sequence[Line],
        seeds: Sequence[FloatArray],
    ) -> None:
        width = doppler_width(rays.temperature, rays.turbulence, molecule.mass)
        media = [medium_of(rays, molecule, line, scene.background) for line in lines]
        dark = np.zeros(width.shape[1], width.dtype)
        by = line_gradient(rays.recession, width, media, scene.velocity, dark, seeds)
        self.recession = by.recession
        self.density = np.zeros_like(width)
        # The width is sqrt(2 k T / m + turbulence^2).
        slope = BOLTZMANN / molecule.mass * rays.temperature / width
        self.temperature = by.width * slope
        self.turbulence = by.width * rays.turbulence / width
        for k, (line, medium) in enumerate(zip(lines, media, strict=True)):
            slopes = slopes_of(rays, molecule, line)
            by_depth = by.strength[k] * medium.strength
            self.density += by_depth
            self.temperature += by_depth * slopes.strength + by.source[k] * slopes.source
