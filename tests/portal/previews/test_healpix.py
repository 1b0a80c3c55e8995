"""Maps in HEALPix cells are drawn where their cells are, whatever the numbering."""

import io

import numpy as np
import pytest
from astropy import units
from astropy.io import fits
from astropy_healpix import HEALPix
from PIL import Image

from portal.errors import ReadError
from portal.fits.opening import open_fits
from portal.previews.healpix import sky_map
from tests.portal.previews.test_observed import drawn_of

SIDE = 16
WHOLE = np.arange(12 * SIDE**2)


def written(path, order="ring", cells=None, **cards):
    """A map of the latitude of its cells, with a cell without value at the pole in the north."""
    pixels = HEALPix(SIDE, order)
    numbers = WHOLE if cells is None else cells
    values = pixels.healpix_to_lonlat(numbers)[1].to_value("deg").astype("f4")
    values[values > 87] = -1.6375e30
    columns = [] if cells is None else [fits.Column("PIXEL", "J", array=cells)]
    shape = (len(values) // 16, 16) if cells is None else (len(values),)
    form = "16E" if cells is None else "E"
    columns.append(fits.Column("SIGNAL", form, "K", array=values.reshape(shape)))
    table = fits.BinTableHDU.from_columns(columns)
    said = {"PIXTYPE": "HEALPIX", "NSIDE": SIDE, "ORDERING": order.upper(), "COORDSYS": "G"}
    scheme = {"INDXSCHM": "IMPLICIT" if cells is None else "EXPLICIT", "OBJECT": "CMB"}
    table.header.update(said | scheme | cards)
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)
    return path


def drawn(path):
    with open_fits(path) as file:
        return sky_map(file.hdus[1])


@pytest.mark.parametrize("order", ["ring", "nested"])
def test_a_whole_sky_has_north_up(tmp_path, order):
    found = drawn(written(tmp_path / "a.fits", order))
    middle = found.values[:, found.values.shape[1] // 2]
    known = middle[np.isfinite(middle)]
    # The uppermost row of the picture is the last.
    assert known[0] < -80
    assert known[-1] > 80
    assert np.isnan(middle[-1])
    assert (np.diff(known) >= -1e-6).all()
    assert abs(found.values[120, 240]) < 5
    assert np.isnan(found.values[[0, 0, -1, -1], [0, -1, 0, -1]]).all()
    assert found.about.startswith("SIGNAL [K] in HEALPix cells, the whole sky")
    assert "galactic" in found.about


def test_longitudes_rise_to_the_left(tmp_path):
    pixels = HEALPix(SIDE, "ring")
    one = pixels.cone_search_lonlat(90 * units.deg, 0 * units.deg, 12 * units.deg)
    cells = np.setdiff1d(WHOLE, one)
    found = drawn(written(tmp_path / "a.fits", cells=cells)).values
    row = found[120]
    assert np.isnan(row[120])
    assert np.isfinite(row[[30, 240, 360, 450]]).all()


@pytest.mark.parametrize("order", ["ring", "nested"])
@pytest.mark.parametrize("longitude", [0, 200])
def test_a_part_of_the_sky_fills_its_picture(tmp_path, order, longitude):
    pixels = HEALPix(SIDE, order)
    place = (longitude * units.deg, 40 * units.deg)
    cells = np.sort(pixels.cone_search_lonlat(*place, 10 * units.deg))[::-1].copy()
    found = drawn(written(tmp_path / "a.fits", order, cells))
    assert np.isfinite(found.values).mean() > 0.5
    assert abs(np.nanmean(found.values) - 40) < 2
    assert 0.7 < found.values.shape[1] / found.values.shape[0] < 1.4
    assert "the part of the sky that it covers" in found.about


def test_the_product_has_a_thumbnail_that_is_clear_outside(tmp_path):
    (pictures,) = drawn_of(written(tmp_path / "a.fits"))
    assert pictures.reason == ""
    picture = Image.open(io.BytesIO(pictures.thumbnail))
    assert picture.size == (120, 60)
    assert [picture.getpixel(place)[3] for place in ((1, 1), (60, 30))] == [0, 255]
    assert "Mollweide" in pictures.caption


@pytest.mark.parametrize(
    ("cards", "match"),
    [
        ({"NSIDE": 15}, "not as many values as cells"),
        ({"NSIDE": 0}, "NSIDE"),
        ({"ORDERING": "SPIRAL"}, "expected RING or NESTED, got spiral"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, cards, match):
    with pytest.raises(ReadError, match=match):
        drawn(written(tmp_path / "a.fits", **cards))
