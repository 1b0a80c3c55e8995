"""Releases of 100,000 models: the time and memory of ``portal release`` and ``portal diff``.

Usage: ``python -m bench.releases [--rows 100000]``

A generated catalogue is released, changed (one model in 500 withdrawn, one in 200 with another
parameter, one in 300 with other bytes) and compared with its release. Wall times and peak
memory are those of whole commands, the start of Python included.
"""

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.browser.generated import write_catalog

from bench.measure import Peak, peak_memory, store
from portal.catalog.paths import parquet_path

WITHDRAWN, OTHER_VALUE, OTHER_BYTES = 500, 200, 300


def portal(*words: str | Path) -> Peak:
    """Run a command of the portal."""
    # A difference is no failure, but its exit status is 1.
    code = (
        "import sys; from portal.cli import main\n"
        "try: main()\nexcept SystemExit as end: sys.exit(0 if end.code == 1 else end.code)"
    )
    return peak_memory(sys.executable, "-c", code, *map(str, words))


def change(catalog: Path) -> None:
    """Withdraw some models, and change a parameter or the bytes of others."""
    models, files = (_read(parquet_path(catalog, name)) for name in ("models", "files"))
    kept = np.arange(models.num_rows) % WITHDRAWN != 0
    rate = models["mass_loss_rate"].to_numpy().copy()
    rate[::OTHER_VALUE] *= 1.5
    place = models.schema.get_field_index("mass_loss_rate")
    models = models.set_column(place, models.schema.field(place), pa.array(rate))
    sums = files["sha256"].to_pylist()
    sums[:: 2 * OTHER_BYTES] = ["f" * 64] * len(sums[:: 2 * OTHER_BYTES])
    place = files.schema.get_field_index("sha256")
    files = files.set_column(place, files.schema.field(place), pa.array(sums))
    pq.write_table(models.filter(pa.array(kept)), parquet_path(catalog, "models"))
    pq.write_table(files.filter(pa.array(np.repeat(kept, 2))), parquet_path(catalog, "files"))


def _read(path: Path) -> pa.Table:
    """A table with all that its file says of it."""
    return pq.read_table(path).replace_schema_metadata(pq.read_metadata(path).metadata)


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with TemporaryDirectory() as folder:
        old, new = Path(folder) / "old", Path(folder) / "new"
        write_catalog(old, rows)
        first = portal("release", "1.0", "--catalog", old, "--date", "2026-01-01")
        shutil.copytree(old, new)
        change(new)
        second = portal("release", "1.1", "--catalog", new, "--date", "2026-02-01")
        diff = portal("diff", old / "releases" / "1.0", new)
        size = sum(p.stat().st_size for p in (old / "releases" / "1.0").iterdir())
    runs = {"portal release, the first": first, "portal release": second, "portal diff": diff}
    figures: list[dict[str, str | float]] = []
    for name, run in runs.items():
        figures += [
            {"what": f"{name}, {rows:,} models", "unit": "s", "ours": round(run.seconds, 2)},
            {"what": f"{name}: memory", "unit": "MB", "ours": round(run.main / 1e6)},
        ]
    figures.append({"what": "a release on the disk", "unit": "MB", "ours": round(size / 1e6, 1)})
    store("releases", f"python -m bench.releases --rows {rows}", figures)


if __name__ == "__main__":
    main()
