"""The same analytic gas on every geometry that a state can have."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lineform.state import State

GEOMETRIES = ("grid", "cells", "points", "shells")


@dataclass(frozen=True)
class Gas:
    """Fields as functions of positions (point, 3); flows are radial, so that shells hold them."""

    density: Callable = lambda position: np.full(len(position), 1e9)
    speed: Callable = lambda position: np.zeros(len(position))
    temperature: Callable = lambda position: np.full(len(position), 50.0)
    turbulence: float = 1e3

    def at(self, position, **shape):
        """The state at these places."""
        radius = np.linalg.norm(position, axis=1)
        outward = position / np.maximum(radius, 1e-300)[:, None]
        density = self.density(position)
        return State(
            position=position,
            velocity=outward * self.speed(position)[:, None],
            temperature=self.temperature(position),
            turbulence=np.full(len(position), self.turbulence),
            density={"CO": density, "H2": density / 3e-4},
            **shape,
        )


def places(side, half):
    """Centres (cell, 3) of a cube of cells, z fastest, and one axis of them."""
    axis = (np.arange(side) + 0.5) * (2 * half / side) - half
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3), axis


def on_grid(gas, side, half):
    """A cube of `side` cells along each axis."""
    position, axis = places(side, half)
    return gas.at(position, axes=(axis, axis, axis))


def on_cells(gas, side, half, within=(0.5, 0.25), jump=1):
    """A cube whose cells are halved `jump` times within each of these parts of it."""
    position, _ = places(side, half)
    width = 2 * half / side
    kept, sizes = [], []
    for part in within:
        inside = np.linalg.norm(position, axis=1) < part * half
        kept.append(position[~inside])
        sizes.append(np.full((len(kept[-1]), 3), width))
        pieces, _ = places(2**jump, width / 2)
        position = (position[inside][:, None] + pieces).reshape(-1, 3)
        width /= 2**jump
    kept.append(position)
    sizes.append(np.full((len(position), 3), width))
    return gas.at(np.concatenate(kept), size=np.concatenate(sizes))


def ball(number, radius, seed=0, power=1 / 3):
    """Random places (point, 3) in a ball; a `power` of 1 gives as many in every shell."""
    rng = np.random.default_rng(seed)
    outward = rng.normal(size=(number, 3))
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    return outward * (radius * rng.random(number) ** power)[:, None]


def on_points(gas, number, radius, seed=0, power=1 / 3):
    """Random points in a ball."""
    return gas.at(ball(number, radius, seed, power))


def on_shells(gas, number, radius):
    """Equally thick shells."""
    position = np.zeros((number, 3))
    position[:, 0] = (np.arange(number) + 0.5) * (radius / (number - 0.5))
    return gas.at(position, spherical=True)
