"""``portal fetch``: download the files of models."""

import sys
from pathlib import Path

import click

from portal.commands._common import echo_json, progress

__all__ = ["COMMAND"]


@click.command(
    "fetch",
    epilog="Example: portal fetch 'bytes < 1 GB' --catalog https://portal.example.org/ --to winds",
)
@click.argument("expression", default="")
@click.option(
    "--catalog",
    default="catalog",
    show_default=True,
    metavar="URL|DIR",
    help="Address of the site, or folder of a catalogue.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default="this folder",
    help="Where to put the files.",
)
@click.option("--only", type=click.Choice(["models", "observations"]), help="Only such files.")
@click.option(
    "--workers", type=click.IntRange(1, 16), default=4, show_default=True, help="Files at a time."
)
@click.option("--dry-run", is_flag=True, help="Say how much it is, and fetch nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def COMMAND(
    expression: str,
    catalog: str,
    to: Path,
    only: str | None,
    workers: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Download the files of the models that EXPRESSION selects; without one, all.

    Run it again to go on after an interruption. Every file is compared with its SHA-256.
    """
    from portal.client import fetch, open_catalog

    with open_catalog(catalog) as opened:
        files = opened.plan(expression, only or "")
    size = sum(file.bytes for file in files)
    click.echo(f"{len(files)} files, {size / 1e6:.1f} MB", err=True)
    if dry_run:
        if as_json:
            echo_json({"bytes": size, "files": [file.path for file in files]})
        return
    with progress("fetch") as report:
        done = fetch(files, to, workers=workers, progress=report)
    failed = sorted(str(error) for error in done.failed)
    if as_json:
        echo_json({"failed": failed, "fetched": done.fetched, "kept": done.kept})
    for line in failed:
        click.echo(f"portal: {line}", err=True)
    click.echo(
        f"{len(done.fetched)} fetched, {len(done.kept)} there already, {len(failed)} failed",
        err=True,
    )
    sys.exit(1 if failed else 0)
