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
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from bench.measure import RESULTS, store
from lineform.cube import Beam
from lineform.deprojection.base import Grid, Model
from lineform.deprojection.families import Request, make_model
from lineform.deprojection.frame import Frame
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.likelihood import likelihood_of
from lineform.deprojection.priors import Normal, prior_from
from lineform.deprojection.problem import Problem
from lineform.func.convolve import beam_margin, correlated_noise
from lineform.func.radiation import brightness_temperature
from lineform.inference.base import Draws, Settings, Watch
from lineform.inference.diagnostics import CENTRAL, coverage, levels, nearness, uniformity
from lineform.inference.hmc import Hamiltonian
from lineform.inference.modes import explored, likely_starts
from lineform.inference.running import method_called
from lineform.measurement import Measurement
from lineform.species import linear_rotor
from lineform.state import FloatArray
from lineform.units import factor

_LOG = logging.getLogger(__name__)

Figure = dict[str, str | float]

DISTANCE = 200.0
SIDE = 480.0
"""Of the grid and of the image [au]."""
CHANNEL = 2.0
"""Apart and wide [km/s]; a line is about as wide in a cell, and is taken at its middle."""
SIGNAL = 30.0
STARTS = 4

SHORT = Hamiltonian(chains=2, warmup=60, least=120)
"""Enough for a hundred nearly independent samples of such winds."""

PRIORS = {
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

    @property
    def name(self) -> str:
        """Of the folder in which its winds are kept."""
        size = f"{self.cells}-{self.pixels}-{self.channels}-{self.samples}"
        return f"{self.method}-{self.model}-{size}"


@cache
def blank(setting: Setting) -> Problem:
    """The problem with a measurement of nothing, and noise as it is in all winds."""
    dark = _dark(setting)
    frame = Frame(DISTANCE, systemic_velocity=Normal(0.0, 1.0))
    grid = Grid(setting.cells, SIDE * factor("au"))
    priors = {name: prior_from(text) for name, text in PRIORS.get(setting.model, {}).items()}
    model = make_model(Request(setting.model, grid, {"CO": None}, frame, priors))
    molecule = linear_rotor("CO")
    problem = problem_of(model, [(dark, molecule)], DISTANCE, dtype=torch.float64)
    with torch.no_grad():
        peak = float(problem.cubes(problem.origin())[0].max())
    rms = np.array(peak / SIGNAL / _kelvin(dark))
    return _with(problem, dataclasses.replace(dark, rms=rms))


def _dark(setting: Setting) -> Measurement:
    pixel = SIDE / DISTANCE / setting.pixels
    place = (np.arange(setting.pixels) - (setting.pixels - 1) / 2) * pixel
    return Measurement(
        line=linear_rotor("CO").line("2-1"),
        velocity=(np.arange(setting.channels) - (setting.channels - 1) / 2) * CHANNEL,
        channel=CHANNEL,
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
    likelihood = likelihood_of(measurement, problem.origin())
    part = dataclasses.replace(problem.parts[0], measurement=measurement, likelihood=likelihood)
    return dataclasses.replace(problem, parts=[part])


def observed(setting: Setting, number: int) -> tuple[Problem, torch.Tensor]:
    """A wind from the prior with its noise, and the truth."""
    problem = blank(setting)
    measurement = problem.parts[0].measurement
    truth = problem.draw(number)
    with torch.no_grad():
        cube = problem.cubes(truth)[0].numpy() / _kelvin(measurement)
    beam = measurement.beams[0].major / measurement.pixel
    shape = np.add(cube.shape, [0, beam_margin(beam), beam_margin(beam)])
    white = np.random.default_rng(number).standard_normal(shape)
    noise = measurement.rms * correlated_noise(white, beam, beam, 0.0)
    return _with(problem, dataclasses.replace(measurement, intensity=cube + noise)), truth


def inferred(setting: Setting, number: int, network: Path | None) -> dict[str, np.ndarray]:
    """What the posterior of a wind says of the truth."""
    problem, truth = observed(setting, number)
    method = SHORT if setting.method == SHORT.name else method_called(setting.method)
    settings = Settings(samples=setting.samples, seed=number, network=network)
    begin = time.perf_counter()
    if method.local:
        starts = likely_starts(problem, STARTS, 1000 * number)
        draws = explored(problem, method, settings, Watch(), starts)
    else:
        draws = method.draws(problem, problem.origin(), settings, Watch())
    seconds = time.perf_counter() - begin
    generator = np.random.default_rng(number)
    weight = draws.weight.numpy()
    equal = generator.choice(len(weight), setting.samples, p=weight / weight.sum())
    return {
        "numbers": _levels(problem.model.numbers, truth, draws, number),
        "voxels": _levels(lambda latent: _fields(problem, latent), truth, draws, number),
        "truth": _spread(problem.model, truth[None])[0],
        "draws": _spread(problem.model, draws.latent[equal]),
        "seconds": np.array(seconds),
        "modes": np.array(len(draws.mode.unique())),
        "energy": np.array([float(problem.energy(truth)), float(problem.energy(draws.latent[0]))]),
        "diagnostics": np.array(json.dumps(dict(draws.diagnostics))),
        "warnings": np.array(json.dumps(draws.warnings)),
    }


def _levels(
    of: Callable[[torch.Tensor], torch.Tensor], truth: torch.Tensor, draws: Draws, seed: int
) -> FloatArray:
    with torch.no_grad():
        own = of(truth).numpy()
        other = np.stack([of(latent).numpy() for latent in draws.latent])
    return levels(own, other, seed, draws.weight.numpy())


def _spread(model: Model, latent: torch.Tensor) -> FloatArray:
    """Numbers of the model for latent vectors (any, size), of similar spread: (any, number).

    Angles by their cosines and sines.
    """
    with torch.no_grad():
        values = torch.stack([model.numbers(each) for each in latent]).numpy().T
    found = []
    for quantity, value in zip(model.quantities, values, strict=True):
        if quantity.period:
            angle = 2 * math.pi * value / quantity.period
            found += [np.cos(angle), np.sin(angle)]
        else:
            found.append(np.log(value) if quantity.logarithmic else value)
    return np.stack(found, axis=1)


def _fields(problem: Problem, latent: torch.Tensor) -> torch.Tensor:
    """Logarithms of density, speed and temperature (3, cell) of the cells within the wind."""
    gas = problem.model.gas(latent)
    place = problem.model.grid.position(latent)
    wind = (place**2).sum(0) < (problem.model.grid.side / 2) ** 2
    speed = gas.velocity.square().sum(0).log() / 2
    return torch.stack([gas.density["CO"][wind], speed[wind], gas.temperature[wind]])


def _kept(folder: Path, number: int) -> Path:
    return folder / f"{number:04d}.npz"


def follow(setting: Setting, folder: Path, numbers: Sequence[int], network: Path | None) -> None:
    """Infer what is not yet there."""
    for number in numbers:
        path = _kept(folder, number)
        if path.exists():
            continue
        found = inferred(setting, number, network)
        # Under another name until it is whole.
        partial = path.with_suffix(f".{os.getpid()}.npz")
        np.savez_compressed(partial, allow_pickle=False, **found)
        partial.replace(path)
        told = {key: found[key].tolist() for key in ("seconds", "modes", "energy", "warnings")}
        _LOG.info("%s %d %s", setting.name, number, told)


def figures_of(setting: Setting, folder: Path, number: int) -> list[Figure]:
    """Rows for the performance page."""
    kept = [np.load(_kept(folder, each)) for each in range(number)]
    label = f"{setting.method}, {setting.model}, {number} winds of {setting.cells}^3 cells"
    numbers = np.stack([each["numbers"] for each in kept])
    rows = [_row(f"{label}: all numbers", numbers)]
    chances = []
    for quantity, found in zip(blank(setting).model.quantities, numbers.T, strict=True):
        chances.append(uniformity(found).chi2)
        rows.append({**_row(f"{label}: {quantity.name}", found), "SBC p": _round(chances[-1])})
    smallest = -math.expm1(len(chances) * math.log1p(-min(chances)))
    voxels = np.stack([each["voxels"] for each in kept], axis=1)
    for name, found in zip(("log n", "log v", "log T"), voxels, strict=True):
        rows.append(_row(f"{label}: {name} per cell", found))
    truth = np.stack([each["truth"] for each in kept])
    width = truth.std(axis=0)
    draws = np.stack([each["draws"] for each in kept], axis=1) / width
    near = nearness(truth / width, draws, np.roll(truth / width, 1, axis=0), seed=0)
    return [
        *rows,
        _chance(f"{label}: SBC, smallest p of {len(chances)} numbers, for so many", smallest, 0.01),
        _chance(f"{label}: TARP in all numbers, p", uniformity(near).kolmogorov, 0.05),
        {
            "what": f"{label}: median time of one wind",
            "unit": "s",
            "ours": round(float(np.median([each["seconds"] for each in kept])), 1),
            "goal": "",
        },
    ]


def _row(what: str, found: FloatArray) -> Figure:
    covered = [coverage(found, probability) for probability in CENTRAL]
    off = max(abs(a - b) for a, b in zip(covered, CENTRAL, strict=True))
    shares = {f"{100 * p:.0f} %": _round(100 * c) for p, c in zip(CENTRAL, covered, strict=True)}
    return {
        "what": f"{what}, coverage off by at most",
        "unit": "",
        "ours": _round(off),
        **shares,
        "goal": "<= 0.05",
    }


def _chance(what: str, probability: float, least: float) -> Figure:
    return {"what": what, "unit": "", "ours": _round(probability), "goal": f"> {least:g}"}


def _round(value: float) -> float:
    return float(f"{value:.3g}")


def _others(settings: Sequence[Setting]) -> list[Figure]:
    """Rows of earlier runs of other methods and models."""
    path = RESULTS / "calibration.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else []
    ours = tuple(f"{setting.method}, {setting.model}, " for setting in settings)
    return [row for row in rows if not row["what"].startswith(ours)]


def main() -> None:
    """Infer, and store the figures of all that is complete."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", nargs="+", default=["hmc"])
    parser.add_argument("--model", nargs="+", default=["spiral"])
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--cells", type=int, default=12)
    parser.add_argument("--pixels", type=int, default=12)
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--network", type=Path)
    parser.add_argument("--part", type=int, nargs=2, default=[0, 1], metavar=("PART", "PARTS"))
    parser.add_argument("--scratch", type=Path, default=Path("build/calibration"))
    parser.add_argument("--keep", action="store_true", help="store no figures")
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    _LOG.setLevel(logging.INFO)
    torch.set_num_threads(1)
    part, parts = options.part
    settings = [
        Setting(method, model, options.cells, options.pixels, options.channels, options.samples)
        for method in options.method
        for model in options.model
    ]
    rows = []
    for setting in settings:
        folder = options.scratch / setting.name
        folder.mkdir(parents=True, exist_ok=True)
        follow(setting, folder, range(part, options.number, parts), options.network)
        if all(_kept(folder, number).exists() for number in range(options.number)):
            rows += figures_of(setting, folder, options.number)
    if not rows or options.keep:
        print(json.dumps(rows, indent=1))
        return
    words = f"--method {' '.join(options.method)} --model {' '.join(options.model)}"
    command = f"python -m bench.calibration {words} --number {options.number}"
    store("calibration", command, [*_others(settings), *rows])


if __name__ == "__main__":
    main()
