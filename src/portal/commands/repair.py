"""``portal repair``: a copy of a FITS file whose headers keep the standard."""

from dataclasses import asdict
from pathlib import Path

import click

from portal.commands._common import counted, echo_json, printable

__all__ = ["COMMAND"]


@click.command("repair", epilog="Example: portal repair cube.fits -o repaired.fits")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    help="The copy, a file that does not exist yet.",
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def COMMAND(file: Path, output: Path, as_json: bool) -> None:
    """Write a copy of the FITS file FILE whose headers keep the FITS standard.

    Units, frames, dates and coordinates are spelled as the standard has them, cards that cannot be
    read are written again, and what Magritte counts from 0 is counted from 1. Each repair is a
    line of HISTORY in the copy. FILE and its data stay as they are.
    """
    from portal.fits.repair import write_repaired

    repairs = write_repaired(file, output)
    if as_json:
        echo_json({"file": str(file), "copy": str(output), "repairs": list(map(asdict, repairs))})
        return
    for repair in repairs:
        click.echo(printable(str(repair)))
    click.echo(printable(f"{output}: {counted(len(repairs), 'repair')}"), err=True)
