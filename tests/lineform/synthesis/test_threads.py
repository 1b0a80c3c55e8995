"""How many threads share an image, and what each of them gets."""

import multiprocessing
import threading

import pytest

from lineform.synthesis.threads import in_threads, number_of_threads


@pytest.mark.parametrize(("stated", "expected"), [("3", 3), ("1", 1), ("4,2", 4), ("0", 1)])
def test_a_stated_number_is_kept(monkeypatch, stated, expected):
    monkeypatch.setenv("OMP_NUM_THREADS", stated)
    assert number_of_threads() == expected


@pytest.mark.parametrize("stated", [None, "", "many"])
def test_all_cores_of_the_process_are_used_by_default(monkeypatch, stated):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if stated is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", stated)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 2, 5}, raising=False)
    assert number_of_threads() == 3
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert number_of_threads() == 1


def test_a_worker_process_has_one_thread(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(number_of_threads) == 1


@pytest.mark.parametrize("threads", ["1", "2", "3", "50"])
@pytest.mark.parametrize("items", [0, 1, 7, 20])
def test_every_item_is_done_once(monkeypatch, threads, items):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    parts = in_threads(list, range(items))
    assert sorted(item for part in parts for item in part) == list(range(items))
    assert len(parts) == min(int(threads), items)


def test_portions_run_side_by_side(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    together = threading.Barrier(3, timeout=60)
    # Passes only when three threads wait for each other.
    assert len(in_threads(lambda portion: together.wait(), range(9))) == 3


def test_an_error_in_a_thread_is_raised(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda portion: 1 / (portion[0] - 1), [0, 1])
