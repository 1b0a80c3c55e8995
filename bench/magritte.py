"""Magritte beside us: the same models, lines, pixels and channels, and time from dump to cube.

Usage: ``python -m bench.magritte --data ../shared/data [--rounds 3] [--folder build/bench]``

It needs an installed Magritte, which is built from its source, and a folder with images that
Magritte 0.9.3 made (``magritte``), a Phantom dump of a wind (``phantom/synthetic_wind_00100``) and
CO from LAMDA (``lamda/co.dat``).

Differences are relative to Magritte, where it is brighter than 1e-3 of its peak. They are given
for our engine, and for our transfer of light along Magritte's own way from point to point. Both
codes are also compared with the exact image, where the gas is known everywhere, and with linear
interpolation between the points of the dump.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.magritte_images import BACKGROUND, Differences, differences, exact, image, model
from bench.measure import in_turns, store
from bench.ways import Interpolation, Sight, Walk, intensity
from lineform.convert import convert
from lineform.cube import View
from lineform.errors import LineformError
from lineform.models import load_model
from lineform.readers.lamda import read_lamda
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.base import Engine, Scene, Tracer
from lineform.synthesis.engines import engine_named
from lineform.synthesis.rays import tracer_of

DIRECTIONS = ((0.6, 0.0, 0.8), (0.3, -0.5, 0.4))
PIXELS, CHANNELS, FASTEST = 96, 61, 3e4
SIDES = (16, 32)
WAY = "on Magritte's way"

Figure = dict[str, str | float]


@dataclass(frozen=True)
class Seen:
    """A model, a line, and the rays along which it is seen."""

    state: State
    molecule: Molecule
    line: Line
    sight: Sight

    def along(self, tracer: Tracer, *, logarithms: bool, background: float) -> FloatArray:
        """Excess over the background (channel, ray)."""
        parts = (self.state, self.molecule, self.line, tracer, self.sight, background)
        return intensity(*parts, logarithms=logarithms)


def stored(data: Path) -> list[Figure]:
    """Rows: the images that were made with Magritte."""
    co = read_lamda(data / "lamda" / "co.dat")
    line = co.line("2-1")
    figures = []
    for side in SIDES:
        state = model(data / "magritte", side)
        for number, direction in enumerate(("along z", "oblique")):
            made = image(data / "magritte", side, number, line)
            seen = Seen(state, co, line, made.sight)
            own = seen.along(tracer_of(state), logarithms=True, background=BACKGROUND)
            same = seen.along(Walk(state), logarithms=False, background=BACKGROUND)
            velocity = made.sight.velocity
            both = [differences(cube, made.excess, velocity) for cube in (own, same)]
            what = f"CO 2-1 of a wind in {side}^3 points, {direction}"
            figures += rows(what, *both)
            truth = exact(side, co, line, made.sight)
            true = [differences(cube, truth, velocity) for cube in (own, made.excess)]
            figures.append(from_truth(f"{what}: median of the pixels from the exact image", *true))
    return figures


def rows(what: str, own: Differences, same: Differences) -> list[Figure]:
    """Differences from Magritte: pixels, the spectrum, and the maps of moments."""
    return [
        {
            "what": f"{what}: median of the pixels",
            "unit": "%",
            "ours": percent(own.median),
            WAY: percent(same.median),
            "largest": percent(own.most),
            f"largest {WAY}": percent(same.most),
            "goal": "<= 3",
        },
        {
            "what": f"{what}: largest of the spectrum",
            "unit": "%",
            "ours": percent(own.spectrum),
            WAY: percent(same.spectrum),
            "all light": percent(own.flux),
            f"all light {WAY}": percent(same.flux),
            "goal": "<= 2",
        },
        {
            "what": f"{what}: median of moment 1",
            "unit": "m/s",
            "ours": round(own.moment1, 1),
            WAY: round(same.moment1, 1),
            "moment 0 [%]": percent(own.moment0),
            f"moment 0 {WAY} [%]": percent(same.moment0),
            "moment 2 [m/s]": round(own.moment2, 1),
            f"moment 2 {WAY} [m/s]": round(same.moment2, 1),
        },
    ]


def from_truth(what: str, ours: Differences, theirs: Differences) -> Figure:
    """Both codes beside what neither of them computes."""
    return {
        "what": what,
        "unit": "%",
        "ours": percent(ours.median),
        "Magritte": percent(theirs.median),
        "all light": percent(ours.flux),
        "all light, Magritte": percent(theirs.flux),
        "ratio": f"{ours.median / theirs.median:.2f} of Magritte",
    }


def percent(part: float) -> float:
    return float(f"{100 * part:.3g}")


def converted(data: Path, folder: Path) -> State:
    """The gas of the dump, through a model file."""
    path = folder / "wind.h5"
    convert(data / "phantom" / "synthetic_wind_00100", path)
    return load_model(path)[1]


def scene_of(state: State, co: Molecule) -> Scene:
    """CO 3-2 from two sides."""
    edge = float(np.abs(state.position).max())
    offsets = ((np.arange(PIXELS) + 0.5) / PIXELS * 2 - 1) * edge
    velocity = np.linspace(-FASTEST, FASTEST, CHANNELS)
    views = [View.towards(direction) for direction in DIRECTIONS]
    return Scene(state, {co: [co.line("3-2")]}, views, offsets, velocity)


def live(data: Path, folder: Path, co: Molecule) -> list[Figure]:
    """Rows: a dump that Magritte has never seen."""
    scene = scene_of(converted(data, folder), co)
    ours, theirs = (list(engine_named(name).cubes(scene)) for name in ("auto", "magritte"))
    right, up = np.meshgrid(scene.offsets, scene.offsets)
    figures = []
    for number, view in enumerate(scene.views):
        sight = Sight(right.ravel(), up.ravel(), view.basis(), scene.velocity)
        seen = Seen(scene.state, co, co.line("3-2"), sight)
        walked = seen.along(Walk(scene.state), logarithms=False, background=scene.background)
        smooth = seen.along(
            Interpolation(scene.state), logarithms=True, background=scene.background
        )
        own, same, of_us, of_them = (
            differences(one.reshape(CHANNELS, -1), two.reshape(CHANNELS, -1), scene.velocity)
            for one, two in (
                (ours[number], theirs[number]),
                (walked, theirs[number]),
                (ours[number], smooth),
                (theirs[number], smooth),
            )
        )
        direction = ",".join(f"{x:g}" for x in DIRECTIONS[number])
        what = f"CO 3-2 of 20,000 particles of Phantom from {direction}"
        figures += rows(what, own, same)
        what += ": median of the pixels from linear interpolation"
        figures.append(from_truth(what, of_us, of_them))
    return figures


def times(data: Path, folder: Path, co: Molecule, rounds: int) -> Figure:
    """One row: from the dump to two cubes."""

    def way(engine: Engine) -> Callable[[], object]:
        return lambda: list(engine.cubes(scene_of(converted(data, folder), co)))

    seconds = in_turns(
        {name: way(engine_named(name)) for name in ("auto", "array", "magritte")}, rounds
    )
    return {
        "what": f"Phantom dump to two cubes, {PIXELS}^2 pixels, {CHANNELS} channels",
        "unit": "s",
        "ours": round(seconds["auto"], 2),
        "ours, plain engine": round(seconds["array"], 2),
        "Magritte": round(seconds["magritte"], 2),
        "ratio": f"{seconds['auto'] / seconds['magritte']:.2f} of Magritte",
        "goal": "<= 5",
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    try:
        version = engine_named("magritte").version()
        co = read_lamda(options.data / "lamda" / "co.dat")
        figures = [
            *stored(options.data),
            *live(options.data, options.folder, co),
            times(options.data, options.folder, co, options.rounds),
        ]
    except (LineformError, FileNotFoundError) as error:
        sys.exit(f"bench.magritte: {error}")
    figures[0]["Magritte's version"] = version
    store("magritte", f"python -m bench.magritte --rounds {options.rounds}", figures)


if __name__ == "__main__":
    main()
