"""Writing the pages of observed products: pages a second, from the rows of real files.

Usage: ``python -m bench.products FOLDER [--copies 30]``

FOLDER has FITS files. It is scanned once; the catalogue that is built holds each row and where its
values are from so many times, under other names. The files are not at hand, so that headers and
pictures, which are made once a file, are left out. The time is that of the whole command on one
core, less that of a build of the files alone, over the pages between.
"""

import argparse
import os
import shutil
import statistics
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bench.measure import store
from bench.pages import build, multiplied, portal

ROUNDS = 3


def moved(table: pa.Table, number: int) -> pa.Table:
    """`table` as if its files lay in a folder of their own."""
    for name, form in (("path", "{}/"), ("obs_publisher_did", "ivo://bench/{}?")):
        if name in table.column_names:
            place = table.column_names.index(name)
            begin = form.format(f"{number:05d}")
            other = pc.binary_join_element_wise(begin, table[name], "")
            table = table.set_column(place, table.schema.field(place), other)
    return table


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, metavar="FOLDER")
    parser.add_argument("--copies", type=int, default=30)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    folder = options.folder / f"products-{os.getpid()}"
    folder.mkdir(parents=True)
    few = folder / "catalog"
    portal("scan", str(options.files), "--catalog", str(few), "--no-checksums")
    lot = multiplied(few, options.copies, moved)
    build(few, folder / ".first")
    # The name under which `bench.pages.command` finds the prose.
    (folder / "..first.cache").rename(folder / ".pages-first.cache")
    base = min(build(few, folder / f"few-{number}") for number in range(2))
    times = [build(lot, folder / f"many-{number}") for number in range(ROUNDS)]
    found = sorted((folder / "many-0" / "o").rglob("*.html"))
    pages = len(found)
    extra = pages - len(list((folder / "few-0" / "o").rglob("*.html")))
    size = sum(path.stat().st_size for path in found) / pages / 1000
    each = (statistics.median(times) - base) / extra
    figure: dict[str, str | float] = {
        "what": f"{pages} pages of products of {size:.1f} kB, without the files, one core",
        "unit": "ms a page",
        "ours": round(1e3 * each, 3),
        "ratio": f"{1 / each:.0f} pages a second; 100,000 in {1e5 * each / 60:.1f} minutes",
    }
    shutil.rmtree(folder)
    store("products", f"python -m bench.products FOLDER --copies {options.copies}", [figure])


if __name__ == "__main__":
    main()
