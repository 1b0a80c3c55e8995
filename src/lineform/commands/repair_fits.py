"""The command ``repair-fits``: a cube that Magritte wrote becomes one that is read."""

from pathlib import Path

import click

__all__ = ["COMMAND"]


@click.command("repair-fits")
@click.argument("cube", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    required=True,
    help="FITS file to write, or a folder.",
)
def _repair_fits(cube: Path, output: str) -> None:
    """Repair CUBE, a FITS file that Magritte's save_fits wrote.

    Units, reference pixels and the sign of the velocity are set right; the values stay. The
    pixels are in Jy/pixel, and there is no beam.

    Example: lineform repair-fits images/image.fits -o image.fits
    """
    # Imported here so that --help needs neither NumPy nor astropy.
    from lineform.fits import repair_magritte
    from lineform.outputs import FITS, output_file

    path = output_file(output, cube.stem, cube, FITS)
    repair_magritte(cube, path)
    click.echo(path)


COMMAND = _repair_fits
