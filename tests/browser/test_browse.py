"""The browse page as people use it."""

import csv
import io
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from portal.catalog.paths import absolute_data_url, model_page
from portal.catalog.table import Catalog

pytestmark = pytest.mark.browser

STATUS = "#browse-status"


def names(page):
    return page.locator("#browse-view tbody .is-name a").all_inner_texts()


def cells(page, column):
    headings = page.locator("#browse-view thead .browse-label").all_inner_texts()
    place = headings.index(column) + 1
    return page.locator(
        f"#browse-view tbody tr[aria-rowindex] > :nth-child({place})"
    ).all_inner_texts()


def settled(page, text):
    page.wait_for_function(
        "([id, text]) => document.querySelector(id).textContent === text", arg=[STATUS, text]
    )


@pytest.fixture(scope="module")
def table(site):
    """The models in the order in which the page opens."""
    return pq.read_table(site / "catalog" / "models.parquet").sort_by("model_id")


def test_the_table_holds_every_model_and_links_to_pages_that_exist(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    assert names(page) == table["model_id"].to_pylist()
    assert page.locator(STATUS).inner_text() == f"{table.num_rows} models"
    links = page.locator("#browse-view tbody a")
    for link in links.all():
        name = link.inner_text()
        assert link.get_attribute("href") == model_page(name)
        with urlopen(server.url + model_page(name)) as answer:
            assert answer.status == 200
    links.first.click()
    page.wait_for_url("**/m/*/*.html")
    assert names_on(page) == table["model_id"][0].as_py()


def names_on(page):
    return page.locator("h1").inner_text()


def test_headings_sort_up_down_and_back(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    speeds = sorted(v for v in table["terminal_velocity"].to_pylist() if v is not None)
    button = page.get_by_role("button", name="Terminal velocity")
    heading = page.locator("th", has=button)
    seen = []
    by_name = page.locator("th", has=page.get_by_role("button", name="Model"))
    assert by_name.get_attribute("aria-sort") == "ascending"
    for direction in ("ascending", "descending", "none"):
        button.click()
        page.wait_for_function(
            "d => document.querySelector('th button[data-column=terminal_velocity]')"
            ".closest('th').ariaSort === d && !document.querySelector('[aria-busy=true]')",
            arg=direction,
        )
        assert heading.get_attribute("aria-sort") == direction
        seen.append([float(v) for v in cells(page, "Terminal velocity")])
    assert seen[:2] == [speeds, speeds[::-1]]
    assert by_name.get_attribute("aria-sort") == "ascending"
    assert page.url.endswith("/browse.html")
    assert names(page) == table["model_id"].to_pylist()


def test_filters_narrow_the_table_and_stand_in_the_address(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    page.locator(".browse-facet[data-column=morphology] label", has_text="spherical").click()
    round_ones = [r["model_id"] for r in table.to_pylist() if r["morphology"] == "spherical"]
    assert len(round_ones) > 1
    settled(page, f"{len(round_ones)} of {table.num_rows} models")
    assert names(page) == round_ones
    page.fill("#browse-search", "test 004")
    settled(page, f"1 of {table.num_rows} models")
    page.wait_for_url("**/browse.html?name=test+004&morphology=spherical")
    page.reload()
    settled(page, f"1 of {table.num_rows} models")
    assert page.input_value("#browse-search") == "test 004"
    page.go_back()
    settled(page, f"{len(round_ones)} of {table.num_rows} models")
    page.go_back()
    settled(page, f"{table.num_rows} models")
    page.go_forward()
    settled(page, f"{len(round_ones)} of {table.num_rows} models")
    page.get_by_role("button", name="Remove filter Morphology: spherical").click()
    settled(page, f"{table.num_rows} models")


def test_ranges_follow_typing_and_say_what_is_no_number(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    low = page.get_by_label("Minimum Terminal velocity")
    low.fill("7.5")
    wanted = sum(v is not None and v >= 7.5 for v in table["terminal_velocity"].to_pylist())
    settled(page, f"{wanted} of {table.num_rows} models")
    low.fill("fast")
    page.wait_for_selector("input[aria-invalid=true]")
    settled(page, f"{wanted} of {table.num_rows} models")
    low.fill("")
    settled(page, f"{table.num_rows} models")


def test_a_range_is_brushed_on_the_histogram(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    box = page.locator(".browse-facet[data-column=terminal_velocity] svg").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.move(box["x"] + box["width"] + 20, middle)
    page.mouse.up()
    speeds = [v for v in table["terminal_velocity"].to_pylist() if v is not None]
    half = (min(speeds) + max(speeds)) / 2
    settled(page, f"{sum(v >= half for v in speeds)} of {table.num_rows} models")


def test_counts_of_a_filter_follow_the_other_filters(visitor, server, table):
    page = visitor.browse(server.url + "browse.html?terminal_velocity=7..")
    rows = [r for r in table.to_pylist() if (r["terminal_velocity"] or 0) >= 7]
    settled(page, f"{len(rows)} of {table.num_rows} models")
    group = page.locator(".browse-facet[data-column=morphology] label")
    page.wait_for_selector(".browse-facet[data-column=morphology] label.is-none")
    counts = dict(
        zip(
            group.locator(".browse-value").all_inner_texts(),
            group.locator(".browse-count").all_inner_texts(),
            strict=True,
        )
    )
    for kind, shown in counts.items():
        assert int(shown) == sum(r["morphology"] == kind for r in rows)


def test_nothing_matches(visitor, server):
    page = visitor.browse(server.url + "browse.html?name=no+such+model")
    assert page.get_by_text("No model matches").is_visible()


def test_columns_are_chosen_and_stay_in_the_address(visitor, server):
    page = visitor.browse(server.url + "browse.html")
    page.get_by_text("Columns", exact=True).click()
    page.locator("#browse-columns label", has_text="Points").click()
    page.locator("#browse-columns label", has_text="Size").click()
    headings = page.locator("#browse-view thead .browse-label").all_inner_texts()
    assert "Points" in headings
    assert "Size" not in headings
    page.keyboard.press("Escape")
    assert not page.locator("#browse-columns").is_visible()
    page.reload()
    page.wait_for_selector("#browse-view tbody a")
    assert page.locator("#browse-view thead .browse-label").all_inner_texts() == headings


def saved(page, label):
    if not page.locator("#browse-downloads").is_visible():
        page.get_by_text("Download", exact=True).click()
    with page.expect_download() as waiting:
        page.locator("#browse-downloads button", has=page.get_by_text(label, exact=True)).click()
    return waiting.value.path().read_bytes().decode()


def test_the_selection_is_saved_as_lists_and_table(visitor, server, site, store, table):
    page = visitor.browse(server.url + "browse.html?morphology=spiral&morphology=disk")
    rows = [r for r in table.to_pylist() if r["morphology"] in ("spiral", "disk")]
    settled(page, f"{len(rows)} of {table.num_rows} models")
    assert saved(page, "Names").split() == [r["model_id"] for r in rows]
    both = saved(page, "Models and observations").split()
    assert len(both) == 2 * len(rows)
    sizes = 0
    for url in both:
        with urlopen(url) as answer:
            sizes += len(answer.read())
    assert sizes == sum(r["bytes"] for r in rows)
    parsed = list(csv.DictReader(io.StringIO(saved(page, "Table"))))
    assert [r["model_id"] for r in parsed] == [r["model_id"] for r in rows]
    assert [float(r["mass_loss_rate"]) for r in parsed] == [r["mass_loss_rate"] for r in rows]
    collection = Catalog.open(site / "catalog").collections[0]
    for url, row in zip(saved(page, "Models").split(), rows, strict=True):
        ours = absolute_data_url(collection, row["model_path"])
        assert url.removeprefix(server.url) == ours.removeprefix(collection.site_url)


def test_rows_are_reached_by_keyboard(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    page.locator("#browse-view tbody a[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == table["model_id"][2].as_py()
    page.keyboard.press("End")
    assert page.evaluate(focused) == table["model_id"][-1].as_py()
    page.keyboard.press("Home")
    assert page.evaluate(focused) == table["model_id"][0].as_py()
    assert page.locator("#browse-view tbody a[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/*/*.html")
