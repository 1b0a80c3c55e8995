"""A thin line of gas whose speed and temperature are known: its posterior can be written down."""

import math
from typing import NamedTuple

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.constants import CMB_TEMPERATURE  # noqa: E402
from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.forward import forward_of  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402
from lineform.deprojection.free import free_model  # noqa: E402
from lineform.deprojection.freepriors import ARCS, CLUMPS  # noqa: E402
from lineform.deprojection.instrument import problem_of  # noqa: E402
from lineform.deprojection.priors import Fixed  # noqa: E402
from lineform.func.radiation import brightness_temperature  # noqa: E402
from lineform.inference._lean import Cloud  # noqa: E402
from lineform.inference.base import Settings, Watch  # noqa: E402
from lineform.inference.maximum import INFERENCE  # noqa: E402
from lineform.measurement import Measurement  # noqa: E402
from lineform.species import linear_rotor  # noqa: E402
from tests.lineform.gas import AU  # noqa: E402

GRID = Grid(4, 1000 * AU)
CO = linear_rotor("CO", levels=10)
LINE = CO.line("2-1")
VELOCITY = np.linspace(-11.0, 11.0, 5)
DISTANCE = 100.0
SPREAD = 0.004
"""Of the curve, all arcs, and each kind of clumps: so little that the cube is linear in it."""
SPREADS = {
    "curve": SPREAD,
    **{f"arcs_{scale}": SPREAD / math.sqrt(len(ARCS)) for scale in ARCS},
    **{f"clumps_{scale}": SPREAD for scale in CLUMPS},
}
NOISE = 0.002
"""Over the peak of the cube."""

KNOWN = {
    "mass_loss_rate": 1e-12,
    "initial_velocity": 3.0,
    "terminal_velocity": 10.0,
    "acceleration_exponent": 1.0,
    "stellar_temperature": 2300.0,
    "temperature_exponent": 0.65,
    "turbulent_velocity": 2.0,
    **{f"{name}_{kind}": 0.0 for name in ("temperature", "speed") for kind in SPREADS},
    **{f"density_{kind}": spread for kind, spread in SPREADS.items()},
}


class Exact(NamedTuple):
    """Normal posterior of the changes d = B latent of ln density; residual = r + K d."""

    density: torch.Tensor
    """B (cell, latent)."""
    response: torch.Tensor
    """K (residual, cell)."""
    residual: torch.Tensor
    """r (residual,)"""

    @property
    def gain(self) -> torch.Tensor:
        """C K^T (K C K^T + 1)^-1 (cell, residual), C = B B^T: what of a residual is the gas."""
        prior = self.density @ self.density.T
        seen = self.response @ prior @ self.response.T
        return prior @ self.response.T @ torch.linalg.inv(seen + torch.eye(len(seen)))

    @property
    def covariance(self) -> torch.Tensor:
        """(cell, cell)"""
        prior = self.density @ self.density.T
        return prior - self.gain @ self.response @ prior


@pytest.fixture(scope="module")
def problem():
    """The line of a draw from the prior, with noise; nothing but the density is free."""
    known = {name: Fixed(value) for name, value in KNOWN.items()}
    model = free_model(GRID, {"CO": 3e-4}, Frame(DISTANCE), known)
    generator = torch.Generator().manual_seed(4)
    gas = model.gas(torch.randn(model.size, generator=generator, dtype=torch.float64))
    forward = forward_of(GRID, [(CO, LINE)], GRID.axis, 1e3 * VELOCITY, CMB_TEMPERATURE)
    cube = forward(gas)[0].numpy()
    rms = cube.max() * NOISE
    noisy = cube + rms * np.random.default_rng(5).standard_normal(cube.shape)
    kelvin = float(brightness_temperature(1.0, LINE.frequency))
    angle = GRID.axis / AU / DISTANCE
    measurement = Measurement(
        line=LINE,
        velocity=VELOCITY,
        channel=float(VELOCITY[1] - VELOCITY[0]),
        x=angle,
        y=angle,
        intensity=noisy / kelvin,
        rms=np.asarray(rms / kelvin),
    )
    return problem_of(model, [(measurement, CO)], DISTANCE, dtype=torch.float64)


@pytest.fixture(scope="module")
def exact(problem):
    """From differences of cubes, one cell denser after the other."""
    latent = problem.origin().requires_grad_()
    gas = problem.model.gas(latent)
    density = gas.density["CO"]
    rows = [torch.autograd.grad(c, latent, retain_graph=True)[0] for c in density.flatten()]
    part, step = problem.parts[0], 1e-3

    def seen(change):
        denser = {"CO": density.detach() + step * change.reshape(density.shape)}
        return part.likelihood.residual(part.telescope(gas._replace(density=denser))).detach()

    cells = torch.eye(density.numel(), dtype=torch.float64)
    columns = [(seen(cell) - seen(-cell)) / (2 * step) for cell in cells]
    return Exact(torch.stack(rows), torch.stack(columns, 1), seen(torch.zeros_like(cells[0])))


def test_it_is_thin_and_says_something(problem, exact):
    """Twice the density is twice as bright; widths lie well below those of the prior."""
    gas = problem.model.gas(problem.origin())
    double = gas._replace(density={"CO": gas.density["CO"] + np.log(2)})
    telescope = problem.parts[0].telescope
    np.testing.assert_allclose(telescope(double), 2 * telescope(gas), rtol=1e-3, atol=1e-9)
    before = (exact.density**2).sum(1)
    assert (exact.covariance.diagonal() / before).sqrt().min() < 0.6


def test_the_maximum_is_the_exact_mean(problem, exact):
    draws = INFERENCE.draws(problem, problem.origin(), Settings(), Watch())
    apart = exact.density @ draws.latent[0] + exact.gain @ exact.residual
    assert (apart / exact.covariance.diagonal().sqrt()).abs().max() < 0.02


def test_samples_have_the_exact_variance(problem, exact):
    """Each is what follows from its random numbers, by Matheron's rule, so that all are."""
    draws = Cloud(problem, problem.origin()).pair(3, bent=True)
    generator = torch.Generator().manual_seed(3)
    one = torch.randn(len(exact.residual), generator=generator, dtype=torch.float64)
    other = torch.randn(problem.size, generator=generator, dtype=torch.float64)
    before = exact.density @ other
    sample = before + exact.gain @ (one - exact.response @ before)
    apart = draws.offsets @ exact.density.T - torch.stack([sample, -sample])
    assert (apart / exact.covariance.diagonal().sqrt()).pow(2).mean().sqrt() < 0.02
