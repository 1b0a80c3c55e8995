"""Tables as other archives write them: no false alarm, and no crash whatever they hold."""

import warnings

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.lint import check_table, findings_rows
from portal.model.optional import OPTIONAL
from portal.model.region import parse_region
from portal.model.schema import OBSCORE
from portal.obscore.files import FORMATS, load_table, write_table
from portal.obscore.table import described
from tests.portal.lint.rows import changed

HELD = [
    (10, 41, "POLYGON J2000 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"),
    (10, 41, "POLYGON GSC1 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"),
    (10, 41, "Polygon ICRS TOPOCENTER 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"),
    (10, 41, "polygon icrs geocenter spherical2 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1 unit deg"),
    (10, 41, "POLYGON 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"),
    (10, 41, "POLYGON ICRS 10.1 41.1 9.9 41.1 9.9 40.9 10.1 40.9"),
    (10, 41, "POLYGON ICRS 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1 10.1 40.9"),
    (10, 41, "UNION ICRS (CIRCLE 10 41 0.1 POLYGON 12 41 12.1 41 12.1 41.1)"),
    (10, 41, "Union ICRS TOPOCENTER (Circle ICRS 10 41 0.1 Circle ICRS 10.4 41 0.1)"),
    (10, 41, "UNION J2000 ( POLYGON J2000 10.1 40.9 9.9 40.9 9.9 41.1 Box 10 41 1 1 )"),
    (10, 41, "Difference ICRS (Circle 10 41 0.2 Circle 10 41 0.1)"),
    (0, 0, "CIRCLE ICRS 0 0 180"),
    (77, -12, "AllSky ICRS"),
    (0.001, 5, "POLYGON ICRS 359.9 4.9 0.1 4.9 0.1 5.1 359.9 5.1"),
    (359.999, 5, "POLYGON ICRS -0.1 4.9 0.1 4.9 0.1 5.1 -0.1 5.1"),
    (200, 89.9, "POLYGON ICRS 0 89 90 89 180 89 270 89"),
    (200, -89.9, "POLYGON ICRS 270 -89 180 -89 90 -89 0 -89"),
    (0, 90, "CIRCLE ICRS 180 89.95 0.1"),
    (100, 10, "POLYGON ICRS 10 -60 10 60 190 60 190 -60"),
    (10, 41, "POSITION ICRS 10 41"),
    (10, 41, "Ellipse ICRS 10 41 1 0.5 30"),
]  # fmt: skip
MISSED = [
    (10, 42.5, "POLYGON ICRS 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"),
    (190, -41, "POLYGON ICRS 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"),
    (10, 44, "UNION ICRS (CIRCLE 10 41 0.1 POLYGON 12 41 12.1 41 12.1 41.1)"),
    (200, 85, "POLYGON ICRS 0 89 90 89 180 89 270 89"),
    (10, 5, "POLYGON ICRS 359.9 4.9 0.1 4.9 0.1 5.1 359.9 5.1"),
]
NONE = [
    "UNION ICRS (", "POLYGON", "CIRCLE ICRS", "CIRCLE ICRS 1 2 3 4", "CIRCLE ICRS 1 2 nan",
    "POLYGON ICRS 1 2 3 4", "POLYGON ICRS 1 2 3 4 5 inf", "POLYGON ICRS 1 2 3 4 5 91", "10 41 0.1",
    "b'CIRCLE ICRS 10 41 0.1'", "CIRCLE ICRS J2000 1 2 3", "circle(1 2 3", "AllSky 1", "()",
    "moc 3/1",
]  # fmt: skip


def codes(ra, dec, region, **values):
    table = changed(5, s_ra=float(ra), s_dec=float(dec), s_region=region, s_fov=None, **values)
    return [(one.severity, one.code) for one in check_table(table) if one.column == "s_region"]


@pytest.mark.parametrize(("ra", "dec", "region"), HELD)
def test_footprints_of_other_archives_hold_their_positions(ra, dec, region):
    named = region.split("(")[0].split()[1:2]
    other = named in (["J2000"], ["GSC1"])
    assert codes(ra, dec, region) == ([("warning", "region-frame")] if other else [])


@pytest.mark.parametrize(("ra", "dec", "region"), MISSED)
def test_positions_outside_are_found(ra, dec, region):
    assert codes(ra, dec, region) == [("error", "region-misses")]


def test_a_position_at_the_edge_is_a_warning():
    assert codes(10, 41.3, "CIRCLE ICRS 10 41 0.2") == [("warning", "region-misses")]
    # One slit and a star that moved.
    assert codes(10, 41.0001, "POLYGON ICRS 10 41 10.0001 41 10.0001 40.9999") == []


@pytest.mark.parametrize("region", NONE)
def test_what_is_no_footprint_is_found(region):
    assert parse_region(region) is None


@pytest.mark.parametrize(
    ("xtype", "cell"),
    [
        ("circle", [10, 41, 0.1]),
        ("polygon", [10.1, 40.9, 9.9, 40.9, 9.9, 41.1]),
        ("multipolygon", [1, 1, 2, 1, 2, 2, np.nan, np.nan, 10.1, 40.9, 9.9, 40.9, 9.9, 41.1]),
        ("shape", "circle 10 41 0.1"),
        ("adql:REGION", "Circle ICRS 10 41 0.1"),
    ],
)
def test_footprints_as_numbers_are_read_by_their_xtype(xtype, cell):
    cells = np.empty(1, object)
    cells[0] = cell
    table = Table({"s_ra": [10.0], "s_dec": [41.0], "s_region": cells})
    table["s_region"].meta["xtype"] = xtype
    assert [one for one in check_table(table) if one.code.startswith("region")] == []
    del table["s_region"].meta["xtype"]
    found = [one.code for one in check_table(table) if one.code.startswith("region")]
    assert found == (["region-form"] if isinstance(cell, list) else [])


@pytest.mark.parametrize(
    "values",
    [
        {"em_min": 2.0, "em_max": 30.0, "o_ucd": "phot.flux.density;em.radio.20MHz"},
        {"em_min": 7.0, "em_max": 75000.0, "o_ucd": "phot.flux.density;em.radio"},
        {"em_min": 2e-21, "em_max": 1e-18},
        {"t_min": 58000.0, "t_max": 58000.0 + 2e-9, "t_exptime": 2e-4, "t_resolution": 1e-6},
        {"t_min": 58000.0, "t_max": 58000.0, "t_exptime": 0.5},
        {"t_min": 2408.0, "t_max": 2408.02, "t_exptime": 1800.0},
        {"s_xel1": 1, "s_xel2": 1, "s_fov": 2e-5, "s_resolution": 0.06},
        {"s_ra": 0.0, "s_dec": 0.0, "s_fov": 360.0, "s_region": "CIRCLE ICRS 0 0 180"},
        {"access_url": "ftp://example.org/o.fits"},
        {"access_url": "https://localhost.example.org/o.fits"},
        {"target_name": "-47 1234"},
        {"target_name": "+12 6"},
        {"pol_states": "/I/XX/YX/", "pol_xel": 3},
        {"pol_states": "/I/", "pol_xel": 1},
        {"t_min": 58000.0, "t_max": None},
        {"dataproduct_type": "image", "em_xel": 1, "t_min": 12000.0, "t_max": 12000.1},
        {"em_res_power": 1e7, "em_min": 8e-4, "em_max": 9e-4, "em_xel": 4000},
        {"access_format": "application/x-votable+xml;content=datalink"},
        {"obs_publisher_did": "ivo://nasa.heasarc/rosmaster?rh701576n00"},
        {"obs_publisher_did": "ivo://eso.org/ID?ADP.2015-04-13T11:53:29.520"},
    ],
)  # fmt: skip
def test_rare_products_are_content(values):
    row = {"s_xel1": None, "s_xel2": None, "s_fov": None, "dataproduct_type": None}
    assert check_table(changed(5, **(row | values))) == ()


ROWS = st.integers(0, 4)
CELLS = {
    "words": st.text(max_size=30) | st.none(),
    "numbers": st.floats() | st.none(),
    "whole": st.integers() | st.none(),
    "bytes": st.binary(max_size=12),
    "anything": st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.binary(max_size=9) | st.lists(st.floats(), max_size=4),
    "regions": st.lists(
        st.sampled_from(["polygon", "CIRCLE", "union", "icrs", "(", ")", "not", "box", "AllSky",
                         "J2000", "unit", "deg"]) | st.floats().map(str), max_size=12,
    ).map(" ".join),
    "addresses": st.from_regex(r"(ivo|https?|s3|file):/{0,2}[ -~]*"),
}  # fmt: skip
EXTREMES = [0.0, -0.0, 1e-320, 1e308, -1e308, np.inf, -np.inf, np.nan, 360.0, 90.0, 2.4e6]


@st.composite
def tables(draw):
    size = draw(ROWS)
    made = QTable()
    names = [one.name for one in (*OBSCORE, *OPTIONAL)]
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=12)):
        name = draw(st.sampled_from([name, name.upper()]))
        kind = draw(st.sampled_from([*CELLS, "array", "extremes", "times", "sky", "quantity"]))
        made[name] = _column(draw, kind, size)
        if draw(st.booleans()):
            made[name].info.meta = {
                "ucd": draw(CELLS["words"]), "utype": "x", "xtype": draw(
                    st.sampled_from(["circle", "polygon", "multipolygon", "point", ""])
                ), "datatype": draw(st.sampled_from(["char", "double", ""])),
            }  # fmt: skip
    return made


def _column(draw, kind, size):
    if kind in CELLS:
        cells = np.empty(size, object)
        for row in range(size):
            cells[row] = draw(CELLS[kind])
        return MaskedColumn(cells, mask=[draw(st.booleans()) for _ in range(size)])
    if kind == "array":
        return np.full((size, 2, 3), draw(st.sampled_from(EXTREMES)))
    values = np.array([draw(st.sampled_from(EXTREMES)) for _ in range(size)], float)
    if kind == "times":
        return Time(np.full(size, 58000.0), format="mjd")
    if kind == "sky":
        return SkyCoord(np.full(size, 10.0), np.full(size, 41.0), unit="deg")
    return values * draw(st.sampled_from([u.m, u.deg, u.Jy])) if kind == "quantity" else values


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_any_table_is_checked_without_a_word_on_the_way(table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = check_table(table)
        rows = findings_rows(table, found)
    assert len(rows) == len(found)
    assert all(one.expected and one.way_out and one.seen for one in found)
    assert {one.row for one in found} <= {None, *range(len(table))}


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_numbers_of_a_footprint_and_identifiers_survive_files(tmp_path, ending):
    table = described(Table({"obs_id": ["007"], "s_region": ["CIRCLE ICRS 10 41 0.1"]}))
    write_table(table, tmp_path / f"t{ending}")
    again = load_table(tmp_path / f"t{ending}")
    assert again["obs_id"][0] == "007"
    assert [one for one in check_table(again) if one.code != "missing-column"] == []
