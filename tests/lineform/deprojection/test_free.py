"""Free-form winds: the law in the middle, the stated spread about it, derivatives."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.families import Request, make_model  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402
from lineform.deprojection.free import free_model  # noqa: E402
from lineform.deprojection.priors import Fixed, LogNormal, Normal  # noqa: E402
from lineform.errors import ConfigError  # noqa: E402
from lineform.func.wind import beta_law, hydrogen_density  # noqa: E402
from lineform.units import factor  # noqa: E402

AU = factor("au")
GRID = Grid(8, 1000 * AU)
SPECIES = {"CO": 3e-4, "SiO": None}
FRAME = Frame(200.0, systemic_velocity=Normal(-20.0, 5.0))


@pytest.fixture(scope="module")
def model():
    return free_model(GRID, SPECIES, FRAME)


def drawn(model, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(model.size, generator=generator, dtype=torch.float64).to(dtype)


def test_the_middle_of_the_prior_is_the_radial_law(model):
    gas = model.gas(torch.zeros(model.size, dtype=torch.float64))
    place = GRID.position(gas.temperature)
    radius = place.norm(dim=0)
    speed = beta_law(radius, 1.5 * AU, 3e3, 10e3, 1.0)
    rate = 1e-6 * factor("solMass") / factor("yr")
    hydrogen = hydrogen_density(rate, 1.0, radius, speed)
    np.testing.assert_allclose(gas.density["CO"].exp(), 3e-4 * hydrogen, rtol=1e-3)
    np.testing.assert_allclose(gas.velocity, speed * place / radius, rtol=1e-3)
    law = 2300 * (radius / (1.5 * AU)) ** -0.65
    np.testing.assert_allclose(gas.temperature.exp(), law, rtol=1e-2)
    assert gas.systemic == pytest.approx(-20e3)
    assert gas.turbulence.exp().unique() == pytest.approx(1e3)


def test_two_molecules_share_all_but_their_abundance(model):
    gas = model.gas(drawn(model, 1))
    ratio = gas.density["CO"] - gas.density["SiO"]
    assert ratio.max() - ratio.min() < 1e-12
    assert ratio.mean() == pytest.approx(math.log(3e-4 / 3e-5))


def test_draws_have_the_stated_spread_about_the_law(model):
    gases = [model.gas(drawn(model, seed)) for seed in range(30)]
    speed = torch.stack([gas.velocity.norm(dim=0).log() for gas in gases])
    assert speed.std(0).mean() == pytest.approx(0.6, abs=0.15)
    density = torch.stack([gas.density["CO"] for gas in gases])
    # Less what all cells of a wind have in common, the mass-loss rate and the speed.
    structure = (density - density.mean((1, 2, 3), keepdim=True)).std(0).mean()
    assert structure == pytest.approx(math.hypot(0.6, 0.2 * 3**0.5, 0.4), rel=0.2)


def test_gas_is_differentiable_both_ways(model):
    latent, step = drawn(model, 2), drawn(model, 3)

    def seen(latent):
        gas = model.gas(latent)
        return torch.stack(
            [gas.density["CO"], gas.temperature, gas.velocity[2] / 1e3, gas.turbulence]
        )

    value, forth = torch.func.jvp(seen, (latent,), (step,))
    weight = torch.sin(torch.arange(value.numel(), dtype=torch.float64)).reshape(value.shape)
    _, back = torch.func.vjp(seen, latent)
    assert (forth * weight).sum() == pytest.approx(float(back(weight)[0] @ step))
    tiny = 1e-6
    difference = (seen(latent + tiny * step) - seen(latent - tiny * step)) / (2 * tiny)
    assert torch.allclose(forth, difference, atol=1e-6)


def test_single_precision_agrees(model):
    exact, single = model.gas(drawn(model, 4)), model.gas(drawn(model, 4, torch.float32))
    assert single.velocity.dtype == torch.float32
    assert (single.density["CO"] - exact.density["CO"]).abs().max() < 1e-4
    assert (single.velocity - exact.velocity).abs().max() < 1.0


def test_a_latent_vector_is_the_same_wind_on_a_finer_grid(model):
    finer = free_model(Grid(24, GRID.side), SPECIES, FRAME)
    assert finer.size == model.size
    coarse, fine = model.gas(drawn(model, 5)), finer.gas(drawn(model, 5))
    assert torch.allclose(coarse.temperature, fine.temperature[1::3, 1::3, 1::3], atol=1e-9)


def test_front_and_back_are_told_apart_by_the_flow(model):
    assert model.mirrors(drawn(model, 6)) == []


def with_options(**options):
    return free_model(GRID, SPECIES, FRAME, options=options)


def test_velocity_may_leave_the_radius():
    model = with_options(velocity="vector")
    gas = model.gas(drawn(model, 7))
    place = GRID.position(gas.temperature)
    outwards = (gas.velocity * place).sum(0) * place / (place**2).sum(0)
    across = (gas.velocity - outwards).norm(dim=0) / gas.velocity.norm(dim=0)
    assert 0.05 < across.median() < 0.6


def test_turbulence_and_abundances_may_vary():
    model = with_options(turbulence="field", abundance="field")
    gas = model.gas(drawn(model, 8))
    assert 0.1 < gas.turbulence.std() < 0.6
    assert (gas.density["CO"] - gas.density["SiO"]).std() > 0.1


def test_a_wind_may_end_at_the_sphere_that_fits_the_grid():
    model = with_options(edge="sphere")
    gas = model.gas(drawn(model, 9))
    outside = GRID.position(gas.temperature).norm(dim=0) > GRID.side / 2
    assert torch.allclose(gas.density["CO"][outside].exp(), torch.tensor(3e-4 * 1e5).double())
    assert gas.density["CO"][~outside].exp().min() > 30


def test_a_steady_flow_may_be_preferred():
    model = free_model(Grid(12, GRID.side), SPECIES, FRAME, options={"hydrodynamics": "steady"})
    smooth, rough = torch.zeros(model.size, dtype=torch.float64), drawn(model, 10)
    weak, strong = (model.residual(model.gas(latent)) for latent in (smooth, rough))
    assert weak @ weak < 5 < 300 < strong @ strong
    assert with_options().residual(model.gas(rough)).shape == (0,)


@pytest.mark.parametrize(
    ("options", "seen"), [({"velocity": "axial"}, "axial"), ({"winding": "left"}, "winding")]
)
def test_options_that_do_not_exist_are_errors(options, seen):
    with pytest.raises(ConfigError, match=seen):
        with_options(**options)


def test_numbers_that_are_not_fixed_are_quantities(model):
    names = [quantity.name for quantity in model.quantities]
    assert "mass_loss_rate" in names
    assert "density_arcs_6" not in names
    values = dict(zip(names, model.numbers(torch.zeros(model.size)).tolist(), strict=True))
    assert values["mass_loss_rate"] == pytest.approx(1e-6)
    assert values["systemic_velocity"] == pytest.approx(-20)


def test_deviations_can_be_learned():
    learned = {"density_arcs_6": LogNormal(0.5, 1.5), "stellar_temperature": Fixed(2500.0)}
    model = make_model(Request("free", GRID, {"CO": None}, FRAME, learned))
    names = [quantity.name for quantity in model.quantities]
    assert "density_arcs_6" in names
    assert "stellar_temperature" not in names
    assert model.settings()["density_arcs_6"] == "log-normal 0.5 1.5"


def test_deviations_are_learned_by_methods_that_sample_the_whole_posterior():
    model = make_model(Request("free", GRID, {"CO": None}, FRAME, sampled=True))
    told = [quantity.name for quantity in model.quantities]
    assert {"density_arcs_6", "temperature_clumps_8", "speed_clumps_16"} <= set(told)
    assert "density_curve" not in told
    assert model.settings()["speed_arcs_16"] == "log-normal 0.025 2"
    fixed = Request(
        "free", GRID, {"CO": None}, FRAME, options={"deviations": "fixed"}, sampled=True
    )
    assert "density_arcs_6" not in [quantity.name for quantity in make_model(fixed).quantities]


def test_an_unknown_number_is_an_error():
    with pytest.raises(ConfigError, match="density_lobes"):
        free_model(GRID, SPECIES, FRAME, {"density_lobes": Fixed(1.0)})
