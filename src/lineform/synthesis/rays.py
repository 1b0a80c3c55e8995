"""Samples a state on the rays of a viewing direction.

Temperatures are interpolated in their logarithm, since they fall as powers of the radius, and
densities as `lineform.synthesis.interpolation` says. Velocities are sampled at the ends of the
cells along a ray, everything else in the middle: with the profile averaged over the velocity
gradient in between, no channel is missed however steep the gradient is.
"""

import logging
from collections.abc import Callable

import numpy as np

from lineform.species import Line, Molecule
from lineform.state import FloatArray, Geometry, State
from lineform.synthesis.base import Paths, Rays, Scene, Tracer
from lineform.synthesis.grid import GridTracer
from lineform.synthesis.interpolation import interpolated
from lineform.synthesis.points import PointsTracer
from lineform.synthesis.shells import ShellsTracer

__all__ = ["Fields", "tracer_of"]

_log = logging.getLogger(__name__)

_TRACERS: dict[Geometry, Callable[[State], Tracer]] = {
    "grid": GridTracer,
    "cells": PointsTracer,
    "points": PointsTracer,
    "shells": ShellsTracer,
}

_FLOOR = 1e-30
"""Stands for zero where a logarithm is taken [1]."""

_LEAST_EXCITATION = 1e-4
"""Least h nu / k T_ex: a line that is inverted emits, and neither absorbs nor amplifies [1]."""


def tracer_of(state: State) -> Tracer:
    """What sends rays through the points of a state.

    Raises
    ------
    ShapeError
        If the points do not fill space in the way their geometry says.
    """
    return _TRACERS[state.geometry](state)


class Fields:
    """The fields of a scene in the form in which they are interpolated.

    Temperature is a natural logarithm.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        state = scene.state
        names = {molecule.name for molecule in scene.molecules} | ({"H2"} if scene.dust else set())
        self.temperature = np.log(state.temperature)
        self._turbulence = state.turbulence
        self.density = {
            name: interpolated(state, name, scene.interpolation) for name in sorted(names)
        }
        self._lower: dict[Line, FloatArray] = {}
        self._excitation: dict[Line, FloatArray] = {}
        for molecule, lines in scene.molecules.items():
            if molecule.name in scene.fractions:
                for line in lines:
                    self._excite(molecule, line, scene.fractions[molecule.name])

    def _excite(self, molecule: Molecule, line: Line, fractions: FloatArray) -> None:
        lower, upper = (np.maximum(fractions[:, k], _FLOOR) for k in (line.lower, line.upper))
        weights = molecule.weight[line.upper] / molecule.weight[line.lower]
        excitation = np.log(weights * lower / upper)
        inverted = int(np.sum(excitation < _LEAST_EXCITATION))
        if inverted:
            _log.warning(
                "%s: populations inverted at %d of %d points, where the line only emits: masers"
                " are not modelled",
                line.name,
                inverted,
                len(excitation),
            )
        self._lower[line] = np.log(lower)
        self._excitation[line] = np.maximum(excitation, _LEAST_EXCITATION)

    def on(self, paths: Paths, component: FloatArray) -> Rays:
        """The gas along rays.

        Parameters
        ----------
        paths : Paths
        component : (point,) [m s-1]
            Of `Tracer.component`.
        """
        middles = paths.middles
        return Rays(
            step=paths.step if paths.filled is None else paths.step * paths.filled,
            recession=paths.edges(component),
            temperature=np.exp(middles(self.temperature)),
            turbulence=middles(self._turbulence),
            density={name: field.on(paths) for name, field in self.density.items()},
            lower={line: np.exp(middles(field)) for line, field in self._lower.items()},
            excitation={line: middles(field) for line, field in self._excitation.items()},
        )
