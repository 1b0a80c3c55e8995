"""How posteriors are held against truths: scores, the truth on a grid, results by parts."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from bench.measure import RESULTS, store
from lineform.cube import View
from lineform.posterior import Field, Posterior
from lineform.state import FloatArray, State

__all__ = ["Figure", "Score", "add", "at", "lineform", "on_cells", "radii", "rows", "scored"]

Figure = dict[str, str | float]
AU = 1.495978707e11

_FINER = 4
"""Places along each side of a cell at which a truth is looked up."""


class Score(NamedTuple):
    """How a field agrees with the truth in some cells.

    Errors, offsets and widths are in dex, or in km/s for velocities; `learned` is the width over
    that of the prior.
    """

    cells: int
    error: float
    offset: float
    width: float
    correlation: float
    within_68: float
    within_95: float
    learned: float

    def __str__(self) -> str:
        return (
            f"rms {self.error:.3f}, offset {self.offset:+.3f}, half width {self.width:.3f},"
            f" correlation {self.correlation:.2f}, {100 * self.within_68:.0f} % in 68 %,"
            f" {100 * self.within_95:.0f} % in 95 %, width over prior {self.learned:.2f}"
        )


def scored(field: Field, truth: FloatArray, where: np.ndarray) -> Score:
    """The score of a field against its truth (x, y, z) [unit of the field] in cells `where`."""
    low, near, median, far, high = (quantile[where] for quantile in field.quantiles)
    true = truth[where]

    def told(values: FloatArray) -> FloatArray:
        return np.log10(values) if field.logarithmic else 1e-3 * values

    apart = told(median) - told(true)
    return Score(
        cells=len(true),
        error=float(np.sqrt(np.mean(apart**2))),
        offset=float(apart.mean()),
        width=float(np.mean(told(far) - told(near)) / 2),
        correlation=float(np.corrcoef(told(median), told(true))[0, 1]),
        within_68=float(np.mean((near <= true) & (true <= far))),
        within_95=float(np.mean((low <= true) & (true <= high))),
        learned=float(np.mean(field.width_ratio[where])),
    )


def rows(
    part: str,
    what: str,
    posterior: Posterior,
    truth: Mapping[str, FloatArray],
    where: np.ndarray,
    goal: str = "95 % in 95 %",
) -> list[Figure]:
    """A figure for each field that has a truth."""
    found: list[Figure] = []
    for field in posterior.fields:
        if field.name in truth:
            score = scored(field, truth[field.name], where)
            found.append(
                {
                    "part": part,
                    "what": f"{what}: {field.name}",
                    "ours": round(score.within_95, 3),
                    "unit": f"of {score.cells} cells within 95 %",
                    "ratio": str(score),
                    "goal": goal,
                }
            )
    return found


def on_cells(state: State, view: View, axis: FloatArray, species: str) -> dict[str, FloatArray]:
    """The gas of a model on the cells of a grid of the sky, (x, y, z) for each field.

    Densities are means over the cell, all else is weighted by density; a place has the gas of
    the nearest point.
    """
    basis, width = view.basis(), axis[1] - axis[0]
    parts = ((np.arange(_FINER) + 0.5) / _FINER - 0.5) * width
    fine = (axis[:, None] + parts).ravel()
    places = np.stack(np.meshgrid(fine, fine, fine, indexing="ij"), -1).reshape(-1, 3)
    nearest = cKDTree(state.position @ basis.T).query(places)[1]
    shape = (len(axis), _FINER) * 3
    density = state.density[species][nearest]

    def mean(values: FloatArray) -> FloatArray:
        return np.asarray(values.reshape(shape).mean(axis=(1, 3, 5)))

    amount = mean(density)
    velocity = (state.velocity @ basis.T)[nearest]
    return {
        f"density_{species}": amount,
        "temperature": mean(density * state.temperature[nearest]) / amount,
        **{
            f"velocity_{name}": mean(density * velocity[:, k]) / amount
            for k, name in enumerate("xyz")
        },
    }


def radii(posterior: Posterior) -> FloatArray:
    """Distances of the cells from the middle of the grid (x, y, z) [au]."""
    mesh = np.meshgrid(*posterior.axes, indexing="ij")
    return np.asarray(np.sqrt(sum(axis**2 for axis in mesh)) / AU)


def lineform(*words: object) -> str:
    """What a command of lineform says."""
    command = [sys.executable, "-c", "from lineform.cli import main; main()", *map(str, words)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def add(name: str, part: str, command: str, figures: Sequence[Figure]) -> None:
    """Put the figures of one part into results that keep those of the others."""
    path = RESULTS / f"{name}.json"
    kept = json.loads(path.read_text())["figures"] if path.is_file() else []
    others = [figure for figure in kept if figure["part"] != part]
    store(name, command, sorted([*others, *figures], key=lambda figure: str(figure["part"])))


def at(folder: Path, name: str) -> Path:
    """A file of a folder that is made if it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name
