"""What is wrong with a submission: one finding each, told as a table."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from portal.model.record import Problem, Row, Severity
from portal.model.schema import Column

__all__ = ["FINDINGS", "Finding", "few", "finding_rows", "has_errors", "of_problem"]

_MOST = 20
"""Findings of one kind that are told one by one."""

FINDINGS = (
    Column("severity", "string", "", "meta.code.qual", "error or warning.", True),
    Column("code", "string", "", "meta.code.error", "Stable word for the kind of finding.", True),
    Column("path", "string", "", "meta.id;meta.file", "File of the submission, or none."),
    Column("part", "string", "", "meta.id.part", "Part of the file."),
    Column("column", "string", "", "meta.id", "Column or setting concerned."),
    Column("what", "string", "", "meta.note", "What is wrong."),
    Column("seen", "string", "", "meta.note", "What was found."),
    Column("expected", "string", "", "meta.note", "What would have been right."),
    Column("way_out", "string", "", "meta.note", "What to do."),
)
"""Columns of the table of findings."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a submission.

    An *error* has to be mended before there is a bundle; a *warning* needs a look.
    """

    severity: Severity
    code: str
    what: str
    seen: str = ""
    expected: str = ""
    way_out: str = ""
    path: str = ""
    part: str = ""
    column: str = ""


def of_problem(problem: Problem, severity: Severity | None = None) -> Finding:
    """The finding that a problem of a file is."""
    return Finding(
        severity or problem.severity, problem.code, problem.what, problem.seen, problem.expected,
        problem.way_out, problem.path,
    )  # fmt: skip


def few(findings: Iterable[Finding]) -> list[Finding]:
    """`findings`, of each kind some one by one and the rest in one."""
    kinds: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.severity, one.code, one.column), []).append(one)
    told: list[Finding] = []
    for same in kinds.values():
        told += same[:_MOST]
        if len(same) > _MOST:
            last = same[0]
            told.append(
                Finding(
                    last.severity,
                    last.code,
                    last.what,
                    f"{len(same) - _MOST} more",
                    last.expected,
                    last.way_out,
                    column=last.column,
                )
            )
    return sorted(told, key=lambda one: (one.severity, not one.path, one.path, one.code))


def finding_rows(findings: Iterable[Finding]) -> list[Row]:
    """Rows of the table of findings."""
    return [asdict(one) for one in findings]


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether one of them has to be mended."""
    return any(one.severity == "error" for one in findings)
