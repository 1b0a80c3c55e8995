"""Pages of releases, advisories and withdrawn models: for everyone, and unmoved by hostile text."""

import shutil

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from portal.catalog.paths import model_page
from portal.commands import build, release, scan
from portal.server import serving
from tests.browser.conftest import HOSTILE, TRAPS, Visitor
from tests.browser.test_access import COLOURS, REPORT, RULES, axe, violations
from tests.conftest import ROOT

__all__ = ["axe"]

pytestmark = pytest.mark.browser

RULE = """[[advisory]]
id = "hostile"
title = '<img src=x onerror="alert(1)">'
text = '</p><script>alert(2)</script>'
severity = "error"
table = "models"
where = 'morphology == "spiral"'
"""


def call(command, *words):
    done = CliRunner().invoke(command.COMMAND, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def released(site, store, app, tmp_path_factory):
    """Two releases of the site's catalogue, the second without its hostile model."""
    work = tmp_path_factory.mktemp("released")
    config = site.parent.parent / "catalog" / "collections" / "tests.toml"
    files = shutil.copytree(store, work / "store", copy_function=shutil.copy)
    catalog = work / "catalog"
    (catalog / "advisories").mkdir(parents=True)
    (catalog / "advisories" / "hostile.toml").write_text(RULE)
    scanning = ("--catalog", catalog, "--config", config, "--workers", 0, files)
    call(scan, *scanning)
    call(release, "1.0", "--catalog", catalog, "--date", "2026-01-10")
    for kind in ("models", "observations"):
        (files / kind / f"{HOSTILE}.h5").unlink()
    trap = TRAPS["script"].replace('"', '""')
    (catalog / "withdrawn.csv").write_text(f'id,reason,replaced_by\n{HOSTILE},"{trap}",test-001\n')
    (work / "notes.txt").write_text(TRAPS["image"])
    call(scan, *scanning)
    notes = ("--notes", work / "notes.txt")
    call(release, "1.1", "--catalog", catalog, "--date", "2026-02-03", *notes)
    # The written pages are those of the other site.
    shutil.copytree(site.with_name(".site.cache"), work / "out" / ".site.cache")
    made = work / "out" / "site"
    mkdocs = ("--mkdocs", ROOT / "mkdocs.yml", "--app", app, "--store", files)
    call(build, "--catalog", catalog, "--site", made, *mkdocs)
    with serving(made, files) as server:
        yield server


def test_pages_are_for_everyone_and_show_text_as_text(released, engine, axe):
    context = engine.new_context(viewport={"width": 1400, "height": 900})
    context.add_init_script(REPORT)
    visitor = Visitor(context.new_page())
    page = visitor.page
    shown = {
        "releases.html": "1 withdrawn",
        "releases/1.1.html": TRAPS["image"],
        "advisories.html": "</p><script>alert(2)</script>",
        model_page(HOSTILE): TRAPS["script"],
        model_page("test-001"): "</p><script>alert(2)</script>",
    }
    for path, text in shown.items():
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="light")
        page.goto(released.url + path)
        assert text in page.locator("main").inner_text(), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.set_viewport_size({"width": 1400, "height": 900})
        page.evaluate(axe)
        assert violations(page, RULES) == [], path
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("() => document.body.dataset.mdColorScheme === 'slate'")
        assert violations(page, COLOURS) == [], path
        assert page.evaluate("forbidden") == []
    assert visitor.complaints == []
    context.close()


def test_a_withdrawn_model_leads_to_its_substitute_and_an_advisory_to_models(released, engine):
    page = engine.new_page()
    page.goto(released.url + model_page(HOSTILE))
    page.get_by_role("link", name="test-001").click()
    expect(page.locator("h1")).to_have_text("test-001")
    page.get_by_role("link", name="Advisory hostile").click()
    page.get_by_role("link", name='"hostile" in advisories', exact=True).click()
    page.wait_for_function(
        "() => /^1 of /.test(document.querySelector('#browse-status')?.textContent)"
    )
    assert page.locator("#browse-view tbody th a").first.inner_text() == "test-001"
    page.close()
