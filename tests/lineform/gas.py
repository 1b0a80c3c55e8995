"""Small states of gas and a two-level molecule, for tests of lineform."""

import numpy as np

from lineform.constants import ATOMIC_MASS, PLANCK
from lineform.func.opacity import doppler_width
from lineform.species import Line, Molecule, linear_rotor
from lineform.state import State
from lineform.synthesis.array import line_transfer
from lineform.synthesis.base import Rays, Scene
from lineform.synthesis.media import medium_of
from lineform.synthesis.rays import Fields, tracer_of

AU = 1.495978707e11


def grid_state(
    side=8, half=100 * AU, *, velocity=None, temperature=50.0, density=1e9, turbulence=1e3
):
    """Uniform CO on a cube; `velocity` maps positions (point, 3) to velocities."""
    axis = (np.arange(side) + 0.5) * (2 * half / side) - half
    position = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    n = len(position)
    return State(
        position=position,
        velocity=np.zeros((n, 3)) if velocity is None else velocity(position),
        temperature=np.full(n, temperature),
        turbulence=np.full(n, turbulence),
        density={"CO": np.full(n, density), "H2": np.full(n, density / 3e-4)},
        axes=(axis, axis, axis),
    )


def two_level(frequency=179.88e9, einstein_a=1e-4, mass=2 * ATOMIC_MASS, weights=(1.0, 3.0)):
    """A molecule with one line, 1-0."""
    return Molecule(
        name="test",
        mass=mass,
        energy=np.array([0.0, PLANCK * frequency]),
        weight=np.array(weights),
        lines=(Line("test", "1-0", frequency, einstein_a, 1, 0),),
    )


def sight(state, view, right, up, dust=None):
    """The ways of rays (paths) through CO gas, and the gas along them (rays)."""
    scene = Scene(state, {linear_rotor("CO"): ()}, [view], np.zeros(2), np.zeros(3), dust=dust)
    tracer, basis = tracer_of(state), view.basis()
    paths = tracer.paths(np.asarray(right, dtype=float), np.asarray(up, dtype=float), basis)
    return paths, Fields(scene).on(paths, tracer.component(state.velocity, basis))


def uniform_rays(
    cells, length, *, density, temperature, turbulence=0.0, recession=0.0, dtype=np.float32
):
    """One ray through uniform gas of the species ``test``; `recession` may be (cell + 1,)."""
    full = np.ones((cells, 1), dtype=dtype)
    edges = np.broadcast_to(np.asarray(recession, dtype=dtype), cells + 1)[:, None]
    return Rays(
        step=length / cells * full,
        recession=edges,
        temperature=temperature * full,
        turbulence=turbulence * full,
        density={"test": density * full},
    )


def emergent(rays, molecule, velocity, background, transfer=line_transfer):
    """Intensity (channel,) of the molecule's first line on one ray, less the background."""
    width = doppler_width(rays.temperature, rays.turbulence, molecule.mass)
    medium = medium_of(rays, molecule, molecule.lines[0], background)
    dark = np.zeros(1, dtype=width.dtype)
    channels = np.asarray(velocity, dtype=width.dtype)
    (cube,) = transfer(rays.recession, width, [medium], channels, dark)
    return cube[:, 0]
