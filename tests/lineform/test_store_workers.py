"""Whatever dies while a store is made, and whenever: nothing is lost and no file is half there."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from lineform.errors import ConfigError
from lineform.setup import Setup
from lineform.sources import Winds
from lineform.store import make_store
from tests.lineform.test_store import TINY, files

NUMBER = 8

# Makes the store argv[1] with the options argv[2:] and kills itself after three models.
DYING = """
import os, signal, sys
from pathlib import Path
from lineform.setup import Setup
from lineform.sources import Winds
from lineform.store import make_store

def die(done, total):
    if done == 3:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    root, workers, dask = sys.argv[1:]
    make_store(
        Path(root), Winds(8, grid=8),
        Setup(pixels=4, channels=3, lines=("CO 2-1",), engine="array"),
        workers=int(workers), dask=dask or None, progress=die,
    )
"""


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """The store as one process makes it that nothing disturbs."""
    root = tmp_path_factory.mktemp("serial")
    make_store(root, Winds(NUMBER, grid=8), TINY, workers=1)
    return files(root)


@dataclass(frozen=True)
class Deadly:
    """A model whose file ends its process when it is half written, once or always."""

    model: object
    marker: Path
    always: bool = False

    @property
    def name(self):
        return self.model.name

    @property
    def place(self):
        return self.model.place

    @property
    def present(self):
        return False

    def write(self, path):
        self.model.write(path)
        if self.marker.exists():
            if not self.always:
                self.marker.unlink()
            os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DeadlyWinds:
    """Winds of which the second is deadly."""

    marker: Path
    always: bool = False

    @property
    def settings(self):
        return Winds(NUMBER, grid=8).settings

    def models(self, root):
        first, second, *others = Winds(NUMBER, grid=8).models(root)
        return [first, Deadly(second, self.marker, self.always), *others]


@pytest.fixture(params=["process", pytest.param("dask", marks=pytest.mark.slow)])
def workers(request):
    """Options of two workers that are processes of their own."""
    if request.param == "process":
        return {"workers": 2}
    return {"dask": request.getfixturevalue("cluster").scheduler_address}


def test_a_worker_killed_in_the_middle_of_a_file_loses_nothing(tmp_path, workers, serial):
    marker, root = tmp_path / "marker", tmp_path / "store"
    marker.touch()
    made = make_store(root, DeadlyWinds(marker), TINY, **workers)
    assert (made.written, made.failed) == (NUMBER, ())
    assert not marker.exists()
    assert files(root) == serial


def test_a_model_that_kills_each_time_fails_alone(tmp_path, serial):
    marker, root = tmp_path / "marker", tmp_path / "store"
    marker.touch()
    made = make_store(root, DeadlyWinds(marker, always=True), TINY, workers=2)
    assert made.written == NUMBER - 1
    (failed,) = made.failed
    assert failed.reason == "its process was ended, as by a lack of memory"
    assert [path for path in files(root) if failed.name in path] == []
    marker.unlink()
    again = make_store(root, DeadlyWinds(marker), TINY, workers=1)
    assert (again.written, again.failed) == (1, ())
    assert files(root) == serial


@pytest.mark.slow
def test_a_worker_of_a_cluster_killed_from_outside_loses_nothing(tmp_path, cluster, serial):
    pids = [nanny.pid for nanny in cluster.workers.values()]

    def kill(done, total):
        if done == 2:
            os.kill(pids[0], signal.SIGKILL)

    options = {"dask": cluster.scheduler_address, "progress": kill}
    made = make_store(tmp_path, Winds(NUMBER, grid=8), TINY, **options)
    assert (made.written, made.failed) == (NUMBER, ())
    assert files(tmp_path) == serial


@pytest.mark.parametrize("how", ["process", pytest.param("dask", marks=pytest.mark.slow)])
def test_a_killed_run_is_continued(tmp_path, how, serial, request):
    dask = request.getfixturevalue("cluster").scheduler_address if how == "dask" else ""
    script, root = tmp_path / "dying.py", tmp_path / "store"
    script.write_text(DYING)
    marked = {**os.environ, "STORE_TEST_MARKER": str(tmp_path)}
    command = [sys.executable, str(script), str(root), "2", dask]
    died = subprocess.run(command, env=marked, capture_output=True, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    # A worker of a cluster outlives the run, and may still be at a hidden file.
    left = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert {path for path in left if not path.startswith(".")} <= serial.keys()
    made = make_store(root, Winds(NUMBER, grid=8), TINY, workers=1)
    assert (made.there, made.written) == (3, NUMBER - 3)
    assert files(root) == serial
    assert all_ended(tmp_path)


def all_ended(tmp_path):
    """Whether no process that the dead run started is left, within ten seconds."""
    for _ in range(100):
        if not any(str(tmp_path).encode() in environ(p) for p in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.1)
    return False


def environ(process):
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def test_a_second_run_in_the_same_store_is_refused(tmp_path, serial):
    refused = []

    def again(done, total):
        with pytest.raises(ConfigError, match=r"another run is at work in it.*wait.*store\]"):
            make_store(tmp_path / "store", Winds(1, grid=8), Setup(), workers=1)
        refused.append(done)

    make_store(tmp_path / "store", Winds(NUMBER, grid=8), TINY, workers=1, progress=again)
    assert len(refused) == NUMBER + 1
    assert files(tmp_path / "store") == serial


def test_two_writers_of_one_model_do_not_meet(tmp_path, serial):
    """As when a run is killed, its cluster goes on, and another run begins."""
    from concurrent.futures import ThreadPoolExecutor
    from functools import partial

    from lineform.setup import Observer
    from lineform.store import _make

    models = Winds(NUMBER, grid=8).models(tmp_path)
    make = partial(_make, tmp_path, Observer(TINY), 0.0)
    with ThreadPoolExecutor(4) as pool:
        entries = list(pool.map(make, [model for model in models for _ in range(3)]))
    assert {entry.reason for entry in entries} == {""}
    assert {p: d for p, d in files(tmp_path).items() if p in serial} == {
        p: d for p, d in serial.items() if p.endswith(".h5")
    }
