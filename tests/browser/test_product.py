"""The pages of observed products, for every reader, and their pictures on the browse page."""

import pytest

from portal.catalog.paths import product_page
from portal.server import serving
from portal.site import Options, build
from tests.browser.conftest import PREFIX
from tests.browser.test_access import AXE, RULES, violations
from tests.conftest import ROOT
from tests.layout import write_store
from tests.portal.catalogs import scanned
from tests.portal.products import MADE, write_products

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def observed(tmp_path_factory, app):
    """The site of one model and of a product of each kind."""
    root = tmp_path_factory.mktemp("products")
    store = write_store(root / "store", 1)
    write_products(store)
    scanned(store, root / "catalog")
    options = Options(root / "catalog", root / "site", ROOT / "mkdocs.yml", app, (store,))
    build(options)
    with serving(root / "site", store, prefix=PREFIX) as running:
        yield running


def address(observed, name):
    part = "0" if name in ("image.fits", "cube & co.fits") else "1"
    return observed.url + product_page("winds", f"sky/{name}", part).replace("=", "%3D")


@pytest.mark.parametrize("name", MADE)
def test_pages_are_for_everyone(visitor, observed, name):
    if not AXE.is_file():
        pytest.skip("no axe-core in node_modules; run npm ci --ignore-scripts")
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address(observed, name))
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    page.evaluate(AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page, RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_curve_is_read_by_keys(visitor, observed):
    page = visitor.page
    page.goto(address(observed, "spectrum.fits"))
    page.locator("#curve").scroll_into_view_if_needed()
    chart = page.get_by_role("slider")
    chart.focus()
    page.keyboard.press("Home")
    assert chart.get_attribute("aria-valuetext").startswith("490")
    assert "erg s⁻¹ cm⁻² Å⁻¹" in chart.get_attribute("aria-valuetext")


def test_rows_show_their_pictures_and_lead_to_their_pages(visitor, observed):
    page = visitor.browse(observed.url + "browse.html?table=observations&sort=-s_ra")
    link = page.get_by_role("link", name="image.fits")
    picture = page.locator("tr", has=link).locator("img")
    page.wait_for_function("() => document.querySelector('.browse-thumbnail')?.naturalWidth > 0")
    assert picture.get_attribute("alt") == ""
    assert page.locator(".browse-thumbnail").count() == len(MADE)
    link.click()
    page.wait_for_url("**/o/**")
    assert page.get_by_role("heading", level=1).inner_text() == "image.fits"
    with page.expect_download() as download:
        page.get_by_role("link", name="File,").click()
    assert download.value.suggested_filename == "image.fits"
