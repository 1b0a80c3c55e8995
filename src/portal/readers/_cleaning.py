"""The last step for every file: its texts made safe to show, whatever reader gave them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from portal.model.record import FileRecord, Parameter, Problem, Row, Value
from portal.model.telling import told
from portal.readers._findings import Findings
from portal.readers._text import describe, visible

__all__ = ["check_path", "cleaned"]

# What needs no quoting in a shell, a URL or a page.
_PLAIN = re.compile(r"[A-Za-z0-9._+/=,@%-]*")
# Columns that name the file itself: a changed path would not find it any more.
_PATHS = ("path", "model_path", "observation_path", "hdf5_group")
_WITH_TEXT = (str, list)


def check_path(path: str, findings: Findings) -> None:
    """Warn of a path that shells, URLs or pages would need quoted."""
    odd = sorted({character for character in path if not _PLAIN.fullmatch(character)})
    if odd:
        findings.add(
            "awkward-path",
            "name of the file has characters that need quoting",
            " ".join(describe(character) for character in odd[:12]),
            "letters, digits and ._+-",
            "rename the file; it is read all the same",
            "warning",
        )


def cleaned(record: FileRecord, problems: Sequence[Problem]) -> FileRecord:
    """`record` with visible texts, and with `problems` added to its own."""
    return replace(
        record,
        model=None if record.model is None else _row(record.model),
        parameters=tuple(map(_parameter, record.parameters)),
        observations=tuple(map(_row, record.observations)),
        problems=tuple(map(_problem, told((*problems, *record.problems)))),
        provenance=tuple(map(_row, record.provenance)),
    )


def _row(row: Row) -> Row:
    # Most values are numbers, of a hundred thousand files with hundreds each.
    texts = {k: _value(v) for k, v in row.items() if isinstance(v, _WITH_TEXT)}
    for name in _PATHS:
        texts.pop(name, None)
    return {**row, **texts}


def _value(value: Value) -> Value:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [visible(str(item)) for item in value]
    return value


def _parameter(parameter: Parameter) -> Parameter:
    value = visible(parameter.value) if isinstance(parameter.value, str) else parameter.value
    name, unit, text = map(visible, (parameter.name, parameter.unit, parameter.description))
    return Parameter(name, value, unit, text)


def _problem(problem: Problem) -> Problem:
    what, seen, expected, way_out = map(
        visible, (problem.what, problem.seen, problem.expected, problem.way_out)
    )
    return replace(problem, what=what, seen=seen, expected=expected, way_out=way_out)
