"""The noise of a cube is found beside its line, with its places, channels and correlation."""

import math

import numpy as np
import pytest

from lineform.func.channels import hanning
from lineform.func.convolve import beam_margin, correlated_noise
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Reading, binned, read_measurements, understood
from lineform.measurement.linefree import line_free
from lineform.measurement.robust import deviation, smoothed
from tests.lineform.measurement import cubes

SIDE, CHANNELS = 32, 40
SPEED = np.arange(CHANNELS) - 20.0


def noise(seed=0, beam=None):
    """Noise (channel, y, x) [1], white, or of a beam (major, minor [pixel], angle [deg])."""
    rng = np.random.default_rng(seed)
    if beam is None:
        return rng.standard_normal((CHANNELS, SIDE, SIDE))
    margin = beam_margin(beam[0])
    white = rng.standard_normal((CHANNELS, SIDE + margin, SIDE + margin))
    return correlated_noise(white, beam[0], beam[1], math.radians(beam[2]))


def line(height=20.0, width=4.0):
    """A line (channel, y, x) in the middle of the band and of the image."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    return height * np.exp(-(x * x + y * y) / 20 - (SPEED[:, None, None] / width) ** 2)


def read(path, data, options=None, **changes):
    middle = SIDE / 2 + 0.5
    changes = {"CRPIX1": middle, "CRPIX2": middle, "CRPIX3": 21.0} | changes
    (found,) = read_measurements(
        cubes.write(path / "a.fits", data, **changes), options or Reading()
    )
    return found, brightness_temperature(found.rms, found.line.frequency)


def test_the_channels_of_a_line_are_left_out():
    free = line_free(noise() + line())
    assert not free[abs(SPEED) < 8].any()
    assert free[abs(SPEED) > 14].all()
    assert line_free(noise(1)).mean() > 0.9


def test_a_line_that_no_channel_shows_is_told(tmp_path):
    """It then counts as noise; as it does not where it was seen."""
    said = "warning: no channel was seen to hold the line"
    found, _ = read(tmp_path, noise(1), Reading(faint=True))
    assert said in "\n".join(found.remarks)
    assert "rms estimated from 40 of 40 channels without a line" in "\n".join(found.remarks)
    found, _ = read(tmp_path, noise(1) + line())
    assert said not in "\n".join(found.remarks)


@pytest.mark.parametrize("height", [0.0, 1.0, 1000.0])
def test_a_line_changes_the_estimate_little(tmp_path, height):
    _, rms = read(tmp_path, 0.1 * (noise() + line(height)), Reading(faint=True))
    assert rms == pytest.approx(0.1, rel=0.02)


def test_the_noise_follows_places_and_channels(tmp_path):
    """As at the edge of a primary beam that was divided out, and of a band."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    place = np.exp((x * x + y * y) / 300)
    channel = np.where(SPEED > 12, 2.0, 1.0)[:, None, None]
    truth = place * channel
    _, rms = read(tmp_path, noise() * truth + line(50))
    ratio = np.broadcast_to(rms, truth.shape) / truth
    assert np.median(ratio) == pytest.approx(1, abs=0.03)
    # From a hundred values each.
    assert deviation(np.log(ratio)) < 0.11
    assert np.quantile(ratio, [0.01, 0.99]) == pytest.approx(1, abs=0.3)


def test_even_noise_is_one_number(tmp_path):
    _, rms = read(tmp_path, noise() + line())
    assert rms.shape == (1, 1, 1)


@pytest.mark.parametrize("beam", [(4.0, 3.0, 30.0), (6.0, 3.0, 120.0), (2.5, 2.5, 0.0)])
def test_the_correlation_is_that_of_the_beam(tmp_path, beam):
    """Of a beam that the header does not tell, and then of one that it does."""
    data = noise(beam=beam) + line()
    found, _ = read(tmp_path, data, BMAJ=None)
    assert found.correlated
    assert found.noise_beam.major / found.pixel == pytest.approx(beam[0], rel=0.1)
    assert found.noise_beam.minor / found.pixel == pytest.approx(beam[1], rel=0.1)
    if beam[0] > beam[1]:
        assert found.noise_beam.position_angle == pytest.approx(beam[2], abs=8)
    widths = {"BMAJ": beam[0] * cubes.PIXEL / 3600, "BMIN": beam[1] * cubes.PIXEL / 3600}
    found, _ = read(tmp_path, data, BPA=beam[2], **widths)
    assert (found.correlated, found.noise_beam) == (True, None)


def test_white_noise_is_not_taken_for_that_of_the_beam(tmp_path):
    found, _ = read(tmp_path, noise() + line())
    assert found.beams
    assert not found.correlated


def test_hanning_smoothed_channels_are_noticed(tmp_path):
    found, _ = read(tmp_path, hanning(noise()) + line())
    assert found.neighbour == pytest.approx(2 / 3, abs=0.05)
    assert found.channel_response == "hanning"
    # Of which the likelihood knows: no reason for alarm.
    said = [text for text in understood(found) if "correlated by 0.6" in text]
    assert said
    assert not said[0].startswith("warning")
    # The rms of means is then more than that of independent channels: 1.29 times.
    mean = binned(found, 1, 2)
    assert mean.rms / found.rms == pytest.approx(math.sqrt(5 / 6), rel=0.03)


def test_channels_that_are_alike_beyond_what_the_likelihood_knows_are_a_warning(tmp_path):
    data = noise(2)
    alike = sum(np.roll(data, shift, 0) for shift in range(5)) / math.sqrt(5)
    found, _ = read(tmp_path, alike + line())
    assert any("warning: noise of neighbouring channels" in text for text in found.remarks)


WIDE = {"BMAJ": 0.6 / 3600, "BMIN": 0.5 / 3600, "BPA": 0.0}


def test_a_line_in_nearly_all_channels_leaves_no_noise_to_correlate(tmp_path):
    """But for three, less their mean, which would look like noise of another kind."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    angle = SPEED[:, None, None]
    source = np.exp(-((x - 9 * np.cos(angle)) ** 2 + (y - 9 * np.sin(angle)) ** 2) / 12)
    source[:3] = 0
    found, _ = read(tmp_path, noise(4, beam=(6.0, 5.0, 0.0)) + 20 * source, **WIDE)
    assert "no channels without a line" in " ".join(found.remarks)
    assert (found.correlated, found.noise_beam, found.neighbour) == (True, None, 0.0)
    assert "too few for the correlation" in " ".join(found.remarks)


def test_a_few_beams_of_noise_tell_no_correlation(tmp_path):
    data = (noise(4, beam=(6.0, 5.0, 0.0)) + line())[12:38, 11:21, 11:21]
    found, _ = read(tmp_path, data, CRPIX1=5.0, CRPIX2=5.0, CRPIX3=9.0, **WIDE)
    assert (found.correlated, found.noise_beam, found.neighbour) == (True, None, 0.0)
    assert "too few for the correlation" in " ".join(found.remarks)


@pytest.mark.parametrize("beam", [None, (4.0, 3.0, 30.0)])
@pytest.mark.parametrize(("pixels", "channels"), [(2, 1), (1, 3), (3, 2)])
def test_means_have_the_noise_that_is_carried_along(tmp_path, beam, pixels, channels):
    widths = {} if beam is None else {"BMAJ": 0.4 / 3600, "BMIN": 0.3 / 3600, "BPA": 30.0}
    found, _ = read(tmp_path, noise(5, beam) + line(), **widths)
    means = binned(found, pixels, channels)
    free = line_free(means.intensity)
    # Sixteen pixels of a beam and a few channels leave about a thousand independent values.
    assert deviation(means.intensity[free]) == pytest.approx(float(means.rms.max()), rel=0.08)
    assert means.channel == pytest.approx(channels)
    assert means.pixel == pytest.approx(pixels * cubes.PIXEL)
    share = found.intensity[SPEED > 14].std() / means.intensity[free].std()
    assert share == pytest.approx(float(found.rms.max() / means.rms.max()), rel=0.1)


def test_means_keep_the_flux_and_the_place_and_make_the_beam_wider(tmp_path):
    found, _ = read(tmp_path, line() + 1e-3 * noise())
    means = binned(found, 2, 2)
    flux = found.intensity.sum() * found.channel * found.pixel**2
    assert means.intensity.sum() * means.channel * means.pixel**2 == pytest.approx(flux, rel=1e-6)
    for axis, before, after in ((2, found.x, means.x), (1, found.y, means.y)):
        other = tuple({0, 1, 2} - {axis})
        old, new = (np.average(a, weights=m.intensity.sum(other)) for a, m in
                    ((before, found), (after, means)))  # fmt: skip
        assert new == pytest.approx(old, abs=1e-4)
    # A Gaussian of this width seen in these pixels has the second moments of the new beam.
    assert means.beams[0].major == pytest.approx(math.sqrt(0.16 + 8 * math.log(2) / 12 * 0.03))


def test_a_blank_pixel_is_not_averaged_in(tmp_path):
    data = line() + noise()
    data[:, 4:6, 4:6] = np.nan
    data[:, 8, 8:10] = np.nan
    found, _ = read(tmp_path, data)
    means = binned(found, 2, 1)
    assert np.isnan(means.intensity[:, 2, 2]).all()
    assert np.isfinite(means.intensity[:, 4, 4]).all()
    ratio = means.rms[0, 4, 4] / means.rms[0, 10, 10]
    assert ratio == pytest.approx(math.sqrt(2))


@pytest.mark.filterwarnings("error")
def test_no_noise_beside_much_is_none() -> None:
    noise = np.zeros((40, 40))
    noise[:, :9] = 1e3 * np.random.default_rng(1).random((40, 9))
    found = smoothed(noise, 4.0)
    assert found.min() == 0
    assert found.max() > 400
