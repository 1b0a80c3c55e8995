"""Converts the snapshot of a hydrodynamics code to a model file of the data format."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lineform import __version__
from lineform.constants import GRAVITY, LIGHT_SPEED, SOLAR_GM
from lineform.dump import Dump
from lineform.errors import ConfigError, ReadError
from lineform.io import Header, read_header, write_model
from lineform.magritte import Additions, additions
from lineform.naming import NAME_PATTERN, check_name, model_name
from lineform.outputs import Output, is_folder, output_file
from lineform.parameters import PARAMETERS, Parameter
from lineform.readers.snapshots import read_dump
from lineform.recipe import FIELD, Recipe, gas_state
from lineform.scales import CodeUnits
from lineform.species import Line, Molecule

__all__ = ["Conversion", "convert"]

_SOLAR_MASS = SOLAR_GM / GRAVITY
_LONGEST_NAME = 200
_Extra = dict[str, tuple[np.ndarray, str, str]]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a snapshot.

    Parameters
    ----------
    path : Path
        Of the model file.
    code : str
    n_points : int
    mass : float [kg]
        Of the gas.
    notes : tuple of str
        What was assumed and what is special about the model.
    not_converted : tuple of str
        What is in the snapshot and not in the model.
    """

    path: Path
    code: str
    n_points: int
    mass: float
    notes: tuple[str, ...] = ()
    not_converted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """Parameters with the units and meanings of those that the data format does not know."""

    values: dict[str, float | str] = field(default_factory=dict)
    described: dict[str, Parameter] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str, description: str) -> None:
        """Keep a number, unless the user has said it."""
        if name not in self.values:
            self.values[name] = float(value)
            self.described[name] = Parameter(unit, description)


def convert(
    source: Path,
    target: Output,
    recipe: Recipe | None = None,
    *,
    name: str = "",
    title: str = "",
    parameters: Mapping[str, tuple[float | str, str]] | None = None,
    azimuths: int = 32,
    not_converted: tuple[str, ...] = (),
    magritte: Mapping[Molecule, Sequence[Line]] | None = None,
) -> Conversion:
    """Write the model file of a snapshot; it appears only when complete.

    Parameters
    ----------
    source : Path
        A snapshot of Phantom (binary or HDF5) or MPI-AMRVAC.
    target : str or Path
        The model file, or the folder for it.
    recipe : Recipe
        What the snapshot does not say.
    name : str
        Of the model; by default the stem of the file, or made from the parameters where
        `target` is a folder.
    title : str
    parameters : name -> (value, unit)
        Of the model; a number whose name the data format knows is in its unit.
    azimuths : int
        Cells around the axis that each cell of an axisymmetric snapshot becomes.
    not_converted : tuple of str
        What else is known and not in the model, such as lines of a parameter file.
    magritte : molecule -> lines
        With which the file is a model of Magritte too; by default it is none.

    Raises
    ------
    ReadError
        If the snapshot cannot be read or holds what is not physical.
    ConfigError
        If the name or a parameter cannot be used, or Magritte could not use the points.
    WriteError
        If the file cannot be written.
    """
    recipe = recipe or Recipe()
    if azimuths < 1:
        raise ConfigError("azimuths", expected="at least 1", seen=str(azimuths))
    dump = read_dump(source, azimuths)
    state, units, notes = gas_state(dump, recipe, str(source))
    named = _parameters(dump, units, recipe, parameters or {})
    path = _path(target, name, named, source)
    taken = (*recipe.abundance.values(), recipe.temperature)
    used = {text.removeprefix(FIELD) for text in taken if isinstance(text, str)}
    rest = tuple(
        _clean(part)
        for part in (*(part for part in dump.left_out if part not in used), *not_converted)
    )
    added = additions(state, magritte) if magritte else Additions()
    notes = tuple(_clean(note) for note in (*notes, *dump.remarks, *added.notes))
    header = _header(dump, source, path.stem, title, named, notes, rest)
    write_model(path, header, state, {**_extra(dump, units), **added.datasets}, added.attributes)
    mass = float(dump.mass.sum() * units.mass)
    return Conversion(path, dump.code, state.n_points, mass, notes, rest)


def _header(
    dump: Dump,
    source: Path,
    name: str,
    title: str,
    named: _Named,
    notes: tuple[str, ...],
    rest: tuple[str, ...],
) -> Header:
    return Header(
        kind="model",
        name=name,
        title=_clean(title or f"{dump.code}, {source.name}"),
        code=dump.code,
        parameters=named.values,
        described=named.described,
        attributes={
            "converter": f"lineform {__version__}",
            "source": _clean(source.name),
            "source_sha256": _sha256(source),
            "recipe": "; ".join(notes),
            "not_converted": "; ".join(rest),
        },
    )


def _clean(text: str) -> str:
    """Names come from files: nothing in them may break a terminal or an HDF5 file."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _path(output: Output, name: str, named: _Named, source: Path) -> Path:
    target = output_file(output, name or model_name(named.values), source)
    if is_folder(output) and not name and target.exists():
        _check_same(target, named)
    if name and target.stem != name:
        raise ConfigError(
            "name of the model",
            expected=f"{target.stem}, the stem of the file",
            seen=name,
            way_out="name the file after the model, or give a folder",
        )
    if not NAME_PATTERN.fullmatch(target.stem) or len(target.stem) > _LONGEST_NAME:
        raise ConfigError(
            "name of the model",
            expected=f"letters, digits and ._+-, at most {_LONGEST_NAME}",
            seen=repr(target.stem[:60]),
        )
    return target


def _check_same(path: Path, named: _Named) -> None:
    try:
        others = read_header(path).parameters
    except ReadError:  # a damaged file is written again
        return
    check_name(path.stem, named.values, others, str(path))


def _parameters(
    dump: Dump,
    units: CodeUnits,
    recipe: Recipe,
    given: Mapping[str, tuple[float | str, str]],
) -> _Named:
    """Parameters that were given, and those that follow from the snapshot and the recipe."""
    named = _Named()
    for name, (value, unit) in given.items():
        named.values[name] = value
        named.described[name] = Parameter(unit, "As given when the model was converted.")
    for species, amount in recipe.abundance.items():
        key = f"{species.lower().replace('+', '_plus').replace('-', '_')}_abundance"
        if not isinstance(amount, str):
            named.add(key, amount, "", f"Number of {species} molecules per H2.")
    named.add("turbulent_velocity", recipe.turbulence / 1e3, "km/s", "Most probable speed.")
    named.add("time", dump.time * units.time, "s", "Time since the start of the simulation.")
    named.add("gas_mass", dump.mass.sum() * units.mass / _SOLAR_MASS, "solMass", "Mass of the gas.")
    named.add("n_sinks", 0 if dump.sinks is None else len(dump.sinks.mass), "", "Stars.")
    if dump.adiabatic_index is not None:
        named.add("adiabatic_index", dump.adiabatic_index, "", "Adiabatic index of the gas.")
    if dump.sinks is not None:
        for number, mass in enumerate(dump.sinks.mass * units.mass / _SOLAR_MASS, 1):
            named.add(f"sink_{number}_mass", mass, "solMass", f"Mass of star {number}.")
    for key in set(named.described) & set(PARAMETERS):
        del named.described[key]
    return named


def _extra(dump: Dump, units: CodeUnits) -> _Extra:
    """Datasets beyond those of every model: sizes of particles or cells, and stars."""
    points, cells, sinks = "geometry/points", "geometry/cells", dump.sinks
    shape = dump.shape
    found: _Extra = {}
    if shape.smoothing_length is not None:
        h = shape.smoothing_length * units.length
        found[f"{points}/smoothing_length"] = (h, "m", "Smoothing length of the particles.")
        found[f"{points}/mass"] = (dump.mass * units.mass, "kg", "Gas in each particle.")
    if shape.size is not None and shape.volume is not None and shape.level is not None:
        size, volume = shape.size * units.length, shape.volume * units.length**3
        found[f"{cells}/size"] = (size, "m", "Widths of the cells along the axes of their grid.")
        found[f"{cells}/volume"] = (volume, "m3", "Volumes of the cells.")
        found[f"{cells}/level"] = (shape.level.astype("i4"), "", "Level of refinement, from 1.")
    if sinks is not None:
        speed = sinks.velocity * (units.velocity / LIGHT_SPEED)
        found["sinks/position"] = (sinks.position * units.length, "m", "Positions of the stars.")
        found["sinks/velocity"] = (speed, "", "Velocity as a fraction of the speed of light.")
        found["sinks/mass"] = (sinks.mass * units.mass, "kg", "Masses of the stars.")
    return found
