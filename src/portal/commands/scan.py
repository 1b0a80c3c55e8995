"""``portal scan``: read the stores into the catalogue."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from portal.commands._common import counted, echo_json, progress
from portal.errors import ConfigError
from portal.executors import open_executor
from portal.model.collection import Collection
from portal.model.collection_file import load, load_folder, unique
from portal.scan import TIME_LIMIT, Report, Rules, scan
from portal.scan.fingerprint import folder_key

__all__ = ["COMMAND"]

_EXAMPLES = """\b
Examples:
  portal scan
  portal scan /data/atomium --catalog build/catalog --workers 8
  portal scan --config catalog/collections/demo.toml --catalog build/demo/catalog
"""


@click.command("scan", epilog=_EXAMPLES)
@click.argument("stores", nargs=-1, type=click.Path(path_type=Path), metavar="[STORE]...")
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=Path("catalog"),
    show_default=True,
    help="Folder of the catalogue.",
)
@click.option(
    "--config",
    "configs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File of a collection; by default all in the folder collections of the catalogue.",
)
@click.option("--workers", type=click.IntRange(0), help="Processes; 0 works in this one.")
@click.option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster that does the work.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=TIME_LIMIT,
    show_default=True,
    help="Seconds that a process may take to read a file, or to hash a megabyte of it.",
)
@click.option("--strict", is_flag=True, help="Exit with status 1 if there are errors.")
@click.option("--no-checksums", is_flag=True, help="Leave out SHA-256; a later scan adds them.")
@click.option(
    "--mappings",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of mapping files; by default mappings in the catalogue, else catalog/mappings.",
)
@click.option(
    "--advisories",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of advisories; by default advisories in the catalogue, else catalog/advisories.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def COMMAND(
    stores: tuple[Path, ...],
    catalog: Path,
    configs: tuple[Path, ...],
    workers: int | None,
    dask: str | None,
    timeout: float,
    strict: bool,
    no_checksums: bool,
    mappings: tuple[Path, ...],
    advisories: Path | None,
    as_json: bool,
) -> None:
    """Read the files of the stores into the Parquet tables of the catalogue.

    Files that have not changed since the last scan are not opened. A scan that was stopped
    is continued by the next one.
    """
    from portal.catalog.advisory_file import load_advisories
    from portal.mapping import load_mapping, load_mappings

    collections = _collections(stores, catalog, configs)
    folders = mappings or _beside(catalog, "mappings")
    rules = load_advisories(advisories or next(iter(_beside(catalog, "advisories")), None))
    executor = open_executor(workers, dask)
    try:
        with progress("Reading") as report:
            done = scan(
                collections,
                catalog,
                executor,
                rules=Rules(
                    [mapping for folder in folders for mapping in load_mappings(folder)],
                    {c.id: load_mapping(c.mapping) for c in collections if c.mapping},
                ),
                rules_key=_rules_key(folders, collections),
                advisories=rules,
                checksums=not no_checksums,
                limit=timeout,
                progress=report,
            )
    finally:
        executor.close()
    if as_json:
        echo_json(asdict(done))
    else:
        click.echo(_summary(done))
    for name in done.unsorted:
        click.echo(f"sort_by: no parameter of the catalogue: got {name}", err=True)
    for line in done.unfit:
        click.echo(line, err=True)
    if strict and done.problems["error"]:
        sys.exit(1)


def _rules_key(folders: Sequence[Path], collections: Sequence[Collection]) -> str:
    """A text that changes with every file of rules."""
    own = [f"{c.id}\n{Path(c.mapping).read_text('utf-8')}" for c in collections if c.mapping]
    return "".join([*(folder_key(folder, "*.map") for folder in folders), *own])


def _beside(catalog: Path, name: str) -> tuple[Path, ...]:
    places = (catalog / name, Path("catalog") / name)
    return tuple(place for place in places if place.is_dir())[:1]


def _collections(
    stores: tuple[Path, ...], catalog: Path, configs: tuple[Path, ...]
) -> tuple[Collection, ...]:
    found = tuple(load(path) for path in configs) or load_folder(catalog / "collections")
    if not stores:
        if not found:
            raise ConfigError(
                "store: none named",
                expected="a STORE, or files of collections",
                way_out="name the folder with the files, or one file with --config",
                where=str(catalog / "collections"),
            )
        return unique(found)
    paths = tuple(str(path.resolve()) for path in stores)
    if len(found) > 1:
        raise ConfigError(
            "store: cannot tell its collection",
            seen=", ".join(c.id for c in found),
            expected="one collection",
            way_out="choose one with --config",
        )
    base = found[0] if found else Collection("default", "Unnamed collection")
    return (replace(base, stores=paths),)


def _summary(done: Report) -> str:
    rows, problems = done.rows, done.problems
    return (
        f"{counted(rows['models'], 'model')}, {counted(rows['observations'], 'observation')}, "
        f"{counted(rows['files'], 'file')}, "
        f"{counted(problems['error'], 'error')}, {counted(problems['warning'], 'warning')}\n"
        f"files: {done.read} read, {done.hashed} hashed, {done.new} new, "
        f"{done.changed} changed, {done.deleted} deleted, {done.unchanged} unchanged"
    )
