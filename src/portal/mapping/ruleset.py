"""A mapping applied to a header: it is a reader like any other, made from a text."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from portal import units
from portal.errors import MappingError, ReadError
from portal.mapping.evaluate import Scalar, evaluate
from portal.mapping.grammar import Rule, parse
from portal.model.header import Header
from portal.model.record import FileRecord, Parameter, Problem, Row, Value
from portal.model.schema import MODELS, Column

__all__ = ["MappingFile"]

_COLUMNS = {column.name: column for column in MODELS}
_PARAMETER = "parameter."
# Set by the scan from all files of the collection, or by the file itself.
_NOT_MAPPED = ("bytes", "collection", "model_path", "n_observations", "observation_path")
_CASTS: dict[str, Callable[[Scalar], Value]] = {
    "string": str,
    "int32": int,
    "int64": int,
    "float64": float,
    "list<string>": lambda value: [part.strip() for part in str(value).split(",")],
}


@dataclass(frozen=True, slots=True)
class MappingFile:
    """The rules of one mapping file; a reader of models (`portal.readers.base.Reader`).

    Parameters
    ----------
    name
        Name of the format: stem of the mapping file, if no rule gives `format`.
    patterns
        Paths that must all exist in a file that it claims.
    rules
        In the order of the file.
    """

    name: str
    patterns: tuple[str, ...]
    rules: tuple[Rule, ...]
    priority: int = 50

    @classmethod
    def from_text(cls, text: str, name: str, file: str = "") -> "MappingFile":
        """Parse and check `text`; `file` is named in errors.

        Raises
        ------
        MappingError
            For a line that is no rule, an unknown column, a clash of units, or no `match`.
        """
        patterns, rules = parse(text, file or name)
        for rule in rules:
            _check(rule)
        targets = {rule.target for rule in rules}
        lacking = [key for key in ("model_id",) if key not in targets]
        if not patterns:
            lacking.insert(0, "match")
        if lacking:
            raise MappingError(
                f"no rule {lacking[0]}",
                expected=f"a line such as {lacking[0]}: "
                + {"match": "grid/x, fields/rho", "model_id": "$STEM"}[lacking[0]],
                where=file or name,
            )
        return cls(name, patterns, rules)

    def claims(self, header: Header) -> bool:
        """Whether every pattern has a dataset or a group in the file."""
        return all(_exists(pattern, header) for pattern in self.patterns)

    def read(self, header: Header) -> FileRecord:
        """The row and the parameters that the rules give."""
        row: Row = {"format": self.name, "model_path": header.path}
        parameters: dict[str, Parameter] = {}
        problems: list[Problem] = []
        set_by: dict[str, Rule] = {}
        for rule in self.rules:
            if rule.target in set_by and not rule.forced:
                continue
            try:
                value = evaluate(rule.source, header)
                if value is not None:
                    _apply(rule, value, row, parameters)
                    set_by[rule.target] = rule
            except ReadError as error:
                problems.append(_problem(header.path, rule, error))
        if not row.get("model_id"):
            problems.append(_no_name(header.path))
            return FileRecord("model", self.name, problems=tuple(problems))
        found = tuple(parameters[name] for name in sorted(parameters))
        return FileRecord("model", str(row["format"]), row, found, (), tuple(problems))


def _exists(pattern: str, header: Header) -> bool:
    if pattern in header.datasets or pattern in header.groups:
        return True
    return any(fnmatchcase(path, pattern) for path in (*header.datasets, *header.groups))


def _apply(rule: Rule, value: Scalar, row: Row, parameters: dict[str, Parameter]) -> None:
    if rule.target.startswith(_PARAMETER):
        name = rule.target.removeprefix(_PARAMETER)
        parameters[name] = Parameter(name, value, rule.unit)
        return
    column = _COLUMNS[rule.target]
    if rule.unit and isinstance(value, int | float):
        value = value * units.factor(rule.unit, column.unit)
    try:
        row[column.name] = _CASTS[column.type](value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ReadError(
            "value of another type",
            seen=repr(value)[:60],
            expected=column.type,
            code="wrong-type",
        ) from error


def _check(rule: Rule) -> None:
    if rule.target.startswith(_PARAMETER) and "." not in rule.target.removeprefix(_PARAMETER):
        return
    column: Column | None = _COLUMNS.get(rule.target)
    if column is None or column.name in _NOT_MAPPED:
        legal = ", ".join(sorted(set(_COLUMNS) - set(_NOT_MAPPED)))
        raise MappingError(
            "unknown column",
            seen=rule.target,
            expected=f"one of {legal}, or parameter.NAME",
            where=rule.where,
        )
    if rule.unit and not units.same_dimension(rule.unit, column.unit):
        raise MappingError(
            f"{rule.target}: unit of another dimension",
            seen=repr(rule.unit),
            expected=f"a unit of the dimension of {column.unit or 'a pure number'}",
            where=rule.where,
        )


def _problem(path: str, rule: Rule, error: ReadError) -> Problem:
    return Problem(
        path,
        error.code,
        f"{rule.target}: {error.what}",
        error.seen,
        error.expected,
        error.way_out or f"correct the file or the rule at {rule.where}",
    )


def _no_name(path: str) -> Problem:
    return Problem(
        path,
        "missing-attribute",
        "no name of the model",
        "none of the sources of model_id is in the file",
        "a value for model_id",
        "add a rule such as model_id: $STEM to the mapping",
    )
