"""Programs that people use, against a served site: wget, curl, aria2, sha256sum, pandas, DuckDB."""

import hashlib
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from portal.catalog.selection import EVERYTHING
from portal.catalog.table import Catalog
from portal.commands.query import COMMAND as QUERY
from portal.commands.scan import COMMAND as SCAN
from portal.exporters.base import exporters
from portal.server import Faults, SiteServer, serving
from tests.clients import fetched, run_client

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
    catalog = _scanned(server, store, site / "catalog", root, 'data_url = "data/"')
    for exporter in exporters().values():
        pieces = exporter.write(catalog, EVERYTHING)
        (site / "downloads" / exporter.filename).write_bytes(b"".join(pieces))


def _scanned(server: SiteServer, store: Path, folder: Path, root: Path, data: str) -> Catalog:
    config = root / "winds.toml"
    config.write_text(
        f'id = "winds"\ntitle = "Winds"\nstores = ["{store}"]\nsite_url = "{server.url}"\n{data}\n'
    )
    arguments = ["--config", str(config), "--catalog", str(folder), "--workers", "0"]
    done = CliRunner().invoke(SCAN, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return Catalog.open(folder)


@pytest.fixture
def run(tmp_path):
    """Runs a program in an empty folder; the test is skipped where it is not installed."""
    return partial(run_client, tmp_path)


@pytest.fixture
def broken(published):
    """The same host, but every body of data breaks off after 600 kB."""
    published.server.troubles.faults = Faults(cut_after=600_000, only="/data/")
    published.server.requests.clear()
    yield published
    published.server.troubles.faults = Faults()


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


@pytest.mark.parametrize("form", ["aria2", "metalink"])
def test_aria2_goes_on_after_breaks(broken, run, tmp_path, form):
    """What a query lists, over a connection that breaks in the middle of every file."""
    name = {"aria2": "aria2.txt", "metalink": "files.meta4"}[form]
    catalog = str(broken.site / "catalog")
    arguments = ['model_id != "test-003"', "--as", form, "--catalog", catalog]
    done = CliRunner().invoke(QUERY, [*arguments, "-o", str(tmp_path / name)])
    assert done.exit_code == 0, done.output
    option = "--input-file" if form == "aria2" else "--metalink-file"
    run("aria2c", "-q", "--no-conf", "--continue", f"{option}={name}")
    wanted = {path: data for path, data in broken.files().items() if "test-003" not in path}
    assert fetched(tmp_path) == wanted
    assert any(served.range for served in broken.server.requests)


def test_rclone_fetches_a_list_and_completes_it(broken, run, tmp_path):
    shutil.copy(broken.site / "downloads" / "rclone.txt", tmp_path)
    base = f"{broken.server.url}data/"
    copy = ("copy", "--quiet", "--config", "", "--no-traverse", "--files-from-raw", "rclone.txt")
    run("rclone", *copy, "--http-url", base, ":http:", ".")
    assert fetched(tmp_path) == broken.files()
    (tmp_path / "models" / "test-001.h5").unlink()
    broken.server.requests.clear()
    run("rclone", *copy, "--http-url", base, ":http:", ".")
    assert fetched(tmp_path) == broken.files()
    paths = {served.path for served in broken.server.requests if served.method == "GET"}
    assert paths == {"/data/models/test-001.h5"}


@pytest.fixture
def mirrored(published, tmp_path):
    """Writes the lists of a catalogue whose first host is bad and whose mirror is good."""

    def write(first: str) -> None:
        data = f'data_url = "{first}"\nmirrors = ["{published.server.url}data/"]'
        folder = tmp_path / "catalog"
        catalog = _scanned(published.server, published.store, folder, tmp_path, data)
        for name in ("aria2", "metalink"):
            exporter = exporters()[name]
            pieces = exporter.write(catalog, EVERYTHING)
            (tmp_path / exporter.filename).write_bytes(b"".join(pieces))
        shutil.rmtree(folder)

    return write


def test_aria2_leaves_a_dead_host_for_its_mirror(published, mirrored, run, tmp_path):
    # Port 9, discard: nothing listens there.
    mirrored("http://127.0.0.1:9/data/")
    for argument in ("--metalink-file=files.meta4", "--input-file=aria2.txt"):
        run("aria2c", "-q", "--no-conf", "--check-integrity=true", argument)
        assert fetched(tmp_path) == published.files()
        for name in ("models", "observations"):
            shutil.rmtree(tmp_path / name)


def test_aria2_tells_a_mirror_with_other_bytes(published, mirrored, run, tmp_path):
    wrong = published.site / "wrong"
    for path, data in published.files().items():
        (wrong / path).parent.mkdir(parents=True, exist_ok=True)
        (wrong / path).write_bytes(data[::-1])
    mirrored("wrong/")
    # 32: a checksum failed. Aria2 names the files, and takes no other host of itself.
    run("aria2c", "-q", "--no-conf", "--metalink-file=files.meta4", status=32)
    shutil.rmtree(wrong)
    run("sh", "-c", "rm -r models observations")
    run("aria2c", "-q", "--no-conf", "--metalink-file=files.meta4")
    assert fetched(tmp_path) == published.files()


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
