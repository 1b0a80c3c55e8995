"""Reads the HDF5 models of Magritte (De Ceuster et al. 2020, MNRAS 492, 1812) as states.

Magritte writes neither units nor the name of a format; the units are those of its source. The
root attribute ``nfreqs`` of its files may be uninitialised and is not read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np

from lineform.constants import LIGHT_SPEED
from lineform.errors import ReadError, ShapeError
from lineform.state import FloatArray, State

__all__ = ["read_magritte"]

_POINTS = "geometry/points"
_SPECIES = "chemistry/species"
_GAS = "thermodynamics/temperature/gas"
_TURBULENCE = "thermodynamics/turbulence/vturb2"


def read_magritte(path: Path) -> State:
    """The state in a model file of Magritte, with the level populations that it holds.

    Three-dimensional models become free points, one-dimensional ones with spherical symmetry
    shells in ascending order. Populations that are zero everywhere were never computed and are
    left out.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ReadError
        If the file is no model of Magritte, something is missing in it, values are not
        physical, or its geometry is neither of the two.
    """
    try:
        with h5py.File(path, "r") as file:
            return _state(_File(file, str(path)))
    except (OSError, RuntimeError, ShapeError, UnicodeDecodeError) as error:
        raise ReadError("Magritte model", seen=str(error), where=str(path)) from error


@dataclass(frozen=True, slots=True)
class _File:
    """An open file that says what it lacks."""

    file: h5py.File
    where: str

    def array(self, name: str, columns: int = 0) -> FloatArray:
        """A dataset of finite numbers (n,) or (n, columns)."""
        values = np.asarray(self._dataset(name)[()])
        wanted = f"(n, {columns})" if columns else "(n,)"
        if values.ndim != 1 + bool(columns) or values.shape[1:] not in ((), (columns,)):
            raise self.error(f"dataset {name}", f"shape {wanted}", str(values.shape))
        self.check(name, values, np.isfinite, "a finite number")
        return values.astype(float)

    def names(self, name: str) -> list[str]:
        """A dataset of words."""
        words = np.atleast_1d(self._dataset(name)[()]).tolist()
        return [word.decode() if isinstance(word, bytes) else str(word) for word in words]

    def attribute(self, name: str, group: str = "/") -> str:
        """An attribute of a group as a word."""
        attributes = self.file[group].attrs
        if name not in attributes:
            raise self.error(f"attribute {name} of {group}", "a value", "none")
        return str(attributes[name])

    def check(
        self, name: str, values: np.ndarray, legal: Callable[[np.ndarray], np.ndarray], wanted: str
    ) -> None:
        """Refuse values that are not legal, with the place of the first."""
        bad = np.argwhere(~legal(values))
        if len(bad):
            place = ", ".join(str(index) for index in bad[0])
            raise self.error(f"{name}[{place}]", wanted, str(values[tuple(bad[0])]))

    def error(self, what: str, expected: str, seen: str, way_out: str = "") -> ReadError:
        what = f"Magritte model, {what}"
        return ReadError(what, expected=expected, seen=seen, way_out=way_out, where=self.where)

    def _dataset(self, name: str) -> h5py.Dataset:
        found = self.file.get(name)
        if not isinstance(found, h5py.Dataset):
            raise self.error(f"dataset {name}", "one", "none", "is it a model of Magritte?")
        return found


def _state(file: _File) -> State:
    temperature, turbulence2 = file.array(_GAS), file.array(_TURBULENCE)
    file.check(_GAS, temperature, lambda values: values > 0, "a positive temperature in K")
    file.check(_TURBULENCE, turbulence2, lambda values: values >= 0, "a number not below 0")
    state = State(
        position=file.array(f"{_POINTS}/position", 3),
        velocity=file.array(f"{_POINTS}/velocity", 3) * LIGHT_SPEED,
        temperature=temperature,
        turbulence=np.sqrt(turbulence2) * LIGHT_SPEED,
        density=_densities(file),
        spherical=_is_spherical(file),
        populations=_populations(file),
    )
    if state.spherical:
        radii = state.position[:, 0]
        file.check(f"{_POINTS}/position", radii, lambda values: values >= 0, "a radius")
        return _rearranged(state, np.argsort(radii))
    return state


def _rearranged(state: State, order: np.ndarray) -> State:
    return replace(
        state,
        position=state.position[order],
        velocity=state.velocity[order],
        temperature=state.temperature[order],
        turbulence=state.turbulence[order],
        density={name: values[order] for name, values in state.density.items()},
        populations={name: values[order] for name, values in state.populations.items()},
    )


def _is_spherical(file: _File) -> bool:
    dimension, symmetry = file.attribute("dimension"), file.attribute("spherical_symmetry")
    if (dimension, symmetry) not in (("1", "true"), ("3", "false")):
        raise file.error(
            "geometry",
            "dimension 3, or dimension 1 with spherical symmetry",
            f"dimension {dimension}, spherical_symmetry {symmetry}",
        )
    return symmetry == "true"


def _densities(file: _File) -> dict[str, FloatArray]:
    names = file.names(f"{_SPECIES}/species")
    path = f"{_SPECIES}/abundance"
    abundance = file.array(path, len(names))
    file.check(path, abundance, lambda values: values >= 0, "a number density not below 0")
    return {name: abundance[:, column] for column, name in enumerate(names)}


def _populations(file: _File) -> dict[str, FloatArray]:
    found = {}
    for name, group in sorted(file.file.get("lines", {}).items()):
        if "population" not in group:
            continue
        place = f"lines/{name}"
        levels = len(file.array(f"{place}/linedata/weight"))
        path = f"{place}/population"
        values = file.array(path, levels)
        file.check(path, values, lambda values: values >= 0, "a number density not below 0")
        if values.any():
            found[file.attribute("sym", f"{place}/linedata")] = values
    return found
