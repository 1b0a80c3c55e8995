"""`portal scan --dask` on a real cluster: the same tables, whatever dies."""

import json
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.commands.scan import COMMAND
from portal.executors.dask import DaskExecutor
from portal.scan import Rules
from tests.portal.scanning import contents, run

pytest.importorskip("distributed")


@dataclass(frozen=True)
class KillsOnce:
    """A reader that ends its process at one file, the first time."""

    marker: str
    name: str = "kills-once"
    priority: int = 0

    def claims(self, header) -> bool:
        if "test-001" in header.path and Path(self.marker).exists():
            Path(self.marker).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    def read(self, header):
        raise AssertionError("claims nothing")


@pytest.fixture(scope="module")
def serial(example_store, tmp_path_factory):
    catalog = tmp_path_factory.mktemp("serial")
    run(example_store, catalog)
    return contents(catalog)


def test_the_command_makes_the_tables_of_a_scan_without_workers(
    example_catalog, example_store, tmp_path, cluster
):
    store = [str(example_store), "--catalog", str(tmp_path)]
    arguments = [*store, "--dask", cluster.scheduler_address, "--json"]
    done = CliRunner().invoke(COMMAND, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert contents(tmp_path) == contents(example_catalog)
    again = CliRunner().invoke(COMMAND, arguments, catch_exceptions=False)
    assert json.loads(again.stdout)["read"] == 0


@pytest.mark.slow
def test_a_worker_killed_while_it_reads_loses_nothing(example_store, tmp_path, cluster, serial):
    marker = tmp_path / "marker"
    marker.touch()
    executor = DaskExecutor(cluster.scheduler_address)
    try:
        options = {"executor": executor, "rules": Rules((KillsOnce(str(marker)),))}
        run(example_store, tmp_path / "catalog", **options)
    finally:
        executor.close()
    assert not marker.exists()
    assert contents(tmp_path / "catalog") == serial


@pytest.mark.slow
def test_a_worker_killed_from_outside_loses_nothing(example_store, tmp_path, cluster):
    store = tmp_path / "store"
    for number in range(60):
        shutil.copytree(example_store / "models", store / "models" / f"{number:02d}")
    pids = [nanny.pid for nanny in cluster.workers.values()]
    done = []

    def kill(step, total):
        if not done:
            os.kill(pids[0], signal.SIGKILL)
        done.append(step)

    executor = DaskExecutor(cluster.scheduler_address)
    try:
        run(store, tmp_path / "catalog", executor=executor, progress=kill)
    finally:
        executor.close()
    run(store, tmp_path / "fresh")
    assert done[-1] == 240
    assert contents(tmp_path / "catalog") == contents(tmp_path / "fresh")
