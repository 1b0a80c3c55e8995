"""The reference wind of the benchmarks of lineform: an arm wound into an AGB wind.

Box of 1000 au; 1e-6 solar masses a year; speed 3 to 14.5 km/s; CO over H2 3e-4; T = max(10,
2300 (1 au / r)^0.65) K; turbulence 1 km/s; 50 channels over 20 km/s to both sides.
"""

from pathlib import Path

import numpy as np

from lineform.cube import View
from lineform.readers.lamda import read_lamda
from lineform.species import Molecule, linear_rotor
from lineform.state import State
from lineform.synthesis.base import Scene
from lineform.units import factor

__all__ = ["molecule", "scene", "wind"]

AU = factor("au")
EDGE = 2e4
"""Greatest velocity of a channel [m/s]."""

_RATE = 1e-6 * 1.98841e30 / (365.25 * 86400)
_H2 = 2 * 1.66e-27
_ABUNDANCE = 3e-4


def wind(cells: int) -> State:
    """The wind on `cells`^3 cells."""
    axis = ((np.arange(cells) + 0.5) / cells - 0.5) * 1000 * AU
    position = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    x, y, z = position.T
    radius = np.linalg.norm(position, axis=1)
    speed = 3e3 + 1.15e4 * (1 - np.clip(AU / radius, 0, 1))
    winding = np.cos(2 * np.pi * radius / (200 * AU) - np.arctan2(y, x))
    arm = 1 + 0.8 * winding * np.exp(-((z / radius) ** 2) / 0.2)
    hydrogen = _RATE / (4 * np.pi * radius**2 * speed) / _H2 * arm
    return State(
        position=position,
        velocity=speed[:, None] * position / radius[:, None],
        temperature=np.maximum(2300 * (AU / radius) ** 0.65, 10.0),
        turbulence=np.full(len(position), 1e3),
        density={"H2": hydrogen, "CO": _ABUNDANCE * hydrogen},
        axes=(axis, axis, axis),
    )


def molecule(path: Path | None) -> Molecule:
    """CO of a LAMDA file, or a rotor where there is none."""
    return linear_rotor("CO") if path is None else read_lamda(path)


def scene(state: State, co: Molecule, channels: int, views: int = 1) -> Scene:
    """CO 2-1 in as many pixels as the grid has cells, seen along z first."""
    half = 500 * AU
    pixels = state.shape[0]
    return Scene(
        state=state,
        molecules={co: [co.line("2-1")]},
        views=[View(180.0 * k / views, 0.0) for k in range(views)],
        offsets=((np.arange(pixels) + 0.5) / pixels - 0.5) * 2 * half,
        velocity=np.linspace(-EDGE, EDGE, channels),
    )
