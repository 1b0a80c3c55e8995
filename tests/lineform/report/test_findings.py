"""The plain words say what the numbers say."""

from dataclasses import replace

import numpy as np
import pytest

from lineform.posterior import number_of
from lineform.report.findings import findings_of
from lineform.report.profiles import profiles_of
from lineform.report.wording import label
from tests.lineform.posteriors import made_posterior


def test_a_number_may_be_named_like_a_field(posterior):
    number = replace(posterior.numbers[0], name="density_contrast")
    assert label(number) == "density contrast"
    assert label(posterior.field("density_CO")) == "density of CO"


def fitted(posterior, ratio=1.0):
    """With so much chi^2 for each measured value."""
    return replace(posterior, fits=tuple(replace(f, chi2=ratio * f.dof) for f in posterior.fits))


@pytest.fixture(scope="module")
def posterior():
    return fitted(made_posterior(samples=40, mirrored=False))


def words(posterior):
    found = findings_of(posterior, profiles_of(posterior))
    return {heading: " ".join(sentences) for heading, sentences in found}


def test_what_is_learned_is_told_from_what_is_the_prior(posterior):
    said = words(posterior)["What is known of the gas"]
    # The samples scatter by 0.15 * 0.8 of ln n inside 240 au, beyond by all of the prior.
    assert "Density of CO: known to 13 % from 0 to 246 au." in said
    assert "From 246 to 370 au it is the prior that is seen." in said
    assert "Radial velocity: known to ± 0.7" in said


def test_a_field_that_nothing_is_known_of_is_said_to_be_the_prior(posterior):
    field = posterior.field("turbulence")
    free = replace(field, quantiles=field.prior, width_ratio=np.ones_like(field.width_ratio))
    said = words(replace(posterior, fields=(free,)))["What is known of the gas"]
    assert said.startswith("Turbulence: not constrained by the data at any distance")


def test_modes_are_told_of_with_their_weights():
    both = fitted(made_posterior(samples=40))
    said = words(both)["What cannot be told apart"]
    assert "There are 2 separate solutions" in said
    assert f"{100 * both.mode_weights.max():.0f} %" in said
    assert "Inclination: 5" in words(both)["What is known of the numbers"]
    assert " mode 2), with 68 % probability within each mode" in str(words(both))


def test_what_is_known_within_one_mode_is_told_too():
    said = words(fitted(made_posterior(samples=40)))
    assert "Density of CO: known to" not in said["What is known of the gas"]
    assert "Density of CO: known to" in said["Within the most probable solution alone"]


def test_one_mode_is_not_called_several(posterior):
    assert "separate solutions" not in str(words(posterior))


def test_a_degeneracy_of_numbers_is_told(posterior):
    said = words(posterior)["What cannot be told apart"]
    assert "larger mass loss rate goes with a larger position angle (correlation 1.0)" in said


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (1.0, "as expected of the noise"),
        (2.0, "more than the noise explains"),
        (0.5, "less than expected of the noise"),
    ],
)
def test_chi2_is_weighed_against_its_expectation(posterior, factor, expected):
    (fit,) = posterior.fits
    changed = replace(posterior, fits=(replace(fit, chi2=factor * fit.dof),))
    assert expected in words(changed)["How well it fits"]


@pytest.mark.parametrize(("ratio", "expected"), [(118.0, "too small"), (0.1, "too large")])
def test_of_a_fit_that_fails_nothing_is_said_to_be_known(posterior, ratio, expected):
    said = words(fitted(posterior, ratio))
    trust = said["How far to trust the widths"]
    assert trust.startswith(f"Widths cannot be trusted: χ² of CO 2-1 is {ratio:.3g}")
    assert expected in trust
    everything = str(said)
    for claim in ("known to", "The data decide", "What is known", "probability"):
        assert claim not in everything
    assert "Density of CO: the samples scatter by 13 % from 0 to 246 au" in everything


def test_of_a_fit_that_holds_widths_are_not_doubted(posterior):
    assert "cannot be trusted" not in str(words(posterior))


def test_the_worst_channel_is_named(posterior):
    (fit,) = posterior.fits
    chi2 = fit.dof.copy()
    chi2[2] *= 20
    changed = replace(posterior, fits=(replace(fit, chi2=chi2),))
    assert "worst at −8.00 km s⁻¹" in words(changed)["How well it fits"]


@pytest.mark.parametrize(
    ("width", "expected"),
    [(0.1, "The data decide"), (0.7, "Data and prior decide together"), (1.0, "add nothing")],
)
def test_a_number_is_weighed_against_its_prior(posterior, width, expected):
    drawn = np.linspace(-1, 1, 101)
    equal = np.full(101, 1 / 101)
    number = number_of("a", "K", "A.", "uniform", width * drawn, equal, drawn)
    alone = replace(
        posterior, fields=(), numbers=(number,), number_correlations=np.eye(1), correlations={},
        weight=equal, mode=np.zeros(101, int),
    )  # fmt: skip
    said = words(alone)
    assert expected in said["What is known of the numbers"]


def test_a_wind_that_may_slow_down_is_told_of(posterior):
    first = posterior.numbers[0]
    slow, fast = (
        replace(first, name=f"{which}_velocity", samples=np.full(40, speed))
        for which, speed in (("initial", 3.0), ("terminal", 8.0))
    )
    fast.samples[:10] = 2.0
    both = replace(posterior, numbers=(slow, fast), weight=np.full(40, 1 / 40))
    assert "slows down outwards with 25 % probability" in str(words(both))
    fast.samples[:10] = 4.0
    assert "slows down" not in str(words(both))


def test_what_was_held_fixed_is_said_to_be(posterior):
    fixed = np.full(40, 3.0)
    number = number_of("a", "deg", "A.", "fixed", fixed, posterior.weight, fixed)
    field = posterior.field("turbulence")
    still = replace(field, prior=np.ones_like(field.prior), quantiles=np.ones_like(field.prior))
    said = words(replace(posterior, numbers=(number,), fields=(still,), correlations={}))
    assert said["What is known of the numbers"] == "A: held at 3.00°."
    assert said["What is known of the gas"] == "Turbulence: held fixed."


def test_of_one_model_no_widths_are_told():
    said = words(made_posterior(cells=4, samples=1, channels=3, pixels=4))
    assert said.keys() == {"How well it fits", "How far to trust the widths"}
    assert "nothing is known of widths" in said["How far to trust the widths"]
    # Nor whether they are too small.
    assert "cannot be trusted" not in said["How far to trust the widths"]


def test_of_weights_that_collapsed_no_widths_are_told(posterior):
    weight = np.full(40, 1e-9)
    weight[3] = 1 - 39e-9
    said = words(replace(posterior, weight=weight))
    assert "What is known of the gas" not in said
    assert "Of 40 samples one has nearly all of the weight" in said["How far to trust the widths"]


def test_cells_that_change_the_result_limit_what_widths_say(posterior):
    moved = "with twice as many along a side the result would move by 9.0 standard deviations"
    said = words(replace(posterior, warnings=(f"cells: {moved}; give more --cells",)))
    assert f"such cells: {moved}" in said["How far to trust the widths"]
    assert "such cells" not in str(words(posterior))


def test_few_samples_are_told_of():
    few = made_posterior(cells=4, samples=6, channels=3, pixels=4)
    assert "too few for the ends of 95 % intervals" in str(words(few))


def test_widths_that_the_method_does_not_vouch_for_are_said_to_be_wrong(posterior):
    said = words(replace(posterior, doubts=("the 40 samples count as 3",)))
    assert (
        "Widths cannot be trusted: the 40 samples count as 3."
        in said["How far to trust the widths"]
    )
    assert "known to" not in said["What the samples say of the gas"]
    assert "which is not to be trusted" in said["What the samples say of the numbers"]
