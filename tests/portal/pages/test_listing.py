"""Plain lists reach every model without a script."""

import pytest

from portal.catalog.paths import model_page
from portal.model.schema import TABLES
from portal.pages.base import Source
from portal.pages.listing import PAGE, list_page
from tests.portal.catalogs import model_row, written


@pytest.fixture
def pages_of(tmp_path):
    def made(names):
        rows = {table: [] for table in TABLES}
        rows["models"] = [model_row(name) for name in names]
        pages = PAGE.pages(Source(written(rows, tmp_path)))
        return {page.path: page.contents().context for page in pages}

    return made


@pytest.mark.parametrize("count", [0, 1, 500, 501, 1234])
def test_every_model_is_listed_once_and_in_order(pages_of, count):
    names = [f"m{n:04d}" for n in range(count)]
    pages = pages_of(reversed(names))
    assert [m["name"] for page in pages.values() for m in page["models"]] == names
    assert [m["href"] for page in pages.values() for m in page["models"]] == [
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
    ((model,),) = (page["models"] for page in pages_of(["a b+é"]).values())
    assert model["href"].endswith("/a%20b%2B%C3%A9.html")
