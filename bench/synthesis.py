"""Images of the reference wind: time and memory by cells, channels and views, beside pomme.

Usage: ``python -m bench.synthesis --lamda co.dat [--pomme PYTHON] [--rounds 3]``

One view is made of a grid of N^3 cells with N^2 pixels, along z; the time is that of the engine
alone. Each memory is the highest of a process that does nothing else, with the model in it.
PYTHON is that of an environment with ``torch==2.13.0 pomme==0.2.1``; without it the peer is left
out, and the figures say so. It sees the same wind through the same LAMDA file, with 2 threads.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench.measure import in_turns, own_memory, store
from bench.peers import Pomme
from bench.wind import molecule, scene, wind
from lineform.synthesis.base import Engine, Scene
from lineform.synthesis.engines import engine_named

ENGINES = ("numba", "array")
CELLS, CHANNELS = (32, 64, 128), (50, 100)
GROWTH = {"cells": CELLS, "channels": (25, 50, 100, 200), "views": (1, 2, 4, 8)}
REFERENCE = {"cells": 64, "channels": 50, "views": 1}

Figure = dict[str, str | float]


def image(engine: Engine, seen: Scene) -> None:
    """All cubes of a scene."""
    for _ in engine.cubes(seen):
        pass


def one(options: argparse.Namespace) -> None:
    """In a process of its own: time [s] and highest memory [MB] of one engine and size."""
    engine, cells, channels = options.one
    seen = scene(wind(int(cells)), molecule(options.lamda), int(channels))
    rounds = options.rounds if int(cells) < max(CELLS) else 2
    seconds = median(engine_named(engine), seen, rounds)
    sys.stdout.write(json.dumps([seconds, own_memory()]) + "\n")


def median(engine: Engine, seen: Scene, rounds: int) -> float:
    """Median time of a scene [s], after a first one that may compile."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        image(engine, seen)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def alone(options: argparse.Namespace, *what: object) -> tuple[float, float]:
    """What `one` finds, from a process of its own."""
    command = [sys.executable, "-m", "bench.synthesis", "--rounds", str(options.rounds)]
    command += ["--lamda", str(options.lamda)] if options.lamda else []
    command += ["--one", *map(str, what)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def beside(options: argparse.Namespace) -> list[Figure]:
    """The reference image: ours, the plain engine's and pomme's, in turns."""
    cells, channels = REFERENCE["cells"], REFERENCE["channels"]
    seen = scene(wind(cells), molecule(options.lamda), channels)
    ways = {name: lambda name=name: image(engine_named(name), seen) for name in ENGINES}
    figure: Figure = {"what": f"{cells}^3 cells, {channels} channels, one view", "unit": "s"}
    if not (options.pomme and options.lamda):
        times = in_turns(ways, options.rounds)
        return [figure | named(times) | {"ratio": "pomme was not at hand", "goal": "<= 0.5"}]
    with Pomme(options.pomme, options.lamda, cells, channels) as pomme:
        times = in_turns({**ways, "pomme": lambda: pomme.do("forward")}, options.rounds)
        figure |= named(times) | {"pomme 0.2.1": round(times["pomme"], 3)}
        figure["pomme 0.2.1: memory [MB]"] = round(pomme.megabytes)
    ratio = f"pomme {times['pomme'] / times['numba']:.0f} times ours"
    return [figure | {"ratio": ratio, "goal": "<= 0.5"}]


def named(times: dict[str, float]) -> Figure:
    """The columns of both engines."""
    return {"ours": round(times["numba"], 4), "plain engine": round(times["array"], 4)}


def sizes(options: argparse.Namespace) -> list[Figure]:
    """Time and memory by cells and channels."""
    figures: list[Figure] = []
    for cells in CELLS:
        for channels in CHANNELS:
            (ours, memory), (plain, plainly) = (
                alone(options, engine, cells, channels) for engine in ENGINES
            )
            figures.append(
                {
                    "what": f"{cells}^3 cells, {channels} channels: time of a view",
                    "unit": "s",
                    "ours": round(ours, 4),
                    "plain engine": round(plain, 4),
                    "memory [MB]": round(memory),
                    "plain memory [MB]": round(plainly),
                    "goal": "memory <= 1000",
                }
            )
    return figures


def growth(options: argparse.Namespace) -> list[Figure]:
    """How the time grows: exponents of fits."""
    co, engine = molecule(options.lamda), engine_named("numba")
    figures: list[Figure] = []
    for name, values in GROWTH.items():
        times = []
        for value in values:
            size = REFERENCE | {name: value}
            seen = scene(wind(size["cells"]), co, size["channels"], size["views"])
            times.append(median(engine, seen, options.rounds))
        slope = float(np.polyfit(np.log(values), np.log(times), 1)[0])
        figures.append(
            {
                "what": f"growth with the {name}: exponent",
                "unit": "",
                "ours": round(slope, 2),
                "from": f"{values[0]} to {values[-1]}",
                "time [s]": f"{times[0]:.3f} to {times[-1]:.3f}",
                "ratio": "of the time; cells along one side" if name == "cells" else "of the time",
            }
        )
    return figures


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamda", type=Path, help="CO from LAMDA; else a rotor")
    parser.add_argument("--pomme", type=Path, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options)
        return
    figures = [*beside(options), *sizes(options), *growth(options)]
    store("synthesis", f"python -m bench.synthesis --rounds {options.rounds}", figures)


if __name__ == "__main__":
    main()
