"""Asks the browser's code, run by Node.js, what queries mean."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from portal.catalog.paths import parquet_path
from portal.catalog.query import observation_columns
from portal.catalog.table import Catalog
from portal.model.schema import Column

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node")
SCRIPT = Path(__file__).with_name("query_rows.mjs")


def ask(catalog: Catalog, queries: Sequence[tuple[str, str]]) -> list[dict]:
    """Rows, SQL and columns of each query (table, text), or its error with its place."""
    own, lent = observation_columns(catalog)
    given = {
        "models": {
            "path": str(parquet_path(catalog.root, "models")),
            "columns": _plain(catalog.columns("models")),
        },
        "observations": {
            "path": str(parquet_path(catalog.root, "observations")),
            "own": _plain(own.values()),
            "lent": _plain(lent.values()),
        },
        "queries": [{"table": table, "text": text} for table, text in queries],
    }
    done = subprocess.run(
        [str(NODE), SCRIPT],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def _plain(columns: Sequence[Column]) -> list[dict]:
    return [asdict(column) for column in columns]
