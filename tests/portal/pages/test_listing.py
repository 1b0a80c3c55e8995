"""Plain lists reach every model and product without a script."""

import pytest

from portal.catalog.paths import model_page, product_page
from portal.model.schema import TABLES
from portal.pages.base import Source
from portal.pages.listing import PAGE, list_page
from tests.portal.catalogs import model_row, written


@pytest.fixture
def pages_of(tmp_path):
    def made(names, products=()):
        rows = {table: [] for table in TABLES}
        rows["models"] = [model_row(name) for name in names]
        rows["observations"] = [
            {"model_id": None, "obs_collection": "winds", "path": path, "part": part}
            for path, part in products
        ]
        pages = PAGE.pages(Source(written(rows, tmp_path)))
        return {page.path: page.contents().context for page in pages}

    return made


@pytest.mark.parametrize("count", [0, 1, 500, 501, 1234])
def test_every_model_is_listed_once_and_in_order(pages_of, count):
    names = [f"m{n:04d}" for n in range(count)]
    pages = pages_of(reversed(names))
    assert [m["name"] for page in pages.values() for m in page["entries"]] == names
    assert [m["href"] for page in pages.values() for m in page["entries"]] == [
        model_page(name) for name in names
    ]
    assert list(pages) == [list_page(n) for n in range(max(1, -(-count // 500)))]


def test_pages_lead_to_one_another(pages_of):
    pages = pages_of([f"m{n:04d}" for n in range(1100)])
    first, second, third = pages.values()
    assert (first["before"], first["after"]) == (None, "models-2.html")
    assert (second["before"], second["after"]) == ("models.html", "models-3.html")
    assert (third["before"], third["after"]) == ("models-2.html", None)
    assert [p["first"] for p in first["pages"]] == ["m0000", "m0500", "m1000"]
    assert [p["href"] for p in first["pages"]] == list(pages)


def test_names_are_percent_encoded(pages_of):
    ((model,),) = (page["entries"] for page in pages_of(["a b+é"]).values())
    assert model["href"].endswith("/a%20b%2B%C3%A9.html")


def test_products_have_a_list_of_their_own(pages_of):
    products = [(f"sky/{n:03d}.fits", "1") for n in reversed(range(501))]
    pages = pages_of(["a"], products)
    assert list(pages) == ["models.html", "products.html", "products-2.html"]
    listed = [e for path in list(pages)[1:] for e in pages[path]["entries"]]
    assert [e["name"] for e in listed] == [f"sky/{n:03d}.fits · 1" for n in range(501)]
    assert listed[500]["href"] == product_page("winds", "sky/500.fits", "1")
    assert [page["others"][0]["href"] for page in pages.values()] == [
        "products.html",
        "models.html",
        "models.html",
    ]
