"""Magritte's own model files (HDF5): points, species, lines kept, populations."""

import numpy as np

from portal.errors import ReadError
from portal.model.header import Header
from portal.model.record import FileRecord, Parameter, Row
from portal.readers._findings import Findings
from portal.readers._layout import stem_as_name
from portal.readers._points import POSITION, check_points

__all__ = ["READER"]

_LINES = "lines/lineProducingSpecies_"
_MOST_LISTED = 20


class MagritteReader:
    """Reads models that Magritte 0.x has written."""

    name = "magritte"
    priority = 20

    def claims(self, header: Header) -> bool:
        """Whether the file has Magritte's points and its root attributes, and names no format."""
        root = header.groups.get("", {})
        return POSITION in header.datasets and "npoints" in root and "format" not in root

    def read(self, header: Header) -> FileRecord:
        """The row of the model; the root attribute `nfreqs` may be garbage and is not read."""
        findings = Findings(header.path)
        name = stem_as_name(header, findings)
        if name is None:
            return FileRecord("model", self.name, problems=tuple(findings.problems))
        model: Row = {"model_id": name, "format": self.name, "model_path": header.path}
        model |= check_points(header, findings)
        _check_count(header, model["n_points"], findings)
        return FileRecord(
            "model", self.name, model, _parameters(header), (), tuple(findings.problems)
        )


def _check_count(header: Header, points: object, findings: Findings) -> None:
    stated = header.groups[""]["npoints"]
    if stated != points:
        findings.add(
            "shape-mismatch",
            "root: attribute npoints differs from the number of positions",
            str(stated),
            str(points),
            "write the model again",
            "warning",
        )


def _parameters(header: Header) -> tuple[Parameter, ...]:
    root = header.groups[""]
    lines = _lines(header)
    found = [
        Parameter(
            "has_populations",
            any(path.endswith("/population") for path in header.datasets),
            description="Whether level populations are in the file.",
        ),
        Parameter("n_lines", len(lines), description="Number of lines kept."),
        Parameter(
            "lines", "; ".join(lines[:_MOST_LISTED]), description="Lines kept, with frequency."
        ),
    ]
    for name, attribute, description in (
        ("dimension", "dimension", "Number of spatial dimensions."),
        ("n_rays", "nrays", "Number of rays through each point."),
        ("magritte_version", "version", "Version of Magritte that wrote the file."),
    ):
        value = root.get(attribute)
        if isinstance(value, str | int):
            found.append(Parameter(name, value, description=description))
    symmetry = root.get("spherical_symmetry")
    if symmetry in ("true", "false"):
        found.append(
            Parameter("spherical_symmetry", symmetry == "true", description="Whether it is 1-D.")
        )
    return tuple(sorted(found, key=lambda parameter: parameter.name))


def _lines(header: Header) -> list[str]:
    """Species and frequency of each line kept, such as ``CO 230.537 GHz``."""
    found = []
    for group in sorted(header.groups):
        if not (group.startswith(_LINES) and group.endswith("/linedata")):
            continue
        species = header.groups[group].get("sym", "?")
        try:
            frequencies = header.values(f"{group}/frequency").astype(np.float64).ravel()
        except (KeyError, ReadError, ValueError):
            continue
        found += [f"{species} {frequency / 1e9:.6g} GHz" for frequency in frequencies]
    return found


READER = MagritteReader()
