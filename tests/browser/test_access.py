"""Every kind of page against the rules of WCAG that axe-core can check, light and dark.

Checked is what the project writes; header, search and footer are the theme's.
"""

import pytest

from tests.browser.test_site import PAGES
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # The theme gives all copy buttons of a page landmarks of one name.
    "rules": {"landmark-unique": {"enabled": False}},
}


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("no axe-core in node_modules; run npm ci --ignore-scripts")
    return AXE.read_text("utf-8")


def violations(page, axe):
    page.evaluate(axe)
    found = page.evaluate("options => axe.run('.md-content', options)", OPTIONS)["violations"]
    return [f"{v['id']}: {n['html'][:150]} {n['target']}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violations(engine, server, axe, name, scheme):
    context = engine.new_context(viewport={"width": 1400, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url + PAGES[name])
    if name == "browse":
        page.wait_for_selector("#browse-view tbody a")
        page.get_by_text("Columns", exact=True).click()
        page.locator(".browse-facet[data-column=morphology] label").first.click()
        page.wait_for_selector("#browse-chips button")
    assert violations(page, axe) == []
    context.close()
