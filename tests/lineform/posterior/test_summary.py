"""Means, widths and quantiles of samples, against the distributions that they came from."""

import numpy as np
import pytest

from lineform.posterior import (
    QUANTILES,
    correlations_of,
    field_of,
    fit_of,
    number_correlations_of,
    number_of,
    quantiles_of,
)
from lineform.species import Line

NORMAL = np.array([-1.95996, -0.99446, 0.0, 0.99446, 1.95996])


@pytest.fixture
def generator():
    return np.random.default_rng(3)


def equal(count):
    return np.full(count, 1 / count)


def test_quantiles_are_those_of_the_distribution(generator):
    samples = generator.standard_normal((40_000, 2))
    found = quantiles_of(samples, equal(40_000))
    np.testing.assert_allclose(found, np.stack([NORMAL, NORMAL], 1), atol=0.06)


@pytest.mark.parametrize("count", [20, 39, 100])
@pytest.mark.parametrize("likely", [0.68, 0.95])
def test_an_interval_of_few_samples_has_the_probability_that_it_names(generator, count, likely):
    samples = generator.uniform(size=(count, 10_000))
    low, high = quantiles_of(samples, equal(count), (0.5 - likely / 2, 0.5 + likely / 2))
    # The mean of the k-th of n is k / (n + 1), and the outermost samples have no more to give.
    most = (count - 1) / (count + 1)
    assert np.mean(high - low) == pytest.approx(min(likely, most), abs=0.004)


@pytest.mark.parametrize("likely", [0.68, 0.95])
def test_so_has_an_interval_of_weighted_samples(generator, likely):
    samples = generator.uniform(size=(100, 10_000))
    weight = generator.uniform(0.2, 1.8, 100)
    ends = 0.5 - likely / 2, 0.5 + likely / 2
    low, high = quantiles_of(samples, weight / weight.sum(), ends)
    assert np.mean(high - low) == pytest.approx(likely, abs=0.006)


def test_weights_count_as_repetitions(generator):
    samples = generator.standard_normal(50)
    count = generator.integers(1, 5, 50)
    repeated = quantiles_of(np.repeat(samples, count), equal(count.sum()))
    weighted = quantiles_of(samples, count / count.sum())
    gap = np.max(np.diff(np.sort(samples)))
    np.testing.assert_allclose(weighted, repeated, atol=gap)


@pytest.mark.parametrize("share", [0, 1e-9])
def test_a_sample_of_hardly_any_weight_counts_for_nothing(generator, share):
    samples = generator.standard_normal(9)
    with_more = np.append(samples, [1e9, -1e9])
    found = quantiles_of(with_more, np.append(equal(9) * (1 - 2 * share), [share, share]))
    np.testing.assert_allclose(found, quantiles_of(samples, equal(9)), atol=1e-6)


def test_weights_that_are_hardly_unequal_change_hardly_anything(generator):
    samples = generator.standard_normal((30, 4))
    uneven = equal(30) * (1 + 1e-9 * generator.standard_normal(30))
    np.testing.assert_allclose(
        quantiles_of(samples, uneven), quantiles_of(samples, equal(30)), atol=1e-6
    )


def test_one_sample_is_all_its_quantiles():
    np.testing.assert_array_equal(quantiles_of(np.full((1, 2), 3.0), np.ones(1)), 3)


def test_the_ratio_of_widths_is_that_of_the_logarithms(generator):
    prior = np.exp(generator.standard_normal((4000, 2, 2, 2)))
    samples = np.exp(3 + 0.25 * generator.standard_normal((4000, 2, 2, 2)))
    field = field_of("a", "K", "A.", samples, equal(4000), prior, logarithmic=True)
    np.testing.assert_allclose(field.width_ratio, 0.25, rtol=0.1)
    np.testing.assert_allclose(field.mean, np.exp(3 + 0.25**2 / 2), rtol=0.05)


def test_nothing_is_learned_of_what_was_fixed():
    ones = np.ones((5, 2, 2, 2))
    field = field_of("a", "K", "A.", ones, equal(5), ones, logarithmic=True)
    np.testing.assert_array_equal(field.width_ratio, 1)


def test_an_angle_is_not_torn_apart_at_its_end(generator):
    angle = (359 + 3 * generator.standard_normal(2000)) % 360
    number = number_of("pa", "deg", "An angle.", "", angle, equal(2000), angle, period=360)
    assert number.deviation == pytest.approx(3, rel=0.1)
    assert number.quantiles[2] % 360 == pytest.approx(359, abs=0.3)
    np.testing.assert_allclose(number.samples % 360, angle)


def test_the_prior_of_an_angle_lies_about_the_posterior(generator):
    angle, before = 350 + generator.standard_normal(50), generator.uniform(0, 360, 4000)
    number = number_of("pa", "deg", "An angle.", "", angle, equal(50), before, period=360)
    assert np.abs(number.prior_samples - 350).max() <= 180.5
    assert number.prior_quantiles[2] == pytest.approx(350, abs=12)


def test_correlations_are_found(generator):
    a, b = generator.standard_normal((2, 4000, 1, 1, 1))
    weight = equal(4000)
    first = field_of("a", "K", "A.", np.exp(a), weight, np.exp(a), logarithmic=True)
    both = 0.6 * a + 0.8 * b
    second = field_of("b", "K", "B.", both, weight, both, logarithmic=False)
    found = correlations_of([first, second], weight)
    assert found["a", "b"].item() == pytest.approx(0.6, abs=0.03)


def test_correlations_of_numbers_are_those_of_logarithms(generator):
    a, b = generator.standard_normal((2, 4000))
    numbers = [
        number_of("a", "K", "A.", "", np.exp(a), equal(4000), np.exp(a), logarithmic=True),
        number_of("b", "K", "B.", "", 0.6 * a - 0.8 * b, equal(4000), b),
        number_of("c", "K", "C.", "", np.ones(4000), equal(4000), b),
    ]
    found = number_correlations_of(numbers, equal(4000))
    np.testing.assert_allclose(found, [[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]], atol=0.03)


def fit(cubes, data, weight, rms=1.0):
    line = Line("CO", "2-1", 230.538e9, float("nan"), -1, -1)
    axes = np.arange(data.shape[0]) * 1.0, np.arange(3) * 0.1, np.arange(3) * 0.1
    return fit_of("CO_2-1", line, axes, data, np.full((1, 1, 1), rms), iter(cubes), weight)


def test_moments_of_the_cubes_are_those_of_all_at_once(generator):
    cubes = 1000 + generator.standard_normal((7, 2, 3, 3))
    weight = generator.uniform(0, 1, 7)
    weight /= weight.sum()
    found = fit(cubes, np.full((2, 3, 3), 1000.0), weight)
    mean = np.tensordot(weight, cubes, 1)
    np.testing.assert_allclose(found.model, mean)
    np.testing.assert_allclose(
        found.deviation, np.sqrt(np.tensordot(weight, (cubes - mean) ** 2, 1)), rtol=1e-9
    )


def test_chi2_counts_what_was_measured(generator):
    data = generator.standard_normal((2, 3, 3))
    data[0, 0, 0] = np.nan
    found = fit(np.zeros((1, 2, 3, 3)), data, np.ones(1), rms=2.0)
    np.testing.assert_array_equal(found.dof, [8, 9])
    np.testing.assert_allclose(found.chi2, np.nansum(data**2, axis=(1, 2)) / 4)
    assert not found.seen[0, 0, 0]


def test_flux_is_that_of_rayleigh_and_jeans():
    cube = np.ones((1, 2, 3, 3))
    found = fit(cube, cube[0], np.ones(1))
    # 1.222e6 K per Jy/beam over GHz^2 arcsec^2 is for a Gaussian beam; this is 9 square pixels.
    kelvin = 1.222e6 / 230.538**2 * (np.pi / (4 * np.log(2)))
    assert found.spectrum[0] == pytest.approx(9 * 0.01 / kelvin, rel=1e-3)
    np.testing.assert_allclose(found.spectra[0], found.spectrum)


def test_the_probabilities_are_those_of_68_and_95_percent():
    assert [high - low for low, high in zip(QUANTILES, QUANTILES[::-1], strict=True)][:2] == (
        pytest.approx([0.95, 0.68])
    )
