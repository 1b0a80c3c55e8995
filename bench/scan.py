"""Scanning a store: microseconds a file, beside plain h5py and the floor of opening a file.

Usage: ``python -m bench.scan [--models 2500] [--rescan 50000] [--folder build/bench]``

Plain h5py reads what our readers read: all attributes of all objects, and the small datasets
that decide on columns (axes, spectra, names of species). The reference file is one of 60 root
attributes, a cube of 32^3 packed in chunks, and its axes with their attributes.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import h5py
import numpy as np

from bench.clones import clone_store
from bench.measure import in_turns, store
from portal.readers import open_header, read_file

SAMPLE = 200
WORKERS = 2
GOAL = 0.2
VALUES = frozenset({"velocity", "frequency", "x", "y", "spectrum", "species"})

Figure = dict[str, str | float]


def floor(paths: list[Path]) -> None:
    """Open each file and read 512 bytes."""
    for path in paths:
        with path.open("rb", buffering=0) as file:
            file.read(512)


def plain_h5py(paths: list[Path]) -> None:
    """Visit every object of each file and read what our readers read, as most scripts do."""
    for path in paths:
        with h5py.File(path) as file:
            attributes: dict[str, object] = {"": dict(file.attrs)}
            values: dict[str, object] = {}

            def visit(
                name: str,
                item: h5py.HLObject,
                attributes: dict[str, object] = attributes,
                values: dict[str, object] = values,
            ) -> None:
                attributes[name] = dict(item.attrs)
                if isinstance(item, h5py.Dataset) and name.rpartition("/")[2] in VALUES:
                    values[name] = item[()]

            file.visititems(visit)


def ours(paths: list[Path]) -> None:
    """Read each file into rows."""
    for path in paths:
        read_file(path, path.name)


def headers(paths: list[Path]) -> None:
    """Read the header of each file, and its axes."""
    for path in paths:
        header = open_header(path, path.name)
        for name in header.datasets.keys() & VALUES:
            header.values(name)


def reads(paths: list[Path]) -> float:
    """Reads of a file, on average: each is a way to the server where that is far."""
    plain, number = os.pread, 0

    def counted(handle: int, size: int, offset: int) -> bytes:
        nonlocal number
        number += 1
        return plain(handle, size, offset)

    os.pread = counted
    try:
        ours(paths)
    finally:
        os.pread = plain
    return number / len(paths)


def write_reference(folder: Path, files: int) -> list[Path]:
    """Files of 60 root attributes, a packed cube and three axes, each with other values."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.h5" for number in range(files)]
    for number, path in enumerate(paths):
        rng = np.random.default_rng(number)
        with h5py.File(path, "w") as file:
            for index in range(30):
                file.attrs[f"number_{index:02d}"] = float(rng.normal())
                file.attrs[f"text_{index:02d}"] = f"text {rng.integers(10**6)}"
            cube = rng.normal(size=(32, 32, 32)).astype("f4")
            file.create_dataset("cube", data=cube, chunks=(8, 32, 32), compression="gzip")
            for name in ("velocity", "x", "y"):
                file[name] = np.linspace(-1, 1, 32)
                file[name].attrs["unit"] = "km/s"
                file[name].attrs["description"] = f"Axis {name} of the cube."
    return paths


def reading(what: str, way: Callable[[list[Path]], None], paths: list[Path]) -> Figure:
    """One row: our way of reading `paths` beside the others."""
    ways = {
        "ours": lambda: way(paths),
        "h5py": lambda: plain_h5py(paths),
        "floor": lambda: floor(paths),
    }
    times = in_turns(ways)
    each = {name: round(1e6 * value / len(paths), 1) for name, value in times.items()}
    ratio = f"{times['ours'] / times['h5py']:.3f} of plain h5py, {reads(paths):.2g} reads a file"
    return {"what": what, "unit": "µs", **each, "ratio": ratio, "goal": f"<= {GOAL}"}


def stat_all(root: Path) -> float:
    """Time to list and stat every file [s]."""
    start = time.perf_counter()
    for folder in sorted(root.iterdir()):
        if folder.is_dir():
            with os.scandir(folder) as entries:
                for entry in entries:
                    entry.stat()
    return time.perf_counter() - start


def scan(root: Path, catalog: Path, *options: str) -> float:
    """Wall time of ``portal scan`` [s]."""
    arguments = [str(root), "--catalog", str(catalog), "--no-checksums", *options]
    return _run("scan", *arguments)


def rescan(root: Path, catalog: Path, files: int, rounds: int = 5) -> Figure:
    """One row: a scan of unchanged files beside stat-ing them, taken in turns."""
    empty = catalog.with_name("no-files")
    (empty / "store").mkdir(parents=True, exist_ok=True)
    _run("scan", str(empty / "store"), "--catalog", str(empty / "catalog"))
    start, again, stats = [], [], []
    for _ in range(rounds):
        start.append(_run("scan", str(empty / "store"), "--catalog", str(empty / "catalog")))
        again.append(scan(root, catalog))
        stats.append(stat_all(root))
    own = statistics.median(again) - statistics.median(start)
    stat = statistics.median(stats)
    return {
        "what": f"scan of {files} unchanged files, start of the program taken off",
        "unit": "µs a file",
        "ours": round(1e6 * own / files, 2),
        "stat": round(1e6 * stat / files, 2),
        "start of the program [s]": round(statistics.median(start), 2),
        "ratio": f"{own / stat:.1f} of listing and stat-ing them",
        "goal": "<= 3",
    }


def first_scan(root: Path, catalog: Path, files: int) -> Figure:
    """One row: a scan from nothing to tables."""
    shutil.rmtree(catalog, ignore_errors=True)
    first = scan(root, catalog, "--workers", str(WORKERS))
    return {
        "what": f"first scan of {files} files without checksums, {WORKERS} workers, with tables",
        "unit": "µs a file",
        "ours": round(1e6 * first / files, 1),
        "ratio": f"{first / files * 1e5 / 60:.1f} minutes for 100,000 files",
        "goal": "<= 5 minutes",
    }


def _run(*arguments: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "portal", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=2500)
    parser.add_argument("--rescan", type=int, default=50_000, help="models of the larger store")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    root = clone_store(options.folder / f"scan-{options.models}", options.models)
    figures = []
    for kind in ("models", "observations"):
        paths = list(islice(sorted((root / kind).glob("*.h5")), SAMPLE))
        figures.append(reading(f"read one file of {kind}, one process", ours, paths))
    paths = write_reference(options.folder / "reference", SAMPLE)
    figures.append(reading("header and axes of a reference file", headers, paths))
    for models in (options.models, options.rescan):
        root = clone_store(options.folder / f"scan-{models}", models)
        catalog = options.folder / f"scan-{models}-catalog"
        figures.append(first_scan(root, catalog, 2 * models))
        figures.append(rescan(root, catalog, 2 * models))
    command = f"python -m bench.scan --models {options.models} --rescan {options.rescan}"
    store("scan", command, figures)


if __name__ == "__main__":
    main()
