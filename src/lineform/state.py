"""The physical state of a gas: named fields on a grid, on cells, on points or on shells."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lineform.errors import ShapeError

__all__ = ["FloatArray", "Geometry", "State"]

FloatArray = NDArray[np.floating]
Geometry = Literal["grid", "cells", "points", "shells"]


@dataclass(frozen=True, slots=True)
class State:
    """What the gas is like at every point.

    Parameters
    ----------
    position : (point, 3) [m]
    velocity : (point, 3) [m s-1]
    temperature : (point,) [K]
    turbulence : (point,) [m s-1]
        Most probable turbulent speed.
    density : name of species -> (point,) [m-3]
    axes : x, y, z of the cell centres [m], or None
        Set for a regular grid; points are then in C order, z fastest.
    size : (point, 3) [m], or None
        Widths along x, y, z of cells that fill space as boxes, such as those of a grid with
        refinement. With neither axes nor size the points stand for the gas around them.
    spherical : bool
        The points are radii of a spherical model, in ascending order; the first component of
        position and velocity is the radial one, the others are 0.
    populations : name of species -> (point, level) [m-3]
        Level populations that came with the model.

    Raises
    ------
    ShapeError
        If the fields differ in length, or a grid has another number of cells.
    """

    position: FloatArray
    velocity: FloatArray
    temperature: FloatArray
    turbulence: FloatArray
    density: Mapping[str, FloatArray]
    axes: tuple[FloatArray, FloatArray, FloatArray] | None = None
    size: FloatArray | None = None
    spherical: bool = False
    populations: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.position)
        shapes = {
            "position": (self.position.shape, (n, 3)),
            "velocity": (self.velocity.shape, (n, 3)),
            "temperature": (self.temperature.shape, (n,)),
            "turbulence": (self.turbulence.shape, (n,)),
            **{f"density of {name}": (a.shape, (n,)) for name, a in self.density.items()},
            **{f"populations of {k}": (a.shape[:1], (n,)) for k, a in self.populations.items()},
        }
        if self.size is not None:
            shapes["size"] = (self.size.shape, (n, 3))
        for name, (seen, expected) in shapes.items():
            if seen != expected:
                raise ShapeError(name, expected=str(expected), seen=str(seen))
        if self.axes is not None and np.prod(self.shape) != n:
            raise ShapeError("axes", expected=f"a grid of {n} cells", seen=str(self.shape))

    @property
    def n_points(self) -> int:
        """Number of points or cells."""
        return len(self.position)

    @property
    def geometry(self) -> Geometry:
        """How the points fill space."""
        if self.axes is not None:
            return "grid"
        if self.spherical:
            return "shells"
        return "points" if self.size is None else "cells"

    @property
    def reach(self) -> float:
        """Half the width of a cube about the origin that holds all gas [m]."""
        if self.axes is not None:
            return max(float(np.abs(a).max() + abs(a[1] - a[0]) / 2) for a in self.axes)
        margin = 0.0 if self.size is None else self.size / 2
        return float((np.abs(self.position) + margin).max())

    def moved(self, origin: tuple[float, float, float]) -> "State":
        """The same gas with its origin at another place, x, y, z [m].

        Raises
        ------
        ShapeError
            If it is spherical, and has no other middle.
        """
        if not any(origin):
            return self
        if self.spherical:
            raise ShapeError("origin", expected="that of the sphere", seen=str(origin))
        axes = None
        if self.axes is not None:
            x, y, z = (axis - shift for axis, shift in zip(self.axes, origin, strict=True))
            axes = x, y, z
        return replace(self, position=self.position - np.asarray(origin), axes=axes)

    @property
    def grid_axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The axes of the grid [m].

        Raises
        ------
        ShapeError
            If the points do not form a grid.
        """
        if self.axes is None:
            raise ShapeError("state", expected="a regular grid", seen=f"{self.n_points} points")
        return self.axes

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes of the grid."""
        return tuple(len(axis) for axis in self.grid_axes)

    def gridded(self, field: FloatArray) -> FloatArray:
        """A field (point, ...) as (x, y, z, ...)."""
        return field.reshape(*self.shape, *field.shape[1:])
