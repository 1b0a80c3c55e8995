"""The forward model against the engines of the synthesis, and its derivatives."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lineform.cube import View
from lineform.errors import ConfigError
from lineform.func import brightness_temperature
from lineform.synthesis import fast
from lineform.synthesis.base import Scene

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("numba", reason="the compiled engine needs Numba")

from lineform.deprojection.base import Gas, Grid  # noqa: E402
from lineform.deprojection.forward import forward_of  # noqa: E402
from lineform.deprojection.operator import OperatorForward, fields_of  # noqa: E402
from lineform.deprojection.tensors import TensorOperator  # noqa: E402
from tests.lineform.deprojection import winds  # noqa: E402
from tests.lineform.deprojection.winds import CO, GRID, LINES, SIO, clumpy_wind  # noqa: E402

LAYOUT = {
    "grid": GRID,
    "lines": LINES,
    "offsets": winds.OFFSETS,
    "velocity": winds.VELOCITY,
    "background": winds.BACKGROUND,
}
DOUBLE = replace(fast.ENGINE, tracer=partial(fast.tracer, real=np.float64), real=np.float64)
FIELDS = ("CO", "SiO", "temperature", "velocity", "turbulence", "systemic", "scale")


@pytest.fixture(scope="module")
def forward():
    return forward_of(**LAYOUT)


def _engine_cubes(gas, engine, offsets=winds.OFFSETS):
    by_molecule = {CO: [LINES[0][1], LINES[2][1]], SIO: [LINES[1][1]]}
    # Seen along the z axis, with x to the right.
    views = [View(0.0, 270.0)]
    scene = Scene(
        winds.as_state(gas), by_molecule, views, offsets, winds.VELOCITY, interpolation="log"
    )
    first, third, second = engine.cubes(scene)
    cubes = zip((first, second, third), (line for _, line in LINES), strict=True)
    return np.stack([brightness_temperature(cube, line.frequency) for cube, line in cubes])


@pytest.mark.parametrize(
    ("engine", "real", "error"),
    [(DOUBLE, torch.float64, 1e-13), (fast.ENGINE, torch.float32, 3e-6)],
    ids=["double", "single"],
)
def test_the_physics_is_that_of_the_synthesis(forward, engine, real, error):
    gas = clumpy_wind(real=real)
    cubes = forward(gas)
    expected = _engine_cubes(gas, engine)
    assert cubes.dtype == real
    assert cubes.shape == (3, 15, 6, 6)
    assert expected.max() > 30
    np.testing.assert_allclose(cubes.numpy(), expected, rtol=0, atol=error * expected.max())


def test_pixels_beside_the_box_are_dark_and_images_may_be_larger_than_a_strip_of_rays():
    offsets = np.linspace(-240, 240, 19) * GRID.side / 400
    gas = clumpy_wind()
    cubes = forward_of(**(LAYOUT | {"offsets": offsets}))(gas)
    expected = _engine_cubes(gas, DOUBLE, offsets)
    np.testing.assert_allclose(cubes.numpy(), expected, rtol=0, atol=1e-13 * expected.max())
    assert not cubes[:, :, 0].any()
    assert not cubes[:, :, :, -1].any()


def _leaves(gas):
    return {**gas.density, **{name: getattr(gas, name) for name in FIELDS[2:]}}


def _gas(leaves):
    density = {name: leaves[name] for name in ("CO", "SiO")}
    return Gas(density, *(leaves[name] for name in FIELDS[2:]))


def _slope(function, step):
    """Derivative at 0 by central differences, with the error of step^2 taken out."""
    coarse, fine = ((function(h) - function(-h)) / (2 * h) for h in (step, step / 2))
    return (4 * fine - coarse) / 3


@pytest.fixture(scope="module")
def seed():
    generator = torch.Generator().manual_seed(3)
    return torch.rand((3, 15, 6, 6), generator=generator, dtype=torch.float64)


@pytest.fixture(scope="module")
def gradients(forward, seed):
    leaves = {name: leaf.requires_grad_() for name, leaf in _leaves(clumpy_wind()).items()}
    (forward(_gas(leaves)) * seed).sum().backward()
    return {name: leaf.grad for name, leaf in leaves.items()}


def _change(name, like):
    change = torch.rand(like.shape, generator=torch.Generator().manual_seed(5), dtype=like.dtype)
    return change * (300 if name in ("velocity", "systemic") else 1)


@pytest.mark.parametrize("name", FIELDS)
def test_gradients_equal_finite_differences(forward, gradients, seed, name):
    leaves = _leaves(clumpy_wind())
    change = _change(name, leaves[name])

    def scalar(step):
        return float((forward(_gas(leaves | {name: leaves[name] + step * change})) * seed).sum())

    seen = float((gradients[name] * change).sum())
    assert seen == pytest.approx(_slope(scalar, 1e-5), rel=1e-6)


def test_the_velocity_across_the_line_of_sight_is_not_seen(gradients):
    assert not gradients["velocity"][:2].any()
    assert gradients["velocity"][2].all()


def _along(forward, leaves, changes):
    """The change of the cubes with that of all leaves."""

    def cubes(*given):
        return forward(_gas(dict(zip(FIELDS, given, strict=True))))

    ordered = tuple(tuple(each[name] for name in FIELDS) for each in (leaves, changes))
    return torch.func.jvp(cubes, *ordered)[1]


@pytest.mark.parametrize(
    ("real", "error"), [(torch.float64, 1e-13), (torch.float32, 1e-5)], ids=["double", "single"]
)
def test_forward_and_reverse_mode_agree(forward, gradients, seed, real, error):
    leaves = _leaves(clumpy_wind(real=real))
    changes = {name: _change(name, leaf) for name, leaf in leaves.items()}
    moved = _along(forward, leaves, changes)
    expected = sum(
        float((gradients[name] * change.double()).sum()) for name, change in changes.items()
    )
    assert moved.dtype == real
    assert float((moved.double() * seed).sum()) == pytest.approx(expected, rel=error)


@pytest.mark.parametrize("name", FIELDS)
def test_the_tangent_equals_finite_differences_in_every_pixel(forward, name):
    leaves = _leaves(clumpy_wind())
    changes = {key: torch.zeros_like(leaf) for key, leaf in leaves.items()}
    changes[name] = _change(name, leaves[name])
    seen = _along(forward, leaves, changes)

    def cubes(step):
        return forward(_gas(leaves | {name: leaves[name] + step * changes[name]}))

    expected = _slope(cubes, 1e-5)
    assert expected.abs().max() > 1e-3
    error = 1e-6 * float(expected.abs().max())
    torch.testing.assert_close(seen, expected, rtol=0, atol=error)


def test_dual_numbers_and_batches_go_through(forward):
    leaves = _leaves(clumpy_wind())
    change = _change("temperature", leaves["temperature"])

    def cubes(temperature):
        return forward(_gas(leaves | {"temperature": temperature}))

    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(leaves["temperature"], change)
        moved = torch.autograd.forward_ad.unpack_dual(cubes(dual)).tangent

    def along(change):
        return torch.func.jvp(cubes, (leaves["temperature"],), (change,))[1]

    batch = torch.func.vmap(along)(torch.stack([change, -change]))
    assert torch.equal(batch, torch.stack([moved, -moved]))


@pytest.mark.parametrize("threads", ["1", "3"])
def test_results_do_not_depend_on_the_number_of_threads(monkeypatch, threads):
    # More rays than are followed together.
    offsets = np.linspace(-180, 180, 20) * GRID.side / 400
    forward = forward_of(**(LAYOUT | {"offsets": offsets, "velocity": np.linspace(-2e4, 2e4, 5)}))

    def derivatives():
        leaves = {name: leaf.requires_grad_() for name, leaf in _leaves(clumpy_wind()).items()}
        cubes = forward(_gas(leaves))
        return [cubes, *torch.autograd.grad(cubes.square().sum(), list(leaves.values()))]

    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    expected = derivatives()
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    for seen, truth in zip(derivatives(), expected, strict=True):
        assert torch.equal(seen, truth)


def _results(forward, gas, device="cpu"):
    """The cubes, their change with the gas, and the gradients of a scalar of them."""
    leaves = {name: leaf.to(device) for name, leaf in _leaves(gas).items()}
    changes = {name: _change(name, leaf.cpu()).to(device) for name, leaf in leaves.items()}
    for leaf in leaves.values():
        leaf.requires_grad_()
    cubes = forward(_gas(leaves))
    gradients = torch.autograd.grad(cubes.square().sum(), list(leaves.values()))
    return [each.detach().cpu() for each in (cubes, _along(forward, leaves, changes), *gradients)]


def _assert_same(seen, expected, error):
    for one, other in zip(seen, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=error * float(other.abs().max()))


@pytest.mark.parametrize(
    ("real", "error"), [(torch.float64, 1e-9), (torch.float32, 1e-4)], ids=["double", "single"]
)
def test_tensors_give_the_same_results_in_portions(forward, real, error):
    # Room for the gradient along two of the six rows of pixels.
    operator = TensorOperator(**LAYOUT, room=5 * 2**20)
    gas = clumpy_wind(real=real)
    _assert_same(_results(OperatorForward(operator), gas), _results(forward, gas), error)


def test_tensors_stand_in_for_numba(monkeypatch):
    small = LAYOUT | {"offsets": winds.OFFSETS[2:4], "velocity": winds.VELOCITY[5:8]}
    gas = clumpy_wind()
    expected = forward_of(**small)(gas)
    monkeypatch.setitem(sys.modules, "numba", None)
    seen = forward_of(**small)(gas)
    _assert_same([seen], [expected], 1e-9)
    # Not the same loops.
    assert not torch.equal(seen, expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU that PyTorch can use")
@pytest.mark.parametrize(
    ("real", "error"), [(torch.float64, 1e-9), (torch.float32, 1e-4)], ids=["double", "single"]
)
def test_a_gpu_gives_the_same_results(forward, real, error):
    gas = clumpy_wind(real=real)
    there = forward_of(**LAYOUT, device="cuda")
    _assert_same(_results(there, gas, "cuda"), _results(forward, gas), error)


def test_a_portion_of_tensors_stays_within_its_room():
    operator = TensorOperator(**LAYOUT, room=5 * 2**20)
    gas = clumpy_wind()
    fields = fields_of(gas, operator.molecules)
    kept = []

    def keep(tensor):
        kept.append(tensor.numel() * tensor.element_size())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        operator.tangent(fields, fields)
    # Three portions of two rows of pixels; most but not all of what is kept is counted.
    assert 0.2 * 5 * 2**20 < sum(kept) / 3 < 5 * 2**20


def test_the_memory_of_a_gradient_does_not_grow_with_the_image():
    status, peak = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not peak.exists():
        pytest.skip("the highest use of memory is known on Linux only")

    def highest():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    layout = LAYOUT | {
        "lines": LINES[:1],
        "offsets": np.linspace(-190, 190, 180) * GRID.side / 400,
        "velocity": np.linspace(-2e4, 2e4, 60),
    }
    forward = forward_of(**layout)
    gas = clumpy_wind(real=torch.float32)
    gas.temperature.requires_grad_()
    cubes = forward(gas)
    # One number for each cell of a ray, channel and ray.
    everything = 2 * GRID.cells * 4 * cubes.numel()
    peak.write_text("5")
    before = highest()
    torch.autograd.grad(cubes.sum(), [gas.temperature])
    assert highest() - before < everything / 2


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"lines": []}, "got none"),
        ({"velocity": winds.VELOCITY[::-1]}, "expected ascending velocities"),
        ({"grid": Grid(1, 1e13)}, "expected at least 2 cells a side, got 1"),
    ],
)
def test_layouts_that_cannot_be_used_are_refused(change, seen):
    with pytest.raises(ConfigError, match=seen):
        forward_of(**(LAYOUT | change))
