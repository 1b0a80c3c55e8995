"""Posterior files of our layout: a row for each, with what is known of its numbers.

A posterior is listed as a model is: its parameters are the medians of its numbers, and the ends
of their 68 % intervals stand beside each as ``NAME_p16`` and ``NAME_p84``, so that a query can ask
for what is known well.
"""

from portal.model.header import Header
from portal.model.record import FileRecord
from portal.readers._findings import Findings
from portal.readers._layout import check_version, is_layout, read_parameters, root_row

__all__ = ["READER"]

_FITS, _FIELDS = "fits/", "fields/"


class PosteriorReader:
    """Reads format ``atomium-posterior``."""

    name = "atomium-posterior"
    priority = 10

    def claims(self, header: Header) -> bool:
        """Whether the root attribute `format` names this format."""
        return is_layout(header, "posterior")

    def read(self, header: Header) -> FileRecord:
        """The row of the posterior, and problems for what is wrong with it."""
        findings = Findings(header.path)
        check_version(header, findings)
        row = root_row(header, findings, "model")
        if row is None:
            return FileRecord("model", self.name, problems=tuple(findings.problems))
        row["format"] = self.name
        root = header.groups[""]
        for column in ("engine", "engine_version"):
            row[column] = findings.text(root, column, "root")
        row["species"] = _species(header, findings)
        row["n_points"] = _cells(header, findings)
        parameters = read_parameters(header, findings)
        return FileRecord("model", self.name, row, parameters, (), tuple(findings.problems))


def _species(header: Header, findings: Findings) -> list[str]:
    """Species of the lines that were fitted."""
    groups = sorted(name for name in header.groups if name.count("/") == 1)
    lines = [name for name in groups if name.startswith(_FITS)]
    if not lines:
        findings.missing("group", ["fits/<line>"], "root", groups)
    found = (findings.text(header.groups[name], "species", name) for name in lines)
    return sorted({species for species in found if species is not None})


def _cells(header: Header, findings: Findings) -> int | None:
    """Number of cells of the grid, which all fields must lie on."""
    axes = [header.datasets.get(f"grid/{name}") for name in "xyz"]
    shape = tuple(axis.shape[0] for axis in axes if axis is not None and len(axis.shape) == 1)
    if len(shape) < len(axes):
        there = sorted(name for name in header.datasets if name.startswith("grid/"))
        findings.missing("dataset", ["grid/x, grid/y and grid/z, of one axis"], "root", there)
        return None
    for name, dataset in sorted(header.datasets.items()):
        if name.startswith(_FIELDS) and dataset.shape[-3:] != shape:
            findings.add(
                "shape-mismatch",
                f"{name}: shape differs from the grid",
                str(dataset.shape),
                f"{shape} as the last three",
                "write the dataset and the grid again",
            )
    return shape[0] * shape[1] * shape[2]


READER = PosteriorReader()
