"""What a telescope does: each part keeps what it should keep, and is noted."""

from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import Beam, Response, View
from lineform.errors import ConfigError, ReadError
from lineform.func import beam_solid_angle, brightness_temperature, jansky_from_intensity
from lineform.instrument import (
    Telescope,
    dish_beam,
    primary_beam_corrected,
    seen,
    taper_of_baseline,
    tapered,
    with_beam,
    with_channels,
    with_hanning,
    with_noise,
    with_primary_beam,
    without_large_scales,
)
from lineform.io import read_header, read_observations, write_observations
from lineform.setup import Setup
from lineform.sources import Winds
from lineform.species import linear_rotor
from lineform.store import make_store
from lineform.synthesis import observe
from tests.lineform.gas import grid_state
from tests.lineform.skies import HEADER, LINE, dark, point, sky

CO = linear_rotor("CO")


@pytest.fixture(scope="module")
def observation():
    state = grid_state(9, density=1.0)
    centre = np.ravel_multi_index((4, 4, 4), state.shape)
    state.density["CO"][centre] = 1e9
    velocity = np.linspace(-5, 5, 11) * u.km / u.s
    lines = {CO: [CO.line("2-1")]}
    (o,) = observe(state, lines, [View(0, 270)], velocity=velocity, distance=100 * u.pc, pixels=33)
    return o


def test_flux_is_kept_and_the_peak_falls(observation):
    seen = with_beam(observation, Beam(0.3, 0.2, 30.0))
    assert seen.spectrum.sum() == pytest.approx(observation.spectrum.sum(), rel=1e-2)
    assert seen.intensity.max() < observation.intensity.max()
    assert seen.beam == Beam(0.3, 0.2, 30.0)
    assert observation.beam == Beam()


def test_moments_follow_the_cube(observation):
    seen = with_beam(observation, Beam(0.4, 0.4))
    assert seen.moment0.sum() == pytest.approx(observation.moment0.sum(), rel=1e-2)
    assert np.isfinite(seen.moment1).sum() > np.isfinite(observation.moment1).sum()


@pytest.mark.parametrize("beam", [Beam(7.0, 1.0), Beam(0.5, 0.01), Beam(0.2, 0.5)])
def test_beams_that_cannot_be(observation, beam):
    seen = f"{beam.major:g} by {beam.minor:g}"
    with pytest.raises(ConfigError, match=f"beam: expected 0.121 to 2 arcsec, .*, got {seen}"):
        with_beam(observation, beam)


def test_the_beam_is_in_the_files_of_a_store(tmp_path):
    setup = Setup(pixels=8, channels=7)
    make_store(tmp_path, Winds(1, grid=8), setup, beam=1.5, workers=1)
    (path,) = (tmp_path / "observations").iterdir()
    assert {o.beam for o in read_observations(path)} == {Beam(1.5, 1.5, 0.0)}


BEAM = Beam(0.4, 0.3, 30.0)
EVERYTHING = Telescope(
    beam=BEAM,
    taper=0.2,
    largest_scale=3.0,
    primary_beam=5.0,
    channel_width=2.0,
    hanning=True,
    noise=1e-3,
    seed=7,
)


def test_a_second_beam_is_refused():
    with pytest.raises(ConfigError, match=r"beam: expected .* without one, got one that has it"):
        with_beam(with_beam(point(7, 20, 20), BEAM), BEAM)


def test_a_taper_adds_in_squares():
    broad = tapered(Beam(0.3, 0.4 / 3, 10.0), 0.4)
    assert broad == Beam(pytest.approx(0.5), pytest.approx(0.4 * 10**0.5 / 3), 10.0)
    direct = with_beam(point(7, 20, 20), broad)
    both = seen(point(7, 20, 20), Telescope(beam=Beam(0.3, 0.4 / 3, 10.0), taper=0.4))
    assert np.array_equal(both.intensity, direct.intensity)
    assert both.beam == broad
    assert both.response == Response(taper=0.4)


def test_a_taper_in_baseline_is_one_on_the_sky():
    # Transform of a Gaussian: the weight falls to a half where the visibility of the taper does.
    frequency, baseline = 230e9, 100.0
    theta = np.radians(taper_of_baseline(baseline, frequency) / 3600)
    q = baseline / 2 * frequency / 299792458.0
    assert np.exp(-((np.pi * theta * q) ** 2) / (4 * np.log(2))) == pytest.approx(0.5, rel=1e-12)


def test_primary_beam_of_an_antenna():
    # ALMA Technical Handbook: 1.13 lambda / D is 19.4 arcsec at 300 GHz for 12 m.
    assert dish_beam(12.0, 300e9) == pytest.approx(19.4, abs=0.05)


@pytest.mark.parametrize(("x", "expected"), [(20, 1.0), (30, 0.5), (40, 0.0625)])
def test_primary_beam_attenuates_by_distance(x, expected):
    o = with_primary_beam(point(7, 20, x), 1.0)
    assert o.intensity.max() / 1e-13 == pytest.approx(expected, rel=1e-5)
    assert o.spectrum[7] == pytest.approx(expected * point(7, 20, x).spectrum[7], rel=1e-5)
    assert o.response == Response(primary_beam=1.0)


def test_a_corrected_primary_beam_gives_the_sky_back_and_raises_the_noise():
    telescope = Telescope(beam=Beam(0.1, 0.1), primary_beam=2.5, noise=1e-3, seed=1)
    flat = seen(dark((40, 33, 33)), telescope)
    corrected = seen(dark((40, 33, 33)), replace(telescope, correct_primary_beam=True))
    ratio = corrected.intensity.std(axis=0) / flat.intensity.std(axis=0)
    assert ratio[16, 16] == pytest.approx(1)
    assert ratio[16, 32] == pytest.approx(2 ** ((0.8 / 1.25) ** 2), rel=1e-5)
    bright = primary_beam_corrected(with_primary_beam(point(7, 20, 33), 2.5))
    assert bright.intensity.max() == pytest.approx(1e-13, rel=1e-6)
    assert bright.response == Response(primary_beam=2.5, primary_beam_corrected=True)


def test_corrections_that_cannot_be():
    with pytest.raises(ConfigError, match=r"expected a primary beam, got none"):
        primary_beam_corrected(point(7, 20, 20))
    narrow = with_primary_beam(point(7, 20, 20), 0.5)
    with pytest.raises(ConfigError, match=r"at least 0.2 .*, got 2.33e-10 in a corner"):
        primary_beam_corrected(narrow)


def test_large_scales_are_lost_and_small_ones_stay():
    y, x = np.indices((101, 101)) - 50
    wide = np.exp(-4 * np.log(2) * (x**2 + y**2) / 60.0**2)
    cube = sky(1e-15 * wide[None] * np.ones((3, 1, 1)))
    lost = without_large_scales(cube, 0.3)
    assert lost.intensity[1, 50, 50] < 0.02 * cube.intensity[1, 50, 50]
    compact = with_beam(point(1, 50, 50, shape=(3, 101, 101)), Beam(0.2, 0.2))
    kept = without_large_scales(compact, 4.0)
    assert kept.intensity.max() == pytest.approx(compact.intensity.max(), rel=0.01)
    # There is no zero spacing: the flux of a large enough image is nothing.
    whole = without_large_scales(compact, 1.0)
    assert abs(whole.spectrum[1]) < 1e-3 * compact.spectrum[1]
    assert whole.response == Response(largest_scale=1.0)


@pytest.mark.parametrize("width", [1.0, 1.7, 3.0, 7.5])
def test_wider_channels_keep_the_flux(width):
    o = point(9, 20, 20)
    wide = with_channels(o, width)
    assert wide.spectrum.sum() * width == pytest.approx(o.spectrum.sum(), rel=1e-6)
    assert wide.moment0 == pytest.approx(o.moment0, rel=1e-6)
    assert np.diff(wide.velocity) == pytest.approx(np.full(len(wide.velocity) - 1, width))
    assert wide.response == Response(channel_response="boxcar", spectral_resolution=width)


def test_hanning_keeps_flux_and_velocity():
    o = point(9, 20, 20)
    smooth = with_hanning(o)
    assert smooth.spectrum.sum() == pytest.approx(o.spectrum.sum(), rel=1e-6)
    assert smooth.moment1[20, 20] == pytest.approx(o.moment1[20, 20], abs=1e-6)
    assert smooth.moment2[20, 20] == pytest.approx(0.5**0.5, rel=1e-6)
    assert smooth.response == Response(channel_response="hanning", spectral_resolution=2.0)


@pytest.mark.parametrize("width", [0.5, 8.0])
def test_channels_that_cannot_be(width):
    with pytest.raises(ConfigError, match=rf"channel width: expected 1 to 7.5 .*, got {width:g}"):
        with_channels(point(7, 20, 20), width)


def _in_beam(o):
    widths = np.radians([o.beam.major / 3600, o.beam.minor / 3600])
    return jansky_from_intensity(o.intensity.astype(float), beam_solid_angle(*widths))


@pytest.mark.parametrize("unit", ["Jy/beam", "K"])
def test_noise_has_the_rms_that_was_asked_for(unit):
    o = with_noise(with_beam(dark(), BEAM), 2e-3, unit, 5)
    seen_in = _in_beam(o) if unit == "Jy/beam" else brightness_temperature(o.intensity, 230.538e9)
    independent = o.intensity.size / (2 * np.pi / (4 * np.log(2)) * 8 * 6)
    error = 4 / np.sqrt(2 * independent)
    assert np.std(seen_in) == pytest.approx(2e-3, rel=error)
    assert np.mean(seen_in) == pytest.approx(0, abs=2e-3 * error * np.sqrt(2))
    assert o.response == Response(noise_rms=2e-3, noise_unit=unit, noise_seed=5)


def test_noise_comes_from_the_seed_the_line_and_the_direction():
    def noise(seed=1, line=LINE, view=None):
        return with_noise(with_beam(dark((2, 32, 32), line=line, view=view), BEAM), 1.0, "K", seed)

    first = noise().intensity
    assert np.array_equal(first, noise().intensity)
    others = noise(seed=2), noise(line=CO.line("3-2")), noise(view=View(31.0, 40.0))
    for other in others:
        assert abs(np.corrcoef(first.ravel(), other.intensity.ravel())[0, 1]) < 0.5


def test_noise_does_not_decide_velocities():
    y, x = np.indices((64, 64)) - 31.5
    disk = np.hypot(x, y) < 20
    cube = np.zeros((31, 64, 64))
    cube[20, disk] = 3e-15
    o = seen(sky(cube), Telescope(beam=Beam(0.2, 0.2), noise=0.3, noise_unit="K", seed=1))
    inside = np.hypot(x, y) < 12
    assert np.abs(o.moment1[inside] - 5.0).max() < 1.0
    assert np.median(np.abs(o.moment1[inside] - 5.0)) < 1e-3
    assert np.isnan(o.moment1[np.hypot(x, y) > 26]).mean() > 0.7


@pytest.mark.parametrize(
    ("rms", "unit", "message"),
    [
        (0.0, "K", "noise: expected a positive rms, got 0 K"),
        (float("nan"), "K", "noise: expected a positive rms, got nan K"),
        (1.0, "Jy", "unit of the noise: expected one of Jy/beam, K, got Jy"),
    ],
)
def test_noise_that_cannot_be(rms, unit, message):
    with pytest.raises(ConfigError, match=message):
        with_noise(with_beam(dark((2, 32, 32)), BEAM), rms, unit, 0)


def test_noise_needs_a_beam_and_comes_once():
    with pytest.raises(ConfigError, match="noise: expected an observation with a beam, got none"):
        with_noise(dark((2, 32, 32)), 1.0, "K", 0)
    noisy = with_noise(with_beam(dark((2, 32, 32)), BEAM), 1.0, "K", 0)
    with pytest.raises(ConfigError, match="noise: expected an observation without one"):
        with_noise(noisy, 1.0, "K", 0)


def test_everything_in_order():
    o = seen(point(7, 20, 25), EVERYTHING)
    expected = with_primary_beam(point(7, 20, 25), 5.0)
    expected = with_beam(without_large_scales(expected, 3.0), tapered(BEAM, 0.2))
    expected = with_noise(with_hanning(with_channels(expected, 2.0)), 1e-3, "Jy/beam", 7)
    assert np.array_equal(o.intensity, expected.intensity)
    assert o.response == Response(
        primary_beam=5.0,
        largest_scale=3.0,
        taper=0.2,
        channel_response="hanning",
        spectral_resolution=4.0,
        noise_rms=1e-3,
        noise_unit="Jy/beam",
        noise_seed=7,
    )


def test_a_dish_and_a_baseline_follow_the_line():
    telescope = Telescope(beam=Beam(0.3, 0.3), dish=12.0, taper_baseline=500.0)
    low, high = (seen(dark((3, 64, 64), line=CO.line(t)), telescope) for t in ("2-1", "3-2"))
    ratio = CO.line("3-2").frequency / CO.line("2-1").frequency
    assert low.response.primary_beam / high.response.primary_beam == pytest.approx(ratio)
    assert low.response.taper / high.response.taper == pytest.approx(ratio)


def test_what_is_no_number_is_refused():
    o = point(7, 20, 20)
    o.intensity[3, 2, 1] = np.nan
    with pytest.raises(ReadError, match=r"CO_2-1: expected numbers, got NaN .* in 1 of 25215"):
        seen(o, Telescope(beam=BEAM))


def test_no_telescope_sees_an_optical_depth():
    o = replace(point(7, 20, 20), optical_depth=np.ones((41, 41)))
    assert seen(o, Telescope(beam=BEAM)).optical_depth is None


def test_a_telescope_that_does_nothing_changes_nothing():
    o = point(7, 20, 20)
    assert seen(o, Telescope()) is o


def test_what_was_done_survives_the_file(tmp_path):
    path = tmp_path / "wind-1.h5"
    observations = [
        seen(point(7, 20, 25), EVERYTHING),
        with_beam(point(7, 20, 25, view=View(0, 0)), BEAM),
    ]
    write_observations(path, HEADER, observations)
    back = {o.view: o for o in read_observations(path)}
    for o in observations:
        assert back[o.view].response == o.response
        assert back[o.view].beam == o.beam
        assert np.array_equal(back[o.view].velocity, o.velocity)
        assert np.array_equal(back[o.view].intensity, o.intensity)
    assert read_header(path).attributes == HEADER.attributes
    assert read_header(path).described == HEADER.described
