"""A state as the datasets of a model file, and back, as the data format page lists them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lineform.constants import LIGHT_SPEED
from lineform.errors import ReadError, UnitsError
from lineform.state import FloatArray, State
from lineform.units import parse

__all__ = [
    "DATASETS",
    "GROUPS",
    "POSITION",
    "SPHERICAL",
    "state_attributes",
    "state_datasets",
    "state_from",
]

POSITION = "geometry/points/position"
_VELOCITY = "geometry/points/velocity"
_CELLS = "geometry/cells"
_SIZE = f"{_CELLS}/size"
_SPECIES = "chemistry/species/species"
_ABUNDANCE = "chemistry/species/abundance"
_GAS = "thermodynamics/temperature/gas"
_TURBULENCE = "thermodynamics/turbulence/vturb2"

_MEANING: Mapping[str, tuple[str, str]] = {
    POSITION: ("m", "Positions of the points."),
    _VELOCITY: ("", "Velocity as a fraction of the speed of light."),
    _SPECIES: ("", "Names of the species."),
    _ABUNDANCE: ("m-3", "Number density of each species."),
    _GAS: ("K", "Gas temperature."),
    _TURBULENCE: ("", "Square of turbulent speed over speed of light."),
    **{f"grid/{name}": ("m", f"Cell centres along {name}.") for name in "xyz"},
    _SIZE: ("m", "Widths of the cells along x, y, z."),
}
"""Unit and description of each dataset."""

DATASETS = tuple(_MEANING)
"""All that a state may be in."""

GROUPS = ("/", _CELLS)
"""Groups whose attributes say how the points fill space."""

SPHERICAL: Mapping[str, object] = {"dimension": 1, "spherical_symmetry": "true"}
"""Root attributes of a spherical model, as Magritte has them."""

_BOXES: Mapping[str, object] = {"shape": "boxes"}

_Attributes = Mapping[str, Mapping[str, object]]


def state_attributes(state: State) -> _Attributes:
    """Attributes that say how the points fill space: path of a group -> name -> value."""
    return {
        **({"/": SPHERICAL} if state.spherical else {}),
        **({_CELLS: _BOXES} if state.size is not None else {}),
    }


def state_datasets(state: State) -> dict[str, tuple[np.ndarray, str, str]]:
    """Datasets of a state: path -> values, unit, description."""
    names = list(state.density)
    words = np.array([name.encode() for name in names])
    abundance = np.stack([state.density[name] for name in names], axis=1)
    vturb2 = (state.turbulence / LIGHT_SPEED) ** 2
    speed = state.velocity / LIGHT_SPEED
    values = {
        POSITION: state.position,
        _VELOCITY: speed,
        _SPECIES: words,
        _ABUNDANCE: abundance,
        _GAS: state.temperature,
        _TURBULENCE: vturb2,
    }
    for name, axis in zip("xyz", state.axes or (), strict=False):
        values[f"grid/{name}"] = axis
    if state.size is not None:
        values[_SIZE] = state.size
    return {path: (array, *_MEANING[path]) for path, array in values.items()}


def state_from(
    datasets: Mapping[str, np.ndarray],
    attributes: _Attributes,
    units: Mapping[str, str] | None = None,
    where: str = "",
) -> State:
    """The state in a model file.

    Parameters
    ----------
    datasets : path -> values
        Those of `DATASETS` that the file has.
    attributes : path of a group -> name -> value
        Those of `GROUPS`.
    units : path -> unit
        Of datasets that say theirs; the others are in those of the format.
    where : str
        The file, for errors.

    Raises
    ------
    ReadError
        If a dataset is missing or has another kind of unit, velocities are not below that of
        light, or a squared turbulence is negative.
    """
    file = _File(datasets, units or {}, where)
    names = [name.decode() for name in file.array(_SPECIES)]
    abundance = file.array(_ABUNDANCE, len(names))
    boxes = _BOXES.items() <= attributes.get(_CELLS, {}).items()
    symmetry = attributes.get("/", {}).get("spherical_symmetry")
    return State(
        position=file.array(POSITION, 3),
        velocity=file.velocity(),
        temperature=file.array(_GAS),
        turbulence=file.turbulence(),
        density={name: abundance[:, i] for i, name in enumerate(names)},
        axes=_axes(file),
        size=file.array(_SIZE, 3) if boxes else None,
        spherical=symmetry == SPHERICAL["spherical_symmetry"],
    )


def _axes(file: "_File") -> tuple[FloatArray, FloatArray, FloatArray] | None:
    if "grid/x" not in file.datasets:
        return None
    return file.array("grid/x"), file.array("grid/y"), file.array("grid/z")


def _meaning(path: str) -> tuple[str, str]:
    """Unit and meaning of a dataset, for the middle of a sentence."""
    unit, description = _MEANING[path]
    return unit, f"{description[0].lower()}{description[1:-1]}"


@dataclass(frozen=True, slots=True)
class _File:
    """What a file holds, in SI units, with an error that names what is wrong."""

    datasets: Mapping[str, np.ndarray]
    units: Mapping[str, str]
    where: str

    def array(self, path: str, columns: int = 0) -> np.ndarray:
        """A dataset (n,) or (n, columns) in the unit of the format."""
        unit, meaning = _meaning(path)
        if path not in self.datasets:
            raise ReadError(
                f"missing dataset {path}",
                expected=f"{meaning}{f' [{unit}]' if unit else ''}",
                way_out="make the model file again, as lineform convert does",
                where=self.where,
            )
        values = self.datasets[path]
        if values.ndim != 1 + bool(columns) or values.shape[1:] not in ((), (columns,)):
            wanted = f"shape (n, {columns})" if columns else "shape (n,)"
            raise self._error(path, wanted, str(values.shape), "write it as the format says")
        scale = self._scale(path)
        return values if scale == 1 else values * scale

    def velocity(self) -> FloatArray:
        """Velocities (point, 3) [m/s]."""
        fraction = self.array(_VELOCITY, 3)
        speed = np.hypot.reduce(fraction, axis=1)
        self._refuse(
            _VELOCITY,
            # What is not finite is told of where the state is checked.
            np.isfinite(speed) & (speed >= 1),
            speed,
            "a fraction of the speed of light, below 1",
            f"divide velocities in m/s by {LIGHT_SPEED:.0f}",
        )
        return fraction * LIGHT_SPEED

    def turbulence(self) -> FloatArray:
        """Most probable turbulent speeds (point,) [m/s]."""
        square = self.array(_TURBULENCE)
        self._refuse(
            _TURBULENCE,
            square < 0,
            square,
            "a square, not below 0",
            "write the square of the turbulent speed over that of light",
        )
        speed: FloatArray = np.sqrt(square) * LIGHT_SPEED
        return speed

    def _scale(self, path: str) -> float:
        unit, meaning = _meaning(path)
        seen = self.units.get(path, unit)
        if seen == unit:
            return 1.0
        try:
            return parse(f"1 {seen}", unit, path)
        except UnitsError as error:
            wanted = f"the unit {unit} or one of its kind" if unit else f"no unit but {meaning}"
            way_out = "convert the values, or correct the attribute unit"
            raise self._error(path, wanted, repr(seen), way_out) from error

    def _refuse(
        self, path: str, bad: np.ndarray, values: np.ndarray, expected: str, way_out: str
    ) -> None:
        if bad.any():
            first = int(np.argmax(bad))
            seen = f"{values[first]:.6g} at point {first}, and {int(bad.sum())} such points in all"
            raise self._error(path, expected, seen, way_out)

    def _error(self, path: str, expected: str, seen: str, way_out: str) -> ReadError:
        return ReadError(
            f"dataset {path}", expected=expected, seen=seen, way_out=way_out, where=self.where
        )
