"""``portal extract`` on files."""

import json

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from portal.commands.extract import COMMAND
from portal.obscore.files import load_table


@pytest.fixture
def folder(tmp_path):
    image = fits.PrimaryHDU(np.zeros((5, 6), "f4"))
    image.header.update({"OBJECT": "Mira", "TELESCOP": "VLT", "DATE-OBS": "2020-01-01T00:00:00"})
    (tmp_path / "data").mkdir()
    image.writeto(tmp_path / "data" / "mira.fits")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(COMMAND, [str(one) for one in arguments])


def test_it_shows_rows(folder):
    done = run(folder / "data")
    assert done.exit_code == 0
    assert "mira.fits[0]: dataproduct_type=image, target_name=Mira" in done.output


def test_it_writes_tables(folder):
    (folder / "data" / "bad.fits").write_bytes(b"<html>")
    (folder / "r.map").write_text("facility_name:= 'Paranal'\n")
    tables = [folder / f"{name}.csv" for name in ("rows", "origins", "problems")]
    done = run(
        folder / "data", "--map", folder / "r.map",
        "-o", tables[0], "--provenance", tables[1], "--problems", tables[2],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    rows, origins, problems = map(load_table, tables)
    assert rows["facility_name"].tolist() == ["Paranal"]
    used = origins[(origins["column"] == "facility_name") & (origins["used"] == "True")]
    assert used["kind"].tolist() == ["mapping"]
    assert problems["path"].tolist() == ["bad.fits"]
    assert run(folder / "data", "--strict").exit_code == 1


def test_it_prints_json(folder):
    said = json.loads(run(folder / "data", "--json").stdout)
    assert said["rows"][0]["target_name"] == "Mira"
    assert said["problems"] == []


def test_it_curates(folder):
    book = {"positions": {"Mira": {"s_ra": 34.836, "s_dec": -2.977}}}
    (folder / "book.json").write_text(json.dumps(book))
    done = run(folder / "data", "--curate", folder / "book.json", "--offline", "--json")
    row = json.loads(done.stdout)["rows"][0]
    assert (row["s_ra"], row["s_dec"]) == (34.836, -2.977)
