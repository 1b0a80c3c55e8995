"""A posterior that lineform writes is a page of the portal, found by what is known of it."""

import re

import h5py
import pytest

from lineform.posterior import write_posterior
from lineform.report import report_of
from portal.catalog.audit import stored_paths
from portal.catalog.query import select_models
from portal.pages.base import Source
from portal.pages.model import PAGE
from portal.readers import read_file
from portal.render import Renderer, pick
from tests.contract.test_layout import TABLES
from tests.lineform.posteriors import made_posterior
from tests.portal.catalogs import scanned
from tests.portal.test_render import SHELL


@pytest.fixture(scope="module")
def posterior():
    return made_posterior(8, 20, 6, 10)


@pytest.fixture(scope="module")
def path(posterior, tmp_path_factory):
    path = tmp_path_factory.mktemp("contract") / "store" / "posteriors" / "spiral.h5"
    write_posterior(path, posterior)
    return path


def test_the_reader_takes_it_without_a_complaint(posterior, path):
    record = read_file(path, "posteriors/spiral.h5")
    assert record.problems == ()
    assert (record.kind, record.format) == ("model", "atomium-posterior")
    row = record.model
    assert row["model_id"] == "spiral"
    assert row["species"] == ["CO"]
    assert row["n_points"] == 8**3
    assert row["engine"] == "lineform"
    found = {parameter.name: parameter for parameter in record.parameters}
    for number in posterior.numbers:
        named = [found[f"{number.name}{end}"] for end in ("_p16", "", "_p84")]
        assert [p.value for p in named] == pytest.approx(list(number.quantiles[1:4]))
        assert {p.unit for p in named} == {number.unit}


@pytest.mark.parametrize(
    ("damage", "code"),
    [("grid/x", "missing-dataset"), ("fits", "missing-group"), ("parameters", "missing-group")],
)
def test_what_is_missing_is_told_of(path, tmp_path, damage, code):
    damaged = tmp_path / "spiral.h5"
    damaged.write_bytes(path.read_bytes())
    with h5py.File(damaged, "a") as file:
        del file[damage]
    problems = read_file(damaged, "posteriors/spiral.h5").problems
    assert [p.code for p in problems] == [code]


def test_a_field_off_the_grid_is_told_of(path, tmp_path):
    damaged = tmp_path / "spiral.h5"
    damaged.write_bytes(path.read_bytes())
    with h5py.File(damaged, "a") as file:
        del file["fields/temperature/mean"]
        file["fields/temperature/mean"] = [1.0, 2.0]
    (problem,) = read_file(damaged, "posteriors/spiral.h5").problems
    assert problem.code == "shape-mismatch"
    assert "fields/temperature/mean" in problem.what


PLACE = re.compile(r"FIELD|NUMBER|FIT|PAIR|GROUP")
DATASETS = {
    path: row
    for row in TABLES["Posterior files", "path"]
    for path in re.findall(r"`([^`]+)`", row["path"])
}
TYPES = {"f4": "<f4", "f8": "<f8", "i8": "<i8"}


def test_the_page_describes_every_dataset_and_no_other(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: (item.dtype, item.ndim, dict(item.attrs))})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    met = set()
    for name, (dtype, ndim, attributes) in found.items():
        (form,) = (f for f in DATASETS if re.fullmatch(PLACE.sub("[^/]+", f), name))
        row = DATASETS[form]
        shape = re.match(r"\(([^)]*)\)", row["shape"])[1]
        assert (dtype, ndim) == (TYPES[row["type"]], len(shape.split(","))), name
        if not row["unit"].startswith("of the"):
            assert attributes["unit"] == ("" if row["unit"] == "1" else row["unit"]), name
        assert attributes["description"], name
        met.add(form)
    assert met == DATASETS.keys()


def test_the_page_describes_every_attribute(path, posterior):
    told = {}
    for row in TABLES["Posterior files", "where"]:
        names = set(re.findall(r"`([^`]+)`", row["attribute"]))
        told.setdefault(row["where"].strip("`"), set()).update(names)
    one = {"FIELD": posterior.fields[0], "NUMBER": posterior.numbers[0], "FIT": posterior.fits[0]}
    with h5py.File(path) as file:
        assert set(file.attrs) == told["root"]
        for word, of in one.items():
            where = f"{word.lower()}s/{word}"
            assert set(file[where.replace(word, of.name)].attrs) <= told[where], where


@pytest.fixture(scope="module")
def catalog(path, tmp_path_factory):
    return scanned(path.parents[1], tmp_path_factory.mktemp("contract") / "catalog")


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('mass_loss_rate_p84 < 2e-6 and species == "CO"', ["spiral"]),
        ("mass_loss_rate_p16 > 2e-6", []),
        ('format == "atomium-posterior"', ["spiral"]),
    ],
)
def test_it_is_found_by_what_is_known_of_it(catalog, expression, found):
    assert select_models(catalog, expression)["model_id"].to_pylist() == found


@pytest.fixture
def page(catalog, path, tmp_path):
    """What the page of the posterior says now."""
    shell = tmp_path / "shell" / "00" / "model.html"
    shell.parent.mkdir(parents=True)
    shell.write_text(SHELL)

    def made():
        (bundle,) = PAGE.pages(Source(catalog, (path.parents[1],)))
        (group,) = bundle.groups()
        return Renderer(tmp_path).plain(PAGE.template, pick(group.context, 0))

    return made


def test_its_page_tells_its_numbers_and_links_its_report(page, path, posterior):
    without = page()
    assert "Mass loss rate p84" in without
    assert "Report" not in without
    assert "Posterior file, " in without
    assert "Model file" not in without
    path.with_suffix(".html").write_text(report_of(posterior))
    assert 'posteriors/spiral.html">Report' in page()


def test_a_check_of_the_site_knows_the_report(catalog):
    stored = stored_paths(catalog, "https://example.org/portal/")
    assert stored == {"data/posteriors/spiral.h5", "data/posteriors/spiral.html"}
