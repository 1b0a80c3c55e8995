"""The command line: ``lineform COMMAND``."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from lineform import __version__
from lineform.commands import convert
from lineform.errors import LineformError

__all__ = ["main"]


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback ``(done, total)`` that draws a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bar = click.progressbar(length=1, label=label, file=sys.stderr)
    with bar:

        def report(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield report


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lineform")
def _lineform() -> None:
    """Turn models of stellar winds into spectral-line cubes.

    Example: lineform make-store build/store --models 24
    """


_lineform.add_command(convert.COMMAND)


@_lineform.command("make-store")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--models", type=click.IntRange(1), required=True, help="Number of winds.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option(
    "--pixels", type=int, default=64, show_default=True, help="Pixels along a side of the images."
)
@click.option("--channels", type=int, default=51, show_default=True, help="Channels of a cube.")
@click.option("--grid", type=int, default=48, show_default=True, help="Cells along a model's side.")
@click.option(
    "--beam",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Width (FWHM) of the telescope's beam in arcsec; 0 for none.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the parameters."
)
@click.option(
    "--lamda",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="LAMDA file to use instead of the built-in rotor; may be repeated.",
)
@click.option("--force", is_flag=True, help="Write files again that are complete.")
def _make_store(
    folder: Path,
    models: int,
    workers: int,
    pixels: int,
    channels: int,
    grid: int,
    beam: float,
    seed: int,
    lamda: tuple[Path, ...],
    force: bool,
) -> None:
    """Write MODELS analytic winds and their synthetic observations below DIR.

    Models that are complete are left alone, so that the same call continues a run that was
    interrupted; to make them again with other options, add --force. The same options give the
    same bytes.

    Example: lineform make-store build/store --models 24 --workers 2
    """
    # Imported here so that --help needs neither SciPy nor h5py.
    from lineform.store import StoreSettings, make_store

    settings = StoreSettings(grid=grid, pixels=pixels, channels=channels, beam=beam, lamda=lamda)
    with _progress("making winds") as progress:
        written = make_store(
            folder,
            models,
            settings,
            seed=seed,
            workers=workers,
            force=force,
            progress=progress,
        )
    click.echo(f"{folder}: {written} models written, {models - written} already there")


def main() -> None:
    """Run the command line; errors of ours are one line and exit status 2."""
    logging.basicConfig(format="lineform: %(message)s")
    try:
        _lineform(prog_name="lineform")
    except LineformError as error:
        click.echo(f"lineform: {error}", err=True)
        sys.exit(2)
