"""Level populations: time of both methods, and lambda iteration against a published benchmark.

Usage: ``python -m bench.excitation [--lamda FOLDER] [--cells 16 32]``

The folder holds the LAMDA files co.dat, sio.dat and hcn.dat. The benchmark is problem 1 of van
Zadelhoff et al. (2002), with RATRAN as the reference; tests/science/test_van_zadelhoff.py says
how they are compared. The figures of Magritte 0.9.3 are its own comparison with the same file,
measured once on two cores: 250 points, 15 iterations.
"""

import argparse
import logging
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tests.science.test_van_zadelhoff import RATRAN, STEPS, smooth, stepped

from bench.measure import store
from bench.wind import wind
from lineform.excitation import excitation_named
from lineform.readers import read_lamda
from lineform.state import State

ROUNDS = 3
GOAL = 30.0

Figure = dict[str, str | float]


def timed(way: Callable[[], object]) -> Figure:
    """Median wall time, and processor time of both cores together, which others disturb less."""
    wall, processor = [], []
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), time.process_time()
        way()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    return {
        "unit": "s",
        "ours": round(statistics.median(wall), 2),
        "processor time [s]": round(statistics.median(processor), 2),
    }


def escape(folder: Path, name: str, species: str, cells: int) -> Figure:
    """The reference wind by escape probability."""
    molecule = read_lamda(folder / name)
    gas = wind(cells)
    density = {"H2": gas.density["H2"], species: gas.density["CO"]}
    state = State(
        position=gas.position,
        velocity=gas.velocity,
        temperature=gas.temperature,
        turbulence=gas.turbulence,
        density=density,
        axes=gas.axes,
    )
    method = excitation_named("escape")
    spent = timed(lambda: method.fractions(state, molecule))
    levels = len(molecule.energy)
    return {
        "what": f"escape probability, {species} with {levels} levels, wind of {cells}^3 cells",
        **spent,
        "goal": f"<= {GOAL:g}" if species == "CO" and cells == 32 else "",
    }


def ratran(problem: str, within: int) -> list[Figure]:
    """Problem 1 in RATRAN's own steps: time and largest difference of the upper level."""
    spent = timed(lambda: stepped(problem, within))
    found = stepped(problem, within)
    off = [abs(found[shell] / value - 1) for shell, value in RATRAN[problem].items()]
    what = f"lambda iteration, van Zadelhoff 1{problem}, {within} points in each of 49 shells"
    times: Figure = {"what": f"{what}, time", **spent, "goal": "<= 10"}
    error: Figure = {
        "what": f"{what}, largest difference from RATRAN",
        "unit": "%",
        "ours": round(100 * float(max(off)), 2),
        "median [%]": round(100 * float(np.median(off)), 2),
        "goal": "<= 5",
    }
    if problem == "a":
        times["Magritte 0.9.3"] = 63.0
    return [times, error]


def as_magritte(problem: str) -> Figure:
    """The smooth cloud against RATRAN's, at the middle of its shells: what Magritte compares."""
    radius, upper = smooth(problem, 97)
    edge = np.geomspace(1e13, 7.8e16, STEPS + 1)
    middle = (edge[1:] + edge[:-1]) / 2
    found = np.exp(np.interp(np.log(middle), np.log(radius), np.log(upper)))
    off = [abs(found[shell] / value - 1) for shell, value in RATRAN[problem].items()]
    figure: Figure = {
        "what": f"lambda iteration, van Zadelhoff 1{problem}, smooth cloud, 97 shells, largest"
        " difference from RATRAN, whose cloud has more gas",
        "unit": "%",
        "ours": round(100 * float(max(off)), 2),
        "goal": "",
    }
    if problem == "a":
        figure["Magritte 0.9.3"] = 12.4
    return figure


def resolution(problem: str) -> Figure:
    """How much twice as many shells change."""
    (_, coarse), (_, fine) = smooth(problem, 49), smooth(problem, 97)
    change = float(np.abs(coarse / fine[::2] - 1).max())
    return {
        "what": f"lambda iteration, van Zadelhoff 1{problem}, smooth, 49 against 97 shells",
        "unit": "%",
        "ours": round(100 * change, 3),
        "goal": "",
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lamda", type=Path, default=Path("../shared/data/lamda"))
    parser.add_argument("--cells", type=int, nargs="+", default=[16, 32])
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    command = f"python -m bench.excitation --cells {' '.join(map(str, options.cells))}"
    figures = [escape(options.lamda, "co.dat", "CO", cells) for cells in options.cells]
    figures += [
        escape(options.lamda, f"{name.lower()}.dat", name, min(options.cells))
        for name in ("SiO", "HCN")
    ]
    for problem in RATRAN:
        figures += ratran(problem, 3)
        figures += [as_magritte(problem), resolution(problem)]
    store("excitation", command, figures)


if __name__ == "__main__":
    main()
