"""``portal release``: a snapshot of the catalogue with a version."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from portal.commands._common import echo_json
from portal.errors import ConfigError

__all__ = ["COMMAND"]

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    "release", epilog="Example: portal release 1.1 --catalog /srv/catalog --notes notes.txt"
)
@click.argument("version")
@click.option("--catalog", type=_FOLDER, default="catalog", show_default=True, help="Catalogue.")
@click.option(
    "--releases", type=_FOLDER, help="Folder of all releases [default: releases in the catalogue]."
)
@click.option(
    "--notes",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Text file with what there is to say about it.",
)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="Day of the release [default: today].")
@click.option("--strict", is_flag=True, help="Release nothing if there is a warning.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def COMMAND(
    version: str,
    catalog: Path,
    releases: Path | None,
    notes: Path | None,
    day: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Keep the catalogue of today as the release VERSION, which never changes again.

    The next build publishes it, with a page of what changed since the release before. Why models
    were withdrawn is taken from the list withdrawn.csv in the folder of the catalogue.
    """
    from portal.catalog.history import load_history
    from portal.catalog.release import RELEASES, make_release
    from portal.catalog.table import Catalog
    from portal.catalog.withdrawal import WITHDRAWN

    def doubts(lines: Sequence[str]) -> None:
        for line in lines:
            click.echo(line, err=True)
        if lines and strict:
            raise ConfigError("release: nothing was written", way_out="mend it or drop --strict")

    opened = Catalog.open(catalog)
    folder = releases or catalog / RELEASES
    history = load_history(folder, catalog / WITHDRAWN)
    made = make_release(
        opened,
        folder,
        version,
        day or datetime.now(UTC).date().isoformat(),
        _text(notes),
        history.withdrawn,
        history.returned(opened.table("models", ["model_id"])["model_id"].combine_chunks()),
        doubts,
    )
    if as_json:
        echo_json({k: v for k, v in asdict(made).items() if k != "collections"})
        return
    changes = ", ".join(f"{number} {kind}" for kind, number in made.changes.items())
    click.echo(
        f"release {made.version} of {made.date}: {made.models} models, {made.files} files, "
        f"{made.bytes} bytes\nroot {made.root}\n"
        + (f"since {made.previous}: {changes}" if made.previous else "the first release")
    )


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "notes: cannot be read", seen=str(error), expected="a text in UTF-8", where=str(path)
        ) from error
