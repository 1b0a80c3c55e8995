"""A steady flow has no residuals, whether it turns or not; the prior is as strong on all grids."""

import math

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.base import Gas, Grid  # noqa: E402
from lineform.deprojection.hydrodynamics import SteadyFlow  # noqa: E402
from lineform.errors import ConfigError  # noqa: E402
from lineform.units import factor  # noqa: E402

AU = factor("au")
SIDE = 1000 * AU
SPACING = 400 * AU
SPEED = 12e3


def flow(cells, contrast=0.0, winding=1.0, rotation=0.0, star=(0.0, 0.0, 0.0)):
    """A wind with an arm that winds outwards at constant speed, and its mass flux."""
    grid = Grid(cells, SIDE)
    zero = torch.zeros((), dtype=torch.float64)
    centre = torch.tensor(star, dtype=torch.float64)
    x, y, z = place = grid.position(zero) - centre[:, None, None, None]
    radius = place.norm(dim=0)
    phase = 2 * math.pi * radius / SPACING - winding * torch.atan2(y, x)
    arm = 1 + contrast * torch.cos(phase) * (x**2 + y**2) / radius**2
    around = torch.stack([-y, x, 0 * z]) / radius
    hydrogen = math.log(1e12) - 2 * torch.log(radius / AU) + torch.log(arm)
    return grid, Gas(
        density={"CO": hydrogen + math.log(3e-4)},
        temperature=torch.full_like(radius, math.log(20.0)),
        velocity=SPEED * place / radius + rotation * around * (100 * AU / radius),
        turbulence=torch.zeros_like(radius),
        systemic=zero,
        scale=zero + 1,
        hydrogen=hydrogen,
        star=centre,
    )


def size(grid, gas, **widths):
    residual = SteadyFlow(grid, **widths)(gas)
    return float(residual @ residual)


def typical(cells):
    """Root mean square of the residuals of the conservation of mass."""
    grid, gas = flow(cells)
    residual = SteadyFlow(grid)(gas)[:-3] / math.sqrt(SteadyFlow(grid).share)
    return float(residual[: len(residual) // 5].square().mean().sqrt())


def test_a_steady_wind_has_no_residual_to_fourth_order():
    coarse, fine = typical(16), typical(32)
    assert coarse < 0.02
    assert fine < coarse / 12


def test_an_arm_that_turns_as_it_flows_is_steady():
    """The turning that makes it so is that of the companion, speed over spacing."""
    grid, gas = flow(24, contrast=0.3)
    turning = SteadyFlow(grid)(gas)[-3:] * 100
    expected = -2 * math.pi * SPEED / SPACING / (1e4 / SIDE)
    assert turning[:2].abs().max() < 1e-6
    assert turning[2] == pytest.approx(expected, rel=0.03)
    assert size(grid, gas) < 3


def test_arcs_that_do_not_turn_are_not():
    """Shells, thrown off one after the other."""
    grid, gas = flow(24, contrast=0.3, winding=0.0)
    assert size(grid, gas) > 100


def test_acceleration_across_the_radius_counts():
    grid, still = flow(16)
    _, turned = flow(16, rotation=3e3)
    place = grid.position(still.temperature)
    bent = turned._replace(velocity=still.velocity * (1 + 0.5 * torch.sin(place[0] / (50 * AU))))
    assert size(grid, turned) < 3 * size(grid, still) + 1
    assert size(grid, bent) > 30


def test_the_wind_flows_from_where_the_star_is():
    beside = (60 * AU, -40 * AU, 0.0)
    grid, gas = flow(24, contrast=0.3, star=beside)
    assert size(grid, gas) < 3
    assert size(grid, gas._replace(star=torch.zeros(3, dtype=torch.float64))) > 10


def test_the_star_has_derivatives_where_a_cell_lies_on_it():
    grid, gas = flow(9, contrast=0.3, star=(AU, AU, AU))

    def total(star):
        return SteadyFlow(grid)(gas._replace(star=star)).sum()

    found = torch.func.grad(total)(torch.zeros(3, dtype=torch.float64))
    assert torch.isfinite(found).all()


def test_molecules_that_vary_do_not_break_the_conservation_of_mass():
    grid, gas = flow(16)
    clumps = torch.rand(gas.temperature.shape, generator=torch.Generator().manual_seed(1))
    spotted = gas._replace(density={"CO": gas.density["CO"] + clumps})
    assert torch.equal(SteadyFlow(grid)(spotted), SteadyFlow(grid)(gas))
    with pytest.raises(ConfigError, match="density of H2: expected that of each cell, got none"):
        SteadyFlow(grid)(gas._replace(hydrogen=torch.empty(0)))


def test_the_prior_is_as_strong_on_all_grids():
    coarse, fine = (size(*flow(cells, contrast=0.3, winding=0.0)) for cells in (20, 40))
    # Eight times as many cells; what lies at the edges is not quite like what stands for it.
    assert coarse == pytest.approx(fine, rel=0.3)


def test_broader_widths_are_weaker():
    grid, gas = flow(12, contrast=0.3, winding=0.0)
    assert size(grid, gas, continuity=3.0) < 0.5 * size(grid, gas)


def test_transposed_and_forward_derivatives_agree():
    grid, gas = flow(8, contrast=0.3)
    start = torch.stack([gas.hydrogen, gas.temperature, *gas.velocity / SPEED])
    generator = torch.Generator().manual_seed(1)
    step = torch.randn(start.shape, generator=generator, dtype=torch.float64)

    def residual(fields):
        changed = gas._replace(
            hydrogen=fields[0], temperature=fields[1], velocity=SPEED * fields[2:]
        )
        return SteadyFlow(grid)(changed)

    value, forth = torch.func.jvp(residual, (start,), (step,))
    weight = torch.sin(torch.arange(len(value), dtype=torch.float64))
    _, back = torch.func.vjp(residual, start)
    assert forth @ weight == pytest.approx(float((back(weight)[0] * step).sum()))
    tiny = 1e-6
    difference = (residual(start + tiny * step) - residual(start - tiny * step)) / (2 * tiny)
    assert torch.allclose(forth, difference, atol=1e-6)


def test_single_precision():
    grid, gas = flow(10, contrast=0.3)
    single = Gas({"CO": gas.density["CO"].float()}, *(each.float() for each in gas[1:]))
    assert torch.allclose(SteadyFlow(grid)(single).double(), SteadyFlow(grid)(gas), atol=2e-3)
