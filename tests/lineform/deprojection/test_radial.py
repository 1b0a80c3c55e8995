"""Radial curves and floors."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.radial import RadialCurve, no_less  # noqa: E402


def test_curves_have_the_stated_covariance_in_the_logarithm_of_the_radius():
    curve = RadialCurve(0.7)
    log_radius = torch.linspace(math.log(1 / 100), math.log(0.87), 23, dtype=torch.float64)
    basis = curve.basis(log_radius)
    apart = (log_radius[:, None] - log_radius).numpy()
    expected = np.exp(-(apart**2) / (2 * 0.7**2))
    np.testing.assert_allclose((basis @ basis.T).numpy(), expected, atol=5e-4)


def test_curves_are_differentiable_by_the_radius():
    curve = RadialCurve(0.5)
    knots = torch.linspace(-1, 1, curve.size, dtype=torch.float64)
    radius = torch.tensor([0.01, 0.2, 0.6], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda r: curve.basis(torch.log(r)) @ knots, (radius,))


def test_the_floor_is_soft_but_does_not_move_what_is_well_above():
    floor = torch.tensor(math.log(10.0))
    warm = no_less(torch.log(torch.tensor([1.0, 10.0, 20.0, 100.0])), floor).exp()
    np.testing.assert_allclose(warm, [10.0, 10 * 2 ** (1 / 6), 20.05, 100.0], rtol=1e-3)
