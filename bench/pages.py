"""Writing model pages: milliseconds a page, beside Hugo, mkdocs-material and plain writing.

Usage: ``python -m bench.pages [--models 20000] [--peers 1000]``

All ways get the same pages: Hugo and mkdocs are given the body of our finished pages and put
their own (for Hugo a minimal) frame around it. Times are wall times of whole commands on one
core, less the time that the same command takes for a site without these pages.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.clones import clone_store
from bench.measure import store

SMALL = 20
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
    command = [sys.executable, "-m", "portal", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def timed(way: Callable[[], object]) -> float:
    """Wall time of one call [s]."""
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


def build(catalog: Path, site: Path) -> float:
    """Wall time of ``portal build`` from nothing but the prose [s]."""
    shutil.rmtree(site, ignore_errors=True)
    # The stores are not at hand, so that pictures, which are made once a file, are left out.
    arguments = ["--catalog", str(catalog), "--site", str(site), "--workers", "1"]
    return timed(lambda: portal("build", *arguments, "--store", str(site.parent / "no-store")))


def catalog_of(folder: Path, models: int) -> Path:
    """A catalogue of `models` clones."""
    catalog = folder / f"pages-{models}-catalog"
    if not catalog.exists():
        root = clone_store(folder / f"pages-{models}", models)
        portal("scan", str(root), "--catalog", str(catalog), "--no-checksums")
    return catalog


def write_again(pages: list[bytes], folder: Path) -> None:
    """The floor: write the same bytes to as many folders and files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(256):
        (folder / f"{number:02x}").mkdir()
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
    command = ["hugo", "--quiet", "--source", str(folder)]
    environment = os.environ | {"GOMAXPROCS": "1"}
    return timed(lambda: subprocess.run(command, check=True, env=environment))


def mkdocs(texts: list[str], folder: Path) -> float:
    """Wall time of mkdocs-material for `texts`, outside the navigation [s]."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "docs/m").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(MKDOCS)
    (folder / "docs/index.md").write_text("# Bench\n")
    for number, text in enumerate(texts):
        (folder / f"docs/m/{number}.md").write_text(f"# Model {number}\n\n<div>\n{text}\n</div>\n")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(folder / "mkdocs.yml")]
    return timed(lambda: subprocess.run(command, check=True, stderr=subprocess.DEVNULL))


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=20_000)
    parser.add_argument("--peers", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    site = options.folder / "pages-site"
    few, many = catalog_of(options.folder, SMALL), catalog_of(options.folder, options.models)
    build(few, site)  # once, so that the prose is in the cache
    base = min(build(few, site) for _ in range(3))
    ours = (build(many, site) - base) / (options.models - SMALL)
    pages = [path.read_bytes() for path in sorted((site / "m").rglob("*.html"))]
    floor = timed(lambda: write_again(pages, options.folder / "pages-again")) / len(pages)
    texts = bodies(pages[: options.peers])
    peer = options.folder / "pages-peer"
    peers = {
        "hugo": (hugo(texts, peer) - hugo(texts[:1], peer)) / (len(texts) - 1),
        "mkdocs-material": (mkdocs(texts[:200], peer) - mkdocs(texts[:1], peer)) / 199,
    }
    size = sum(map(len, pages)) / len(pages) / 1000
    figures: list[dict[str, str | float]] = [
        {
            "what": f"{options.models} model pages of {size:.1f} kB, one core",
            "unit": "ms a page",
            "ours": round(1e3 * ours, 4),
            "writing the same bytes": round(1e3 * floor, 4),
            **{name: round(1e3 * value, 3) for name, value in peers.items()},
            "ratio": (
                f"{1 / ours:.0f} pages a second; {ours / floor:.1f} of writing;"
                f" Hugo {peers['hugo'] / ours:.1f} times ours,"
                f" mkdocs {peers['mkdocs-material'] / ours:.0f} times"
            ),
            "goal": ">= 8000 a second, <= 2.5 of writing, >= 8 times Hugo",
        }
    ]
    store(
        "pages", f"python -m bench.pages --models {options.models} --peers {options.peers}", figures
    )


if __name__ == "__main__":
    main()
