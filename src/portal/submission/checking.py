"""All checks of the folder of a submission, in one go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.errors import MappingError, PortalError
from portal.lint import check_table
from portal.mapping import Mapping
from portal.mapping.loading import findings as mapping_findings
from portal.mapping.loading import made_mapping, read_text
from portal.model.collection import Collection
from portal.obscore.products import found_in
from portal.obscore.response import Response
from portal.submission.complete import of_files, of_rows
from portal.submission.finding import Finding, few, has_errors
from portal.submission.folder import DataFile, Folder, look_into
from portal.submission.rows import rules_of_rows, whole_rules
from portal.submission.settings import NAME, read_settings

__all__ = ["RULES", "Checked", "check_data", "check_folder", "rules_from"]

RULES = "rules.map"
"""Name of the rules in a bundle."""

_MEND = "correct that line"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a folder.

    Parameters
    ----------
    settings
        None if they cannot be used.
    rules
        Text of all rules, those of rows among them.
    response
        Rows, their origins, and problems.
    """

    folder: Folder
    settings: Collection | None
    rules: str
    response: Response
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Whether nothing has to be mended."""
        return not has_errors(self.findings)


def check_folder(root: Path, progress: Progress = lambda done, total: None) -> Checked:
    """Look at settings, rules, rows and every file of data in `root`.

    Never fails for what lies in it: all that is wrong is a finding.
    """
    folder, findings = look_into(root)
    settings, wrong = read_settings(root / NAME)
    findings += wrong
    text, wrong = _rules_of(folder, settings.id if settings else "submission")
    findings += wrong
    mapping, wrong = rules_from(text)
    if not has_errors(findings):
        # The author's own rules were looked at before: these are about what was made of rows.
        findings += [_named(one, folder.rows.name if folder.rows else RULES) for one in wrong]
    if mapping is None:
        return Checked(folder, settings, text, Response([]), tuple(few(findings)))
    response, wrong = check_data(folder.data, mapping, progress)
    return Checked(folder, settings, text, response, tuple(few([*findings, *wrong])))


def check_data(
    data: tuple[DataFile, ...], mapping: Mapping, progress: Progress = lambda done, total: None
) -> tuple[Response, list[Finding]]:
    """Rows of files of data, and what is wrong with files and rows."""
    response = Response([])
    for done, file in enumerate(data):
        progress(done, len(data))
        found = found_in(file.path, file.name, mapping)
        response.given += found.rows
        response.problems += found.problems
    progress(len(data), len(data))
    findings = [*of_files(data, response.given, response.problems), *of_rows(response.given)]
    if not response.given:
        findings.append(
            Finding(
                "error",
                "no-row",
                "no row of ObsCore",
                f"{len(data)} files",
                "at least one product",
                "mend the files, or write rules that say what they are",
            )
        )
    return response, [*findings, *_lint(response)]


def rules_from(text: str) -> tuple[Mapping | None, list[Finding]]:
    """The mapping that `text` is, and what is wrong with it; no code of others is ever allowed."""
    _, errors = mapping_findings(text, RULES)
    wrong = [_rule(error) for error in errors]
    return (None if wrong else made_mapping(text, "rules", RULES)), wrong


def _rule(error: MappingError) -> Finding:
    code, way_out = "rules", error.way_out or _MEND
    if error.code == "environment":
        code, way_out = "rules-environment", "write its value: elsewhere it is another one"
    column = error.where.partition(":")[2]
    return Finding(
        "error", code, error.what, error.seen, error.expected, way_out, RULES, column=column
    )


def _rules_of(folder: Folder, collection: str) -> tuple[str, list[Finding]]:
    findings: list[Finding] = []
    own = of_rows = ""
    if folder.rules is not None:
        try:
            own = read_text(folder.rules)
        except PortalError as error:
            return "", [_mapping(folder.rules.name, error)]
        _, findings = rules_from(own)
        findings = [_named(one, folder.rules.name) for one in findings]
        if findings:
            return "", findings
    if folder.rows is not None:
        of_rows, wrong = rules_of_rows(folder.rows, [file.name for file in folder.data])
        findings += wrong
    text, wrong = whole_rules(own, RULES, collection, of_rows)
    return text, [*findings, *wrong]


def _named(one: Finding, name: str) -> Finding:
    return Finding(
        one.severity, one.code, one.what, one.seen, one.expected, one.way_out, name,
        column=one.column,
    )  # fmt: skip


def _mapping(name: str, error: PortalError) -> Finding:
    return Finding(
        "error", "rules", error.what, error.seen, error.expected, error.way_out or _MEND, name
    )


def _lint(response: Response) -> Iterator[Finding]:
    """What the linter finds, at the file of the row."""
    for one in check_table(response.to_table()) if response.given else ():
        place = None if one.row is None else response.given[one.row]
        yield Finding(
            one.severity, one.code, "a value that does not fit", one.seen, one.expected,
            one.way_out, place.path if place else "", place.part if place else "", one.column,
        )  # fmt: skip
