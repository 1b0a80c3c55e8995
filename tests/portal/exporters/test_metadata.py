"""Metadata for machines, each judged by the validator of its own format."""

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import requests
import urllib3

from portal.catalog.release import make_release
from portal.catalog.selection import EVERYTHING, Selection
from portal.catalog.table import Catalog
from portal.exporters import croissant, datacite, jsonld, rocrate
from portal.server import serving
from tests.portal.catalogs import scanned
from tests.portal.schema_org import Vocabulary

CONTEXT = "https://w3id.org/ro/crate/1.3/context"


@pytest.fixture(scope="module")
def catalog(example_store, tmp_path_factory) -> Catalog:
    """One whose collection says all that it can about itself."""
    told = {
        "doi": "10.5072/winds",
        "description": "Synthetic line observations of example winds, " * 2,
    }
    return scanned(example_store, tmp_path_factory.mktemp("told"), **told)


def written(exporter, catalog, selection=EVERYTHING) -> dict:
    return json.loads(b"".join(exporter.EXPORTER.write(catalog, selection)))


def some(catalog, number=2) -> Selection:
    ids = catalog.table("models", ["model_id"])["model_id"].to_pylist()[:number]
    return Selection("model_id in (...)", model_ids=tuple(ids))


# --- Croissant -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_croissant_is_read_and_its_records_are_the_rows(example_store, tmp_path, monkeypatch):
    mlcroissant = pytest.importorskip("mlcroissant")
    monkeypatch.setattr("mlcroissant._src.core.constants.DOWNLOAD_PATH", tmp_path / "download")
    (tmp_path / "site").mkdir()
    with serving(tmp_path / "site", example_store) as server:
        catalog = scanned(example_store, tmp_path / "site" / "catalog", site_url=server.url)
        document = tmp_path / "croissant.json"
        document.write_text(json.dumps(written(croissant, catalog)))
        dataset = mlcroissant.Dataset(jsonld=document)
        assert dataset.metadata.issues.report() == ""
        models = list(dataset.records("models"))
        assert any("models.parquet" in request.path for request in server.requests)
    rows = catalog.table("models").to_pylist()
    assert [r["models/model_id"].decode() for r in models] == [row["model_id"] for row in rows]
    for record, row in zip(models, rows, strict=True):
        assert record["models/mass_loss_rate"] == row["mass_loss_rate"]
        assert [s.decode() for s in record["models/species"]] == row["species"]


def test_croissant_describes_every_column(catalog):
    sets = {said["@id"]: said for said in written(croissant, catalog)["recordSet"]}
    for name in ("models", "observations", "files", "problems"):
        told = {field["name"]: field for field in sets[name]["field"]}
        assert list(told) == [column.name for column in catalog.columns(name)]
    rate = next(f for f in sets["models"]["field"] if f["name"] == "mass_loss_rate")
    assert "[solMass/yr]" in rate["description"]


# --- RO-Crate --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def known_context(tmp_path_factory) -> Path:
    """A cache of the validator that holds the context, so that it asks nobody for it."""
    cached = pytest.importorskip("requests_cache")
    pytest.importorskip("rocrate_validator")
    folder = tmp_path_factory.mktemp("crates") / "cache"
    body = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
    response = requests.Response()
    response.status_code, response.url = 200, CONTEXT
    response.headers["Content-Type"] = "application/ld+json"
    response.raw = urllib3.HTTPResponse(body=body, status=200, preload_content=False)
    response._content = body
    headers = {"Accept": "application/ld+json, application/json"}
    response.request = requests.Request("GET", CONTEXT, headers=headers).prepare()
    session = cached.CachedSession(cache_name=str(folder), backend="sqlite", expire_after=-1)
    session.cache.save_response(response)
    session.close()
    return folder


# The validator's own dependencies are ahead of it; none of our lines runs in it.
@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_crate_is_what_its_validator_requires(catalog, tmp_path, known_context):
    from rocrate_validator import models, services

    # That of a selection has all that the whole has, and files.
    make_release(catalog, tmp_path / "releases", "1.0", "2026-01-10")
    catalog = replace(catalog, releases=tmp_path / "releases")
    crate = tmp_path / "crate" / rocrate.EXPORTER.filename
    crate.parent.mkdir()
    crate.write_text(json.dumps(written(rocrate, catalog, some(catalog))))
    settings = services.ValidationSettings(
        rocrate_uri=str(crate.parent),
        profile_identifier="ro-crate-1.3",
        requirement_severity=models.Severity.RECOMMENDED,
        offline=True,
        cache_path=known_context,
        skip_availability_check=True,
    )
    result = services.validate(settings)
    assert result.executed_checks
    wanted = {issue.message for issue in result.get_issues()}
    # A collection knows no register of organisations, and no clock is written.
    beyond = re.compile("sdDate|ROR identifier|organization SHOULD have a URL")
    left = {message for message in wanted if not beyond.search(message)}
    assert left == set()
    assert not [i for i in result.get_issues() if i.severity is models.Severity.REQUIRED]


def test_the_crate_of_a_selection_has_its_files(catalog, tmp_path):
    package = pytest.importorskip("rocrate.rocrate")
    selection = some(catalog)
    (tmp_path / rocrate.EXPORTER.filename).write_text(
        json.dumps(written(rocrate, catalog, selection))
    )
    crate = package.ROCrate(tmp_path)
    held = {entity["name"]: entity for entity in crate.data_entities}
    for row in catalog.table("files").to_pylist():
        wanted = row["model_id"] in selection.model_ids and row["kind"] != "other"
        assert (row["path"] in held) == wanted
        if wanted:
            told = held[row["path"]]
            assert (told["contentSize"], told["sha256"]) == (str(row["bytes"]), row["sha256"])
            assert told.id.endswith(row["path"])


# --- DataCite --------------------------------------------------------------------------------


@pytest.mark.parametrize("doi", ["", "10.5072/winds"])
def test_datacite_is_of_its_schema(example_store, tmp_path, doi):
    schema = pytest.importorskip("datacite.schema45")
    catalog = scanned(example_store, tmp_path, doi=doi)
    (entry,) = written(datacite, catalog)["data"]
    assert list(schema.validator.iter_errors(entry["attributes"])) == []
    assert entry["attributes"].get("doi", "") == doi
    (creator,) = entry["attributes"]["creators"]
    assert (creator["familyName"], creator["givenName"]) == ("Doe", "Jane")
    del entry["attributes"]["titles"]
    assert list(schema.validator.iter_errors(entry["attributes"])) != []


# --- schema.org ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    pytest.importorskip("rocrate")
    return Vocabulary()


def test_the_vocabulary_finds_what_is_wrong(vocabulary):
    wrong = {"@type": "Dataset", "naem": "x", "creator": {"@type": "Persn"}}
    assert list(vocabulary.faults(wrong)) == ["Dataset.naem", "type 'Persn'"]


def test_json_ld_of_the_collections_is_schema_org(catalog, vocabulary):
    assert list(vocabulary.faults(written(jsonld, catalog))) == []
