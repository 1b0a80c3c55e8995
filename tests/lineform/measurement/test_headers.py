"""One law: however a header describes the sky, the measurement of it is the same."""

import math
from itertools import permutations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits

from lineform.func.radiation import brightness_temperature
from lineform.measurement import Reading, read_measurements
from tests.lineform.measurement import cubes

SKY = cubes.sky()
GIVEN = Reading(rms=cubes.RMS * u.K)


def check(path, options=GIVEN):
    (found,) = read_measurements(path, options)
    kelvin = brightness_temperature(found.intensity, found.line.frequency)
    assert np.allclose(kelvin, SKY, rtol=1e-5, atol=1e-6)
    # A grid that is even in optical velocity or wavelength is not quite so in radio velocity.
    assert found.velocity == pytest.approx(cubes.VELOCITY, abs=5e-4)
    assert found.channel == pytest.approx(1.0, abs=1e-4)
    assert found.x == pytest.approx(cubes.X, abs=1e-4)
    assert found.y == pytest.approx(cubes.Y, abs=1e-4)
    assert found.centre == pytest.approx(cubes.CENTRE, abs=1e-6)
    assert (found.line.species, found.line.transition) == ("CO", "2-1")
    for beam in found.beams:
        assert (beam.major, beam.minor, beam.position_angle) == pytest.approx((0.4, 0.3, 30.0))
    return found


SPECTRAL = {
    "velocity in km/s": cubes.scaled(cubes.spectral("VRAD"), 1e-3, "km/s"),
    "capital letters": cubes.scaled(cubes.spectral("VRAD"), 1e-3, "KM/S"),
    "capital M/S": cubes.spectral("VRAD") | {"CUNIT3": "M/S"},
    "velocity without a unit": cubes.spectral("VRAD") | {"CUNIT3": None},
    "km/s without a unit": cubes.scaled(cubes.spectral("VRAD"), 1e-3, None),
    "frequency": cubes.spectral("FREQ"),
    "frequency in GHz": cubes.scaled(cubes.spectral("FREQ"), 1e-9, "GHz"),
    "frequency without a unit": cubes.spectral("FREQ") | {"CUNIT3": None},
    "frequency of AIPS": cubes.spectral("FREQ") | {"CTYPE3": "FREQ-LSR", "SPECSYS": None},
    "wavelength": cubes.spectral("WAVE"),
    "wavelength in mm": cubes.scaled(cubes.spectral("WAVE"), 1e3, "mm"),
    "optical velocity": cubes.spectral("VOPT"),
    "optical velocity, even in frequency": cubes.spectral("VOPT") | {"CTYPE3": "VOPT-F2W"},
    "FELO of AIPS": cubes.spectral("VOPT") | {"CTYPE3": "FELO-LSR", "SPECSYS": None},
    "relativistic velocity": cubes.spectral("VELO"),
    "VELO of AIPS": cubes.spectral("VRAD") | {"CTYPE3": "VELO-LSR"},
    "VELO with VELREF, radio": cubes.spectral("VRAD") | {"CTYPE3": "VELO", "VELREF": 257},
    "VELO with VELREF, optical": cubes.spectral("VOPT") | {"CTYPE3": "VELO-LSR", "VELREF": 1},
    "RESTFREQ": {"RESTFRQ": None, "RESTFREQ": cubes.LINE.frequency},
}


@pytest.mark.parametrize("cards", SPECTRAL.values(), ids=SPECTRAL)
@pytest.mark.parametrize("descending", [False, True])
def test_any_spectral_axis(tmp_path, cards, descending):
    data = SKY
    if descending:
        step = cubes.header(**cards)["CDELT3"]
        cards = cards | {"CDELT3": -step, "CRPIX3": 8.0}
        data = SKY[::-1]
    check(cubes.write(tmp_path / "a.fits", data, **cards))


@pytest.mark.parametrize("frame", ["LSR", "HEL", "OBS"])
def test_the_frame_is_told(tmp_path, frame):
    path = cubes.write(tmp_path / "a.fits", CTYPE3=f"VELO-{frame}", SPECSYS=None)
    said = " ".join(check(path).remarks)
    assert {"LSR": "LSRK", "HEL": "HELIOCEN", "OBS": "TOPOCENT"}[frame] in said


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
@pytest.mark.parametrize("stokes", [0, 1, 3, 4])
def test_any_order_of_axes_and_a_degenerate_one(tmp_path, order, stokes):
    cards = cubes.header()
    new = fits.Header({key: cards[key] for key in cards if not key[-1].isdigit()})
    data = SKY.transpose([3 - axis for axis in reversed(order)])
    places = list(range(1, 4))
    if stokes:
        places = [place for place in range(1, 5) if place != stokes]
        data = np.expand_dims(data, 4 - stokes)
        new[f"CTYPE{stokes}"] = "STOKES"
        new.update({f"{key}{stokes}": 1.0 for key in ("CRVAL", "CRPIX", "CDELT")})
    for place, axis in zip(places, order, strict=True):
        for key in ("CTYPE", "CRVAL", "CDELT", "CRPIX", "CUNIT"):
            new[f"{key}{place}"] = cards[f"{key}{axis}"]
    path = tmp_path / "a.fits"
    fits.PrimaryHDU(np.asarray(data, ">f4"), new).writeto(path)
    check(path)


TURNED = {
    "east to the right": ({"CDELT1": cubes.PIXEL / 3600, "CRPIX1": 11.0}, SKY[:, :, ::-1]),
    "south up": ({"CDELT2": -cubes.PIXEL / 3600, "CRPIX2": 10.0}, SKY[:, ::-1]),
    "gnomonic": ({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}, SKY),
    "equal area": ({"CTYPE1": "RA---ZEA", "CTYPE2": "DEC--ZEA"}, SKY),
    "plane of the equator": (
        {"CTYPE1": "RA---SFL", "CTYPE2": "DEC--SFL", "CRVAL2": 0.0,
         "CRPIX2": 9.0 - cubes.CENTRE[1] * 3600 / cubes.PIXEL},
        SKY,
    ),
    "a matrix": (
        {"CDELT1": None, "CDELT2": None, "CDELT3": None, "CD1_1": -cubes.PIXEL / 3600,
         "CD2_2": cubes.PIXEL / 3600, "CD3_3": 1e3},
        SKY,
    ),
    "arcsec": (
        {"CUNIT1": "ARCSEC", "CUNIT2": "ARCSEC", "CRVAL1": cubes.CENTRE[0] * 3600,
         "CRVAL2": cubes.CENTRE[1] * 3600, "CDELT1": -cubes.PIXEL, "CDELT2": cubes.PIXEL},
        SKY,
    ),
    "turned by a right angle": (
        {"CDELT1": None, "CDELT2": None, "CDELT3": None, "CD1_2": -cubes.PIXEL / 3600,
         "CD2_1": -cubes.PIXEL / 3600, "CD3_3": 1e3, "CRPIX1": 10.0, "CRPIX2": 12.0},
        SKY.transpose(0, 2, 1)[:, :, ::-1],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cards", "data"), TURNED.values(), ids=TURNED)
def test_any_axes_on_the_sky(tmp_path, cards, data):
    options = Reading(rms=GIVEN.rms, centre=cubes.CENTRE)
    check(cubes.write(tmp_path / "a.fits", data, **cards), options)


def test_a_turned_image_keeps_its_pixels_and_tells_where_north_is(tmp_path):
    """The beam lies in the image as it does on the sky."""
    sine, cosine = (f(math.radians(20)) * cubes.PIXEL / 3600 for f in (math.sin, math.cos))
    path = cubes.write(
        tmp_path / "a.fits", CDELT1=None, CDELT2=None, CDELT3=None,
        CD1_1=-cosine, CD1_2=sine, CD2_1=sine, CD2_2=cosine, CD3_3=1e3,
    )  # fmt: skip
    (found,) = read_measurements(path, GIVEN)
    assert found.north == pytest.approx(20)
    assert found.beams[0].position_angle == pytest.approx(10)
    assert any("20 deg" in remark for remark in found.remarks)
    star = SkyCoord(*cubes.CENTRE, unit="deg")
    up = star.directional_offset_by(20 * u.deg, cubes.Y[-1] * u.arcsec)
    (other,) = read_measurements(path, Reading(rms=GIVEN.rms, centre=(up.ra.deg, up.dec.deg)))
    assert other.x == pytest.approx(cubes.X, abs=1e-4)
    assert other.y[-1] == pytest.approx(0, abs=1e-4)


def test_galactic_coordinates(tmp_path):
    star = SkyCoord(*cubes.CENTRE, unit="deg").galactic
    path = cubes.write(
        tmp_path / "a.fits", CTYPE1="GLON-CAR", CTYPE2="GLAT-CAR", CRVAL1=star.l.deg, CRVAL2=0.0,
        CDELT1=-cubes.PIXEL / 3600 / np.cos(star.b.rad),
        CRPIX2=9.0 - star.b.deg * 3600 / cubes.PIXEL,
    )  # fmt: skip
    found = check(path, Reading(rms=GIVEN.rms, centre=cubes.CENTRE))
    pole = SkyCoord(0, 90, unit="deg", frame="galactic").icrs
    expected = SkyCoord(*cubes.CENTRE, unit="deg").position_angle(pole).wrap_at(180 * u.deg).deg
    assert found.north == pytest.approx(expected, abs=1e-3)


UNITS = {
    "K": 1.0,
    "K (Tb)": 1.0,
    "Kelvin": 1.0,
    "mK": 1e3,
    "Jy/beam": cubes.jansky(1, cubes.beam_area(0.4, 0.3)),
    "JY/BEAM": cubes.jansky(1, cubes.beam_area(0.4, 0.3)),
    "Jy beam-1": cubes.jansky(1, cubes.beam_area(0.4, 0.3)),
    "mJy/beam": 1e3 * cubes.jansky(1, cubes.beam_area(0.4, 0.3)),
    "Jy/bm": cubes.jansky(1, cubes.beam_area(0.4, 0.3)),
    "Jy/pixel": cubes.jansky(1, math.radians(0.1 / 3600) ** 2),
    "JY/PIXEL": cubes.jansky(1, math.radians(0.1 / 3600) ** 2),
    "Jy/sr": cubes.jansky(1, 1),
    "MJy/sr": 1e-6 * cubes.jansky(1, 1),
    "Jy/arcsec2": cubes.jansky(1, math.radians(1 / 3600) ** 2),
    "W m-2 Hz-1 sr-1": 1e-26 * cubes.jansky(1, 1),
    "erg s-1 cm-2 Hz-1 sr-1": 1e-23 * cubes.jansky(1, 1),
}


@pytest.mark.parametrize(("unit", "factor"), UNITS.items())
def test_any_unit(tmp_path, unit, factor):
    check(cubes.write(tmp_path / "a.fits", SKY * factor, BUNIT=unit))


def test_integers_with_blanks_are_scaled(tmp_path):
    data = np.round(SKY / 1e-4).astype(np.int16)
    data[3, 2, 1] = -32768
    image = fits.PrimaryHDU(data, cubes.header(BUNIT="K"))
    image.header["BLANK"], image.header["BSCALE"], image.header["BZERO"] = -32768, 1e-4, 0.5
    path = tmp_path / "a.fits"
    image.writeto(path)
    with fits.open(path, mode="update", do_not_scale_image_data=True) as file:
        file[0].header["BZERO"], file[0].header["BSCALE"] = 0.5, 1e-4
    (found,) = read_measurements(path, GIVEN)
    kelvin = brightness_temperature(found.intensity, found.line.frequency)
    assert np.isnan(kelvin[3, 2, 1])
    assert np.isnan(kelvin).sum() == 1
    kelvin[3, 2, 1] = SKY[3, 2, 1] + 0.5
    assert np.allclose(kelvin, SKY + 0.5, atol=1e-4)


@pytest.mark.parametrize("kind", ["extension", "compressed", "gzip"])
def test_wherever_the_pixels_are(tmp_path, kind):
    path = tmp_path / ("a.fits.gz" if kind == "gzip" else "a.fits")
    data, cards = np.asarray(SKY, ">f4"), cubes.header()
    if kind == "gzip":
        cubes.write(path)
    else:
        hdu = fits.ImageHDU(data, cards)
        if kind == "compressed":
            hdu = fits.CompImageHDU(data, cards, compression_type="GZIP_2", quantize_level=0)
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    check(path)
