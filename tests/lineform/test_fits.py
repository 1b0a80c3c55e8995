"""FITS cubes are read without a warning, say where they come from, and are the same each time."""

import time
from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from scipy.spatial import cKDTree

from lineform.cube import Beam
from lineform.errors import ConfigError, ReadError, WriteError
from lineform.fits import UNITS, Frame, converted, repair_magritte, write_fits
from lineform.func import beam_solid_angle
from lineform.instrument import Telescope, seen, with_beam
from tests.lineform.skies import HEADER, LINE, dark, point, read_cube, verify

BEAM = Beam(0.4, 0.3, 30.0)
SEEN = Telescope(
    beam=BEAM,
    taper=0.2,
    largest_scale=3.0,
    primary_beam=8.0,
    channel_width=2.0,
    hanning=True,
    noise=1e-3,
    seed=3,
    correct_primary_beam=True,
)
LONG = "long'" * 40
PARSEC = 3.0856775814913673e16


@pytest.fixture(scope="module")
def observation():
    return with_beam(point(9, 25, 12), BEAM)


@pytest.mark.parametrize("frequency", [False, True])
@pytest.mark.parametrize("unit", UNITS)
def test_the_programs_of_the_field_read_it(tmp_path, observation, unit, frequency):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, unit, Frame(147.0, 11.0, -26.0, frequency))
    assert verify(path) == "verification OK"
    cube = read_cube(path)
    assert cube.shape == (15, 41, 41)
    assert cube.unit == u.Unit(unit)
    assert cube.beam.major.to_value(u.arcsec) == pytest.approx(0.4)
    assert cube.beam.minor.to_value(u.arcsec) == pytest.approx(0.3)
    assert cube.beam.pa.to_value(u.deg) == pytest.approx(30)
    velocity = cube.with_spectral_unit(u.km / u.s, velocity_convention="radio").spectral_axis
    assert velocity.value == pytest.approx(observation.velocity - 26, abs=1e-9)
    expected = converted(observation, unit).astype("f4")
    assert np.array_equal(cube.unmasked_data[:].value, expected)


@pytest.mark.parametrize("header", [HEADER, replace(HEADER, name=LONG, title=LONG, code=LONG)])
def test_all_that_a_telescope_did_passes_the_verifier(tmp_path, header):
    path = tmp_path / "cube.fits"
    write_fits(path, seen(point(9, 25, 12), SEEN), header, "Jy/beam")
    assert verify(path) == "verification OK"
    with fits.open(path, checksum=True) as file:
        cards = file[0].header
    assert cards["OBJECT"] == header.name
    assert cards["BMAJ"] * 3600 == pytest.approx(np.hypot(0.4, 0.2))
    assert (cards["NOISERMS"], cards["NOISEUNI"], cards["NOISESED"]) == (1e-3, "Jy/beam", 3)
    assert (cards["CHANRESP"], cards["SPECRES"]) == ("hanning", 4.0)
    assert (cards["PRIBEAM"], cards["PRICORR"]) == (8.0, True)
    assert (cards["MAXSCALE"], cards["UVTAPER"]) == (3.0, 0.2)


def test_a_sky_without_a_telescope_has_no_beam(tmp_path):
    path = tmp_path / "cube.fits"
    write_fits(path, dark((3, 8, 8)), HEADER, "K")
    assert not {"BMAJ", "NOISERMS", "PRIBEAM", "CHANRESP"} & set(fits.getheader(path))
    assert verify(path) == "verification OK"


def test_parameters_and_origin_come_along(tmp_path, observation):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, "K")
    cards = fits.getheader(path)
    assert (cards["LINE"], cards["MOLECULE"], cards["TRANSITI"]) == ("CO 2-1", "CO", "2-1")
    assert (cards["ENGINE"], cards["ENGVERS"]) == ("lineform", "9.9.9")
    assert cards["EXCITATN"] == "escape"
    assert cards["MOLDATA"] == HEADER.attributes["molecular_data"]
    assert "DUST" not in cards
    assert cards["RESTFRQ"] == pytest.approx(LINE.frequency, rel=1e-13)
    assert (cards["INCLINAT"], cards["AZIMUTH"], cards["DISTANCE"]) == (30.0, 40.0, 150.0)
    assert (cards["MODTITLE"], cards["LICENSE"]) == ("A spiral <wind> & more", "CC-BY-SA-4.0")
    assert "mass_loss_rate = 1.25e-06 solMass/yr" in list(cards["HISTORY"])
    table = fits.getdata(path, "PARAMETERS")
    rows = {row["NAME"]: row for row in table}
    assert set(rows) == set(HEADER.parameters)
    assert (rows["mass_loss_rate"]["VALUE"], rows["mass_loss_rate"]["UNIT"]) == (
        1.25e-6,
        "solMass/yr",
    )
    assert rows["morphology"]["TEXT"] == "spiral"
    assert np.isnan(rows["morphology"]["VALUE"])
    assert rows["own"]["MEANING"] == "A parameter of another code."


def test_the_same_bytes_at_another_time(tmp_path, observation):
    paths = [tmp_path / name for name in ("first.fits", "second.fits")]
    for path in paths:
        write_fits(path, observation, HEADER, "K")
        time.sleep(1.1 * (path == paths[0]))  # a clock in a FITS file counts seconds
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_units_agree_with_astropy(observation):
    sr = beam_solid_angle(*np.radians([0.4 / 3600, 0.3 / 3600])) * u.sr
    jansky = converted(observation, "Jy/beam") * u.Jy / u.beam
    relation = u.brightness_temperature(LINE.frequency * u.Hz, sr)
    kelvin = (jansky * u.beam).to_value(u.K, relation)
    assert converted(observation, "K") == pytest.approx(kelvin, rel=1e-5)
    pixel = converted(observation, "Jy/pixel").sum(axis=(1, 2))
    assert pixel == pytest.approx(observation.spectrum, rel=1e-5, abs=1e-12)
    assert converted(observation, "W m-2 Hz-1 sr-1").max() == observation.intensity.max()


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        ("Jy/beam", "unit: expected an observation with a beam for Jy/beam, got none; give it"),
        ("erg", "unit: expected one of Jy/beam, Jy/pixel, K, W m-2 Hz-1 sr-1, got 'erg'"),
    ],
)
def test_units_that_cannot_be(tmp_path, unit, message):
    with pytest.raises(ConfigError, match=message):
        write_fits(tmp_path / "cube.fits", dark((3, 8, 8)), HEADER, unit)
    assert list(tmp_path.iterdir()) == []


def test_channels_in_unequal_steps_are_refused(tmp_path):
    o = replace(dark((3, 8, 8)), velocity=np.array([0.0, 1.0, 2.5]))
    with pytest.raises(ConfigError, match=r"axis velocity: .* equal steps, .* got 1 to 1.5"):
        write_fits(tmp_path / "cube.fits", o, HEADER, "K")


def test_pixels_that_are_not_square_are_refused(tmp_path):
    o = dark((3, 8, 8))
    with pytest.raises(ConfigError, match=r"pixels: expected square ones, got 0.05 by 0.1 arcsec"):
        write_fits(tmp_path / "cube.fits", replace(o, y=2 * o.y), HEADER, "K")


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(WriteError, match=r"file: got .*taken"):
        write_fits(tmp_path / "taken" / "cube.fits", dark((3, 8, 8)), HEADER, "K")


ALMA = "CTYPE1 CTYPE2 CUNIT1 CUNIT2 BTYPE BUNIT SPECSYS RESTFRQ BMAJ BMIN BPA OBJECT"
MALT90 = "CTYPE3 CUNIT3 BUNIT SPECSYS RESTFRQ BMAJ BMIN BPA CRPIX3 CDELT3 CRVAL3"


@pytest.mark.parametrize(
    ("name", "unit", "keys"),
    [
        ("fits/cube_alma_IK_Tau_header_only.fits", "Jy/beam", ALMA),
        ("cubes/malt90_region5_hcn10.fits", "K", MALT90),
    ],
)
def test_keywords_are_those_of_real_cubes(tmp_path, atomium_data, observation, name, unit, keys):
    path = tmp_path / "cube.fits"
    write_fits(path, observation, HEADER, unit)
    ours, theirs = fits.getheader(path), fits.getheader(atomium_data / name)
    for key in keys.split():
        assert type(ours[key]) is type(theirs[key]), key
        if isinstance(ours[key], str) and key != "OBJECT":
            assert ours[key] == theirs[key], key
    assert ours["CDELT1"] < 0 < ours["CDELT2"]
    assert theirs["CDELT1"] < 0 < theirs["CDELT2"]


@pytest.fixture
def magritte(atomium_data):
    return atomium_data / "magritte"


def test_magritte_cubes_are_read_after_their_repair(tmp_path, magritte):
    path = tmp_path / "repaired.fits"
    repair_magritte(magritte / "wind_cart16_co21.fits", path)
    assert verify(path) == "verification OK"
    cube = read_cube(path)
    assert cube.unit == u.Jy / u.pix
    assert np.all(np.diff(cube.spectral_axis.value) > 0)


def test_magritte_pixels_are_where_magritte_computed_them(tmp_path, magritte):
    """At 200 pc, from the nearest point of its image, a 1.3 times narrower field."""
    path = tmp_path / "repaired.fits"
    repair_magritte(magritte / "wind_cart16_co21.fits", path)
    image = np.load(magritte / "wind_cart16_co21_img.npz")
    cards, cube = fits.getheader(path), fits.getdata(path)
    right, up = _offsets(WCS(cards), cube.shape[1:])
    points = cKDTree(np.stack([image["ImX_1"], image["ImY_1"]], axis=1))
    distance, nearest = points.query(200 * PARSEC * np.stack([right, up], axis=1), k=2)
    sure = distance[:, 1] - distance[:, 0] > 1e-3 * distance[:, 1]
    solid_angle = np.prod(np.radians(np.abs([cards["CDELT1"], cards["CDELT2"]])))
    # Magritte's frequencies ascend, velocities descend.
    theirs = image["I_1"][nearest[:, 0], ::-1].T * solid_angle * 1e26
    ours = cube.reshape(len(cube), -1)
    assert sure.mean() > 0.8
    assert ours[:, sure] == pytest.approx(theirs[:, sure], rel=1e-6)


def test_magritte_channels_have_their_frequencies(tmp_path, magritte):
    path = tmp_path / "repaired.fits"
    repair_magritte(magritte / "wind_cart16_co21.fits", path)
    axis = read_cube(path).with_spectral_unit(u.Hz, velocity_convention="radio").spectral_axis
    image = np.load(magritte / "wind_cart16_co21_img.npz")
    assert axis.value == pytest.approx(image["freqs"][::-1], rel=1e-10)


def _offsets(wcs, shape):
    """Offsets to the right and up [rad] of all pixels."""
    y, x = np.indices(shape).reshape(2, -1)
    ra, dec = wcs.celestial.pixel_to_world_values(x, y)
    ra = np.radians((ra + 180) % 360 - 180)
    return -ra * np.cos(np.radians(dec)), np.radians(dec)


def test_other_files_are_not_repaired(tmp_path, observation):
    ours, out = tmp_path / "ours.fits", tmp_path / "out.fits"
    write_fits(ours, observation, HEADER, "K")
    with pytest.raises(ReadError, match=r"CTYPE3: expected VELO-LSR, .*, got VRAD; leave a file"):
        repair_magritte(ours, out)
    ours.write_bytes(b"no FITS file")
    with pytest.raises(ReadError, match=r"file: expected a whole FITS file, got .*ours.fits"):
        repair_magritte(ours, out)
    assert not out.exists()


@pytest.mark.parametrize("size", [0, 1000, 3000, 500_000])
def test_a_file_cut_short_is_not_repaired(tmp_path, magritte, size):
    cut, out = tmp_path / "cut.fits", tmp_path / "out.fits"
    cut.write_bytes((magritte / "wind_cart16_co21.fits").read_bytes()[:size])
    with pytest.raises(ReadError, match=r"file: expected a whole FITS file, got .*cut.fits"):
        repair_magritte(cut, out)
    assert not out.exists()


def test_a_repaired_file_is_not_repaired_again(tmp_path, magritte):
    once, twice = tmp_path / "once.fits", tmp_path / "twice.fits"
    repair_magritte(magritte / "wind_cart16_co21.fits", once)
    with pytest.raises(ReadError, match="expected VELO-LSR"):
        repair_magritte(once, twice)
