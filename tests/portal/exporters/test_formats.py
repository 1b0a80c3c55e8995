"""Each format against an independent reader of it."""

import json
import shlex
import shutil
from io import BytesIO
from xml.etree import ElementTree

import pandas as pd
import pytest

from portal.catalog import selection
from portal.catalog.paths import model_page
from portal.catalog.selection import EVERYTHING, StoredFile, choose
from portal.catalog.table import Catalog
from portal.exporters import (
    aria2,
    checksums,
    csv,
    curl,
    fetch,
    jsonld,
    metalink,
    names,
    pandas,
    previews,
    rclone,
    spectra,
    urls,
)
from portal.server import serving

MIRROR = "http://mirror/a%20b?x=1&y=2"
HOSTILE = StoredFile(
    'a "b" <c> & \\d\'é.h5', "http://h/a%20b?x=1&y=2", 7, "0" * 64, "model", "m", (MIRROR,)
)
UNSUMMED = StoredFile("plain.h5", "http://h/plain.h5", 9, "", "model", "m")
ONE = 'model_id == "test-001"'
GROUP = "CO_2-1_d00"


@pytest.fixture
def catalog(example_catalog) -> Catalog:
    return Catalog.open(example_catalog)


@pytest.fixture
def hostile(monkeypatch):
    """A catalogue with names that each format must escape."""
    monkeypatch.setattr(selection, "files_of", lambda *selected: iter([HOSTILE, UNSUMMED]))


def whole(module, catalog=None, query="", **more) -> bytes:
    chosen = choose(catalog, query, **more) if query or more else EVERYTHING
    return b"".join(module.EXPORTER.write(catalog, chosen))


def test_csv_is_the_twin_of_the_table(catalog, example_catalog):
    assert whole(csv, catalog) == (example_catalog / "models.csv").read_bytes()
    frame = pd.read_csv(BytesIO(whole(csv, catalog, ONE)))
    assert frame["model_id"].tolist() == ["test-001"]
    assert frame["species"].tolist() == ["CO;H2;SiO"]


def test_urls_lead_to_the_store(catalog):
    lines = whole(urls, catalog, ONE).decode().splitlines()
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
    urls = {url.text: url.get("priority") for url in first.findall("m:url", space)}
    assert urls == {HOSTILE.url: "1", MIRROR: "2"}
    assert second.find("m:hash", space) is None


def test_aria2_options_are_indented(hostile):
    assert whole(aria2).decode().splitlines() == [
        f"{HOSTILE.url}\t{MIRROR}",
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


def test_rclone_names_paths_in_the_store(catalog):
    lines = whole(rclone, catalog, ONE).decode().splitlines()
    assert lines == ["models/test-001.h5", "observations/test-001.h5"]


def test_previews_are_the_pictures_of_the_pages(catalog):
    base = "http://localhost:8000/"
    expected = base + model_page("test-001").removesuffix("html") + "png"
    assert whole(previews, catalog, ONE).decode() == f"{expected}\n"
    assert len(whole(previews, catalog).splitlines()) == 4


def test_spectra_are_ranges_of_the_files(catalog):
    rows = catalog.table("observations").to_pylist()
    (row,) = [r for r in rows if r["model_id"] == "test-001" and r["hdf5_group"] == GROUP]
    query = f'{ONE} and hdf5_group == "{GROUP}"'
    first, second = whole(spectra, catalog, query, table="observations").decode().split("next\n")
    for text, name in ((first, "velocity"), (second, "spectrum")):
        start, size = row[f"{name}_offset"], row[f"{name}_nbytes"]
        assert f'range = "{start}-{start + size - 1}"' in text
        assert f'output = "spectra/test-001/{GROUP}.{name}"' in text
        assert row["access_url"] in text
    of_models = whole(spectra, catalog, ONE).decode()
    assert of_models.count("range") == 2 * sum(r["model_id"] == "test-001" for r in rows)


def test_the_command_line_says_the_query_or_the_list_of_names(catalog):
    site = "--catalog http://localhost:8000/"
    query = 'morphology == "it\'s" '
    assert shlex.split(whole(fetch, catalog, query).decode())[2] == query.strip()
    assert whole(fetch, catalog).decode() == f"portal fetch {site}\n"
    names = f"portal fetch --names names.txt {site}"
    assert whole(fetch, catalog, limit=1).decode() == f"{names}\n"
    of_observations = whole(fetch, catalog, ONE, table="observations").decode()
    assert of_observations == f"{names} --only observations\n"


@pytest.mark.parametrize(
    ("query", "more", "found"),
    [
        ("", {}, 4),
        (ONE, {}, 1),
        ('line == "CO 2-1"', {"table": "observations"}, 12),
        ("", {"limit": 2}, 2),
    ],
)
def test_the_program_for_pandas_runs(
    catalog, example_catalog, tmp_path, monkeypatch, capsys, query, more, found
):
    site = tmp_path / "site"
    shutil.copytree(example_catalog, site / "catalog")
    selection = choose(catalog, query, **more)
    (tmp_path / "names.txt").write_bytes(b"".join(names.EXPORTER.write(catalog, selection)))
    program = b"".join(pandas.EXPORTER.write(catalog, selection)).decode()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with serving(site) as server:
        program = program.replace("http://localhost:8000/", server.url)
        exec(program.replace("rows.describe()", "len(rows)"), {})
    assert capsys.readouterr().out == f"{found}\n"
