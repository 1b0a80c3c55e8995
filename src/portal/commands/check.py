"""``portal check``: what of the catalogue, the store and the site is wrong."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.check import SiteFiles, check_published, check_site, list_site, published_url
from portal.commands._common import counted, echo_json, folders, progress
from portal.errors import ConfigError
from portal.model.record import Problem

if TYPE_CHECKING:
    from portal.catalog.table import Catalog

__all__ = ["COMMAND"]

_FOLDER = click.Path(path_type=Path, file_okay=False)
_QUICK = 1000


@click.command("check", epilog="Example: portal check --site build/site --data store")
@click.option("--catalog", type=_FOLDER, default="catalog", show_default=True, help="Catalogue.")
@click.option("--site", type=_FOLDER, default="build/site", show_default=True, help="Built site.")
@click.option(
    "--data",
    multiple=True,
    metavar="[NAME=]DIR",
    help="Store, to look for every file with its size; of one collection if that is named.",
)
@click.option("--remote", is_flag=True, help="Ask the data host for every file, by HEAD requests.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("--quick", is_flag=True, help=f"Look at about {_QUICK} pages only.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=lambda: len(os.sched_getaffinity(0)),
    show_default="processor cores",
    help="Processes.",
)
def COMMAND(
    catalog: Path,
    site: Path,
    data: tuple[str, ...],
    remote: bool,
    as_json: bool,
    quick: bool,
    workers: int,
) -> None:
    """Check the tables, the store and every page of the site.

    Prints a line for each thing that is wrong; the exit status is 1 if there is one.
    """
    from portal.catalog.table import Catalog

    opened = Catalog.open(catalog)
    stores = folders(data, (collection.id for collection in opened.collections))
    files = _site(opened, site)
    found = list(
        chain(
            _catalog(opened, stores, remote),
            check_published(files, opened, _QUICK if quick else None),
            _pages(files, workers, quick),
        )
    )
    counts = {
        "files": opened.counts["files"] if data or remote else 0,
        "models": opened.counts["models"],
        "pages": sum(path.endswith(".html") for path in files.paths),
    }
    if as_json:
        echo_json({"checked": counts, "problems": [asdict(problem) for problem in found]})
    else:
        for problem in found:
            click.echo(_line(problem))
        checked = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        problems = counted(len(found), "problem") if found else "no problems"
        click.echo(f"checked {checked}: {problems}", err=True)
    sys.exit(1 if found else 0)


def _site(catalog: "Catalog", root: Path) -> SiteFiles:
    from portal.catalog.audit import stored_paths

    if not root.is_dir():
        raise ConfigError(
            f"{root}: no site to check",
            expected="a folder made by portal build",
            way_out="build it first, or name it with --site",
        )
    collection = next(iter(catalog.collections), None)
    url = published_url(root) or (collection.site_url if collection else "")
    return SiteFiles(root, list_site(root), url, stored_paths(catalog, url))


def _catalog(catalog: "Catalog", stores: dict[str, Path], remote: bool) -> Iterator[Problem]:
    from portal.catalog.audit import audit_files, audit_tables
    from portal.catalog.audit_remote import audit_remote

    yield from audit_tables(catalog)
    if stores:
        yield from audit_files(catalog, stores)
    if remote:
        yield from audit_remote(catalog)


def _pages(files: SiteFiles, workers: int, quick: bool) -> Iterator[Problem]:
    with progress("pages") as report:
        yield from check_site(files, workers, _QUICK if quick else None, report)


def _line(problem: Problem) -> str:
    text = f"{problem.path}: {problem.what}"
    if problem.expected:
        text += f": expected {problem.expected}"
    if problem.seen:
        text += f"{',' if problem.expected else ':'} got {problem.seen}"
    return "".join(c if c.isprintable() else "?" for c in f"{text} [{problem.code}]")
