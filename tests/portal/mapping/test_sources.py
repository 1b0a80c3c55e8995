"""The same rules read FITS, HDF5 and tables."""

import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from portal import apply_mapping, extract
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.mapping import FitsSource, Hdf5Source, made_mapping
from portal.readers import open_header

RULES = """
target_name: OBJECT | 'unknown'
em_min: LAMBDA0 [Angstrom]
em_max [nm]: LAMBDA1
obs_id: split($FILENAME, '.')[0]
calib_level: 3 if MODE == 'CUBE' else 2
t_exptime: EXPTIME [min]
"""
WANTED = {
    "target_name": "M 83",
    "em_min": 5e-7,
    "em_max": 7e-7,
    "obs_id": "m83",
    "calib_level": 3,
    "t_exptime": 120,
}
KEYS = {"OBJECT": "M 83", "LAMBDA0": 5000.0, "LAMBDA1": 700, "MODE": "CUBE", "EXPTIME": 2.0}


@pytest.fixture
def image(tmp_path):
    primary = fits.PrimaryHDU(np.zeros((4, 4), np.float32))
    primary.header.update(KEYS)
    primary.header["HIERARCH ESO TEL NAME"] = "VLT"
    table = fits.BinTableHDU.from_columns(
        [fits.Column("wave", "D", array=[500.0, 400.0, 600.0], unit="nm")], name="WAVES"
    )
    fits.HDUList([primary, table]).writeto(tmp_path / "m83.fits")
    return tmp_path / "m83.fits"


@pytest.fixture
def hdf5(tmp_path):
    with h5py.File(tmp_path / "m83.h5", "w") as file:
        file.attrs.update(KEYS)
        file["header/wave"] = [500.0, 400.0, 600.0]
        file["header/flag"] = True
        file["header"].attrs["names"] = ["a", "b"]
    return tmp_path / "m83.h5"


def values(source, text):
    cells, problems = made_mapping(text).cells(source)
    assert problems == ()
    return {cell.column: cell.value for cell in cells}


def approx(wanted):
    return {
        k: pytest.approx(v, rel=1e-12) if isinstance(v, float) else v for k, v in wanted.items()
    }


def test_one_mapping_reads_fits_hdf5_and_tables(image, hdf5):
    with open_fits(image) as file:
        assert values(FitsSource(products(file)[0][0]), RULES) == approx(WANTED)
    assert values(Hdf5Source(open_header(hdf5, "m83.h5")), RULES) == approx(WANTED)
    table = Table({name: [value] for name, value in KEYS.items()} | {"path": ["x/m83.fits"]})
    made = apply_mapping(table, made_mapping(RULES))
    assert {name: made[name][0] for name in WANTED} == approx(WANTED)


def test_fits_has_hdus_and_columns(image):
    text = """
    obs_id: HDU[WAVES].EXTNAME
    target_name: ESO.TEL.NAME | 'x'
    em_min: min(column('wave', 1))
    em_max: max(column('WAVE', 'waves')) [Angstrom]
    s_xel1: size(column('wave', 1))
    s_xel2: NAXIS2
    """
    with open_fits(image) as file:
        assert values(FitsSource(products(file)[0][0]), text) == approx(
            {
                "obs_id": "WAVES",
                "target_name": "VLT",
                "em_min": 4e-7,
                "em_max": 6e-7,
                "s_xel1": 3,
                "s_xel2": 4,
            }
        )


def test_hdf5_has_paths_and_attributes(hdf5):
    text = """
    em_min: min(header/wave) [nm]
    s_xel1: size(header/wave)
    obs_id: 'flagged' if header/flag else 'not'
    target_name: header@names[1]
    s_xel2: size(header/none) | 7
    obs_collection: HDU[1].OBJECT | column('none')[0] | 'none'
    """
    assert values(Hdf5Source(open_header(hdf5, "m83.h5")), text) == approx(
        {
            "em_min": 4e-7,
            "s_xel1": 3,
            "obs_id": "flagged",
            "target_name": "b",
            "s_xel2": 7,
            "obs_collection": "none",
        }
    )


def test_a_dataset_brings_its_unit(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, unit in (("known", "nm"), ("unknown", "Angstroms?"), ("none", "")):
            file[name] = 500.0
            file[name].attrs["units"] = unit
    source = Hdf5Source(open_header(tmp_path / "a.h5", "a.h5"))
    assert values(source, "em_min: known\nem_max [km]: known\ntarget_name: known") == approx(
        {"em_min": 5e-7, "em_max": 5e-7, "target_name": "500.0"}
    )
    assert values(source, "em_min: known [Angstrom]\nem_max: unknown [Angstrom]") == approx(
        {"em_min": 5e-7, "em_max": 5e-8}
    )
    assert values(source, "em_min: wavelength(min(known))\nem_max: vacuum(known)") == approx(
        {"em_min": 5e-7, "em_max": 5.001393e-7}
    )
    cells, (problem,) = made_mapping("em_min: wavelength(none)").cells(source)
    assert (cells, problem.code, problem.seen) == ((), "wrong-unit", "''")
    cells, (problem,) = made_mapping("em_min: unknown").cells(source)
    assert (cells, problem.code, problem.seen) == ((), "unknown-unit", "'Angstroms?'")
    (problem,) = made_mapping("em_min: none + known").cells(source)[1]
    assert problem.code == "wrong-unit"


def test_a_column_of_a_table_brings_its_unit():
    table = Table({"wave": [500.0, np.nan], "facility_name": ["A", "B"]})
    table["wave"].unit = "nm"
    made = apply_mapping(table, made_mapping("em_min: WAVE\nfacility_name: 'C'\nobs_id: $STEM"))
    assert made["em_min"].tolist() == [5e-7, None]
    assert made["facility_name"].tolist() == ["A", "B"]


def test_keywords_of_rules_feed_what_is_derived(tmp_path):
    spectrum = fits.PrimaryHDU(np.zeros(100, np.float32))
    spectrum.header.update({"CTYPE1": "WAVE", "CRVAL1": 5000.0, "CDELT1": 1.0, "CRPIX1": 1.0})
    spectrum.header["TELESCOP"] = "X"
    spectrum.writeto(tmp_path / "s.fits")
    (tmp_path / "rules.map").write_text("CUNIT1: 'Angstrom'\nTELESCOP:= 'Hale 5 m'\n")
    (given,) = extract(tmp_path / "s.fits", tmp_path / "rules.map").given
    assert given.row["em_min"] == pytest.approx(5e-7, rel=1e-3)
    assert given.row["facility_name"] == "Hale 5 m"
    origin = next(cell.origin for cell in given.cells if cell.column == "facility_name")
    assert origin.where.endswith("rules.map:2:1")


def test_a_default_comes_before_a_guess(image):
    rules = made_mapping("obs_collection: 'mine'\ntarget_name: 'mine'")
    (given,) = extract(image, rules).given
    assert (given.row["obs_collection"], given.row["target_name"]) == ("mine", "M 83")


def test_a_keyword_that_is_blank_or_unwanted_gives_nothing(tmp_path):
    image = fits.PrimaryHDU(np.zeros((4, 4), np.float32))
    image.header.update({"TELESCOP": "  ", "INSTRUME": "wrong", "OBJECT": "M 83"})
    image.writeto(tmp_path / "a.fits")
    rules = made_mapping("TELESCOP: 'Hale'\nINSTRUME:= null\nOBJECT: 'other'")
    (given,) = extract(tmp_path / "a.fits", rules).given
    row = given.row
    assert (row["facility_name"], row.get("instrument_name"), row["target_name"]) == (
        "Hale",
        None,
        "M 83",
    )
