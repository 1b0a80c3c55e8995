"""A beam blurs the cube and leaves the flux."""

import astropy.units as u
import numpy as np
import pytest

from lineform.cube import Beam, View
from lineform.errors import ConfigError
from lineform.instrument import with_beam
from lineform.io import read_observations
from lineform.species import linear_rotor
from lineform.sources import Winds
from lineform.store import StoreSettings, make_store
from lineform.synthesis import observe
from tests.lineform.gas import grid_state

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
    settings = StoreSettings(pixels=8, channels=7, beam=1.5)
    make_store(tmp_path, Winds(1, grid=8), settings, workers=1)
    (path,) = (tmp_path / "observations").iterdir()
    assert {o.beam for o in read_observations(path)} == {Beam(1.5, 1.5, 0.0)}
