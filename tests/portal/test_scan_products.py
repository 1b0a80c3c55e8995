"""A store with observed FITS files beside models."""

import json

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from click.testing import CliRunner

from portal.catalog.audit import audit_tables
from portal.catalog.selection import EVERYTHING, choose
from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND
from tests.layout import write_store


def image(path, **cards):
    path.parent.mkdir(exist_ok=True)
    hdu = fits.PrimaryHDU(np.zeros((5, 6), "f4"))
    hdu.header.update({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.0, "CRVAL2": 2.0})
    hdu.header.update({"CDELT1": -0.001, "CDELT2": 0.001, "CRPIX1": 3.5, "CRPIX2": 3.0})
    hdu.header.update(cards)
    hdu.writeto(path, overwrite=True)


def scan(store, catalog, *options):
    arguments = [str(store), "--catalog", str(catalog), "--workers", "0", *options]
    done = CliRunner().invoke(COMMAND, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def store(tmp_path):
    store = write_store(tmp_path / "store", 2)
    image(store / "alma" / "rdor.fits", OBJECT="R Dor")
    image(store / "alma" / "whya.fit", OBJECT="W Hya")
    (store / "alma" / "bad.fits").write_bytes(b"SIMPLE")
    return store


def test_their_rows_join_the_observations(store, tmp_path):
    assert "2 models, 14 observations, 7 files, 1 error" in scan(store, tmp_path / "catalog")
    rows = pd.read_parquet(tmp_path / "catalog" / "observations.parquet")
    assert rows["model_id"].notna().tolist() == [True] * 12 + [False] * 2
    seen = rows[rows["model_id"].isna()]
    assert seen["target_name"].tolist() == ["R Dor", "W Hya"]
    assert seen["dataproduct_type"].tolist() == ["image", "image"]
    assert seen["access_format"].tolist() == ["application/fits"] * 2
    assert seen["access_url"].str.endswith(("alma/rdor.fits", "alma/whya.fit")).all()
    assert seen["s_ra"].tolist() == pytest.approx([150.0, 150.0])
    assert len(set(rows["obs_publisher_did"])) == 14
    files = pd.read_parquet(tmp_path / "catalog" / "files.parquet").set_index("path")
    assert files.loc["alma/rdor.fits", "kind"] == "product"
    assert files.loc["alma/bad.fits", "kind"] == "other"
    assert list(audit_tables(Catalog.open(tmp_path / "catalog"))) == []


def test_rules_of_the_collection_are_used(store, tmp_path):
    (tmp_path / "alma.map").write_text("facility_name:= 'ALMA'\ncalib_level:= 3\n")
    config = tmp_path / "c.toml"
    config.write_text('id = "stars"\ntitle = "Stars"\nmapping = "alma.map"\n')
    scan(store, tmp_path / "catalog", "--config", str(config))
    rows = pd.read_parquet(tmp_path / "catalog" / "observations.parquet")
    seen = rows[rows["model_id"].isna()]
    assert set(seen["facility_name"]) == {"ALMA"}
    assert set(seen["obs_collection"]) == {"stars"}
    # Other rules are read anew, the same ones not.
    assert "0 read" in scan(store, tmp_path / "catalog", "--config", str(config))
    (tmp_path / "alma.map").write_text("facility_name:= 'APEX'\n")
    assert "7 read" in scan(store, tmp_path / "catalog", "--config", str(config))
    catalog = Catalog.open(tmp_path / "catalog")
    assert "alma.map" not in json.dumps([repr(c.mapping) for c in catalog.collections])


def test_they_can_be_selected(store, tmp_path):
    scan(store, tmp_path / "catalog")
    catalog = Catalog.open(tmp_path / "catalog")
    found = choose(catalog, 'target_name == "R Dor"', "observations")
    assert [file.path for file in found.files(catalog)] == ["alma/rdor.fits"]
    every = [file.path for file in EVERYTHING.files(catalog)]
    assert {"alma/rdor.fits", "alma/whya.fit"} <= set(every)
    assert "alma/bad.fits" not in every
    one = choose(catalog, 'model_id == "test-000"')
    assert [file.kind for file in one.files(catalog)] == ["model", "observation"]


def test_a_file_that_went_leaves_no_row(store, tmp_path):
    scan(store, tmp_path / "catalog")
    (store / "alma" / "rdor.fits").unlink()
    image(store / "alma" / "whya.fit", OBJECT="RW LMi")
    scan(store, tmp_path / "catalog")
    rows = pd.read_parquet(tmp_path / "catalog" / "observations.parquet")
    assert rows[rows["model_id"].isna()]["target_name"].tolist() == ["RW LMi"]


def test_a_store_of_products_alone(tmp_path):
    image(tmp_path / "store" / "a.fits", OBJECT="R Dor")
    assert "0 models, 1 observation, 1 file" in scan(tmp_path / "store", tmp_path / "catalog")
