"""A copy made by wget is whole, and is read from a disk."""

import shutil
import subprocess

import pytest

from portal.catalog.paths import model_page
from tests.browser.conftest import PREFIX

MODEL = model_page("test-001")


@pytest.fixture(scope="module")
def mirror(server, tmp_path_factory):
    """The site as wget copies it, the store left out."""
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    folder = tmp_path_factory.mktemp("mirror")
    command = ["wget", "--quiet", "--recursive", "--level=inf", "--page-requisites", "--no-parent"]
    command += ["--no-host-directories", f"--cut-dirs={PREFIX.count('/') - 1}"]
    command += ["--execute=robots=off", f"--exclude-directories={PREFIX}data", server.url]
    # 8: some link answered with an error, such as those to the store that is left out.
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    assert done.returncode in (0, 8), done.stderr
    return folder


def test_every_page_and_picture_is_there(mirror, site):
    kinds = (".html", ".png", ".webp", ".svg", ".css", ".js", ".parquet", ".csv")
    there = {p.relative_to(site) for p in site.rglob("*") if p.suffix in kinds}
    assert [p for p in there if p.suffix == ".png"]
    # The theme's script fetches what it searches with; nothing links to an error page or to the
    # icon of the theme.
    optional = {
        p
        for p in there
        if p.name in ("404.html", "favicon.png") or "workers" in p.parts or "lunr" in p.parts
    }
    # The error page finds the root of the site in its own way, with a script of its own.
    others = "".join(p.read_text("utf-8") for p in mirror.rglob("*.html"))
    optional |= {p for p in there if p.parent.name == "javascripts" and p.name not in others}
    # Scripts load these when a reader asks for what they do.
    optional |= {p for p in there if p.parts[0] == "app" and p.name not in others}
    assert sorted(p for p in there - optional if not (mirror / p).is_file()) == []


@pytest.mark.parametrize(
    "name", ["index.html", "models.html", "downloads.html", "cite.html", MODEL]
)
def test_pages_open_from_the_disk(mirror, engine, name):
    page = engine.new_page()
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto((mirror / name).as_uri())
    page.wait_for_timeout(300)
    assert page.locator("h1").first.is_visible()
    # A browser lets no script on a disk read a file: not the index of the search, nor the sitemap,
    # nor the parts of the script that shows observations.
    by_script = ("search", "sitemap.xml", "app/model.js")
    assert [url for url in failed if not any(word in url for word in by_script)] == []
    page.close()


def test_browse_from_the_disk_says_where_the_models_are(mirror, engine):
    page = engine.new_page()
    page.goto((mirror / "browse.html").as_uri())
    note = page.locator("#browse-waiting")
    note.wait_for()
    page.wait_for_timeout(1700)
    assert note.is_visible()
    note.get_by_role("link", name="plain lists").click()
    page.wait_for_url("**/models.html")
    page.get_by_role("link", name="test-001").click()
    page.wait_for_url(f"**/{MODEL}")
    assert page.locator(".portal-map image").count() > 0
    page.close()
