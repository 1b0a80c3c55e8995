"""Observes a state: cubes, spectra and moment maps of lines from several directions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import astropy.units as u
import numpy as np

from lineform import units
from lineform.constants import CMB_TEMPERATURE
from lineform.cube import Observation, View
from lineform.errors import ConfigError
from lineform.func.moments import reduced
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.array import lte_cubes
from lineform.synthesis.base import Engine
from lineform.synthesis.rays import sample_rays

__all__ = ["DEFAULT_VIEWS", "observe", "velocity_axis"]

DEFAULT_VIEWS = (View(0.0, 270.0), View(50.0, 270.0), View(90.0, 270.0))
"""Face-on, inclined and edge-on; the x axis of the model points right in all of them."""


def velocity_axis(state: State, channels: int) -> u.Quantity:
    """Channels that hold every velocity of the gas, symmetric about zero.

    Parameters
    ----------
    state : State
    channels : int
        At least 3.

    Returns
    -------
    (channel,) quantity [km/s]

    Raises
    ------
    ConfigError
        If there are fewer than 3 channels.
    """
    if channels < 3:
        raise ConfigError("channels", expected="at least 3", seen=str(channels))
    fastest = float(np.linalg.norm(state.velocity, axis=1).max())
    # Four widths: the line wing beyond is 1e-7 of its height.
    limit = np.ceil((fastest + 4 * float(state.turbulence.max())) / 1e3)
    return np.linspace(-limit, limit, channels) * u.km / u.s


def observe(
    state: State,
    molecules: Mapping[Molecule, Sequence[Line]],
    views: Sequence[View] = DEFAULT_VIEWS,
    *,
    velocity: u.Quantity,
    distance: u.Quantity,
    pixels: int = 64,
    engine: Engine = lte_cubes,
) -> Iterator[Observation]:
    """Observe the lines of each molecule in each direction.

    Parameters
    ----------
    state : State on a regular grid
    molecules : molecule -> its lines
    views : directions
    velocity : (channel,) quantity
        Ascending and equally spaced.
    distance : quantity
    pixels : int
        Along each side of the image, which is as wide as the box.
    engine : Engine
        Solves the transfer.

    Yields
    ------
    Observation
        Views in the outer, molecules and lines in the inner loop.
    """
    edge = max(abs(axis[0]) + abs(axis[1] - axis[0]) / 2 for axis in state.grid_axes)
    offsets = (np.arange(pixels) + 0.5) * (2 * edge / pixels) - edge
    channels = velocity.to_value("m/s")
    parsec = units.value(distance, "pc", "distance")
    names = [molecule.name for molecule in molecules]
    for view in views:
        rays = sample_rays(state, view, offsets, names, cells=2 * max(state.shape))
        for molecule, lines in molecules.items():
            cubes = engine(rays, molecule, lines, channels, CMB_TEMPERATURE)
            for line, cube in zip(lines, cubes, strict=True):
                yield _reduce(cube, line, view, channels, offsets, parsec)


def _reduce(
    cube: FloatArray,
    line: Line,
    view: View,
    channels: FloatArray,
    offsets: FloatArray,
    parsec: float,
) -> Observation:
    angle = offsets / (parsec * units.factor("pc"))
    velocity = channels / 1e3
    solid_angle = float((angle[1] - angle[0]) ** 2)
    summary = reduced(cube.astype(float), velocity, line.frequency, solid_angle)
    return Observation(
        line=line,
        view=view,
        distance=parsec,
        background_temperature=CMB_TEMPERATURE,
        velocity=velocity,
        x=np.degrees(angle) * 3600,
        y=np.degrees(angle) * 3600,
        intensity=cube,
        **asdict(summary),
    )
