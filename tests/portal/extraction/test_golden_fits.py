"""Every file of the shared set against rows that were read from it by hand.

The golden file says for each file which rows are right, or which reason for none. A column that
it does not name must be null: a value where nothing can be known is as wrong as a wrong one.
"""

import math
import re
import tomllib
import warnings
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from portal.extraction import derive
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.schema import OBSCORE

GOLDEN = tomllib.loads((Path(__file__).parents[2] / "golden" / "fits_rows.toml").read_text())
BY_DEFAULT = {
    "obs_collection",
    "obs_publisher_did",
    "access_url",
    "access_format",
    "access_estsize",
}
"""Not read from the header; tested with the identity."""
COLUMNS = [column.name for column in OBSCORE if column.name not in BY_DEFAULT]

# Absolute: degrees of 1 arcsec, days of 1 s; relative where a number is a size.
ABSOLUTE = {"s_ra": 3e-4, "s_dec": 3e-4, "t_min": 2e-5, "t_max": 2e-5}
UNRESOLVED = (1, -1)
RELATIVE = {"s_fov": 0.02, "s_resolution": 1e-3, "t_exptime": 1e-6, "t_resolution": 1e-3}


@pytest.fixture(scope="module")
def extracted(atomium_data):
    """Rows and reasons of a file of the shared set, each file read once."""

    @cache
    def read(name):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with open_fits(atomium_data / "fits" / name) as file:
                found, reasons = products(file)
                return [_row(product) for product in found], [r.code for r in reasons]

    return read


def _row(product):
    best = {}
    for cell in derive(product):
        best.setdefault(cell.column, cell.value)
    return best


def wrong(golden, row):
    """Columns in which a row is wrong, with what is seen and expected."""
    found = {}
    for column in COLUMNS:
        if column == "s_region":
            if not _region_right(golden, row.get(column)):
                found[column] = (row.get(column), golden.get("corners"))
        elif not right(golden, column, row.get(column)):
            found[column] = (row.get(column), golden.get(column))
    return found


def right(golden, column, value):
    if column in golden.get("within", {}):
        return _same(golden, column, value, golden["within"][column])
    if column == "calib_level" and value in golden.get("levels", ()):
        return True
    expected = golden.get(column)
    if expected is not None:
        return _same(golden, column, value, expected)
    either = golden.get("either", {}).get(column)
    unresolved = column.endswith(("_xel", "_xel1", "_xel2")) and value in UNRESOLVED
    return value is None or unresolved or _same(golden, column, value, either)


def _same(golden, column, value, expected):
    if value is None or expected is None:
        return value is expected
    if isinstance(expected, list):
        return expected[0] <= value <= expected[1]
    if isinstance(expected, str):
        return value == expected
    if column in ("em_min", "em_max"):
        return math.isclose(value, expected, rel_tol=golden.get("band", 1e-5))
    if column in RELATIVE:
        return math.isclose(value, expected, rel_tol=RELATIVE[column])
    if column == "s_ra":
        turned = abs(value - expected) % 360.0
        dec = golden.get("s_dec", 0.0)
        apart = min(turned, 360.0 - turned) * math.cos(math.radians(dec))
        return apart <= golden.get("place", ABSOLUTE[column])
    if column == "s_dec":
        return abs(value - expected) <= golden.get("place", ABSOLUTE[column])
    return abs(value - expected) <= ABSOLUTE.get(column, 0.0)


def _region_right(golden, value):
    corners = golden.get("corners")
    if corners is None or value is None:
        return corners is value
    numbers = [float(word) for word in re.findall(r"-?\d[\d.]*", value)]
    vertices = list(zip(numbers[::2], numbers[1::2], strict=True))
    near = 0.02 * golden["s_fov"]
    return value.startswith("POLYGON ICRS ") and all(
        any(_apart(place, vertex) <= near for vertex in vertices)
        for place in zip(corners[::2], corners[1::2], strict=True)
    )


def _apart(one, two):
    turned = abs(one[0] - two[0]) % 360.0
    along = min(turned, 360.0 - turned) * math.cos(math.radians(one[1]))
    return math.hypot(along, one[1] - two[1])


def test_every_shared_file_is_in_the_golden_file(atomium_data):
    there = {path.name for path in (atomium_data / "fits").iterdir() if path.suffix != ".md"}
    assert there - {"headers"} == set(GOLDEN)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_rows_are_as_read_by_hand(name, extracted):
    rows, codes = extracted(name)
    golden = GOLDEN[name]
    assert len(rows) == len(golden.get("rows", ())), (golden["why"], codes)
    if "refused" in golden:
        assert golden["refused"] in codes
    faults = [wrong(*pair) for pair in zip(golden.get("rows", ()), rows, strict=True)]
    assert not any(faults), f"{golden['why']}\n{faults}"


def test_the_score_of_each_column(extracted, record_property):
    right, asked = Counter(), Counter()
    for name, golden in GOLDEN.items():
        rows, _ = extracted(name)
        for expected, row in zip(golden.get("rows", ()), rows, strict=False):
            faults = wrong(expected, row)
            asked.update(COLUMNS)
            right.update(column for column in COLUMNS if column not in faults)
    for column in COLUMNS:
        record_property(column, f"{right[column]}/{asked[column]}")
        print(f"{column:18} {right[column]}/{asked[column]}")
    assert right.total() == asked.total()
