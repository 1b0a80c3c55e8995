"""A published site: the tables below ``catalog/``, the store below ``data/``."""

import shutil
from pathlib import Path

import pytest

from portal.server import serving


@pytest.fixture
def site(example_catalog: Path, tmp_path: Path) -> Path:
    """The folder of a site that consists of tables."""
    folder = tmp_path / "site"
    shutil.copytree(example_catalog, folder / "catalog")
    return folder


@pytest.fixture
def server(site: Path, example_store: Path):
    """A host that behaves."""
    with serving(site, example_store) as running:
        yield running
