"""The command ``deproject``: cubes become a posterior of the gas."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineform.commands._deprojecting import deproject_options, plan_from

if TYPE_CHECKING:
    from lineform.deproject import Expected, Prepared
    from lineform.inference.running import Checkpoint
    from lineform.posterior import Number, Posterior

__all__ = ["COMMAND"]

_ALONE = 1.5
"""Below this many samples of equal weight there is only one."""


@click.command("deproject")
@click.argument(
    "cubes",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("-o", "--output", type=click.Path(), required=True, help="Posterior file (.h5).")
@deproject_options
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option("--dry-run", is_flag=True, help="Read, check, tell how long it takes, and stop.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _deproject(
    cubes: tuple[Path, ...],
    output: str,
    resume: bool,
    dry_run: bool,
    as_json: bool,
    **options: Any,  # noqa: ANN401
) -> None:
    """Infer the gas about a star from spectral-line CUBES: samples of 3-D models.

    CUBES are observation files of lineform or FITS cubes, of one star. What was understood of
    them is told before anything starts, with the time that the run is going to take. A run that
    is interrupted leaves a checkpoint beside the output.

    Example: lineform deproject cube.fits -o wind.h5 --model spiral --distance '150 pc'
    """
    # Imported here so that --help needs neither PyTorch nor h5py.
    from lineform.outputs import output_file
    from lineform.posterior import write_posterior

    prepare = _needing_torch()
    path = output_file(output, cubes[0].stem, cubes[0])
    prepared: Prepared = prepare(plan_from(cubes, **options))
    checkpoint = _checkpoint(prepared, path)
    if resume:
        checkpoint.load()
    expected = prepared.expected(checkpoint.left)
    _tell(prepared, expected, resumed=resume, as_json=as_json)
    if dry_run:
        if as_json:
            click.echo(_described(path, prepared, expected, None))
        return
    posterior = _inferred(prepared, checkpoint, path.stem)
    write_posterior(path, posterior)
    checkpoint.remove()
    if as_json:
        click.echo(_described(path, prepared, expected, posterior))
        return
    _conclude(path, posterior)


def _needing_torch() -> Callable[..., Any]:
    from lineform.errors import ConfigError

    try:
        from lineform.deproject import prepare
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("lineform"):
            raise
        raise ConfigError(
            f"deproject: {error.name}",
            expected="an installed package",
            seen="none",
            way_out="pip install 'atomium-portal[deproject]'",
        ) from error
    return prepare


def _checkpoint(prepared: "Prepared", path: Path) -> "Checkpoint":
    from lineform.inference.running import Checkpoint

    return Checkpoint(path.with_name(path.name + ".checkpoint"), prepared.fingerprint())


def _inferred(prepared: "Prepared", checkpoint: "Checkpoint", name: str) -> "Posterior":
    """The posterior; a checkpoint is left when the run is interrupted."""
    from lineform.commands._progress import progress_bar

    try:
        with progress_bar("inferring") as progress:
            draws = prepared.draws(
                checkpoint, lambda done, total: progress(int(1000 * done / total), 1000)
            )
    except KeyboardInterrupt:
        checkpoint.write()
        kept = f"what was done is in {checkpoint.path}: give the same command with --resume"
        told = kept if checkpoint.state else "nothing was done"
        click.echo(f"\nlineform: interrupted; {told}", err=True)
        raise SystemExit(1) from None
    return prepared.posterior(draws, name)


def _tell(prepared: "Prepared", expected: "Expected", *, resumed: bool, as_json: bool) -> None:
    """What was understood, and how long it is going to take."""
    for text in prepared.remarks:
        click.echo(text, err=as_json)
    more = " for what is left" if resumed else ""
    if expected.each_further:
        more = f" if there is one mode, and {_duration(expected.each_further)} for each further one"
    if expected.modes > 1:
        whole = expected.seconds + (expected.modes - 1) * expected.each_further
        more += f": {_duration(whole)} for the {expected.modes} that mirror images can make"
    said = f"{prepared.plan.method}: about {_duration(expected.seconds)}{more}"
    click.echo(said, err=as_json)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _described(
    path: Path, prepared: "Prepared", expected: "Expected", posterior: "Posterior | None"
) -> str:
    report: dict[str, Any] = {
        "path": str(path),
        "remarks": list(prepared.remarks),
        "expected_seconds": round(expected.seconds, 3),
        "expected_seconds_of_further_modes": round(expected.each_further, 3),
    }
    if posterior is not None:
        report |= {
            "samples": len(posterior.weight),
            "modes": [round(float(weight), 6) for weight in posterior.mode_weights],
            "numbers": {
                number.name: _quantiles(number, alone=_alone(posterior))
                for number in posterior.numbers
            },
            "chi2": {fit.name: float(fit.chi2.sum() / fit.dof.sum()) for fit in posterior.fits},
            "warnings": list(posterior.warnings),
            "doubts": list(posterior.doubts),
        }
    return json.dumps(report, indent=2, sort_keys=True)


def _alone(posterior: "Posterior") -> bool:
    """Whether one sample has nearly all of the weight: then there are no intervals."""
    return bool(1 / (posterior.weight**2).sum() < _ALONE)


def _quantiles(number: "Number", *, alone: bool) -> dict[str, float]:
    low, middle, high = (float(value) for value in number.quantiles[1:4])
    return {"value": middle} if alone else {"p16": low, "p50": middle, "p84": high}


def _conclude(path: Path, posterior: "Posterior") -> None:
    doubt = ", not to be trusted" if posterior.doubts else ""
    for number in posterior.numbers:
        low, middle, high = number.quantiles[1:4]
        ends = "" if _alone(posterior) else f" ({low:.4g} to {high:.4g}{doubt})"
        click.echo(f"{number.name}: {middle:.4g}{ends} {number.unit}".rstrip())
    for fit in posterior.fits:
        ratio = fit.chi2.sum() / fit.dof.sum()
        click.echo(f"{fit.name}: chi^2 {ratio:.3f} for each independent measurement")
    for text in posterior.doubts:
        click.echo(f"warning: widths are not to be trusted: {text}")
    for text in posterior.warnings:
        click.echo(f"warning: {text}")
    count = len(posterior.weight)
    click.echo(f"{path}: {count} sample{'' if count == 1 else 's'}; lineform report {path}")


COMMAND = _deproject
