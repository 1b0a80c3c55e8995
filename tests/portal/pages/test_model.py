"""The page of a model: as approved, as linked data, and as a citation."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.model.collection import Creator
from portal.model.schema import PARAMETERS, TABLES
from portal.pages._dataset import bibtex, citation, json_ld
from portal.pages._model import Subject, contents
from portal.pages._neighbours import Neighbour
from portal.render import Renderer
from tests.portal.catalogs import COLLECTION, file_row, model_row
from tests.portal.test_render import SHELL

GOLDEN = Path(__file__).parents[2] / "golden" / "model.html"
HOSTILE = "</script><script>alert('x')</script>&\u2028"
COLUMNS = tuple(c for c in PARAMETERS if c.name in ("morphology", "mass_loss_rate", "eccentricity"))


def subject(**changes):
    row = model_row(
        "spiral-1",
        title="Spiral wind",
        code="Phantom 1.4",
        n_points=1234567,
        species=["CO", "SiO"],
        engine="lineform",
        engine_version="0.1.0",
        n_observations=1,
        bytes=200_131_072,
        morphology="spiral",
        mass_loss_rate=1.3e-6,
        eccentricity=None,
    )
    told = {
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
    }
    observation = dict.fromkeys(c.name for c in TABLES["observations"]) | told
    files = [
        file_row("spiral-1", bytes=200_000_000, sha256="ab" * 32),
        file_row("spiral-1", path="observations/spiral-1.h5", bytes=131_072, kind="observation"),
    ]
    problem = {
        "severity": "warning",
        "what": "velocity axis of Magritte 0.3",
        "seen": "0.3.1",
        "expected": "0.4.0 or newer",
        "way_out": "reverse the axis",
    }
    near = Neighbour("disk-7", ((COLUMNS[0], "spiral", "disk"), (COLUMNS[1], 1.3e-6, 2.6e-6)))
    made = Subject(
        COLLECTION, COLUMNS, row, [observation], files, [problem], (near,), "a-first", None
    )
    return replace(made, **changes)


@pytest.fixture
def renderer(tmp_path):
    (tmp_path / "shell" / "00").mkdir(parents=True)
    (tmp_path / "shell" / "00" / "model.html").write_text(SHELL)
    return Renderer(tmp_path)


def test_page_is_the_approved_one(renderer):
    """Look at the difference in a browser before approving a new one."""
    assert renderer.render("model.html", contents(subject()).context) == GOLDEN.read_text()


def test_everything_is_told(renderer):
    html = renderer.render("model.html", contents(subject()).context)
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


def test_linked_data_hold_what_search_engines_ask_for():
    data = json.loads(contents(subject()).context["json_ld"])
    assert data["@type"] == "Dataset"
    assert data["license"] == COLLECTION.license_url
    assert data["isAccessibleForFree"] is True
    assert data["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert [d["contentSize"] for d in data["distribution"]] == ["200000000 B", "131072 B"]
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
def test_hostile_values_stay_text(renderer, key):
    page = contents(subject(row=subject().row | {key: HOSTILE}))
    html = renderer.render("model.html", page.context)
    assert "<script>alert" not in html
    json.loads(html.split('type="application/ld+json">')[1].split("</script>")[0])


def test_values_that_are_no_numbers_are_left_out(renderer):
    row = subject().row | {"mass_loss_rate": float("nan")}
    html = renderer.render("model.html", contents(subject(row=row)).context)
    assert "nan" not in html.split("<article")[1].lower()
    assert "NaN" not in html


def test_citation_and_bibtex():
    url = "https://example.org/portal/m/00/x_1.html"
    assert citation(COLLECTION, "x_1", url) == (
        "Doe, Jane (2026): Winds of evolved stars, version 1.0, model x_1. Example Institute. "
        + url
    )
    with_doi = replace(COLLECTION, doi="10.5/abc", creators=())
    assert citation(with_doi, "x", url).startswith("Example Institute (2026)")
    assert citation(with_doi, "x", url).endswith("https://doi.org/10.5/abc")
    text = bibtex(COLLECTION, "x_1 {%}", url)
    assert text.startswith("@misc{winds:x-1----,\n")
    assert r"model x\_1 \{\%\}" in text
    assert "author    = {Doe, Jane}" in text


@given(name=st.text(max_size=20))
def test_bibtex_keeps_its_braces(name):
    safe = replace(COLLECTION, creators=(Creator(name),), title=name or "x")
    text = bibtex(safe, name, "https://example.org/")
    depth = 0
    for character in text.replace(r"\{", "").replace(r"\}", ""):
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
