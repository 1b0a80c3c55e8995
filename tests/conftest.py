"""Fixtures that all tests share."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.browser.launch import FLAGS
from tests.layout import write_store

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage of property tests: a hundred times the same lines, at half the speed."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def atomium_data() -> Path:
    """The folder of real data files; the test is skipped where there is none."""
    folder = Path(os.environ.get("ATOMIUM_DATA", ROOT.parent / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data files in {folder}; set ATOMIUM_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def example_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of four small models that every test of the session may read."""
    return write_store(tmp_path_factory.mktemp("example") / "store", models=4)


@pytest.fixture(scope="session")
def example_catalog(example_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of the example store; for reading only."""
    from portal.commands.scan import COMMAND

    folder = tmp_path_factory.mktemp("catalog")
    arguments = [str(example_store), "--catalog", str(folder), "--workers", "0"]
    done = CliRunner().invoke(COMMAND, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium; install the Debian package chromium")


@pytest.fixture(scope="session")
def engine(chromium: str):
    """The running browser; a second one beside it cannot be started in the same thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cluster():
    """A real Dask cluster: a scheduler and two workers, each a process."""
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as made,
    ):
        yield made
