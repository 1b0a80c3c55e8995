"""Every executor keeps the protocol: each item once, and only the item at fault is lost."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from portal.errors import ConfigError, DependencyError
from portal.executors import open_executor
from portal.executors.dask import DaskExecutor
from portal.executors.limit import renew
from portal.executors.process import ProcessExecutor
from portal.executors.serial import SerialExecutor
from tests.schedulers import distributed_scheduler


def squares(items):
    return [(i, i * i) for i in items]


def choosy(items):
    """Raises on 7, ends its process on 13."""
    for i in items:
        if i == 7:
            raise ValueError("seven")
        if i == 13:
            os.kill(os.getpid(), signal.SIGKILL)
    return squares(items)


def raising(items):
    if 7 in items:
        raise ValueError("seven")
    return squares(items)


def once(items):
    """Ends its process the first time that it is asked for an item named by a file."""
    for marker in items:
        if Path(marker).exists():
            Path(marker).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
    return [(marker, "done") for marker in items]


def slow(items):
    time.sleep(0.05)
    return [(i, os.getpid()) for i in items]


def stuck(items):
    """Never ends for 7; takes long, but gets on, for all others."""
    for i in items:
        renew()
        time.sleep(60 if i == 7 else 0.3)
    return squares(items)


def lost(item, happened):
    return [(item, happened)]


def collect(executor, function, items):
    return sorted(pair for part in executor.map(function, items, lost=lost) for pair in part)


@pytest.fixture(scope="module")
def dask_address():
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
    ):
        yield cluster.scheduler_address


@pytest.fixture(
    scope="module", params=["serial", "process", pytest.param("dask", marks=pytest.mark.slow)]
)
def executor(request):
    if request.param == "serial":
        made = SerialExecutor()
    elif request.param == "process":
        made = ProcessExecutor(2)
    else:
        made = DaskExecutor(request.getfixturevalue("dask_address"))
    yield made
    made.close()


@pytest.mark.parametrize("count", [0, 1, 31, 300])
def test_each_item_is_done_once(executor, count):
    assert collect(executor, squares, range(count)) == squares(range(count))


def test_an_item_that_raises_is_lost_alone(executor):
    wanted = sorted([*squares(set(range(40)) - {7}), (7, "ValueError: seven")])
    assert collect(executor, raising, range(40)) == wanted


def test_an_item_that_kills_is_lost_alone(executor):
    if isinstance(executor, SerialExecutor):
        pytest.skip("what kills this process cannot be survived by it")
    found = dict(collect(executor, choosy, range(40)))
    happened = found.pop(13)
    assert "SIGKILL" in happened or "workers of the cluster died" in happened
    assert found.pop(7) == "ValueError: seven"
    assert found == dict(squares(set(range(40)) - {7, 13}))


def test_a_process_killed_from_outside_loses_nothing(executor, tmp_path):
    if isinstance(executor, SerialExecutor):
        pytest.skip("has no other process")
    markers = [str(tmp_path / f"{i:03d}") for i in range(64)]
    for marker in markers[::40]:
        Path(marker).touch()
    assert collect(executor, once, markers) == [(m, "done") for m in markers]


def test_processes_share_the_work():
    executor = ProcessExecutor(2)
    try:
        assert len({pid for _, pid in collect(executor, slow, range(64))}) == 2
    finally:
        executor.close()


def test_an_item_that_takes_too_long_is_lost_alone():
    executor = ProcessExecutor(2)
    results = executor.map(stuck, range(5, 9), lost=lost, limit=3.0)
    try:
        found = sorted(pair for part in results for pair in part)
    finally:
        executor.close()
    assert found == [(5, 25), (6, 36), (7, "no end within 3 s"), (8, 64)]


def test_an_executor_can_be_left_in_the_middle():
    executor = ProcessExecutor(2)
    results = executor.map(slow, range(200), lost=lost)
    next(results)
    results.close()
    executor.close()


@pytest.mark.parametrize("workers", ["-1", "0", "two", "1.5"])
def test_workers_must_be_a_number(workers):
    from portal.executors.process import EXECUTOR

    with pytest.raises(ConfigError, match=f"got {workers}"):
        EXECUTOR(workers)


def test_a_scheduler_that_dies_is_named():
    """And not waited for."""
    with distributed_scheduler() as (address, scheduler):
        executor = open_executor(None, address)
        try:
            threading.Timer(0.3, scheduler.kill).start()
            with pytest.raises(ConfigError, match=f"is gone: .* got {address}; start it again"):
                next(executor.map(squares, [1], lost=lost))
        finally:
            executor.close()


def test_options_choose_the_executor(dask_address):
    made = [open_executor(), open_executor(0), open_executor(3), open_executor(None, dask_address)]
    kinds = [ProcessExecutor, SerialExecutor, ProcessExecutor, DaskExecutor]
    assert [type(e) for e in made] == kinds
    assert made[2].workers == 3
    for executor in made:
        executor.close()


def test_a_missing_package_names_its_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(DependencyError, match=r"atomium-portal\[dask\]"):
        open_executor(None, "tcp://127.0.0.1:1")


def test_an_unknown_cluster_is_named():
    pytest.importorskip("distributed")
    with pytest.raises(ConfigError, match="nonsense"):
        open_executor(None, "nonsense://x")
