"""Peak memory of a scan and of a build, of stores of growing size: it must not grow with them.

Usage: ``python -m bench.memory [--models 1000 10000 50000] [--builds 1000 10000]``

Scans take no checksums. Builds are given no store, so that no pictures are made. The stores are
clones of one model with nine observations (bench.clones) and stay in the folder.
"""

import argparse
import shutil
import sys
from pathlib import Path

from bench.clones import clone_store
from bench.measure import Peak, peak_memory, store

LIMIT = 1000  # MB
WORKERS = "2"

Figure = dict[str, str | float]


def portal(*arguments: str) -> Peak:
    """Watch a command of the portal."""
    return peak_memory(sys.executable, "-m", "portal", *arguments, "--workers", WORKERS)


def scan(folder: Path, models: int) -> tuple[str, Peak]:
    """A scan of `models` models from nothing."""
    root = clone_store(folder / f"scan-{models}", models)
    catalog = folder / f"memory-{models}"
    shutil.rmtree(catalog, ignore_errors=True)
    peak = portal("scan", str(root), "--catalog", str(catalog), "--no-checksums")
    return f"scan of {models} models ({2 * models} files, {9 * models} observations)", peak


def build(folder: Path, models: int) -> tuple[str, Peak]:
    """A build from nothing of what `scan` has read."""
    site = folder / "memory-site"
    shutil.rmtree(site, ignore_errors=True)
    paths = ("--catalog", str(folder / f"memory-{models}"), "--site", str(site))
    return f"build of {models} models", portal("build", *paths, "--store", str(site / "none"))


def figure(what: str, peak: Peak, first: Peak) -> Figure:
    """One row; `first` is the peak at the smallest size."""
    return {
        "what": f"{what}, main process",
        "unit": "MB",
        "ours": round(peak.main / 1e6),
        "largest worker [MB]": round(peak.worker / 1e6),
        "time [s]": round(peak.seconds, 1),
        "ratio": f"{peak.main / first.main:.2f} of the smallest store",
        "goal": f"<= {LIMIT} and flat",
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, nargs="+", default=[1000, 10_000, 50_000])
    parser.add_argument("--builds", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    sizes, builds = (" ".join(map(str, given)) for given in (options.models, options.builds))
    command = f"python -m bench.memory --models {sizes} --builds {builds}".rstrip()
    figures: list[Figure] = []
    # Scans first, so that they are kept if a build fails.
    for way, wanted in ((scan, options.models), (build, options.builds)):
        first = None
        for models in wanted:
            what, peak = way(options.folder, models)
            first = first or peak
            figures.append(figure(what, peak, first))
            store("memory", command, figures)


if __name__ == "__main__":
    main()
