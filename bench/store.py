"""Making a store: models a second by one process, two, and a Dask cluster of two workers.

Usage: ``python -m bench.store [--models 24] [--known 20000] [--folder build/bench]``

The rate is that between the first model and the last, so that the start of the workers, which
is given beside it, does not count. Every worker has one thread. The last row is the same call
when all is done: what it costs to see that nothing is to do.
"""

import argparse
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import store
from lineform.manifest import FileEntry, Manifest, ModelEntry
from lineform.setup import Observer, Setup
from lineform.sources import ModelFiles, Winds
from lineform.store import make_store, settings_of

GRID = 32
WORKERS = 2
ROUNDS = 3
SETUP = Setup(pixels=48, channels=41)
TINY = Setup(lines=("CO 2-1",), pixels=4, channels=3)

Figure = dict[str, str | float]


def run(root: Path, models: int, workers: int, dask: str | None) -> tuple[float, float]:
    """Models a second, and the time until the first is done [s]."""
    shutil.rmtree(root, ignore_errors=True)
    start, times = time.perf_counter(), []

    def note(done: int, total: int) -> None:
        times.append(time.perf_counter())

    made = make_store(root, Winds(models, GRID), SETUP, workers=workers, dask=dask, progress=note)
    if made.written != models:
        raise SystemExit(f"{made.failed[:1]}")
    # The first time is that of the beginning.
    return (models - 1) / (times[-1] - times[1]), times[1] - start


@contextmanager
def cluster() -> Iterator[str]:
    """Address of a Dask cluster on this machine."""
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types
        n_workers=WORKERS,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as made:
        yield made.scheduler_address


def making(folder: Path, models: int, address: str) -> list[Figure]:
    """One row for each way of making the same store, the ways taken in turn."""
    ways: dict[str, tuple[int, str | None]] = {
        "one process": (1, None),
        f"{WORKERS} processes": (WORKERS, None),
        f"Dask, {WORKERS} workers": (WORKERS, address),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, options in ways.items():
            found[name].append(run(folder / "made", models, *options))
    rates = {name: statistics.median(rate for rate, _ in runs) for name, runs in found.items()}
    alone = rates["one process"]
    return [
        {
            "what": f"{models} winds of {GRID}³ cells, 9 cubes of 48² x 41 each, {name}",
            "unit": "models/s",
            "ours": round(rates[name], 2),
            "start [s]": round(statistics.median(start for _, start in runs), 2),
            "ratio": "1" if name == "one process" else f"{rates[name] / alone:.2f} of one process",
            "goal": "" if name == "one process" else ">= 1.8 of one process",
        }
        for name, runs in found.items()
    ]


def known(root: Path, models: int) -> Figure:
    """One row: a call that finds everything done, beside stat-ing the files."""
    shutil.rmtree(root, ignore_errors=True)
    names = [f"wind-{number:06d}" for number in range(models)]
    for kind in ("models", "observations"):
        (root / kind).mkdir(parents=True)
        for name in names:
            with (root / kind / f"{name}.h5").open("wb") as file:
                file.truncate(10**6)
    make_manifest(root, names)
    call = timed(lambda: make_store(root, ModelFiles(root / "models"), TINY, workers=1))
    paths = [root / kind / f"{name}.h5" for kind in ("models", "observations") for name in names]
    stat = timed(lambda: [path.stat() for path in paths])
    return {
        "what": f"the same call when all {models} models are done",
        "unit": "µs a model",
        "ours": round(1e6 * call / models, 1),
        "stat": round(1e6 * stat / models, 1),
        "ratio": f"{1e5 * call / models:.0f} s for 100,000 models",
        "goal": "<= 60 s for 100,000 models",
    }


def make_manifest(root: Path, names: list[str]) -> None:
    """The manifest of a store whose files are holes of one size."""
    manifest = Manifest(root, settings_of(ModelFiles(root / "models"), Observer(TINY), 0.0))
    for name in names:
        files = (f"models/{name}.h5", f"observations/{name}.h5")
        entries = tuple(FileEntry(path, 10**6, "0" * 64) for path in files)
        manifest.models[name] = ModelEntry(name, "lineform", entries)
    manifest.save()


def timed(way: Callable[[], object]) -> float:
    """Wall time, median of some rounds after one that does not count [s]."""
    times = []
    for number in range(ROUNDS + 1):
        start = time.perf_counter()
        way()
        if number:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=24)
    parser.add_argument("--known", type=int, default=20_000, help="models that are done")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    folder = options.folder / "store"
    with cluster() as address:
        figures = making(folder, options.models, address)
    figures.append(known(folder / "known", options.known))
    command = f"python -m bench.store --models {options.models} --known {options.known}"
    store("store", command, figures)


if __name__ == "__main__":
    main()
