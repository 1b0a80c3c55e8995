"""Rows from files, with origins and reasons."""

import numpy as np
import pytest
from astropy.io import fits

import portal
from portal.errors import MappingError, ReadError
from portal.obscore.files import load_table
from portal.obscore.response import extract


@pytest.fixture
def folder(tmp_path):
    cube = fits.PrimaryHDU(np.zeros((4, 5, 6), "f4"))
    cube.header.update(
        {
            "CTYPE1": "RA---TAN", "CRVAL1": 150.0, "CRPIX1": 3.5, "CDELT1": -0.001, "CUNIT1": "deg",
            "CTYPE2": "DEC--TAN", "CRVAL2": 2.0, "CRPIX2": 3.0, "CDELT2": 0.001, "CUNIT2": "deg",
            "CTYPE3": "FREQ", "CRVAL3": 230e9, "CRPIX3": 1.0, "CDELT3": 1e6, "CUNIT3": "Hz",
            "OBJECT": "R Dor", "TELESCOP": "ALMA", "BUNIT": "Jy/beam",
            "DATE-OBS": "2020-01-01T00:00:00", "EXPTIME": 100.0,
        }
    )  # fmt: skip
    (tmp_path / "data" / "a").mkdir(parents=True)
    (tmp_path / "data" / "b").mkdir()
    cube.writeto(tmp_path / "data" / "a" / "cube.fits")
    cube.writeto(tmp_path / "data" / "b" / "cube.fits")
    (tmp_path / "data" / "notes.txt").write_text("not data")
    (tmp_path / "data" / ".hidden.fits").write_text("not looked at")
    return tmp_path / "data"


def test_a_folder_becomes_a_table(folder):
    response = extract(folder)
    table = response.to_table()
    assert table["target_name"].tolist() == ["R Dor", "R Dor"]
    assert np.allclose(table["s_ra"], 150.0)
    # Edges of the first and last channel: 229.9995 and 230.0035 GHz.
    assert np.allclose(table["em_max"], 299792458 / 229.9995e9, rtol=1e-12)
    assert np.allclose(table["em_min"], 299792458 / 230.0035e9, rtol=1e-12)
    assert len(set(table["obs_publisher_did"])) == 2
    assert [(p.path, p.code) for p in response.problems] == [("notes.txt", "not-fits")]
    assert response.problems[0].what == "not a FITS file"


def test_a_number_that_no_table_holds_is_null_and_others_keep_their_rows(folder):
    cards = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 99999999999999999999"]
    cards += ["NAXIS2  = 10", "OBJECT  = 'M 31'", "END"]
    (folder / "a" / "bad.fits").write_text("".join(c.ljust(80) for c in cards).ljust(2880))
    response = extract(folder / "a")
    table = response.to_table()
    assert table["target_name"].tolist() == ["M 31", "R Dor"]
    assert table["s_xel1"].tolist() == [None, 6]
    (origin,) = [
        row
        for row in response.provenance()
        if row["column"] == "s_xel1" and row["path"] == "bad.fits"
    ]
    assert origin["note"].startswith("too large a number: 1000000")


def test_origins_are_told(folder):
    rows = extract(folder / "a").provenance()
    origin = {row["column"]: row for row in rows if row["used"]}
    assert origin["target_name"]["source"] == "HDU 0 OBJECT"
    assert origin["target_name"]["confidence"] == 1.0
    assert origin["obs_collection"]["kind"] == "default"
    table = extract(folder / "a").to_table()
    named = {name for name in table.colnames if not table[name].mask[0]}
    assert named == {name for name, row in origin.items() if row["value"]}


def test_rules_go_before_what_is_derived(folder, tmp_path):
    (tmp_path / "r.map").write_text(
        "obs_collection:= 'stars'\n"
        "calib_level: 3\n"
        "instrument_name: 'Band 6'\n"
        "target_name: split($FOLDER, '_')[0] | OBJECT\n"
        "OBJECT:= 'W Hya'\n"
    )
    response = extract(folder, tmp_path / "r.map")
    table = response.to_table()
    assert table["obs_collection"].tolist() == ["stars", "stars"]
    assert table["instrument_name"].tolist() == ["Band 6", "Band 6"]
    assert table["target_name"].tolist() == ["a", "b"]
    origins = response.provenance()
    names = origins[(origins["column"] == "target_name") & (origins["part"] == "0")]
    assert names["used"].tolist() == [True, False] * 2
    assert names["value"].tolist() == ["a", "W Hya", "b", "W Hya"]
    assert names["where"][1].endswith("r.map:5:1")
    assert set(names["kind"]) == {"mapping"}


def test_a_rule_for_a_keyword_is_used_by_the_axes(folder, tmp_path):
    (tmp_path / "r.map").write_text("CUNIT3:= 'kHz'\nCRVAL3:= 230e6\nCDELT3:= 1e3\n")
    table = extract(folder / "a", tmp_path / "r.map").to_table()
    assert np.allclose(table["em_max"], 299792458 / 229.9995e9, rtol=1e-12)


def test_a_bad_mapping_is_told_before_files_are_read(folder, tmp_path):
    (tmp_path / "r.map").write_text("calib_levl: 3\n")
    (folder / "a" / "cube.fits").unlink()
    with pytest.raises(MappingError, match="calib_level"):
        extract(folder / "b" / "cube.fits", tmp_path / "r.map")


def test_what_is_not_there(tmp_path):
    with pytest.raises(ReadError, match="no such file"):
        extract(tmp_path / "none.fits")


def test_our_own_observations(example_store):
    response = extract(example_store)
    table = response.to_table()
    assert set(table["dataproduct_type"]) == {"cube"}
    assert set(table["calib_level"]) == {4}
    assert not table["em_min"].mask.any()
    assert len(set(table["obs_publisher_did"])) == len(table)
    assert {p.code for p in response.problems} <= {"no-observation"}


def test_other_hdf5_through_a_mapping(tmp_path):
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.attrs["star"] = "U Ant"
        file["wave"] = [5000.0, 6000.0]
    (tmp_path / "r.map").write_text(
        "target_name: star\nem_min: wave[0] [Angstrom]\nem_max: wave[-1] [Angstrom]\n"
        "dataproduct_type: 'spectrum'\n"
    )
    response = extract(tmp_path / "x.h5", tmp_path / "r.map")
    assert response.given[0].row["target_name"] == "U Ant"
    assert response.given[0].row["em_max"] == pytest.approx(6e-7)
    assert extract(tmp_path / "x.h5").problems[0].code == "unknown-format"


def test_a_mapping_is_not_applied_to_files_of_another_format(folder, tmp_path):
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["masks"] = [5000.0, 6000.0]
    (tmp_path / "r.map").write_text(
        "match: wls, masks\nmodel_id: $STEM\nobs_collection:= 'S'\ncalib_level:= 3\n"
        "target_name: upper($STEM)\n"
    )
    response = extract(tmp_path / "x.h5", tmp_path / "r.map")
    assert response.given == []
    assert [p.code for p in response.problems] == ["unknown-format", "unmatched"]
    assert response.problems[1].seen == "no wls"
    of_fits = extract(folder / "a" / "cube.fits", tmp_path / "r.map")
    assert of_fits.given[0].row["calib_level"] != 3
    assert "unmatched" in {p.code for p in of_fits.problems}


def test_the_package_offers_it(folder, tmp_path):
    response = portal.extract(folder)
    response.write(tmp_path / "t.vot", tmp_path / "origins.parquet")
    table = portal.load_table(tmp_path / "t.vot")
    (tmp_path / "r.map").write_text("target_name:= lower(target_name)\n")
    again = portal.apply_mapping(table, tmp_path / "r.map")
    assert again["target_name"].tolist() == ["r dor", "r dor"]
    assert np.array_equal(again["em_min"], table["em_min"])
    assert len(load_table(tmp_path / "origins.parquet")) > 40


def test_a_table_of_others_becomes_obscore(tmp_path):
    from astropy import units
    from astropy.table import MaskedColumn, Table

    table = Table({"Star": ["Mira", "Chi Cyg"], "s_fov": [60.0, 30.0] * units.arcsec})
    table["lam"] = MaskedColumn([500.0, 0.0], mask=[False, True])
    (tmp_path / "r.map").write_text("target_name: Star\nem_min: lam [nm]\n")
    made = portal.apply_mapping(table, tmp_path / "r.map")
    assert made["target_name"].tolist() == ["Mira", "Chi Cyg"]
    assert made["s_fov"].tolist() == pytest.approx([60 / 3600, 30 / 3600])
    assert made["em_min"].mask.tolist() == [False, True]
    assert made["em_min"][0] == pytest.approx(5e-7)
