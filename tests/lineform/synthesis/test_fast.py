"""The compiled engine against the plain one, which is the truth."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from lineform.cube import View
from lineform.errors import ConfigError
from lineform.species import linear_rotor
from lineform.state import State
from lineform.synthesis import array, fast
from lineform.synthesis.base import Dust, Medium, Scene, Star
from lineform.synthesis.engines import engine_named
from lineform.synthesis.grid import GridTracer
from tests.lineform.gas import AU, grid_state

CO = linear_rotor("CO", levels=20)
EPS = float(np.finfo(np.float32).eps)


def _medium(random, shape, depth, *, continuum):
    strength = 1e3 * depth * random.lognormal(0, 2, shape)
    # Cells that are only there because other rays have more of them, and thin ones.
    strength[-2:, ::3] = 0.0
    strength[random.random(shape) < 0.1] *= 1e-12
    source = 1e-15 * random.lognormal(0, 1, shape)
    if not continuum:
        return Medium(strength, source)
    return Medium(strength, source, 0.1 * depth * random.random(shape), 2 * source)


def _gas(seed, cells, rays, depth, gradient, lines=1, continuum=False):
    """Random gas on rays: the arguments of `line_transfer`."""
    random = np.random.default_rng(seed)
    shape = (cells, rays)
    recession = np.cumsum(random.normal(0, gradient, (cells + 1, rays)), axis=0)
    media = [_medium(random, shape, depth, continuum=continuum) for _ in range(lines)]
    velocity = np.sort(random.uniform(-8e3, 8e3, 17))
    entering = 1e-15 * random.random(rays)
    return recession, 1e3 * random.lognormal(0, 0.3, shape), media, velocity, entering


def _cast(gas, real):
    recession, width, media, velocity, entering = gas
    fields = [
        {
            name: None if (field := getattr(medium, name)) is None else field.astype(real)
            for name in ("strength", "source", "continuum", "continuum_source")
        }
        for medium in media
    ]
    cast = [Medium(**each) for each in fields]
    return recession.astype(real), width.astype(real), cast, velocity.astype(real), entering


gases = st.builds(
    _gas,
    seed=st.integers(0, 2**32 - 1),
    cells=st.integers(1, 12),
    rays=st.sampled_from([1, 7, 64, 65, 130]),
    depth=st.sampled_from([1e-6, 1e-2, 1.0, 1e3]),
    gradient=st.sampled_from([0.0, 1.0, 100.0, 3e3]),
    lines=st.integers(1, 3),
    continuum=st.booleans(),
)


@given(gases)
@settings(max_examples=60, deadline=None)
def test_double_precision_is_the_plain_engine(gas):
    gas = _cast(gas, np.float64)
    scale = max(float(medium.source.max()) for medium in gas[2])
    # In the line wings the plain engine takes the difference of two numbers near 1.
    deepest = max(float((medium.strength / gas[1]).max()) for medium in gas[2])
    bound = scale * (1e-12 + 1e-14 * deepest)
    for seen, expected in zip(fast.line_transfer(*gas), array.line_transfer(*gas), strict=True):
        assert seen.dtype == np.float64
        np.testing.assert_allclose(seen, expected, rtol=1e-11, atol=bound)


@given(gases)
@settings(max_examples=60, deadline=None)
def test_single_precision_is_the_plain_engine_to_rounding(gas):
    single = _cast(gas, np.float32)
    # The truth for the very numbers that the kernel sees.
    expected = array.line_transfer(*_cast(single, np.float64))
    for seen, truth, medium in zip(fast.line_transfer(*single), expected, single[2], strict=True):
        assert seen.dtype == np.float32
        # An offset from the line centre is rounded where the velocities are large; it changes
        # the depth by 2 x dx, and the light by at most as much.
        far = 4 * float(np.abs(single[0]).max() + 8e3) / float(single[1].min())
        scale = max(float(medium.source.max()), 1e-15)
        np.testing.assert_allclose(seen, truth, rtol=0, atol=4 * EPS * (4 + far) * scale)


@pytest.mark.parametrize("depth", [1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("cells", [1, 16])
def test_a_static_slab_has_a_closed_solution(depth, cells):
    width, source = 800.0, 3e-15
    velocity = np.linspace(-3e3, 3e3, 13)
    full = np.ones((cells, 5), dtype=np.float32)
    strength = np.sqrt(np.pi) * width * depth / cells * full
    (cube,) = fast.line_transfer(
        np.zeros((cells + 1, 5), np.float32),
        width * full,
        [Medium(strength, source * full)],
        velocity.astype(np.float32),
        np.zeros(5, np.float32),
    )
    expected = source * -np.expm1(-depth * np.exp(-((velocity / width) ** 2)))
    assert cube[:, 3] == pytest.approx(expected, rel=1e-4, abs=1e-7 * expected.max())


def test_exp_and_erfc_in_single_precision():
    numba = pytest.importorskip("numba")
    kernels = fast.kernels("line")
    exp, expm1, erfc = kernels._exp, kernels._expm1, kernels._erfc

    @numba.njit
    def evaluate(x, size, out):
        for i in range(len(x)):
            out[0, i] = exp(x[i])
            out[1, i] = expm1(x[i])
            out[2, i] = erfc(size[i], exp(-size[i] * size[i]))

    x = -np.geomspace(1e-12, 40, 5001).astype(np.float32)
    size = np.linspace(0, 6.3, 5001, dtype=np.float32)
    out = np.empty((3, 5001), np.float32)
    evaluate(x, size, out)
    np.testing.assert_allclose(out[0], np.exp(x.astype(float)), rtol=4e-7)
    np.testing.assert_allclose(out[1], np.expm1(x.astype(float)), rtol=4e-7)
    # The square of the size is rounded before it is a power.
    bound = 4e-7 + EPS * size.astype(float) ** 2
    error = np.abs(out[2] / special.erfc(size.astype(float)) - 1)
    assert np.all(error < bound)


def _scattered(state, *, size):
    """The points of a grid, as cells or shaken."""
    random = np.random.default_rng(3)
    width = state.axes[0][1] - state.axes[0][0]
    shaken = state.position + (0 if size else random.normal(0, 0.1 * width, state.position.shape))
    return replace(
        state,
        axes=None,
        position=shaken,
        size=np.full(state.position.shape, width) if size else None,
    )


def _outflow(position):
    return 8e3 * position / np.linalg.norm(position, axis=1)[:, None]


def _wind(side=8):
    state = grid_state(side, velocity=_outflow, density=1e10)
    radius = np.linalg.norm(state.position, axis=1)
    state.density["CO"][:] *= (20 * AU / radius) ** 2
    state.temperature[:] = 200 * np.sqrt(20 * AU / radius)
    return state


def _shells():
    radius = np.linspace(5, 100, 25) * AU
    zero = np.zeros_like(radius)
    return State(
        position=np.stack([radius, zero, zero], axis=1),
        velocity=np.stack([zero + 9e3, zero, zero], axis=1),
        temperature=200 * np.sqrt(20 * AU / radius),
        turbulence=zero + 1e3,
        density={"CO": 1e10 * (20 * AU / radius) ** 2, "H2": 3e13 * (20 * AU / radius) ** 2},
        spherical=True,
    )


STATES = {
    "grid": _wind(),
    "cells": _scattered(_wind(), size=True),
    "points": _scattered(_wind(), size=False),
    "shells": _shells(),
}
OPTIONS = {
    "plain": {},
    "dust": {"dust": Dust(0.5)},
    "star": {"star": Star(30 * AU, 2500.0)},
    "rays": {"rays_per_pixel": 2},
    "depth": {"quantity": "optical depth"},
}


def _scene(state, **options):
    return Scene(
        state=state,
        molecules={CO: [CO.line("2-1"), CO.line("3-2")]},
        views=[View(0.0, 0.0), View(40.0, 70.0)],
        offsets=(np.arange(9) - 4) * 24 * AU,
        velocity=np.linspace(-1.2e4, 1.2e4, 25),
        **options,
    )


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("geometry", STATES)
def test_images_are_those_of_the_plain_engine(geometry, option):
    scene = _scene(STATES[geometry], **OPTIONS[option])
    pairs = list(zip(fast.ENGINE.cubes(scene), array.ENGINE.cubes(scene), strict=True))
    assert len(pairs) == 4
    for seen, expected in pairs:
        assert seen.dtype == np.float32
        assert expected.max() > 0
        # The error function of the plain engine is within 6e-7 in single precision.
        np.testing.assert_allclose(seen, expected, rtol=2e-5, atol=2e-5 * expected.max())


def test_places_on_a_grid_interpolate_as_the_plain_ones():
    state = _wind()
    random = np.random.default_rng(5)
    right, up = random.uniform(-120 * AU, 120 * AU, (2, 50))
    basis = View(37.0, 211.0).basis()
    seen = fast.tracer(state, np.float64).paths(right, up, basis)
    expected = GridTracer(state).paths(right, up, basis)
    np.testing.assert_allclose(seen.start, expected.start, rtol=1e-12)
    np.testing.assert_allclose(seen.step, expected.step, rtol=1e-6)
    field = random.random(state.n_points)
    for places, plain in ((seen.edges, expected.edges), (seen.middles, expected.middles)):
        np.testing.assert_allclose(places(field), plain(field), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("geometry", STATES)
def test_spreading_is_the_transpose_of_sampling(geometry):
    state = STATES[geometry]
    random = np.random.default_rng(7)
    right, up = random.uniform(-60 * AU, 60 * AU, (2, 20))
    paths = fast.tracer(state).paths(right, up, View(37.0, 211.0).basis())
    for places in (paths.edges, paths.middles):
        field = random.random(state.n_points)
        seen = places(field)
        given = random.random(seen.shape)
        total = np.zeros(state.n_points)
        places.spread(given, total, field)
        assert np.sum(seen * given) == pytest.approx(np.sum(field * total), rel=1e-6)


@pytest.mark.parametrize("threads", ["1", "2,4", "7"])
def test_images_do_not_depend_on_the_number_of_threads(threads, monkeypatch):
    monkeypatch.setattr("lineform.synthesis.imager._RAYS_OF_A_THREAD", 15)
    scene = _scene(STATES["grid"])
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    expected = list(fast.ENGINE.cubes(scene))
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    for seen, cube in zip(fast.ENGINE.cubes(scene), expected, strict=True):
        assert seen.tobytes() == cube.tobytes()


def test_without_numba_the_extra_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("lineform.synthesis._")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numba", None)
    engine = engine_named("numba")
    for use in (engine.version, lambda: list(engine.cubes(_scene(STATES["grid"])))):
        with pytest.raises(ConfigError, match=r"pip install 'atomium-portal\[fast\]'"):
            use()


def test_the_list_of_engines_loads_no_numba():
    code = (
        "import sys; from lineform.synthesis.engines import engines; print(*engines())\n"
        "print('numba' in sys.modules, 'llvmlite' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "numba" in done.stdout.splitlines()[0].split()
    assert done.stdout.splitlines()[1] == "False False"


def test_loops_are_compiled_where_nothing_can_be_kept():
    pytest.importorskip("numba")
    compiled = fast.import_module("lineform.synthesis._compiled").compiled
    # Numba keeps what it compiles beside the source, or in the user's cache; source that is in
    # no file has neither, as has a read-only installation without a home.
    space = {}
    exec(compile("def double(x):\n    return 2 * x\n", "<nowhere>", "exec"), space)
    assert compiled(space["double"])(21) == 42
