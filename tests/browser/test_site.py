"""The whole site in a browser: every kind of page, light and dark, wide and narrow, attacked."""

import pytest
from playwright.sync_api import expect

from portal.catalog.paths import model_page
from tests.browser.conftest import HOSTILE, PATIENCE, TRAPS, Visitor

pytestmark = pytest.mark.browser

PAGES = {
    "home": "index.html",
    "browse": "browse.html",
    "downloads": "downloads.html",
    "problems": "problems.html",
    "format": "data-format.html",
    "physics": "physics.html",
    "tutorial": "tutorial-co-cube.html",
    "model": model_page("test-000"),
    "hostile": model_page(HOSTILE),
}
SCHEMES = ("light", "dark")
SIZES = {"wide": (1400, 900), "phone": (390, 844)}


@pytest.fixture(params=[(scheme, size) for scheme in SCHEMES for size in SIZES], ids="-".join)
def look(request, engine):
    """A visitor with a colour scheme and a size of screen."""
    scheme, size = request.param
    width, height = SIZES[size]
    context = engine.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=size == "phone"
    )
    context.set_default_timeout(PATIENCE)
    made = Visitor(context.new_page())
    yield scheme, made
    context.close()
    assert made.complaints == []


def luminance(page, selector):
    """Relative luminance of the background of an element, 0 to 1."""
    return page.evaluate(
        """selector => {
            const [r, g, b] = getComputedStyle(document.querySelector(selector))
                .backgroundColor.match(/[\\d.]+/g).map(Number)
            return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255
        }""",
        selector,
    )


def test_pages_fit_the_screen_in_the_scheme_of_the_reader(look, server):
    scheme, visitor = look
    page = visitor.page
    for name, path in PAGES.items():
        page.goto(server.url + path)
        if name == "browse":
            page.wait_for_selector("#browse-view tbody a")
        wide, screen = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= screen, name
        assert (luminance(page, "body") > 0.5) == (scheme == "light"), name
        assert page.locator("h1").count() == 1, name


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_for_nothing_that_is_not_there_or_elsewhere(visitor, server, name):
    page = visitor.page
    answers = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    page.goto(server.url + PAGES[name])
    page.wait_for_load_state("networkidle")
    wrong = [
        a for a in answers if a[1] >= 400 or not a[0].startswith((server.url, "data:", "blob:"))
    ]
    assert wrong == []
    assert len(answers) > 1


def test_home_leads_to_a_model_by_clicks_alone(visitor, server):
    page = visitor.page
    page.goto(server.url)
    page.locator(".md-tabs").get_by_role("link", name="Browse").click()
    page.locator("#browse-view tbody a").first.click()
    page.wait_for_url("**/m/*/*.html")
    assert page.locator("h1").inner_text().strip() in page.url


@pytest.mark.parametrize("name", [HOSTILE, "test-001"])
def test_model_pages_read_without_javascript(engine, server, name):
    context = engine.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + model_page(name))
    expect(page.locator("h1")).to_have_text(name)
    text = page.locator("article").inner_text()
    for word in ("mass_loss_rate", "SHA-256", "CO 2-1", "Cite", "wget"):
        assert word in text
    assert page.locator("article svg").count() > 0
    context.close()


def test_browse_page_without_javascript_names_the_files(engine, server):
    context = engine.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url + "browse.html")
    note = page.locator("#browse-waiting")
    expect(note).to_be_visible()
    expect(note).to_contain_text("A script draws the table here")
    for file in ("models.csv", "models.parquet", "plain lists"):
        href = page.get_by_role("link", name=file).first.get_attribute("href")
        assert page.request.get(server.url + href).ok
    context.close()


@pytest.mark.parametrize("name", ["hostile", "browse", "problems", "home", "downloads"])
def test_text_from_files_is_shown_and_never_run(visitor, server, name):
    page = visitor.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url + PAGES[name])
    if name == "browse":
        choose_every_column(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    found = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(element => [
            ...[...element.attributes].filter(a => /^on/i.test(a.name)).map(a => a.name),
            ...['href', 'src', 'xlink:href', 'action', 'formaction'].filter(
                a => /^\\s*javascript:/i.test(element.getAttribute(a) ?? '')),
            ...(element.matches('script:not([src])') && /alert/.test(element.textContent)
                && !/json/.test(element.type) ? ['script'] : []),
            ...(element.matches('[autofocus], img[src=x]') ? [element.outerHTML] : []),
        ])"""
    )
    assert found == []
    assert not [url for url in asked if url.endswith("/x")]
    if name in ("hostile", "browse"):
        for trap in ("closing", "address"):
            expect(page.locator("body")).to_contain_text(TRAPS[trap], use_inner_text=True)


def choose_every_column(page):
    page.wait_for_selector("#browse-view tbody a")
    page.get_by_text("Columns", exact=True).click()
    for box in page.locator("#browse-columns input[type=checkbox]").all():
        box.check()
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('.browse-facet').forEach(e => { e.open = true })")


def test_the_hostile_address_filters_and_is_shown_as_text(visitor, server):
    trap = TRAPS["closing"].replace("/", "%2F").replace("<", "%3C").replace("=", "%3D")
    page = visitor.browse(server.url + "browse.html?morphology=" + trap)
    expect(page.locator("#browse-view tbody a")).to_have_text([HOSTILE])
    expect(page.locator("#browse-chips")).to_contain_text(TRAPS["closing"])


def test_the_search_reads_its_index_once_somebody_turns_to_it(visitor: Visitor, server):
    page, asked = visitor.page, []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url + "index.html", wait_until="networkidle")
    assert not any("search_index" in url for url in asked)
    page.keyboard.press("/")
    page.keyboard.type("chunked intensity")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    assert sum("search_index" in url for url in asked) == 1
    page.goto(server.url + "index.html?q=inclination")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
