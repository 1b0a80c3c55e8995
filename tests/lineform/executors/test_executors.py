"""Every executor does each item once, and loses only the item at fault."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lineform.errors import ConfigError
from lineform.executors import open_executor
from lineform.executors.dask import DaskExecutor
from lineform.executors.process import ProcessExecutor
from lineform.executors.serial import SerialExecutor
from tests.schedulers import distributed_scheduler


def square(i):
    return i, i * i


def choosy(i):
    """Raises on 7, ends its process on 5."""
    if i == 7:
        raise ValueError("seven")
    if i == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return square(i)


def raising(i):
    if i == 7:
        raise ValueError("seven")
    return square(i)


def once(marker):
    """Ends its process the first time that it is asked for an item named by a file."""
    if Path(marker).exists():
        Path(marker).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker, "done"


def lost(item, happened):
    return item, happened


def collect(executor, function, items):
    return sorted(executor.map(function, items, lost=lost))


@pytest.fixture(
    scope="module", params=["serial", "process", pytest.param("dask", marks=pytest.mark.slow)]
)
def executor(request):
    if request.param == "dask":
        made = open_executor(dask=request.getfixturevalue("cluster").scheduler_address)
    else:
        made = open_executor(1 if request.param == "serial" else 2)
    yield made
    made.close()


def beside_this_process(executor):
    if isinstance(executor, SerialExecutor):
        pytest.skip("what kills this process cannot be survived by it")


@pytest.mark.parametrize("count", [0, 1, 40])
def test_each_item_is_done_once(executor, count):
    assert collect(executor, square, range(count)) == [square(i) for i in range(count)]


def test_items_may_be_anything(executor):
    items = ["", 0, None, ()]
    assert [i for i, _ in executor.map(named, items, lost=lost)].count(None) == 1


def named(item):
    return item, True


def test_an_item_that_raises_is_lost_alone(executor):
    found = dict(collect(executor, raising, range(12)))
    assert found.pop(7) == "ValueError: seven"
    assert found == dict(square(i) for i in range(12) if i != 7)


def test_an_item_that_kills_is_lost_alone(executor):
    beside_this_process(executor)
    found = dict(collect(executor, choosy, range(12)))
    assert found.pop(5) in (
        "its process was ended, as by a lack of memory",
        "workers of the cluster died of it",
    )
    assert found.pop(7) == "ValueError: seven"
    assert found == dict(square(i) for i in range(12) if i not in (5, 7))


def test_a_process_killed_from_outside_loses_nothing(executor, tmp_path):
    beside_this_process(executor)
    markers = [str(tmp_path / f"{i:03d}") for i in range(16)]
    for marker in markers[::9]:
        Path(marker).touch()
    assert collect(executor, once, markers) == [(m, "done") for m in markers]


def test_an_executor_can_be_left_in_the_middle():
    executor = ProcessExecutor(2)
    results = executor.map(square, range(20), lost=lost)
    next(results)
    results.close()
    executor.close()


def test_a_scheduler_that_dies_is_named():
    """And not waited for."""
    with distributed_scheduler() as (address, scheduler):
        executor = open_executor(dask=address)
        try:
            threading.Timer(0.3, scheduler.kill).start()
            with pytest.raises(ConfigError, match=f"is gone: .* got {address}; start it again"):
                next(executor.map(square, [1], lost=lost))
        finally:
            executor.close()


def test_options_choose_the_executor(cluster):
    made = [open_executor(), open_executor(3), open_executor(3, cluster.scheduler_address)]
    assert [type(e) for e in made] == [SerialExecutor, ProcessExecutor, DaskExecutor]
    assert made[1].workers == 3
    for executor in made:
        executor.close()


def test_the_package_is_loaded_without_dask():
    code = "import sys, lineform.executors; print({'dask', 'distributed'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_missing_package_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"atomium-portal\[dask\]"):
        open_executor(dask="tcp://127.0.0.1:1")


def test_an_unknown_cluster_is_named():
    pytest.importorskip("distributed")
    with pytest.raises(ConfigError, match=r"cannot be reached: expected .*, got nonsense://x"):
        open_executor(dask="nonsense://x")
