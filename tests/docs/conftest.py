"""A published demo that the examples of the docs run against."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.server import serving
from tests.layout import write_store

ROOT = Path(__file__).parents[2]
CONFIG = """
id = "example"
title = "Example winds"
site_url = "{url}"
data_url = "data/"
publisher = "Example"
"""


@dataclass(frozen=True)
class Published:
    """A site that is served, and the folders that it came from."""

    url: str
    store: Path
    catalog: Path
    site: Path


def portal(*words: object, cwd: Path = ROOT, **env: str) -> str:
    """Run a command of the portal; its output."""
    done = subprocess.run(
        [sys.executable, "-c", "from portal.cli import main; main()", *map(str, words)],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Four models, scanned, built and served."""
    root = tmp_path_factory.mktemp("published")
    store, catalog, site = write_store(root / "store"), root / "catalog", root / "site"
    site.mkdir()
    # The server comes first: the tables hold its address.
    with serving(site, store) as server:
        config = root / "collection.toml"
        config.write_text(CONFIG.format(url=server.url))
        portal("scan", store, "--catalog", catalog, "--config", config, "--workers", 0)
        portal("build", "--catalog", catalog, "--site", site, "--store", store)
        yield Published(server.url, store, catalog, site)


@pytest.fixture
def workplace(published: Published, tmp_path: Path) -> Path:
    """A folder as a reader of the docs has it: the files of one model, and the lists."""
    for folder in ("models", "observations"):
        (tmp_path / folder).mkdir()
        shutil.copy(published.store / folder / "test-000.h5", tmp_path / folder)
    for path in (published.site / "downloads").iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path
