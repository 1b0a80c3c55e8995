"""A site made by the real commands from a small store, served under a sub-path, in Chromium."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.prose import prose
from portal.server import SiteServer, serving
from tests.browser.generated import browse_site, write_catalog
from tests.conftest import ROOT
from tests.layout import write_model, write_observation, write_store

PATIENCE = 30_000
"""How long a slow machine may take for what the browser is waited for [ms]."""

expect.set_options(timeout=PATIENCE)

PREFIX = "/some/where/"
WRITTEN = {"Home": "index.md", "Browse": "browse.md"}
"""Pages that every site of the tests has."""
HOSTILE = "hostile-000"
TRAPS = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(2)>',
    "quotes": "' onmouseover='alert(3)' \" autofocus onfocus=\"alert(4)",
    "template": "{{ 7*7 }}${alert(5)}</script><script>alert(6)</script>",
    "address": "javascript:alert(7)",
    "closing": "</title></textarea></style></noscript><svg onload=alert(8)>",
}

COLLECTION = """
id = "tests"
title = "Test winds"
stores = ["../../store"]
site_url = "https://example.org/some/where/"
data_url = "data/"
mirrors = ["http://127.0.0.1:9/data/"]
publisher = "Example Institute"
creators = [{ name = "Example Institute" }]
"""


class Visitor:
    """A page in the browser that notes what must not happen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("dialog", self._dialog)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def browse(self, address: str) -> Page:
        """Open the browse page and wait for its table."""
        self.page.goto(address)
        self.page.wait_for_selector("#browse-view tbody a, #browse-none:not([hidden])")
        return self.page


def portal(*arguments: object) -> None:
    """Run a command of the portal as a user does."""
    command = [sys.executable, "-c", "from portal.cli import main; main()", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"portal {arguments}: {done.stdout}{done.stderr}"


@pytest.fixture(scope="session")
def app() -> Path:
    """The bundled browser code."""
    folder = ROOT / "build" / "app"
    if not (folder / "browse.js").is_file():
        pytest.skip("no browser code in build/app; run npm ci --ignore-scripts && npm run build")
    return folder


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> Path:
    """Six models, one of them with attributes that attack the page, and one broken file."""
    root = write_store(tmp_path_factory.mktemp("browser") / "store", models=5)
    for kind, write in (("models", write_model), ("observations", write_observation)):
        path = write(root / kind / f"{HOSTILE}.h5", HOSTILE, 5)
        with h5py.File(path, "r+") as file:
            file.attrs["title"] = TRAPS["script"]
            file.attrs["code"] = TRAPS["image"]
            group = file["parameters"]
            group.attrs["morphology"] = TRAPS["closing"]
            for name, trap in TRAPS.items():
                group.attrs[f"trap_{name}"] = trap
            group.attrs["trap_number"] = 1.5
            group.attrs["trap_number_unit"] = "km/s"
            group.attrs["trap_number_description"] = TRAPS["script"]
            group.attrs[TRAPS["image"]] = TRAPS["quotes"]
            if kind == "observations":
                file.attrs["engine"] = TRAPS["quotes"]
    for number, trap in enumerate(TRAPS.values()):
        broken = root / "observations" / (trap.replace("/", "_") + f"{number}.h5")
        broken.write_bytes(b"<script>alert(9)</script>")
    return root


@pytest.fixture(scope="session")
def site(store: Path, app: Path) -> Path:
    """The site, made by ``portal scan`` and ``portal build``."""
    work = store.parent
    config = work / "catalog" / "collections" / "tests.toml"
    config.parent.mkdir(parents=True)
    config.write_text(COLLECTION)
    portal("scan", "--catalog", work / "catalog", "--workers", 0)
    made = work / "out" / "site"
    portal("build", "--catalog", work / "catalog", "--site", made, "--app", app, "--store", store)
    return made


@pytest.fixture(scope="session")
def server(site: Path, store: Path) -> Iterator[SiteServer]:
    """The site, served under a sub-path."""
    with serving(site, store, prefix=PREFIX) as running:
        yield running


@pytest.fixture(scope="session")
def prose_pages(tmp_path_factory) -> Path:
    """The shells and a home page as mkdocs makes them; all other written pages take it seconds."""
    work = tmp_path_factory.mktemp("prose")
    settings, _, _ = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")
    nav = "\n".join(["nav:", *(f"  - {name}: {file}" for name, file in WRITTEN.items())])
    (work / "mkdocs.yml").write_text(f"{settings}\n{nav}\n", "utf-8")
    for folder in ("assets", "shell"):
        shutil.copytree(ROOT / "site_src" / folder, work / "site_src" / folder)
    shutil.copy(ROOT / "site_src" / "browse.md", work / "site_src")
    (work / "site_src" / "index.md").write_text("# Home\n", "utf-8")
    return prose(work / "mkdocs.yml", "https://example.org/", work / "made")


@pytest.fixture(scope="session")
def large_site(tmp_path_factory, prose_pages: Path, app: Path) -> Path:
    """The browse page of 100,000 generated models."""
    root = tmp_path_factory.mktemp("large")
    catalog = write_catalog(root / "made" / "catalog", 100_000)
    return browse_site(root / "site", catalog, prose_pages, app)


@pytest.fixture(scope="session")
def large_server(large_site: Path) -> Iterator[SiteServer]:
    """The large site, served under a sub-path."""
    with serving(large_site, prefix=PREFIX) as running:
        yield running


@pytest.fixture
def context(engine: Browser) -> Iterator[BrowserContext]:
    """A fresh profile with a wide screen."""
    made = engine.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def visitor(context: BrowserContext) -> Iterator[Visitor]:
    """A page that fails the test if anything complains on it."""
    made = Visitor(context.new_page())
    yield made
    assert made.complaints == []
