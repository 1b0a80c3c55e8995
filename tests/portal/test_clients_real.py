"""Programs that people use, against a served site: wget, curl, aria2, sha256sum, pandas, DuckDB."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from portal import registry
from portal.catalog.selection import EVERYTHING
from portal.catalog.table import Catalog
from portal.commands.scan import COMMAND as SCAN
from portal.server import Faults, SiteServer, serving

LONG = ("--tries=20", "--waitretry=0", "--quiet")
BIG = 1_500_000


@dataclass(frozen=True)
class Published:
    """A served site whose lists name its real address."""

    server: SiteServer
    store: Path
    site: Path

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.store).as_posix(): path.read_bytes()
            for path in sorted(self.store.rglob("*.h5"))
        }


@pytest.fixture(scope="module")
def published(example_store, tmp_path_factory):
    """Tables below ``catalog/``, exports below ``downloads/``, the store below ``data/``."""
    root = tmp_path_factory.mktemp("published")
    site, store = root / "site", root / "store"
    for name in ("catalog", "downloads"):
        (site / name).mkdir(parents=True)
    shutil.copytree(example_store, store)
    # Files that a connection can break in: HDF5 does not mind what follows its end.
    for path in (store / "observations").iterdir():
        with path.open("r+b") as file:
            file.truncate(BIG)
    with serving(site, store) as server:
        _fill(server, site, store, root)
        yield Published(server, store, site)


def _fill(server: SiteServer, site: Path, store: Path, root: Path) -> None:
    config = root / "winds.toml"
    config.write_text(
        f'id = "winds"\ntitle = "Winds"\nstores = ["{store}"]\n'
        f'site_url = "{server.url}"\ndata_url = "data/"\n'
    )
    folder = site / "catalog"
    arguments = ["--config", str(config), "--catalog", str(folder), "--workers", "0"]
    done = CliRunner().invoke(SCAN, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    catalog = Catalog.open(folder)
    for exporter in registry.members("portal.exporters", "EXPORTER").values():
        pieces = exporter.write(catalog, EVERYTHING)
        (site / "downloads" / exporter.filename).write_bytes(b"".join(pieces))


@pytest.fixture
def run(tmp_path):
    """Runs a program in an empty folder; the test is skipped where it is not installed."""

    def call(program: str, *arguments: str, status: int = 0) -> str:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
        done = subprocess.run(
            [program, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    return call


@pytest.fixture
def broken(published):
    """The same host, but every body of data breaks off after 600 kB."""
    published.server.troubles.faults = Faults(cut_after=600_000, only="/data/")
    published.server.requests.clear()
    yield published
    published.server.troubles.faults = Faults()


def fetched(folder: Path) -> dict[str, bytes]:
    found = folder.rglob("*.h5")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_wget_fetches_a_list(published, run, tmp_path):
    run("wget", "-q", f"{published.server.url}downloads/urls.txt")
    run("wget", "-c", "-q", "-x", "-nH", "-i", "urls.txt")
    assert fetched(tmp_path / "data") == published.files()
    run("wget", "-q", f"{published.server.url}downloads/SHA256SUMS")
    shutil.move(tmp_path / "SHA256SUMS", tmp_path / "data")
    assert run("sh", "-c", "cd data && sha256sum --check --strict SHA256SUMS").count(": OK") == 8


def test_wget_resumes_a_cut_download(broken, run, tmp_path):
    url = f"{broken.server.url}data/observations/test-000.h5"
    run("wget", "-c", *LONG, url)
    assert (tmp_path / "test-000.h5").read_bytes() == broken.files()["observations/test-000.h5"]
    ranges = [served.range for served in broken.server.requests]
    assert ranges == ["", "bytes=600000-", "bytes=1200000-"]


def test_wget_continues_in_a_second_call(published, run, tmp_path):
    whole = published.files()["observations/test-001.h5"]
    (tmp_path / "test-001.h5").write_bytes(whole[:1000])
    published.server.requests.clear()
    url = f"{published.server.url}data/observations/test-001.h5"
    run("wget", "-c", "-q", url)
    assert (tmp_path / "test-001.h5").read_bytes() == whole
    assert published.server.requests[-1].bytes == len(whole) - 1000
    run("wget", "-c", "-q", url)
    assert (tmp_path / "test-001.h5").read_bytes() == whole


def test_wget_mirrors_the_store(published, run, tmp_path):
    run("wget", "-r", "-q", "-np", "-nH", "-R", "index.html*", f"{published.server.url}data/")
    assert fetched(tmp_path / "data") == published.files()


def test_curl_resumes_and_fails_on_an_error(published, run, tmp_path):
    whole = published.files()["observations/test-002.h5"]
    (tmp_path / "test-002.h5").write_bytes(whole[:700_000])
    base = f"{published.server.url}data/observations/"
    run("curl", "--fail", "-s", "-L", "-C", "-", "-O", f"{base}test-002.h5")
    assert (tmp_path / "test-002.h5").read_bytes() == whole
    run("curl", "--fail", "-s", "-O", f"{base}none.h5", status=22)
    assert not (tmp_path / "none.h5").exists()


def test_curl_fetches_a_configuration(published, run, tmp_path):
    run("curl", "-s", "--config", str(published.site / "downloads" / "curl.txt"))
    assert fetched(tmp_path) == published.files()
    # A second run asks for what follows the end of each file: status 416, and nothing changes.
    run("curl", "-s", "--config", str(published.site / "downloads" / "curl.txt"), status=22)
    assert fetched(tmp_path) == published.files()


def test_curl_reads_a_spectrum_by_its_offset(published, run, tmp_path):
    row = Catalog.open(published.site / "catalog").table("observations").slice(0, 1).to_pylist()[0]
    first, length = row["spectrum_offset"], row["spectrum_nbytes"]
    part = f"{first}-{first + length - 1}"
    run("curl", "--fail", "-s", "-r", part, "-o", "spectrum.bin", row["access_url"])
    expected = published.files()[row["path"]][first : first + length]
    assert (tmp_path / "spectrum.bin").read_bytes() == expected


@pytest.mark.parametrize(
    "arguments", [("--input-file=aria2.txt",), ("--metalink-file=files.meta4",)]
)
def test_aria2_fetches_and_checks(published, run, tmp_path, arguments):
    for name in ("aria2.txt", "files.meta4"):
        shutil.copy(published.site / "downloads" / name, tmp_path)
    run("aria2c", "-q", "--no-conf", "--check-integrity=true", *arguments)
    assert fetched(tmp_path) == published.files()


def test_aria2_refuses_a_damaged_file(published, run, tmp_path):
    text = (published.site / "downloads" / "aria2.txt").read_text()
    first = hashlib.sha256(published.files()["models/test-000.h5"]).hexdigest()
    (tmp_path / "list.txt").write_text(text.replace(first, "0" * 64))
    # 32: aria2's status for a checksum that failed.
    run("aria2c", "-q", "--no-conf", "--check-integrity=true", "--input-file=list.txt", status=32)


def test_pandas_reads_tables_by_address(published):
    models = pd.read_parquet(f"{published.server.url}catalog/models.parquet")
    twin = pd.read_csv(f"{published.server.url}catalog/models.csv")
    assert models["model_id"].tolist() == twin["model_id"].tolist()
    assert models["mass_loss_rate"].tolist() == twin["mass_loss_rate"].tolist()
    some = pd.read_parquet(
        f"{published.server.url}catalog/observations.parquet", columns=["model_id", "line"]
    )
    assert some.shape == (24, 2)


def test_duckdb_reads_tables(published):
    tables = published.site / "catalog"
    with duckdb.connect() as database:
        found = database.execute(
            f"SELECT m.model_id, count(*) FROM '{tables}/models.parquet' m "
            f"JOIN '{tables}/observations.parquet' o USING (model_id) "
            "WHERE m.mass_loss_rate > 1.5e-7 AND list_contains(m.species, 'CO') "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert found == [("test-002", 6), ("test-003", 6)]
