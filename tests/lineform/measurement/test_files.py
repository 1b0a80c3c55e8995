"""One law: a cube is the same measurement, in whatever unit and on whatever axes it is written."""

from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import Beam
from lineform.fits import UNITS, Frame, write_fits
from lineform.instrument import Telescope, noise_level, seen
from lineform.io import write_observations
from lineform.measurement import Reading, read_measurements
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
    assert found.intensity == pytest.approx(observation.intensity, rel=1e-5)
    assert found.rms == pytest.approx(noise_level(observation))
    assert found.centre == pytest.approx((frame.ra, frame.dec))
    (beam,) = found.beams
    assert (beam.major, beam.minor) == pytest.approx((0.4, 0.3))
    assert beam.position_angle == pytest.approx(30, abs=1e-4)


def test_an_observation_file_brings_its_noise(tmp_path, observation):
    path = tmp_path / "seen.h5"
    write_observations(path, HEADER, [observation])
    (found,) = read_measurements(path, Reading())
    assert np.array_equal(found.intensity, observation.intensity)
    assert found.rms == pytest.approx(noise_level(observation))
    assert (found.beams, found.correlated, found.distance) == ((BEAM,), True, 150.0)
    assert found.line.einstein_a > 0
