"""Priors have the distributions that they say, and finite derivatives everywhere."""

import math

import pytest
from scipy import stats

from lineform.errors import ConfigError

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.priors import PRIORS, Angle, Fixed, prior_from  # noqa: E402

DISTRIBUTIONS = {
    "inclination": lambda p: math.degrees(math.acos(1 - 2 * p)),
    "log-normal 1e-06 10": stats.lognorm(math.log(10), scale=1e-6).ppf,
    "log-uniform 0.1 10": stats.loguniform(0.1, 10).ppf,
    "normal -1 2.5": stats.norm(-1, 2.5).ppf,
    "uniform -5 90": stats.uniform(-5, 95).ppf,
}
LATENT = (-3.0, -1.0, -0.25, 0.0, 0.4, 2.0)


def _latent(number, dtype=torch.float64):
    return torch.tensor([number], dtype=dtype)


@pytest.mark.parametrize("text", DISTRIBUTIONS)
def test_quantiles(text):
    prior = prior_from(text)
    for number in LATENT:
        expected = DISTRIBUTIONS[text](stats.norm.cdf(number))
        assert float(prior(_latent(number))) == pytest.approx(expected, rel=1e-12)


def test_an_angle_is_uniform_on_the_circle():
    generator = torch.Generator().manual_seed(1)
    latent = torch.randn((4000, 1), generator=generator, dtype=torch.float64)
    angles = torch.vmap(Angle(180.0))(latent)
    assert stats.kstest(angles.numpy() / 180, "uniform").pvalue > 0.01


def test_an_angle_has_no_seam():
    angle = Angle(360.0)
    for number in (-0.5, 0.25, 1.7):
        derivative = torch.func.grad(lambda x: torch.cos(torch.deg2rad(angle(x))))(_latent(number))
        expected = -2 * math.pi * math.sin(2 * math.pi * number)
        assert float(derivative) == pytest.approx(expected, abs=1e-12)
    assert float(angle(_latent(0.9))) == pytest.approx(float(angle(_latent(-0.1))))


@pytest.mark.parametrize("text", [*DISTRIBUTIONS, "angle 180"])
def test_the_inverse_gives_the_latent_number_back(text):
    prior = prior_from(text)
    for number in (-0.49, -0.2, 0.0, 0.45) if prior.period else LATENT:
        value = float(prior(_latent(number)))
        assert float(prior.inverse(value)) == pytest.approx(number, abs=1e-12)


@pytest.mark.parametrize("text", [*DISTRIBUTIONS, "angle 360"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_derivatives_are_finite_far_out_and_right_in_the_middle(text, dtype):
    prior = prior_from(text)
    for number in (-14.0, -6.0, 0.0, 6.0, 14.0):
        latent = _latent(number, dtype)
        value, forwards = torch.func.jvp(prior, (latent,), (torch.ones_like(latent),))
        backwards = torch.func.grad(prior)(latent)
        assert value.dtype == dtype
        assert torch.isfinite(forwards)
        assert float(backwards) == pytest.approx(float(forwards), rel=1e-6)
    assert torch.autograd.gradcheck(prior, _latent(0.3).requires_grad_())


def test_a_fixed_number_takes_nothing_from_the_latent_vector():
    prior = Fixed(3.5)
    value = prior(torch.zeros(0, dtype=torch.float32))
    assert (prior.size, float(value), value.dtype) == (0, 3.5, torch.float32)
    assert prior.inverse(3.5).shape == (0,)
    with pytest.raises(ConfigError, match=r"fixed, value 3\.5, got 3\.6"):
        prior.inverse(3.6)


@pytest.mark.parametrize("text", [*DISTRIBUTIONS, "angle 180", "fixed 3.5"])
def test_texts_are_read_as_they_are_written(text):
    prior = prior_from(text)
    assert prior.text == text
    assert prior_from(prior.text) == prior
    assert prior.logarithmic == text.startswith("log")


def test_words_name_the_numbers():
    assert prior_from("log-normal 1e-6 10").words == "log-normal, median 1e-06, factor 10"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one of angle, fixed, inclination, .*, got ''"),
        ("gaussian 1 2", "expected one of .* normal, uniform, got 'gaussian 1 2'"),
        ("normal 1", "expected normal <mean> <deviation>, got 'normal 1'"),
        ("fixed three", "expected fixed <value>, got 'fixed three'"),
        ("normal 1 0", "expected a deviation above 0, got normal 1 0"),
        ("log-normal -1 2", "expected a median above 0 and a factor above 1, got log-normal -1 2"),
        ("log-normal 1 1", "a factor above 1"),
        ("uniform 3 2", "expected the lower end before the upper one, got uniform 3 2"),
        ("log-uniform 0 2", "two ends above 0"),
        ("angle 0", "a turn above 0"),
        ("normal inf 1", "expected finite numbers, got normal inf 1"),
    ],
)
def test_what_is_no_prior(text, message):
    with pytest.raises(ConfigError, match=message):
        prior_from(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("uniform 0 90", 90.0),
        ("log-uniform 1 9", 0.5),
        ("log-normal 1 2", -1.0),
        ("inclination", 180.0),
        ("normal 0 1", math.nan),
    ],
)
def test_values_that_cannot_come_from_a_prior(text, value):
    with pytest.raises(ConfigError, match=f"value: expected one of the prior .*, got {value}"):
        prior_from(text).inverse(value)


def test_all_priors_are_known_by_name():
    assert sorted(PRIORS) == [
        "angle",
        "fixed",
        "inclination",
        "log-normal",
        "log-uniform",
        "normal",
        "uniform",
    ]
