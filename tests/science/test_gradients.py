"""Gradients of cubes against finite differences, and against automatic differentiation."""

from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from lineform.cube import View
from lineform.errors import ConfigError, ShapeError
from lineform.species import linear_rotor
from lineform.synthesis import array, fast
from lineform.synthesis.base import Dust, Medium, Scene, Star
from lineform.synthesis.gradient import gradient, line_gradient
from tests.lineform.gas import AU, grid_state

pytest.importorskip("numba", reason="the compiled engine needs Numba")

CO, SIO = linear_rotor("CO", levels=20), linear_rotor("SiO", levels=20)
INPUTS = ("recession", "width", "strength", "source")
DOUBLE = replace(fast.ENGINE, tracer=partial(fast.tracer, real=np.float64), real=np.float64)


def _slope(function, step):
    """Derivative at 0 by central differences, with the error of step^2 taken out."""
    coarse, fine = ((function(h) - function(-h)) / (2 * h) for h in (step, step / 2))
    return (4 * fine - coarse) / 3


class _Gas:
    """Random gas on rays, as what can be varied, and the rest."""

    def __init__(self, depth, gradient, lines):
        self.random = random = np.random.default_rng(11)
        cells, rays = 9, 70
        shape = (lines, cells, rays)
        walk = np.cumsum(random.normal(0, gradient, (cells + 1, rays)), axis=0)
        self.values = {
            "recession": walk,
            "width": 1e3 * random.lognormal(0, 0.2, (cells, rays)),
            "strength": 1e3 * depth * random.lognormal(0, 1, shape),
            "source": random.lognormal(0, 1, shape),
        }
        self.velocity = np.linspace(-5e3, 5e3, 13)
        self.entering = random.random(rays)
        self.seeds = random.normal(size=(lines, 13, rays))

    def arguments(self, values):
        media = [Medium(*pair) for pair in zip(values["strength"], values["source"], strict=True)]
        return values["recession"], values["width"], media, self.velocity, self.entering

    def scalar(self, values):
        cubes = fast.line_transfer(*self.arguments(values))
        return float(np.sum(self.seeds * np.stack(cubes)))

    def gradient(self):
        return line_gradient(*self.arguments(self.values), self.seeds)


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("change", [30.0, 3e3], ids=["gentle", "steep"])
@pytest.mark.parametrize("depth", [1e-2, 1.0, 30.0])
@pytest.mark.parametrize("name", INPUTS)
def test_gradient_along_rays_equals_finite_differences(name, depth, change, lines):
    gas = _Gas(depth, change, lines)
    along = gas.random.normal(size=gas.values[name].shape)
    along *= 100.0 if name == "recession" else gas.values[name]

    def scalar(step):
        return gas.scalar(gas.values | {name: gas.values[name] + step * along})

    by = getattr(gas.gradient(), name)
    assert float(np.sum(by * along)) == pytest.approx(_slope(scalar, 1e-3), rel=1e-6)


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("change", [30.0, 3e3], ids=["gentle", "steep"])
@pytest.mark.parametrize("depth", [1e-2, 30.0])
def test_tangent_along_rays_is_the_transpose_of_the_gradient(depth, change, lines):
    gas = _Gas(depth, change, lines)
    along = [gas.random.normal(size=gas.values[name].shape) for name in INPUTS]
    cubes, moved = np.empty_like(gas.seeds), np.empty_like(gas.seeds)
    given = tuple(gas.values[name] for name in INPUTS)
    fast.kernels("line").tangent(given, tuple(along), gas.velocity, gas.entering, cubes, moved)
    assert np.array_equal(cubes, np.stack(fast.line_transfer(*gas.arguments(gas.values))))
    by = gas.gradient()
    parts = [getattr(by, name) * change for name, change in zip(INPUTS, along, strict=True)]
    scale = sum(float(np.abs(part).sum()) for part in parts)
    expected = sum(float(part.sum()) for part in parts)
    assert float(np.sum(moved * gas.seeds)) == pytest.approx(expected, abs=1e-14 * scale)


def test_cells_without_gas_have_gradients_too():
    gas = _Gas(1.0, 100.0, 1)
    gas.values["strength"][:, 3] = 0.0
    along = np.zeros_like(gas.values["strength"])
    along[:, 3] = 1.0

    def scalar(step):
        return gas.scalar(gas.values | {"strength": gas.values["strength"] + step * along})

    # The strength cannot fall below nothing: forward differences of second order.
    h = 1e-2
    expected = (4 * scalar(h) - scalar(2 * h) - 3 * scalar(0)) / (2 * h)
    assert float(np.sum(gas.gradient().strength * along)) == pytest.approx(expected, rel=1e-5)


def test_gradient_along_rays_in_single_precision():
    gas = _Gas(1.0, 300.0, 2)
    expected = gas.gradient()
    single = {name: value.astype(np.float32) for name, value in gas.values.items()}
    seen = line_gradient(*gas.arguments(single), gas.seeds)
    for name in INPUTS:
        truth = getattr(expected, name)
        assert getattr(seen, name).dtype == np.float32
        np.testing.assert_allclose(getattr(seen, name), truth, atol=2e-5 * np.abs(truth).max())


def _torch_gas(torch, gas, real):
    values = {
        name: torch.tensor(value, dtype=real, requires_grad=True)
        for name, value in gas.values.items()
    }
    recession, width, media, _, _ = gas.arguments(values)
    ends = (torch.tensor(part, dtype=real) for part in (gas.velocity, gas.entering))
    return values, array.line_transfer(recession, width, media, *ends)


@pytest.mark.parametrize("change", [30.0, 3e3], ids=["gentle", "steep"])
def test_automatic_differentiation_of_the_plain_engine_agrees(change):
    torch = pytest.importorskip("torch", reason="differentiates the plain engine")
    gas = _Gas(1.0, change, 2)
    values, cubes = _torch_gas(torch, gas, torch.float64)
    (torch.stack(cubes) * torch.tensor(gas.seeds)).sum().backward()
    expected = gas.gradient()
    for name in INPUTS:
        truth = values[name].grad.numpy()
        np.testing.assert_allclose(
            getattr(expected, name), truth, rtol=1e-7, atol=1e-9 * np.abs(truth).max()
        )


def _state(side=6):
    def outflow(position):
        return 6e3 * position / np.linalg.norm(position, axis=1)[:, None]

    state = grid_state(side, velocity=outflow, density=3e9)
    random = np.random.default_rng(2)
    state.density["CO"][:] *= random.lognormal(0, 0.5, state.n_points)
    state.density["SiO"] = 1e-2 * state.density["CO"]
    state.temperature[:] *= random.lognormal(0, 0.3, state.n_points)
    return state


def _scene(state=None, **options):
    return Scene(
        state=_state() if state is None else state,
        molecules={CO: [CO.line("2-1"), CO.line("3-2")], SIO: [SIO.line("5-4")]},
        views=[View(0.0, 0.0), View(40.0, 70.0)],
        offsets=(np.arange(7) - 3) * 25 * AU,
        velocity=np.linspace(-9e3, 9e3, 15),
        **options,
    )


def _moved(state, field, along, step):
    if field == "velocity":
        return replace(state, velocity=state.velocity + step * along)
    if field in ("temperature", "turbulence"):
        return replace(state, **{field: getattr(state, field) * np.exp(step * along)})
    density = {**state.density, field: state.density[field] * np.exp(step * along)}
    return replace(state, density=density)


def _seeds(scene, random, scale=1e15):
    cubes = 3 * len(scene.views)
    size = (len(scene.velocity), len(scene.offsets), len(scene.offsets))
    return [scale * random.random(size) for _ in range(cubes)]


def _derivatives(scene, field, engine, real, step):
    """The derivative along a random change of a field: ours, and by finite differences."""
    random = np.random.default_rng(4)
    seeds = _seeds(scene, random)
    shape = (scene.state.n_points, 3) if field == "velocity" else scene.state.n_points
    # Not about zero, where the parts of a sum cancel and only their rounding is left.
    along = random.random(shape) * (300.0 if field == "velocity" else 1.0)

    def scalar(h):
        moved = replace(scene, state=_moved(scene.state, field, along, h))
        cubes = engine.cubes(moved)
        return sum(float(np.sum(s * c)) for s, c in zip(seeds, cubes, strict=True))

    made = gradient(scene, seeds, real)
    by = made.density[field] if field in made.density else getattr(made, field)
    return float(np.sum(by * along)), _slope(scalar, step)


@pytest.mark.parametrize(
    ("rays_per_pixel", "interpolation"), [(1, "log"), (2, "log"), (1, "linear")]
)
@pytest.mark.parametrize("field", ["CO", "SiO", "temperature", "velocity", "turbulence"])
def test_gradient_by_the_gas_equals_finite_differences(field, rays_per_pixel, interpolation):
    scene = _scene(rays_per_pixel=rays_per_pixel, interpolation=interpolation)
    seen, expected = _derivatives(scene, field, DOUBLE, np.float64, 1e-4)
    assert seen == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("interpolation", ["log", "linear"])
@pytest.mark.parametrize("field", ["CO", "temperature", "velocity", "turbulence"])
def test_gradient_of_cells_equals_finite_differences(field, interpolation):
    state = _state()
    width = state.axes[0][1] - state.axes[0][0]
    # Without the symmetry of the flow: what limits the slopes of a field changes abruptly where
    # several neighbours are alike.
    random = np.random.default_rng(3)
    shaken = state.velocity + random.normal(0, 300, (state.n_points, 3))
    uneven = state.turbulence * random.lognormal(0, 0.2, state.n_points)
    size = np.full((state.n_points, 3), width)
    cells = replace(state, axes=None, size=size, velocity=shaken, turbulence=uneven)
    # Rays through points that are not on a grid are in single precision.
    scene = _scene(cells, interpolation=interpolation)
    seen, expected = _derivatives(scene, field, fast.ENGINE, np.float32, 1e-2)
    assert seen == pytest.approx(expected, rel=1e-3)


def test_gradient_by_empty_gas_is_nothing():
    state = _state()
    empty = state.position[:, 0] > 0
    state.density["CO"][empty] = 0.0
    scene = _scene(state, interpolation="linear")
    by = gradient(scene, _seeds(scene, np.random.default_rng(6)), np.float64).density["CO"]
    assert not by[empty].any()
    assert np.isfinite(by).all()
    assert by[~empty].any()


def test_gradient_in_single_precision():
    scene = _scene()
    seeds = _seeds(scene, np.random.default_rng(6))
    seen, expected = (gradient(scene, seeds, real) for real in (np.float32, np.float64))
    pairs = [(seen.density[name], expected.density[name]) for name in ("CO", "SiO")]
    others = ("temperature", "velocity", "turbulence")
    pairs += [(getattr(seen, name), getattr(expected, name)) for name in others]
    for single, double in pairs:
        np.testing.assert_allclose(single, double, atol=2e-5 * np.abs(double).max())


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"dust": Dust(0.5)}, "got dust"),
        ({"star": Star(AU, 2500.0)}, "got a star"),
        ({"fractions": {"CO": np.ones((216, 20))}}, "got level populations"),
        ({"quantity": "optical depth"}, "got the optical depth of grid"),
    ],
)
def test_scenes_without_a_gradient_are_refused(options, seen):
    scene = _scene(**options)
    with pytest.raises(ConfigError, match=seen):
        gradient(scene, _seeds(scene, np.random.default_rng(0)))


def test_a_seed_of_another_shape_is_refused():
    scene = _scene()
    with pytest.raises(ShapeError, match=r"expected \(15, 7, 7\), got \(15, 7, 8\)"):
        gradient(scene, [np.zeros((15, 7, 8))] * 6)


def test_a_continuum_has_no_gradient():
    gas = _Gas(1.0, 30.0, 1)
    recession, width, (medium,), *rest = gas.arguments(gas.values)
    lit = replace(medium, continuum=medium.strength, continuum_source=medium.source)
    assert all(getattr(lit, field.name) is not None for field in fields(lit))
    with pytest.raises(ConfigError, match="got a continuum"):
        line_gradient(recession, width, [lit], *rest, gas.seeds)
