"""A store with observed FITS files beside models."""

import json

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from click.testing import CliRunner

from portal.catalog.audit import audit_tables
from portal.catalog.release import make_release
from portal.catalog.selection import EVERYTHING, choose
from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND
from portal.model.schema import OBSCORE
from tests.layout import write_store
from tests.portal.catalogs import rows_of, written


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


def test_products_come_after_the_models(store, tmp_path):
    """A contract: readers go through models and observations side by side (catalog/merge.py)."""
    image(store / "aaa.fits", OBJECT="R Dor")
    scan(store, tmp_path / "catalog")
    for table in ("observations", "files"):
        rows = pd.read_parquet(tmp_path / "catalog" / f"{table}.parquet")
        of_model = rows["model_id"].notna().tolist()
        assert of_model == sorted(of_model, reverse=True)
    products = rows[rows["kind"] == "product"]["path"].tolist()
    assert products == ["aaa.fits", "alma/rdor.fits", "alma/whya.fit"]


def test_every_value_says_where_it_is_from(store, tmp_path):
    scan(store, tmp_path / "catalog")
    rows = pd.read_parquet(tmp_path / "catalog" / "observations.parquet")
    seen = rows[rows["model_id"].isna()].set_index("obs_publisher_did")
    origins = pd.read_parquet(tmp_path / "catalog" / "provenance.parquet")
    assert list(dict.fromkeys(origins["obs_publisher_did"])) == list(seen.index)
    used = origins[origins["used"] & (origins["value"] != "")]
    for did, row in seen.iterrows():
        told = used[used["obs_publisher_did"] == did].set_index("column")["value"].to_dict()
        known = {c.name: row[c.name] for c in OBSCORE if c.name != "obs_publisher_did"}
        wanted = {name: value for name, value in known.items() if not pd.isna(value)}
        assert told.pop("obs_publisher_did") == did
        assert told.keys() == wanted.keys()
        assert all(told[n] == str(v) or float(told[n]) == float(v) for n, v in wanted.items())
    target = used[used["column"] == "target_name"].iloc[0]
    assert (target["kind"], target["source"], target["confidence"]) == (
        "keyword",
        "HDU 0 OBJECT",
        1.0,
    )
    address = used[used["column"] == "access_url"].iloc[0]
    assert (address["kind"], address["path"]) == ("collection", "alma/rdor.fits")


def test_rules_that_the_catalogue_overrules_are_told(store, tmp_path):
    (tmp_path / "alma.map").write_text("obs_collection:= 'other'\n")
    (tmp_path / "c.toml").write_text('id = "stars"\ntitle = "Stars"\nmapping = "alma.map"\n')
    scan(store, tmp_path / "catalog", "--config", str(tmp_path / "c.toml"))
    origins = pd.read_parquet(tmp_path / "catalog" / "provenance.parquet")
    told = origins[origins["column"] == "obs_collection"].head(2)
    assert told[["value", "used", "kind"]].to_numpy().tolist() == [
        ["stars", True, "collection"],
        ["other", False, "mapping"],
    ]
    assert told["where"].tolist() == ["", "alma.map:1:1"]
    assert not origins.map(lambda value: str(tmp_path) in str(value)).any().any()


def test_origins_of_rows_that_are_not_there_are_found(store, tmp_path):
    scan(store, tmp_path / "catalog")
    catalog = Catalog.open(tmp_path / "catalog")
    rows = rows_of(catalog)
    rows["provenance"][0]["obs_publisher_did"] = "ivo://gone"
    rows["provenance"].append(rows["provenance"][-1])
    found = [p.what for p in audit_tables(written(rows, tmp_path / "bad")) if "CSV" not in p.what]
    assert found == [
        "1 rows: obs_publisher_did is not in observations",
        "1 rows: obs_publisher_did has two values of a column",
    ]


def test_a_catalogue_without_origins_can_be_used(store, tmp_path):
    """As older versions wrote it, or as a copy of the other tables."""
    scan(store, tmp_path / "catalog")
    (tmp_path / "catalog" / "provenance.parquet").unlink()
    catalog = Catalog.open(tmp_path / "catalog")
    assert sorted(catalog.counts) == ["files", "models", "observations", "problems"]
    assert list(audit_tables(catalog)) == []
    assert "2 models" in scan(store, tmp_path / "catalog")
    assert Catalog.open(tmp_path / "catalog").counts["provenance"] > 30


def test_a_release_keeps_where_values_are_from(store, tmp_path):
    scan(store, tmp_path / "catalog")
    release = make_release(
        Catalog.open(tmp_path / "catalog"), tmp_path / "catalog/releases", "1.0", "2026-01-01"
    )
    kept = tmp_path / "catalog" / "releases" / "1.0" / "provenance.parquet"
    assert kept.read_bytes() == (tmp_path / "catalog" / "provenance.parquet").read_bytes()
    assert "provenance.parquet" in release.tables


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
