"""Headers of CADC's archives against the records that CADC made of them.

What the headers say alone, with a mapping of at most ten lines for each archive.
"""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from portal import extract
from tests.portal.extraction.headers import file_of_text

MAPS = Path(__file__).parents[2] / "golden" / "caom"
CAOM = "{http://www.opencadc.org/caom2/xml/v2.4}"
# Header, record, mapping, and the product that the record is of.
RECORDS = [
    ("1916216i.fits", "1916216i.xml", "cfht", "0"),
    ("CGPS_MA1_HI_line_image.fits", "cgps.xml", "cgps", "0"),
    ("dao_c122_2016_007777.fits", "dao_c122_2016_007777.xml", "dao", "0"),
    ("N20030325S0098.fits", "N20030325S0098.expected.xml", "gemini", "1"),
    ("S20230518S0121.fits", "S20230518S0121.expected.xml", "gemini", "1"),
]


class Record:
    """A CAOM-2 record, as far as it is compared."""

    def __init__(self, path):
        self.root = ET.parse(path).getroot()

    def text(self, *path):
        found = self.root.find(".//" + "/".join(CAOM + part for part in path))
        return None if found is None else found.text

    def function(self, kind):
        """Value, pixel and step of the first axis `kind` that has them."""
        for axis in self.root.iter(CAOM + kind):
            found = axis.find(f".//{CAOM}function")
            if found is not None:
                return found
        return None

    def interval(self, kind):
        """Ends of an axis of time or energy: of its pixels from 0.5 to their number and a half."""
        function = self.function(kind)
        if function is None:
            return None
        count, delta, pixel, value = (
            float(function.find(f".//{CAOM}{name}").text)
            for name in ("naxis", "delta", "pix", "val")
        )
        return sorted(value + (end - pixel) * delta for end in (0.5, count + 0.5))

    def place(self):
        """ICRS of the middle of the pixels."""
        from astropy.coordinates import SkyCoord
        from astropy.wcs import WCS

        function = self.function("position")
        if function is None:
            return None
        wcs = WCS(naxis=2)
        wcs.wcs.ctype = [axis.text for axis in self.root.iter(CAOM + "ctype")][:2]
        if not wcs.wcs.ctype[0].startswith(("RA", "GLON")):
            wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
        wcs.wcs.crval = [float(value.text) for value in function.iter(CAOM + "val")]
        wcs.wcs.crpix = [float(value.text) for value in function.iter(CAOM + "pix")]
        cd = [float(function.find(CAOM + name).text) for name in ("cd11", "cd12", "cd21", "cd22")]
        wcs.wcs.cd = np.reshape(cd, (2, 2))
        lengths = [float(function.find(f".//{CAOM}{name}").text) for name in ("naxis1", "naxis2")]
        at = wcs.wcs_pix2world([[(length + 1) / 2 for length in lengths]], 1)[0]
        frame = "galactic" if wcs.wcs.ctype[0].startswith("GLON") else "icrs"
        return SkyCoord(*at, unit="deg", frame=frame).icrs


@pytest.fixture(scope="module")
def rows(atomium_data, tmp_path_factory):
    made = tmp_path_factory.mktemp("caom")

    def read(header, mapping, part):
        text = atomium_data / "fits" / "headers" / f"caom2_{header}.header"
        response = extract(file_of_text(text, made / header), MAPS / f"{mapping}.map")
        return next(one.row for one in response.given if one.part.split()[-1] == part)

    return read


@pytest.mark.parametrize(("header", "xml", "mapping", "part"), RECORDS)
def test_rows_agree_with_the_records(header, xml, mapping, part, rows, atomium_data):
    row = rows(header, mapping, part)
    record = Record(atomium_data / "fits" / "headers" / f"caom2_{xml}")
    assert row["obs_collection"] == record.text("collection")
    assert row["target_name"] == record.text("target", "name")
    assert row.get("facility_name") == record.text("telescope", "name")
    assert row["instrument_name"] == record.text("instrument", "name")
    assert row["dataproduct_type"] == record.text("dataProductType")
    assert row["calib_level"] == int(record.text("calibrationLevel"))
    # CADC's example of CGPS has no identifier of its own.
    if mapping != "cgps":
        assert row["obs_id"] == record.text("observationID")
    _times(row, record, header)
    _place(row, record)


def _times(row, record, header):
    interval = record.interval("time")
    if interval is None:
        return
    assert row["t_min"] == pytest.approx(interval[0], abs=1e-6)
    if header.startswith(("S2023", "N2003")):
        # The record ends a repeated exposure after one part of it, the header after the last.
        return
    # To two minutes: the record adds the exposure, some headers say when the shutter closed.
    assert row["t_max"] == pytest.approx(interval[1], abs=1.4e-3)
    assert row["t_exptime"] == pytest.approx(float(record.text("exposure")))


def _place(row, record):
    place = record.place()
    if place is not None:
        # 10 arcsec: the matrix of one header is broken, and its RA and DEC stand for it.
        assert row["s_dec"] == pytest.approx(place.dec.deg, abs=3e-3)
        assert row["s_ra"] == pytest.approx(place.ra.deg, abs=3e-3)


@pytest.mark.parametrize(
    ("header", "xml", "mapping"), [(h, x, m) for h, x, m, _ in RECORDS if m in ("cfht", "dao")]
)
def test_bands_agree_with_the_records(header, xml, mapping, rows, atomium_data):
    row = rows(header, mapping, "0")
    record = Record(atomium_data / "fits" / "headers" / f"caom2_{xml}")
    assert [row["em_min"], row["em_max"]] == pytest.approx(record.interval("energy"), rel=1e-6)
    if mapping == "cfht":
        assert row["em_res_power"] == float(record.text("resolvingPower"))


def test_the_band_of_the_cube_is_that_of_its_line(rows):
    row = rows("CGPS_MA1_HI_line_image.fits", "cgps", "0")
    # 272 channels of 824.46 m/s about the 21 cm line, by hand, radio convention.
    rest = 299792458.0 / 1420.406e6
    ends = [-60000.0 - 824.46002 * (pixel - 145.0) for pixel in (0.5, 272.5)]
    expected = sorted(rest / (1.0 - v / 299792458.0) for v in ends)
    assert [row["em_min"], row["em_max"]] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("mapping", sorted(path.name for path in MAPS.glob("*.map")))
def test_mappings_have_at_most_ten_lines(mapping):
    lines = (MAPS / mapping).read_text().splitlines()
    assert len([line for line in lines if line and not line.startswith("#")]) <= 10
