"""Phantom's own HDF5 dumps: groups header, particles and sinks, everything in code units."""

import math
import re

import numpy as np

from portal.errors import ReadError
from portal.model.header import Header
from portal.model.record import FileRecord, Parameter, Row
from portal.readers._findings import Findings
from portal.readers._layout import stem_as_name
from portal.readers._text import describe

__all__ = ["READER"]

_VERSION = re.compile(r"Phantom[: ](\d{1,4}(?:\.\d{1,4}){1,3})")
_UNITS = ("udist", "umass", "utime")


class PhantomReader:
    """Reads dumps of the SPH code Phantom in its HDF5 layout."""

    name = "phantom"
    priority = 30

    def claims(self, header: Header) -> bool:
        """Whether header and particles are there, with the code units."""
        needed = ("particles/xyz", *(f"header/{unit}" for unit in _UNITS))
        return all(path in header.datasets for path in needed)

    def read(self, header: Header) -> FileRecord:
        """The row of the model, its time in seconds, and what it holds."""
        findings = Findings(header.path)
        name = stem_as_name(header, findings)
        if name is None:
            return FileRecord("model", self.name, problems=tuple(findings.problems))
        points = header.datasets["particles/xyz"].shape[:1]
        model: Row = {
            "model_id": name,
            "format": self.name,
            "model_path": header.path,
            "n_points": points[0] if points else None,
            "species": [],
            "code": _code(header, findings),
        }
        parameters = _parameters(header, findings)
        _check_count(header, model["n_points"], findings)
        return FileRecord("model", self.name, model, parameters, (), tuple(findings.problems))


def _code(header: Header, findings: Findings) -> str:
    ident = _scalar(header, "fileident", findings)
    match = _VERSION.search(ident) if isinstance(ident, str) else None
    return f"Phantom {match[1]}" if match else "Phantom"


def _check_count(header: Header, points: object, findings: Findings) -> None:
    stated = _scalar(header, "nparttot", findings)
    if stated is not None and stated != points:
        findings.add(
            "shape-mismatch",
            "header/nparttot differs from the number of positions",
            describe(stated),
            str(points),
            "write the dump again",
            "warning",
        )


def _parameters(header: Header, findings: Findings) -> tuple[Parameter, ...]:
    held = header.datasets
    found = [
        Parameter("has_dust", "particles/dustfrac" in held, description="Whether dust is in it."),
        Parameter(
            "has_magnetic_field", "particles/Bxyz" in held, description="Whether it is magnetic."
        ),
        Parameter(
            "has_sinks", "sinks/xyz" in held, description="Whether sink particles are in it."
        ),
        Parameter(
            "n_sinks",
            held["sinks/xyz"].shape[0] if "sinks/xyz" in held and held["sinks/xyz"].shape else 0,
            description="Number of sink particles.",
        ),
    ]
    time, unit = (_number(header, name, findings) for name in ("time", "utime"))
    if time is not None and unit is not None:
        found.append(Parameter("time", time * unit, "s", "Time since the start of the simulation."))
    gamma = _number(header, "gamma", findings)
    if gamma is not None:
        found.append(Parameter("adiabatic_index", gamma, "", "Adiabatic index of the gas."))
    return tuple(sorted(found, key=lambda parameter: parameter.name))


def _number(header: Header, name: str, findings: Findings) -> float | None:
    value = _scalar(header, name, findings)
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    if value is not None:
        findings.add("not-finite", f"header/{name}: no finite number", describe(value), "a number")
    return None


def _scalar(header: Header, name: str, findings: Findings) -> str | int | float | None:
    path = f"header/{name}"
    if path not in header.datasets:
        findings.missing("dataset", [path], "root", ())
        return None
    try:
        values = header.values(path)
    except ReadError as error:
        findings.add_error(error, path)
        return None
    if values.size != 1:
        findings.add("wrong-type", f"{path}: not one value", f"{values.size} values", "one value")
        return None
    value = values.reshape(-1)[0]
    return value if isinstance(value, str) else np.asarray(value).item()


READER = PhantomReader()
