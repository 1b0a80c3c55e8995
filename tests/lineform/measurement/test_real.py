"""A real cube of the MALT90 survey with the map of its noise, and real headers."""

import math
import warnings

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits

from lineform.constants import LIGHT_SPEED
from lineform.errors import ConfigError, ReadError
from lineform.func.brightness import jansky_from_intensity
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Reading, read_measurements, understood
from lineform.measurement.robust import deviation, smoothed
from lineform.species import linear_rotor
from tests.lineform.measurement import cubes
from tests.lineform.skies import read_cube


@pytest.fixture(scope="module")
def path(atomium_data):
    return atomium_data / "cubes" / "malt90_region5_hcn10.fits"


@pytest.fixture(scope="module")
def found(path):
    (found,) = read_measurements(path, Reading())
    return found


def test_the_noise_is_that_of_the_map(path, found):
    """But for a number: the map is of spectra that were smoothed."""
    rms = brightness_temperature(np.median(found.rms, axis=0), found.line.frequency)
    expected = fits.getdata(path.with_stem(path.stem + "_errmap")).astype(float)
    ratio = rms / expected
    assert (np.isfinite(rms) == np.isfinite(expected)).mean() > 0.99
    assert np.nanquantile(expected, 0.95) / np.nanquantile(expected, 0.05) > 2.5
    # The map has an error of its own, which is less in means over places.
    assert deviation(np.log(ratio)) < 0.1
    assert deviation(np.log(rms / smoothed(expected, 12))) < 0.065
    # Of about five channels.
    assert np.nanmedian(ratio) == pytest.approx(math.sqrt(5), rel=0.05)


def test_noise_over_its_rms_is_standard_normal(path, found):
    """In channels that are far from the line, on either side, and in all places."""
    kelvin = fits.getdata(path).astype(float)
    rms = brightness_temperature(found.rms, found.line.frequency)
    for far in (slice(0, 90), slice(-60, None)):
        scaled = (kelvin / rms)[far]
        assert deviation(scaled) == pytest.approx(1, abs=0.02)
        assert np.nanstd(scaled) == pytest.approx(1, abs=0.03)
        places = np.sqrt((scaled**2).mean(axis=0))
        assert np.nanquantile(places, [0.05, 0.95]) == pytest.approx(1, abs=0.25)


def test_its_correlation_is_not_that_of_the_beam(found):
    assert found.correlated
    assert 20 < found.noise_beam.minor < found.noise_beam.major < 27 < found.beams[0].minor


def test_all_is_told(found):
    said = "\n".join(understood(found))
    for fact in ("HCN 1-0", "352 of 0.114 km/s", "47 by 37 pixels of 12 arcsec", "LSRK",
                 "36 by 36 arcsec", "GALACTIC", "+0.828 km/s", "not measured: 23.6%"):  # fmt: skip
        assert fact in said


def test_a_map_of_the_noise_can_be_given(path, found):
    options = Reading(noise_map=path.with_stem(path.stem + "_errmap"), radius=100)
    (given,) = read_measurements(path, options)
    assert given.intensity.shape == (352, 17, 17)
    ratio = found.rms[0, 10:27, 15:32] / given.rms[0]
    assert deviation(np.log(ratio)) < 0.1


ALMA = "cube_alma_IK_Tau_header_only.fits"


def test_a_header_alone_is_told_from_a_cube(atomium_data):
    with pytest.raises(ReadError, match=r"1 channels of 1 by 1 pixels.*not its header alone"):
        read_measurements(atomium_data / "fits" / ALMA, Reading())


def test_a_cube_under_the_header_of_alma(atomium_data, tmp_path):
    """Four axes, frequency, Jy/beam, FK5; the window moved to where CO 3-2 is."""
    with fits.open(atomium_data / "fits" / ALMA) as file:
        header = file[0].header.copy()
    line, at = linear_rotor("CO").line("3-2"), 34e3 / LIGHT_SPEED
    first = (line.frequency * (1 - at) - header["CRVAL3"]) / header["CDELT3"]
    header["CRPIX3"], header["CRPIX1"], header["CRPIX2"] = 20.0 - first, 16.0, 16.0
    data = 1e-3 * np.random.default_rng(0).standard_normal((1, 40, 31, 31))
    y, x = np.mgrid[-15:16, -15:16]
    data[0, 16:23] += 0.1 * np.exp(-(x**2 + (y - 3) ** 2) / 8)
    path = tmp_path / "alma.fits"
    fits.PrimaryHDU(data.astype(">f4"), header).writeto(path, output_verify="ignore")
    with pytest.raises(ConfigError, match=r"335.9375 GHz.*known in the band: CO 3-2"):
        read_measurements(path, Reading())
    (found,) = read_measurements(path, Reading(lines=("CO 3-2",)))
    assert found.pixel == pytest.approx(0.04, rel=1e-6)
    assert found.centre == pytest.approx((58.37053398904, 11.40591928748), abs=1e-5)
    (beam,) = found.beams
    assert (beam.major, beam.minor) == pytest.approx((0.1796283, 0.1231699), rel=1e-5)
    channel, row, column = np.unravel_index(found.intensity.argmax(), found.intensity.shape)
    assert found.y[row] == pytest.approx(0.12, abs=1e-5)
    assert found.x[column] == pytest.approx(0, abs=1e-5)
    assert found.velocity[channel] == pytest.approx(34, abs=4 * found.channel)
    flux = jansky_from_intensity(
        found.intensity.max(), math.pi / (4 * math.log(2)) * np.prod(np.radians([
            beam.major / 3600, beam.minor / 3600]))
    )  # fmt: skip
    assert flux == pytest.approx(data.max(), rel=1e-5)
    # The beam is 4 by 3 pixels, and the noise made here is white.
    assert not found.correlated


def test_an_older_header_is_understood_up_to_its_line(atomium_data, tmp_path):
    """Galactic, VELO-LSR with VELREF, K (Tb), of hydrogen, which no rotor has."""
    with fits.open(atomium_data / "fits" / "cube_cgps_4axes.fits") as file:
        header = file[0].header.copy()
    path = tmp_path / "cgps.fits"
    header["CRPIX1"], header["CRPIX2"], header["CRPIX3"] = 5.0, 5.0 + 1 / 4.9999990e-3, 6.0
    header["CRVAL2"] = 0.0
    data = np.random.default_rng(0).standard_normal((1, 12, 9, 9)).astype(">f4")
    fits.PrimaryHDU(data, header).writeto(path)
    with pytest.raises(ConfigError, match=r"1\.420406 GHz.*LAMDA file of its molecule"):
        read_measurements(path, Reading())


def test_beams_of_casa(atomium_data, tmp_path):
    """One for each of 1178 channels, with which Jy/beam become intensities."""
    with fits.open(atomium_data / "fits" / "cube_casa_beams_table_only.fits.gz") as file:
        table = fits.BinTableHDU(file["BEAMS"].data, file["BEAMS"].header, name="BEAMS")
    major, minor = table.data["BMAJ"].astype(float), table.data["BMIN"].astype(float)
    kelvin = np.random.default_rng(1).standard_normal((1178, 6, 6))
    kelvin[600:620, 2:4, 2:4] += 40
    data = cubes.jansky(kelvin, cubes.beam_area(major, minor)[:, None, None])
    path = cubes.write(
        tmp_path / "a.fits", data, table, BUNIT="Jy/beam", BMAJ=None, CDELT1=-4 / 3600,
        CDELT2=4 / 3600, CRPIX1=3.5, CRPIX2=3.5, CDELT3=-100.0, CRPIX3=600.0,
    )  # fmt: skip
    (found,) = read_measurements(path, Reading(rms=1 * u.K))
    assert len(found.beams) == 1178
    # Channels ascend in velocity, and their beams with them.
    assert [beam.major for beam in found.beams] == pytest.approx(major[::-1])
    back = brightness_temperature(found.intensity, found.line.frequency)
    assert np.allclose(back, kelvin[::-1], rtol=1e-4, atol=1e-5)
    assert np.allclose(brightness_temperature(found.rms, found.line.frequency), 1)


def test_magritte_is_repaired_on_the_way(atomium_data, tmp_path):
    path = atomium_data / "magritte" / "wind_cart16_co21.fits"
    with pytest.raises(ReadError, match=r"square ones, got 0\.0563409 by 0\.078877"):
        read_measurements(path, Reading())
    with fits.open(path) as file:
        header, data = file[0].header.copy(), file[0].data
    header["CDELT1"] = -header["CDELT2"]
    square = tmp_path / "square.fits"
    fits.PrimaryHDU(data, header).writeto(square, output_verify="ignore")
    (found,) = read_measurements(square, Reading(rms=1 * u.K))
    assert found.line.name == "CO_2-1"
    assert any("Magritte's FITS file repaired" in remark for remark in found.remarks)
    step = math.radians(header["CDELT2"])
    back = jansky_from_intensity(found.intensity, step**2)
    assert np.allclose(back, data[::-1], rtol=1e-8, atol=0)
    # The gas shines at Magritte's own rest frequency, which is 1.3 km/s from that of the line.
    assert found.line.frequency == header["RESTFREQ"]
    assert found.velocity == pytest.approx(np.arange(-25, 26) * 0.8, abs=1e-6)


def test_spectral_cube_reads_the_same(atomium_data, found):
    with warnings.catch_warnings():
        # Of the date, which is given in two ways that disagree.
        warnings.simplefilter("ignore")
        other = read_cube(atomium_data / "cubes" / "malt90_region5_hcn10.fits")
        axis = other.with_spectral_unit(
            "km/s", velocity_convention="radio", rest_value=found.line.frequency * u.Hz
        ).spectral_axis
        dec, ra = other.world[0, 18, 23][1:]
    assert found.velocity == pytest.approx(axis.value, abs=1e-6)
    star = SkyCoord(ra, dec, frame="galactic").icrs
    assert found.centre == pytest.approx((star.ra.deg, star.dec.deg), abs=1e-7)
    kelvin = brightness_temperature(found.intensity, found.line.frequency)
    expected = other.unmasked_data[:].value
    assert np.allclose(kelvin, expected, rtol=1e-6, atol=0, equal_nan=True)
