"""How densities are taken between points: in their logarithm, or as they are.

The logarithm follows winds, which fall with powers of the radius, but of a contrast it takes the
geometric mean, and loses gas; as they are, densities keep the gas of every model.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.spatial import cKDTree

from lineform.state import FloatArray, State
from lineform.synthesis.base import Interpolation, Paths

__all__ = ["Interpolated", "interpolated", "lost_in_logarithm"]

_log = logging.getLogger(__name__)

_FLOOR = 1e-30
"""Stands for zero where a logarithm is taken [m-3]."""

_MOST_LOST = 0.03
"""Densities that would lose more than this in their logarithm are taken as they are [1].

Winds on 32^3 cells or more have 0.015 or less, log-normal densities with a scatter of 0.5 have
0.06. At an edge, where all eight cells around a place differ and not only two, rays lose up to
three times as much: a ball across 20 cells has 0.08, and loses 0.22.
"""

_NEIGHBOURS = 6
"""Those of a cube among equal ones that share a face with it."""


class Interpolated(Protocol):
    """The density of a species between the points."""

    def on(self, paths: Paths) -> FloatArray:
        """The density (cell, ray) [m-3] along rays."""
        ...

    def spread(
        self, paths: Paths, given: FloatArray, density: FloatArray, total: FloatArray
    ) -> None:
        """The transpose of the derivative: add what belongs to the rays to the points.

        Parameters
        ----------
        paths : Paths
        given : (cell, ray) [any]
            By the logarithm of the density there.
        density : (cell, ray) [m-3]
            As `on` gives it.
        total : (point,) [as given]
            By the logarithm of the density of the points.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Logarithm:
    values: FloatArray

    def on(self, paths: Paths) -> FloatArray:
        return np.asarray(np.exp(paths.middles(self.values)))

    def spread(
        self,
        paths: Paths,
        given: FloatArray,
        density: FloatArray,
        total: FloatArray,
    ) -> None:
        paths.middles.spread(given, total, self.values)


@dataclass(frozen=True, slots=True, eq=False)
class _Amount:
    values: FloatArray

    def on(self, paths: Paths) -> FloatArray:
        # Rounding must not leave less than nothing.
        return np.asarray(np.maximum(paths.amounts(self.values), 0))

    def spread(
        self, paths: Paths, given: FloatArray, density: FloatArray, total: FloatArray
    ) -> None:
        # In parts of the greatest density, so that single precision holds the numbers.
        peak = float(self.values.max()) or 1.0
        part, at_points = density / peak, np.zeros(len(total))
        by_part = np.zeros_like(given)
        np.divide(given, part, out=by_part, where=part > np.finfo(part.dtype).tiny)
        paths.amounts.spread(by_part, at_points, self.values)
        total += self.values / peak * at_points


def interpolated(state: State, name: str, interpolation: Interpolation) -> Interpolated:
    """The density of a species, to be taken between the points.

    Parameters
    ----------
    state : State
    name : of the species
    interpolation : str
        Of `lineform.synthesis.base.Scene`.
    """
    density = state.density[name]
    linear = interpolation == "linear"
    if interpolation == "auto":
        lost = lost_in_logarithm(state, density)
        linear = lost > _MOST_LOST
        _log.info(
            "%s: density interpolated %s: the logarithm would lose %.1f %%",
            name,
            "as it is" if linear else "in its logarithm",
            100 * lost,
        )
    return _Amount(density) if linear else _Logarithm(np.log(np.maximum(density, _FLOOR)))


def lost_in_logarithm(state: State, density: FloatArray) -> float:
    """Part of the gas that is lost where densities are interpolated in their logarithm.

    Parameters
    ----------
    state : State
        Says where the points are.
    density : (point,) [m-3]

    Returns
    -------
    float [1]
        An estimate: 0 where the gas is uniform, 1 where single cells hold all of it.

    Notes
    -----
    1 - sum w sqrt(n m) / sum w (n + m) / 2 over pairs of neighbours with densities n and m: those
    along the axis of a grid that loses most, or each cell or point and the six nearest. There w is
    the smaller of both volumes; that of a point is the cube of the distance to the sixth. Between
    shells w is the volume.
    """
    return max(_lost(*pairs) for pairs in _pairs(state, density.astype(float)))


def _lost(one: FloatArray, other: FloatArray, volume: FloatArray) -> float:
    there = float(np.sum((one + other) * volume)) / 2
    kept = float(np.sum(np.sqrt(one) * np.sqrt(other) * volume))
    return 1 - kept / there if there > 0 else 0.0


_Pairs = tuple[FloatArray, FloatArray, FloatArray]


def _pairs(state: State, density: FloatArray) -> Iterator[_Pairs]:
    """Densities of neighbours, and the volume [any] that pairs stand for, for each direction."""
    if state.geometry == "grid":
        cube = state.gridded(density)
        for axis in range(3):
            along = np.moveaxis(cube, axis, 0)
            yield along[1:], along[:-1], np.ones(1)
    elif state.geometry == "shells":
        yield density[1:], density[:-1], np.diff(state.position[:, 0] ** 3)
    else:
        yield _near(state, density)


def _near(state: State, density: FloatArray) -> _Pairs:
    number = min(_NEIGHBOURS, state.n_points - 1)
    distance, near = cKDTree(state.position).query(state.position, number + 1)
    volume = distance[:, -1] ** 3 if state.size is None else state.size.prod(axis=1)
    other = near[:, 1:]
    # A small dense cell beside a large empty one has no more than its own gas to lose.
    return density[:, None], density[other], np.minimum(volume[:, None], volume[other])
