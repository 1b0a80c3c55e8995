"""Parametric winds are those of the store, turned, and have right derivatives everywhere."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from lineform.cube import View
from lineform.errors import ConfigError
from lineform.func import brightness_temperature
from lineform.species import linear_rotor
from lineform.survey import draw_winds
from lineform.synthesis import fast
from lineform.synthesis.base import Scene
from lineform.winds import wind_on_grid
from tests.lineform.gas import AU

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("numba", reason="the compiled engine needs Numba")

from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.families import Request, make_model  # noqa: E402
from lineform.deprojection.forward import forward_of  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402
from lineform.deprojection.parametric import parametric_model  # noqa: E402
from lineform.deprojection.priors import Fixed, LogNormal, Normal, Uniform  # noqa: E402
from lineform.deprojection.windpriors import MODELS  # noqa: E402

CO = linear_rotor("CO", levels=20)
LINE = CO.line("2-1")
VELOCITY = np.linspace(-20e3, 20e3, 12)
WINDS = {str(wind["morphology"]): wind for wind in draw_winds(4, seed=3)}
DOUBLE = replace(fast.ENGINE, tracer=partial(fast.tracer, real=np.float64), real=np.float64)
FRAME = Frame(100.0, LogNormal(100.0, 1.2), Normal(0.0, 2.0), Normal(0.0, 0.05), Normal(0.0, 0.05))
ROTATING = {"rotation_velocity": Uniform(0.0, 20.0), "rotation_exponent": Fixed(0.5)}


def _model(shape, cells=6, side=400 * AU, frame=FRAME, **priors):
    return parametric_model(shape, Grid(cells, side), {"CO": None, "SiO": None}, frame, priors)


def _known(wind, view, position_angle=0.0, cells=8):
    """The model of a wind of which all is known, seen from a direction."""
    shape = str(wind["morphology"])
    values = wind | {"inclination": view.inclination, "position_angle": position_angle}
    values |= {"arm_phase": 270.0 - view.azimuth}
    priors = {name: Fixed(values[name]) for name in MODELS[shape] if name in values}
    grid = Grid(cells, 2 * wind["outer_radius"] * AU)
    species = {"CO": wind["co_abundance"], "SiO": wind["sio_abundance"]}
    return parametric_model(shape, grid, species, Frame(100.0), priors)


def _offsets(wind):
    return np.array([-0.62, -0.31, 0.07, 0.33, 0.66]) * wind["outer_radius"] * AU


def _cube(model, offsets, latent=None):
    latent = torch.zeros(0, dtype=torch.float64) if latent is None else latent
    forward = forward_of(model.grid, [(CO, LINE)], offsets, VELOCITY, 2.725)
    return forward(model.gas(latent))[0].numpy()


def _mismatch(wind, view, cells):
    """Largest difference of the images of a turned grid and of a turned wind, over the peak."""
    scene = Scene(
        wind_on_grid(wind, cells),
        {CO: [LINE]},
        [view],
        _offsets(wind),
        VELOCITY,
        interpolation="log",
    )
    (intensity,) = DOUBLE.cubes(scene)
    expected = brightness_temperature(intensity, LINE.frequency)
    ours = _cube(_known(wind, view, cells=cells), _offsets(wind))
    return np.abs(ours - expected).max() / expected.max()


@pytest.mark.parametrize("wind", WINDS.values(), ids=WINDS)
def test_along_the_axis_the_gas_is_that_of_the_store(wind):
    state = wind_on_grid(wind, 8)
    gas = _known(wind, View(0.0, 270.0)).gas(torch.zeros(0, dtype=torch.float64))
    for name in ("CO", "SiO"):
        density = np.where(state.density["H2"] > 1.5e5, state.density[name], np.nan)
        ours = np.where(np.isfinite(density), gas.density[name].exp().numpy().ravel(), np.nan)
        np.testing.assert_allclose(ours, density, rtol=1e-11)
    velocity = gas.velocity.numpy().reshape(3, -1).T
    np.testing.assert_allclose(velocity, state.velocity, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(gas.temperature.exp().numpy().ravel(), state.temperature)
    np.testing.assert_allclose(gas.turbulence.exp().numpy().ravel(), state.turbulence)


@pytest.mark.parametrize("wind", WINDS.values(), ids=WINDS)
@pytest.mark.parametrize("view", [View(0, 0), View(90, 0), View(90, 270), View(180, 90)], ids=str)
def test_where_cells_fall_on_cells_images_are_those_of_the_view(wind, view):
    assert _mismatch(wind, view, 8) < 1e-12


@pytest.mark.parametrize("view", [View(35, 20), View(120, 100)], ids=str)
def test_from_all_sides_images_converge_to_those_of_the_view(view):
    errors = [_mismatch(WINDS["spiral"], view, cells) for cells in (12, 32)]
    assert errors[1] < min(errors[0] / 2, 0.12)


def test_a_position_angle_of_90_degrees_turns_the_image_from_up_to_the_left():
    wind, view = WINDS["spiral"], View(50.0, 200.0)
    offsets = np.linspace(-0.6, 0.6, 6) * wind["outer_radius"] * AU
    upright, turned = (_cube(_known(wind, view, angle), offsets) for angle in (0.0, 90.0))
    # What was at (y, -x) is at (x, y).
    expected = upright[:, ::-1].swapaxes(1, 2)
    assert np.abs(upright - turned).max() > 0.1 * upright.max()
    np.testing.assert_allclose(turned, expected, atol=1e-12 * upright.max())


def test_the_axis_of_lobes_lies_at_the_position_angle():
    bipolar = _known(WINDS["bipolar"], View(60.0, 0.0), 45.0, cells=16)
    speed = bipolar.gas(torch.zeros(0, dtype=torch.float64)).velocity.norm(dim=0)
    x, y, z = bipolar.grid.position(speed)
    fast_gas = speed > 0.95 * speed.max()
    # To the left and up, and there to the observer.
    assert (x * y)[fast_gas].max() < 0
    assert (y * z)[fast_gas].min() > 0


def test_gas_rotates_counter_clockwise_about_the_axis():
    seen = {"inclination": Fixed(0.0), "position_angle": Fixed(0.0)}
    model = _model("rotating_disk", frame=Frame(100.0), rotation_velocity=Fixed(9.0), **seen)
    above = model.gas(model.latent())
    x, y, z = model.grid.position(above.temperature)
    turning = x * above.velocity[1] - y * above.velocity[0]
    radius = torch.sqrt(x**2 + y**2 + z**2)
    assert turning.min() > 0
    assert not above.velocity[2].any()
    # Kepler's law, with sin(polar angle) of the speed at the equator.
    speed = 9e3 * (radius / (10 * AU)) ** -0.5 * torch.hypot(x, y) / radius
    torch.testing.assert_close(turning / torch.hypot(x, y), speed, rtol=1e-6, atol=0)


def test_a_wind_that_slows_down_flows_outwards_and_loses_the_same_mass():
    speeds = {"initial_velocity": Fixed(6.0), "terminal_velocity": Fixed(2.0)}
    model = _model("spherical", 8, frame=Frame(100.0), **speeds)
    gas = model.gas(model.latent())
    radius = model.grid.position(gas.temperature).norm(dim=0)
    speed = gas.velocity.norm(dim=0)
    assert 2e3 < speed.min() < speed.max() < 6e3
    assert (torch.diff(speed.flatten()[radius.flatten().argsort()]) < 1e-9).all()
    inside = radius < model.grid.side / 2
    flux = (gas.density["CO"].exp() * radius**2 * speed)[inside]
    torch.testing.assert_close(flux, flux.mean().expand_as(flux), rtol=1e-3, atol=0)


def _fields(model):
    def fields(latent):
        gas = model.gas(latent)
        parts = (*gas.density.values(), gas.temperature, gas.velocity / 1e3, gas.turbulence)
        rest = torch.stack([gas.systemic, gas.scale])
        return torch.cat([*(part.flatten() for part in parts), rest])

    return fields


@pytest.mark.parametrize("shape", MODELS)
def test_derivatives_equal_finite_differences(shape):
    priors = {} if shape == "spherical" else ROTATING
    # With a cell in the star.
    model = _model(shape, 5, **priors)
    fields = _fields(model)
    generator = torch.Generator().manual_seed(5)
    latent, *ways = torch.randn(4, model.size, generator=generator, dtype=torch.float64)
    latent = 0.4 * latent
    for way in ways:
        expected = (fields(latent + 1e-6 * way) - fields(latent - 1e-6 * way)) / 2e-6
        _, forwards = torch.func.jvp(fields, (latent,), (way,))
        torch.testing.assert_close(forwards, expected, rtol=1e-6, atol=1e-6)
    seed = torch.randn(len(expected), generator=generator, dtype=torch.float64)
    backwards = torch.func.vjp(fields, latent)[1](seed)[0]
    torch.testing.assert_close(backwards @ way, seed @ forwards, rtol=1e-10, atol=1e-8)


@pytest.mark.parametrize("shape", MODELS)
def test_derivatives_are_finite_in_the_star_at_the_poles_and_far_out(shape):
    priors = {} if shape == "spherical" else {"inclination": Fixed(0.0)}
    model = _model(shape, 5, **priors)
    fields = _fields(model)
    for start in (0.0, 4.0, -4.0):
        latent = torch.full((model.size,), start, dtype=torch.float32)
        found, forwards = torch.func.jvp(fields, (latent,), (torch.ones_like(latent),))
        backwards = torch.func.grad(lambda x: fields(x).sum())(latent)
        assert forwards.dtype == torch.float32
        assert torch.isfinite(found).all()
        assert torch.isfinite(forwards).all()
        assert torch.isfinite(backwards).all()


@pytest.mark.parametrize("shape", MODELS)
def test_single_precision_gives_the_same_gas(shape):
    model = _model(shape)
    single, double = (
        _fields(model)(torch.full((model.size,), 0.2, dtype=real))
        for real in (torch.float32, torch.float64)
    )
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("shape", MODELS)
def test_a_latent_vector_is_found_from_its_numbers(shape):
    model = _model(shape)
    generator = torch.Generator().manual_seed(3)
    # Angles come back as the one of their latent numbers that is nearest 0.
    latent = 0.15 * torch.randn(model.size, generator=generator, dtype=torch.float64)
    names = [quantity.name for quantity in model.quantities]
    values = dict(zip(names, model.numbers(latent).tolist(), strict=True))
    torch.testing.assert_close(model.latent(**values), latent)
    assert len(names) == model.size


THIN = {"disk_density": Fixed(1.0), "rotation_velocity": Fixed(9.0)}
SEEN = {"inclination": 60.0, "position_angle": 30.0}


def _mirrored_cubes(model, **angles):
    offsets = np.linspace(-0.4, 0.4, 5) * model.grid.side
    latent = model.latent(**angles)
    return [_cube(model, offsets, each) for each in (latent, *model.mirrors(latent))]


def test_a_thin_rotating_disk_and_its_mirror_image_look_the_same():
    model = _model("rotating_disk", 8, 60 * AU, Frame(100.0), **THIN)
    cube, mirror, reversed_, _ = _mirrored_cubes(model, **SEEN)
    assert 0 < cube.max() < 0.01
    np.testing.assert_allclose(mirror, cube, atol=1e-4 * cube.max())
    # The opposite axis rotates the other way.
    assert np.abs(reversed_ - cube).max() > 0.3 * cube.max()


def test_an_outflow_is_not_its_mirror_image():
    model = _model("bipolar", 8, frame=Frame(100.0))
    cube, mirror, reversed_, both = _mirrored_cubes(model, **SEEN)
    assert np.abs(mirror - cube).max() > 0.1 * cube.max()
    assert np.abs(both - cube).max() > 0.1 * cube.max()
    # Without rotation neither end of the axis is the upper one.
    np.testing.assert_allclose(reversed_, cube, atol=1e-10 * cube.max())


def test_a_spiral_seen_from_behind_is_another_spiral():
    model = _model("spiral", frame=Frame(100.0))
    latent = model.latent(**SEEN, arm_phase=50.0)
    behind = model.mirrors(latent)[2]
    gas, mirror = model.gas(latent), model.gas(behind)
    torch.testing.assert_close(mirror.density["CO"], gas.density["CO"].flip(2))


def test_fixed_orientations_have_no_mirrors():
    model = _model("disk", inclination=Uniform(0.0, 90.0), position_angle=Fixed(30.0))
    assert model.mirrors(model.latent(inclination=50.0)) == []
    assert _model("spherical").mirrors(torch.zeros(11, dtype=torch.float64)) == []


def test_the_family_makes_what_is_asked_for():
    grid = Grid(4, 400 * AU)
    request = Request("disk", grid, {"CO": 1e-4}, Frame(100.0), {"mass_loss_rate": Fixed(1e-6)})
    model = make_model(request)
    assert model.name == "disk"
    assert "mass_loss_rate" not in [quantity.name for quantity in model.quantities]
    assert model.settings()["co_abundance"] == "fixed 0.0001"
    assert model.residual(model.gas(torch.zeros(model.size))).shape == (0,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "torus"}, "expected one of bipolar, disk, .*, got torus"),
        ({"species": {"CS": None}}, "abundance of CS: expected a number .* CO, HCN, SiO"),
        (
            {"priors": {"arm_width": Fixed(1.0)}},
            "expected arm_.*, or another of 18 numbers, got arm_wid",
        ),
        (
            {"priors": {"arm_spacing": Normal(60.0, 9.0)}},
            "prior of arm_spacing: .* got normal 60 9",
        ),
        ({"species": {"CO": 0.0}}, "prior of co_abundance: expected one of positive numbers, got"),
        ({"options": {"flat": "yes"}}, "option of the model: expected none, .* got flat"),
    ],
)
def test_what_cannot_be_made(change, message):
    request = Request("spiral", Grid(4, 400 * AU), {"CO": None}, Frame(100.0))
    with pytest.raises(ConfigError, match=message):
        make_model(replace(request, **change))
