"""The report of a posterior, opened from a disk: it works, and it is for everyone."""

import re

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from lineform.commands.report import COMMAND
from lineform.posterior import write_posterior
from tests.browser.conftest import PATIENCE, Visitor
from tests.browser.test_access import AXE, COLOURS, REPORT, RULES, violations
from tests.lineform.posteriors import made_posterior

pytestmark = pytest.mark.browser

DRAWN = """canvas => {
    const pen = canvas.getContext('2d')
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data
    return new Set(new Uint32Array(pixels.buffer)).size
}"""
"""How many colours there are on a canvas."""

TEXT = "canvas => canvas.toDataURL()"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report that the command made."""
    path = tmp_path_factory.mktemp("report") / "spiral.h5"
    write_posterior(path, made_posterior(8, 12, 5, 10))
    done = CliRunner().invoke(COMMAND, [str(path)])
    assert done.exit_code == 0, done.output
    return path.with_suffix(".html")


@pytest.fixture
def visitor(engine):
    """A visitor without a network."""
    context = engine.new_context(viewport={"width": 390, "height": 844}, offline=True)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(REPORT)
    made = Visitor(context.new_page())
    yield made
    assert made.complaints == []
    context.close()


def changes(page, canvas, act):
    """Whether a picture becomes another one by an act."""
    before = canvas.evaluate(TEXT)
    act()
    page.wait_for_function(
        "([id, before]) => document.querySelector(`${id} canvas`).toDataURL() !== before",
        arg=[canvas.evaluate("canvas => `#${canvas.closest('[id]').id}`"), before],
    )


def test_a_visit(visitor, report):
    page = visitor.page
    page.goto(report.as_uri())
    volume, slices, channels = (
        page.locator(f"#{name} canvas").last for name in ("volume", "slices", "channels-0")
    )
    for canvas in (volume, slices, channels):
        expect(canvas).to_have_attribute("aria-label", re.compile("."))
        assert canvas.evaluate(DRAWN) > 50
    changes(page, volume, lambda: volume.press("ArrowLeft"))
    changes(page, volume, lambda: page.get_by_label("Fade what is only the prior").check())
    changes(page, volume, lambda: page.get_by_role("button", name="Play the samples").click())
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#volume output").nth(1)).to_contain_text("of 8, mode")
    changes(page, slices, lambda: page.locator("#slices select").nth(1).select_option("ratio"))
    changes(page, slices, lambda: page.locator("#slices select").nth(1).select_option("samples"))
    changes(page, slices, lambda: slices.press("ArrowRight"))
    expect(page.locator("#slices .reading")).to_contain_text(re.compile(r"x .* au, y .* au: .*\d"))
    changes(page, channels, lambda: page.locator("#channels-0 input").press("ArrowRight"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.evaluate(AXE.read_text("utf-8"))
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    assert page.evaluate("forbidden") == []
