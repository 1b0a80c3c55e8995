"""Each format against an independent reader of it."""

import json
from io import BytesIO
from xml.etree import ElementTree

import pandas as pd
import pytest

from portal.catalog.selection import StoredFile
from portal.catalog.table import Catalog
from portal.exporters import aria2, checksums, csv, curl, jsonld, metalink, urls

HOSTILE = StoredFile('a "b" <c> & \\d\'é.h5', "http://h/a%20b?x=1&y=2", 7, "0" * 64, "model", "m")
UNSUMMED = StoredFile("plain.h5", "http://h/plain.h5", 9, "", "model", "m")


@pytest.fixture
def catalog(example_catalog) -> Catalog:
    return Catalog.open(example_catalog)


@pytest.fixture
def hostile(monkeypatch):
    """A catalogue with names that each format must escape."""
    for module in (aria2, checksums, curl, metalink, urls):
        monkeypatch.setattr(module, "files_of", lambda catalog, ids: iter([HOSTILE, UNSUMMED]))


def whole(module, catalog=None, ids=None) -> bytes:
    return b"".join(module.EXPORTER.write(catalog, ids))


def test_csv_is_the_twin_of_the_table(catalog, example_catalog):
    assert whole(csv, catalog) == (example_catalog / "models.csv").read_bytes()
    frame = pd.read_csv(BytesIO(whole(csv, catalog, ["test-001"])))
    assert frame["model_id"].tolist() == ["test-001"]
    assert frame["species"].tolist() == ["CO;H2;SiO"]


def test_urls_lead_to_the_store(catalog):
    lines = whole(urls, catalog, ["test-001"]).decode().splitlines()
    base = "http://localhost:8000/data/"
    assert lines == [f"{base}models/test-001.h5", f"{base}observations/test-001.h5"]


def test_metalink_is_rfc_5854(hostile):
    space = {"m": "urn:ietf:params:xml:ns:metalink"}
    root = ElementTree.fromstring(whole(metalink))
    assert root.tag == "{urn:ietf:params:xml:ns:metalink}metalink"
    first, second = root.findall("m:file", space)
    assert first.get("name") == HOSTILE.path
    assert first.findtext("m:size", None, space) == "7"
    assert first.find("m:hash", space).attrib == {"type": "sha-256"}
    assert first.findtext("m:hash", None, space) == HOSTILE.sha256
    assert first.findtext("m:url", None, space) == HOSTILE.url
    assert second.find("m:hash", space) is None


def test_aria2_options_are_indented(hostile):
    assert whole(aria2).decode().splitlines() == [
        HOSTILE.url,
        f"  out={HOSTILE.path}",
        f"  checksum=sha-256={HOSTILE.sha256}",
        UNSUMMED.url,
        f"  out={UNSUMMED.path}",
    ]


def test_curl_names_are_quoted(hostile):
    text = whole(curl).decode()
    assert 'output = "a \\"b\\" <c> & \\\\d\'é.h5"' in text
    assert text.startswith("fail\n")


def test_checksums_escape_as_coreutils_do(hostile):
    escaped = HOSTILE.path.replace("\\", "\\\\")
    assert whole(checksums).decode() == f"\\{'0' * 64}  {escaped}\n"


def test_jsonld_is_a_catalogue_of_datasets(catalog):
    said = json.loads(whole(jsonld, catalog))
    assert (said["@context"], said["@type"]) == ("https://schema.org/", "DataCatalog")
    (dataset,) = said["dataset"]
    assert dataset["@type"] == "Dataset"
    assert dataset["size"] == "4 models"
    assert dataset["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    rate = next(v for v in dataset["variableMeasured"] if v["name"] == "mass_loss_rate")
    assert rate["unitText"] == "solMass/yr"
    assert {d["encodingFormat"] for d in dataset["distribution"]} == {
        "application/vnd.apache.parquet",
        "text/csv",
    }
