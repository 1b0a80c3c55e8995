"""The command ``export-fits``: observations become FITS cubes."""

from pathlib import Path

import click

__all__ = ["COMMAND"]

_UNITS = ("Jy/beam", "Jy/pixel", "K", "W m-2 Hz-1 sr-1")


@click.command("export-fits")
@click.argument("observations", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    required=True,
    help="Folder, or a file ending in .fits for a single cube.",
)
@click.option("--line", multiple=True, help="Such as 'CO 2-1'; may be repeated [all].")
@click.option(
    "--direction", type=click.IntRange(0), multiple=True, help="Its number; may be repeated [all]."
)
@click.option(
    "--unit",
    type=click.Choice(_UNITS),
    help="Of the pixels [Jy/beam with a beam, otherwise K].",
)
@click.option(
    "--center",
    metavar="POSITION",
    default="0h 0d",
    show_default=True,
    help="Of the star, ICRS, such as '12h23m +10d'.",
)
@click.option(
    "--systemic-velocity",
    metavar="QUANTITY",
    default="0 km/s",
    show_default=True,
    help="Of the star, LSRK.",
)
@click.option("--frequency", is_flag=True, help="An axis of frequency, not of radio velocity.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _export_fits(
    observations: Path,
    output: str,
    line: tuple[str, ...],
    direction: tuple[int, ...],
    unit: str | None,
    center: str,
    systemic_velocity: str,
    frequency: bool,
    as_json: bool,
) -> None:
    """Write each cube of OBSERVATIONS as a FITS file.

    Axes are RA, DEC and radio velocity; east is left, so that RA decreases with the offset x.
    The parameters of the model come along as a table. The same input gives the same bytes.

    Example: lineform export-fits seen.h5 -o cubes --line 'CO 3-2' --center '9h47m33s +11d25m43s'
    """
    # Imported here so that --help needs neither NumPy nor h5py.
    from lineform.commands import _cubes
    from lineform.commands._progress import progress_bar
    from lineform.fits import write_fits
    from lineform.io import read_header, read_observation

    frame = _cubes.frame_from(center, systemic_velocity, frequency)
    header = read_header(observations)
    names = _cubes.selected(observations, line, direction)
    paths = _cubes.paths_for(output, header.name, names, observations)
    with progress_bar("writing cubes") as progress:
        for number, (name, path) in enumerate(zip(names, paths, strict=True), 1):
            # One at a time: a file of many cubes need not fit into memory.
            observation = read_observation(observations, name)
            default = "Jy/beam" if observation.beam.major else "K"
            write_fits(path, observation, header, unit or default, frame)
            progress(number, len(names))
    if as_json:
        click.echo(_cubes.report(names, paths))
        return
    for path in paths:
        click.echo(path)


COMMAND = _export_fits
