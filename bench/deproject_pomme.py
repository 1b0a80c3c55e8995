"""Three fields of the reference wind from its image, beside pomme: accuracy against time.

Usage: ``python -m bench.deproject_pomme --lamda co.dat [--pomme PYTHON] [--cells 32]``,
or with ``--samples 20`` for samples of the posterior, of a measurement with noise.

Each program gets the image that it makes of the wind of ``bench.wind`` itself, without noise;
ours is told that there is noise of a thousandth of the peak. Position, systemic velocity and
turbulence of the star are known to both. Ours uses the priors that it uses when nothing is said.
Errors are over all cells [dex]. Times are those of the clock and of the processor, all threads
together; the latter hardly depends on what else the machine does. For PYTHON see
``bench.peers``, for pomme's recipe ``bench/peer_pomme_fit.py``.
"""

import argparse
import json
import math
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from bench.measure import RESULTS, own_memory, store
from bench.wind import AU, EDGE, molecule, wind
from lineform.constants import CMB_TEMPERATURE
from lineform.deprojection.base import Gas, Grid
from lineform.deprojection.forward import forward_of
from lineform.deprojection.frame import Frame
from lineform.deprojection.free import free_model
from lineform.deprojection.instrument import problem_of
from lineform.deprojection.priors import Fixed
from lineform.deprojection.problem import Problem
from lineform.func.radiation import brightness_temperature
from lineform.inference.base import Settings, State, Watch
from lineform.inference.maximum import INFERENCE
from lineform.inference.running import method_called
from lineform.measurement import Measurement

CHANNELS = 50
PRECISION = 1000
"""Peak of the image over the noise that is assumed."""
DISTANCE = 100.0
"""To turn lengths into angles and back [pc]."""
SCRIPT = Path(__file__).with_name("peer_pomme_fit.py")


class Score(NamedTuple):
    """How good a reconstruction was after some time."""

    seconds: float
    processor: float
    density: float
    speed: float
    temperature: float
    image: float
    megabytes: float

    @property
    def good(self) -> bool:
        """Whether it is as good as is aimed for."""
        fields = self.density <= 0.06 and self.speed <= 0.02 and self.temperature <= 0.05
        return fields and self.image <= 2e-3

    def __str__(self) -> str:
        dex = f"{self.density:.3f} / {self.speed:.3f} / {self.temperature:.3f} dex"
        return f"{dex}, image {self.image:.1e} after {self.seconds:.0f} s ({self.processor:.0f} s)"


class Case:
    """The wind, its image, and the problem of finding it again.

    Noise that is stronger than usual is in the measurement.
    """

    def __init__(self, lamda: Path, cells: int, precision: float = PRECISION) -> None:
        co, grid = molecule(lamda), Grid(cells, 1000 * AU)
        self.truth = _gas(cells)
        line, velocity = co.line("2-1"), np.linspace(-EDGE, EDGE, CHANNELS)
        forward = forward_of(grid, [(co, line)], grid.axis, velocity, CMB_TEMPERATURE)
        self.image = forward(self.truth)[0].numpy()
        rms = self.image.max() / precision
        noise = rms * np.random.default_rng(1).standard_normal(self.image.shape)
        seen = self.image + noise if precision < PRECISION else self.image
        kelvin = float(brightness_temperature(1.0, line.frequency))
        angle = grid.axis / AU / DISTANCE
        measurement = Measurement(
            line=line,
            velocity=1e-3 * velocity,
            channel=1e-3 * float(velocity[1] - velocity[0]),
            x=angle,
            y=angle,
            intensity=seen / kelvin,
            rms=np.asarray(rms / kelvin),
        )
        known = {"turbulent_velocity": Fixed(1.0)}
        model = free_model(grid, {"CO": None}, Frame(DISTANCE), known)
        self.problem: Problem = problem_of(model, [(measurement, co)], DISTANCE)

    def score(self, latent: torch.Tensor, seconds: float, processor: float) -> Score:
        """Of a latent vector, found after some time."""
        with torch.no_grad():
            gas = self.problem.model.gas(latent)
            image = self.problem.cubes(latent)[0].double().numpy()
        apart = float(np.sqrt(np.mean((image - self.image) ** 2)) / self.image.max())
        speeds = [g.velocity.double().norm(dim=0).log() for g in (gas, self.truth)]
        return Score(
            seconds,
            processor,
            _dex(gas.density["CO"], self.truth.density["CO"]),
            _dex(*speeds),
            _dex(gas.temperature, self.truth.temperature),
            apart,
            own_memory(),
        )

    def spread(self, latents: torch.Tensor) -> dict[str, str]:
        """Of samples (sample, size): median deviation [dex], and the truth within two of them."""
        made: dict[str, str] = {}
        with torch.no_grad():
            gases = [self.problem.model.gas(latent) for latent in latents]
        for name, field in _FIELDS.items():
            samples = torch.stack([field(gas).double() for gas in gases])
            width = samples.std(0)
            apart = (samples.mean(0) - field(self.truth)).abs()
            inside = float((apart <= 2 * width).double().mean())
            dex = float(width.median()) / math.log(10)
            made[name] = f"{dex:.3f} dex, truth within 2 of them in {100 * inside:.0f} % of cells"
        return made


_FIELDS: dict[str, Callable[[Gas], torch.Tensor]] = {
    "density": lambda gas: gas.density["CO"],
    "speed": lambda gas: gas.velocity.norm(dim=0).log(),
    "temperature": lambda gas: gas.temperature,
}


def _gas(cells: int) -> Gas:
    state, shape = wind(cells), (cells,) * 3
    return Gas(
        density={"CO": torch.from_numpy(np.log(state.density["CO"]).reshape(shape))},
        temperature=torch.from_numpy(np.log(state.temperature).reshape(shape)),
        velocity=torch.from_numpy(state.velocity.T.reshape(3, *shape)),
        turbulence=torch.from_numpy(np.log(state.turbulence).reshape(shape)),
        systemic=torch.zeros((), dtype=torch.float64),
        scale=torch.ones((), dtype=torch.float64),
    )


def _dex(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one.double() - other.double()).pow(2).mean().sqrt()) / math.log(10)


class _Clock:
    """Time of the clock and of the processor, less that between `stop` and `start` [s]."""

    def __init__(self) -> None:
        self.seconds = self.processor = 0.0
        self.start()

    def start(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        self.seconds += time.perf_counter() - self._begun[0]
        self.processor += time.process_time() - self._begun[1]


def ours(lamda: Path, cells: int, iterations: int) -> list[Score]:
    """Before the first step, and after each."""
    case = Case(lamda, cells)
    start = case.problem.origin()
    # Compiles, and makes what is made once.
    case.problem.energy(start)
    scores, clock = [case.score(start, 0.0, 0.0)], _Clock()

    def report(done: float, total: float, state: State) -> None:
        clock.stop()
        scores.append(case.score(state["latent"], clock.seconds, clock.processor))
        print(f"ours: {scores[-1]}", flush=True)
        clock.start()

    INFERENCE.draws(case.problem, start, Settings(iterations=iterations), Watch(report=report))
    return scores


def peer(python: Path, lamda: Path, cells: int, iterations: list[int]) -> Iterator[Score]:
    """Of pomme, after each of some numbers of iterations, as soon as it is there."""
    command = [str(w) for w in (python, SCRIPT, lamda, cells, CHANNELS, *iterations)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            if line.startswith("answer "):
                _, _, *numbers, kilobytes = line.split()
                score = Score(*[*map(float, numbers), 1.024e-3 * float(kilobytes)])
                print(f"pomme: {score}", flush=True)
                yield score
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def sampled(
    lamda: Path, cells: int, number: int, precision: float, method: str
) -> dict[str, str | float]:
    """Samples of the posterior: time, memory, and how wide they are."""
    case = Case(lamda, cells, precision)
    problem = case.problem
    problem.energy(problem.origin())
    clock, settings = _Clock(), Settings(samples=number)

    def report(done: float, total: float, state: State) -> None:
        clock.stop()
        share = f"{done:.0f} of {total:.0f} gradients"
        print(
            f"{method}: {share} after {clock.seconds:.0f} s ({clock.processor:.0f} s)", flush=True
        )
        clock.start()

    draws = method_called(method).draws(problem, problem.origin(), settings, Watch(report=report))
    clock.stop()
    words = f"{method}: {number} samples of three fields, {cells}^3 cells, {CHANNELS} channels, "
    words += f"noise of 1/{precision:.0f} of the peak"
    return {
        "what": words,
        "unit": "s",
        "goal": "<= 600 s, 4000 MB",
        "ours": round(clock.seconds),
        "processor [s]": round(clock.processor),
        "memory [MB]": round(own_memory()),
        **case.spread(draws.latent),
    }


def keep(row: dict[str, str | float]) -> None:
    """Store a row, in the place of one of the same meaning."""
    path = RESULTS / "deproject_pomme.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else []
    rows = [each for each in rows if each["what"] != row["what"]]
    store("deproject_pomme", "python -m bench.deproject_pomme, with what is measured", [*rows, row])


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamda", type=Path, required=True, help="CO from LAMDA")
    parser.add_argument("--pomme", type=Path, metavar="PYTHON")
    parser.add_argument("--cells", type=int, default=32)
    parser.add_argument("--steps", type=int, default=0, help="of ours, or 0 until it is done")
    parser.add_argument("--samples", type=int, default=0, help="instead of the maximum")
    parser.add_argument(
        "--precision", type=float, default=100.0, help="of samples: peak over noise"
    )
    parser.add_argument("--method", default="smc", help="of samples: smc or vi")
    parser.add_argument("--iterations", type=int, nargs="*", default=[0, 50, 150])
    options = parser.parse_args()
    # One thread of PyTorch for each program: more wait for each other where others work too.
    torch.set_num_threads(1)
    if options.samples:
        how = options.samples, options.precision, options.method
        keep(sampled(options.lamda, options.cells, *how))
        return
    made = ours(options.lamda, options.cells, options.steps)
    row: dict[str, str | float] = {
        "what": f"{options.cells}^3 cells, {CHANNELS} channels: errors of n / v / T",
        "unit": "",
        "goal": "0.06 / 0.02 / 0.05 dex, image 2.0e-03 after 60 s",
        "at the start": str(made[0]),
        "ours": str(made[-1]),
        "memory [MB]": round(made[-1].megabytes),
    }
    good = [score for score in made if score.good]
    row["goal reached"] = f"first by {good[0]}" if good else "never"
    keep(row)
    theirs: list[Score] = []
    for score in (
        peer(options.pomme, options.lamda, options.cells, options.iterations)
        if options.pomme
        else ()
    ):
        theirs.append(score)
        row["pomme 0.2.1"] = "; ".join(map(str, theirs))
        row["pomme's memory [MB]"] = round(score.megabytes)
        keep(row)


if __name__ == "__main__":
    main()
