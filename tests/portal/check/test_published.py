"""Whatever of a published site is not that of its catalogue, or not as it was built, is found."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.catalog.table import Catalog
from portal.check import SiteFiles, check_published, list_site, published_url
from portal.site import Options, build
from tests.layout import write_store
from tests.portal.catalogs import scanned

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    top = tmp_path_factory.mktemp("published")
    store = write_store(top / "store", 2)
    catalog = scanned(store, top / "catalog")
    build(Options(catalog.root, top / "site", ROOT / "mkdocs.yml", None, stores=(store,)))
    return top


@pytest.fixture
def site(built, tmp_path):
    """A copy of the site, file by file, so that no link joins them."""
    copy = tmp_path / "site"
    for path in list_site(built / "site"):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes((built / "site" / path).read_bytes())
    return copy


def found(built, site, sample=None, catalog=None):
    files = SiteFiles(site, list_site(site), published_url(site))
    catalog = catalog or Catalog.open(built / "catalog")
    return [(p.path, p.code) for p in check_published(files, catalog, sample)]


def test_a_site_as_it_was_built_is_clean(built, site):
    assert found(built, built / "site") == []
    assert found(built, site) == []


def model_file(site, suffix):
    return next(
        path for path in sorted(list_site(site)) if path.startswith("m/") and suffix in path
    )


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "m/*.html",
        "m/*.png",
        "robots.txt",
        "catalog/models.parquet",
        "catalog/problems.csv",
        "downloads/urls.txt",
        "downloads/SHA256SUMS",
        "assets/portrait.webp",
    ],
)
@pytest.mark.parametrize("how", ["empty", "stub", "flipped", "gone"])
def test_each_change_is_found(built, site, path, how):
    if "*" in path:
        path = model_file(site, path.rpartition("*")[2])
    file = site / path
    data = file.read_bytes()
    if how == "gone":
        file.unlink()
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "stub":
        file.write_bytes(b'<!doctype html><html lang="en"><title>t</title></html>')
    else:
        file.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    codes = {code for _, code in found(built, site)}
    assert codes & {"differs", "missing", "bad-table"}


def test_what_the_build_did_not_write_is_an_orphan(built, site):
    (site / "m" / "stray.html").write_text("x")
    (site / "catalog" / "old.parquet").write_text("x")
    assert found(built, site) == [("catalog/old.parquet", "orphan"), ("m/stray.html", "orphan")]


def test_a_model_without_a_page_and_a_page_without_a_model(built, site):
    manifest = (site / ".manifest").read_text().splitlines(keepends=True)
    page = model_file(site, ".html")
    renamed = page.replace("test-", "none-")
    (site / page).rename(site / renamed)
    (site / ".manifest").write_text("".join(manifest).replace(page, renamed))
    assert found(built, site) == [(page, "missing"), (renamed, "orphan")]


def test_a_site_of_another_catalogue_is_one_problem(built, site):
    other = replace(Catalog.open(built / "catalog"), scan_id="0" * 64)
    assert found(built, site, catalog=other) == [("catalog/", "other-catalogue")]


def test_a_site_without_a_list_of_its_pages_is_said(built, site):
    (site / ".manifest").unlink()
    assert found(built, site) == [(".manifest", "no-manifest")]


def test_a_sample_sees_that_pages_are_missing(built, site):
    page = model_file(site, ".html")
    (site / page).unlink()
    assert found(built, site, sample=1) == [(page, "missing")]
