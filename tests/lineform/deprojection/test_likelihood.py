import math
from dataclasses import replace

import numpy as np
import pytest

from lineform.cube import Beam
from lineform.func.convolve import beam_margin, correlated_noise
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Measurement
from lineform.species import linear_rotor

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

LINE = linear_rotor("CO").line("2-1")
KELVIN = float(brightness_temperature(1.0, LINE.frequency))
RMS = 0.2 / KELVIN
LIKE = torch.zeros((), dtype=torch.float64)


def likelihood_of(measurement, model_error=0.0):
    from lineform.deprojection.likelihood import likelihood_of

    return likelihood_of(measurement, LIKE, model_error)


def measured(cube, beam, correlated=True):
    offsets = 0.1 * (np.arange(cube.shape[1]) - (cube.shape[1] - 1) / 2)
    return Measurement(
        line=LINE,
        velocity=np.arange(len(cube), dtype=float),
        channel=1.0,
        x=offsets,
        y=offsets,
        intensity=cube,
        rms=np.full((1, 1, 1), RMS),
        beams=(beam,),
        correlated=correlated,
    )


def noise(beam, number, side, seed=1):
    """Maps (number, y, x) of noise as telescopes make it."""
    major, minor = beam.major / 0.1, beam.minor / 0.1
    margin = beam_margin(major)
    white = np.random.default_rng(seed).standard_normal((number, side + margin, side + margin))
    return RMS * correlated_noise(white, major, minor, math.radians(beam.position_angle))


def missing(side):
    """A round field of view with a few blanked pixels."""
    place = np.arange(side) - (side - 1) / 2
    gone = np.hypot(place[:, None], place) > 0.48 * side
    gone[side // 3, side // 2 :] = True
    return gone


@pytest.mark.parametrize("beam", [Beam(0.3, 0.3), Beam(0.45, 0.25, 30.0)], ids=["round", "oval"])
@pytest.mark.parametrize("blanked", [False, True], ids=["whole", "blanked"])
def test_residuals_of_noise_are_independent_and_standard(beam, blanked):
    maps = noise(beam, 3000, 14)
    if blanked:
        maps[:, missing(14)] = np.nan
    likelihood = likelihood_of(measured(maps, beam))
    values = likelihood.residual(torch.zeros_like(likelihood.data)).reshape(3000, -1).numpy()
    assert 14 < values.shape[1] < 14**2
    covariance = values.T @ values / 3000
    # Of 3000 maps, variances scatter by 2.6 % and correlations by 1.8 %.
    assert np.abs(covariance - np.eye(len(covariance))).max() < 0.13
    assert np.trace(covariance) / len(covariance) == pytest.approx(1, abs=0.01)


def test_combinations_hold_what_the_beam_passes():
    beam = Beam(0.3, 0.3)
    point = np.zeros((1, 21, 21))
    point[0, 9, 12] = 1
    from lineform.func.convolve import gaussian_beam

    seen = gaussian_beam(point, 3.0, 3.0, 0.0)
    likelihood = likelihood_of(measured(seen / KELVIN, beam))
    (whitening,) = likelihood.whitenings
    weights = whitening.weights.numpy()
    # The best fit of the map by the patterns that are used leaves nothing of it.
    flat = seen.reshape(-1)
    fitted = weights.T @ np.linalg.lstsq(weights.T, flat, rcond=None)[0]
    assert np.abs(fitted - flat).max() < 0.02 * flat.max()


def test_the_sum_of_squares_at_the_truth_is_its_number():
    beam = Beam(0.3, 0.3)
    maps = noise(beam, 400, 16, seed=2)
    likelihood = likelihood_of(measured(maps, beam))
    chi2 = float((likelihood.residual(torch.zeros_like(likelihood.data)) ** 2).sum())
    assert chi2 / likelihood.number == pytest.approx(1, abs=0.02)
    sums, number = likelihood.by_channel(torch.zeros_like(likelihood.data))
    assert float(sums.sum()) == pytest.approx(chi2, rel=1e-9)
    assert int(number.sum()) == likelihood.number


def test_noise_without_correlation_is_taken_as_it_is():
    cube = RMS * np.random.default_rng(3).standard_normal((4, 5, 5))
    cube[1, 2, 3] = np.nan
    cube[2] = np.nan
    likelihood = likelihood_of(measured(cube, Beam(0.3, 0.3), correlated=False))
    values = likelihood.residual(torch.zeros_like(likelihood.data))
    assert np.sort(values.numpy()) == pytest.approx(np.sort(-cube[np.isfinite(cube)] / RMS))
    assert likelihood.number == 74
    _, number = likelihood.by_channel(torch.zeros_like(likelihood.data))
    assert number.tolist() == [25, 24, 0, 25]


def test_an_error_of_the_model_widens_where_it_is_bright():
    cube = np.zeros((1, 4, 4))
    cube[0, 1, 1] = 100 * RMS
    likelihood = likelihood_of(measured(cube, Beam(0.3, 0.3), correlated=False), 0.05)
    expected = np.full((4, 4), 1 / (RMS * KELVIN))
    expected[1, 1] /= math.sqrt(1 + 0.05**2 * (100**2 - 1))
    assert likelihood.weight[0].numpy() == pytest.approx(expected)


def test_channels_after_hanning_smoothing_are_told_apart():
    beam = Beam(0.3, 0.3)
    rng = np.random.default_rng(4)
    maps = []
    for _ in range(400):
        white = rng.standard_normal((14, 3, 3))
        smooth = (white[:-2] + 2 * white[1:-1] + white[2:]) / 4
        maps.append(RMS * smooth / math.sqrt(3 / 8))
    values = []
    for cube in maps:
        hanning = replace(measured(cube, beam, correlated=False), neighbour=2 / 3)
        likelihood = likelihood_of(hanning)
        values.append(likelihood.residual(torch.zeros_like(likelihood.data)).numpy())
    found = np.stack(values)
    assert 7 * 9 <= found.shape[1] < 12 * 9
    assert likelihood.number == found.shape[1]
    covariance = found.T @ found / len(found)
    # Of 400 maps, variances scatter by 7 % and correlations by 5 %.
    assert np.abs(covariance - np.eye(len(covariance))).max() < 0.36
    assert np.trace(covariance) / len(covariance) == pytest.approx(1, abs=0.02)
