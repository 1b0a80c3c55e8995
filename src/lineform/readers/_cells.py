"""From the leaves of an AMRVAC snapshot to the gas on cells in space."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lineform.dump import Dump, Shape
from lineform.errors import ReadError
from lineform.readers._geometry import AXES, family, in_space
from lineform.state import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A snapshot as it is in the file, in code units.

    Parameters
    ----------
    where, physics, geometry : str
    time : float
    names : tuple of str
        Of the variables, which are conservative.
    parameters : name -> value
    lower, width : (dimension,)
        Lower corner of the domain; width of a cell of level 1.
    level : (leaf,)
        From 1.
    index : (leaf, dimension)
        Place of the leaf among the blocks of its level, from 1.
    values : (leaf, variable, cells along each dimension)
    left_out : tuple of str
    """

    where: str
    physics: str
    geometry: str
    time: float
    names: tuple[str, ...]
    parameters: Mapping[str, float]
    lower: FloatArray
    width: FloatArray
    level: np.ndarray
    index: np.ndarray
    values: FloatArray
    left_out: tuple[str, ...]


def cells_to_dump(snapshot: Snapshot, azimuths: int) -> Dump:
    """The gas on all cells of a snapshot; axisymmetric ones are revolved.

    Raises
    ------
    ReadError
        If a variable that is needed is missing.
    """
    ndim = len(snapshot.width)
    name = family(snapshot.geometry, ndim, snapshot.where)
    centre, width, level = _grid(snapshot)
    cells = in_space(name, centre, width, azimuths)
    variables = _variables(snapshot)
    density = _needed(variables, "rho", snapshot)
    momentum = _vector(variables, "m", density, needed=ndim, snapshot=snapshot)
    _check_density(density, centre, snapshot)
    pressure = _pressure(snapshot, variables, density, momentum)
    of = cells.parent
    velocity = np.einsum("nij,nj->ni", cells.rotation, (momentum / density[:, None])[of])
    used = {"rho", "e", *(f"m{i}" for i in range(1, 4))}
    return _ordered(
        Dump(
            code=f"MPI-AMRVAC ({snapshot.physics})",
            position=cells.position,
            velocity=velocity,
            mass=density[of] * cells.volume,
            density=density[of],
            shape=Shape(
                size=cells.size, volume=cells.volume, level=level[of], boxes=name == "cartesian"
            ),
            pressure=None if pressure is None else pressure[of],
            fields={key: v[of] for key, v in variables.items() if key not in used},
            time=snapshot.time,
            adiabatic_index=snapshot.parameters.get("gamma"),
            left_out=(
                *snapshot.left_out,
                *(key for key in snapshot.names if key not in used),
                *(() if pressure is not None or "e" not in variables else ("e",)),
                *(f"parameter {key}" for key in snapshot.parameters if key != "gamma"),
            ),
            remarks=(f"geometry {snapshot.geometry}, {ndim}-D", *cells.remarks),
        ),
        regular=name == "cartesian" and ndim == 3,
    )


def _grid(snapshot: Snapshot) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Centres and widths (cell, dimension) and levels (cell,) of all cells."""
    block = snapshot.values.shape[2:]
    place = np.stack(np.meshgrid(*map(np.arange, block), indexing="ij"), -1).reshape(-1, len(block))
    # Whole numbers of cells from the corner: equal coordinates are equal to the last bit.
    number = (snapshot.index[:, None] - 1) * np.array(block) + place
    width = snapshot.width / 2.0 ** (snapshot.level[:, None] - 1)
    centre = snapshot.lower + (number + 0.5) * width[:, None]
    each = len(place)
    return (
        centre.reshape(-1, len(block)),
        np.repeat(width, each, axis=0),
        np.repeat(snapshot.level, each),
    )


def _variables(snapshot: Snapshot) -> dict[str, FloatArray]:
    return {
        name: np.asarray(snapshot.values[:, i]).reshape(-1) for i, name in enumerate(snapshot.names)
    }


def _needed(variables: Mapping[str, FloatArray], name: str, snapshot: Snapshot) -> FloatArray:
    if name not in variables:
        raise ReadError(
            "variables of an AMRVAC snapshot",
            expected=f"{name}, of the physics hd or mhd",
            seen=f"{', '.join(snapshot.names)} ({snapshot.physics})",
            where=snapshot.where,
        )
    return variables[name]


def _vector(
    variables: Mapping[str, FloatArray],
    letter: str,
    like: FloatArray,
    *,
    needed: int = 0,
    snapshot: Snapshot,
) -> FloatArray:
    """Components (cell, 3) along the axes of the grid; those that are not there are zero."""
    for i in range(1, needed + 1):
        _needed(variables, f"{letter}{i}", snapshot)
    zero = np.zeros_like(like)
    return np.stack([variables.get(f"{letter}{i}", zero) for i in range(1, 4)], axis=1)


def _pressure(
    snapshot: Snapshot,
    variables: Mapping[str, FloatArray],
    density: FloatArray,
    momentum: FloatArray,
) -> FloatArray | None:
    """Pressure over density, from the energy less that of motion and of the magnetic field."""
    gamma = snapshot.parameters.get("gamma")
    if "e" not in variables or gamma is None or gamma <= 1:
        return None
    field = _vector(variables, "b", density, snapshot=snapshot)
    motion = (momentum**2).sum(axis=1) / (2 * density)
    inner = variables["e"] - motion - (field**2).sum(axis=1) / 2
    return np.asarray((gamma - 1) * inner / density)


def _check_density(density: FloatArray, centre: FloatArray, snapshot: Snapshot) -> None:
    """Refuse what cannot be divided by; only here are the coordinates those of the run."""
    bad = ~(density > 0) | ~np.isfinite(density)
    if bad.any():
        first = int(np.argmax(bad))
        axes = AXES[family(snapshot.geometry, centre.shape[1], snapshot.where)]
        place = ", ".join(f"{a} = {x:g}" for a, x in zip(axes, centre[first], strict=False))
        raise ReadError(
            "density rho",
            expected="positive numbers",
            seen=f"{density[first]:g} in {bad.sum()} cells, the first at {place}",
            way_out="take another snapshot, the run went wrong before this one",
            where=snapshot.where,
        )


def _ordered(dump: Dump, *, regular: bool) -> Dump:
    """Cells that fill one regular grid in the order of a grid, with its axes."""
    level = dump.shape.level
    if not regular or level is None or level.min() != level.max():
        return dump
    axes = tuple(np.unique(dump.position[:, i]) for i in range(3))
    if np.prod([axis.size for axis in axes]) != dump.n_points:
        return dump
    order = np.lexsort(dump.position.T[::-1])
    return _taken(dump, order, (axes[0], axes[1], axes[2]))


def _taken(dump: Dump, order: np.ndarray, axes: tuple[FloatArray, FloatArray, FloatArray]) -> Dump:
    def take(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else values[order]

    shape = dump.shape
    return replace(
        dump,
        position=dump.position[order],
        velocity=dump.velocity[order],
        mass=dump.mass[order],
        density=dump.density[order],
        pressure=take(dump.pressure),
        fields={name: values[order] for name, values in dump.fields.items()},
        shape=Shape(
            size=take(shape.size), volume=take(shape.volume), level=take(shape.level), axes=axes
        ),
    )
