"""``portal export``: the catalogue, or a part of it, in another format."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

from portal import registry
from portal.errors import ConfigError
from portal.exporters.base import exporters

__all__ = ["COMMAND", "write_pieces"]


@click.command(
    "export", epilog="Example: portal export metalink --where 'species == \"CO\"' -o co.meta4"
)
@click.argument("format", type=click.Choice(registry.names("portal.exporters")))
@click.option(
    "--catalog",
    type=click.Path(path_type=Path, file_okay=False),
    default="catalog",
    show_default=True,
    help="Catalogue.",
)
@click.option("--where", default="", metavar="EXPR", help="Only models that the query selects.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File [default: standard output]."
)
def COMMAND(format: str, catalog: Path, where: str, output: Path | None) -> None:
    """Write the catalogue in FORMAT."""
    from portal.catalog.selection import choose
    from portal.catalog.table import Catalog

    opened = Catalog.open(catalog)
    write_pieces(exporters()[format].write(opened, choose(opened, where)), output)


def write_pieces(pieces: Iterable[bytes], output: Path | None) -> None:
    """Write to standard output, or to a file that appears only once it is whole.

    Raises
    ------
    ConfigError
        If the file cannot be written.
    """
    if output is None:
        _write(pieces, sys.stdout.buffer)
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            _write(pieces, file)
        part.replace(output)
    except OSError as error:
        raise ConfigError(
            f"{output}: cannot be written",
            seen=error.strerror or type(error).__name__,
            way_out="name another file with --output",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _write(pieces: Iterable[bytes], file: BinaryIO) -> None:
    for piece in pieces:
        file.write(piece)
    file.flush()
