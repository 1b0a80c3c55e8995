"""Scanning a store: microseconds a file, beside plain h5py and the floor of opening a file.

Usage: ``python -m bench.scan [--models 2500] [--folder build/bench]``
"""

import argparse
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import h5py

from bench.clones import clone_store
from bench.measure import in_turns, store
from portal.readers import read_file

SAMPLE = 200
WORKERS = 2


def floor(paths: list[Path]) -> None:
    """Open each file and read 512 bytes."""
    for path in paths:
        with path.open("rb", buffering=0) as file:
            file.read(512)


def plain_h5py(paths: list[Path]) -> None:
    """Visit every object of each file and read its attributes, as most scripts do."""
    for path in paths:
        with h5py.File(path) as file:
            found = {"": dict(file.attrs)}
            file.visititems(lambda name, item, found=found: found.update({name: dict(item.attrs)}))


def ours(paths: list[Path]) -> None:
    """Read each file into rows."""
    for path in paths:
        read_file(path, path.name)


def stat_all(root: Path) -> None:
    """List and stat every file."""
    for folder in sorted(root.iterdir()):
        if folder.is_dir():
            with os.scandir(folder) as entries:
                for entry in entries:
                    entry.stat()


def scan(root: Path, catalog: Path, *options: str) -> float:
    """Wall time of ``portal scan`` [s]."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "portal", "scan", str(root), "--catalog", str(catalog)]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=2500)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    root = clone_store(options.folder / f"scan-{options.models}", options.models)
    figures: list[dict[str, str | float]] = []
    for kind in ("models", "observations"):
        paths = list(itertools.islice((root / kind).glob("*.h5"), SAMPLE))
        times = in_turns(
            {
                "ours": lambda: ours(paths),
                "h5py": lambda: plain_h5py(paths),
                "floor": lambda: floor(paths),
            }
        )
        figures.append(
            {"what": f"read one file of {kind}, one process", "unit": "µs"}
            | {name: round(1e6 * value / len(paths), 1) for name, value in times.items()}
            | {"ratio": f"{times['ours'] / times['h5py']:.2f} of plain h5py", "goal": "<= 0.20"}
        )
    files = 2 * options.models
    catalog = options.folder / f"scan-{options.models}-catalog"
    subprocess.run(["rm", "-rf", str(catalog)], check=True)
    first = scan(root, catalog, "--no-checksums", "--workers", str(WORKERS))
    figures.append(
        {
            "what": f"first scan of {files} files without checksums, {WORKERS} workers, tables written",
            "unit": "µs a file",
            "ours": round(1e6 * first / files, 1),
            "ratio": f"{first / files * 1e5 / 60:.1f} minutes for 100,000 files",
            "goal": "<= 5 minutes",
        }
    )
    again = [scan(root, catalog, "--no-checksums") for _ in range(5)]
    empty = min(_start_up() for _ in range(5))
    stats = in_turns({"stat": lambda: stat_all(root)})["stat"]
    figures.append(
        {
            "what": f"scan of {files} unchanged files, start of the program taken off",
            "unit": "µs a file",
            "ours": round(1e6 * (sorted(again)[2] - empty) / files, 1),
            "stat": round(1e6 * stats / files, 1),
            "ratio": f"{(sorted(again)[2] - empty) / stats:.1f} of listing and stat-ing them",
            "goal": "<= 3",
        }
    )
    store("scan", f"python -m bench.scan --models {options.models}", figures)


def _start_up() -> float:
    """Wall time of loading what the command loads [s]."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "portal", "scan", "--help"], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
