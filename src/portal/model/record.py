"""What reading one file gives: rows for the tables, and problems."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

__all__ = ["FileRecord", "Parameter", "Problem", "Row", "Severity", "Value"]

Value: TypeAlias = str | int | float | bool | list[str] | list[int] | list[float] | None
Row: TypeAlias = dict[str, Value]
Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file of the store: one row of ``problems.parquet``.

    An *error* means that the file, or a part of it, is not in the catalogue; a *warning*
    that it is, and that something about it needs a look.
    """

    path: str
    code: str
    what: str
    seen: str = ""
    expected: str = ""
    way_out: str = ""
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a model as its file gives it; `unit` is a VOUnit string, '' for none."""

    name: str
    value: float | int | str | bool
    unit: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """All that one file of the store says.

    Parameters
    ----------
    kind
        ``model``; ``observation``, of a model; ``product``, observed; or ``other`` for a file that
        gives no rows.
    format
        Name of the reader that understood the file, or ``unknown``.
    model
        Columns of ``models.parquet`` that this file knows, ``model_id`` always among them.
    parameters
        Parameters of the model, in the file's units.
    observations
        Rows of ``observations.parquet``.
    problems
        What is wrong with the file.
    provenance
        Where each value of `observations` is from: rows of ``provenance.parquet``, without what
        names the file.
    """

    kind: Literal["model", "observation", "product", "other"]
    format: str
    model: Row | None = None
    parameters: tuple[Parameter, ...] = ()
    observations: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    provenance: tuple[Row, ...] = ()
