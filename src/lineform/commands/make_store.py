"""The command ``make-store``: models and their observations in one folder, with a manifest."""

import sys
from pathlib import Path
from typing import Any

import click

from lineform.commands._counting import counted
from lineform.commands._observing import observing_options, setup_from
from lineform.commands._progress import progress_bar

__all__ = ["COMMAND"]

_SHOWN = 20


@click.command("make-store")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--models", type=click.IntRange(1), help="Number of analytic winds.")
@click.option(
    "--from",
    "models_from",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="MODELS_DIR",
    help="Observe the model files below this folder, which may be DIR/models.",
)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster that does the work.")
@click.option("--grid", type=int, default=48, show_default=True, help="Cells along a wind's side.")
@click.option(
    "--beam",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Width (FWHM) of the telescope's beam in arcsec; 0 for none.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the winds' parameters."
)
@click.option("--force", is_flag=True, help="Make models again that are done.")
@observing_options
def _make_store(
    folder: Path,
    models: int | None,
    models_from: Path | None,
    workers: int,
    dask: str | None,
    grid: int,
    beam: float,
    seed: int,
    force: bool,
    **options: Any,  # noqa: ANN401 (whatever `setup_from` takes)
) -> None:
    """Write models and their synthetic observations below DIR.

    The models are analytic winds (--models) or files that are there already (--from). What the
    manifest, DIR/manifest.json, says to be done is left alone, so that the same call continues
    a run that was interrupted; to make all again with other options, add --force. A model that
    fails stops no other: it is told of at the end, and the exit status is 1. The same options
    give the same bytes.

    Example: lineform make-store build/store --models 24 --workers 2
    """
    # Imported here so that --help needs neither SciPy nor h5py.
    from lineform.sources import ModelFiles, Winds
    from lineform.store import make_store

    if (models is None) == (models_from is None):
        raise click.UsageError("say either --models N or --from MODELS_DIR")
    source = ModelFiles(models_from) if models_from else Winds(models or 0, grid, seed)
    with progress_bar("making the store") as progress:
        made = make_store(
            folder,
            source,
            setup_from(**options),
            beam=beam,
            workers=workers,
            dask=dask,
            force=force,
            progress=progress,
        )
    failed = f", {len(made.failed)} failed" if made.failed else ""
    click.echo(f"{folder}: {made.written} models written, {made.there} already there{failed}")
    for entry in made.failed[:_SHOWN]:
        click.echo(f"lineform: {entry.name}: {entry.reason}", err=True)
    if made.failed[_SHOWN:]:
        click.echo("lineform: the others that failed stand in manifest.json", err=True)
    if made.remarked:
        first = made.remarked[0]
        known = f"{counted(len(made.remarked), 'model')} with a remark, in manifest.json; the first"
        click.echo(f"lineform: {known}, {first.name}: {first.remark}", err=True)
    sys.exit(1 if made.failed else 0)


COMMAND = _make_store
