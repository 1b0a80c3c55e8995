"""A mapping with a line ``match`` as a reader of HDF5 models like any other."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from portal.mapping.check import MODEL_COLUMNS, PARAMETER
from portal.mapping.outcomes import Outcome
from portal.mapping.ruleset import Mapping
from portal.mapping.sources import Hdf5Source
from portal.model.header import Header
from portal.model.record import FileRecord, Parameter, Problem, Row

__all__ = ["ModelReader", "unmatched"]


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads models by a mapping (`portal.readers.base.Reader`)."""

    mapping: Mapping
    priority: int = 50

    @property
    def name(self) -> str:
        """Name of the format: stem of the mapping file, if no rule gives `format`."""
        return self.mapping.name

    def claims(self, header: Header) -> bool:
        """Whether every pattern has a dataset or a group in the file."""
        return not unmatched(self.mapping, header)

    def read(self, header: Header) -> FileRecord:
        """The row and the parameters that the rules give."""
        outcomes = self.mapping.outcomes(Hdf5Source(header))
        won = [one for one in outcomes if one.state == "won" and not one.rule.keyword]
        row: Row = {"format": self.name, "model_path": header.path}
        row |= {one.rule.target: one.value for one in won if one.rule.target in MODEL_COLUMNS}
        problems = tuple(one.problem for one in outcomes if one.problem is not None)
        if not row.get("model_id"):
            return FileRecord("model", self.name, problems=(*problems, _no_name(header.path)))
        return FileRecord(
            "model", str(row["format"]), row, tuple(_parameters(won)), problems=problems
        )


def unmatched(mapping: Mapping, header: Header | None) -> tuple[str, ...]:
    """Patterns of ``match`` that name nothing in a file; all of them where it has no paths."""
    patterns = mapping.script.match
    if header is None:
        return patterns
    return tuple(pattern for pattern in patterns if not _exists(pattern, header))


def _parameters(won: Iterable[Outcome]) -> list[Parameter]:
    found = []
    for one in won:
        name, value = one.rule.target.removeprefix(PARAMETER), one.value
        if (
            one.held is not None
            and name != one.rule.target
            and isinstance(value, str | int | float)
        ):
            found.append(Parameter(name, value, one.held.unit or ""))
    return sorted(found, key=lambda parameter: parameter.name)


def _exists(pattern: str, header: Header) -> bool:
    if pattern in header.datasets or pattern in header.groups:
        return True
    return any(fnmatchcase(path, pattern) for path in (*header.datasets, *header.groups))


def _no_name(path: str) -> Problem:
    return Problem(
        path,
        "missing-attribute",
        "no name of the model",
        "none of the sources of model_id is in the file",
        "a value for model_id",
        "add a rule such as model_id: $STEM to the mapping",
    )
