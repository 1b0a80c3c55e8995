"""Calibration: posteriors of winds that were drawn from the prior, held against the truth.

Usage: ``python -m bench.calibration [--method hmc vi] [--model spiral disk] [--number 200]``

Each wind is seen with a beam, channels and noise that has the correlation of the beam; the noise
is the same for all winds, for it must not tell how bright a wind is. It is one thirtieth of the
brightest pixel of the wind in the middle of the prior.

What was found of each wind is kept in the folder ``--scratch``, so that a run that was interrupted
goes on; delete it to begin anew. Winds can be shared out over several runs at the same time, each
with its own part: ``--part 0 2`` and ``--part 1 2``. The figures are stored when all winds of a
method and a model are there.
"""

import argparse
import dataclasses
import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from bench.calibration_looks import averages, fields, levels_of, spread
from bench.calibration_rows import Figure, figures_of
from bench.measure import RESULTS, store
from lineform.cube import Beam
from lineform.deprojection.base import Grid
from lineform.deprojection.families import Request, make_model
from lineform.deprojection.frame import Frame
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.likelihood import likelihood_of
from lineform.deprojection.priors import Normal, prior_from
from lineform.deprojection.problem import Problem
from lineform.func.convolve import beam_margin, correlated_noise
from lineform.func.radiation import brightness_temperature
from lineform.inference._linear import SMALL
from lineform.inference.base import Inference, Settings, State, Watch
from lineform.inference.hmc import Hamiltonian
from lineform.inference.modes import explored, likely_starts
from lineform.inference.running import method_called
from lineform.inference.search import modes_from
from lineform.measurement import Measurement
from lineform.species import linear_rotor
from lineform.units import factor

_LOG = logging.getLogger(__name__)

DISTANCE = 200.0
SIDE = 480.0
"""Of the grid and of the image [au]."""
BAND = 24.0
"""All channels together [km/s]; a line is taken at the middle of each."""
SIGNAL = 30.0
STARTS = 4

SHORT = Hamiltonian(chains=2, warmup=60, least=120)
"""Enough for a hundred nearly independent samples of such winds."""

SHAPES = {"simple": "spherical"}
"""Models under another name, because they have other priors."""

PRIORS = {
    "simple": {
        "initial_velocity": "fixed 3",
        "acceleration_exponent": "fixed 1",
        "turbulent_velocity": "fixed 1.5",
    },
    "spiral": {
        "mass_loss_rate": "log-normal 1e-6 3",
        "initial_velocity": "fixed 3",
        "terminal_velocity": "log-normal 10 1.4",
        "turbulent_velocity": "fixed 1.5",
        "acceleration_exponent": "log-normal 1 1.5",
        "arm_spacing": "log-normal 150 1.5",
        "arm_contrast": "fixed 2.5",
        "arm_height": "fixed 0.5",
    },
    "disk": {
        "mass_loss_rate": "log-normal 1e-6 3",
        "initial_velocity": "fixed 3",
        "terminal_velocity": "log-normal 10 1.4",
        "turbulent_velocity": "fixed 1.5",
        "opening_angle": "fixed 12",
    },
}
"""Instead of the usual ones of parametric winds."""


@dataclass(frozen=True)
class Setting:
    """One calibration: a method, and what the winds and the telescope are."""

    method: str
    model: str
    cells: int
    pixels: int
    channels: int
    samples: int
    seed: int
    starts: int = STARTS

    @property
    def winds(self) -> str:
        """Of the folder in which the maxima of its winds are kept, which methods share."""
        size = f"{self.cells}-{self.pixels}-{self.channels}-{self.seed}"
        return f"{self.model}-{size}" + f"-{self.starts}" * (self.starts != STARTS)

    @property
    def name(self) -> str:
        """Of the folder in which its winds are kept."""
        return f"{self.method}-{self.samples}-{self.winds}"

    def command(self, number: int) -> str:
        """That infers a number of its winds."""
        sizes = f"--cells {self.cells} --pixels {self.pixels} --channels {self.channels}"
        more = f"--number {number} --samples {self.samples} --starts {self.starts}"
        what = f"--method {self.method} --model {self.model} --seed {self.seed}"
        return f"python -m bench.calibration {what} {sizes} {more}"

    def number(self, wind: int) -> int:
        """Seed of a wind."""
        return 1_000_000 * self.seed + 1000 * wind


@dataclass(frozen=True)
class Options:
    """Where to find and to keep what.

    Parameters
    ----------
    scratch : Path
    network : Path or None
    """

    scratch: Path
    network: Path | None = None


@cache
def blank(setting: Setting) -> Problem:
    """The problem with a measurement of nothing, and noise as it is in all winds."""
    dark = _dark(setting)
    frame = Frame(DISTANCE, systemic_velocity=Normal(0.0, 1.0))
    grid = Grid(setting.cells, SIDE * factor("au"))
    priors = {name: prior_from(text) for name, text in PRIORS.get(setting.model, {}).items()}
    shape = SHAPES.get(setting.model, setting.model)
    sampled = not _method(setting).local
    model = make_model(Request(shape, grid, {"CO": None}, frame, priors, sampled=sampled))
    molecule = linear_rotor("CO")
    problem = problem_of(model, [(dark, molecule)], DISTANCE)
    with torch.no_grad():
        peak = float(problem.cubes(problem.origin())[0].max())
    rms = np.array(peak / SIGNAL / _kelvin(dark))
    return _with(problem, dataclasses.replace(dark, rms=rms))


def _method(setting: Setting) -> Inference:
    return SHORT if setting.method == SHORT.name else method_called(setting.method)


def _dark(setting: Setting) -> Measurement:
    pixel, channel = SIDE / DISTANCE / setting.pixels, BAND / setting.channels
    place = (np.arange(setting.pixels) - (setting.pixels - 1) / 2) * pixel
    return Measurement(
        line=linear_rotor("CO").line("2-1"),
        velocity=(np.arange(setting.channels) - (setting.channels - 1) / 2) * channel,
        channel=channel,
        x=place,
        y=place,
        intensity=np.zeros((setting.channels, setting.pixels, setting.pixels)),
        rms=np.array(1.0),
        beams=(Beam(3 * pixel, 3 * pixel, 0.0),),
        correlated=True,
    )


def _kelvin(measurement: Measurement) -> float:
    """Brightness [K] of the unit of intensity."""
    return float(brightness_temperature(1.0, measurement.line.frequency))


def _with(problem: Problem, measurement: Measurement) -> Problem:
    likelihood = likelihood_of(measurement, problem.parts[0].likelihood.data)
    part = dataclasses.replace(problem.parts[0], measurement=measurement, likelihood=likelihood)
    return dataclasses.replace(problem, parts=[part])


def observed(setting: Setting, wind: int) -> tuple[Problem, torch.Tensor]:
    """A wind from the prior with its noise, and the truth."""
    problem = blank(setting)
    measurement = problem.parts[0].measurement
    number = setting.number(wind)
    truth = problem.draw(number)
    with torch.no_grad():
        cube = problem.cubes(truth)[0].numpy() / _kelvin(measurement)
    beam = measurement.beams[0].major / measurement.pixel
    shape = np.add(cube.shape, [0, beam_margin(beam), beam_margin(beam)])
    white = np.random.default_rng(number).standard_normal(shape)
    noise = measurement.rms * correlated_noise(white, beam, beam, 0.0)
    return _with(problem, dataclasses.replace(measurement, intensity=cube + noise)), truth


def inferred(setting: Setting, wind: int, options: Options) -> dict[str, np.ndarray]:
    """What the posterior of a wind says of the truth."""
    problem, truth = observed(setting, wind)
    seed = setting.number(wind)
    method = _method(setting)
    settings = Settings(samples=setting.samples, seed=seed, network=options.network)
    state: State = {}
    if method.local:
        kept = options.scratch / setting.winds / f"{wind:04d}.pt"
        state = _searched(problem, settings, setting.starts, kept)
    begin = time.process_time()
    if method.local:
        draws = explored(problem, method, settings, Watch(state=state), [])
    else:
        draws = method.draws(problem, problem.origin(), settings, Watch())
    seconds = time.process_time() - begin
    generator = np.random.default_rng(seed)
    weight = draws.weight.numpy()
    equal = np.arange(len(weight))
    if np.ptp(weight) > 0:
        equal = generator.choice(len(weight), setting.samples, p=weight / weight.sum())
    maxima = state.get("modes", draws.latent)
    lowest = min(float(problem.energy(latent)) for latent in maxima)
    means = averages(problem, torch.cat([truth[None], draws.latent[equal]]))
    return {
        "numbers": levels_of(problem.model.numbers, truth, draws, seed),
        "voxels": levels_of(lambda latent: fields(problem, latent), truth, draws, seed),
        "truth": spread(problem.model, truth[None])[0],
        "draws": spread(problem.model, draws.latent[equal]),
        "averages": means,
        "seconds": np.array([float(state.get("seconds", 0.0)), seconds]),
        "modes": np.array(len(draws.mode.unique())),
        "energy": np.array([float(problem.energy(truth)), lowest]),
        "diagnostics": np.array(json.dumps(dict(draws.diagnostics))),
        "warnings": np.array(json.dumps(draws.warnings)),
    }


def _searched(problem: Problem, settings: Settings, starts: int, path: Path) -> State:
    """The maxima of a wind, from a file if they were found before."""
    if path.exists():
        kept: State = torch.load(path)
        return kept
    begin = time.process_time()
    modes = modes_from(problem, likely_starts(problem, starts, settings.seed + 500), settings)
    state = {
        "modes": torch.stack([mode.latent for mode in modes]),
        "heights": torch.tensor([mode.height for mode in modes], dtype=torch.float64),
        "seconds": torch.tensor(time.process_time() - begin),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    torch.save(state, partial)
    partial.replace(path)
    return state


def _kept(folder: Path, number: int) -> Path:
    return folder / f"{number:04d}.npz"


def follow(setting: Setting, numbers: Sequence[int], options: Options) -> None:
    """Infer what is not yet there."""
    folder = options.scratch / setting.name
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        path = _kept(folder, number)
        if path.exists():
            continue
        found = inferred(setting, number, options)
        # Under another name until it is whole.
        partial = path.with_suffix(f".{os.getpid()}.npz")
        np.savez_compressed(partial, allow_pickle=False, **found)
        partial.replace(path)
        told = {key: np.round(found[key], 1).tolist() for key in ("seconds", "modes", "energy")}
        told["warnings"] = found["warnings"].tolist()
        _LOG.info("%s %d %s", setting.name, number, told)


def complete(folder: Path, number: int) -> int:
    """How many winds are there without a gap: those that take long are not left out."""
    missing = (each for each in range(number) if not _kept(folder, each).exists())
    return next(missing, number)


def rows_of(setting: Setting, folder: Path, number: int) -> list[Figure]:
    """Rows for the performance page."""
    size = f"{setting.cells}^3 cells, {setting.channels} channels"
    label = f"{setting.method}, {setting.model}, {number} winds of {size}"
    names = [quantity.name for quantity in blank(setting).model.quantities]
    priors = "; ".join(f"{name}: {text}" for name, text in PRIORS.get(setting.model, {}).items())
    drawn: Figure = {
        "what": f"{label}: brightest pixel of the middle wind, over the noise",
        "unit": "",
        "ours": SIGNAL,
        "goal": "",
        "priors": f"the usual ones, but {priors}" if priors else "the usual ones",
        "run": setting.command(number),
    }
    rows = figures_of(
        label,
        names,
        [np.load(_kept(folder, each)) for each in range(number)],
        averaged=blank(setting).model.size > SMALL,
    )
    return [*rows, drawn]


def _others(settings: Sequence[Setting]) -> list[Figure]:
    """Rows of earlier runs of other methods and models."""
    path = RESULTS / "calibration.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else []
    ours = tuple(f"{setting.method}, {setting.model}, " for setting in settings)
    return [row for row in rows if not row["what"].startswith(ours)]


def main() -> None:
    """Infer, and store the figures of what is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", nargs="+", default=["hmc"])
    parser.add_argument("--model", nargs="+", default=["spiral"])
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--cells", type=int, default=12)
    parser.add_argument("--pixels", type=int, default=12)
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--network", type=Path)
    parser.add_argument("--part", type=int, nargs=2, default=[0, 1], metavar=("PART", "PARTS"))
    parser.add_argument("--scratch", type=Path, default=Path("build/calibration"))
    parser.add_argument("--told", action="store_true", help="infer nothing, store what is there")
    parser.add_argument("--keep", action="store_true", help="store no figures")
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    _LOG.setLevel(logging.INFO)
    torch.set_num_threads(1)
    part, parts = options.part
    size = (options.cells, options.pixels, options.channels)
    settings = [
        Setting(method, model, *size, options.samples, options.seed, options.starts)
        for method in options.method
        for model in options.model
    ]
    rows = []
    for setting in settings:
        folder = options.scratch / setting.name
        kept = Options(options.scratch, options.network)
        if not options.told:
            follow(setting, range(part, options.number, parts), kept)
        if found := complete(folder, options.number):
            rows += rows_of(setting, folder, found)
    if not rows or options.keep:
        print(json.dumps(rows, indent=1))
        return
    command = "python -m bench.calibration"
    store("calibration", command, [*_others(settings), *rows])


if __name__ == "__main__":
    main()
