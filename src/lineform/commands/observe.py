"""The command ``observe``: a telescope looks at an observation file."""

from pathlib import Path

import click

from lineform.commands._counting import counted

__all__ = ["COMMAND"]


@click.command("observe")
@click.argument("observations", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(), required=True, help="Observation file (.h5), or a folder."
)
@click.option(
    "--beam", metavar="QUANTITY", help="Widths (FWHM) of the beam, such as '0.2,0.15 arcsec'."
)
@click.option(
    "--position-angle",
    metavar="QUANTITY",
    default="0 deg",
    show_default=True,
    help="Of the beam's major axis, north to east.",
)
@click.option(
    "--taper",
    metavar="QUANTITY",
    help="FWHM of a uv taper: on the sky ('0.1 arcsec') or in baseline ('200 m').",
)
@click.option(
    "--largest-scale", metavar="QUANTITY", help="That the shortest spacing shows, as '5 arcsec'."
)
@click.option(
    "--primary-beam",
    metavar="QUANTITY",
    help="FWHM of the primary beam ('25 arcsec') or the dish ('12 m').",
)
@click.option("--correct-primary-beam", is_flag=True, help="Divide by the primary beam at last.")
@click.option("--channel-width", metavar="QUANTITY", help="Of wider channels, as '1 km/s'.")
@click.option("--hanning", is_flag=True, help="Smooth the channels by 1/4, 1/2, 1/4.")
@click.option("--noise", metavar="QUANTITY", help="The rms: '3 mJy/beam' or '0.1 K'.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the noise.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _observe(
    observations: Path,
    output: str,
    beam: str | None,
    position_angle: str,
    taper: str | None,
    largest_scale: str | None,
    primary_beam: str | None,
    correct_primary_beam: bool,
    channel_width: str | None,
    hanning: bool,
    noise: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """Look at all OBSERVATIONS of a file through a telescope.

    The sky is attenuated by the primary beam, loses its large scales, is blurred by the beam,
    averaged into channels, and gets noise, in this order; each only if asked for. Spectra and
    moment maps follow the cubes. The same options and seed give the same bytes.

    Example: lineform observe wind.h5 -o seen.h5 --beam '0.2,0.15 arcsec' --noise '3 mJy/beam'
    """
    # Imported here so that --help needs neither NumPy nor h5py.
    from lineform.commands import _telescope
    from lineform.commands._progress import progress_bar
    from lineform.instrument import seen
    from lineform.io import observation_names, read_header, read_observation, write_observations
    from lineform.outputs import output_file

    telescope = _telescope.telescope_from(
        _telescope.beam_from(beam, position_angle),
        taper=taper,
        largest_scale=largest_scale,
        primary_beam=primary_beam,
        correct_primary_beam=correct_primary_beam,
        channel_width=channel_width,
        hanning=hanning,
        noise=noise,
        seed=seed,
    )
    header = read_header(observations)
    path = output_file(output, header.name, observations)
    names = observation_names(observations)
    done = []
    with progress_bar("observing") as progress:
        for number, name in enumerate(names, 1):
            done.append(seen(read_observation(observations, name), telescope))
            progress(number, len(names))
    write_observations(path, header, done, names)
    if as_json:
        click.echo(_telescope.report(path, names, done))
        return
    click.echo(f"{path}: {counted(len(done), 'observation')}")


COMMAND = _observe
