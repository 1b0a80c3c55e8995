"""The metadata for the Virtual Observatory, as its own programs read them."""

import io
import shutil
import subprocess
import warnings
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from astropy.io import votable
from astropy.table import Table
from astropy.utils.exceptions import AstropyUserWarning

from portal.catalog.table import Catalog
from portal.catalog.voparquet import voparquet
from portal.model.schema import TABLES, Column

SPACE = "{http://www.ivoa.net/xml/VOTable/v1.3}"
CONTENT = b"IVOA.VOTable-Parquet.content"


def content(path) -> bytes:
    metadata = pq.read_metadata(path).metadata
    assert metadata[b"IVOA.VOTable-Parquet.version"] == b"1.0"
    return metadata[CONTENT]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_astropy_reads_names_units_and_meanings(example_catalog, name):
    (table,) = votable.parse(
        io.BytesIO(content(example_catalog / f"{name}.parquet")), verify="exception"
    ).iter_tables()
    columns = Catalog.open(example_catalog).columns(name)
    assert table.name == name
    assert [field.name for field in table.fields] == [column.name for column in columns]
    for field, column in zip(table.fields, columns, strict=True):
        assert (field.description or "") == column.description
        assert (field.ucd or "") == column.ucd
        assert (field.unit is None) == (column.unit == "")


def test_astropy_reads_a_table_with_its_units(example_catalog):
    with warnings.catch_warnings():
        # It would rather have the lengths of texts in entries of its own.
        warnings.simplefilter("ignore", AstropyUserWarning)
        files = Table.read(example_catalog / "files.parquet", format="parquet.votable")
    assert files["bytes"].unit == "byte"
    assert (
        files["path"].tolist() == Catalog.open(example_catalog).table("files")["path"].to_pylist()
    )


@pytest.mark.parametrize("name", sorted(TABLES))
def test_votlint_has_nothing_to_say(example_catalog, tmp_path, name):
    stilts = shutil.which("stilts")
    if stilts is None:
        pytest.skip("stilts is not installed")
    document = tmp_path / f"{name}.vot"
    document.write_bytes(content(example_catalog / f"{name}.parquet"))
    done = subprocess.run(
        [stilts, "votlint", "ucd=true", "unit=true", f"votable={document}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout + done.stderr == ""


def test_odd_names_and_texts_are_xml():
    odd = Column('a<b> & "c"', "string", "", "", "tab\there, bell\x07, \ud800 & <tag>")
    said = voparquet("models", [odd], {odd.name: 3}, {"license": "<&>"})
    (field,) = ElementTree.fromstring(said[CONTENT.decode()]).iter(f"{SPACE}FIELD")
    assert (field.get("name"), field.get("arraysize")) == (odd.name, "3*")
    assert field.findtext(f"{SPACE}DESCRIPTION") == "tab\there, bell,  & <tag>"
