"""How the gas of a snapshot becomes molecules: units, temperature, abundances, turbulence.

Snapshots hold the density and the pressure of the gas. What else a line needs is stated here,
and every number that was used is said in a note that goes into the model file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from lineform.constants import ATOMIC_MASS, BOLTZMANN, PROTON_MASS
from lineform.dump import Dump
from lineform.errors import ConfigError, ReadError
from lineform.scales import CodeUnits
from lineform.state import FloatArray, State
from lineform.winds import H2_MASS

__all__ = ["DEFAULT_ABUNDANCE", "DEFAULT_WEIGHT", "FIELD", "Recipe", "gas_state"]

DEFAULT_ABUNDANCE = {"CO": 3e-4}
"""Molecules per H2 where nothing is said: oxygen-rich winds have 1e-4 to 4e-4 of CO."""

DEFAULT_WEIGHT = 2.381
"""Mean molecular weight where nothing is said: Phantom's own."""

FIELD = "field:"
"""What an abundance begins with that is a field of the snapshot."""

_ELEMENTS = (
    "H D He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As"
    " Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Hf Ta W Re Os Ir"
    " Pt Au Hg Tl Pb Bi"
).split()
_ELEMENT = "|".join(sorted(_ELEMENTS, key=len, reverse=True))
_FORMULA = re.compile(rf"e-|(?:[a-z]-)?(?:\d{{0,3}}(?:{_ELEMENT})\d{{0,2}})+[+-]?")
_COLD = 1.0
"""Gas below this is remarked on [K]: none is known to be, but numerical diffusion makes it."""

_MOST = 10.0
"""No more of anything than this per H2."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a snapshot does not say.

    Parameters
    ----------
    abundance : species -> molecules per H2, or ``field:NAME``
    turbulence : float [m s-1]
        Most probable speed.
    units : CodeUnits, or None
        In place of those of the snapshot.
    molecular_weight : float, or None
        In place of that of the snapshot.
    fallback_weight : float, or None
        Where neither says it, such as that of a parameter file.
    temperature : float [K], ``field:NAME`` or None
        Of all gas, in place of the thermodynamics of the snapshot.
    coldest : float [K]
        Gas that is colder is given this temperature.
    """

    abundance: Mapping[str, float | str] = field(default_factory=lambda: dict(DEFAULT_ABUNDANCE))
    turbulence: float = 1e3
    units: CodeUnits | None = None
    molecular_weight: float | None = None
    fallback_weight: float | None = None
    temperature: float | str | None = None
    coldest: float = 0.0

    def __post_init__(self) -> None:
        for species, amount in self.abundance.items():
            _check_abundance(species, amount)
        for name in ("molecular_weight", "fallback_weight", "temperature"):
            number = getattr(self, name)
            if isinstance(number, str) or number is None:
                continue
            if not (number > 0 and np.isfinite(number)):
                raise ConfigError(
                    name.replace("_", " "), expected="a positive number", seen=str(number)
                )
        for name in ("turbulence", "coldest"):
            if not (getattr(self, name) >= 0 and np.isfinite(getattr(self, name))):
                raise ConfigError(
                    name, expected="a number, 0 or more", seen=str(getattr(self, name))
                )


def gas_state(dump: Dump, recipe: Recipe, where: str) -> tuple[State, CodeUnits, tuple[str, ...]]:
    """The state in SI, the units that were used, and what was assumed, one note each.

    Raises
    ------
    ReadError
        If the snapshot has no units and none are given, no thermodynamics and no temperature
        is given, or a value is not physical.
    """
    units = _units(dump, recipe, where)
    _check(dump, where)
    temperature, how = _temperature(dump, recipe, units, where)
    hydrogen = dump.density * units.density / H2_MASS
    density = {
        species: hydrogen * _amount(dump, species, amount, where)
        for species, amount in recipe.abundance.items()
    }
    state = State(
        position=dump.position * units.length,
        velocity=dump.velocity * units.velocity,
        temperature=temperature,
        turbulence=np.full(dump.n_points, recipe.turbulence),
        density={**density, "H2": hydrogen},
        axes=None if dump.shape.axes is None else _metres(dump.shape.axes, units),
        size=_size(dump, units),
    )
    notes = (
        f"units from {units.origin}: length {units.length:.8g} m, density {units.density:.8g}"
        f" kg/m3, velocity {units.velocity:.8g} m/s",
        *how,
        f"H2 = density of the gas / ({H2_MASS / ATOMIC_MASS:g} u)",
        *(f"{species} = {amount} per H2" for species, amount in recipe.abundance.items()),
        f"turbulence {recipe.turbulence / 1e3:g} km/s",
    )
    return state, units, notes


def _size(dump: Dump, units: CodeUnits) -> FloatArray | None:
    """Widths of cells that are boxes; those of a regular grid follow from its axes."""
    shape = dump.shape
    if shape.size is None or shape.axes is not None or not shape.boxes:
        return None
    return shape.size * units.length


def _metres(
    axes: tuple[FloatArray, FloatArray, FloatArray], units: CodeUnits
) -> tuple[FloatArray, FloatArray, FloatArray]:
    x, y, z = (axis * units.length for axis in axes)
    return x, y, z


def _units(dump: Dump, recipe: Recipe, where: str) -> CodeUnits:
    units = recipe.units or dump.units
    if units is None:
        raise ReadError(
            "units of the dump",
            expected="physical units in the file or in options",
            seen="none in the file, or all of them 1",
            way_out="give --unit-length, --unit-number-density and --unit-velocity, or --parfile",
            where=where,
        )
    return units


def _temperature(
    dump: Dump, recipe: Recipe, units: CodeUnits, where: str
) -> tuple[FloatArray, list[str]]:
    """Temperature [K] of all points, and how it was found."""
    if isinstance(recipe.temperature, str):
        temperature = _field(dump, recipe.temperature, "temperature", where).copy()
        how = [f"temperature {recipe.temperature}, as given"]
    elif recipe.temperature is not None:
        temperature = np.full(dump.n_points, recipe.temperature)
        how = [f"temperature {recipe.temperature:g} K everywhere, as given"]
    elif dump.temperature is not None:
        temperature, how = dump.temperature.copy(), ["temperature from the dump"]
    elif dump.pressure is not None:
        weight, origin = _weight(dump, recipe)
        # Not finite or negative: said below, with the place.
        with np.errstate(all="ignore"):
            temperature = dump.pressure * units.velocity**2 * weight * PROTON_MASS / BOLTZMANN
        how = [f"temperature = pressure / density mu m_p / k_B with mu {origin}"]
    else:
        raise ReadError(
            "thermodynamics of the dump",
            expected="an internal energy, pressure or temperature",
            seen="none that is understood",
            way_out="give --temperature '100 K'",
            where=where,
        )
    cold = temperature < recipe.coldest
    if cold.any():
        how.append(f"{cold.sum()} points were below {recipe.coldest:g} K and raised to it")
        temperature[cold] = recipe.coldest
    _check_values(dump, "temperature", temperature, "K", where, "--minimum-temperature '10 K'")
    colder = temperature < _COLD
    if colder.any():
        how.append(
            f"{colder.sum()} points are below {_COLD:g} K, the coldest at"
            f" {temperature.min():.2g} K; --minimum-temperature raises them"
        )
    return temperature, how


def _weight(dump: Dump, recipe: Recipe) -> tuple[float | FloatArray, str]:
    if recipe.molecular_weight is not None:
        return recipe.molecular_weight, f"{recipe.molecular_weight:g}, as given"
    if dump.molecular_weight is not None:
        return dump.molecular_weight, "from the dump"
    if recipe.fallback_weight is not None:
        return recipe.fallback_weight, f"{recipe.fallback_weight:g}, from the parameter file"
    return DEFAULT_WEIGHT, f"{DEFAULT_WEIGHT:g}, the default"


def _check(dump: Dump, where: str) -> None:
    for name, vector in (("position", dump.position), ("velocity", dump.velocity)):
        bad = ~np.isfinite(vector).all(axis=1)
        if bad.any():
            first = int(np.argmax(bad))
            raise ReadError(
                name,
                expected="finite numbers",
                seen=f"{vector[first]} at point {first}, {bad.sum()} points in all",
                way_out="take another snapshot, the run went wrong before this one",
                where=where,
            )
    _check_values(dump, "density", dump.density, "code units", where, "another snapshot")


def _check_values(
    dump: Dump, name: str, values: FloatArray, unit: str, where: str, way_out: str
) -> None:
    bad = ~(np.isfinite(values) & (values > 0))
    if bad.any():
        first = int(np.argmax(bad))
        place = ", ".join(f"{x:g}" for x in dump.position[first])
        raise ReadError(
            name,
            expected="positive numbers",
            seen=f"{values[first]:g} {unit} at ({place}), {bad.sum()} points in all",
            way_out=f"try {way_out}",
            where=where,
        )


def _check_abundance(species: str, amount: float | str) -> None:
    if not _FORMULA.fullmatch(species):
        raise ConfigError(
            "species", expected="a chemical formula such as CO, 13CO or HCO+", seen=repr(species)
        )
    if species == "H2":
        raise ConfigError("abundance of H2", expected="nothing: it follows from the density")
    if not isinstance(amount, str) and not 0 <= amount <= _MOST:
        raise ConfigError(
            f"abundance of {species}", expected=f"0 to {_MOST:g} per H2", seen=str(amount)
        )


def _amount(dump: Dump, species: str, amount: float | str, where: str) -> float | FloatArray:
    if not isinstance(amount, str):
        return amount
    values = _field(dump, amount, f"abundance of {species}", where)
    bad = ~((values >= 0) & (values <= _MOST))
    if bad.any():
        raise ReadError(
            f"abundance of {species}, {amount}",
            expected=f"0 to {_MOST:g} per H2",
            seen=f"{values[int(np.argmax(bad))]:g} and {bad.sum() - 1} others",
            where=where,
        )
    return values


def _field(dump: Dump, text: str, what: str, where: str) -> FloatArray:
    name = text.removeprefix(FIELD)
    if name not in dump.fields:
        raise ReadError(
            what,
            expected=f"one of the fields {', '.join(sorted(dump.fields)) or '(none)'}",
            seen=name,
            where=where,
        )
    return dump.fields[name]
