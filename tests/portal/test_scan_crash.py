"""Whatever dies, and whenever: nothing done is lost and the old catalogue stays whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.catalog.publication import NEXT, exclusive
from portal.catalog.table import Catalog
from portal.errors import CatalogError
from portal.executors.process import ProcessExecutor
from portal.scan import Rules
from tests.layout import write_model, write_store
from tests.portal.scanning import Misbehaving, contents, run

# Scans argv[1] into argv[2] with argv[3] processes and kills itself after the first batch.
DYING = """
import os, signal, sys
from pathlib import Path
from portal.executors import open_executor
from portal.model.collection import Collection
from portal.scan import Rules, scan

def die(done, total):
    print(done, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    demo = Collection("demo", "Demo", stores=(sys.argv[1],))
    scan((demo,), Path(sys.argv[2]), open_executor(int(sys.argv[3])), progress=die)
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("many") / "store"
    for number in range(70):
        name = f"wind-{number:03d}"
        write_model(root / "models" / f"{name}.h5", name, number, side=2)
    return root


def die_in_the_middle(tmp_path, store, catalog, workers):
    script = tmp_path / "dying.py"
    script.write_text(DYING)
    marker = {**os.environ, "SCAN_TEST_MARKER": str(tmp_path)}
    command = [sys.executable, str(script), str(store), str(catalog), str(workers)]
    died = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=marker, timeout=60)
    assert died.returncode == -signal.SIGKILL
    return int(died.stdout)


def with_marker(tmp_path):
    """Processes that the dead scan has left."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(tmp_path).encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_a_killed_scan_is_continued(tmp_path, store, workers):
    catalog, fresh = tmp_path / "catalog", tmp_path / "fresh"
    done = die_in_the_middle(tmp_path, store, catalog, workers)
    assert 0 < done < 70
    assert run(store, catalog).read == 70 - done
    run(store, fresh)
    assert contents(catalog) == contents(fresh)


def test_no_worker_outlives_a_killed_scan(tmp_path, store):
    die_in_the_middle(tmp_path, store, tmp_path / "catalog", 2)
    for _ in range(100):
        if not with_marker(tmp_path):
            return
        time.sleep(0.1)
    pytest.fail(f"left behind: {with_marker(tmp_path)}")


def test_a_killed_first_scan_leaves_no_half_catalogue(tmp_path, store):
    die_in_the_middle(tmp_path, store, tmp_path / "catalog", 0)
    with pytest.raises(CatalogError, match=r"models\.parquet: there is no such table"):
        Catalog.open(tmp_path / "catalog")


def test_the_old_catalogue_is_whole_while_the_next_is_made(tmp_path):
    store, catalog = write_store(tmp_path / "store", 2), tmp_path / "catalog"
    first = run(store, catalog)
    write_model(store / "models" / "more.h5", "more", 3)
    seen = []
    run(store, catalog, progress=lambda done, total: seen.append(Catalog.open(catalog).scan_id))
    assert seen == [first.scan_id]
    assert Catalog.open(catalog).scan_id != first.scan_id


def test_a_table_replaced_while_in_use_is_noticed(tmp_path):
    store, catalog = write_store(tmp_path / "store", 2), tmp_path / "catalog"
    run(store, catalog)
    opened = Catalog.open(catalog)
    write_model(store / "models" / "more.h5", "more", 3)
    run(store, catalog)
    with pytest.raises(CatalogError, match=r"replaced by a scan.*open the catalogue again"):
        opened.table("models")


def interrupted(tmp_path, monkeypatch, stop_at):
    """A catalogue of two models whose publication of a third died at the `stop_at`th rename."""
    store, catalog = write_store(tmp_path / "store", 2), tmp_path / "catalog"
    run(store, catalog)
    write_model(store / "models" / "more.h5", "more", 3)
    replace, count = Path.replace, 0

    def dying(self, target):
        nonlocal count
        if NEXT in self.parts:
            count += 1
            if count > stop_at:
                raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            run(store, catalog)
    return store, catalog


@pytest.mark.parametrize("stop_at", range(10))
def test_a_publication_that_was_cut_short_is_finished(tmp_path, monkeypatch, stop_at):
    store, catalog = interrupted(tmp_path, monkeypatch, stop_at)
    report = run(store, catalog)
    assert (report.read, report.rows["models"]) == (0, 3)
    assert not (catalog / NEXT).exists()
    fresh = tmp_path / "fresh"
    run(store, fresh)
    assert contents(catalog) == contents(fresh)


def test_tables_of_two_scans_are_refused(tmp_path, monkeypatch):
    # The state, the twins and the first tables are renamed in the order of their names.
    _, catalog = interrupted(tmp_path, monkeypatch, 5)
    with pytest.raises(CatalogError, match=r"its tables are of different scans.*run portal scan"):
        Catalog.open(catalog)


def test_tables_that_were_not_complete_are_removed(tmp_path):
    store, catalog = write_store(tmp_path / "store", 2), tmp_path / "catalog"
    run(store, catalog)
    before = contents(catalog)
    (catalog / NEXT).mkdir()
    (catalog / NEXT / "models.parquet").write_bytes(b"half")
    run(store, catalog)
    assert contents(catalog) == before
    assert not (catalog / NEXT).exists()


def test_two_scans_at_once(tmp_path):
    store, catalog = write_store(tmp_path / "store", 1), tmp_path / "catalog"
    with (
        exclusive(catalog),
        pytest.raises(CatalogError, match=r"another scan is at work.*wait until it has ended"),
    ):
        run(store, catalog)
    assert run(store, catalog).rows["models"] == 1


def test_a_catalogue_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogError, match=r"cannot be written.*choose another folder"):
        run(tmp_path, tmp_path / "file" / "catalog")


def test_a_file_that_kills_its_reader_is_a_problem_and_nothing_else_is_lost(tmp_path, store):
    executor = ProcessExecutor(2)
    reader = Misbehaving("wind-033", "kill")
    try:
        report = run(store, tmp_path / "catalog", executor=executor, rules=Rules((reader,)))
    finally:
        executor.close()
    assert (report.rows["models"], report.problems) == (69, {"error": 1, "warning": 0})
    (problem,) = Catalog.open(tmp_path / "catalog").table("problems").to_pylist()
    assert (problem["path"], problem["code"]) == ("models/wind-033.h5", "reader-crashed")
    assert problem["seen"] == "ended by SIGKILL"
    # It may have been the machine's fault: the next scan tries that file again, and only that.
    again = run(store, tmp_path / "catalog")
    assert (again.read, again.rows["models"], again.problems["error"]) == (1, 70, 0)


@pytest.mark.slow
def test_a_file_on_which_its_reader_hangs_is_a_problem_and_nothing_else_is_lost(tmp_path, store):
    executor = ProcessExecutor(2)
    reader = Misbehaving("wind-033", "hang")
    try:
        report = run(
            store, tmp_path / "catalog", executor=executor, rules=Rules((reader,)), limit=6.0
        )
    finally:
        executor.close()
    assert (report.rows["models"], report.problems) == (69, {"error": 1, "warning": 0})
    (problem,) = Catalog.open(tmp_path / "catalog").table("problems").to_pylist()
    assert (problem["path"], problem["code"]) == ("models/wind-033.h5", "reader-timeout")
    assert problem["seen"] == "no end within 6 s"
    assert "--timeout" in problem["way_out"]
    again = run(store, tmp_path / "catalog")
    assert (again.read, again.rows["models"], again.problems["error"]) == (1, 70, 0)


def test_a_journal_cut_short_by_a_loss_of_power_costs_a_batch(tmp_path, store):
    catalog = tmp_path / "catalog"
    done = die_in_the_middle(tmp_path, store, catalog, 0)
    (part,) = (catalog / ".scan" / "journal").rglob("*.arrow")
    part.write_bytes(part.read_bytes()[:-100])
    assert done == 32
    assert run(store, catalog).read == 70
