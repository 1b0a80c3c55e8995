"""Reading a served store with the client, beside h5py over fsspec and curl.

Usage: ``python -m bench.client [--models 100] [--rounds 3]``

A store of that many observation files is served from this machine, by Python, which bounds all
figures. Spectra of all observations are read by byte offset, and through h5py over fsspec with the
cache that the pages print; four files of 64 MB are fetched by the client, which compares their
checksums, and by curl, which does not.
"""

import argparse
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import fsspec
import h5py
import numpy as np
from tests.layout import write_store

from bench.measure import in_turns, store
from portal.catalog.selection import StoredFile
from portal.client import OpenedCatalog, fetch, open_catalog
from portal.server import SiteServer, serving

BLOCK = 256 * 1024
LARGE = ("a.h5", "b.h5", "c.h5", "d.h5")


def prepared(root: Path, models: int) -> Path:
    """A store and, in ``site/catalog``, its tables."""
    if not (root / "site" / "catalog" / "files.parquet").exists():
        shutil.rmtree(root, ignore_errors=True)
        write_store(root / "store", models)
        (root / "large").mkdir()
        for name in LARGE:
            (root / "large" / name).write_bytes(np.random.default_rng(1).bytes(64 << 20))
        command = [
            "portal",
            "scan",
            str(root / "store"),
            "--catalog",
            str(root / "site" / "catalog"),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return root


def through_h5py(catalog: OpenedCatalog) -> None:
    """Spectra and velocities of all observations through h5py and fsspec, file by file."""
    http = fsspec.filesystem("http")
    for url, rows in catalog.observations.groupby("access_url"):
        with http.open(url, cache_type="blockcache", block_size=BLOCK) as stream:
            with h5py.File(stream) as file:
                for group in rows["hdf5_group"]:
                    file[group]["velocity"][()], file[group]["spectrum"][()]


def traffic(server: SiteServer, way: Callable[[], object]) -> tuple[int, float]:
    """Requests and MB that one call costs."""
    server.requests.clear()
    way()
    return len(server.requests), sum(served.bytes for served in server.requests) / 1e6


def spectra(root: Path, rounds: int) -> list[dict[str, str | float]]:
    """Spectra a second, requests and bytes of three ways."""
    with serving(root / "site", root / "store") as server, tempfile.TemporaryDirectory() as cache:
        with open_catalog(server.url, data=f"{server.url}data/", cache=Path(cache)) as catalog:
            rows = catalog.observations
            rows["access_url"] = [f"{server.url}data/{path}" for path in rows["path"]]
            stream = catalog.samples(("spectrum", "velocity")).stream(batch=64)
            ways: dict[str, Callable[[], object]] = {
                "spectra": lambda: catalog.spectra(rows),
                "stream": lambda: list(stream),
                "h5py": lambda: through_h5py(catalog),
            }
            moved = {name: traffic(server, way) for name, way in ways.items()}
            seconds = in_turns(ways, rounds)
    speed = {name: len(rows) / time for name, time in seconds.items()}
    told = [("spectra/s", speed, ">= 1x h5py over fsspec")]
    told += [("requests a spectrum", {n: m[0] / len(rows) for n, m in moved.items()}, "<= 2")]
    told += [("kB a spectrum", {n: 1e3 * m[1] / len(rows) for n, m in moved.items()}, "<= 100")]
    return [
        {
            "what": f"{len(rows)} spectra with velocities: {what}",
            "unit": "",
            "ours": values["spectra"],
            "shuffled stream": values["stream"],
            "h5py over fsspec": values["h5py"],
            "ratio": f"{values['spectra'] / values['h5py']:.2g} of h5py over fsspec",
            "goal": goal,
        }
        for what, values, goal in told
    ]


def downloads(root: Path, rounds: int) -> list[dict[str, str | float]]:
    """MB/s of whole files."""
    digests = [hashlib.sha256((root / "large" / name).read_bytes()).hexdigest() for name in LARGE]
    with serving(root / "large") as server, tempfile.TemporaryDirectory() as folder:
        files = [
            StoredFile(name, server.url + name, 64 << 20, digest, "model", name)
            for name, digest in zip(LARGE, digests, strict=True)
        ]
        command = ["curl", "--no-progress-meter", "--fail", "--parallel", "--remote-name-all"]

        def ours() -> None:
            shutil.rmtree(Path(folder) / "ours", ignore_errors=True)
            assert not fetch(files, Path(folder) / "ours").failed

        def curl() -> None:
            subprocess.run([*command, *(file.url for file in files)], cwd=folder, check=True)

        seconds = in_turns({"ours": ours, "curl": curl}, rounds)
    speed = {name: 4 * 64 * 1.048576 / time for name, time in seconds.items()}
    row: dict[str, str | float] = {"what": "4 files of 64 MB, fetched, ours with SHA-256"}
    row |= {"unit": "MB/s", **speed, "ratio": f"{speed['ours'] / speed['curl']:.2f} of curl"}
    return [row]


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/client"))
    options = parser.parse_args()
    root = prepared(options.folder, options.models)
    rows = spectra(root, options.rounds) + downloads(root, options.rounds)
    store("client", "python -m bench.client", rows)


if __name__ == "__main__":
    main()
