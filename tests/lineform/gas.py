"""Small states of gas and a two-level molecule, for tests of lineform."""

import numpy as np

from lineform.constants import ATOMIC_MASS, PLANCK
from lineform.species import Line, Molecule
from lineform.state import State

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
