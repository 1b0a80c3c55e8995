"""Repaired copies: clean for fitsverify, with the same data, and every change told."""

import shutil
import subprocess

import numpy as np
import pytest

from portal.errors import ConfigError, ReadError
from portal.fits._dates import standard_date
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.fits.repair import write_repaired
from portal.fits.wcs import Sky, sky_of
from tests.portal.fits.files import BLOCK, header, image, image_cards, padded, table

LIGHT = 299_792_458.0
FREQUENCIES = 230.538e9 + np.linspace(-5e6, 5e6, 11)
REST = 230.5385e9
CENTRE = (217.0, -12.5)
STEP = 2e-5


def _complaints(path):
    """Errors and warnings of fitsverify."""
    if shutil.which("fitsverify") is None:
        pytest.skip("no fitsverify; install the Debian package of that name")
    done = subprocess.run(["fitsverify", path], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if "*** Error" in line or "*** Warning" in line]


@pytest.fixture
def cube(tmp_path):
    """A cube of 8 x 6 pixels with a point in the middle, as Magritte 0.9 writes it."""
    from astropy.io import fits

    lengths = {"1": 8, "2": 6, "3": 11}
    velocities = (FREQUENCIES - REST) / REST * LIGHT
    made = fits.Header()
    made.update(dict.fromkeys(("CROTA1", "CROTA2"), 0.0))
    made.update({"EPOCH": 2000.0, "EQUINOX": 2000.0, "SPECSYS": "LSRK", "RESTFREQ": REST})
    made.update({"VELREF": 257, "BTYPE": "INTENSITY", "BUNIT": "JY/PIXEL"})
    values = {"1": CENTRE[0], "2": CENTRE[1], "3": float(velocities.mean())}
    steps = {"1": -STEP, "2": STEP, "3": float(np.diff(velocities).mean())}
    types = {"1": "RA---SIN", "2": "DEC--SIN", "3": "VELO-LSR"}
    for n, unit in {"1": "DEG", "2": "DEG", "3": "M/S"}.items():
        made.update({f"CTYPE{n}": types[n], f"CUNIT{n}": unit, f"CRVAL{n}": values[n]})
        made.update({f"CDELT{n}": steps[n], f"CRPIX{n}": (lengths[n] - 1) / 2.0})
    data = np.arange(11 * 6 * 8, dtype=float).reshape(11, 6, 8)
    path = tmp_path / "magritte.fits"
    fits.writeto(path, data, made)
    return path


def _frequencies(axis):
    pixels = np.arange(1, axis.length + 1)
    velocities = axis.crval + (pixels - axis.crpix) * axis.cdelt
    return REST * (1.0 - velocities / LIGHT)


def _check_magritte(path):
    """Position within a tenth of a pixel, frequencies within 1e-9, for both files alike."""
    from astropy import units
    from astropy.coordinates import FK5, ICRS

    with open_fits(path) as file:
        (product,), _ = products(file)
        sky = sky_of(product.cards)
        assert isinstance(sky, Sky)
        ra, dec = sky.icrs(3.5, 2.5)
        centre = FK5(*CENTRE * units.deg).transform_to(ICRS())
        assert abs(float(ra) - centre.ra.deg) * np.cos(centre.dec.rad) < 0.1 * STEP
        assert abs(float(dec) - centre.dec.deg) < 0.1 * STEP
        assert np.allclose(_frequencies(product.axes[2]), FREQUENCIES, rtol=1e-9, atol=0.0)
        return product.hdu.array()


def test_a_cube_of_magritte_means_the_same_before_and_after(cube, tmp_path):
    before = cube.read_bytes()
    copy = tmp_path / "copy.fits"
    repairs = write_repaired(cube, copy)
    assert cube.read_bytes() == before
    assert np.array_equal(_check_magritte(cube), _check_magritte(copy))
    assert _complaints(copy) == []
    told = {repair.keyword: repair.code for repair in repairs}
    assert told == {
        **{f"CRPIX{n}": "pixel-origin" for n in (1, 2, 3)},
        **{f"CUNIT{n}": "unit-spelling" for n in (1, 2, 3)},
        **dict.fromkeys(("CRVAL3", "CDELT3"), "velocity-sign"),
        "BUNIT": "unit-spelling",
        "CTYPE3": "old-ctype",
        "EPOCH": "old-keyword",
        "RESTFREQ": "old-keyword",
    }


def test_astropy_reads_the_repaired_cube_as_it_is_meant(cube, tmp_path):
    from astropy.wcs import WCS

    write_repaired(cube, tmp_path / "copy.fits")
    with open_fits(tmp_path / "copy.fits") as file:
        cards = file.hdus[0].cards
        wcs = WCS({name: cards.value(name) for name in cards})
        history = " ".join(cards.lines("HISTORY"))
    ra, dec, _ = wcs.all_pix2world(3.5, 2.5, 5, 0)
    assert (float(ra), float(dec)) == pytest.approx(CENTRE, abs=0.1 * STEP)
    velocities = wcs.all_pix2world(3, 2, np.arange(11), 0)[2]
    assert np.allclose(REST * (1.0 - velocities / LIGHT), FREQUENCIES, rtol=1e-9, atol=0.0)
    assert str(wcs.wcs.cunit[2]) == "m / s"
    assert history.count("Repaired") == 12
    assert "CRPIX1: 3.5 -> 4.5" in history


def test_a_cube_that_magritte_wrote(atomium_data, tmp_path):
    path = atomium_data / "magritte" / "wind_cart16_co21.fits"
    write_repaired(path, tmp_path / "copy.fits")
    assert _complaints(path) != []
    assert _complaints(tmp_path / "copy.fits") == []
    with open_fits(path) as file, open_fits(tmp_path / "copy.fits") as copy:
        for number in (0, 1, 2):
            here, there = (products(f)[0][0].axes[number] for f in (file, copy))
            assert (here.crval, here.cdelt, here.crpix) == (there.crval, there.cdelt, there.crpix)


FAULTS = {
    "order": (
        header(["SIMPLE  = T", "NAXIS   = 2", "BITPIX  = -32", "NAXIS1  = 2", "NAXIS2  = 2"])
        + padded(bytes(16)),
        "mandatory-cards",
    ),
    "simple-false": (header(["SIMPLE  = F", "BITPIX  = 8", "NAXIS   = 0"]), "mandatory-cards"),
    "no-end": (
        header(["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "OBJECT  = 'x'"], end=False),
        "no-end",
    ),
    "bytes": (image(2, cards=["OBSERVER= 'Jérôme'", "COMMENT 5 µm"]), "card-spelling"),
    "line-feed": (image(2, cards=["OBJECT  = 'R\nDor'", "COMMENT a\nb"]), "card-spelling"),
    "small-letters": (image(2, cards=["object  = 'R Dor'"]), "card-spelling"),
    "exponent": (image(2, cards=["EXPTIME =  1.5e3"]), "card-spelling"),
    "moved-sign": (
        image(2, cards=["OBJECT =  'R Dor'", "END     = 5", "A B     = 1"]),
        "card-spelling",
    ),
    "open-text": (image(2, cards=["OBJECT  = 'R Dor"]), "card-spelling"),
    "bare-text": (image(2, cards=["OBJECT  = R Dor"]), "card-spelling"),
    "repeated": (image(2, cards=["OBJECT  = 'a'", "OBJECT  = 'b'"]), "repeated-keyword"),
    "date": (image(2, cards=["DATE-OBS= '19930417'"]), "date-spelling"),
    "no-date": (image(2, cards=["DATE-OBS= 'N/A'"]), "no-date"),
    "blank-date": (image(2, cards=["DATE    = ''"]), "no-date"),
    "julian-date": (image(2, cards=["DATE-OBS=            2450000.5"]), "no-date"),
    "zero-date": (image(2, cards=["DATE_OBS= '0000-00-00T00:00:00'"]), "no-date"),
    "day-that-is-none": (image(2, cards=["DATEOBS1= '2015-02-30'"]), "no-date"),
    "number-as-text": (
        image(2, cards=["MJD-OBS = '55000.5'", "EQUINOX = '2000.'"]),
        "card-spelling",
    ),
    "no-number": (image(2, cards=["CRVAL1  = 'unknown'"]), "no-number"),
    "array-keyword": (
        header(image_cards())
        + table({"a": "J"}, 3, 4, ["BUNIT   = 'Jy'", "BSCALE  = 1.0", "DATAMAX = 3.0"]),
        "array-keyword",
    ),
    "blank-of-floats": (image(2, cards=["BLANK   = -32768"]), "array-keyword"),
    "form": (
        header(image_cards()) + table({"a": "   1j"}, 3, 4, ["TDISP1  = 'i5'"]),
        "column-form",
    ),
    "extend": (
        header(image_cards()) + table({"a": "J"}, 3, 4, ["EXTEND  =                    T"]),
        "primary-keyword",
    ),
    "sums": (image(2, cards=["DATASUM = '12'", "CHECKSUM= 'abc'"]), "checksum"),
    "epoch": (image(2, 2, cards=["EPOCH   = 1950.0"]), "old-keyword"),
    "axes": (image(2, 2, cards=["CTYPE3  = 'FREQ'", "CDELT3=1.", "CRPIX3=1.", "CRVAL3=1."]), ""),
    "pc-and-cd": (
        image(2, 2, cards=["CD1_1   = 1.0", "CD2_2   = 1.0", "PC1_1   = 1.0"]),
        "pc-beside-cd",
    ),
    "units": (image(2, cards=["BUNIT   = 'JY/BEAM'", "CUNIT1  = 'DEG'"]), "unit-spelling"),
    "misspelt": (image(2, cards=["CRUNIT1 = 'deg'"]), "keyword-spelling"),
    "length": (image(2)[:-7], "file-length"),
    "table": (
        header(image_cards()) + table({"a": "J"}, 3, 4, ["TUNIT1  = 'KM/S'"]),
        "unit-spelling",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_repaired_and_told(tmp_path, fault):
    data, code = FAULTS[fault]
    path, copy = tmp_path / "a.fits", tmp_path / "b.fits"
    path.write_bytes(data)
    repairs = write_repaired(path, copy)
    assert code in {repair.code for repair in repairs} | {""}
    assert _complaints(copy) == []
    assert copy.stat().st_size % BLOCK == 0
    # What is right is left alone.
    again = tmp_path / "c.fits"
    assert write_repaired(copy, again) == ()
    assert again.read_bytes() == copy.read_bytes()


def test_what_is_no_date_is_kept_as_a_comment(tmp_path):
    (tmp_path / "a.fits").write_bytes(image(2, cards=["DATE-OBS= 'N/A' / not told"]))
    write_repaired(tmp_path / "a.fits", tmp_path / "b.fits")
    with open_fits(tmp_path / "b.fits") as file:
        assert "DATE-OBS" not in file.hdus[0].cards
        assert list(file.hdus[0].cards.lines("COMMENT")) == ["DATE-OBS= 'N/A' / not told"]


def test_a_good_file_is_copied_byte_by_byte(tmp_path):
    from astropy.io import fits

    path, copy = tmp_path / "a.fits", tmp_path / "b.fits"
    made = fits.PrimaryHDU(np.arange(6.0), fits.Header({"OBJECT": "R Dor", "BUNIT": "Jy"}))
    made.writeto(path, checksum=True)
    assert write_repaired(path, copy) == ()
    assert copy.read_bytes() == path.read_bytes()


def test_no_file_is_repaired_in_place(tmp_path):
    path = tmp_path / "a.fits"
    path.write_bytes(image(2))
    with pytest.raises(ConfigError, match="in place"):
        write_repaired(path, path)


def test_missing_data_are_not_made_up(tmp_path):
    path = tmp_path / "a.fits"
    path.write_bytes(image(3000)[:6000])
    with pytest.raises(ReadError, match="missing"):
        write_repaired(path, tmp_path / "b.fits")
    assert list(tmp_path.iterdir()) == [path]


def test_shared_files_are_clean_when_repaired(atomium_data, tmp_path):
    clean = 0
    paths = sorted((atomium_data / "fits").glob("weird*")) + sorted(
        (atomium_data / "fits").glob("spec*")
    )
    paths.append(atomium_data / "fits" / "img_magpis_glon.fits")
    for path in paths:
        copy = tmp_path / f"{path.name}.copy"
        write_repaired(path, copy)
        # Parameters of random groups are counted by PCOUNT, not GCOUNT.
        complaints = [line for line in _complaints(copy) if "(> GCOUNT" not in line]
        assert not [line for line in complaints if "Error" in line], path.name
        clean += not complaints
        copy.unlink()
    # The others have names of columns, or keywords without a value, that are theirs to change.
    assert clean >= len(paths) - 5


@pytest.mark.parametrize(
    ("text", "date"),
    {
        "1999-12-31": "1999-12-31",
        "1999-12-31T23:59": "1999-12-31T23:59:00",
        "1999-12-31 23:59:01.5Z": "1999-12-31T23:59:01.5",
        "19991231": "1999-12-31",
        "1999/12/31": "1999-12-31",
        "31/12/99": "1999-12-31",
        "12/31/99": "",
        "2015-02-29": "",
        "2016-02-29": "2016-02-29",
        "2015-10-12T24:00:00": "",
        "2016-12-31T23:59:60": "2016-12-31T23:59:60",
        "0000-00-00": "",
        "yesterday": "",
        "": "",
    }.items(),
)
def test_dates_are_written_as_the_standard_has_them(text, date):
    assert standard_date(text) == date
