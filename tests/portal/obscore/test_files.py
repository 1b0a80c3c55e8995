"""Tables of ObsCore rows in five formats, read back and shown to the field's own programs."""

import shutil
import subprocess

import duckdb
import numpy as np
import pandas as pd
import pytest
from astropy.table import Table

from portal.errors import CatalogError
from portal.model.schema import OBSCORE
from portal.obscore.files import FORMATS, load_table, write_table
from portal.obscore.table import table_of

ROWS = [
    {
        "dataproduct_type": "cube",
        "calib_level": 3,
        "obs_collection": "alma",
        "obs_id": "uid://A001/X1 <&>",
        "obs_publisher_did": "ivo://atomium/alma?1",
        "access_estsize": 12,
        "target_name": 'IK "Tau", V1',
        "s_ra": 58.37087654321,
        "s_dec": 11.4058,
        "s_region": "CIRCLE ICRS 58.37 11.4 0.01",
        "s_xel1": 2**40,
        "em_min": 1.30040e-3,
        "em_max": 1.30041e-3,
        "pol_states": "/I/",
    },
    {
        "dataproduct_type": None,
        "calib_level": 2,
        "obs_collection": "alma",
        "obs_id": "b",
        "obs_publisher_did": "ivo://atomium/alma?2",
    },
]


@pytest.fixture
def table():
    return table_of(ROWS)


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_what_is_written_is_read_back(table, tmp_path, ending):
    file = tmp_path / f"t{ending}"
    write_table(table, file)
    again = load_table(file)
    assert again.colnames == table.colnames
    for column in OBSCORE:
        for row in (0, 1):
            one, other = table[column.name][row], again[column.name][row]
            assert np.ma.is_masked(one) == np.ma.is_masked(other), column.name
            assert np.ma.is_masked(one) or one == other, column.name
        if column.type != "string" or ending != ".fits":
            assert str(again[column.name].unit or "") == column.unit
        assert again[column.name].meta["ucd"] == column.ucd
        assert again[column.name].meta["utype"] == column.utype
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def run(*command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_votlint_has_nothing_to_say(table, tmp_path):
    write_table(table, tmp_path / "t.vot")
    assert run("stilts", "votlint", "ucd=true", "unit=true", f"votable={tmp_path}/t.vot") == ""


def test_fitsverify_has_nothing_to_say(table, tmp_path):
    write_table(table, tmp_path / "t.fits")
    assert "0 warning(s) and 0 error(s)" in run("fitsverify", str(tmp_path / "t.fits"))


def test_other_programs_read_them(table, tmp_path):
    for ending in (".parquet", ".csv", ".ecsv"):
        write_table(table, tmp_path / f"t{ending}")
    name = ROWS[0]["target_name"]
    assert pd.read_parquet(tmp_path / "t.parquet")["target_name"].dropna().tolist() == [name]
    assert pd.read_csv(tmp_path / "t.csv")["target_name"][0] == name
    found = duckdb.sql(f"select s_xel1 from '{tmp_path}/t.parquet'").fetchall()
    assert found == [(2**40,), (None,)]
    assert Table.read(tmp_path / "t.ecsv")["em_min"].unit == "m"


def test_no_rows_are_a_table(tmp_path):
    for ending in sorted(FORMATS):
        write_table(table_of([]), tmp_path / f"t{ending}")
        assert len(load_table(tmp_path / f"t{ending}")) == 0


def test_an_ending_that_names_no_format(table, tmp_path):
    with pytest.raises(CatalogError, match=r"\.xlsx.*\.csv or \.ecsv or \.fits"):
        write_table(table, tmp_path / "t.xlsx")


def test_a_value_of_another_type():
    with pytest.raises(CatalogError, match=r"calib_level.*int32.*two"):
        table_of([{"calib_level": "two"}])


def test_a_file_that_is_no_table(tmp_path):
    (tmp_path / "t.vot").write_text("<html>")
    with pytest.raises(CatalogError, match=r"t\.vot: the table cannot be read"):
        load_table(tmp_path / "t.vot")
