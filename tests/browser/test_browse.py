"""The browse page as people use it."""

from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from portal.catalog.paths import model_page
from portal.server.faults import Faults, Troubles
from tests.browser.test_access import AXE, COLOURS, RULES, violations

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


def test_a_range_is_typed_brushed_and_moved_by_keys(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    facet = page.locator(".browse-facet[data-column=terminal_velocity]")
    facet.evaluate("element => { element.open = true }")
    speeds = [v for v in table["terminal_velocity"].to_pylist() if v is not None]
    low = page.get_by_label("Minimum Terminal velocity")
    low.fill("7.5")
    wanted = sum(v >= 7.5 for v in speeds)
    settled(page, f"{wanted} of {table.num_rows} models")
    low.fill("fast")
    page.wait_for_selector("input[aria-invalid=true]")
    settled(page, f"{wanted} of {table.num_rows} models")
    facet.get_by_role("button", name="Clear Terminal velocity").click()
    settled(page, f"{table.num_rows} models")
    box = facet.locator("svg").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.move(box["x"] + box["width"] + 20, middle)
    page.mouse.up()
    half = (min(speeds) + max(speeds)) / 2
    settled(page, f"{sum(v >= half for v in speeds)} of {table.num_rows} models")
    page.get_by_role("slider", name="Lower end of Terminal velocity").focus()
    page.keyboard.press("End")
    page.wait_for_url("**terminal_velocity=*")
    settled(page, f"{sum(v == max(speeds) for v in speeds)} of {table.num_rows} models")


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


def test_columns_are_found_chosen_and_stay_in_the_address(visitor, server):
    page = visitor.browse(server.url + "browse.html?name=no+such+model")
    assert page.get_by_text("Nothing matches").is_visible()
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Find a column").fill("points")
    assert page.locator("#browse-columns label:visible").all_inner_texts() == ["Points"]
    page.locator("#browse-columns label", has_text="Points").click()
    page.get_by_label("Find a column").fill("")
    page.locator("#browse-columns label", has_text="Size").click()
    headings = page.locator("#browse-view thead .browse-label").all_inner_texts()
    assert "Points" in headings
    assert "Size" not in headings
    page.keyboard.press("Escape")
    assert not page.locator("#browse-columns").is_visible()
    page.reload()
    page.wait_for_selector("#browse-none:not([hidden])")
    assert page.locator("#browse-view thead .browse-label").all_inner_texts() == headings


def tab_to(page, selector):
    """Press Tab until the focus is on an element."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def test_keys_alone_lead_from_a_filter_to_a_model(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    tab_to(page, "#browse-expression")
    tab_to(page, ".browse-facet[data-column=morphology] input[value=spherical]")
    page.keyboard.press("Space")
    wanted = [r["model_id"] for r in table.to_pylist() if r["morphology"] == "spherical"]
    settled(page, f"{len(wanted)} of {table.num_rows} models")
    tab_to(page, "#browse-view tbody a")
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == wanted[0]
    page.keyboard.press("End")
    assert page.evaluate(focused) == wanted[-1]
    page.keyboard.press("Space")
    assert page.get_by_label(f"Compare {wanted[-1]}").is_checked()
    assert page.locator("#browse-said").inner_text() == "1 of 6 models picked for comparing"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == wanted[1]
    assert page.locator("#browse-view tbody a[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/*/*.html")
    assert names_on(page) == wanted[1]
    page.go_back()
    settled(page, f"{len(wanted)} of {table.num_rows} models")
    assert page.get_by_label(f"Compare {wanted[-1]}").is_checked()


@pytest.fixture(scope="module")
def observed(site):
    """The observations in the order in which their tab opens."""
    return pq.read_table(site / "catalog" / "observations.parquet").sort_by("model_id")


def test_observations_have_filters_of_their_own_and_of_their_models(
    visitor, server, table, observed
):
    page = visitor.browse(server.url + "browse.html?morphology=spherical")
    kinds = dict(zip(table["model_id"].to_pylist(), table["morphology"].to_pylist(), strict=True))
    rows = [r for r in observed.to_pylist() if kinds[r["model_id"]] == "spherical"]
    page.locator("#browse-tables [data-choice=observations]").click()
    settled(page, f"{len(rows)} of {observed.num_rows} observations")
    assert names(page) == [r["model_id"] for r in rows]
    assert cells(page, "Line") == [r["line"] for r in rows]
    assert set(cells(page, "Morphology")) == {"spherical"}
    frequencies = [float(text) for text in cells(page, "Rest frequency")]
    assert frequencies == pytest.approx([r["rest_frequency"] / 1e9 for r in rows], rel=1e-6)
    facet = page.locator(".browse-facet[data-column=rest_frequency]")
    facet.get_by_role("button", name="mm").click()
    page.get_by_label("Minimum Rest frequency (mm)").fill("1.35")
    short = [r for r in rows if 299_792_458 / r["rest_frequency"] >= 1.35e-3]
    assert 0 < len(short) < len(rows)
    settled(page, f"{len(short)} of {observed.num_rows} observations")
    assert page.locator("#browse-chips").get_by_text("GHz").is_visible()
    page.reload()
    settled(page, f"{len(short)} of {observed.num_rows} observations")
    page.locator("#browse-tables [data-choice=models]").click()
    settled(page, f"{list(kinds.values()).count('spherical')} of {table.num_rows} models")
    page.go_back()
    settled(page, f"{len(short)} of {observed.num_rows} observations")


def test_an_expression_filters_and_its_errors_are_marked(visitor, server, table):
    page = visitor.browse(server.url + "browse.html?morphology=spherical")
    field = page.locator("#browse-expression")
    field.fill("terminal_velocty > 7 km/s")
    page.wait_for_selector("#browse-expression[aria-invalid=true]")
    assert page.locator("#browse-where-told mark").inner_text() == "terminal_velocty"
    assert "expected terminal_velocity" in page.locator("#browse-where-told").inner_text()
    field.fill("terminal_velocity > 7000 m/s")
    rows = [
        r["model_id"]
        for r in table.to_pylist()
        if r["morphology"] == "spherical" and (r["terminal_velocity"] or 0) > 7
    ]
    settled(page, f"{len(rows)} of {table.num_rows} models")
    assert not page.locator("#browse-where-told").is_visible()
    page.get_by_text("As expression").click()
    whole = 'morphology == "spherical" and (terminal_velocity > 7000 m/s)'
    assert page.locator("#browse-written-panel pre").inner_text() == whole
    sql = page.get_by_role("link", name="As SQL").get_attribute("href")
    assert "WHERE" in sql
    page.get_by_role("button", name="Use instead of the filters").click()
    page.wait_for_selector("#browse-chips", state="hidden")
    page.keyboard.press("Escape")
    assert field.input_value() == whole
    assert names(page) == rows
    page.reload()
    settled(page, f"{len(rows)} of {table.num_rows} models")
    assert names(page) == rows


def unfold(page, folds):
    page.evaluate("s => document.querySelectorAll(s).forEach(e => { e.open = true })", folds)


@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core in node_modules; run npm ci")
def test_every_panel_of_every_table_is_for_everyone(visitor, server):
    page = visitor.browse(server.url + "browse.html?morphology=spherical&terminal_velocity=..9")
    page.evaluate(AXE.read_text("utf-8"))
    unfold(page, "#content details")
    page.wait_for_selector("#browse-written-panel pre")
    page.fill("#browse-expression", "speed > 1")
    page.wait_for_selector("#browse-where-told mark")
    page.wait_for_selector("#browse-why:not([hidden])")
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    page.locator("#browse-tables [data-choice=observations]").click()
    page.wait_for_selector("#browse-view th button[data-column=line]")
    unfold(page, ".browse-panel")
    assert violations(page, RULES) == []


def test_pasted_names_choose_models_and_others_are_named(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    page.get_by_text("Paste names").click()
    wanted = table["model_id"].to_pylist()[1:4]
    pasted = f"{wanted[0]}, models/{wanted[1]}.h5; https://example.org/x/{wanted[2]}.html\nnobody"
    page.locator("#browse-paste textarea").fill(pasted)
    page.get_by_role("button", name="Show these models").click()
    settled(page, f"3 of {table.num_rows} models")
    told = page.locator("#browse-paste [role=status]").inner_text()
    assert told == "3 of 4 names were found. No model is called nobody."
    assert names(page) == wanted
    page.reload()
    settled(page, f"3 of {table.num_rows} models")
    page.get_by_role("button", name="Remove filter 3 pasted names").click()
    settled(page, f"{table.num_rows} models")


def test_nothing_is_shown_or_downloaded_for_what_is_not_understood(visitor, server, table):
    page = visitor.browse(server.url + "browse.html?terminal_velocity=abc&nosuch=1&sort=none")
    unread = page.locator("#browse-unread")
    for part in ("terminal_velocity=abc", "nosuch=1", "sort=none"):
        assert unread.get_by_text(part, exact=True).is_visible()
    settled(page, "No models: a part of the address is not understood")
    page.get_by_text("Download", exact=True).click()
    page.get_by_text("Nothing can be downloaded: a part of the address").wait_for()
    assert not page.locator("#browse-planner").is_visible()
    assert names(page) == []
    page.get_by_role("button", name="Show models without it").click()
    settled(page, f"{table.num_rows} models")
    assert not unread.is_visible()
    assert page.url.endswith("/browse.html")
    assert not page.locator("#browse-why").is_visible()
    field = page.locator("#browse-expression")
    for wrong in ("sph", "spherical"):
        field.fill(f"morphology == {wrong}")
        page.locator("#browse-where-told").get_by_text(f'the text "{wrong}"').wait_for()
        settled(page, "No models: the expression is not understood")
        assert names(page) == []
    page.reload()
    settled(page, "No models: the expression is not understood")
    page.go_back()
    settled(page, f"{table.num_rows} models")
    assert field.input_value() == ""


def test_filters_on_observations_wait_for_their_tab(visitor, server, table, observed):
    lines = observed["line"].to_pylist()
    found = lines.count(lines[0])
    assert 0 < found < len(lines)
    page = visitor.browse(f"{server.url}browse.html?table=observations&line={lines[0]}")
    status = f"{found} of {len(lines)} observations"
    settled(page, status)
    page.fill("#browse-expression", f"line == '{lines[0]}'")
    page.wait_for_url("**where=*")
    page.locator("#browse-tables [data-choice=models]").click()
    settled(page, "No models: the expression is not understood")
    page.reload()
    told = page.locator("#browse-where-told")
    told.get_by_text("line is a column of observations").wait_for()
    page.get_by_text("1 filter on observations waits for the Observations tab").wait_for()
    told.get_by_role("button", name="Switch to observations").click()
    settled(page, status)
    assert page.get_by_role("button", name=f"Remove filter Line: {lines[0]}").is_visible()
    page.get_by_role("button", name="Models with these").click()
    theirs = {r["model_id"] for r in observed.to_pylist() if r["line"] == lines[0]}
    page.get_by_role("button", name=f"Remove filter {len(theirs)} pasted name").click()
    settled(page, f"{table.num_rows} models")
    assert page.locator("#browse-expression").input_value() == ""
    assert not page.get_by_role("button", name="Models with these").is_visible()
    page.get_by_role("button", name="Drop").click()
    page.wait_for_url("**/browse.html")


FOCUS = "selector => document.activeElement.matches(selector)"


def test_the_focus_stays_where_it_was(visitor, server, table):
    page = visitor.browse(server.url + "browse.html?morphology=spherical&terminal_velocity=..99")
    heading = "th button[data-column=terminal_velocity]"
    page.focus(heading)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"th[aria-sort=ascending] {heading.removeprefix('th ')}")
    assert page.evaluate(FOCUS, heading)
    page.get_by_role("button", name="Remove filter Morphology").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/browse.html?terminal_velocity=..99*")
    assert page.evaluate(FOCUS, "#browse-chips button[aria-label*=Terminal]")
    page.keyboard.press("Enter")
    settled(page, f"{table.num_rows} models")
    assert page.evaluate(FOCUS, STATUS)


@pytest.mark.slow
def test_the_keys_reach_rows_that_are_still_on_their_way(visitor, large_server):
    page = visitor.browse(large_server.url + "browse.html")
    page.locator("#browse-view tbody a").first.focus()
    # A long name is shortened in its middle.
    ends = page.locator("#browse-view tbody .is-name").first.evaluate(
        "cell => [cell.querySelector('.name-tail').getBoundingClientRect().right,"
        " cell.getBoundingClientRect().right]"
    )
    assert ends[0] <= ends[1]
    place = "Number(document.activeElement.closest('tr').getAttribute('aria-rowindex')) - 1"
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(place) == 99_999
    page.wait_for_function("() => document.activeElement.matches('#browse-view tbody a')")
    assert page.evaluate(place) == 99_999
    page.locator("#browse-view").evaluate("view => { view.scrollTop = 0 }")
    page.wait_for_selector("#browse-view tr[aria-rowindex='2']")
    page.keyboard.press("Home")
    assert page.evaluate(place) == 1


def test_a_host_that_fails_is_asked_again_on_a_click(visitor, server, table):
    page = visitor.browse(server.url + "browse.html")
    total = f"{table.num_rows} models"
    settled(page, total)
    usual = server.troubles
    server.troubles = Troubles(Faults(unavailable=1000, only="/observations.parquet"))
    try:
        page.locator("#browse-tables [data-choice=observations]").click()
        settled(page, "Not current: the table could not be read")
        page.get_by_text("Download", exact=True).click()
        page.get_by_text("Nothing can be downloaded: the table could not be read").wait_for()
    finally:
        server.troubles = usual
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector("#browse-view th button[data-column=line]")
    assert not page.locator("#browse-failed").is_visible()
    visitor.complaints.clear()
