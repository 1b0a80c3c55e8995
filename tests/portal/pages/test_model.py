"""The page of a model: as approved, as linked data, and as a citation."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.paths import model_page
from portal.columns import Column
from portal.model.collection import Creator
from portal.model.schema import TABLES
from portal.pages._dataset import bibtex, citation, json_ld
from portal.pages._modeldata import MODEL_DATA
from portal.pages._text import clean
from portal.pages.base import Source
from portal.pages.model import PAGE
from portal.render import Renderer, pick
from tests.portal.catalogs import COLLECTION, file_row, model_row, written
from tests.portal.test_render import SHELL

GOLDEN = Path(__file__).parents[2] / "golden" / "model.html"
HOSTILE = "</script><script>alert('x')</script>&\u2028"


NAME = "spiral-1"
OBSERVATION = {
    "model_id": NAME,
    "path": "observations/spiral-1.h5",
    "hdf5_group": "CO_2-1_d00",
    "line": "CO 2-1",
    "rest_frequency": 230.538e9,
    "inclination": 30.0,
    "azimuth": 0.0,
    "distance": 150.0,
    "n_channels": 51,
    "s_xel1": 64,
    "s_xel2": 64,
    "peak_flux_density": 2.5,
    "spectrum_offset": 4096,
    "spectrum_nbytes": 204,
    "spectrum_dtype": "<f4",
    "spectrum_filters": "",
    "intensity_shape": [51, 64, 64],
    "intensity_chunks": [9, 16, 16],
    "intensity_dtype": "<f4",
    "intensity_filters": "shuffle,gzip",
    "intensity_index": 53976,
}
PROBLEM = {
    "collection": COLLECTION.id,
    "path": "observations/spiral-1.h5",
    "severity": "warning",
    "code": "old",
    "what": "velocity axis of Magritte 0.3",
    "seen": "0.3.1",
    "expected": "0.4.0 or newer",
    "way_out": "reverse the axis",
}


def rows(**changes):
    """The tables of a catalogue with one full model, and another one beside it."""
    told = {
        "title": "Spiral wind",
        "code": "Phantom 1.4",
        "n_points": 1234567,
        "species": ["CO", "SiO"],
        "engine": "lineform",
        "engine_version": "0.1.0",
        "n_observations": 1,
        "bytes": 200_131_072,
        "morphology": "spiral",
        "mass_loss_rate": 1.3e-6,
        "eccentricity": None,
    }
    other = model_row("a-first", morphology="disk", mass_loss_rate=2.6e-6, eccentricity=None)
    bare = dict.fromkeys(c.name for c in TABLES["observations"])
    return {
        "models": [other, model_row(NAME, **(told | changes))],
        "observations": [bare | OBSERVATION],
        "files": [
            file_row(NAME, bytes=200_000_000, sha256="ab" * 32),
            file_row(NAME, path="observations/spiral-1.h5", bytes=131_072, kind="observation"),
        ],
        "problems": [PROBLEM],
    }


def groups_of(tables, folder, stores=()):
    """Paths and groups of all pages of a catalogue."""
    for bundle in PAGE.pages(Source(written(tables, folder), stores)):
        for group in bundle.groups():
            yield [bundle.paths[row] for row in group.rows], group


def context(tables, folder):
    """What the page of the full model prints."""
    for paths, group in groups_of(tables, folder):
        if model_page(NAME) in paths:
            return pick(group.context, paths.index(model_page(NAME)))
    raise LookupError(NAME)


@pytest.fixture
def page(tmp_path, renderer):
    """The page of the full model, with changes to its row."""
    return lambda **changes: renderer.plain(
        PAGE.template, context(rows(**changes), tmp_path / "catalog")
    )


@pytest.fixture
def renderer(tmp_path):
    (tmp_path / "shell" / "00").mkdir(parents=True)
    (tmp_path / "shell" / "00" / "model.html").write_text(SHELL)
    return Renderer(tmp_path)


def test_page_is_the_approved_one(page):
    """Look at the difference in a browser before approving a new one."""
    assert page() == GOLDEN.read_text()


def told(html):
    """What a page says to the scripts on it."""
    return json.loads(html.partition('id="model-data">')[2].partition("</script>")[0])


def test_scripts_are_told_of_the_observations(page):
    data = told(page())
    assert data["id"] == NAME
    assert data["url"] == "../../data/observations/spiral-1.h5"
    assert data["bytes"] == 131_072
    count, *cells = data["observations"]
    assert count == 1
    row = dict(zip(MODEL_DATA, cells, strict=True))
    known = {name: row[name] for name in OBSERVATION if name in row}
    assert known == {name: OBSERVATION[name] for name in known} | {"intensity_chunks": "9,16,16"}
    assert row["moment0_offset"] is None


def test_what_all_observations_share_is_told_once(tmp_path, renderer):
    tables = rows()
    tables["observations"].append(tables["observations"][0] | {"inclination": 90.0})
    html = renderer.plain(PAGE.template, context(tables, tmp_path / "catalog"))
    count, *columns = told(html)["observations"]
    row = dict(zip(MODEL_DATA, columns, strict=True))
    assert (count, row["inclination"], row["azimuth"]) == (2, [30.0, 90.0], 0.0)


def test_text_from_files_does_not_end_what_scripts_are_told(tmp_path, renderer):
    tables = rows()
    tables["observations"][0] |= {"line": HOSTILE, "hdf5_group": HOSTILE, "s_fov": float("nan")}
    html = renderer.plain(PAGE.template, context(tables, tmp_path / "catalog"))
    _, *cells = told(html)["observations"]
    row = dict(zip(MODEL_DATA, cells, strict=True))
    assert row["line"] == row["hdf5_group"] == clean(HOSTILE)
    assert row["s_fov"] is None


def test_a_model_without_observations_tells_scripts_nothing(tmp_path, renderer):
    tables = rows() | {"observations": []}
    html = renderer.plain(PAGE.template, context(tables, tmp_path / "catalog"))
    assert "model-data" not in html
    assert "app/model.js" not in html


VALUES = {
    "title": st.none() | st.text(max_size=9) | st.just(HOSTILE),
    "code": st.none() | st.just(HOSTILE),
    "engine": st.none() | st.just("lineform"),
    "species": st.lists(st.sampled_from(["CO", "<i>", '"']), max_size=3),
    "n_points": st.none() | st.integers(0, 10**12),
    "mass_loss_rate": st.none() | st.floats(1e-9, 1e-3) | st.just(float("nan")),
    "morphology": st.none() | st.sampled_from(["spiral", "disk", "<b>", ""]),
}


@given(changes=st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_pages_made_together_are_those_that_jinja_makes(changes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "shell" / "00").mkdir(parents=True)
    (folder / "shell" / "00" / "model.html").write_text(SHELL)
    tables, renderer = rows(), Renderer(folder)
    tables["models"] += [model_row(f"m{n}", **told) for n, told in enumerate(changes)]
    found = []
    for paths, group in groups_of(tables, folder / "catalog"):
        made = renderer.fill(PAGE.template, group.context).pages(range(len(paths)))
        for number, (path, html) in enumerate(zip(paths, made, strict=True)):
            truth = renderer.plain(PAGE.template, pick(group.context, number))
            assert html == truth.encode("utf-8", "replace")
            assert f"/{path}" in truth
            found.append(path)
    assert sorted(found) == sorted(model_page(row["model_id"]) for row in tables["models"])


def test_key_follows_what_is_shown(tmp_path, renderer):
    def keys(name, tables):
        found = {}
        for paths, group in groups_of(tables, tmp_path / name):
            made = renderer.fill(PAGE.template, group.context).keys(group.more, "")
            found |= dict(zip(paths, made, strict=True))
        return found

    before = keys("one", rows())
    assert keys("two", rows()) == before
    assert len(set(before.values())) == len(before)
    changed = keys("three", rows(title="Another"))
    assert {path for path in before if changed[path] != before[path]} == {model_page(NAME)}


def test_everything_is_told(page):
    html = page()
    for text in (
        "Spiral wind · Ṁ = 1.3 × 10⁻⁶ M☉ yr⁻¹ · CO 2-1 · 1 viewing direction",
        "velocity axis of Magritte 0.3",
        "230.538",
        "200 MB",
        "ab" * 32,
        "bytes=4096-4299",
        "../../data/observations/spiral-1.h5",
        "mass loss rate 2.6 × 10⁻⁶ M☉ yr⁻¹ (×2)",
        "a-first",
        "blockcache",
    ):
        assert text in html


def linked_data(html):
    return json.loads(html.split('type="application/ld+json">')[1].split("</script>")[0])


def test_linked_data_hold_what_search_engines_ask_for(page):
    data = linked_data(page())
    assert data["@type"] == "Dataset"
    assert data["license"] == COLLECTION.license_url
    assert data["isAccessibleForFree"] is True
    assert data["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert [d["contentSize"] for d in data["distribution"]] == ["200000000 B", "131072 B"]
    names = [d["name"] for d in data["distribution"]]
    assert names == ["Model spiral-1.h5", "Observation spiral-1.h5"]
    assert data["distribution"][0]["sha256"] == "ab" * 32
    assert "sha256" not in data["distribution"][1]
    assert data["distribution"][1]["contentUrl"].startswith("https://example.org/portal/data/")
    measured = {v["name"]: v for v in data["variableMeasured"]}
    assert measured.keys() == {"morphology", "mass_loss_rate"}
    assert measured["mass_loss_rate"]["unitText"] == "solMass/yr"
    assert data["description"].startswith("Spiral wind")


@given(text=st.text() | st.just(HOSTILE))
def test_no_text_ends_the_script_element(text):
    said = str(json_ld({"name": text, "list": [text]}))
    assert not set("<>&") & set(said)
    if text.isprintable():
        assert json.loads(said)["name"] == text


@pytest.mark.parametrize("key", ["title", "code", "morphology", "engine", "license"])
def test_hostile_values_stay_text(page, key):
    html = page(**{key: HOSTILE})
    assert "<script>alert" not in html
    assert linked_data(html)["@type"] == "Dataset"


def test_values_that_are_no_numbers_are_left_out(page):
    html = page(mass_loss_rate=float("nan"))
    assert "nan" not in html.split("<article")[1].lower()
    assert "NaN" not in html


def said(parts):
    return "".join(part if isinstance(part, str) else part.text(0) for part in parts)


def test_citation_and_bibtex():
    address = "https://example.org/portal/m/00/x_1.html"
    name, url = Column(["x_1"]), Column([address])
    assert said(citation(COLLECTION, name, url)) == (
        "Doe, Jane (2026): Winds of evolved stars, version 1.0, model x_1. Example Institute. "
        + address
    )
    with_doi = replace(COLLECTION, doi="10.5/abc", creators=())
    assert said(citation(with_doi, name, url)).startswith("Example Institute (2026)")
    assert said(citation(with_doi, name, url)).endswith("https://doi.org/10.5/abc")
    text = said(bibtex(COLLECTION, Column(["x_1 {%}"]), url))
    assert text.startswith("@misc{winds:x-1----,\n")
    assert r"model x\_1 \{\%\}" in text
    assert "author    = {Doe, Jane}" in text


@given(name=st.text(max_size=20))
def test_bibtex_keeps_its_braces(name):
    safe = replace(COLLECTION, creators=(Creator(name),), title=name or "x")
    text = said(bibtex(safe, Column([name]), Column(["https://example.org/"])))
    depth = 0
    for character in text.replace(r"\{", "").replace(r"\}", ""):
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
