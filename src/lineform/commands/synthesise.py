"""The command ``synthesise``: a model becomes synthetic observations."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineform.commands._counting import counted
from lineform.commands._observing import observing_options, setup_from
from lineform.commands._progress import progress_bar

if TYPE_CHECKING:
    from lineform.cube import Observation

__all__ = ["COMMAND"]


@click.command("synthesise")
@click.argument("model", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(), required=True, help="Observation file (.h5), or a folder."
)
@observing_options
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _synthesise(model: Path, output: str, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """Observe MODEL, a model file of lineform or Magritte, in spectral lines.

    Every line is observed from every direction; each becomes a group of the observation file,
    with the cube, its spectrum and its moment maps. With a folder as output the file is named
    after the model. Cubes hold the intensity above the background.

    Example: lineform synthesise models/wind.h5 -o observations --line 'CO 3-2' --direction 0,0,1
    """
    # Imported here so that --help needs neither SciPy nor h5py.
    from lineform.synthesise import synthesise

    setup = setup_from(**options)
    with progress_bar("observing") as progress:
        path, observations = synthesise(model, output, setup, progress)
    report = [_report(observation) for observation in observations]
    if as_json:
        cubes = {"path": str(path), "observations": report}
        click.echo(json.dumps(cubes, indent=2, sort_keys=True))
        return
    for cube in report:
        click.echo(
            f"{cube['line']} from {cube['direction']}: {cube['flux_jy_km_s']:.4g} Jy km/s,"
            f" peak {cube['peak_k']:.4g} K"
        )
    click.echo(f"{path}: {counted(len(report), 'cube')}")


def _report(observation: "Observation") -> dict[str, Any]:
    from lineform.func.radiation import brightness_temperature

    velocity = observation.velocity
    peak = brightness_temperature(float(observation.intensity.max()), observation.line.frequency)
    return {
        "line": f"{observation.line.species} {observation.line.transition}",
        "direction": ",".join(f"{x:.4g}" for x in observation.view.basis()[2]),
        "flux_jy_km_s": float(observation.spectrum.sum() * (velocity[1] - velocity[0])),
        "peak_k": float(peak),
        "shape": list(observation.intensity.shape),
    }


COMMAND = _synthesise
