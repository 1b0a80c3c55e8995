"""The command ``train``: a network that knows the posteriors of all cubes of one layout."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineform.commands._counting import counted
from lineform.commands._deprojecting import named
from lineform.commands._extra import needing_torch
from lineform.commands._progress import progress_bar

if TYPE_CHECKING:
    from lineform.inference.layout import Layout
    from lineform.inference.simulations import Simulations
    from lineform.inference.storedraws import Stored

__all__ = ["COMMAND"]


@click.command("train")
@click.argument("source", metavar="STORE_OR_MODEL")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The network (.pt).",
)
@click.option("--line", default="CO 2-1", show_default=True, help="Of the cubes.")
@click.option(
    "--beam",
    type=click.FloatRange(0),
    nargs=2,
    default=(0.0, 0.0),
    metavar="LOW HIGH",
    help="Range of the beam's major axis (FWHM) in arcsec [no beam].",
)
@click.option(
    "--elongation",
    type=click.FloatRange(1),
    default=1.0,
    show_default=True,
    help="Largest ratio of the beam's axes.",
)
@click.option(
    "--noise",
    type=click.FloatRange(0, min_open=True),
    nargs=2,
    required=True,
    metavar="LOW HIGH",
    help="Range of the rms in K, in the pixels and channels of the network.",
)
@click.option("--pixels", type=click.IntRange(4), default=16, show_default=True, help="On a side.")
@click.option("--fov", metavar="QUANTITY", help="Width of the images [that of the store].")
@click.option(
    "--channels", type=click.IntRange(4), default=16, show_default=True, help="Of a cube."
)
@click.option(
    "--velocity-range",
    type=float,
    nargs=2,
    metavar="LOW HIGH",
    help="Middles of the outermost channels in km/s [those of the store].",
)
@click.option(
    "--channel-response",
    type=click.Choice(["", "boxcar", "hanning"]),
    default="",
    help="Of the channels of a model's cubes [samples at their middles].",
)
@click.option("--distance", default="150 pc", show_default=True, help="Of a model.")
@click.option("--cells", type=click.IntRange(4), default=32, show_default=True, help="Of a model.")
@click.option(
    "--prior",
    "priors",
    multiple=True,
    metavar="NAME=PRIOR",
    help="Of a number of a model, such as 'arm_spacing=log-normal 100 2'; may be repeated.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="NAME=VALUE",
    help="Use only such models of a store, as morphology=spiral; may be repeated.",
)
@click.option(
    "--lamda",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="LAMDA file to use for a model instead of the built-in rotor.",
)
@click.option(
    "--simulations",
    type=click.IntRange(10),
    default=20_000,
    show_default=True,
    help="Cubes drawn from a model.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where cubes drawn from a model are kept [beside the output].",
)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--epochs", type=click.IntRange(1), default=60, show_default=True, help="At most.")
@click.option(
    "--patience",
    type=click.IntRange(1),
    default=12,
    show_default=True,
    help="Epochs without progress on cubes held out, after which training ends.",
)
@click.option(
    "--held-out",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="Share of the models.",
)
@click.option("--batch", type=click.IntRange(2), default=256, show_default=True, help="Cubes.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=3e-3,
    show_default=True,
    help="Highest learning rate.",
)
@click.option("--width", type=click.IntRange(1), default=256, show_default=True, help="Of layers.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run was.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
def _train(
    source: str,
    output: Path,
    cache: Path | None,
    workers: int,
    epochs: int,
    patience: int,
    held_out: float,
    batch: int,
    rate: float,
    width: int,
    seed: int,
    resume: bool,
    as_json: bool,
    simulations: int,
    **options: Any,  # noqa: ANN401 (whatever says which cubes)
) -> None:
    """Train a network on a store, or on cubes drawn from the prior of a model.

    STORE_OR_MODEL is a folder that make-store made, or a model such as spiral. From a store the
    network learns to give the parameters and the orientation; from a model, whole posteriors, for
    the method npe of deproject. While it learns, each cube is seen again and again through other
    beams and with other noise. The file holds all that is needed to use the network; a cube that
    does not fit it is refused.

    Example: lineform train build/demo/store -o network.pt --noise 1 5 --epochs 2
    """
    # Imported here so that --help needs no PyTorch.
    with needing_torch("train"):
        from lineform.inference.networkfile import write_network
        from lineform.inference.training import Training, train
        from lineform.inference.trial import tried

    training = Training(
        epochs=epochs,
        patience=patience,
        held_out=held_out,
        batch=batch,
        rate=rate,
        seed=seed,
        width=width,
    )
    if Path(source).is_dir():
        made = _of_store(Path(source), seed, options)
    else:
        kept = cache or output.with_name(f"{output.stem}.simulations")
        made = _of_model(source, simulations, seed, kept, workers, options)
    checkpoint = output.with_name(f"{output.name}.checkpoint")
    try:
        with progress_bar("training") as progress:
            done = train(made, training, checkpoint=checkpoint, resume=resume, progress=progress)
    except KeyboardInterrupt:
        way_on = "give the same command with --resume"
        said = way_on if checkpoint.is_file() else "no epoch was done"
        click.echo(f"\nlineform: interrupted; {said}", err=True)
        raise SystemExit(1) from None
    calibration = tried(done, seed)
    write_network(output, done, calibration)
    checkpoint.unlink(missing_ok=True)
    report = {
        "path": str(output),
        "cubes": len(made.sky),
        "numbers": [quantity.name for quantity in made.quantities],
        "epochs": len(done.losses),
        "loss": min(held for _, held in done.losses),
        "calibration": calibration,
    }
    click.echo(json.dumps(report, indent=2) if as_json else _said(report))


def _said(report: dict[str, Any]) -> str:
    calibration = report["calibration"]
    lines = [
        f"{report['path']}: {counted(len(report['numbers']), 'number')} from"
        f" {counted(report['cubes'], 'cube')}, {counted(report['epochs'], 'epoch')},"
        f" loss {report['loss']:.3f}"
    ]
    for number, probability in enumerate(calibration["intervals"]):
        shares = [100 * covered[number] for covered in calibration["coverage"]]
        lines.append(
            f"{100 * probability:.0f} % intervals hold {min(shares):.0f} to {max(shares):.0f} %"
            f" of the truths of {counted(calibration['simulations'], 'cube')} held out"
        )
    return "\n".join(lines)


def _of_store(root: Path, seed: int, options: dict[str, Any]) -> "Simulations":
    from lineform.inference.storedraws import read_store, store_simulations

    stored = read_store(root, options["line"], where=named(options["where"], "where"))
    layout = _store_layout(stored, options)
    with progress_bar("reading") as progress:
        return store_simulations(stored, layout, seed, progress=progress)


def _store_layout(stored: "Stored", options: dict[str, Any]) -> "Layout":
    from lineform.units import parse

    seen = stored.first
    fov = float(seen.x[-1] - seen.x[0]) + seen.pixel
    if options["fov"] is not None:
        fov = parse(options["fov"], "arcsec", "field of view")
    velocities = options["velocity_range"] or (seen.velocity[0], seen.velocity[-1])
    return _layout(seen.line.frequency, fov, velocities, options)


def _layout(
    frequency: float, fov: float, velocities: tuple[float, float], options: dict[str, Any]
) -> "Layout":
    from lineform.inference.layout import Layout

    low, high = (float(each) for each in velocities)
    return Layout(
        line=options["line"],
        frequency=frequency,
        pixels=options["pixels"],
        pixel=fov / options["pixels"],
        channels=options["channels"],
        channel=(high - low) / (options["channels"] - 1),
        first=low,
        beam=options["beam"],
        elongation=options["elongation"],
        noise=options["noise"],
        channel_response=options["channel_response"],
    )


def _of_model(
    model: str, number: int, seed: int, cache: Path, workers: int, options: dict[str, Any]
) -> "Simulations":
    from lineform.errors import ConfigError
    from lineform.inference.priordraws import PriorDraws, molecule_of
    from lineform.inference.simulations import simulate
    from lineform.units import factor, parse

    for name in ("fov", "velocity_range"):
        if options[name] is None:
            raise ConfigError(
                f"--{name.replace('_', '-')}",
                expected=f"a value, for cubes of the model {model}",
                seen="none",
                way_out="a store is a folder; say the name of one to train on it",
            )
    fov = parse(options["fov"], "arcsec", "field of view")
    distance = parse(options["distance"], "pc", "distance")
    lamda = str(options["lamda"] or "")
    line = molecule_of(options["line"], lamda).line(options["line"].partition(" ")[2])
    draws = PriorDraws(
        model=model,
        layout=_layout(line.frequency, fov, options["velocity_range"], options),
        cells=options["cells"],
        side=fov * distance * factor("au"),
        distance=distance,
        priors=tuple(named(options["priors"], "prior").items()),
        lamda=lamda,
    )
    with progress_bar("drawing cubes") as progress:
        return simulate(draws, number, seed, cache, workers=workers, progress=progress)


COMMAND = _train
