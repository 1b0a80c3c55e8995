"""One law: a cube is the same measurement, in whatever unit and on whatever axes it is written."""

from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits

from lineform.cube import Beam
from lineform.errors import ConfigError
from lineform.fits import UNITS, Frame, write_fits
from lineform.instrument import Telescope, noise_level, seen
from lineform.io import write_observations
from lineform.measurement import Reading, read_measurements, understood
from tests.lineform.measurement import cubes
from tests.lineform.skies import HEADER, sky

BEAM = Beam(0.4, 0.3, 30.0)
RMS = Reading(rms=1e-3 * u.Jy / u.beam)


@pytest.fixture(scope="module")
def observation():
    """A shell that moves, which has no symmetry, with noise."""
    y, x = np.mgrid[-10:10, -12:12] * 0.1
    speed = np.arange(-6, 7)[:, None, None] * 1.0
    cube = 2e-14 * np.exp(-((x - 0.2 - 0.05 * speed) ** 2) - (y + 0.1) ** 2 - (speed / 4) ** 2)
    return seen(sky(cube, pixel=0.1), Telescope(beam=BEAM, noise=1e-3, seed=1))


@pytest.mark.parametrize(
    "frame", [Frame(), Frame(147.0, 11.0, -26.0), Frame(12.0, -70.0, 40.0, True)]
)
@pytest.mark.parametrize("unit", UNITS)
def test_a_written_cube_is_read_back(tmp_path, observation, unit, frame):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, unit, frame)
    (found,) = read_measurements(path, RMS)
    assert found.line == replace(found.line, species="CO", transition="2-1")
    assert found.velocity == pytest.approx(observation.velocity + frame.systemic, abs=1e-6)
    assert found.channel == pytest.approx(1.0)
    assert found.x == pytest.approx(observation.x, abs=1e-5)
    assert found.y == pytest.approx(observation.y, abs=1e-5)
    assert np.allclose(found.intensity, observation.intensity, rtol=1e-5, atol=0)
    assert found.rms == pytest.approx(noise_level(observation))
    assert found.centre == pytest.approx((frame.ra, frame.dec))
    (beam,) = found.beams
    assert (beam.major, beam.minor) == pytest.approx((0.4, 0.3))
    assert beam.position_angle == pytest.approx(30, abs=1e-4)


@pytest.mark.parametrize("unit", UNITS)
def test_an_exported_file_brings_its_noise(tmp_path, observation, unit):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, unit, Frame())
    (found,) = read_measurements(path, Reading())
    assert found.rms == pytest.approx(noise_level(observation))
    assert (found.correlated, found.noise_beam) == (True, None)
    assert "rms of the file" in found.remarks


def test_an_observation_file_brings_its_noise(tmp_path, observation):
    path = tmp_path / "seen.h5"
    write_observations(path, HEADER, [observation])
    (found,) = read_measurements(path, Reading())
    assert np.array_equal(found.intensity, observation.intensity)
    assert found.rms == pytest.approx(noise_level(observation))
    assert (found.beams, found.correlated, found.distance) == ((BEAM,), True, 150.0)
    assert found.line.einstein_a > 0


def test_a_primary_beam_is_divided_out_and_the_noise_grows(tmp_path, observation):
    """Whether the telescope did that or not: the sky and its noise are the same."""
    seen_sky = sky(observation.intensity, pixel=0.1)
    found = []
    for number, corrected in enumerate((False, True)):
        telescope = Telescope(
            beam=BEAM, primary_beam=3.0, correct_primary_beam=corrected, noise=1e-3, seed=1
        )
        path = tmp_path / f"{number}.h5"
        write_observations(path, HEADER, [seen(seen_sky, telescope)])
        found += read_measurements(path, Reading())
    raw, done = found
    assert np.allclose(raw.intensity, done.intensity, rtol=1e-5, atol=1e-22, equal_nan=True)
    assert raw.rms == pytest.approx(done.rms, nan_ok=True)
    gain = np.exp(-4 * np.log(2) * (raw.x**2 + raw.y[:, None] ** 2) / 9)
    assert raw.rms[0] == pytest.approx(raw.rms.min() * gain.max() / gain)


def test_lines_and_ranges_are_chosen(tmp_path, observation):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, "K", Frame(147.0, 11.0, -26.0))
    (whole,) = read_measurements(path, RMS)
    options = replace(RMS, lines=("CO 2-1",), velocity=(-30.0, -22.5), radius=0.55)
    (part,) = read_measurements(path, options)
    assert part.velocity == pytest.approx([-30, -29, -28, -27, -26, -25, -24, -23])
    inside = abs(whole.x) <= 0.55, abs(whole.y) <= 0.55
    assert part.x == pytest.approx(whole.x[inside[0]])
    expected = whole.intensity[2:10][:, inside[1]][:, :, inside[0]]
    assert np.array_equal(part.intensity, expected)
    (moved,) = read_measurements(path, replace(RMS, pixel=(3.0, 5.0)))
    assert (moved.x[2], moved.y[4]) == pytest.approx((0, 0), abs=1e-9)
    assert np.array_equal(moved.intensity, whole.intensity)
    write_observations(tmp_path / "seen.h5", HEADER, [observation])
    at_rest = Reading(velocity=(-4.0, 3.5), radius=0.55)
    (stored,) = read_measurements(tmp_path / "seen.h5", at_rest)
    assert np.allclose(stored.intensity, part.intensity, rtol=1e-5, atol=0)
    assert stored.velocity == pytest.approx(part.velocity + 26, abs=1e-6)
    with pytest.raises(ConfigError, match=r"beam.*lineform observe"):
        read_measurements(tmp_path / "seen.h5", Reading(beam=BEAM))
    with pytest.raises(ConfigError, match=r"velocity range.*0 channels"):
        read_measurements(tmp_path / "seen.h5", Reading(velocity=(50.0, 60.0)))


def test_the_rates_are_those_of_a_lamda_file(tmp_path, observation, atomium_data):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, "K")
    lamda = (("CO", atomium_data / "lamda" / "co.dat"),)
    (found,) = read_measurements(path, replace(RMS, lamda=lamda))
    assert found.line.einstein_a == 6.910e-07
    assert found.line.frequency == 230.538e9
    assert found.velocity == pytest.approx(observation.velocity, abs=2e-3)


def test_a_beam_of_the_history_and_one_that_is_given(tmp_path):
    path = cubes.write(tmp_path / "a.fits", BMAJ=None, BMIN=None, BPA=None, BUNIT="Jy/beam")
    with fits.open(path, mode="update") as file:
        file[0].header.add_history("AIPS   CLEAN BMAJ=  1.0000E-03 BMIN=  9.0000E-04 BPA=  10.00")
        file[0].header.add_history("AIPS   CLEAN BMAJ=  2.0000E-04 BMIN=  1.0000E-04 BPA= -30.50")
    (found,) = read_measurements(path, RMS)
    (beam,) = found.beams
    assert (beam.major, beam.minor, beam.position_angle) == pytest.approx((0.72, 0.36, -30.5))
    (given,) = read_measurements(path, replace(RMS, beam=BEAM))
    assert given.beams == (BEAM,)
    ratio = found.intensity / given.intensity
    assert np.allclose(ratio, 0.12 / (0.72 * 0.36))


def test_all_that_was_understood_is_said(tmp_path, observation):
    path = tmp_path / "seen.h5"
    write_observations(path, HEADER, [observation])
    (found,) = read_measurements(path, Reading())
    assert understood(found)[:7] == [
        "cube: seen.h5, CO_2-1_d00",
        "line: CO 2-1 at 230.538001 GHz",
        "channels: 13 of 1 km/s, -6 to 6 km/s of radio velocity, samples",
        "image: 24 by 20 pixels of 0.1 arcsec",
        "beam: 0.4 by 0.3 arcsec at 30 deg",
        "noise: rms 0.192 K, correlated by a beam of 0.4 by 0.3 arcsec",
        understood(found)[6],
    ]
    assert understood(found)[6].startswith("peak: ")
