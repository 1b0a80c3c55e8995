"""The command ``convert``: a snapshot becomes a model file."""

from pathlib import Path

import click

__all__ = ["COMMAND"]

_FILE = click.Path(dir_okay=False, path_type=Path)


_UNIT = "Unit of the code's {}, such as '{}'."


@click.command("convert")
@click.argument("dump", type=_FILE)
@click.option(
    "-o", "--output", type=click.Path(), required=True, help="Model file (.h5), or a folder."
)
@click.option("--unit-length", metavar="QUANTITY", help=_UNIT.format("length", "1.496e13 cm"))
@click.option(
    "--unit-number-density", metavar="QUANTITY", help=_UNIT.format("number density", "1e9 cm-3")
)
@click.option("--unit-density", metavar="QUANTITY", help=_UNIT.format("density", "1e-15 g/cm3"))
@click.option("--unit-mass", metavar="QUANTITY", help=_UNIT.format("mass", "1 solMass"))
@click.option("--unit-velocity", metavar="QUANTITY", help=_UNIT.format("velocity", "1e6 cm/s"))
@click.option("--unit-time", metavar="QUANTITY", help=_UNIT.format("time", "1 yr"))
@click.option("--unit-temperature", metavar="QUANTITY", help=_UNIT.format("temperature", "1e4 K"))
@click.option("--parfile", type=_FILE, help="Parameter file of the run (.par, .in or .setup).")
@click.option(
    "--abundance",
    multiple=True,
    metavar="SPECIES=N",
    help="Molecules per H2, or field:NAME for a field of the dump; may be repeated [CO=3e-4].",
)
@click.option("--turbulence", default="1 km/s", show_default=True, help="Most probable speed.")
@click.option("--mean-molecular-weight", type=float, help="Of the gas [the dump's, or 2.381].")
@click.option(
    "--temperature",
    metavar="QUANTITY",
    help="Of all gas, or field:NAME for a field of the dump in K.",
)
@click.option("--minimum-temperature", default="0 K", show_default=True, help="No gas is colder.")
@click.option(
    "--azimuths",
    type=click.IntRange(1, 4096),
    default=32,
    show_default=True,
    help="Cells around the axis of axisymmetric 2-D dumps.",
)
@click.option("--name", default="", help="Name of the model [stem of the file].")
@click.option("--title", default="", help="What the model is, in a few words.")
@click.option(
    "--parameter",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter of the model with its unit, such as 'mass_loss_rate=1e-6 solMass/yr'.",
)
@click.option(
    "--magritte",
    multiple=True,
    metavar="LINE",
    help="Let Magritte read the file too, with this line, such as 'CO 2-1'; may be repeated.",
)
@click.option(
    "--lamda",
    multiple=True,
    metavar="[SPECIES=]FILE",
    help="LAMDA file of the molecules of --magritte; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _convert(
    dump: Path,
    output: str,
    unit_length: str | None,
    unit_number_density: str | None,
    unit_density: str | None,
    unit_mass: str | None,
    unit_velocity: str | None,
    unit_time: str | None,
    unit_temperature: str | None,
    parfile: Path | None,
    abundance: tuple[str, ...],
    turbulence: str,
    mean_molecular_weight: float | None,
    temperature: str | None,
    minimum_temperature: str,
    azimuths: int,
    name: str,
    title: str,
    parameter: tuple[str, ...],
    magritte: tuple[str, ...],
    lamda: tuple[str, ...],
    as_json: bool,
) -> None:
    """Turn DUMP, a snapshot of Phantom or MPI-AMRVAC, into a model file.

    Phantom dumps may be binary or HDF5; the format is told from the bytes. Where a dump carries
    no units, as those of AMRVAC, they come from --parfile or from three options: the length, a
    density, and a velocity. With a folder as output the name is made from the parameters. What
    is not converted is listed in the file and on standard error.

    Example: lineform convert wind_00600 -o models/wind.h5 --abundance CO=3e-4
    """
    # Imported here so that --help needs neither NumPy nor h5py.
    from lineform.commands import _options
    from lineform.convert import convert
    from lineform.recipe import Recipe
    from lineform.units import parse

    scales = {
        "length": unit_length,
        "number_density": unit_number_density,
        "density": unit_density,
        "mass": unit_mass,
        "velocity": unit_velocity,
        "time": unit_time,
        "temperature": unit_temperature,
    }
    run = _options.Run.read(parfile)
    recipe = Recipe(
        abundance=_options.abundances(abundance),
        turbulence=parse(turbulence, "m/s", "turbulence"),
        units=_options.units_from(scales, run),
        molecular_weight=mean_molecular_weight,
        fallback_weight=run.molecular_weight,
        temperature=_options.temperature_from(temperature),
        coldest=parse(minimum_temperature, "K", "minimum temperature"),
    )
    done = convert(
        dump,
        output,
        recipe,
        name=name,
        title=title,
        parameters=run.parameters | _options.parameters_from(parameter),
        azimuths=azimuths,
        not_converted=run.not_converted,
        magritte=_options.lines_of(magritte, lamda),
    )
    if as_json:
        click.echo(_options.as_json(done))
        return
    for note in done.notes:
        click.echo(f"lineform: {note}", err=True)
    if done.not_converted:
        click.echo(f"lineform: not converted: {'; '.join(done.not_converted)}", err=True)
    click.echo(f"{done.path}: {done.n_points} points, {done.mass:.6g} kg of gas, from {done.code}")


COMMAND = _convert
