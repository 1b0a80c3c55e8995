"""More than a hundred planted defects, each found under its name; none in clean tables."""

import numpy as np
import pytest
from astropy.table import MaskedColumn

from portal.lint import check_table, findings_rows
from portal.model.schema import OBSCORE
from portal.obscore.files import FORMATS, load_table, write_table
from portal.obscore.table import table_of
from tests.portal.lint.rows import POLYGON, ROWS, changed, clean

FURTHER = POLYGON.replace("40.9", "43.9").replace("41.1", "44.1")
VALUES = [
    ("null", "calib_level", 0, {"calib_level": None}),
    ("null", "obs_collection", 1, {"obs_collection": None}),
    ("null", "obs_id", 2, {"obs_id": ""}),
    ("null", "obs_publisher_did", 3, {"obs_publisher_did": None}),
    ("product-type", "dataproduct_type", 0, {"dataproduct_type": "Cube"}),
    ("product-type", "dataproduct_type", 0, {"dataproduct_type": "datacube"}),
    ("product-type", "dataproduct_type", 2, {"dataproduct_type": "spectra"}),
    ("calib-level", "calib_level", 0, {"calib_level": 7}),
    ("calib-level", "calib_level", 0, {"calib_level": -1}),
    ("pol-states", "pol_states", 0, {"pol_states": "I"}),
    ("pol-states", "pol_states", 0, {"pol_states": "I,Q"}),
    ("pol-states", "pol_states", 0, {"pol_states": "/I/Z/"}),
    ("pol-states", "pol_states", 7, {"pol_states": "/I/Q/U/V"}),
    ("pol-twice", "pol_states", 7, {"pol_states": "/I/Q/I/V/"}),
    ("pol-twice", "pol_states", 0, {"pol_states": "/I/I/", "pol_xel": 2}),
    ("pol-order", "pol_states", 7, {"pol_states": "/V/U/", "pol_xel": 2}),
    ("pol-order", "pol_states", 7, {"pol_states": "/Q/I/U/V/"}),
    ("o-ucd-axis", "o_ucd", 0, {"o_ucd": "em.wl"}),
    ("bytes", "target_name", 0, {"target_name": "b'NGC 891'"}),
    ("formula", "facility_name", 0, {"facility_name": "=cmd|' /C calc'!A0"}),
    ("access-url-local", "access_url", 0, {"access_url": "http://localhost:8000/a.fits"}),
    ("access-url-local", "access_url", 0, {"access_url": "https://192.168.0.7/a.fits"}),
    ("access-url", "access_url", 0, {"access_url": "javascript://%0Aalert(1)"}),
    ("t-is-short-jd", "t_min", 0, {"t_min": 6889.625, "t_max": 6889.675}),
    ("pixel-size", "s_xel1", 1, {"s_xel1": 400_000, "s_xel2": 900, "s_fov": 5.7e-4}),
    ("res-power-above-bins", "em_res_power", 2, {"em_res_power": 1e9}),
    ("region-crosses", "s_region", 0,
     {"s_region": "POLYGON ICRS 10.1 40.9 9.9 41.1 9.9 40.9 10.1 41.1"}),
    ("region-crosses", "s_region", 0,
     {"s_region": "POLYGON ICRS 10.1 40.9 9.9 40.9 9.9 41.1 10.1 40.8 10.1 41.1 10.1 40.9"}),
    ("o-ucd", "o_ucd", 0, {"o_ucd": "flux"}),
    ("o-ucd", "o_ucd", 0, {"o_ucd": "phot.flux.densty"}),
    ("o-ucd", "o_ucd", 0, {"o_ucd": "em.mm;phot.flux.density;"}),
    ("did", "obs_publisher_did", 0, {"obs_publisher_did": "o1"}),
    ("did", "obs_publisher_did", 0, {"obs_publisher_did": "https://example.org/o1"}),
    ("did-twice", "obs_publisher_did", 1, {"obs_publisher_did": ROWS[0]["obs_publisher_did"]}),
    ("access-url", "access_url", 0, {"access_url": "data/o1.fits"}),
    ("access-url", "access_url", 0, {"access_url": "/archive/o1.fits"}),
    ("access-url", "access_url", 0, {"access_url": "https://example.org/my file.fits"}),
    ("access-url", "access_url", 0, {"access_url": "file:///o1.fits"}),
    ("access-format", "access_format", 0, {"access_format": "FITS"}),
    ("access-format", "access_format", 0, {"access_format": "application fits"}),
    ("format-without-url", "access_format", 0, {"access_url": None}),
    ("estsize", "access_estsize", 0, {"access_estsize": 0}),
    ("estsize", "access_estsize", 0, {"access_estsize": -5}),
    ("access-url", "access_url", 0, {"access_url": "s3://bucket/o1.fits"}),
    ("estsize-unit", "access_estsize", 0, {"access_estsize": 333_000_000_000}),
    ("placeholder", "target_name", 0, {"target_name": "N/A"}),
    ("placeholder", "instrument_name", 0, {"instrument_name": "UNKNOWN"}),
    ("placeholder", "facility_name", 0, {"facility_name": "-999"}),
    ("placeholder", "o_ucd", 0, {"o_ucd": "null"}),
    ("blanks", "target_name", 0, {"target_name": "IK Tau "}),
    ("blanks", "target_name", 0, {"target_name": "IK\nTau"}),
    ("ra-range", "s_ra", 0, {"s_ra": -10.0}),
    ("ra-range", "s_ra", 0, {"s_ra": 360.0}),
    ("ra-range", "s_ra", 0, {"s_ra": 36000.0}),
    ("dec-range", "s_dec", 0, {"s_dec": 95.0}),
    ("dec-range", "s_dec", 2, {"s_ra": 41.0, "s_dec": 359.99}),
    ("position-alone", "s_dec", 0, {"s_dec": None}),
    ("position-alone", "s_ra", 0, {"s_ra": None}),
    ("position-zero", "s_ra", 3, {"s_ra": 0.0, "s_dec": 0.0}),
    ("fov-range", "s_fov", 0, {"s_fov": 0.0}),
    ("fov-range", "s_fov", 0, {"s_fov": -0.2}),
    ("fov-range", "s_fov", 0, {"s_fov": 900.0}),
    ("region-fov", "s_fov", 0, {"s_fov": 15.0}),
    ("region-fov", "s_fov", 0, {"s_fov": 0.001}),
    ("resolution-range", "s_resolution", 0, {"s_resolution": 0.0}),
    ("resolution-range", "s_resolution", 0, {"s_resolution": -1.0}),
    ("resolution-above-fov", "s_resolution", 0, {"s_resolution": 5000.0}),
    ("resolution-unit", "s_resolution", 0, {"s_resolution": 0.5 / 3600}),
    ("count", "s_xel1", 0, {"s_xel1": 0}),
    ("count", "s_xel2", 0, {"s_xel2": -2}),
    ("count", "em_xel", 0, {"em_xel": 0}),
    ("count", "t_xel", 3, {"t_xel": -7}),
    ("count", "pol_xel", 0, {"pol_xel": 0}),
    ("count-alone", "s_xel2", 0, {"s_xel2": None}),
    ("region-form", "s_region", 0, {"s_region": "10.1 40.9 9.9 40.9 9.9 41.1"}),
    ("region-form", "s_region", 0, {"s_region": "POLYGON ICRS 10.1 40.9 9.9"}),
    ("region-form", "s_region", 0, {"s_region": "CIRCLE ICRS 10 41 0"}),
    ("region-form", "s_region", 0, {"s_region": "CIRCLE ICRS 10 141 1"}),
    ("region-form", "s_region", 0, {"s_region": "POLYGON ICRS a b c d e f"}),
    ("region-frame", "s_region", 0, {"s_region": "CIRCLE FK5 10 41 0.1"}),
    ("region-misses", "s_region", 0, {"s_ra": 10.0 / 15}),
    ("region-misses", "s_region", 0, {"s_dec": -41.0}),
    ("region-misses", "s_region", 0, {"s_region": "CIRCLE ICRS 41 10 0.1"}),
    ("region-misses", "s_region", 0, {"s_region": FURTHER}),
    ("region-misses", "s_region", 2, {"s_region": "CIRCLE ICRS 180 -41 0.01"}),
    ("t-is-jd", "t_min", 0, {"t_min": 2458000.5}),
    ("t-is-jd", "t_max", 0, {"t_max": 2458000.55}),
    ("t-is-seconds", "t_min", 0, {"t_min": 1.5e9}),
    ("t-is-seconds", "t_max", 0, {"t_max": 5.0e9}),
    ("t-is-year", "t_min", 0, {"t_min": 2017.7}),
    ("t-range", "t_min", 0, {"t_min": -5.0}),
    ("t-range", "t_max", 0, {"t_max": 99000.0}),
    ("t-ahead", "t_min", 0, {"t_min": 84700.0, "t_max": 84700.05}),
    ("t-ahead", "t_max", 0, {"t_max": 84700.0}),
    ("em-no-light", "em_min", 1, {"em_min": 0.5, "em_max": 0.7, "facility_name": "HST"}),
    ("em-no-light", "em_min", 1, {"em_min": 0.5, "em_max": 0.7, "o_ucd": "phot.flux;em.opt.V"}),
    ("t-order", "t_min", 0, {"t_min": 58001.0}),
    ("t-alone", "t_max", 0, {"t_max": None}),
    ("t-alone", "t_min", 0, {"t_min": None}),
    ("exposure-zero", "t_exptime", 0, {"t_exptime": 0.0}),
    ("exposure-range", "t_exptime", 0, {"t_exptime": -30.0}),
    ("exposure-zero", "t_resolution", 0, {"t_resolution": 0.0}),
    ("exposure-in-minutes", "t_exptime", 0, {"t_exptime": 73.0}),
    ("exposure-in-minutes", "t_exptime", 0, {"t_exptime": 72.0}),
    ("exposure-in-hours", "t_exptime", 0, {"t_exptime": 1.2}),
    ("exposure-in-days", "t_exptime", 0, {"t_exptime": 0.05}),
    ("exposure-in-milliseconds", "t_exptime", 0, {"t_exptime": 4.32e6}),
    ("exposure-longer", "t_exptime", 0, {"t_exptime": 3.6e5}),
    ("resolution-longer", "t_resolution", 0, {"t_resolution": 36000.0}),
    ("em-order", "em_min", 0, {"em_min": 8.2e-4, "em_max": 8.1e-4}),
    ("em-not-positive", "em_min", 0, {"em_min": 0.0}),
    ("em-not-positive", "em_min", 0, {"em_min": -1e-3}),
    ("em-unit", "em_max", 2, {"em_min": 3500.0, "em_max": 9000.0}),
    ("em-unit", "em_min", 2, {"em_min": 350.0, "em_max": 900.0}),
    ("em-unit", "em_max", 0, {"em_min": 3.4e11, "em_max": 3.5e11}),
    ("em-unit", "em_min", 4, {"em_min": 1e-28}),
    ("em-alone", "em_max", 0, {"em_max": None}),
    ("em-alone", "em_min", 0, {"em_min": None}),
    ("em-no-width", "em_max", 0, {"em_min": 8.1e-4, "em_max": 8.1e-4}),
    ("em-res-power", "em_res_power", 2, {"em_res_power": 2e-10}),
    ("em-res-power", "em_res_power", 0, {"em_res_power": 0.0}),
    ("em-res-power", "em_res_power", 0, {"em_res_power": 0.5}),
    ("em-unit", "em_max", 0, {"em_max": 200.0}),
    ("em-unit", "em_max", 0, {"em_max": 3e8, "o_ucd": "phot.flux.density;em.radio"}),
    ("em-res-power", "em_res_power", 0, {"em_res_power": 3.4e12}),
    ("em-air", "em_min", 6, ROWS[2] | {"obs_publisher_did": "ivo://atomium.example/stars?air",
                                       "em_min": 3.4989970e-7, "em_max": 8.9975280e-7}),
    ("kind-cube", "em_xel", 0, {"em_xel": 1}),
    ("kind-image", "em_xel", 1, {"em_xel": 300}),
    ("kind-spectrum", "em_xel", 2, {"em_xel": 1}),
    ("kind-spectrum", "s_xel1", 2, {"s_xel1": 300, "s_xel2": 300}),
    ("kind-timeseries", "t_xel", 3, {"t_xel": 1}),
    ("kind-event", "o_ucd", 4, {"o_ucd": "phot.count"}),
    ("kind-event", "s_xel1", 4, {"s_xel1": 1024, "s_xel2": 1024}),
    ("pol-count", "pol_xel", 0, {"pol_xel": 2}),
    ("pol-count", "pol_xel", 7, {"pol_states": "/I/Q/"}),
    ("pol-unnamed", "pol_states", 7, {"pol_states": None}),
]  # fmt: skip


def codes(table):
    return {(one.code, one.column) for one in check_table(table)}


def test_there_are_enough():
    assert len(VALUES) + len(COLUMNS) > 100


@pytest.mark.parametrize("ending", [None, *sorted(FORMATS)])
def test_a_clean_table_gives_no_finding(tmp_path, ending):
    table = clean()
    if ending:
        write_table(table, tmp_path / f"t{ending}")
        table = load_table(tmp_path / f"t{ending}")
    assert check_table(table) == ()


@pytest.mark.parametrize(("code", "column", "row", "values"), VALUES)
def test_a_value_is_found(code, column, row, values):
    found = [f for f in check_table(changed(row, **values)) if (f.code, f.column) == (code, column)]
    assert [one.row for one in found] == [row]
    assert found[0].expected
    assert found[0].way_out


def without(name):
    table = clean()
    del table[name]
    return table


def with_column(name, values=None, unit=None, **meta):
    table = clean()
    old = table[name]
    new = old.copy() if values is None else MaskedColumn(values, name=name)
    new.meta.update(old.meta | meta)
    new.unit = old.unit if unit is None else unit
    table.replace_column(name, new)
    return table


def renamed(name, other):
    table = clean()
    table.rename_column(name, other)
    return table


def doubled(name):
    table = clean()
    table[name.upper()] = table[name]
    return table


SIZE = len(ROWS)
COLUMNS = [
    *(("missing-column", one.name, lambda name=one.name: without(name)) for one in OBSCORE),
    ("wrong-unit", "em_min", lambda: with_column("em_min", unit="nm")),
    ("wrong-unit", "t_exptime", lambda: with_column("t_exptime", unit="min")),
    ("wrong-unit", "s_resolution", lambda: with_column("s_resolution", unit="deg")),
    ("wrong-unit", "calib_level", lambda: with_column("calib_level", unit="m")),
    ("wrong-ucd", "o_ucd", lambda: with_column("o_ucd", ucd="meta.id")),
    ("wrong-ucd", "obs_publisher_did", lambda: with_column("obs_publisher_did", ucd="meta.id")),
    ("wrong-utype", "s_ra", lambda: with_column("s_ra", utype="obscore:Target.Pos")),
    ("wrong-utype", "em_max", lambda: with_column("em_max", utype="")),
    ("wrong-type", "s_ra", lambda: with_column("s_ra", ["10:20:30"] * SIZE)),
    ("wrong-type", "em_xel", lambda: with_column("em_xel", np.full(SIZE, 2.5))),
    ("wrong-type", "obs_id", lambda: with_column("obs_id", np.arange(SIZE))),
    ("name-case", "s_ra", lambda: renamed("s_ra", "S_RA")),
    ("column-twice", "t_min", lambda: doubled("t_min")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "column", "made"), COLUMNS)
def test_a_column_is_found(code, column, made):
    assert (code, column) in codes(made())


def test_an_equal_unit_in_other_words_is_told_as_such():
    (found,) = check_table(with_column("access_estsize", unit="1000 byte"))
    assert (found.code, found.expected) == ("wrong-unit", "kbyte")
    assert found.way_out == "the same in other words; programs compare the words"


@pytest.mark.parametrize(
    ("name", "utype", "way_out"),
    [
        (
            "calib_level",
            "obscore:Obs.calibLevel",
            "use the utype of ObsCore 1.1: this one is of 1.0",
        ),
        ("calib_level", "obscore:Level", "correct the utype"),
    ],
)
def test_utypes_of_the_version_before_are_named_as_such(name, utype, way_out):
    (found,) = check_table(with_column(name, utype=utype))
    assert (found.code, found.seen, found.way_out) == ("wrong-utype", utype, way_out)


def with_utype(length):
    """The clean table with a utype of 69 characters cut to `length`."""
    utype = next(one.utype for one in OBSCORE if one.name == "s_dec")
    return with_column("s_dec", utype=utype[:length])


def test_a_utype_as_long_as_a_card_is_one():
    assert check_table(with_utype(68)) == ()
    assert [one.code for one in check_table(with_utype(67))] == ["wrong-utype"]


def test_a_table_that_says_nothing_of_its_columns_gets_one_word_for_each_lack():
    table = clean()
    for name in table.colnames:
        table[name].unit = None
        table[name].meta.clear()
    found = check_table(table)
    assert [one.code for one in found] == ["no-ucds", "no-units", "no-utypes"]
    assert {one.severity for one in found} == {"warning"}


def test_many_rows_are_told_in_one_word():
    rows = [ROWS[6] | {"obs_publisher_did": f"ivo://atomium.example/x?{i}", "s_ra": 400.0,
                       "s_dec": 1.0} for i in range(200)]  # fmt: skip
    found = [one for one in check_table(table_of(rows)) if one.code == "ra-range"]
    assert len(found) == 51
    assert {one.seen for one in found if one.row is None} == {"150 more rows"}


def test_findings_are_a_table():
    table = changed(0, s_ra=-10.0)
    rows = findings_rows(table, check_table(table))
    assert rows[0]["code"] == "ra-range"
    assert rows[0]["obs_publisher_did"] == ROWS[0]["obs_publisher_did"]
    assert rows[0]["seen"] == "-10.0"
