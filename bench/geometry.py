"""From a snapshot to a cube, and rays through points, cells and shells.

Usage: ``python -m bench.geometry DATA``, with the folder of the snapshots of Phantom and
MPI-AMRVAC. The times from snapshot to cube are those of two commands, each with its start.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.measure import Peak, peak_memory, store
from lineform.cube import View
from lineform.state import State
from lineform.synthesis.rays import tracer_of

GOAL = 5.0  # s
SNAPSHOTS: dict[str, tuple[str, ...]] = {
    "phantom/synthetic_wind_00100": (),
    "amrvac/agb_wind_0001.dat": (
        *("--unit-length", "1.496e13 cm"),
        *("--unit-number-density", "1e9 cm-3"),
        *("--unit-velocity", "1e6 cm/s"),
    ),
}
CUBE = (
    *("--line", "CO 3-2", "--direction", "0,0,1", "--pixels", "96", "--channels", "61"),
    *("--velocity-range", "-30", "30"),
)
VIEWS = (View(0, 0), View(37, 20), View(90, 45))
SIDE = 64
"""Rays along each axis."""

Figure = dict[str, str | float]


def lineform(*arguments: str) -> Peak:
    """Watch a command of lineform."""
    call = "from lineform.cli import main; main()"
    return peak_memory(sys.executable, "-c", call, *arguments)


def cube(snapshot: Path, options: tuple[str, ...], lamda: Path, folder: Path) -> Figure:
    """A snapshot turned into a model and a cube."""
    model, observation = folder / "model.h5", folder / "cube.h5"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    parts = (
        lineform("convert", str(snapshot), "-o", str(model), *options),
        lineform("synthesise", str(model), "-o", str(observation), *CUBE, "--lamda", str(lamda)),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "what": f"{snapshot.name} to a cube of CO 3-2, 96 x 96 x 61, two commands",
        "unit": "s",
        "ours": round(sum(part.seconds for part in parts), 2),
        "of processors [s]": round(after.ru_utime - before.ru_utime, 2),
        "of it convert [s]": round(parts[0].seconds, 2),
        "peak memory [MB]": round(max(part.main for part in parts) / 1e6),
        "goal": f"<= {GOAL:g}",
    }


def wind(number: int) -> np.ndarray:
    """Places (point, 3) [m] of particles, as many in every shell."""
    rng = np.random.default_rng(0)
    outward = rng.normal(size=(number, 3))
    outward /= np.linalg.norm(outward, axis=1)[:, None]
    return np.asarray(outward * (1e14 * rng.random(number))[:, None])


def states() -> Iterator[State]:
    """Points, cells and shells."""
    several: tuple[tuple[np.ndarray, dict[str, Any]], ...] = (
        *((wind(number), {}) for number in (20_000, 200_000, 1_000_000)),
        *((boxes(side), {"size": np.full((side**3, 3), 2e14 / side)}) for side in (32, 64)),
        (np.linspace(1e12, 1e14, 250)[:, None] * [1.0, 0.0, 0.0], {"spherical": True}),
    )
    for position, more in several:
        one = np.ones(len(position))
        yield State(position, np.zeros_like(position), one, one, {"CO": one}, **more)


def boxes(side: int) -> np.ndarray:
    """Centres (cell, 3) [m] of equal boxes."""
    axis = ((np.arange(side) + 0.5) / side * 2 - 1) * 1e14
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)


def rays(state: State) -> Figure:
    """The ways of rays from several directions."""
    start = time.perf_counter()
    tracer = tracer_of(state)
    ready = time.perf_counter() - start
    axis = ((np.arange(SIDE) + 0.5) / SIDE * 2 - 1) * 1e14
    right, up = (grid.ravel() for grid in np.meshgrid(axis, axis))
    times, cells = [], 0
    for view in VIEWS:
        start = time.perf_counter()
        paths = tracer.paths(right, up, view.basis())
        times.append(time.perf_counter() - start)
        cells += int((paths.step > 0).sum())
    return {
        "what": f"{SIDE**2} rays through {state.n_points} {state.geometry}, one direction",
        "unit": "s",
        "ours": round(median(times), 3),
        "cells along a ray": round(cells / len(VIEWS) / right.size, 1),
        "once for all directions [s]": round(ready, 3),
        "goal": "",
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    lamda = options.data / "lamda" / "co.dat"
    figures = [
        cube(options.data / name, units, lamda, options.folder) for name, units in SNAPSHOTS.items()
    ]
    figures += [rays(state) for state in states()]
    store("geometry", "python -m bench.geometry DATA", figures)


if __name__ == "__main__":
    main()
