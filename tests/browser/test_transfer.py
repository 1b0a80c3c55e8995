"""What the browse page moves over the network, and what it says where the host is poor."""

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from portal.server import Faults, serving
from tests.browser.conftest import PREFIX, Visitor

pytestmark = pytest.mark.browser

MOST_BYTES = 3_000_000
TABLE = "models.parquet"
LINE = 10e6 / 8  # byte/s


def moved(server):
    return [served for served in server.requests if served.method == "GET"]


def status(page, words):
    page.wait_for_function(
        "words => document.querySelector('#browse-status').textContent === words", arg=words
    )


@pytest.fixture(scope="module")
def tables(large_site):
    """What the browser has to find, found in another way."""
    columns = ["model_id", "morphology", "mass_loss_rate", "n_observations"]
    models = pq.read_table(large_site / "catalog" / "models.parquet", columns=columns)
    observations = pq.read_table(
        large_site / "catalog" / "observations.parquet", columns=["model_id", "line"]
    )
    return models.to_pandas(), observations.to_pandas()


@pytest.mark.slow
def test_a_slow_line_brings_models_observations_and_back(visitor, large_server, tables):
    """100,000 models and 450,000 observations at 10 Mbit/s; the first result is small."""
    models, observations = tables
    page = visitor.page
    session = page.context.new_cdp_session(page)
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    line = {"offline": False, "latency": 40, "downloadThroughput": LINE, "uploadThroughput": LINE}
    session.send("Network.emulateNetworkConditions", line)
    large_server.requests.clear()
    page.goto(large_server.url + "browse.html?morphology=spiral&mass_loss_rate=1e-6..1e-5")
    kept = models[(models.morphology == "spiral") & models.mass_loss_rate.between(1e-6, 1e-5)]
    first = f"{len(kept):,} of 100,000 models"
    status(page, first)
    assert sum(received) <= MOST_BYTES
    table = [served for served in moved(large_server) if TABLE in served.path]
    assert all(served.status == 206 for served in table)
    page.wait_for_load_state("networkidle")
    table = [served for served in moved(large_server) if TABLE in served.path]
    assert len({served.range for served in table}) == len(table) <= 60

    page.locator("#browse-tables [data-choice=observations]").click()
    of_kept = observations[observations.model_id.isin(kept.model_id)]
    status(page, f"{len(of_kept):,} of {len(observations):,} observations")
    page.locator(".browse-facet[data-column=line] label", has_text="CO 2-1").click()
    found = of_kept[of_kept.line == "CO 2-1"]
    status(page, f"{len(found):,} of {len(observations):,} observations")
    page.wait_for_selector("#browse-view tbody a")
    shown = page.locator("#browse-view tbody .is-name a").first.inner_text()
    assert shown == found.model_id.iloc[0]
    page.fill("#browse-expression", "mass_loss_rate > 5e-6")
    fast = found[found.model_id.isin(kept[kept.mass_loss_rate > 5e-6].model_id)]
    status(page, f"{len(fast):,} of {len(observations):,} observations")
    for _ in range(3):
        page.go_back()
    status(page, first)


@pytest.mark.slow
def test_opening_the_page_reads_one_part_of_the_table(visitor, large_server):
    large_server.requests.clear()
    page = visitor.browse(large_server.url + "browse.html")
    page.wait_for_load_state("networkidle")
    table = [served for served in moved(large_server) if TABLE in served.path]
    assert len(table) <= 4
    assert sum(served.bytes for served in table) <= 600_000


@pytest.mark.slow
def test_100000_rows_scroll_with_few_elements(visitor, large_server):
    page = visitor.browse(large_server.url + "browse.html")
    view = page.locator("#browse-view")
    assert page.locator("#browse-view table").get_attribute("aria-rowcount") == "100001"
    for part in (25_000, 50_000, 100_000):
        view.evaluate("(e, row) => { e.scrollTop = e.scrollHeight * row / 100000 }", part)
        page.wait_for_function(
            """row => {
                const rows = [...document.querySelectorAll('#browse-view tr[aria-rowindex]')]
                return rows.some(tr => Number(tr.getAttribute('aria-rowindex')) === row)
                    && !rows.some(tr => tr.querySelector('.is-waiting'))
            }""",
            arg=part + 1,
        )
        assert page.locator("#browse-view tbody tr").count() < 100
    last = page.locator("#browse-view tbody tr[aria-rowindex]").last
    assert last.bounding_box()["y"] < 900


@pytest.mark.slow
def test_one_of_many_values_is_found_and_chosen(visitor, large_server, large_site):
    code = pq.read_table(large_site / "catalog" / "models.parquet", columns=["code"])["code"]
    page = visitor.browse(large_server.url + "browse.html")
    page.get_by_label("Find a filter").fill("code")
    facet = page.locator(".browse-facet[data-column=code]")
    facet.locator("summary").click()
    page.wait_for_selector(".browse-facet[data-column=code] label")
    expect(facet.locator("label")).to_have_count(40)
    expect(facet.get_by_text("and 20 more")).to_be_visible()
    page.get_by_label("Search among the values of Code").fill("1.59")
    count = code.to_pylist().count("generated 1.59")
    expect(facet.locator("label")).to_have_count(1)
    assert facet.locator("label").inner_text().split() == ["generated", "1.59", f"{count:,}"]
    facet.locator("label").click()
    status(page, f"{count:,} of 100,000 models")


@pytest.mark.slow
def test_sorting_100000_rows_shows_the_extremes_first(visitor, large_server, large_site):
    page = visitor.browse(large_server.url + "browse.html?sort=-mass_loss_rate")
    page.wait_for_function(
        """() => document.querySelector('#browse-view tbody td.is-number')
            ?.textContent.startsWith('9.99')"""
    )


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["no ranges", "404", "html", "cut", "dead"])
def test_a_poor_host_is_explained(context, large_site, fault):
    faults = {
        "no ranges": Faults(ranges=False, only=TABLE),
        "404": Faults(),
        "html": Faults(html=99, only=TABLE),
        "cut": Faults(cut_after=1000, only=TABLE),
        "dead": Faults(),
    }[fault]
    visitor = Visitor(context.new_page())
    page = visitor.page
    if fault == "404":
        page.route(f"**/{TABLE}*", lambda route: route.fulfill(status=404, body="nothing"))
    if fault == "dead":
        page.route(f"**/{TABLE}*", lambda route: route.abort())
    with serving(large_site, prefix=PREFIX, faults=faults) as server:
        page.goto(server.url + "browse.html")
        if fault == "no ranges":
            page.wait_for_selector("#browse-view tbody a")
            expect(page.get_by_text("This server sends whole files only")).to_be_visible()
            expect(page.locator("#browse-failed")).to_be_hidden()
            return
        page.wait_for_selector("#browse-failed:not([hidden])")
    words = {
        "404": "answered 404",
        "html": "not a Parquet file",
        "cut": TABLE,
        "dead": "cannot be reached",
    }
    failed = page.locator("#browse-failed")
    expect(failed).to_contain_text(words[fault])
    expect(failed.get_by_role("link", name="models.csv")).to_be_visible()
    assert not [said for said in visitor.complaints if said.startswith("uncaught")]
