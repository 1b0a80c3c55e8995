"""The page of an observed product: values with their origins, linked data, pictures, keys."""

import json
from dataclasses import replace

import pytest
from astropy.io import fits

from portal.catalog.paths import product_page, thumbnail_path
from portal.model.schema import OBSCORE
from portal.pages._observing import band_of, date_of, wavelength
from portal.pages.base import Source
from portal.pages.product import PAGE
from portal.pagewriter import Job, Settings, write_pages
from portal.render import Renderer, pick
from tests.portal.catalogs import rows_of, scanned, written
from tests.portal.products import write_products
from tests.portal.test_render import SHELL

HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("products")
    write_products(root / "store")
    with fits.open(root / "store" / "sky" / "image.fits", mode="update") as file:
        file[0].header["OBSERVER"] = HOSTILE
        file[0].header["INSTRUME"] = HOSTILE
    (root / "prose" / "shell" / "00").mkdir(parents=True)
    (root / "prose" / "shell" / "00" / "product.html").write_text(SHELL)
    return root


@pytest.fixture(scope="module")
def catalog(place):
    return scanned(place / "store", place / "catalog")


def made(source):
    """Context and files of each page, by the name of its file."""
    found = {}
    for bundle in PAGE.pages(source):
        for group in bundle.groups():
            for whole, files in group.finish(group.rows):
                context = pick(whole.context, 0)
                found[context["topic"]] = context, files[0]
    return found


@pytest.fixture(scope="module")
def pages(catalog, place):
    return made(Source(catalog, (place / "store",)))


def keys(source):
    return [key for b in PAGE.pages(source) for g in b.groups() for key in g.more]


def test_every_value_of_the_row_is_told_with_its_origin(pages, catalog):
    rows = {r["path"]: r for r in catalog.table("observations").to_pylist()}
    context, _ = pages["image.fits"]
    row = rows["sky/image.fits"]
    known = [c.name for c in OBSCORE if row[c.name] is not None]
    assert [v["name"] for v in context["values"]] == known
    assert {u["name"] for u in context["unknown"]} == {c.name for c in OBSCORE} - set(known)
    told = {v["name"]: v for v in context["values"]}
    target = told["target_name"]
    assert (target["value"], target["origin"]["source"]) == ("R Dor", "HDU 0 OBJECT")
    assert target["origin"]["confidence"] == "1 stated"
    assert told["t_min"]["also"] == "2015-08-12 09:00:00"
    assert told["access_url"]["origin"]["kind"] == "collection"
    assert all(v["origin"] is not None for v in context["values"])


def test_pages_bring_their_pictures_along(pages):
    for name, path in (("image.fits", "sky/image.fits"), ("cube & co.fits", "sky/cube & co.fits")):
        context, files = pages[name]
        page = product_page("winds", path, "0")
        assert thumbnail_path(page) in files
        assert page.replace(".html", ".large.webp") in files
        assert context["figure"]["frame"] is not None
    context, files = pages["spectrum.fits"]
    (data,) = [path for path in files if path.endswith(".json")]
    assert data.endswith(context["figure"]["data"])
    assert pages["events.fits"][0]["figure"]["caption"] == "Events by X and Y."


def test_the_kind_of_a_product_is_told_in_words(pages):
    assert pages["series.fits"][0]["summary"].startswith("Time series · ")
    assert pages["image.fits"][0]["summary"].startswith("Image · ")


def test_without_its_file_a_page_tells_the_values_alone(catalog):
    context, files = made(Source(catalog))["image.fits"]
    assert (context["figure"], context["header"], files) == (None, None, {})
    assert len(context["values"]) > 15


def test_linked_data_hold_what_search_engines_ask_for(pages):
    data = json.loads(pages["image.fits"][0]["json_ld"])
    assert data["@type"] == "Dataset"
    assert data["temporalCoverage"].startswith("2015-08-12T09:00:00")
    assert data["spatialCoverage"]["name"].startswith("ICRS 69.1")
    assert data["identifier"].startswith("ivo://")
    (download,) = data["distribution"]
    assert download["contentUrl"].endswith("/data/sky/image.fits")
    assert len(download["sha256"]) == 64
    measured = {m["name"]: m for m in data["variableMeasured"]}
    assert measured["s_ra"]["unitText"] == "deg"


def test_hostile_headers_stay_text(pages, place):
    html = Renderer(place / "prose").plain("product.html", pages["image.fits"][0])
    assert "<script>alert" not in html
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in html


def test_keys_follow_what_is_shown(catalog, place, tmp_path):
    source = Source(catalog, (place / "store",))
    first = keys(source)
    assert first == keys(source)
    assert all(a != b for a, b in zip(first, keys(Source(catalog)), strict=True))
    rows = rows_of(catalog)
    at = next(i for i, r in enumerate(rows["provenance"]) if r["path"] == "sky/image.fits")
    rows["provenance"][at]["note"] = "other"
    collection = catalog.collections[0]
    changed = keys(replace(source, catalog=written(rows, tmp_path, collection)))
    assert sum(a != b for a, b in zip(first, changed, strict=True)) == 1


def test_pages_are_taken_over_or_made_again_with_their_files(catalog, place, tmp_path):
    source = Source(catalog, (place / "store",))
    bundles = list(PAGE.pages(source))

    def build(stage, old, former):
        jobs = [Job("product.html", b, tuple(former.get(p) for p in b.paths)) for b in bundles]
        stage.mkdir()
        entries = list(write_pages(Settings(place / "prose", stage, old), jobs))
        return {entry.path: entry for entry in entries}

    first = build(tmp_path / "a", tmp_path / "none", {})
    assert not any(entry.kept for entry in first.values())
    again = build(tmp_path / "b", tmp_path / "a", first)
    assert all(entry.kept for entry in again.values())
    page = next(path for path in first if "image" in path)
    (tmp_path / "a" / thumbnail_path(page)).unlink()
    third = build(tmp_path / "c", tmp_path / "a", first)
    assert [path for path, entry in third.items() if not entry.kept] == [page]
    for path in (tmp_path / "c").rglob("*.*"):
        there = tmp_path / "b" / path.relative_to(tmp_path / "c")
        assert path.read_bytes() == there.read_bytes()


def test_products_of_a_file_are_read_from_it_once(place, tmp_path, monkeypatch):
    from portal.pages import product

    tables = [
        fits.ImageHDU(fits.getdata(place / "store" / "sky" / "image.fits"), name=f"CCD{n}")
        for n in range(3)
    ]
    header = fits.getheader(place / "store" / "sky" / "image.fits")
    for hdu in tables:
        hdu.header.update({k: v for k, v in header.items() if k[:5] in ("CTYPE", "CRVAL", "CDELT")})
    (tmp_path / "store").mkdir()
    fits.HDUList([fits.PrimaryHDU(), *tables]).writeto(tmp_path / "store" / "many.fits")
    opened = []
    real = product.open_fits
    monkeypatch.setattr(product, "open_fits", lambda path: opened.append(path) or real(path))
    found = made(Source(scanned(tmp_path / "store", tmp_path / "c"), (tmp_path / "store",)))
    assert sorted(found) == ["many.fits", "many.fits · 2", "many.fits · 3"]
    assert len(opened) == 1


def test_bands_and_dates_are_told_in_usual_units():
    assert wavelength(1.3e-3) == "1.3 mm"
    assert wavelength(5e-7) == "500 nm"
    assert wavelength(1.23984198e-9) == "1.2398 nm (1 keV)"
    assert wavelength(0.21) == "21 cm"
    assert wavelength(float("nan")) is None
    assert date_of(57246.375) == "2015-08-12 09:00:00"
    assert date_of(1e9) is None
    assert band_of({"em_min": 1e-6, "em_max": 2e-6}) == "1 µm to 2 µm"
    assert band_of({"em_min": None, "em_max": 2e-6}) is None
