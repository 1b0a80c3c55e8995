"""What STILTS taplint calls an error in a table of ObsCore, our linter calls one, and no other.

Each table has many defects, in columns of their own, as each run of taplint takes seconds.
"""

import dataclasses
import json
import shutil
import subprocess

import pytest

from portal.lint import check_table
from portal.model.optional import OPTIONAL
from portal.model.schema import OBSCORE
from portal.obscore.files import load_table
from tests.portal.lint.rows import ROWS
from tests.portal.lint.tap import Field, serve, votable

CODES = {
    "OCOL": "missing-column",
    "CUTP": "wrong-utype",
    "CUCD": "wrong-ucd",
    "CUNI": "wrong-unit",
    "TYPX": "wrong-type",
    "HNUL": "null",
    "RANG": "calib-level",
    "ILOP": "product-type",
}
"""Their words and ours; a wrong value is told once by them, and once a row by us."""
DATATYPES = {"string": "char", "int32": "int", "int64": "long", "float64": "double"}
MANDATORY = ["calib_level", "obs_collection", "obs_id", "obs_publisher_did"]
STAGES = "TMV CPV AVV TME CAP OBS"


def field(column, **others):
    made = Field(column.name, DATATYPES[column.type], column.unit, column.ucd, column.utype)
    return dataclasses.replace(made, **others)


def each(columns=OBSCORE, **others):
    return [field(column, **others) for column in columns]


def off(one):
    """Another type, unit, UCD and utype than those of the standard."""
    return {
        "datatype": "double" if one.type != "float64" else "char",
        "unit": "Jy",
        "ucd": "phot.mag",
        "utype": "obscore:Obs.other",
    }


def rows(*changes):
    return [row | change for row, change in zip(ROWS, changes, strict=False)]


EMPTY = [{}]
UNITS = {"s_ra": "degree", "access_estsize": "kB", "em_min": "nm", "t_min": "s", "s_fov": "arcsec",
         "calib_level": "m", "t_exptime": "day", "em_resolution": "Angstrom"}  # fmt: skip
UCDS = {"dataproduct_type": "meta.id", "obs_publisher_did": "meta.ref.uri;meta.curation",
        "o_stat_error": "stat.error;phot.flux", "o_ucd": "phot.flux"}  # fmt: skip
TABLES = {
    "clean": (each(), ROWS, set()),
    "optional columns, letters of another case": (
        [field(one, ucd=one.ucd.upper(), utype=one.utype.lower()) for one in (*OBSCORE, *OPTIONAL)],
        ROWS,
        set(),
    ),
    "no column": (
        [Field("other", "int")],
        EMPTY,
        {("missing-column", one.name) for one in OBSCORE},
    ),
    "all of another type, unit, UCD and utype": (
        [field(one, **off(one)) for one in (*OBSCORE, *OPTIONAL)],
        EMPTY,
        {(f"wrong-{what}", one.name) for what in ("type", "unit", "ucd", "utype")
         for one in (*OBSCORE, *OPTIONAL)} | {("null", name) for name in MANDATORY},
    ),
    "nothing said": (
        each((*OBSCORE, *OPTIONAL), unit="", ucd="", utype=""),
        ROWS,
        {("wrong-unit", one.name) for one in (*OBSCORE, *OPTIONAL) if one.unit}
        | {(f"wrong-{what}", one.name) for what in ("ucd", "utype")
           for one in (*OBSCORE, *OPTIONAL)},
    ),
    "units in other words, UCDs before the erratum": (
        [field(one, unit=UNITS.get(one.name, one.unit), ucd=UCDS.get(one.name, one.ucd))
         for one in (*OBSCORE, *OPTIONAL)],
        ROWS,
        {("wrong-unit", name) for name in UNITS} | {("wrong-ucd", name) for name in UCDS},
    ),
    "values": (
        each(),
        rows({"calib_level": 5}, {"dataproduct_type": "Image"}, {"obs_id": None},
             {"obs_collection": None}, {"obs_publisher_did": None}),
        {("calib-level", "calib_level"), ("product-type", "dataproduct_type"), ("null", "obs_id"),
         ("null", "obs_collection"), ("null", "obs_publisher_did")},
    ),
    "other values": (
        each(),
        rows({"calib_level": -1}, {"calib_level": None}, {"dataproduct_type": "spectra"}),
        {("calib-level", "calib_level"), ("null", "calib_level"),
         ("product-type", "dataproduct_type")},
    ),
}  # fmt: skip


def theirs(fields, values):
    """Code and column of each error that taplint finds."""
    with serve(fields, values) as address:
        done = subprocess.run(
            ["stilts", "taplint", f"tapurl={address}", f"stages={STAGES}", "report=EWF",
             "format=json", "maxrepeat=1000"],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
    sections = {one["code"]: one["reports"] for one in json.loads(done.stdout)["sections"]}
    # That its other stages are content shows that it could read the whole service.
    assert [sections[name] for name in ("CPV", "AVV", "CAP", "TMV")] == [[]] * 4
    told = [one for one in sections["OBS"] if one["level"] != "WARNING"]
    assert {one["level"] for one in told} <= {"ERROR"}
    names = [one.name for one in (*OBSCORE, *OPTIONAL)]
    return {(CODES[one["code"]], _column(one["text"], names)) for one in told}


def _column(text, names):
    words = text.replace(":", " ").split()
    return next(name for name in words if name in names)


def ours(fields, values, folder):
    """Code and column of each error that we find."""
    path = folder / "obscore.vot"
    path.write_text(votable(fields, values))
    found = check_table(load_table(path))
    return {(one.code, one.column) for one in found if one.severity == "error"}


@pytest.mark.parametrize("name", TABLES)
def test_each_planted_defect_is_found(name, tmp_path):
    fields, values, planted = TABLES[name]
    found = ours(fields, values, tmp_path)
    assert {one for one in found if one[0] in CODES.values()} == planted


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_taplint_finds_the_same(name, tmp_path):
    if shutil.which("stilts") is None:
        pytest.skip("stilts is not installed")
    fields, values, planted = TABLES[name]
    assert theirs(fields, values) == planted
    assert ours(fields, values, tmp_path) >= planted


def test_a_footprint_as_numbers_is_a_warning(tmp_path):
    """Taplint 3.4 knows only text here, DALI of today knows numbers too."""
    path = tmp_path / "obscore.vot"
    region = field(next(one for one in OBSCORE if one.name == "s_region"))
    words = votable([region], EMPTY).replace(
        'datatype="char" arraysize="*"', 'datatype="double" arraysize="*" xtype="polygon"'
    )
    path.write_text(words)
    (found,) = [one for one in check_table(load_table(path)) if one.column == "s_region"]
    assert (found.severity, found.code, found.seen) == ("warning", "wrong-type", "double")
