"""A point source comes back where it was: through model, beam, noise and FITS, to 0.01 pixel."""

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from lineform.cube import Beam, View
from lineform.fits import Frame, write_fits
from lineform.instrument import Telescope, seen
from lineform.species import linear_rotor
from lineform.synthesis import observe
from tests.lineform.gas import AU, grid_state
from tests.lineform.skies import HEADER, point, read_cube, verify

CENTRE = SkyCoord("9h47m33.5s", "+11d25m43s", frame="icrs")
FRAME = Frame(CENTRE.ra.deg, CENTRE.dec.deg, -26.5)
PIXEL = 2.1 / 63
"""Of the images of the model [arcsec]."""
TELESCOPE = Telescope(beam=Beam(0.4, 0.25, 35.0), channel_width=2.0, hanning=True)


def _centroid(cube):
    """Offsets east and north [arcsec] and radio velocity [km/s] of the light of a cube."""
    velocity = cube.with_spectral_unit(u.km / u.s, velocity_convention="radio")
    light = velocity.unmasked_data[:].value.astype(float)
    channel, y, x = (np.tensordot(light, np.indices(light.shape)[i], 3) for i in range(3))
    place = cube.wcs.celestial.pixel_to_world(x / light.sum(), y / light.sum())
    east, north = CENTRE.spherical_offsets_to(place.icrs)
    axis = velocity.spectral_axis.value
    mean = np.interp(channel / light.sum(), np.arange(len(axis)), axis)
    return east.to_value(u.arcsec), north.to_value(u.arcsec), mean


@pytest.mark.parametrize("frequency", [False, True])
@pytest.mark.parametrize(("channel", "y", "x"), [(10, 40, 31), (20, 25, 44), (14, 35, 35)])
def test_a_voxel_comes_back(tmp_path, channel, y, x, frequency):
    sky = point(channel, y, x, shape=(31, 71, 71), pixel=0.05)
    path = tmp_path / "point.fits"
    frame = Frame(FRAME.ra, FRAME.dec, FRAME.systemic, frequency)
    write_fits(path, seen(sky, TELESCOPE), HEADER, "Jy/beam", frame)
    east, north, velocity = _centroid(read_cube(path))
    # East is left: what lies to the right of the centre lies west of it.
    assert east == pytest.approx(-(x - 35) * 0.05, abs=0.01 * 0.05)
    assert north == pytest.approx((y - 35) * 0.05, abs=0.01 * 0.05)
    # The old channels lie evenly in the wider ones, or between two of them.
    assert velocity == pytest.approx(sky.velocity[channel] - 26.5, abs=0.5 + 1e-6)


@pytest.mark.parametrize("channel", range(12, 19))
def test_a_line_comes_back_in_its_channel(tmp_path, channel):
    path = tmp_path / "point.fits"
    sky = point(channel, 35, 35, shape=(31, 71, 71))
    write_fits(path, seen(sky, Telescope(beam=Beam(0.4, 0.25, 35.0), hanning=True)), HEADER, "K")
    *_, velocity = _centroid(read_cube(path))
    assert velocity == pytest.approx(sky.velocity[channel], abs=0.01)


@pytest.mark.parametrize(
    ("view", "tolerance"),
    [
        (View(0.0, 270.0), 0.01 * PIXEL),
        (View(90.0, 270.0), 0.01 * PIXEL),
        # Seen across its corners the blob is no point: a fifth of its cell is allowed.
        (View(60.0, 20.0), 0.02),
    ],
)
def test_a_blob_of_a_model_comes_back(tmp_path, view, tolerance):
    """One dense cell off the centre, moving away from the observer."""
    place, speed = np.array([30.0, -20.0, 10.0]) * AU, np.array([2e3, 5e3, -4e3])
    state = grid_state(21, 105 * AU, density=1e-8, velocity=lambda r: np.tile(speed, (len(r), 1)))
    blob = np.argmin(((state.position - place) ** 2).sum(axis=1))
    assert state.position[blob] == pytest.approx(place, rel=1e-6)
    state.density["CO"][blob] = 1e6
    molecule = linear_rotor("CO")
    (sky,) = observe(
        state,
        {molecule: [molecule.line("2-1")]},
        [view],
        velocity=np.linspace(-15, 15, 61) * u.km / u.s,
        distance=100 * u.pc,
        pixels=63,
    )
    path = tmp_path / "blob.fits"
    write_fits(path, seen(sky, Telescope(beam=Beam(0.2, 0.15, 70.0))), HEADER, "Jy/beam", FRAME)
    assert verify(path) == "verification OK"
    east, north, velocity = _centroid(read_cube(path))
    right, up = view.basis()[:2] @ place / AU / 100
    away = -(view.basis()[2] @ speed) / 1e3
    assert east == pytest.approx(-right, abs=tolerance)
    assert north == pytest.approx(up, abs=tolerance)
    assert velocity + 26.5 == pytest.approx(away, abs=0.05)
    assert np.sign(velocity + 26.5) == np.sign(away)


def test_noise_moves_a_bright_source_no_more_than_it_may(tmp_path):
    """The peak moves by the slope of the noise over the curvature of the beam.

    That is sigma / (sqrt(2) S/N) along each axis, as the noise has the beam's correlation.
    """
    beam = Beam(0.3, 0.3)
    errors = []
    for seed in range(24):
        sky = point(1, 35, 41, shape=(3, 71, 71), height=2e-12, pixel=0.05)
        quiet = seen(sky, Telescope(beam=beam)).intensity[1].max()
        noisy = seen(sky, Telescope(beam=beam, noise=_rms(quiet / 50), seed=seed))
        path = tmp_path / f"{seed}.fits"
        write_fits(path, noisy, HEADER, "Jy/beam", FRAME)
        light = read_cube(path).unmasked_data[1].value.astype(float)
        errors.append(_peak(light) - np.array([35, 41]))
    expected = beam.major / 0.05 / np.sqrt(8 * np.log(2)) / np.sqrt(2) / 50
    # 48 numbers give their rms to a tenth.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(expected, rel=0.3)
    assert np.abs(np.mean(errors, axis=0)).max() < 4 * expected / np.sqrt(24)


def _rms(intensity):
    """In Jy in a beam of 0.3 arcsec."""
    return intensity * np.pi / (4 * np.log(2)) * np.radians(0.3 / 3600) ** 2 / 1e-26


def _peak(light):
    """Place of the maximum by a parabola through the logarithm around the brightest pixel."""
    y, x = np.unravel_index(light.argmax(), light.shape)
    log = np.log(light[y - 1 : y + 2, x - 1 : x + 2])
    dy = (log[2, 1] - log[0, 1]) / (2 * (2 * log[1, 1] - log[0, 1] - log[2, 1]))
    dx = (log[1, 2] - log[1, 0]) / (2 * (2 * log[1, 1] - log[1, 0] - log[1, 2]))
    return np.array([y + dy, x + dx])
