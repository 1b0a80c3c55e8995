"""Images of the reference wind with the gradient of three fields, beside pomme.

Usage: ``python -m bench.gradient --lamda co.dat [--pomme PYTHON] [--rounds 3]``

The gradient is that of the sum of the squares of a cube by density, temperature and velocity at
every point. Each memory is the highest of a process that does nothing else. For PYTHON see
``bench.synthesis``.
"""

import argparse
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from bench.measure import in_turns, own_memory, store
from bench.peers import Pomme
from bench.wind import molecule, scene, wind
from lineform.state import FloatArray
from lineform.synthesis.base import Scene
from lineform.synthesis.fast import ENGINE, tracer
from lineform.synthesis.gradient import Gradient, gradient

CELLS, CHANNELS = 64, 50
SMALL = 16
"""Cells along each side where gradients are compared with differences, in double precision."""

DOUBLE = replace(ENGINE, tracer=partial(tracer, real=np.float64), real=np.float64)

Figure = dict[str, str | float]


def forth_and_back(seen: Scene) -> Gradient:
    """The image, and the gradient of the sum of its squares, in units of its peak."""
    (cube,) = ENGINE.cubes(seen)
    return gradient(seen, [2 * cube / cube.max() ** 2])


def once(options: argparse.Namespace) -> None:
    """In a process of its own: the highest memory [MB]."""
    forth_and_back(scene(wind(CELLS), molecule(options.lamda), CHANNELS))
    forth_and_back(scene(wind(CELLS), molecule(options.lamda), CHANNELS))
    sys.stdout.write(f"{own_memory()}\n")


def beside(options: argparse.Namespace) -> list[Figure]:
    """Time and memory, ours and pomme's, in turns."""
    seen = scene(wind(CELLS), molecule(options.lamda), CHANNELS)
    command = [sys.executable, "-m", "bench.gradient", "--once"]
    command += ["--lamda", str(options.lamda)] if options.lamda else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    what = f"{CELLS}^3 cells, {CHANNELS} channels, image and gradient of three fields"
    ways = {"ours": lambda: forth_and_back(seen), "image alone": lambda: list(ENGINE.cubes(seen))}
    time: Figure = {"what": what, "unit": "s", "goal": "<= 2"}
    memory: Figure = {"what": f"{what}: memory", "unit": "MB", "goal": "<= 1000"}
    memory["ours"] = round(float(done.stdout))
    if not (options.pomme and options.lamda):
        times = in_turns(ways, options.rounds)
        time["ratio"] = "pomme was not at hand"
    else:
        with Pomme(options.pomme, options.lamda, CELLS, CHANNELS) as pomme:
            times = in_turns({**ways, "pomme": lambda: pomme.do("step")}, options.rounds)
            time["pomme 0.2.1"] = round(times["pomme"], 2)
            memory["pomme 0.2.1"] = round(pomme.megabytes)
        time["ratio"] = f"pomme {times['pomme'] / times['ours']:.0f} times ours"
    time |= {"ours": round(times["ours"], 3), "image alone": round(times["image alone"], 3)}
    return [time, memory]


def scalar(seen: Scene, seed: FloatArray) -> float:
    """A scalar of the image in double precision."""
    (cube,) = DOUBLE.cubes(seen)
    return float(np.sum(seed * cube))


def differences(options: argparse.Namespace) -> list[Figure]:
    """The gradient along a random change of each field, against central differences."""
    seen, random = scene(wind(SMALL), molecule(options.lamda), CHANNELS), np.random.default_rng(1)
    seed = 1e15 * random.random((CHANNELS, SMALL, SMALL))
    made = gradient(seen, [seed], np.float64)
    single = gradient(seen, [seed])
    state, points = seen.state, seen.state.n_points
    by = {
        "density": (made.density["CO"], single.density["CO"], random.random(points)),
        "temperature": (made.temperature, single.temperature, random.random(points)),
        "velocity": (made.velocity, single.velocity, 100 * random.random((points, 3))),
    }
    figures: list[Figure] = []
    for name, (double, rough, along) in by.items():

        def moved(h: float, name: str = name, along: FloatArray = along) -> float:
            if name == "velocity":
                changed = replace(state, velocity=state.velocity + h * along)
            elif name == "temperature":
                changed = replace(state, temperature=state.temperature * np.exp(h * along))
            else:
                density = {**state.density, "CO": state.density["CO"] * np.exp(h * along)}
                changed = replace(state, density=density)
            return scalar(replace(seen, state=changed), seed)

        # Central differences of two steps, of which the error of the second order cancels. The
        # partition function is interpolated by straight pieces, whose ends are to be far.
        step = 1e-5 if name == "temperature" else 1e-3
        coarse, fine = ((moved(h) - moved(-h)) / (2 * h) for h in (step, step / 2))
        expected = (4 * fine - coarse) / 3
        apart = abs(float(np.sum(double * along)) / expected - 1)
        figures.append(
            {
                "what": f"gradient by {name} against differences, double precision",
                "unit": "",
                "ours": float(f"{apart:.1e}"),
                "single precision against double": float(f"{_apart(rough, double):.1e}"),
                "ratio": "relative; of the largest component",
                "goal": "<= 1e-6",
            }
        )
    return figures


def _apart(seen: FloatArray, expected: FloatArray) -> float:
    return float(np.abs(seen - expected).max() / np.abs(expected).max())


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamda", type=Path, help="CO from LAMDA; else a rotor")
    parser.add_argument("--pomme", type=Path, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        once(options)
        return
    figures = [*beside(options), *differences(options)]
    store("gradient", f"python -m bench.gradient --rounds {options.rounds}", figures)


if __name__ == "__main__":
    main()
