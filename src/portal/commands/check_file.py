"""``portal check-file``: test files against the layout on the page on the data format."""

from dataclasses import asdict
from pathlib import Path

import click

from portal.commands._common import echo_json
from portal.model.record import FileRecord, Problem
from portal.readers import read_file

__all__ = ["COMMAND"]


@click.command("check-file")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def COMMAND(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Test FILES against the layout of models and observations.

    Prints what is wrong, what was seen, what was expected and the way out. The exit status
    is 1 if a file has errors, 0 if none has; warnings do not count.

    Example: portal check-file store/observations/*.h5
    """
    records = {str(file): read_file(file, file.name) for file in files}
    if as_json:
        echo_json([_as_json(file, record) for file, record in records.items()])
    else:
        for file, record in records.items():
            _echo(file, record)
    ctx.exit(int(any(_errors(record) for record in records.values())))


def _errors(record: FileRecord) -> int:
    return sum(problem.severity == "error" for problem in record.problems)


def _as_json(file: str, record: FileRecord) -> dict[str, object]:
    return {
        "file": file,
        "format": record.format,
        "kind": record.kind,
        "observations": len(record.observations),
        "problems": [asdict(problem) | {"path": file} for problem in record.problems],
    }


def _echo(file: str, record: FileRecord) -> None:
    errors = _errors(record)
    warnings = len(record.problems) - errors
    verdict = f"{errors} errors, {warnings} warnings" if record.problems else "no findings"
    click.echo(f"{click.format_filename(file)}: {record.format}, {verdict}")
    for problem in record.problems:
        click.echo(f"  {problem.severity} {problem.code}: {_words(problem)}")


def _words(problem: Problem) -> str:
    words = problem.what
    if problem.expected:
        words += f": expected {problem.expected}"
    if problem.seen:
        words += f"{',' if problem.expected else ':'} got {problem.seen}"
    return f"{words}; {problem.way_out}" if problem.way_out else words
