"""``portal build``: the site from a catalogue."""

from pathlib import Path

import click

from portal.commands._common import echo_json, progress

__all__ = ["COMMAND"]

_APP = Path("build/app")
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("build", epilog="Example: portal build --catalog build/catalog --site build/site")
@click.option("--catalog", type=_FOLDER, default="catalog", show_default=True, help="Catalogue.")
@click.option("--site", type=_FOLDER, default="build/site", show_default=True, help="Site to make.")
@click.option(
    "--mkdocs",
    type=click.Path(path_type=Path, dir_okay=False),
    default="mkdocs.yml",
    show_default=True,
    help="Settings of the written pages.",
)
@click.option("--app", type=_FOLDER, help=f"Browser code [default: {_APP} if it is there].")
@click.option(
    "--store",
    "stores",
    type=_FOLDER,
    multiple=True,
    help="Store, for previews [default: those of the collections].",
)
@click.option(
    "--releases", type=_FOLDER, help="Folder of all releases [default: releases in the catalogue]."
)
@click.option(
    "--workers",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Processes; 0 and 1 work in this one.",
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def COMMAND(
    catalog: Path,
    site: Path,
    mkdocs: Path,
    app: Path | None,
    stores: tuple[Path, ...],
    releases: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    """Make the site of a catalogue, rendering only what has changed."""
    from portal.model.collection_file import load_folder
    from portal.site import Options, build

    if not stores:
        # Where stores lie is not published with the tables, only set in the collections' files.
        collections = load_folder(catalog / "collections")
        stores = tuple(Path(store) for c in collections for store in c.stores)
    if app is None and _APP.is_dir():
        app = _APP
    options = Options(catalog, site, mkdocs, app, stores, releases)
    with progress("pages") as report:
        made = build(options, workers, report)
    if as_json:
        echo_json({key: getattr(made, key) for key in ("pages", "written", "kept", "deleted")})
    else:
        click.echo(
            f"{made.pages} pages in {site}: {made.written} written, {made.kept} kept, "
            f"{made.deleted} deleted"
        )
