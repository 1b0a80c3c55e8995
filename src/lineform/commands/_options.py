"""Texts of the command line as quantities, abundances and parameters."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lineform.commands._observing import lamda_file
from lineform.convert import Conversion
from lineform.errors import ConfigError
from lineform.parameters import PARAMETERS
from lineform.readers.parfile import read_parfile
from lineform.recipe import DEFAULT_ABUNDANCE, FIELD
from lineform.scales import SCALES, CodeUnits, code_units
from lineform.species import Line, Molecule
from lineform.units import parse

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TEXTS = ("morphology",)

_CGS = {
    "length": "cm",
    "density": "g/cm3",
    "number_density": "cm-3",
    "mass": "g",
    "velocity": "cm/s",
    "time": "s",
    "temperature": "K",
}
_HELIUM = ("he_abundance", "hd_he_abundance", "mhd_he_abundance")
_PARAMETERS = {"wind_mass_rate": "mass_loss_rate", "wind_velocity": "initial_velocity"}
"""Names in Phantom's files of parameters that the data format knows, in the same units."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the parameter file of a run says.

    Parameters
    ----------
    name : str
        Of the file.
    units : key of `SCALES` -> number [cgs]
    helium : float
        Atoms per hydrogen atom, as the code assumes for its units.
    molecular_weight : float, or None
    parameters : name -> (value, unit)
        Of the model.
    not_converted : tuple of str
    """

    name: str = ""
    units: Mapping[str, float] = field(default_factory=dict)
    helium: float = 0.1
    molecular_weight: float | None = None
    parameters: dict[str, tuple[float | str, str]] = field(default_factory=dict)
    not_converted: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path | None) -> "Run":
        """From the file at `path`, or nothing.

        Raises
        ------
        ConfigError
            If the run has cells of unequal size, which snapshots do not tell.
        """
        if path is None:
            return cls()
        found = read_parfile(path)
        numbers = {name: value for name, value in found.items() if isinstance(value, float)}
        stretched = [name for name in found if name.startswith("stretch_dim")]
        if any("none" not in str(found[name]).lower() for name in stretched):
            raise ConfigError(
                "grid of the run", expected="cells of one size", seen="stretch_dim", where=str(path)
            )
        units = {name: numbers[key] for name in SCALES if (key := _namelist_name(name)) in numbers}
        helium = next((numbers[name] for name in _HELIUM if name in numbers), 0.1)
        used = {*map(_namelist_name, units), *_HELIUM, *_PARAMETERS, "mu", *stretched}
        return cls(
            name=path.name,
            units=units,
            helium=helium,
            molecular_weight=numbers.get("mu"),
            parameters={
                name: (numbers[key], PARAMETERS[name].unit)
                for key, name in _PARAMETERS.items()
                if key in numbers
            },
            not_converted=tuple(f"{path.name}: {key}" for key in found if key not in used),
        )


def units_from(options: dict[str, str | None], run: Run) -> CodeUnits | None:
    """Code units from options, or else from the parameter file, or None."""
    texts = {name: text for name, text in options.items() if text is not None}
    if texts:
        given = {name: parse(text, SCALES[name], f"unit of {name}") for name, text in texts.items()}
        return code_units(given, "options", run.helium)
    cgs = {
        name: parse(f"{number} {_CGS[name]}", SCALES[name], f"unit of {name}")
        for name, number in run.units.items()
    }
    return code_units(cgs, run.name, run.helium)


def _namelist_name(name: str) -> str:
    return f"unit_{name.replace('_', '')}"


def abundances(texts: Iterable[str]) -> dict[str, float | str]:
    """``CO=3e-4`` and ``SiO=field:trp1`` as species and amount per H2."""
    found: dict[str, float | str] = {}
    for text in texts:
        species, equals, amount = text.partition("=")
        if not equals or not (amount.startswith(FIELD) or _NUMBER.fullmatch(amount)):
            raise ConfigError(
                "abundance", expected="SPECIES=NUMBER or SPECIES=field:NAME", seen=repr(text)
            )
        if species in found:
            raise ConfigError("abundance", expected=f"{species} once", seen="it twice")
        found[species] = amount if amount.startswith(FIELD) else float(amount)
    return found or dict(DEFAULT_ABUNDANCE)


def temperature_from(text: str | None) -> float | str | None:
    """``100 K`` as kelvin, ``field:NAME`` as it is."""
    if text is None or text.startswith(FIELD):
        return text
    return parse(text, "K", "temperature")


def lines_of(lines: tuple[str, ...], lamda: tuple[str, ...]) -> dict[Molecule, list[Line]]:
    """``CO 2-1`` and LAMDA files as molecules and their lines."""
    # Imported here: other conversions need nothing of the synthesis.
    from lineform.linelist import line_list

    if not lines and lamda:
        seen = f"--lamda {lamda[0]} alone"
        raise ConfigError("LAMDA file", expected="a line of it in --magritte", seen=seen)
    if not lines:
        return {}
    return line_list(lines, [lamda_file(text) for text in lamda]).lines


def as_json(done: Conversion) -> str:
    """The report of a conversion."""
    report = {
        "path": str(done.path),
        "code": done.code,
        "points": done.n_points,
        "gas_mass_kg": done.mass,
        "notes": done.notes,
        "not_converted": done.not_converted,
    }
    return json.dumps(report, indent=2, sort_keys=True)


def parameters_from(texts: Iterable[str]) -> dict[str, tuple[float | str, str]]:
    """``mass_loss_rate=1e-6 solMass/yr`` and ``morphology=spiral`` as name, value and unit."""
    found: dict[str, tuple[float | str, str]] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not _KEY.fullmatch(name) or name.endswith(("_unit", "_description")):
            raise ConfigError(
                "parameter", expected="NAME=VALUE, the name in small letters", seen=repr(text)
            )
        if name in found:
            raise ConfigError("parameter", expected=f"{name} once", seen="it twice")
        found[name] = _parameter(name, value)
    return found


def _parameter(name: str, value: str) -> tuple[float | str, str]:
    number = _NUMBER.match(value)
    if name in PARAMETERS and name not in _TEXTS:
        unit = PARAMETERS[name].unit
        return parse(value, unit, f"parameter {name}"), unit
    if number is None or name in _TEXTS:
        return value, ""
    unit = value[number.end() :].strip()
    return parse(value, unit, f"parameter {name}"), unit
