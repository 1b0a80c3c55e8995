"""``portal accept``: make a collection of a bundle that somebody handed in."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.commands._common import counted, echo_json, printable, progress

if TYPE_CHECKING:
    from portal.submission.accepting import Accepted

__all__ = ["COMMAND"]

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("accept")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--catalog", type=_FOLDER, default=Path("catalog"), show_default=True,
    help="Folder of the catalogue.",
)  # fmt: skip
@click.option("--store", type=_FOLDER, help="Where the files of data lie, or where those in the bundle go.")  # fmt: skip # noqa: E501
@click.option("--replace", "replace_it", is_flag=True, help="Replace a collection of the same name; files of data are never replaced.")  # fmt: skip # noqa: E501
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def COMMAND(
    ctx: click.Context,
    bundle: Path,
    catalog: Path,
    store: Path | None,
    replace_it: bool,
    as_json: bool,
) -> None:
    """Make a collection of BUNDLE, which portal submit-check --bundle wrote.

    Every hash is verified, and the checks are run again on the files of data if they are in the
    bundle or in the store. Then the settings and the rules are written to the folder collections
    of the catalogue, so that the next portal scan reads the files. Prints which values a curator
    should look at: those that were concluded from a text or from what is usual.

    The exit status is 1, and nothing is written, if the checks find errors.

    Example: portal accept winds.zip --store data/winds
    """
    from portal.submission.accepting import accept

    with progress("Reading") as report:
        done = accept(bundle, catalog, store, replace_it=replace_it, progress=report)
    if as_json:
        _echo_json(done)
    else:
        _echo(done)
    ctx.exit(int(done.file is None))


def _echo_json(done: "Accepted") -> None:
    told = asdict(done) | {"file": None if done.file is None else str(done.file)}
    echo_json(told)


def _echo(done: "Accepted") -> None:
    name = done.collection.id
    held = f"{counted(done.files, 'file')}, {counted(done.rows, 'row')}"
    if done.file is None:
        click.echo(f"{name}: {held}; refused, nothing was written")
    else:
        verb = "replaced" if done.replaced else "accepted"
        click.echo(f"{name}: {held}; {verb} as {click.format_filename(done.file)}")
        click.echo(f"  rules: {name}.map beside it")
        click.echo(f"  data: {_data(done)}")
    for one in done.findings:
        place = f"{one.path}[{one.part}]" if one.part else one.path
        told = f"{one.what}: expected {one.expected}, got {one.seen}; {one.way_out}"
        said = ": ".join(filter(None, [f"{one.severity} {one.code}", place, one.column, told]))
        click.echo(f"  {printable(said)}")
    for doubt in done.doubts:
        told = f"such as {doubt.value!r} of {doubt.path}, from {doubt.source}"
        why = f" ({doubt.note})" if doubt.note else ""
        said = f"look at: {doubt.column} of {counted(doubt.count, 'row')}, {told}{why}"
        click.echo(f"  {printable(said)}")
    if done.file is not None:
        click.echo("next: portal scan")


def _data(done: "Accepted") -> str:
    if done.checked:
        return f"{done.collection.stores[0]}, as in the bundle and checked again"
    return "not at hand and not checked again; name their folder in the setting stores"
