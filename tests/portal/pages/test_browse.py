"""What the browse page says of a catalogue before any column is read."""

import json
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pages._facets import histogram
from portal.pages.base import Source
from portal.pages.browse import PAGE
from tests.portal.catalogs import scanned, written

HOSTILE = "</script><script>alert(1)</script><!-- & \u2028"
FINITE = st.floats(-1e300, 1e300) | st.just(float("nan"))


class Scripts(HTMLParser):
    """What a browser takes for the content of the first script."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data


def settings(catalog, table="models"):
    (page,) = PAGE.pages(Source(catalog))
    parser = Scripts()
    parser.feed(f"<script type='application/json'>{page.contents().context['data']}</script>")
    assert len(parser.texts) == 1
    return json.loads(parser.texts[0])["tables"][table]


def row(name, **values):
    common = {"collection": "winds", "format": "x", "n_observations": 0, "bytes": 1}
    return {"model_id": name, "license": "CC-BY-SA-4.0", **common, **values}


def catalog_of(rows, folder):
    return written({"models": rows, "observations": [], "files": [], "problems": []}, folder)


def test_columns_without_a_value_are_left_out_and_the_rest_described(example_store, tmp_path):
    catalog = scanned(example_store, tmp_path / "catalog")
    said = {column["name"]: column for column in settings(catalog)["columns"]}
    table = catalog.table("models")
    assert set(said) == {n for n in table.column_names if table[n].null_count < table.num_rows}
    assert said["mass_loss_rate"]["unit"] == "M☉ yr⁻¹"
    assert sum(said["mass_loss_rate"]["bins"]["counts"]) == table.num_rows
    counts = dict(said["morphology"]["choices"])
    assert counts == {kind: table["morphology"].to_pylist().count(kind) for kind in counts}
    assert said["model_id"]["choices"] is None


def test_a_value_that_only_some_rows_have_is_offered(tmp_path):
    rows = [row("a", species=["CO"]), row("b", species=[]), row("c", species=None)]
    said = {c["name"]: c for c in settings(catalog_of(rows, tmp_path))["columns"]}
    assert said["species"]["choices"] == [["CO", 1]]
    assert said["format"]["choices"] is None


def test_fits_are_told_from_simulations(tmp_path):
    rows = [row("a", format="atomium-model")]
    told = []
    for more in ([row("b", format="atomium-model")], [row("b", format="atomium-posterior")]):
        said = settings(catalog_of(rows + more, tmp_path / more[0]["format"]))
        told.append(said["open"][0] == said["shown"][0] == "format")
    assert told == [False, True]


def test_observations_stand_in_the_order_of_their_models(example_store, tmp_path):
    catalog = scanned(example_store, tmp_path / "catalog")
    models = catalog.table("models", ["model_id", "n_observations"]).to_pydict()
    counts = models["n_observations"]
    assert sum(counts) > 0
    wanted = [name for name, n in zip(*models.values(), strict=True) for _ in range(n)]
    assert catalog.table("observations", ["model_id"])["model_id"].to_pylist() == wanted


def test_observations_take_columns_of_their_models(example_store, tmp_path):
    catalog = scanned(example_store, tmp_path / "catalog")
    said = {column["name"]: column for column in settings(catalog, "observations")["columns"]}
    rows = catalog.counts["observations"]
    assert sum(said["mass_loss_rate"]["bins"]["counts"]) == rows
    assert sum(count for _, count in said["morphology"]["choices"]) == rows
    assert said["mass_loss_rate"]["lent"]
    assert sum(said["rest_frequency"]["bins"]["counts"]) == rows
    assert [scale["unit"] for scale in said["rest_frequency"]["scales"]] == ["GHz", "mm"]
    assert not any(name.endswith("_nbytes") for name in said)


def test_text_of_files_cannot_end_the_script(tmp_path):
    rows = [row("a", morphology=HOSTILE), row("b", morphology="disk")]
    said = {c["name"]: c for c in settings(catalog_of(rows, tmp_path))["columns"]}
    assert [HOSTILE, 1] in said["morphology"]["choices"]


@pytest.mark.parametrize("rows", [0, 1])
def test_a_catalogue_too_small_to_filter_has_a_page(tmp_path, rows):
    said = settings(catalog_of([row(str(n)) for n in range(rows)], tmp_path))
    assert said["rows"] == rows
    assert all(c["bins"] is None and c["choices"] is None for c in said["columns"])


def test_the_same_catalogue_has_the_same_page_and_another_another(tmp_path):
    keys = []
    for number, kinds in enumerate((["disk", "spiral"], ["disk", "spiral"], ["disk", "disk"])):
        rows = [row(str(n), morphology=kind) for n, kind in enumerate(kinds)]
        (page,) = PAGE.pages(Source(catalog_of(rows, tmp_path / str(number))))
        keys.append(page.key)
    assert keys[0] == keys[1] != keys[2]


@given(st.lists(FINITE, max_size=40))
def test_bins_hold_every_value_once_and_end_at_the_extremes(values):
    known = [v for v in values if not np.isnan(v)]
    made = histogram(np.array(values, dtype=float))
    if len(set(known)) < 2:
        assert made is None
        return
    assert sum(made["counts"]) == len(known)
    assert (made["min"], made["max"]) == (min(known), max(known))
    assert made["counts"][0] > 0
    assert made["counts"][-1] > 0


def test_bins_are_equal_in_the_logarithm_over_decades_alone():
    assert histogram(np.geomspace(1e-8, 1e-4, 64))["counts"] == [2] * 32
    assert not histogram(np.linspace(1, 10, 9))["log"]
    assert not histogram(np.array([-1.0, 100.0]))["log"]


def test_few_whole_numbers_have_a_bin_each():
    made = histogram(np.array([3, 5, 5, 7, 34], dtype=float), whole=True)
    assert (made["min"], made["max"], made["whole"]) == (3, 34, True)
    assert {n: c for n, c in enumerate(made["counts"], 3) if c} == {3: 1, 5: 2, 7: 1, 34: 1}
    assert not histogram(np.arange(100.0), whole=True)["whole"]


def test_absurd_numbers_have_no_bins():
    assert histogram(np.array([-1.7e308, 0.0, 1.7e308])) is None
    assert histogram(np.array([np.inf, 1.0, -np.inf])) is None
