"""Writing model pages: milliseconds a page, beside Hugo, mkdocs-material and plain writing.

Usage: ``python -m bench.pages [--models 20000] [--peers 1000] [--copies 5]``

The greatest catalogue holds the rows of the scanned one several times, with other names and
parameters. Every site is built to a new folder and taken away at the very end: ext4 is slow to
give out inodes that were freed a moment ago, which would be charged to whoever writes next.

All ways get the same pages: Hugo and mkdocs are given the body of our finished pages and put
their own (for Hugo a minimal) frame around it. Times are wall times of whole commands on one
core, less the time that the same command takes for a site without these pages.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.clones import clone_store
from bench.measure import peak_memory, store

TABLES = ("models", "observations", "files", "problems", "provenance")

SMALL = 20
ROUNDS = 3
HUGO = 'baseURL = "/"\ndisableKinds = ["taxonomy", "term", "RSS"]\n'
HUGO_FRAME = (
    "<!doctype html><html><head><title>{{ .Title }}</title></head>"
    "<body>{{ .Content }}</body></html>"
)
MKDOCS = """site_name: Bench
theme: {name: material, font: false}
nav: [index.md]
not_in_nav: m/
plugins: []
"""


def portal(*arguments: str) -> None:
    """Run a command of the portal."""
    run = [sys.executable, "-m", "portal", *arguments]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)


def timed(way: Callable[[], object]) -> float:
    """Wall time of one call [s]."""
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def command(catalog: Path, site: Path) -> list[str]:
    """The command that builds `site`, all prose being there already."""
    cache = site.with_name(f".{site.name}.cache")
    ready = site.with_name(".pages-first.cache")
    if ready.exists() and not cache.exists():
        shutil.copytree(ready, cache)
    # The stores are not at hand, so that pictures, which are made once a file, are left out.
    given = {"catalog": catalog, "site": site, "workers": 1, "store": site.parent / "no-store"}
    return ["build", *(str(word) for name, value in given.items() for word in (f"--{name}", value))]


def build(catalog: Path, site: Path) -> float:
    """Wall time of ``portal build`` [s]."""
    arguments = command(catalog, site)
    return timed(lambda: portal(*arguments))


Renaming = Callable[[pa.Table, int], pa.Table]


def multiplied(catalog: Path, copies: int, rename: Renaming | None = None) -> Path:
    """A catalogue with `copies` of each row, which differ as `rename` says, or as `renamed`."""
    target = catalog.with_name(f"{catalog.name}-{copies}")
    if not target.exists():
        target.mkdir()
        for name in TABLES:
            table, metadata = read(catalog / f"{name}.parquet")
            parts = [(rename or renamed)(table, number) for number in range(copies)]
            pq.write_table(
                pa.concat_tables(parts).replace_schema_metadata(metadata),
                target / f"{name}.parquet",
            )
    return target


def read(path: Path) -> tuple[pa.Table, dict[bytes, bytes]]:
    """A table, and all metadata of its file."""
    metadata = dict(pq.read_metadata(path).metadata)
    metadata.pop(b"ARROW:schema", None)
    return pq.read_table(path), metadata


def renamed(table: pa.Table, number: int) -> pa.Table:
    """`table` with other names and parameters."""
    for place, name in enumerate(table.column_names):
        column = table[name]
        if name == "model_id":
            column = pc.binary_join_element_wise(column, str(number), "-")
        elif name in ("mass_loss_rate", "terminal_velocity"):
            column = pc.multiply(column, 1 + 0.004 * number)
        table = table.set_column(place, table.schema.field(place), column)
    return table


def retitled(catalog: Path, share: int) -> Path:
    """The same catalogue with another title for each model in `share`."""
    target = catalog.with_name(f"{catalog.name}-retitled")
    if not target.exists():
        shutil.copytree(catalog, target)
        table, metadata = read(catalog / "models.parquet")
        titles = table["title"].to_pylist()
        titles[::share] = [f"Retitled {number}" for number in range(len(titles[::share]))]
        place = table.column_names.index("title")
        table = table.set_column(place, table.schema.field(place), [titles])
        pq.write_table(table.replace_schema_metadata(metadata), target / "models.parquet")
    return target


def inodes(site: Path) -> dict[str, int]:
    """Inode of each model page: a file that was kept has that of the former site."""
    return {f"{path}": path.stat().st_ino for path in (site / "m").rglob("*.html")}


def catalog_of(folder: Path, models: int) -> Path:
    """A catalogue of `models` clones."""
    catalog = folder / f"pages-{models}-catalog"
    if not catalog.exists():
        root = clone_store(folder / f"pages-{models}", models)
        portal("scan", str(root), "--catalog", str(catalog), "--no-checksums")
    return catalog


def write_again(pages: list[bytes], folder: Path) -> None:
    """The floor: write the same bytes to as many folders and files."""
    for number in range(256):
        (folder / f"{number:02x}").mkdir(parents=True)
    for number, page in enumerate(pages):
        (folder / f"{number % 256:02x}" / f"{number}.html").write_bytes(page)


def bodies(pages: list[bytes]) -> list[str]:
    """What stands inside the article of each page."""
    found = [re.search(rb"<article.*?>(.*)</article>", page, re.DOTALL) for page in pages]
    return [match[1].decode() for match in found if match]


def hugo(texts: list[str], folder: Path) -> float:
    """Wall time of Hugo for `texts` [s]."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("content/m", "layouts/_default"):
        (folder / part).mkdir(parents=True)
    (folder / "config.toml").write_text(HUGO)
    (folder / "layouts/_default/single.html").write_text(HUGO_FRAME)
    (folder / "layouts/_default/list.html").write_text("<!doctype html><html></html>")
    for number, text in enumerate(texts):
        (folder / f"content/m/{number}.html").write_text(f"---\ntitle: Model {number}\n---\n{text}")
    run = ["hugo", "--quiet", "--source", str(folder)]
    environment = os.environ | {"GOMAXPROCS": "1"}
    return timed(lambda: subprocess.run(run, check=True, env=environment))


def mkdocs(texts: list[str], folder: Path) -> float:
    """Wall time of mkdocs-material for `texts`, outside the navigation [s]."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "docs/m").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(MKDOCS)
    (folder / "docs/index.md").write_text("# Bench\n")
    for number, text in enumerate(texts):
        (folder / f"docs/m/{number}.md").write_text(f"# Model {number}\n\n<div>\n{text}\n</div>\n")
    run = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(folder / "mkdocs.yml")]
    return timed(lambda: subprocess.run(run, check=True, stderr=subprocess.DEVNULL))


def pages_figure(options: argparse.Namespace, folder: Path, base: float) -> dict[str, str | float]:
    """Time of a page, ours and that of others."""
    many = catalog_of(options.folder, options.models)
    extra = options.models - SMALL
    rounds, pages = [], list[bytes]()
    for number in range(ROUNDS):
        site, again = folder / f"many-{number}", folder / f"again-{number}"
        ours = (build(many, site) - base) / extra
        pages = pages or [path.read_bytes() for path in sorted((site / "m").rglob("*.html"))]
        floor = timed(partial(write_again, pages, again)) / len(pages)
        rounds.append((ours, floor))
    ours, floor = (statistics.median(times) for times in zip(*rounds, strict=True))
    against = statistics.median(a / b for a, b in rounds)
    texts = bodies(pages[: options.peers])
    peer = options.folder / "pages-peer"
    peers = {
        "hugo": (hugo(texts, peer) - hugo(texts[:1], peer)) / (len(texts) - 1),
        "mkdocs-material": (mkdocs(texts[:200], peer) - mkdocs(texts[:1], peer)) / 199,
    }
    size = sum(map(len, pages)) / len(pages) / 1000
    return {
        "what": f"{options.models} model pages of {size:.1f} kB, one core",
        "unit": "ms a page",
        "ours": round(1e3 * ours, 4),
        "writing the same bytes": round(1e3 * floor, 4),
        **{name: round(1e3 * value, 3) for name, value in peers.items()},
        "ratio": (
            f"{1 / ours:.0f} pages a second; {against:.1f} of writing;"
            f" Hugo {peers['hugo'] / ours:.1f} times ours,"
            f" mkdocs {peers['mkdocs-material'] / ours:.0f} times"
        ),
        "goal": ">= 8000 a second, <= 2.5 of writing, >= 8 times Hugo",
    }


def change_figure(catalog: Path, models: int, site: Path) -> dict[str, str | float]:
    """Time to build again after a change to 1 % of the models, on the site that is there."""
    before = inodes(site)
    seconds = build(retitled(catalog, 100), site)
    after = inodes(site)
    fresh = sum(after[path] != before[path] for path in after)
    return {
        "what": f"1 % of {models} models changed: build again, one core",
        "unit": "s",
        "ours": round(seconds, 2),
        "pages rewritten": float(fresh),
        "goal": "<= 60 s for 100,000, only those files",
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=20_000)
    parser.add_argument("--peers", type=int, default=1_000)
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    folder = options.folder / f"sites-{os.getpid()}"
    folder.mkdir(parents=True)
    few, some = catalog_of(options.folder, SMALL), catalog_of(options.folder, 1000)
    build(few, folder / "pages-first")  # once, so that the prose is in the cache
    base = min(build(few, folder / f"few-{number}") for number in range(3))
    figures = [pages_figure(options, folder, base)]
    most = multiplied(catalog_of(options.folder, options.models), options.copies)
    models = options.models * options.copies
    python = [sys.executable, "-m", "portal"]
    peaks = {
        count: peak_memory(*python, *command(catalog, folder / f"peak-{count}"))
        for count, catalog in ((1000, some), (models, most))
    }
    memory = {count: round(peak.main / 1e6) for count, peak in peaks.items()}
    figures += [
        {
            "what": f"{models} model pages, the whole build, one core",
            "unit": "s",
            "ours": round(peaks[models].seconds, 1),
            "ratio": f"{models / (peaks[models].seconds - base):.0f} pages a second",
            "goal": ">= 8000 a second",
        },
        {
            "what": f"peak memory of the build of {models} models",
            "unit": "MB",
            "ours": float(memory[models]),
            "of 1000 models": float(memory[1000]),
            "goal": "<= 1000 MB, flat",
        },
        change_figure(most, models, folder / f"peak-{models}"),
    ]
    shutil.rmtree(folder)
    given = f"--models {options.models} --peers {options.peers} --copies {options.copies}"
    store("pages", f"python -m bench.pages {given}", figures)


if __name__ == "__main__":
    main()
