"""What a model's page moves: requests and bytes out of a file of 300 MB; and what its blocks cost.

Usage: ``python -m bench.model_page``

The code of the page reads a spectrum, then a pixel and a channel of the largest cube, each from
nothing, through the test server, which counts. The peer reads the same with h5py and fsspec over
the same server, as the examples on the pages do. Blocks are compared with those of all channels
and 16 x 16 pixels on one cube, each written and read by h5py; medians of some rounds. Needs
Node.js.
"""

import argparse
import json
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import h5py
import numpy as np
from tests.browser.largefile import CHANNELS, GROUP, write_large

from bench.measure import store
from lineform.layout import blocks_of, page_of
from portal.readers import read_file
from portal.server import SiteServer, serving

READ = """
import { Cube } from './site_src/app/hdf5/cube.js'
import { DataFile } from './site_src/app/hdf5/datafile.js'
const { url, bytes, cube, ranges, pixel, channel } = JSON.parse(process.argv[1])
const file = new DataFile(url, bytes)
if (ranges) await file.read(ranges)
if (pixel) await new Cube(file, cube).spectrum(...pixel)
if (channel) await new Cube(file, cube).channel(channel)
"""
PIXEL = (311, 702)
SHAPE = (100, 256, 256)
CACHE = {"cache_type": "blockcache", "block_size": 65536}


def moved(server: SiteServer, way: Callable[[], object]) -> tuple[int, int]:
    """Requests and bytes of one way to read."""
    server.requests.clear()
    way()
    return len(server.requests), sum(request.bytes for request in server.requests)


def page_code(**given: object) -> Callable[[], object]:
    """Read something with the code of the page."""
    command = ["node", "--input-type=module", "-e", READ, json.dumps(given)]
    return lambda: subprocess.run(command, check=True)


def by_h5py(url: str, part: Callable[[h5py.Group], object]) -> Callable[[], object]:
    """Read something with h5py over HTTP."""

    def way() -> None:
        with fsspec.open(url, **CACHE) as raw, h5py.File(raw) as file:
            part(file[GROUP])

    return way


def traffic(folder: Path) -> list[dict[str, str | float]]:
    """Requests and bytes of the page and of h5py."""
    path = folder / "observations" / "large-000.h5"
    if not path.exists():
        write_large(path)
    row = next(r for r in read_file(path, path.name).observations if r["hdf5_group"] == GROUP)
    parts = ("shape", "chunks", "dtype", "filters", "index")
    pairs: list[tuple[Any, Any]] = [
        (row[f"{name}_offset"], row[f"{name}_nbytes"]) for name in ("spectrum", "velocity")
    ]
    figures: list[dict[str, str | float]] = []
    with serving(folder, folder) as server:
        given: dict[str, Any] = {
            "url": f"{server.url}data/observations/{path.name}",
            "bytes": path.stat().st_size,
            "cube": {part: row[f"intensity_{part}"] for part in parts},
        }
        ranges = [{"start": start, "end": start + length} for start, length in pairs]
        ways: dict[str, tuple[dict[str, Any], Callable[[Any], object], str]] = {
            "a stored spectrum": ({"ranges": ranges}, lambda g: g["spectrum"][:], "2; 100 kB"),
            "the spectrum of a pixel": (
                {"pixel": PIXEL},
                lambda g: g["intensity"][:, PIXEL[0], PIXEL[1]],
                "10; 1000 kB",
            ),
            "the map of a channel": (
                {"channel": CHANNELS // 2},
                lambda g: g["intensity"][CHANNELS // 2],
                "",
            ),
        }
        for name, (asked, part, goal) in ways.items():
            requests, size = moved(server, page_code(**given, **asked))
            others, other_size = moved(server, by_h5py(str(given["url"]), part))
            most = dict(zip(("requests", "bytes"), goal.split("; "), strict=True)) if goal else {}
            what = f"{name}, file of {path.stat().st_size / 1e6:.0f} MB"
            asked_for: dict[str, str | float] = {
                "what": f"{what}: requests",
                "unit": "",
                "ours": requests,
            }
            sent: dict[str, str | float] = {
                "what": f"{what}: moved",
                "unit": "kB",
                "ours": round(size / 1e3, 1),
            }
            figures += [
                asked_for | {"h5py, fsspec": others} | _goal(most.get("requests")),
                sent | {"h5py, fsspec": round(other_size / 1e3, 1)} | _goal(most.get("bytes")),
            ]
    return figures


def _goal(text: str | None) -> dict[str, str | float]:
    return {} if text is None else {"goal": f"≤ {text}"}


def cube() -> np.ndarray:
    """A shell that expands, with noise in its last digits."""
    random = np.random.default_rng(1)
    axes = np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij", sparse=True)
    radius = np.sqrt(sum(axis**2 for axis in axes))
    smooth = np.exp(-3 * radius**2) * (1 + 0.3 * np.sin(9 * radius))
    return np.asarray(1e-15 * smooth * (1 + 1e-3 * random.standard_normal(SHAPE)), "f4")


def blocks(path: Path, values: np.ndarray, chunks: tuple[int, ...], page: int) -> list[float]:
    """Size of a file with these blocks [MB], time to write it and to read a channel [s]."""
    start = time.perf_counter()
    with h5py.File(path, "w", fs_strategy="page", fs_page_size=page) as file:
        options = {"chunks": chunks, "compression": "gzip", "shuffle": True}
        file.create_dataset("intensity", data=values, **options)
    written = time.perf_counter()
    with h5py.File(path) as file:
        file["intensity"][SHAPE[0] // 2]
    return [path.stat().st_size / 1e6, written - start, time.perf_counter() - written]


def layouts(folder: Path, rounds: int) -> list[dict[str, str | float]]:
    """Our blocks beside those of all channels."""
    values, path = cube(), folder / "blocks.h5"
    kinds = {
        "ours": (blocks_of(SHAPE), page_of([SHAPE])),
        "blocks of all channels": ((SHAPE[0], 16, 16), 131072),
    }
    found = {
        name: [blocks(path, values, *how) for _ in range(rounds)] for name, how in kinds.items()
    }
    names = ("size of the file", "time to write it", "time to read one channel")
    size = "x".join(map(str, SHAPE))
    return [
        {"what": f"a cube of {size}: {name}", "unit": unit}
        | {
            kind: round(statistics.median(run[n] for run in runs), 3)
            for kind, runs in found.items()
        }
        for n, (name, unit) in enumerate(zip(names, ("MB", "s", "s"), strict=True))
    ]


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/model_page"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    figures = traffic(options.folder) + layouts(options.folder, options.rounds)
    store("model_page", "python -m bench.model_page", figures)


if __name__ == "__main__":
    main()
