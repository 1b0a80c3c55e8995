"""What an image cannot tell, and what a second line adds: winds whose numbers are known."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from bench.truths import Figure
from lineform.cube import Beam
from lineform.deprojection.base import Grid
from lineform.deprojection.frame import Frame
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.likelihood import likelihood_of
from lineform.deprojection.parametric import parametric_model
from lineform.deprojection.priors import prior_from
from lineform.deprojection.problem import Problem
from lineform.func.convolve import gaussian_beam
from lineform.func.radiation import brightness_temperature
from lineform.inference.base import Draws, Settings, Watch
from lineform.inference.diagnostics import levels
from lineform.inference.geometric import INFERENCE
from lineform.inference.modes import explored, likely_starts
from lineform.inference.results import Named, posterior_of
from lineform.measurement import Measurement
from lineform.posterior import Number
from lineform.species import Line, Molecule, linear_rotor
from lineform.state import FloatArray
from lineform.units import factor

__all__ = ["CO", "DISK", "SIO", "WIND", "disk", "draws", "lines", "pole", "seen"]

DISTANCE, SIDE, CELLS = 100.0, 400.0, 12
SIGNAL = 30.0
STARTS = 3

DISK = {
    "density_exponent": "fixed 1.5",
    "disk_height": "fixed 0.2",
    "temperature_exponent": "fixed 0.5",
    "turbulent_velocity": "fixed 1",
    "stellar_temperature": "fixed 2300",
}
WIND = {
    "initial_velocity": "fixed 3",
    "acceleration_exponent": "fixed 1",
    "turbulent_velocity": "fixed 1",
}
THIN = {
    "mass_loss_rate": 1e-6,
    "terminal_velocity": 10.0,
    "stellar_temperature": 2300.0,
    "temperature_exponent": 0.65,
}
"""The numbers of a wind that is not thick everywhere."""
DRAWS = 30
CO, SIO = linear_rotor("CO"), linear_rotor("SiO")


def seen(
    shape: str,
    priors: Mapping[str, str],
    truth: Mapping[str, float],
    lines: Sequence[tuple[Molecule, str]],
    channels: np.ndarray,
    cells: int = CELLS,
    seed: int = 0,
) -> Problem:
    """A wind with these numbers, seen through a beam of three pixels with noise.

    Parameters
    ----------
    shape, priors
        See `lineform.deprojection.parametric.parametric_model`.
    truth : name -> number
    lines : sequence of (molecule, transition)
    channels : (channel,) [km/s]
    cells : int
        Along each side; there are as many pixels.
    seed : int
        Of the noise of the first line; that of the next one is greater by one.
    """
    names = dict.fromkeys(molecule.name for molecule, _ in lines)
    known = {name: prior_from(text) for name, text in priors.items()}
    grid, frame = Grid(cells, SIDE * factor("au")), Frame(DISTANCE)
    model = parametric_model(shape, grid, names, frame, known)
    blank = [(_dark(molecule.line(name), channels, cells), molecule) for molecule, name in lines]
    problem = problem_of(model, blank, DISTANCE, dtype=torch.float64)
    with torch.no_grad():
        cubes = problem.cubes(model.latent(**truth))
    parts = []
    for number, (part, cube) in enumerate(zip(problem.parts, cubes, strict=True)):
        dark, bright = part.measurement, cube.numpy()
        kelvin = float(brightness_temperature(1.0, dark.line.frequency))
        rms = float(bright.max()) / SIGNAL / kelvin
        noise = rms * _noise(bright.shape, seed + number)
        measured = dataclasses.replace(dark, intensity=bright / kelvin + noise, rms=np.array(rms))
        likelihood = likelihood_of(measured, problem.origin())
        parts.append(dataclasses.replace(part, measurement=measured, likelihood=likelihood))
    return dataclasses.replace(problem, parts=parts)


def _dark(line: Line, channels: np.ndarray, pixels: int) -> Measurement:
    pixel = SIDE / DISTANCE / pixels
    place = (np.arange(pixels) - (pixels - 1) / 2) * pixel
    return Measurement(
        line=line,
        velocity=channels,
        channel=float(channels[1] - channels[0]),
        x=place,
        y=place,
        intensity=np.zeros((len(channels), pixels, pixels)),
        rms=np.array(1.0),
        beams=(Beam(3 * pixel, 3 * pixel, 0.0),),
        correlated=True,
    )


def _noise(shape: Sequence[int], seed: int) -> np.ndarray:
    """Noise (channel, y, x) [1] with the correlation of the beam and a deviation of 1."""
    channels, height, width = shape
    white = np.random.default_rng(seed).standard_normal((channels, 3 * height, 3 * width))
    smooth = np.stack([gaussian_beam(image, 3, 3, 0.0) for image in white])
    return np.asarray((smooth / smooth.std())[:, height : 2 * height, width : 2 * width])


def inferred(
    problem: Problem, samples: int, starts: Sequence[torch.Tensor] = ()
) -> tuple[Draws, Mapping[str, Number]]:
    """The samples, and the numbers of the model; modes are searched from likely starts."""
    starts = starts or likely_starts(problem, STARTS, 1)
    draws = explored(problem, INFERENCE, Settings(samples=samples, seed=1), Watch(), starts)
    posterior = posterior_of(problem, draws, Named("truth", "", DISTANCE, {}))
    return draws, {number.name: number for number in posterior.numbers}


def disk(data: Path, folder: Path, samples: int) -> list[Figure]:
    """A thin disk that rotates: the sides cannot be told."""
    truth = {"inclination": 50.0, "position_angle": 30.0, "disk_density": 3e4}
    known = {**truth, "rotation_velocity": 9.0}
    problem = seen("rotating_disk", DISK, known, [(CO, "2-1")], np.linspace(-7, 7, 13))
    draws, numbers = inferred(problem, samples)
    share = float(draws.weight[torch.as_tensor(numbers["inclination"].samples < 90)].sum())
    return [
        {
            "part": "disk",
            "what": "thin disk that rotates, inclined by 50 deg: probability of less than 90 deg",
            "ours": round(share, 3),
            "unit": "",
            "ratio": _told(numbers, truth),
            "goal": "0.3 to 0.7",
        }
    ]


def pole(data: Path, folder: Path, samples: int) -> list[Figure]:
    """A thin disk seen from near its pole: inclination and velocity cannot be told apart."""
    truth = {"inclination": 12.0, "position_angle": 30.0, "disk_density": 3e4}
    known = {**truth, "rotation_velocity": 9.0}
    problem = seen("rotating_disk", DISK, known, [(CO, "2-1")], np.linspace(-4, 4, 13))
    draws, numbers = inferred(problem, samples)
    tilt = np.sin(np.radians(numbers["inclination"].samples))
    speed, weight = numbers["rotation_velocity"].samples, draws.weight.numpy()
    (a, ab), (_, b) = np.cov(np.log(tilt), np.log(speed), aweights=weight)
    share = float(weight[numbers["inclination"].samples < 90].sum())
    low, _, _, _, high = numbers["rotation_velocity"].quantiles
    return [
        {
            "part": "pole",
            "what": "disk inclined by 12 deg: correlation of ln sin(inclination) and ln(speed)",
            "ours": round(float(ab / np.sqrt(a * b)), 3),
            "unit": "",
            "ratio": f"speed {low:.3g} to {high:.3g} km/s (95 %), truth 9; {100 * share:.0f} % of"
            f" the probability below 90 deg; {_told(numbers, known)}",
            "goal": "near -1, or wide",
        }
    ]


def draws(data: Path, folder: Path, samples: int) -> list[Figure]:
    """How often the temperature of a wind is where one line says it is, over draws of the noise."""
    found = np.array([_level(samples, seed) for seed in range(DRAWS)])
    inside = [int(np.sum(np.abs(found - 0.5) <= share / 2)) for share in (0.5, 0.68, 0.95)]
    return [
        {
            "part": "draws",
            "what": f"temperature at 100 au from CO 2-1, {DRAWS} draws of noise: within 95 %",
            "ours": inside[2],
            "unit": f"of {DRAWS}",
            "ratio": f"{inside[0]} within 50 %, {inside[1]} within 68 %; the truth has a mean level"
            f" of {found.mean():.2f}",
            "goal": f"about {0.95 * DRAWS:.0f}",
        }
    ]


def _level(samples: int, seed: int) -> float:
    """Of the true temperature among the samples, for a draw of the noise."""
    problem = seen("spherical", WIND, THIN, [(CO, "2-1")], np.linspace(-14, 14, 15), seed=seed)
    found, numbers = inferred(problem, samples, [problem.origin()])
    true = np.log([_warmth(THIN["stellar_temperature"], THIN["temperature_exponent"])])
    warm = np.log(_temperature(numbers))[:, None]
    return float(levels(true, warm, seed, found.weight.numpy())[0])


def lines(data: Path, folder: Path, samples: int) -> list[Figure]:
    """What a second line adds to the temperature of a wind."""
    sets = {"CO 2-1": [(CO, "2-1")]}
    sets["CO 2-1 and CO 3-2"] = [*sets["CO 2-1"], (CO, "3-2")]
    sets["CO 2-1 and SiO 5-4"] = [*sets["CO 2-1"], (SIO, "5-4")]
    widths: dict[str, float] = {}
    figures: list[Figure] = []
    channels = np.linspace(-14, 14, 15)
    for name, several in sets.items():
        problem = seen("spherical", WIND, THIN, several, channels)
        _, numbers = inferred(problem, samples)
        warm = _temperature(numbers)
        low, near, median, far, high = np.quantile(warm, (0.025, 0.16, 0.5, 0.84, 0.975))
        true = float(_warmth(THIN["stellar_temperature"], THIN["temperature_exponent"]))
        widths[name] = float(np.log(far / near))
        figures.append(
            {
                "part": "lines",
                "what": f"temperature at 100 au from {name}: width over that from CO 2-1",
                "ours": round(widths[name] / widths["CO 2-1"], 3),
                "unit": "",
                "ratio": f"{median:.4g} K, 95 % from {low:.4g} to {high:.4g}, truth {true:.4g};"
                f" {_told(numbers, THIN)}",
                "goal": "<= 0.7 with a second line, truth within 95 %",
            }
        )
    return figures


def _temperature(numbers: Mapping[str, Number]) -> np.ndarray:
    """At 100 au (sample,) [K]."""
    star, exponent = (
        numbers[name].samples for name in ("stellar_temperature", "temperature_exponent")
    )
    return _warmth(star, exponent)


def _warmth(star: FloatArray | float, exponent: FloatArray | float) -> FloatArray:
    """Temperature at 100 au of a wind from a star of the usual radius [K]."""
    return np.asarray(star * (100 / 1.5) ** -np.asarray(exponent))


def _told(numbers: Mapping[str, Number], truth: Mapping[str, float]) -> str:
    return "; ".join(
        f"{name} {number.quantiles[0]:.4g} to {number.quantiles[4]:.4g} ({truth[name]:.4g})"
        for name, number in numbers.items()
        if name in truth
    )
