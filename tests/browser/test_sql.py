"""The console of SQL: the real engine in the browser, against DuckDB on the same files."""

import csv
import json
from urllib.parse import parse_qs, urlsplit

import duckdb
import pyarrow.parquet as pq
import pytest

from portal.catalog.paths import absolute_data_url
from portal.catalog.table import Catalog
from tests.browser.conftest import Visitor
from tests.browser.test_access import AXE, COLOURS, RULES, SIZES, violations

pytestmark = pytest.mark.browser

MORE = (
    "FROM models SELECT * EXCLUDE (title, bytes) ORDER BY model_id",
    "SELECT count(*) AS n FROM files",
    "SELECT spectrum_shape, species FROM observations ORDER BY obs_id",
    "SELECT model_id FROM models WHERE list_contains(species, 'CO') AND bytes > 0 ORDER BY 1",
    "SUMMARIZE SELECT n_channels, line FROM observations",
    "CREATE VIEW mine AS SELECT * FROM models; SELECT max(bytes) AS most FROM mine",
)
FINISHED = """() => document.querySelector('#sql-stop').hidden
    && /row|result/.test(document.querySelector('#sql-status').textContent)"""


class Console:
    """The page with the engine running."""

    def __init__(self, page, url):
        self.page, self.requests = page, []
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(url + "sql.html")
        page.locator("#sql-body").wait_for()
        self.before = list(self.requests)
        page.wait_for_load_state("load")
        page.click("#sql-run")
        self.finish()

    def finish(self):
        self.page.wait_for_function(FINISHED, timeout=120_000)

    def run(self, statement):
        self.page.fill("#sql-text", statement)
        self.page.keyboard.press("Control+Enter")
        self.finish()

    def saved(self, label):
        with self.page.expect_download() as caught:
            self.page.get_by_role("button", name=label).click()
        return caught.value.path()

    @property
    def status(self):
        return self.page.locator("#sql-status").inner_text()


@pytest.fixture(scope="module")
def console(engine, server):
    context = engine.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    context.set_default_timeout(30_000)
    visitor = Visitor(context.new_page())
    yield Console(visitor.page, server.url)
    context.close()
    assert visitor.complaints == []


@pytest.fixture(scope="module")
def truth(site):
    """DuckDB on the Parquet files of the site."""
    made = duckdb.connect()
    for path in (site / "catalog").glob("*.parquet"):
        made.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
    return made


def agree(console, truth, statement):
    answer = truth.execute(statement)
    names = [column[0] for column in answer.description]
    rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    said = json.loads(console.saved("JSON").read_text("utf-8"))
    assert len(said) == len(rows), statement
    for ours, theirs in zip(said, rows, strict=True):
        assert ours == {
            name: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
            for name, value in theirs.items()
        }, statement


def test_nothing_large_is_fetched_before_the_click_and_nothing_from_elsewhere(console, server):
    heavy = ("duckdb", "sql-engine", ".parquet")
    assert [url for url in console.before if any(word in url for word in heavy)] == []
    assert any("duckdb-eh.wasm.gz" in url for url in console.requests)
    own = (server.url, f"blob:{server.url[:20]}")
    assert [url for url in console.requests if not url.startswith(own)] == []


def test_every_example_gives_what_duckdb_gives(console, truth):
    buttons = console.page.locator("#sql-examples button")
    assert buttons.count() >= 6
    for button in buttons.all():
        button.click()
        console.finish()
        agree(console, truth, console.page.input_value("#sql-text"))


@pytest.mark.parametrize("statement", MORE)
def test_columns_that_a_statement_uses_are_there(console, truth, statement):
    console.run(statement)
    if statement.startswith("SUMMARIZE"):
        names = [row["column_name"] for row in json.loads(console.saved("JSON").read_text())]
        assert names == ["n_channels", "line"]
    else:
        agree(console, truth, statement)


def test_a_wrong_statement_is_shown_with_its_place(console):
    console.run("SELECT 1;\nSELECT model_id,\n  nonsense FROM models")
    failed = console.page.get_by_role("alert").filter(has_text="nonsense")
    assert failed.inner_text().startswith("Line 3, column 3. Binder Error")
    chosen = "[...'Start End'.split(' ')].map(e => document.activeElement['selection' + e])"
    start, end = console.page.evaluate(chosen)
    assert console.page.input_value("#sql-text")[start:end] == "nonsense"
    for statement in ("INSTALL parquet; LOAD parquet", "SELECT * FROM read_csv('https://e.org/x')"):
        console.run(statement)
        assert "Permission Error" in console.page.get_by_role("alert").inner_text()


def test_statements_stand_in_the_address_and_in_the_history(console):
    page = console.page
    for statement in ("SELECT 1 AS first", "SELECT 2 AS second"):
        console.run(statement)
        assert parse_qs(urlsplit(page.url).query) == {"sql": [statement]}
    page.go_back()
    page.locator(".sql-table th", has_text="first").wait_for()
    assert page.input_value("#sql-text") == "SELECT 1 AS first"


def test_results_are_read_page_by_page(console):
    console.run("SELECT range AS number FROM range(250)")
    page = console.page
    assert console.status.startswith("250 rows, ")
    assert page.locator(".sql-table tbody tr").count() == 100
    page.get_by_role("button", name="Last page").press("Enter")
    assert page.locator(".sql-table tbody td").all_inner_texts() == [
        str(n) for n in range(200, 250)
    ]
    assert page.locator(".sql-place").inner_text() == "Rows 201 to 250 of 250"


def test_results_are_saved_with_their_types_and_addresses(console, site):
    console.run(
        "SELECT model_id, bytes, mass_loss_rate, species FROM models ORDER BY model_id LIMIT 3"
    )
    table = pq.read_table(site / "catalog" / "models.parquet").sort_by("model_id").slice(0, 3)
    names = ["model_id", "bytes", "mass_loss_rate", "species"]
    saved = pq.read_table(console.saved("Parquet"))
    assert saved.select(names).to_pylist() == table.select(names).to_pylist()
    assert [str(saved.schema.field(n).type) for n in names[:3]] == ["string", "int64", "double"]
    with console.saved("CSV").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == names
    assert [row[0] for row in rows[1:]] == table["model_id"].to_pylist()
    catalog = Catalog.open(site / "catalog")
    collection = catalog.collections[0]
    urls = console.saved("Addresses for wget").read_text("utf-8").split()
    files = pq.read_table(site / "catalog" / "files.parquet").to_pylist()
    chosen = set(table["model_id"].to_pylist())
    expected = [
        urlsplit(absolute_data_url(collection, file["path"])).path
        for file in sorted(files, key=lambda file: file["path"])
        if file["model_id"] in chosen
    ]
    assert [urlsplit(url).path for url in urls] == expected


@pytest.mark.parametrize("size", SIZES)
def test_results_are_for_everyone(console, size):
    if not AXE.is_file():
        pytest.skip("no axe-core in node_modules; run npm ci --ignore-scripts")
    page = console.page
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    console.run("SELECT model_id, * FROM models")
    page.evaluate(AXE.read_text("utf-8"))
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.body.dataset.mdColorScheme === 'slate'")
    assert violations(page, COLOURS) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1400, "height": 900})


def test_a_click_inserts_a_name(console):
    page = console.page
    page.fill("#sql-text", "SELECT ")
    page.locator(".sql-tables summary", has_text="models").click()
    page.get_by_role("button", name="Insert mass_loss_rate", exact=True).click()
    assert page.input_value("#sql-text") == "SELECT mass_loss_rate"
    listed = page.locator(".sql-tables[open] li", has_text="mass_loss_rate").inner_text()
    assert "DOUBLE, solMass/yr" in listed


def test_a_shared_statement_waits_for_the_reader_and_a_browser_without_engine_says_so(
    visitor, server
):
    page = visitor.page
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(server.url + "sql.html?sql=SELECT+42+AS+answer")
    page.locator("#sql-body").wait_for()
    assert page.input_value("#sql-text") == "SELECT 42 AS answer"
    assert page.locator("#sql-status").inner_text() == ""
    page.click("#sql-run")
    failed = page.get_by_role("alert")
    failed.wait_for()
    assert "WebAssembly" in failed.inner_text()
    failed.get_by_role("link", name="Downloads").click()
    page.wait_for_url("**/downloads.html")
