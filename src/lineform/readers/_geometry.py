"""Cells of Cartesian, cylindrical, polar and spherical grids in three dimensions.

Each geometry names the axes of the grid and the components of its vectors in their order.
Volumes are exact; a position is that of the centre of the cell in the grid's own coordinates.
"""

from dataclasses import dataclass

import numpy as np

from lineform.errors import ReadError
from lineform.state import FloatArray

AXES = {
    "cartesian": ("x", "y", "z"),
    "cylindrical": ("r", "z", "phi"),
    "polar": ("r", "phi", "z"),
    "spherical": ("r", "theta", "phi"),
}
"""Order of the coordinates, and of the components of vectors, in each geometry."""

_TURN = 2 * np.pi


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells in three dimensions.

    Parameters
    ----------
    position : (cell, 3)
        Cartesian.
    size : (cell, 3)
        Widths along the axes of the grid, as lengths.
    volume : (cell,)
    rotation : (cell, 3, component)
        Cartesian components of the unit vectors of the grid.
    parent : (cell,)
        Cell of the snapshot that it comes from.
    remarks : tuple of str
    """

    position: FloatArray
    size: FloatArray
    volume: FloatArray
    rotation: FloatArray
    parent: np.ndarray
    remarks: tuple[str, ...]


def family(geometry: str, ndim: int, where: str) -> str:
    """Name of the geometry without dimensions: ``Cylindrical_2.5D`` is ``cylindrical``.

    Raises
    ------
    ReadError
        If it is unknown or has one dimension only.
    """
    name = geometry.split("_")[0].lower()
    if name not in AXES or geometry.lower().endswith("expansion"):
        raise ReadError(
            "geometry", expected=f"one of {', '.join(sorted(AXES))}", seen=geometry, where=where
        )
    if ndim < 2:
        raise ReadError("dimensions of the grid", expected="2 or 3", seen="1", where=where)
    return name


def in_space(name: str, centre: FloatArray, width: FloatArray, azimuths: int) -> Cells:
    """The cells of a grid in two or three dimensions as cells in space.

    Parameters
    ----------
    name : str
        A key of `AXES`.
    centre, width : (cell, dimension) [length or radian]
    azimuths : int
        Cells around the axis that each cell of an axisymmetric grid becomes.

    Notes
    -----
    A plane grid (Cartesian, polar) becomes one layer about z = 0, one code unit thick, as the
    code itself counts volumes. An axisymmetric one (cylindrical, spherical) is revolved.
    """
    parent = np.arange(len(centre))
    remarks: tuple[str, ...] = ()
    if centre.shape[1] == 2 and AXES[name][2] == "z":
        remarks = ("2-D plane: one layer of cells about z = 0, one code unit of length thick",)
        centre = np.column_stack([centre, np.zeros(len(centre))])
        width = np.column_stack([width, np.ones(len(width))])
    elif centre.shape[1] == 2:
        remarks = (f"2-D axisymmetric: revolved about z, {azimuths} cells around the axis",)
        parent = np.repeat(parent, azimuths)
        angles = np.tile((np.arange(azimuths) + 0.5) * _TURN / azimuths, len(centre))
        centre = np.column_stack([centre[parent], angles])
        width = np.column_stack([width[parent], np.full(len(parent), _TURN / azimuths)])
    make = {"cartesian": _cartesian, "spherical": _spherical}.get(name, _cylindrical)
    at = dict(zip(AXES[name], centre.T, strict=True))
    over = dict(zip(AXES[name], width.T, strict=True))
    position, size, volume, unit = make(at, over)
    rotation = np.stack([unit[axis] for axis in AXES[name]], axis=2)
    sizes = np.stack([size[axis] for axis in AXES[name]], axis=1)
    return Cells(position, sizes, volume, rotation, parent, remarks)


_Named = dict[str, FloatArray]


def _cartesian(at: _Named, over: _Named) -> tuple[FloatArray, _Named, FloatArray, _Named]:
    one, zero = np.ones_like(at["x"]), np.zeros_like(at["x"])
    unit = {
        "x": np.stack([one, zero, zero], 1),
        "y": np.stack([zero, one, zero], 1),
        "z": np.stack([zero, zero, one], 1),
    }
    position = np.stack([at["x"], at["y"], at["z"]], 1)
    return position, over, over["x"] * over["y"] * over["z"], unit


def _cylindrical(at: _Named, over: _Named) -> tuple[FloatArray, _Named, FloatArray, _Named]:
    r, phi = at["r"], at["phi"]
    zero, one = np.zeros_like(r), np.ones_like(r)
    unit = {
        "r": np.stack([np.cos(phi), np.sin(phi), zero], 1),
        "phi": np.stack([-np.sin(phi), np.cos(phi), zero], 1),
        "z": np.stack([zero, zero, one], 1),
    }
    position = r[:, None] * unit["r"] + at["z"][:, None] * unit["z"]
    # (R2^2 - R1^2) / 2 is the radius of the centre times the width.
    volume = r * over["r"] * over["phi"] * over["z"]
    return position, {**over, "phi": r * over["phi"]}, volume, unit


def _spherical(at: _Named, over: _Named) -> tuple[FloatArray, _Named, FloatArray, _Named]:
    r, theta, phi = at["r"], at["theta"], at["phi"]
    sine, cosine = np.sin(theta), np.cos(theta)
    unit = {
        "r": np.stack([sine * np.cos(phi), sine * np.sin(phi), cosine], 1),
        "theta": np.stack([cosine * np.cos(phi), cosine * np.sin(phi), -sine], 1),
        "phi": np.stack([-np.sin(phi), np.cos(phi), np.zeros_like(phi)], 1),
    }
    # (r2^3 - r1^3) / 3 and cos(theta1) - cos(theta2), without the loss of digits.
    shell = over["r"] * (r**2 + over["r"] ** 2 / 12)
    volume = shell * 2 * sine * np.sin(over["theta"] / 2) * over["phi"]
    size = {"r": over["r"], "theta": r * over["theta"], "phi": r * sine * over["phi"]}
    return r[:, None] * unit["r"], size, volume, unit
