"""Diagnostics: posteriors that are right pass, those too narrow or beside the truth fail."""

import warnings

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.errors import ShapeError
from lineform.inference.diagnostics import (
    CENTRAL,
    coverage,
    discrimination,
    levels,
    nearness,
    pareto_shape,
    uniformity,
)
from lineform.state import FloatArray

CASES, SAMPLES, NUMBERS = 400, 99, 3
WIDTH = 0.5**0.5
"""Of the posterior of a standard normal number that was measured with a noise of 1."""


def posterior(width: float = 1.0, shift: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Truths (case, number), and samples of their posterior, wrong by a factor and a shift."""
    generator = np.random.default_rng(1)
    truth = generator.standard_normal((CASES, NUMBERS))
    mean = (truth + generator.standard_normal(truth.shape)) / 2
    noise = generator.standard_normal((SAMPLES, *truth.shape))
    return truth, mean + WIDTH * (shift + width * noise)


def chance(truth: FloatArray, draws: FloatArray) -> tuple[float, float]:
    """Probability of the levels of the first number, and of TARP's."""
    found = uniformity(levels(truth, draws, seed=2)[:, 0])
    near = nearness(truth, draws, np.roll(truth, 1, axis=0), seed=2)
    return min(found.chi2, found.kolmogorov), uniformity(near).kolmogorov


def test_right_posterior_passes() -> None:
    truth, draws = posterior()
    assert min(chance(truth, draws)) > 0.05
    found = levels(truth, draws, seed=2)
    for probability in CENTRAL:
        assert coverage(found, probability) == pytest.approx(probability, abs=0.03)


@pytest.mark.parametrize("width", [0.7, 1.4])
def test_wrong_width_fails(width: float) -> None:
    truth, draws = posterior(width=width)
    assert max(chance(truth, draws)) < 1e-3
    covered = coverage(levels(truth, draws, seed=2), 0.68)
    assert (covered < 0.6) if width < 1 else (covered > 0.76)


def test_shifted_posterior_fails() -> None:
    truth, draws = posterior(shift=0.5)
    assert chance(truth, draws)[0] < 1e-6
    # Distances from points on all sides see a shift less well.
    assert chance(truth, draws)[1] < 0.05


def test_prior_passes_ranks_and_is_told_by_width_only() -> None:
    """A method that ignores the measurement is calibrated: ranks alone do not prove it good."""
    generator = np.random.default_rng(3)
    truth = generator.standard_normal((CASES, NUMBERS))
    draws = generator.standard_normal((SAMPLES, CASES, NUMBERS))
    assert min(chance(truth, draws)) > 0.05


def test_weights_count() -> None:
    truth, draws = posterior()
    # Samples of another width, weighted to be those of the posterior.
    wide = draws.mean(axis=0) + 2 * (draws - draws.mean(axis=0))
    mean = draws.mean(axis=0)[:, 0]
    z = (wide[:, :, 0] - mean) / WIDTH
    weight = np.exp(-(z**2) / 2 + (z / 2) ** 2 / 2)
    found = np.array(
        [
            levels(truth[case, 0], wide[:, case, 0], case, weight[:, case] / weight[:, case].sum())
            for case in range(CASES)
        ]
    )
    assert uniformity(found).kolmogorov > 0.01
    unweighted = levels(truth[:, 0], wide[:, :, 0], 2)
    assert uniformity(unweighted).kolmogorov < 1e-6


def test_samples_equal_to_the_truth_share_their_level() -> None:
    found = levels(np.zeros(1000), np.zeros((9, 1000)), seed=1)
    assert uniformity(found).kolmogorov > 0.01


def test_draws_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(sample, \*\(4,\)\), got \(9, 3\)"):
        levels(np.zeros(4), np.zeros((9, 3)), seed=1)


def test_nearness_is_that_of_the_tarp_package() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tarp = pytest.importorskip("tarp")
        truth, draws = posterior(width=0.8)
        reference = np.random.default_rng(4).standard_normal(truth.shape)
        expected, credibility = tarp.get_tarp_coverage(
            draws, truth, references=reference, norm=False
        )
    found = nearness(truth, draws, reference, seed=1)
    ours = np.array([(found <= level).mean() for level in credibility])
    assert np.abs(ours - expected).max() < 0.02


def test_classifier_is_as_good_as_can_be() -> None:
    """Two normal distributions apart by d are told from each other by Phi(d / 2) at best."""
    generator = np.random.default_rng(5)
    one, other = generator.standard_normal((2, 1500, 4))
    assert discrimination(one, other, seed=1) == pytest.approx(0.5, abs=0.03)
    apart = np.array([2.0, 0, 0, 0])
    assert discrimination(one, other + apart, seed=1) == pytest.approx(0.841, abs=0.03)
    assert discrimination(one, 0.5 * other, seed=1) > 0.65


@pytest.mark.parametrize("ratio", [1.2, 0.8, 0.2])
def test_tail_is_that_of_arviz(ratio: float) -> None:
    """Weights of a standard normal by samples of another width."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arviz = pytest.importorskip("arviz")
    z = ratio * np.random.default_rng(6).standard_normal(2000)
    logarithm = -(z**2) / 2 + (z / ratio) ** 2 / 2
    _, expected = arviz.psislw(logarithm)
    assert pareto_shape(logarithm) == pytest.approx(float(expected), abs=0.02)
    assert (pareto_shape(logarithm) > 0.7) == (ratio < 0.7)


def test_weighted_samples_are_as_good_as_fewer() -> None:
    """From a proposal that is too narrow in nine numbers; the level of the first is looked at."""
    generator = np.random.default_rng(5)
    found = []
    for seed in range(1500):
        draws = 0.8 * generator.standard_normal((60, 9))
        logarithm = (draws**2).sum(axis=1) * (1 / 0.64 - 1) / 2
        weight = np.exp(logarithm - np.logaddexp.reduce(logarithm))
        truth = np.asarray(generator.standard_normal())
        found.append(levels(truth, draws[:, 0], seed, weight))
    # With the whole number of samples it would be 0.897.
    assert coverage(np.array(found), 0.95) == pytest.approx(0.95, abs=0.02)
