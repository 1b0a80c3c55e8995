"""``portal fetch``: download the files of models, or only their spectra or pictures."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from portal.commands._common import counted, echo_json
from portal.errors import ConfigError

if TYPE_CHECKING:
    from portal.client import OpenedCatalog, Plan

__all__ = ["COMMAND"]

_FILES = ("models", "observations")
# As shells count a program that SIGINT ended.
_INTERRUPTED = 130


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
    "--names",
    type=click.File(encoding="utf-8"),
    help="Models by name instead, one a line; - for standard input.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=".",
    show_default="this folder",
    help="Where to put the files; for spectra, a folder or a name that ends in .parquet or .h5.",
)
@click.option(
    "--only",
    type=click.Choice([*_FILES, "spectra", "previews"]),
    help="Only such files; all spectra in one file; or pictures of the maps.",
)
@click.option(
    "--workers", type=click.IntRange(1, 16), default=4, show_default=True, help="Files at a time."
)
@click.option("--dry-run", is_flag=True, help="Say how much it is, and fetch nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def COMMAND(
    expression: str,
    catalog: str,
    names: TextIO | None,
    to: Path,
    only: str | None,
    workers: int,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Download the files of the models that EXPRESSION selects; without one, all.

    Run it again to go on after an interruption. Every file is compared with its SHA-256; one that
    is there already is read again only if SHA256SUMS in the folder does not vouch for it. With
    --only spectra, EXPRESSION selects observations, so that it may name their columns too.
    """
    from portal.client import open_catalog

    with open_catalog(catalog) as opened:
        selection = _selection(expression, names)
        unknown = _unknown(opened, selection)
        for name in unknown:
            click.echo(f"portal: {name}: no such model in the catalogue", err=True)
        if not isinstance(selection, str):
            selection = [name for name in selection if name not in unknown]
        if only == "spectra":
            _spectra(opened, selection, to, workers, dry_run=dry_run, as_json=as_json)
            sys.exit(1 if unknown else 0)
        plan = (
            opened.previews(selection) if only == "previews" else opened.plan(selection, only or "")
        )
    if dry_run:
        click.echo(str(plan), err=True)
        if as_json:
            echo_json(
                {"bytes": plan.bytes, "files": [file.path for file in plan], "unknown": unknown}
            )
        sys.exit(1 if unknown else 0)
    sys.exit(max(_files(plan, to, workers, as_json=as_json), 1 if unknown else 0))


def _selection(expression: str, names: TextIO | None) -> str | list[str]:
    if names is None:
        return expression
    if expression:
        raise ConfigError(
            "fetch: two selections",
            seen="an expression and --names",
            expected="one of them",
        )
    try:
        return list(dict.fromkeys(line.strip() for line in names if line.strip()))
    except UnicodeDecodeError as error:
        raise ConfigError(
            "--names: cannot be read",
            seen=str(error),
            expected="names of models in UTF-8, one a line",
            where=names.name,
        ) from error


def _unknown(opened: "OpenedCatalog", names: str | Sequence[str]) -> list[str]:
    if isinstance(names, str):
        return []
    known = set(opened.query("", columns=["model_id"])["model_id"])
    return [name for name in names if name not in known]


def _files(plan: "Plan", to: Path, workers: int, *, as_json: bool) -> bool:
    """Fetch the files; whether one failed."""
    from portal.client import fetch
    from portal.client.plan import size

    click.echo(
        f"{counted(len(plan), 'file')}, {size(plan.bytes) if plan.bytes else 'size unknown'}",
        err=True,
    )
    if not plan.fits(to):
        click.echo(f"portal: the disk below {to} has too little room for them", err=True)
    try:
        with _bar("fetch") as report:
            done = fetch(plan, to, workers=workers, progress=report)
    except KeyboardInterrupt:
        click.echo("portal: stopped; run the command again to go on", err=True)
        sys.exit(_INTERRUPTED)
    failed = sorted(str(error) for error in done.failed)
    if as_json:
        echo_json({"failed": failed, "fetched": done.fetched, "kept": done.kept})
    # A host that is away says the same of each file.
    for line in dict.fromkeys(failed):
        click.echo(f"portal: {line}", err=True)
    click.echo(
        f"{len(done.fetched)} fetched, {len(done.kept)} there already, {len(failed)} failed",
        err=True,
    )
    return bool(failed)


def _spectra(
    opened: "OpenedCatalog",
    selection: str | list[str],
    to: Path,
    workers: int,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from portal.client.plan import size

    path = to if to.suffix else to / "spectra.parquet"
    samples = opened.samples(("velocity", "spectrum"), selection, parameters=())
    click.echo(f"{len(samples)} spectra, {size(samples.nbytes)}", err=True)
    if not dry_run:
        try:
            with _bar("fetch") as report:
                opened.save_spectra(selection, path, workers=workers, progress=report)
        except OSError as error:
            raise ConfigError(
                f"{path}: cannot be written",
                seen=error.strerror or str(error),
                way_out="make room, or name another file with --to",
            ) from error
        click.echo(f"wrote {path}", err=True)
    if as_json:
        echo_json({"bytes": samples.nbytes, "file": str(path), "spectra": len(samples)})


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback ``(done, total)`` [byte] that draws bytes and speed on a terminal only."""
    from portal.client.plan import size

    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    begin = time.monotonic()
    first: list[int] = []
    # The item that is shown is the text itself.
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=_same) as bar:

        def report(done: int, total: int) -> None:
            first[:] = first or [done]
            speed = (done - first[0]) / max(time.monotonic() - begin, 1e-3)
            bar.length = max(total, 1)
            bar.current_item = f"{size(done)} of {size(total)}, {size(speed)}/s"
            bar.update(done - bar.pos)

        yield report


def _same(text: object) -> str | None:
    return None if text is None else str(text)
