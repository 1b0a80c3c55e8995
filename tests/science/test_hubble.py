"""Gas that recedes from a centre as its distance from it: lines have an analytic shape.

With v = H r the velocity along any line of sight is H z, z the way behind the centre: a velocity
is a plane across the line of sight. Where the line is narrow, a ray takes up the optical depth
tau(x, y, v / H) within it, so that the spectrum is the integral of S (1 - exp(-tau)) over the
plane z = v / H.
"""

import astropy.units as u
import numpy as np
import pytest
from scipy.special import exp1

from lineform.constants import BOLTZMANN, CMB_TEMPERATURE, LIGHT_SPEED
from lineform.cube import View
from lineform.func.radiation import planck
from lineform.species import linear_rotor
from lineform.synthesis import observe
from lineform.synthesis.array import ENGINE
from lineform.synthesis.base import Scene
from tests.lineform.clouds import GEOMETRIES, Gas, ball, on_cells, on_grid, on_points, on_shells
from tests.lineform.gas import AU

CO = linear_rotor("CO")
LINE = CO.line("2-1")
RADIUS, KELVIN, PARSEC = 100 * AU, 40.0, 3.0856775814913673e16
SLOPE = 1e6 / RADIUS
SOURCE = planck(LINE.frequency, np.array(KELVIN)) - planck(
    LINE.frequency, np.array(CMB_TEMPERATURE)
)
BODIES = {
    # Cross-section of the gas at a height, and what fills it; on a face of the cube as wide as
    # its pixels, so that no pixel holds an edge.
    "grid": (lambda gas: on_grid(gas, 16, RADIUS), lambda z: 4 * RADIUS**2 + 0 * z),
    "cells": (lambda gas: on_cells(gas, 8, RADIUS), lambda z: 4 * RADIUS**2 + 0 * z),
    "points": (lambda gas: _filled(gas), lambda z: np.pi * (RADIUS**2 - z**2)),
    "shells": (lambda gas: on_shells(gas, 20, RADIUS), lambda z: np.pi * (RADIUS**2 - z**2)),
}
CLUMPS = {
    "grid": lambda gas: on_grid(gas, 48, 3 * RADIUS),
    "cells": lambda gas: on_cells(gas, 24, 3 * RADIUS, (0.7, 0.35)),
    "points": lambda gas: on_points(gas, 40000, 3 * RADIUS),
    "shells": lambda gas: on_shells(gas, 60, 3 * RADIUS),
}


def _flow(density):
    return Gas(
        density=density,
        speed=lambda position: SLOPE * np.linalg.norm(position, axis=1),
        temperature=lambda position: np.full(len(position), KELVIN),
        turbulence=20.0,
    )


def _filled(gas):
    """Random points in a ball, and evenly spread ones on its surface."""
    turn = np.pi * (1 + np.sqrt(5)) * np.arange(3000)
    height = 1 - (2 * np.arange(3000) + 1) / 3000
    ring = np.sqrt(1 - height**2)
    surface = RADIUS * np.stack([ring * np.cos(turn), ring * np.sin(turn), height], axis=1)
    return gas.at(np.concatenate([ball(5000, RADIUS), surface]))


def _depth_per_density():
    """Optical depth over density [m3] in the flow: c^3 A (n_l g_u/g_l - n_u) / (8 pi nu^3 H)."""
    share = CO.weight * np.exp(-CO.energy / (BOLTZMANN * KELVIN))
    share /= share.sum()
    lower, upper = share[LINE.lower], share[LINE.upper]
    net = lower * CO.weight[LINE.upper] / CO.weight[LINE.lower] - upper
    return LIGHT_SPEED**3 * LINE.einstein_a * net / (8 * np.pi * LINE.frequency**3 * SLOPE)


def _spectrum(state, half, velocity, pixels, view=View(0, 0), **options):  # noqa: B008
    (o,) = observe(
        state,
        {CO: [LINE]},
        [view],
        velocity=velocity * u.m / u.s,
        distance=100 * u.pc,
        pixels=pixels,
        fov=2 * half * u.m,
        **options,
    )
    return o.spectrum.astype(float)


@pytest.mark.parametrize("depth", [1e-3, 1.0, 20.0])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_uniform_gas_shows_its_cross_section(geometry, depth):
    make, section = BODIES[geometry]
    density = depth / _depth_per_density()
    state = make(_flow(lambda position: np.full(len(position), density)))
    assert state.geometry == geometry
    # Boxes: inside the half cells at the ends, which move as one. All others: to the edge, but for
    # what the width of the line blurs.
    end = 0.8 if geometry == "cells" else 0.98
    velocity = np.linspace(-end, end, 29) * SLOPE * RADIUS
    rays = 5 if geometry == "shells" else 2
    seen = _spectrum(state, RADIUS, velocity, 40, rays_per_pixel=rays)
    expected = SOURCE * -np.expm1(-depth) * section(velocity / SLOPE) / (100 * PARSEC) ** 2 * 1e26
    # Edges of round bodies on square pixels, and the facets of the hull of points.
    tolerance = {"grid": 1e-4, "cells": 1e-4, "points": 1e-2, "shells": 2e-3}[geometry]
    assert seen == pytest.approx(expected, abs=tolerance * expected.max())


@pytest.mark.parametrize("depth", [1e-3, 1.0, 20.0])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_clump_has_the_analytic_line(geometry, depth):
    """n = n_0 exp(-r^2 / a^2): pi a^2 S Ein(tau_0 exp(-(v / H a)^2)).

    Ein(t) is the integral of (1 - exp(-s)) / s from 0 to t.
    """
    density = depth / _depth_per_density()
    gas = _flow(lambda position: density * np.exp(-((position / RADIUS) ** 2).sum(axis=1)))
    velocity = np.linspace(-2, 2, 21) * SLOPE * RADIUS
    seen = _spectrum(CLUMPS[geometry](gas), 3 * RADIUS, velocity, 40, View(37, 20))
    tau = depth * np.exp(-((velocity / (SLOPE * RADIUS)) ** 2))
    plane = np.euler_gamma + np.log(tau) + exp1(tau)
    expected = np.pi * RADIUS**2 * SOURCE * plane / (100 * PARSEC) ** 2 * 1e26
    assert seen == pytest.approx(expected, abs=0.015 * expected.max())
    assert seen.sum() == pytest.approx(expected.sum(), rel=0.01)


def _flux(state, velocity, interpolation):
    """Sum of the channels of a clump [Jy]."""
    pixel = 6 * RADIUS / 40
    offsets = (np.arange(40) - 19.5) * pixel
    scene = Scene(
        state, {CO: [LINE]}, [View(37, 20)], offsets, velocity, interpolation=interpolation
    )
    (cube,) = ENGINE.cubes(scene)
    return float(cube.sum(dtype=float)) * (pixel / (100 * PARSEC)) ** 2 * 1e26


@pytest.mark.slow
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_the_flux_converges_with_the_square_of_the_cells(geometry):
    makes = {
        "grid": lambda gas, n: on_grid(gas, 6 * n, 3 * RADIUS),
        "cells": lambda gas, n: on_cells(gas, 4 * n, 3 * RADIUS),
        "points": lambda gas, n: on_points(gas, 200 * n**3, 3 * RADIUS),
        "shells": lambda gas, n: on_shells(gas, 5 * n, 3 * RADIUS),
    }
    density = 1e-3 / _depth_per_density()
    gas = _flow(lambda position: density * np.exp(-((position / RADIUS) ** 2).sum(axis=1)))
    velocity = np.linspace(-3, 3, 31) * SLOPE * RADIUS
    states = [makes[geometry](gas, n) for n in (2, 4, 8)]
    tau = 1e-3 * np.exp(-((velocity / (SLOPE * RADIUS)) ** 2))
    truth = np.pi * RADIUS**2 * SOURCE * tau.sum() / (100 * PARSEC) ** 2 * 1e26
    errors, others, chosen = (
        [abs(_flux(state, velocity, interpolation) / truth - 1) for state in states]
        for interpolation in ("log", "linear", "auto")
    )
    order = np.log2(errors[0] / errors[2]) / 2
    # Edges between levels of refinement, and chance, keep it from 2 at so few cells.
    assert 1.4 < order < 2.5, errors
    assert errors[-1] < 0.009
    assert others[-1] < 0.009
    # Few shells, which have no edges, are as good in either way.
    assert max(chosen) < 1.1 * max(errors)


def test_channels_sample_the_line_and_their_sum_converges_with_their_square():
    density = 1e-3 / _depth_per_density()
    state = on_shells(_flow(lambda position: np.full(len(position), density)), 20, RADIUS)
    # The line, a parabola, ends on channels, whatever their number.
    edge = 1.5 * SLOPE * RADIUS
    spectra = {
        n: _spectrum(state, RADIUS, np.linspace(-edge, edge, n), 40, rays_per_pixel=2)
        for n in (13, 25, 97)
    }
    # A channel does not care for how many others there are.
    assert spectra[13] == pytest.approx(spectra[97][::8], rel=1e-5, abs=1e-5 * spectra[97].max())
    truth = SOURCE * 1e-3 * 4 / 3 * np.pi * RADIUS**3 * SLOPE / (100 * PARSEC) ** 2 * 1e26
    for n, spectrum in spectra.items():
        # A sum over channels h R apart misses h^2 / 4 of a parabola, and no more.
        step = 3 / (n - 1)
        seen = spectrum.sum() * step * SLOPE * RADIUS
        assert seen == pytest.approx(truth * (1 - step**2 / 4), rel=3e-3), n
