"""Compile the kernels once, ahead of tests in several processes: python -m tests.kernels."""

from dataclasses import replace
from functools import partial

import numpy as np

from lineform.cube import View
from lineform.species import linear_rotor
from lineform.synthesis import fast
from lineform.synthesis.base import Scene
from lineform.synthesis.columns import Columns
from lineform.synthesis.gradient import gradient
from tests.lineform.gas import AU, grid_state

MOLECULE = linear_rotor("CO", levels=20)
LINE = MOLECULE.line("1-0")
OFFSETS, VELOCITY = AU * np.array([-50.0, 50.0]), 1e3 * np.arange(3.0)


def compile_images(real: type[np.floating]) -> None:
    """Those of images of any gas, and of their gradients, in numbers of one width."""
    scene = Scene(grid_state(2), {MOLECULE: [LINE]}, [View(30.0, 0.0)], OFFSETS, VELOCITY)
    engine = replace(fast.ENGINE, tracer=partial(fast.tracer, real=real), real=real)
    list(engine.cubes(scene))
    gradient(scene, [np.zeros((3, 2, 2))], real)


def compile_columns(real: type[np.floating]) -> None:
    """Those of images along the axis of a grid, and of their derivatives."""
    columns = Columns(2, 200 * AU, [(MOLECULE, LINE)], OFFSETS, VELOCITY, 2.7)
    fields = np.ones((4, 2, 2, 2), real)
    seed = columns.cubes(fields)
    columns.adjoint(fields, seed)
    columns.tangent(fields, fields)


if __name__ == "__main__":
    for width in (np.float32, np.float64):
        compile_images(width)
        compile_columns(width)
