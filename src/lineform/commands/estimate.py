"""The command ``estimate``: numbers for a cube from a trained network, in a second."""

import json
from pathlib import Path
from typing import Any

import click

from lineform.commands._extra import needing_torch

__all__ = ["COMMAND"]


@click.command("estimate")
@click.argument("cube", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--network",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Of lineform train.",
)
@click.option("--group", "groups", multiple=True, help="Of an observation file [all].")
@click.option("--rms", metavar="QUANTITY", help="Of the noise [of the file, or estimated].")
@click.option("--samples", type=click.IntRange(2), default=1000, show_default=True, help="To draw.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the samples."
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _estimate(
    cube: Path,
    network: Path,
    groups: tuple[str, ...],
    rms: str | None,
    samples: int,
    seed: int,
    as_json: bool,
) -> None:
    """Tell what a trained network makes of each observation in CUBE.

    For each number of its model: the median, and the interval that holds 68 % of the posterior.
    For networks trained on a store or on a model; lineform deproject goes on to fields of gas.

    Example: lineform estimate seen.h5 --network network.pt
    """
    # Imported here so that --help needs no PyTorch.
    with needing_torch("estimate"):
        from lineform.inference.estimate import estimated, quantiles
        from lineform.inference.networkfile import read_network
    from lineform.measurement import Reading, read_measurements
    from lineform.units import quantity

    file = read_network(network)
    reading = Reading(
        groups=groups, rms=quantity(rms, "rms", "K") if rms else None, lines=(file.layout.line,)
    )
    report: dict[str, dict[str, Any]] = {}
    for measurement in read_measurements(cube, reading):
        found = estimated(file, measurement, samples, seed)
        report[measurement.source] = {
            "numbers": quantiles(file.quantities, found.samples),
            "warnings": list(found.warnings),
        }
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    for source, said in report.items():
        click.echo(source)
        for name, (low, middle, high, unit) in said["numbers"].items():
            click.echo(f"  {name}: {middle:.4g} ({low:.4g} to {high:.4g}) {unit}".rstrip())
        for warning in said["warnings"]:
            click.echo(f"  warning: {warning}")


COMMAND = _estimate
