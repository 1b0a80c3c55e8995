"""A state as the datasets of a model file, and back, as the data format page lists them."""

from collections.abc import Mapping

import numpy as np

from lineform.constants import LIGHT_SPEED
from lineform.state import FloatArray, State

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
_SPECIES = "chemistry/species/species"
_ABUNDANCE = "chemistry/species/abundance"
_GAS = "thermodynamics/temperature/gas"
_TURBULENCE = "thermodynamics/turbulence/vturb2"

DATASETS = (
    POSITION,
    _VELOCITY,
    _SPECIES,
    _ABUNDANCE,
    _GAS,
    _TURBULENCE,
    *(f"grid/{name}" for name in "xyz"),
    f"{_CELLS}/size",
)
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
    datasets = {
        POSITION: (state.position, "m", "Positions of the points."),
        _VELOCITY: (speed, "", "Velocity as a fraction of the speed of light."),
        _SPECIES: (words, "", "Names of the species."),
        _ABUNDANCE: (abundance, "m-3", "Number density of each species."),
        _GAS: (state.temperature, "K", "Gas temperature."),
        _TURBULENCE: (vturb2, "", "Square of turbulent speed over speed of light."),
    }
    for name, axis in zip("xyz", state.axes or (), strict=False):
        datasets[f"grid/{name}"] = (axis, "m", f"Cell centres along {name}.")
    if state.size is not None:
        datasets[f"{_CELLS}/size"] = (state.size, "m", "Widths of the cells along x, y, z.")
    return datasets


def state_from(datasets: Mapping[str, np.ndarray], attributes: _Attributes) -> State:
    """The state in a model file.

    Parameters
    ----------
    datasets : path -> values
        Those of `DATASETS` that the file has.
    attributes : path of a group -> name -> value
        Those of `GROUPS`.

    Raises
    ------
    KeyError
        If one is missing.
    """
    names = [name.decode() for name in datasets[_SPECIES]]
    abundance = datasets[_ABUNDANCE]
    boxes = _BOXES.items() <= attributes.get(_CELLS, {}).items()
    symmetry = attributes.get("/", {}).get("spherical_symmetry")
    return State(
        position=datasets[POSITION],
        velocity=datasets[_VELOCITY] * LIGHT_SPEED,
        temperature=datasets[_GAS],
        turbulence=np.sqrt(datasets[_TURBULENCE]) * LIGHT_SPEED,
        density={name: abundance[:, i] for i, name in enumerate(names)},
        axes=_axes(datasets),
        size=datasets[f"{_CELLS}/size"] if boxes else None,
        spherical=symmetry == SPHERICAL["spherical_symmetry"],
    )


def _axes(datasets: Mapping[str, np.ndarray]) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    if "grid/x" not in datasets:
        return None
    return datasets["grid/x"], datasets["grid/y"], datasets["grid/z"]
