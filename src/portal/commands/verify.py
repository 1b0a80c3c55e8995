"""``portal verify``: compare downloads with the catalogue."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from portal.commands._common import counted, echo_json, progress
from portal.errors import ConfigError

__all__ = ["COMMAND"]


@click.command(
    "verify", epilog="Example: portal verify winds --catalog https://portal.example.org/"
)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--catalog",
    default="",
    metavar="URL|DIR",
    help="Compare with a catalogue [default: SHA256SUMS in the folder].",
)
@click.option(
    "--release",
    default="",
    metavar="URL|DIR",
    help="Compare with a release, whose own files are checked first.",
)
@click.option("--where", default="", metavar="EXPR", help="Only models that the query selects.")
@click.option("--only", type=click.Choice(["models", "observations"]), help="Only such files.")
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="Files at a time."
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def COMMAND(
    folder: Path,
    catalog: str,
    release: str,
    where: str,
    only: str | None,
    workers: int,
    as_json: bool,
) -> None:
    """Read every file in FOLDER and say which are missing, cut off, damaged or web pages.

    The exit status is 1 if there is one.
    """
    from portal.catalog.selection import DATA_KINDS, StoredFile
    from portal.client import open_catalog, promised, verify
    from portal.client.snapshots import files_of_release

    files: Sequence[StoredFile]
    if catalog and release:
        raise ConfigError(
            "verify: two things to compare with",
            seen="--catalog and --release",
            expected="one of them",
        )
    if release:
        kinds = (only.removesuffix("s"),) if only else DATA_KINDS
        told, files = files_of_release(release, where, kinds)
        click.echo(f"release {told.version} of {told.date}, root {told.root}", err=True)
    elif catalog:
        with open_catalog(catalog) as opened:
            files = opened.plan(where, only or "")
    else:
        files = promised(folder)
    with progress("verify") as report:
        found = verify(folder, files, workers=workers, progress=report)
    if as_json:
        echo_json({"checked": len(files), "problems": [asdict(problem) for problem in found]})
    else:
        for problem in found:
            click.echo(
                f"{problem.path}: {problem.what}: expected {problem.expected}, got {problem.seen}"
            )
    problems = counted(len(found), "problem") if found else "no problems"
    click.echo(f"{counted(len(files), 'file')}: {problems}", err=True)
    sys.exit(1 if found else 0)
