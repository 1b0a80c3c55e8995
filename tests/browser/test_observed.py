"""The search and the sky of observed products on the browse page."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from playwright.sync_api import expect

from portal.catalog.paths import product_page
from portal.catalog.table import Catalog
from portal.server import serving
from tests.browser.conftest import PATIENCE, PREFIX, Visitor
from tests.browser.generated import browse_site
from tests.browser.test_access import AXE, RULES, violations
from tests.browser.test_browse import settled
from tests.layout import write_store
from tests.portal import scanning
from tests.portal.catalogs import COLLECTION

pytestmark = pytest.mark.browser

WHOLE = """() => [...document.querySelectorAll('#browse-view tbody td.is-number')]
    .every((cell) => cell.scrollWidth <= cell.clientWidth)"""
SKY = "#browse-sky .sky-table tbody tr"


def image(path, ra, dec, **cards):
    hdu = fits.PrimaryHDU(np.zeros((50, 60), "f4"))
    hdu.header.update({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": ra, "CRVAL2": dec})
    hdu.header.update({"CDELT1": -0.001, "CDELT2": 0.001, "CRPIX1": 30.5, "CRPIX2": 25.5})
    hdu.header.update(cards)
    hdu.writeto(path)


@pytest.fixture(scope="module")
def observed(tmp_path_factory, prose_pages, app):
    """The browse page of one model, an image and a cube, and of an image in another collection."""
    root = tmp_path_factory.mktemp("observed")
    store = write_store(root / "store", 1)
    image(store / "rdor.fits", 69.19, -62.08, OBJECT="R Dor", **{"DATE-OBS": "2015-08-12T09:00:00"})
    (root / "other").mkdir()
    image(root / "other" / "whya & co.fits", 207.3, -28.4, OBJECT="W Hya")
    spectral = {"CTYPE3": "FREQ", "CRVAL3": 230e9, "CDELT3": 1e8, "CRPIX3": 1.0, "CUNIT3": "Hz"}
    cube = fits.PrimaryHDU(np.zeros((10, 4, 4), "f4"))
    cube.header.update({"CTYPE1": "RA---TAN", "CRVAL1": 69.2, "CDELT1": -1e-4, "CRPIX1": 2.0})
    cube.header.update({"CTYPE2": "DEC--TAN", "CRVAL2": -62.0, "CDELT2": 1e-4, "CRPIX2": 2.0})
    cube.header.update({**spectral, "OBJECT": "R_DOR", "BUNIT": "Jy/beam"})
    cube.writeto(store / "cube.fits")
    collections = (
        replace(COLLECTION, stores=(str(store),)),
        replace(COLLECTION, id="archive", title="Archive", stores=(str(root / "other"),)),
    )
    scanning.run(collections, root / "catalog")
    catalog = Catalog.open(root / "catalog")
    with serving(browse_site(root / "site", catalog, prose_pages, app), store, prefix=PREFIX) as on:
        yield on


@pytest.fixture(scope="module")
def profile(engine):
    """One profile for all tests: its pages find the scripts of the one before."""
    made = engine.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def visitor(profile):
    """A page that fails the test if anything complains on it."""
    made = Visitor(profile.new_page())
    yield made
    made.page.close()
    assert made.complaints == []


def open_page(visitor, observed, query=""):
    visitor.browse(observed.url + "browse.html?table=observations" + query)
    return visitor.page


def files(page):
    return page.locator("#browse-view tbody .is-name a").all_inner_texts()


def test_products_of_no_model_stand_beside_the_others_and_lead_to_their_pages(visitor, observed):
    page = open_page(visitor, observed, "&sort=-s_ra")
    settled(page, "9 observations")
    assert files(page)[:3] == ["whya & co.fits", "cube.fits", "rdor.fits"]
    link = page.get_by_role("link", name="whya & co.fits")
    assert link.get_attribute("href") == product_page("archive", "whya & co.fits", "0").replace(
        "=", "%3D"
    )
    row = page.locator("tr", has=link)
    assert row.locator("input").count() == 0
    link.focus()
    page.keyboard.press("Space")
    assert page.locator("#browse-picked").inner_text() == ""


def test_tabs_choose_a_kind_and_count_what_the_other_filters_leave(visitor, observed):
    page = open_page(visitor, observed)
    tabs = page.get_by_role("group", name="Kind of product").first
    page.wait_for_function("() => document.querySelector('.observed-kinds').innerText.match(/2/)")
    tabs.get_by_role("button", name="Images").click()
    settled(page, "2 of 9 observations")
    page.wait_for_url("**dataproduct_type=image")
    page.get_by_label("Position", exact=True).fill("R Dor 1'")
    settled(page, "1 of 9 observations")
    page.wait_for_function(
        "() => document.querySelector('.observed-kinds').innerText.replace(/\\s+/g, ' ')"
        " === 'All 2 Cubes 1 Images 1'"
    )


def test_a_collection_is_chosen_and_stands_in_the_address(visitor, observed):
    page = open_page(visitor, observed)
    choice = page.locator(".observed-field select")
    assert choice.locator("option").all_inner_texts() == ["All", "winds", "archive"]
    choice.select_option("archive")
    settled(page, "1 of 9 observations")
    assert files(page) == ["whya & co.fits"]
    page.wait_for_url("**obs_collection=archive")
    page.get_by_label("Position", exact=True).fill("R Dor")
    settled(page, "0 of 9 observations")
    choice.select_option("All")
    settled(page, "2 of 9 observations")
    page.go_back()
    settled(page, "0 of 9 observations")
    expect(choice).to_have_value("archive")


def test_a_position_is_written_as_a_cone_that_finds_the_same(visitor, observed):
    page = open_page(visitor, observed, "&position=69.19+-62.05+1+arcmin")
    settled(page, "1 of 9 observations")
    page.get_by_text("As expression", exact=True).click()
    expression = page.locator("#browse-written-panel pre").inner_text()
    assert expression.startswith("(cone(69.19, -62.05, 0.0166666667) or obs_publisher_did in (")
    href = page.get_by_role("link", name="As SQL").get_attribute("href")
    assert "degrees%282+*+asin" in href
    page.get_by_role("button", name="Use instead of the filters").click()
    page.wait_for_url("**where=*")
    settled(page, "1 of 9 observations")
    assert files(page) == ["rdor.fits"]


def test_numbers_and_times_are_whole(visitor, observed):
    page = open_page(visitor, observed, "&sort=t_min&columns=t_min+em_min+em_max+s_ra+t_exptime")
    settled(page, "9 observations")
    page.wait_for_selector("#browse-view tbody td.is-number:not(.is-waiting)")
    page.wait_for_function(WHOLE)
    assert "2015-08-12 09:00" in page.locator("#browse-view").inner_text()


def test_searches_stand_in_the_address_and_what_is_wrong_is_said(visitor, observed):
    page = open_page(
        visitor, observed, "&position=69.19+-62.0+1+deg&band=230.5+GHz&identifier=cube"
    )
    settled(page, "1 of 9 observations")
    assert files(page) == ["cube.fits"]
    band = page.get_by_label("Band", exact=True)
    assert band.input_value() == "230.5 GHz"
    band.fill("5 parsec")
    page.wait_for_selector("input[name=band][aria-invalid=true]")
    assert "Not understood" in page.locator(".observed-told").inner_text()
    settled(page, "1 of 9 observations")
    band.fill("")
    expect(page.get_by_role("button", name="Remove filter Band")).to_have_count(0)
    page.get_by_role("button", name="Remove filter Identifier: cube").click()
    settled(page, "2 of 9 observations")
    page.get_by_label("Time", exact=True).fill("2015-08")
    page.wait_for_url("**time=2015-08*")
    settled(page, "1 of 9 observations")
    assert files(page) == ["rdor.fits"]
    page.get_by_label("Position", exact=True).fill("Betelgeuse")
    settled(page, "0 of 9 observations")
    page.wait_for_function(
        "() => document.querySelector('.observed-told').innerText.includes('“Betelgeuse”')"
    )
    page.goto(observed.url + "browse.html?table=observations&time=yesterday")
    settled(page, "No observations: a part of the address is not understood")


def test_the_sky_names_what_is_clicked_and_follows_the_keys(visitor, observed):
    page = open_page(visitor, observed)
    page.get_by_role("button", name="Sky").click()
    page.wait_for_selector(SKY)
    assert page.locator(SKY).count() == 3
    assert "6 of the rows found say no position" in page.locator(".sky-status").inner_text()
    page.get_by_role("button", name="Show rdor.fits on the map").click()
    assert page.locator(".sky-note a").all_inner_texts() == ["rdor.fits"]
    page.wait_for_url("**sky=69.19*")
    canvas = page.locator(".sky-canvas")
    box = canvas.bounding_box()
    # Off the middle, but inside the footprint.
    canvas.click(position={"x": box["width"] / 2 - 40, "y": box["height"] / 2 + 30})
    assert page.locator(".sky-note a").all_inner_texts() == ["rdor.fits"]
    canvas.focus()
    for key in ("-", "ArrowUp", "0"):
        page.keyboard.press(key)
    page.wait_for_function("() => !location.search.includes('sky=')")
    page.reload()
    page.wait_for_selector(SKY)
    page.get_by_role("button", name="Models").first.click()
    page.wait_for_selector("#browse-view tbody a")
    assert page.get_by_role("button", name="Sky").count() == 0


def test_downloads_and_the_plot_take_products_along(visitor, observed):
    page = visitor.page
    query = "dataproduct_type=image&view=plot&plot=s_ra+s_dec"
    page.goto(f"{observed.url}browse.html?table=observations&{query}")
    page.wait_for_function(
        "() => document.querySelector('.plot-status')?.innerText.startsWith('2')"
    )
    page.get_by_text("Download", exact=True).click()
    expect(page.locator(".planner-sums")).to_contain_text("2")


@pytest.mark.parametrize("view", ["table", "sky"])
def test_the_search_and_the_sky_are_for_everyone(visitor, observed, view):
    if not AXE.is_file():
        pytest.skip("no axe-core in node_modules; run npm ci --ignore-scripts")
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{observed.url}browse.html?table=observations&view={view}&position=R+Dor")
    page.wait_for_selector(SKY if view == "sky" else "#browse-view tbody a")
    page.locator(".observed-fold summary").click()
    page.evaluate(AXE.read_text("utf-8"))
    assert violations(page, RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
