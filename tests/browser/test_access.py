"""Whole pages of every kind, the theme's frame included: accessible, and true to their policy."""

import pytest

from portal.catalog.paths import model_page
from tests.browser.conftest import Visitor
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What else there is to see does not depend on the colours.
COLOURS = ["color-contrast", "link-in-text-block"]
REPORT = """
globalThis.forbidden = []
addEventListener('securitypolicyviolation', (event) =>
  forbidden.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ''}`))
"""
SIZES = {"wide": (1400, 900), "phone": (390, 844)}
PAGES = {
    "home": "index.html",
    "tutorial": "tutorial-magritte.html",
    "model": model_page("test-000"),
    "browse": "browse.html",
    "sql": "sql.html",
    "downloads": "downloads.html",
    "problems": "problems.html",
    "list": "models.html",
    "missing": "404.html",
    "releases": "releases.html",
}


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("no axe-core in node_modules; run npm ci --ignore-scripts")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module", params=SIZES)
def screen(request, engine):
    """A visitor with a wide screen or a phone, who prefers the light scheme."""
    width, height = SIZES[request.param]
    context = engine.new_context(viewport={"width": width, "height": height})
    context.add_init_script(REPORT)
    yield Visitor(context.new_page())
    context.close()


def violations(page, rules):
    # Colours are those of the end of a transition, not of its middle.
    page.evaluate("() => Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [f"{v['id']}: {n['html'][:150]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_everyone_and_obey_their_policy(screen, server, axe, name):
    page = screen.page
    page.emulate_media(color_scheme="light")
    page.goto(server.url + PAGES[name])
    if name == "browse":
        page.wait_for_selector("#browse-view tbody a")
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
    assert "script-src 'self';" in policy
    page.evaluate(axe)
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.body.dataset.mdColorScheme === 'slate'")
    assert violations(page, COLOURS) == []
    assert page.evaluate("forbidden") == []
    assert screen.complaints == []


def test_scripts_that_others_add_do_not_run(screen, server, site):
    page = screen.page
    scripts = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    html = (site / "index.html").read_text("utf-8").replace("</h1>", f"</h1>{scripts}", 1)
    page.route("**/index.html", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(server.url + "index.html")
    page.evaluate(
        """() => {
            const script = document.createElement('script')
            script.src = 'https://elsewhere.example.org/x.js'
            document.body.append(script)
        }"""
    )
    page.wait_for_function("() => forbidden.length >= 3")
    assert page.evaluate("window.ran") is None
    assert all(text.startswith("script-src") for text in page.evaluate("forbidden"))
    page.unroute("**/index.html")
    screen.complaints.clear()
