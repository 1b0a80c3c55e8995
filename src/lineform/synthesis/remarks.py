"""What a user should know of an image of a model before trusting it."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.spatial import cKDTree

from lineform.cube import View
from lineform.func.opacity import doppler_width
from lineform.species import Molecule
from lineform.state import FloatArray, State

__all__ = ["half_width", "remark_on_channels", "remark_on_pixels"]

_LEFT_OUT = 1e-3
"""Part of the molecules that may lie outside the default image."""

_UNRESOLVED = 0.1
"""Part of the molecules that may be in gas finer than a pixel."""

_WIDTH = 1.665
"""Full width at half maximum of a Gaussian over its half-width at 1/e."""


def half_width(state: State, molecules: Iterable[Molecule], views: Sequence[View]) -> float:
    """Half the width of an image that holds the model, seen from all of the views.

    That of the model as it is seen along its axes, if no more than a thousandth of the molecules
    lies outside; else as wide as the model is from any of the views.

    Parameters
    ----------
    state : State
    molecules : of which the state has the densities
    views : directions

    Returns
    -------
    float [m]
    """
    if state.geometry == "shells":
        return state.reach
    sky = np.concatenate([view.basis()[:2] for view in views])
    # (point, axis of the sky): where it lies, and how far its cell reaches.
    place = np.abs(state.position @ sky.T)
    weight = _molecules(state, molecules)
    outside = weight[(place > state.reach).any(axis=1)].sum()
    if outside <= _LEFT_OUT * weight.sum():
        return state.reach
    return float((place + _size(state) @ np.abs(sky).T / 2).max())


def remark_on_channels(
    state: State, molecules: Iterable[Molecule], velocity: FloatArray, samples: int
) -> str:
    """Whether channels are so wide that lines fall between their samples.

    Parameters
    ----------
    state : State
    molecules : of which lines are observed
    velocity : (channel,) [km/s]
    samples : int
        In each channel.
    """
    sampling = float(velocity[1] - velocity[0]) / samples
    narrowest, name = min(
        (float(doppler_width(state.temperature, state.turbulence, m.mass).min()), m.name)
        for m in molecules
    )
    width = _WIDTH * narrowest / 1e3
    if sampling <= width:
        return ""
    return (
        f"channels are sampled every {sampling:.3g} km/s, and lines of {name} are down to"
        f" {width:.3g} km/s wide: light between the samples is missed; take more channels,"
        " a smaller velocity range or more samples per channel"
    )


def remark_on_pixels(
    state: State, molecules: Iterable[Molecule], pixel: float, rays_per_pixel: int
) -> str:
    """Whether much of the gas is finer than the rays through an image.

    Parameters
    ----------
    state : State
    molecules : of which lines are observed
    pixel : float [m]
    rays_per_pixel : int
        Along each side.
    """
    if state.geometry == "shells":
        return ""
    weight = _molecules(state, molecules)
    apart = pixel / rays_per_pixel
    part = weight[_spacing(state) < apart * (1 - 1e-6)].sum() / max(weight.sum(), 1e-300)
    if part <= _UNRESOLVED:
        return ""
    return (
        f"{part:.0%} of the molecules are in cells narrower than the distance of the rays,"
        f" {apart:.3g} m, which may miss them; take more pixels or rays per pixel, or a smaller"
        " field of view"
    )


def _molecules(state: State, molecules: Iterable[Molecule]) -> FloatArray:
    """How many there are at each point (point,), up to a factor."""
    density = np.sum([state.density[molecule.name] for molecule in molecules], axis=0)
    if state.size is not None:
        return np.asarray(density * state.size.prod(axis=1))
    # Cells of a grid have one volume; particles are told apart by their spacing.
    return np.asarray(density if state.axes is not None else density * _spacing(state) ** 3)


def _spacing(state: State) -> FloatArray:
    """Distance to the nearest neighbour (point,) [m]."""
    if state.axes is not None:
        least = min(float(axis[1] - axis[0]) for axis in state.axes)
        return np.full(state.n_points, least)
    if state.size is not None:
        return np.asarray(state.size.min(axis=1))
    return np.asarray(cKDTree(state.position).query(state.position, k=2)[0][:, 1])


def _size(state: State) -> FloatArray:
    """Widths of the cells along the axes (point, 3) [m]; 0 for free points."""
    if state.axes is not None:
        return np.tile([axis[1] - axis[0] for axis in state.axes], (state.n_points, 1))
    return np.zeros_like(state.position) if state.size is None else state.size
