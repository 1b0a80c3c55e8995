"""Tables of 100,000 rows of ObsCore: checked, written and read; links of 100,000 models.

Usage: ``python -m bench.obscore [--rows 100000]``

Processor times of one run. The peer of the linter is votlint, which looks at the form of a VOTable
alone; that of the writers is astropy's own writer of the same table.
"""

import argparse
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from astropy.table import Table
from tests.portal.lint.rows import ROWS

from bench.measure import store
from portal.catalog.datalinks import Item, document, document_path
from portal.lint import check_table
from portal.model.collection import Collection
from portal.obscore.files import FORMATS, load_table, write_table
from portal.obscore.table import table_of

OBSERVATIONS = 4
"""Of each model."""


def seconds(way: Callable[[], object]) -> float:
    """Processor time of one call [s]."""
    start = time.process_time()
    way()
    return time.process_time() - start


def clean(rows: int) -> Table:
    """A table with nothing wrong: products of eight kinds, over and over."""
    return table_of(
        [
            ROWS[i % len(ROWS)] | {"obs_publisher_did": f"ivo://a.example/c?{i}", "obs_id": f"o{i}"}
            for i in range(rows)
        ]
    )


def astropy_writes(table: Table, path: Path) -> None:
    """Write a VOTable or an ECSV file with astropy alone."""
    form = "votable" if path.suffix == ".vot" else "ascii.ecsv"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table.write(path, format=form, overwrite=True)


def links(folder: Path, models: int) -> float:
    """Time to make and write a document of links for each of so many models."""
    collections = {"a": Collection("a", "A")}
    start = time.process_time()
    for number in range(models):
        name = f"wind-{number:06d}"
        rows = tuple(_observation(name, f"CO_2-1_d{n:02d}") for n in range(OBSERVATIONS))
        path = folder / document_path(rows[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        item = Item(rows, (f"models/{name}.h5", 1_000_000), 2_000_000)
        path.write_bytes(b"".join(document([item], collections)))
    return time.process_time() - start


def _observation(model: str, group: str) -> dict[str, str | None]:
    return {
        "obs_publisher_did": f"ivo://a.example/a?{model}/{group}",
        "obs_collection": "a",
        "access_url": f"https://a.example/data/observations/{model}.h5",
        "access_format": "application/x-hdf5",
        "dataproduct_type": "cube",
        "model_id": model,
        "path": f"observations/{model}.h5",
        "hdf5_group": group,
        "part": None,
    }


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    table = clean(rows)
    figures: list[dict[str, str | float]] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        for ending in sorted(set(FORMATS) - {".xml"}):
            path = folder / f"t{ending}"
            said: dict[str, str | float] = {"what": f"write {rows:,} rows as {ending}", "unit": "s"}
            said["ours"] = round(seconds(partial(write_table, table, path)), 2)
            if ending in (".vot", ".ecsv"):
                other = folder / f"peer{ending}"
                said["astropy"] = round(seconds(partial(astropy_writes, table, other)), 2)
            figures.append(said)
        checked: dict[str, str | float] = {"what": f"check {rows:,} rows", "unit": "s"}
        loaded = load_table(folder / "t.parquet")
        checked["ours"] = round(seconds(lambda: check_table(loaded)), 2)
        if shutil.which("stilts"):
            start = time.perf_counter()
            subprocess.run(["stilts", "votlint", f"votable={folder / 't.vot'}"], check=True)
            checked["votlint, form alone"] = round(time.perf_counter() - start, 2)
        figures.append(checked)
        took = round(links(folder, rows), 2)
        what = f"documents of links of {rows:,} models, {OBSERVATIONS} observations each"
        figures.append({"what": what, "unit": "s", "ours": took, "goal": "<= 60"})
    store("obscore", f"python -m bench.obscore --rows {rows}", figures)


if __name__ == "__main__":
    main()
