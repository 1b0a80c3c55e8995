"""The points of a model, in our own files and in Magritte's, which share the datasets."""

from portal import units
from portal.errors import ReadError
from portal.model.header import Header
from portal.model.record import Row
from portal.readers._findings import Findings
from portal.readers._text import describe, visible

__all__ = ["POSITION", "check_points", "species_names"]

POSITION = "geometry/points/position"
SPECIES = "chemistry/species/species"

# The letters stand for the axes: N points, S species.
_DATASETS = {
    POSITION: ("N", 3, "m"),
    "geometry/points/velocity": ("N", 3, ""),
    "chemistry/species/abundance": ("N", "S", "m-3"),
    "thermodynamics/temperature/gas": ("N", None, "K"),
    "thermodynamics/turbulence/vturb2": ("N", None, ""),
}


def check_points(header: Header, findings: Findings) -> Row:
    """Number of points and names of the species; a problem for each unsound dataset."""
    position = header.datasets.get(POSITION)
    points = position.shape[0] if position is not None and position.shape else None
    species = species_names(header, findings)
    sizes = {"N": points, "S": len(species)}
    for path, (first, second, unit) in _DATASETS.items():
        dataset = header.datasets.get(path)
        if dataset is None:
            findings.missing("dataset", [path], "root", ())
            continue
        wanted = tuple(
            sizes.get(axis, axis) if isinstance(axis, str) else axis
            for axis in (first, second)
            if axis is not None
        )
        if dataset.shape != wanted:
            findings.add(
                "shape-mismatch",
                f"{path}: shape differs from that of the points and species",
                str(dataset.shape),
                str(wanted),
                "write the model again",
            )
        _check_unit(header, path, unit, findings)
    return {"n_points": points, "species": list(species)}


def species_names(header: Header, findings: Findings) -> list[str]:
    """Names of the species in the order of the file."""
    if SPECIES not in header.datasets:
        findings.missing("dataset", [SPECIES], "root", ())
        return []
    try:
        values = header.values(SPECIES)
    except ReadError as error:
        findings.add_error(error, SPECIES)
        return []
    return [visible(str(value), 80) for value in values.flat]


def _check_unit(header: Header, path: str, unit: str, findings: Findings) -> None:
    given = header.datasets[path].attrs.get("unit")
    if given is None:
        return
    try:
        units.factor(given if isinstance(given, str) else describe(given), unit)
    except ReadError as error:
        findings.add_error(error, path)
