"""From the header and the fields of a Phantom dump to the gas, whatever file they came from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lineform.dump import Dump, Shape, Sinks
from lineform.errors import ReadError
from lineform.scales import CodeUnits
from lineform.state import FloatArray

_GAS = 1
_TYPES = {2: "particles of dust", 3: "boundary", 4: "star", 5: "dark matter", 6: "bulge"}
_ISOTHERMAL, _LOCALLY_ISOTHERMAL = 1, 3
_VERSION = re.compile(r"Phantom[: ](\d+(?:\.\d+)+)")
_USED_HEADER = set(
    "nparttot npartoftype ntypes nblocks nptmass massoftype hfact time gamma ieos RK2 qfacdisc"
    " ndustsmall udist umass utime".split()
)
_XYZ = ("x", "y", "z")
_VXYZ = ("vx", "vy", "vz")


@dataclass(frozen=True, slots=True, eq=False)
class PhantomData:
    """A dump as it is in the file, in code units.

    Parameters
    ----------
    where, ident : str
        Path and identity of the file.
    header : name -> (value,)
    particles, sinks : name -> (point,) or (point, ...)
    """

    where: str
    ident: str
    header: Mapping[str, np.ndarray]
    particles: Mapping[str, np.ndarray]
    sinks: Mapping[str, np.ndarray]

    def value(self, name: str) -> float | None:
        """One number of the header, or None."""
        return float(self.header[name][0]) if name in self.header else None

    def needed(self, name: str) -> float:
        """One number of the header that must be there."""
        value = self.value(name)
        if value is None:
            raise self._missing(f"header value {name}", sorted(self.header))
        return value

    def field(self, name: str) -> FloatArray:
        """A field of the particles in float64."""
        if name not in self.particles:
            raise self._missing(f"field {name} of the particles", sorted(self.particles))
        # float64 now: cubes of the units overflow float32.
        return np.asarray(self.particles[name], dtype=np.float64)

    def _missing(self, what: str, there: list[str]) -> ReadError:
        small = self.ident.startswith("S")
        return ReadError(
            f"Phantom dump without {what}",
            seen=f"only {', '.join(there)[:200]}" if there else "none at all",
            way_out="take a full dump, this is a small one" if small else "",
            where=self.where,
        )


def particles_to_dump(data: PhantomData) -> Dump:
    """The live gas particles of a dump.

    Raises
    ------
    ReadError
        If a field that is needed is missing or has another length.
    """
    _check(data)
    kept, left_out, remarks = _kept(data)
    mass, dust = _gas_mass(data, kept)
    h = data.field("h")[kept]
    density = mass * (data.needed("hfact") / h) ** 3
    pressure, heat = _pressure(data, kept)
    used = {*_XYZ, *_VXYZ, "h", "itype", "mu", "temperature"} | dust | heat
    fields = {
        name: np.asarray(values, dtype=np.float64)[kept]
        for name, values in data.particles.items()
        if name not in used and values.ndim == 1
    }
    rest = [name for name in data.particles if name not in used]
    return Dump(
        code=_code(data.ident),
        position=np.stack([data.field(name)[kept] for name in _XYZ], axis=1),
        velocity=np.stack([data.field(name)[kept] for name in _VXYZ], axis=1),
        mass=mass,
        density=density,
        shape=Shape(smoothing_length=h),
        pressure=pressure,
        temperature=_optional(data, "temperature", kept),
        molecular_weight=_optional(data, "mu", kept),
        fields=fields,
        units=_units(data),
        time=data.value("time") or 0.0,
        adiabatic_index=data.value("gamma"),
        sinks=_sinks(data),
        left_out=(*left_out, *rest, *_sink_rest(data), *_header_rest(data)),
        remarks=(*remarks, *_dust_remark(data, kept, dust)),
    )


def _code(ident: str) -> str:
    match = _VERSION.search(ident)
    return f"Phantom {match[1]}" if match else "Phantom"


def _check(data: PhantomData) -> None:
    n = len(data.field("x"))
    for name, values in data.particles.items():
        if len(values) != n:
            raise ReadError(
                f"Phantom dump, field {name}",
                expected=f"{n} values",
                seen=str(len(values)),
                where=data.where,
            )
    if "apr_level" in data.particles:
        raise ReadError(
            "Phantom dump with particles of adaptive resolution",
            seen="field apr_level",
            expected="particles of one mass",
            where=data.where,
        )


def _types(data: PhantomData) -> np.ndarray:
    n = len(data.field("x"))
    # Negative types: particles at rest in the hierarchy of time steps.
    return np.abs(data.field("itype")).astype(int) if "itype" in data.particles else np.ones(n, int)


def _kept(data: PhantomData) -> tuple[np.ndarray, list[str], list[str]]:
    """Which particles are live gas, what kinds are left out, and a remark on dead ones."""
    types, alive = _types(data), ~(data.field("h") <= 0)
    kept = alive & (types == _GAS)
    left_out = [
        f"{np.sum(alive & (types == kind))} particles of type {kind}"
        f" ({'dust' if kind > 6 else _TYPES.get(kind, 'unknown')})"
        for kind in np.unique(types[alive]).tolist()
        if kind != _GAS
    ]
    if not kept.any():
        raise ReadError(
            "Phantom dump without gas",
            expected="particles of type 1",
            seen="; ".join(left_out) or "none that is alive",
            where=data.where,
        )
    dead = int(np.sum(~alive))
    return kept, left_out, [f"{dead} dead particles (h <= 0) left out"] if dead else []


def _gas_mass(data: PhantomData, kept: np.ndarray) -> tuple[FloatArray, set[str]]:
    """Mass of the gas in each particle, and the fields that were needed for it."""
    data.needed("massoftype")
    mass = np.full(int(kept.sum()), float(data.header["massoftype"][_GAS - 1]))
    mixed = int(data.value("ndustsmall") or 0)
    if not mixed or "dustfrac" not in data.particles:
        return mass, set()
    # Grains small enough to move with the gas share its particles.
    fraction = data.field("dustfrac")[kept].reshape(mass.size, -1)[:, :mixed].sum(axis=1)
    return mass * (1 - fraction), {"dustfrac"}


def _dust_remark(data: PhantomData, kept: np.ndarray, dust: set[str]) -> list[str]:
    if not dust:
        return []
    total = float(data.header["massoftype"][_GAS - 1]) * int(kept.sum())
    share = 1 - float(_gas_mass(data, kept)[0].sum()) / total
    return [f"dust in the particles of gas, {share:.6g} of their mass, left out"]


def _pressure(data: PhantomData, kept: np.ndarray) -> tuple[FloatArray | None, set[str]]:
    """Pressure over density, and the fields that it was made from.

    It is (gamma - 1) u, or the square of an isothermal speed of sound.

    Notes
    -----
    RK2 of the header is 3/2 of the square of the speed of sound; Price et al. 2018, sec. 2.4.
    """
    gamma = _optional(data, "gamma", kept)
    index = data.value("gamma")
    if "u" in data.particles and (gamma is not None or (index is not None and index > 1)):
        excess = gamma - 1 if gamma is not None else (index or 1) - 1
        return np.asarray(excess * data.field("u")[kept]), {"u", "gamma"}
    equation, rk2 = data.value("ieos"), data.value("RK2")
    if rk2 is None or rk2 <= 0 or equation not in (_ISOTHERMAL, _LOCALLY_ISOTHERMAL):
        return None, set()
    square = np.full(int(kept.sum()), rk2 * 2 / 3)
    if equation == _LOCALLY_ISOTHERMAL:
        radius2 = sum(data.field(name)[kept] ** 2 for name in _XYZ)
        square = square * radius2 ** -(data.value("qfacdisc") or 0.0)
    return square, set()


def _optional(data: PhantomData, name: str, kept: np.ndarray) -> FloatArray | None:
    return data.field(name)[kept] if name in data.particles else None


def _units(data: PhantomData) -> CodeUnits | None:
    """From cgs; None where all are 1, which means that none were set."""
    length, mass, time = (data.value(name) for name in ("udist", "umass", "utime"))
    if length is None or mass is None or time is None or length == mass == time == 1:
        return None
    if min(length, mass, time) <= 0:
        raise ReadError(
            "Phantom dump, units",
            expected="positive numbers",
            seen=f"udist {length}, umass {mass}, utime {time}",
            where=data.where,
        )
    density = mass / length**3 * 1e3
    return CodeUnits(length * 1e-2, density, length / time * 1e-2, "the dump")


def _sinks(data: PhantomData) -> Sinks | None:
    names = (*_XYZ, *_VXYZ, "m")
    if any(name not in data.sinks for name in names) or not len(data.sinks["m"]):
        return None
    columns = [np.asarray(data.sinks[name], dtype=np.float64) for name in names]
    return Sinks(np.stack(columns[:3], axis=1), np.stack(columns[3:6], axis=1), columns[6])


def _sink_rest(data: PhantomData) -> list[str]:
    used = {*_XYZ, *_VXYZ, "m"} if _sinks(data) is not None else set()
    return [f"sinks/{name}" for name in data.sinks if name not in used]


def _header_rest(data: PhantomData) -> list[str]:
    rest = sorted(set(data.header) - _USED_HEADER)
    return [f"header values {', '.join(rest)}"] if rest else []
