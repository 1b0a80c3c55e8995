"""Other ways through the points of a model, and images along them with our transfer of light.

For comparisons: they tell what of a difference comes from the physics, and what from which points
of a model stand for the gas along a ray.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay

from lineform.func.opacity import doppler_width
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.array import line_transfer
from lineform.synthesis.base import Paths, Rays, Sampling, Tracer
from lineform.synthesis.media import medium_of
from lineform.synthesis.walk import Walk

__all__ = ["Interpolation", "Sight", "Walk", "intensity", "transfer"]

_RAYS_AT_ONCE = 2048


class Interpolation:
    """Values between points are linear in the tetrahedra of the Delaunay triangulation.

    Neither Magritte nor we do so, since it is slow; both come close to it where points are dense.
    """

    def __init__(self, state: State, steps: int = 400) -> None:
        self._middle = state.position.mean(axis=0)
        self._width = float(np.ptp(state.position, axis=0).max())
        self._mesh = Delaunay((state.position - self._middle) / self._width)
        self._steps = steps

    def component(self, velocity: FloatArray, basis: FloatArray) -> FloatArray:
        """Velocity away from the observer (point,) [m s-1]."""
        return np.asarray(-(velocity @ basis[2]))

    def paths(self, right: FloatArray, up: FloatArray, basis: FloatArray) -> Paths:
        """The ways of rays; see `lineform.synthesis.base.Tracer`."""
        edges = np.linspace(-self._width, self._width, self._steps + 1)
        middles = (edges[1:] + edges[:-1]) / 2
        at_edges, at_middles = (self._sampling(right, up, z, basis) for z in (edges, middles))
        within = [sampling.weight[0] >= 0 for sampling in (at_edges, at_middles)]
        filled = within[0][1:] & within[0][:-1] & within[1]
        step = (edges[1] - edges[0]) * filled
        return Paths(-np.full(right.size, edges[0]), step.astype("f4"), at_edges, at_middles)

    def _sampling(
        self, right: FloatArray, up: FloatArray, behind: FloatArray, basis: FloatArray
    ) -> Sampling:
        """Corners and weights (4, place, ray); the weights outside are -1 and 2."""
        shape = (len(behind), right.size)
        place = np.stack(np.broadcast_arrays(right, up, -behind[:, None]), axis=-1) @ basis
        place = ((place - self._middle) / self._width).reshape(-1, 3)
        simplex = self._mesh.find_simplex(place)
        transform = self._mesh.transform[simplex]
        three = np.einsum("pij,pj->pi", transform[:, :3], place - transform[:, 3])
        weight = np.column_stack([three, 1 - three.sum(axis=1)]).clip(0, 1)
        weight[simplex < 0] = -1, 2, 0, 0
        index = np.where(simplex[:, None] < 0, 0, self._mesh.simplices[simplex])
        return Sampling(index.T.reshape(4, *shape), weight.T.reshape(4, *shape).astype("f4"))


@dataclass(frozen=True)
class Sight:
    """Rays in one direction.

    Parameters
    ----------
    right, up : (ray,) [m]
    basis : (3, 3) [1]
        Right, up, and to the observer.
    velocity : (channel,) [m s-1]
    """

    right: FloatArray
    up: FloatArray
    basis: FloatArray
    velocity: FloatArray


def intensity(
    state: State,
    molecule: Molecule,
    line: Line,
    tracer: Tracer,
    sight: Sight,
    background: float,
    *,
    logarithms: bool,
) -> FloatArray:
    """Excess over the background (channel, ray).

    With `logarithms` densities and temperatures change as powers between points, as in our
    engines, without them linearly, as in Magritte.
    """
    before, after = (np.log, np.exp) if logarithms else (np.positive, np.positive)
    density = state.density[molecule.name]
    cubes = []
    for first in range(0, sight.right.size, _RAYS_AT_ONCE):
        part = slice(first, first + _RAYS_AT_ONCE)
        paths = tracer.paths(sight.right[part], sight.up[part], sight.basis)
        rays = Rays(
            step=paths.step,
            recession=paths.edges(tracer.component(state.velocity, sight.basis)),
            temperature=after(paths.middles(before(state.temperature))),
            turbulence=paths.middles(state.turbulence),
            density={molecule.name: after(paths.middles(before(density)))},
        )
        cubes.append(transfer(rays, molecule, line, sight.velocity, background))
    return np.concatenate(cubes, axis=1)


def transfer(
    rays: Rays, molecule: Molecule, line: Line, velocity: FloatArray, background: float
) -> FloatArray:
    """Excess over the background (channel, ray) behind the gas on rays."""
    width = doppler_width(rays.temperature, rays.turbulence, molecule.mass)
    medium = medium_of(rays, molecule, line, background)
    dark = np.zeros(rays.step.shape[1], dtype=np.float32)
    seen = line_transfer(rays.recession, width, [medium], velocity.astype(np.float32), dark)
    return np.asarray(seen[0])
