"""Importance sampling that adapts: evidence and quantiles of densities that are known."""

import math

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.inference._adapted import Mixture, adapted, resampled, truncated
from lineform.inference.diagnostics import pareto_shape

DIRECTION = 0.45
"""Of an angle near its seam, in turns."""


def normal(x):
    return -((x**2).sum(axis=1) + x.shape[1] * math.log(2 * math.pi)) / 2


class Wide:
    """The prior, which is far too wide."""

    def __init__(self, rng) -> None:
        self._rng = rng

    def draw(self, number):
        return self._rng.standard_normal((number, 3))

    def log_density(self, latent):
        return normal(latent)


def turning(number, width):
    """A peak in an angle, of which each latent number is as likely as under the prior."""
    turns = np.arange(-9, 10)
    angle = number - np.round(number)
    others = np.exp(-((angle[:, None] + turns) ** 2) / 2).sum(axis=1)
    off = number - DIRECTION
    off -= np.round(off)
    return normal(off[:, None] / width) - math.log(width) - number**2 / 2 - np.log(others)


def bent(latent):
    """A bent ridge in two numbers, and an angle."""
    flat = np.stack([latent[:, 0] - latent[:, 1] ** 2, latent[:, 1] - 0.5], axis=1) / [0.1, 0.3]
    return normal(flat) - math.log(0.03) + turning(latent[:, 2], 0.05)


def test_a_bent_density_with_an_angle_is_found() -> None:
    rng = np.random.default_rng(1)
    found = adapted(Wide(rng), bent, 4000, (2,), rng)
    assert len(found.latent) == 2000
    weight = np.exp(found.logarithm - found.logarithm.max())
    weight /= weight.sum()
    # The prior alone has some 20 effective samples of 2000.
    assert 1 / (weight @ weight) > 800
    assert pareto_shape(found.logarithm) < 0.7
    assert math.log(np.exp(found.logarithm).mean()) == pytest.approx(0, abs=0.15)
    samples = found.latent[resampled(weight, 4000, rng)]
    assert samples[:, 1].mean() == pytest.approx(0.5, abs=0.04)
    assert samples[:, 1].std() == pytest.approx(0.3, rel=0.1)
    ridge = samples[:, 0] - samples[:, 1] ** 2
    assert ridge.std() == pytest.approx(0.1, rel=0.12)
    turned = np.exp(2j * np.pi * samples[:, 2]).mean()
    assert np.angle(turned) / (2 * np.pi) == pytest.approx(DIRECTION, abs=0.01)
    # Turns as far as the prior has them, not only the one that was found first.
    assert samples[:, 2].std() == pytest.approx(1.0, abs=0.15)


def two(latent):
    """Two peaks, 85 % of the probability in the first."""
    place = np.array([0.9, -0.6, 0.8])
    one, other = (normal((latent - m) / 0.15) - 3 * math.log(0.15) for m in (place, -place))
    return np.logaddexp(one + math.log(0.85), other + math.log(0.15))


def test_two_modes_keep_their_shares() -> None:
    rng = np.random.default_rng(3)
    found = adapted(Wide(rng), two, 4000, (), rng)
    weight = np.exp(found.logarithm - found.logarithm.max())
    weight /= weight.sum()
    assert weight[found.latent[:, 0] > 0].sum() == pytest.approx(0.85, abs=0.05)
    assert 1 / (weight @ weight) > 800
    assert math.log(np.exp(found.logarithm).mean()) == pytest.approx(0, abs=0.1)


def test_mixtures_integrate_to_one() -> None:
    """With unequal weights, and an angle that reaches over the seam."""
    rng = np.random.default_rng(2)
    latent = rng.standard_normal((300, 3)) * [0.5, 1.0, 0.1] + [0, 2, DIRECTION]
    weight = rng.random(300)
    mixture = Mixture(latent, weight / weight.sum(), (2,), rng)
    samples = mixture.draw(20_000)
    flat = (samples[:, :2] - [0, 2]) / [0.4, 0.8]
    spread = normal(flat) - math.log(0.32) + turning(samples[:, 2], 0.08)
    ratio = np.exp(spread - mixture.log_density(samples))
    assert ratio.mean() == pytest.approx(1, abs=0.05)


def test_great_weights_are_cut() -> None:
    logarithm = np.zeros(100)
    logarithm[3] = 20.0
    cut = truncated(logarithm)
    assert cut[3] == pytest.approx(20 - math.log(10), abs=1e-3)
    assert (np.delete(cut, 3) == 0).all()
