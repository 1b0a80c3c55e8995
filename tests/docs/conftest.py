"""A published demo that the examples of the docs run against."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from portal.server import serving
from tests.layout import write_store
from tests.portal.products import MADE

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
    """Four models and two observed products, scanned, built and served.

    The second model has no observation, the third no checksum, the fourth compressed spectra.
    """
    root = tmp_path_factory.mktemp("published")
    store, catalog, site = write_store(root / "store"), root / "catalog", root / "site"
    (store / "observations" / "test-001.h5").unlink()
    _compress(store / "observations" / "test-003.h5")
    for name in ("image.fits", "spectrum.fits"):
        MADE[name]().writeto(store / name)
    site.mkdir()
    # The server comes first: the tables hold its address.
    with serving(site, store) as server:
        config = root / "collection.toml"
        config.write_text(CONFIG.format(url=server.url))
        portal("scan", store, "--catalog", catalog, "--config", config, "--workers", 0)
        _forget_checksum(catalog / "files.parquet", "test-002")
        portal("build", "--catalog", catalog, "--site", site, "--store", store)
        yield Published(server.url, store, catalog, site)


def _compress(path: Path) -> None:
    """Store the spectra so that no range request alone fetches them."""
    with h5py.File(path, "r+") as file:
        for name in [name for name, group in file.items() if "spectrum" in group]:
            group = file[name]
            data, unit = group["spectrum"][()], group["spectrum"].attrs["unit"]
            del group["spectrum"]
            group.create_dataset("spectrum", data=data, chunks=(4,), compression="gzip")
            group["spectrum"].attrs["unit"] = unit


def _forget_checksum(path: Path, model: str) -> None:
    """Take the checksums of a model's files away, as where a scan left them out."""
    with pq.ParquetFile(path) as file:
        table, said = file.read(), file.metadata.metadata
    none = pa.scalar(None, pa.string())
    # Observed files belong to no model, and keep theirs.
    theirs = pc.fill_null(pc.equal(table["model_id"], model), False)
    known = pc.if_else(theirs, none, table["sha256"])
    place = table.schema.get_field_index("sha256")
    with pq.ParquetWriter(path, table.schema) as out:
        out.write_table(table.set_column(place, table.schema.field(place), known))
        out.add_key_value_metadata({k: v for k, v in said.items() if k != b"ARROW:schema"})


@pytest.fixture
def workplace(published: Published, tmp_path: Path) -> Path:
    """A folder as a reader of the docs has it: the files of one model, and the lists."""
    for folder in ("models", "observations"):
        (tmp_path / folder).mkdir()
        shutil.copy(published.store / folder / "test-000.h5", tmp_path / folder)
    for path in (published.site / "downloads").iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path
