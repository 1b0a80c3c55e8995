"""A small clumpy wind on a grid, as tensors and as a state, for tests of the forward model."""

import numpy as np
import torch

from lineform.deprojection.base import Gas, Grid
from lineform.species import linear_rotor
from lineform.state import State
from tests.lineform.gas import AU

CO, SIO = linear_rotor("CO", levels=20), linear_rotor("SiO", levels=20)
LINES = [(CO, CO.line("2-1")), (SIO, SIO.line("5-4")), (CO, CO.line("3-2"))]
"""Two molecules, and two lines of one of them that do not follow each other."""

GRID = Grid(7, 400 * AU)
OFFSETS = np.linspace(-190, 170, 6) * AU
"""Neither on the points nor symmetric; the first is beside the outermost point."""

VELOCITY = np.linspace(-19e3, 21e3, 15)
BACKGROUND = 2.725


def clumpy_wind(grid=GRID, real=torch.float64, names=("CO", "SiO"), seed=1):
    """Gas that flows outwards, with random clumps."""
    random = np.random.default_rng(seed)
    position = grid.position(torch.zeros(1, dtype=torch.float64)).numpy()
    radius = np.sqrt((position**2).sum(axis=0) + grid.width**2)
    shape = radius.shape
    outwards = 14e3 * (1 - 0.3 * np.exp(-4 * radius / grid.side)) * position / radius
    density = {
        name: np.log(10.0**power * (radius / 3e12) ** -2) + random.normal(0, 0.3, shape)
        for name, power in zip(names, (10.3, 9.0), strict=False)
    }
    fields = (
        np.log(600 * (radius / 3e12) ** -0.6) + random.normal(0, 0.1, shape),
        outwards + random.normal(0, 300, position.shape),
        np.log(1500.0) + random.normal(0, 0.1, shape),
        1.3e3,
        1.1,
    )
    return Gas(
        {name: torch.tensor(each, dtype=real) for name, each in density.items()},
        *(torch.tensor(each, dtype=real) for each in fields),
    )


def as_state(gas, grid=GRID):
    """The same gas for the engines of the synthesis: the star stands still, at the origin."""
    velocity = gas.velocity.double().numpy().reshape(3, -1).T.copy()
    velocity[:, 2] -= float(gas.systemic)

    def flat(field):
        return field.double().exp().numpy().ravel()

    return State(
        position=grid.position(torch.zeros(1, dtype=torch.float64)).numpy().reshape(3, -1).T,
        velocity=velocity,
        temperature=flat(gas.temperature),
        turbulence=flat(gas.turbulence),
        density={name: flat(each) * float(gas.scale) for name, each in gas.density.items()},
        axes=(grid.axis,) * 3,
    )
