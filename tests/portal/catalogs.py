"""Small catalogues for tests of pages."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema
from portal.catalog.metadata import SCAN_ID, table_metadata
from portal.catalog.paths import parquet_path
from portal.catalog.table import Catalog
from portal.model.collection import Collection, Contact, Creator
from portal.model.schema import PARAMETERS, TABLES
from tests.portal import scanning

COLLECTION = Collection(
    "winds",
    "Winds of evolved stars",
    "Synthetic line observations of example winds.",
    site_url="https://example.org/portal/",
    publisher="Example Institute",
    creators=(Creator("Doe, Jane", "Example Institute", "0000-0002-1825-0097"),),
    contact=Contact("Data desk", "data@example.org"),
)


def scanned(store: Path, root: Path, **settings) -> Catalog:
    """The catalogue in `root` of the files below `store`."""
    known = {name: getattr(COLLECTION, name) for name in COLLECTION.__slots__}
    collection = Collection(**known | {"stores": (str(store),)} | settings)
    scanning.run((collection,), root)
    return Catalog.open(root)


def rows_of(catalog: Catalog) -> dict[str, list[dict]]:
    """The rows of all tables, to be changed and written again."""
    return {name: catalog.table(name).to_pylist() for name in TABLES}


def written(
    rows: dict[str, list[dict]], root: Path, collection: Collection = COLLECTION
) -> Catalog:
    """The catalogue in `root` of these rows, in the order of the models' names."""
    root.mkdir(parents=True, exist_ok=True)
    known = {key for row in rows["models"] for key in row}
    parameters = [column for column in PARAMETERS if column.name in known]
    for name, columns in TABLES.items():
        metadata = {**table_metadata(name, [collection]), SCAN_ID: "0" * 16}
        schema = arrow_schema([*columns, *(parameters if name == "models" else ())], metadata)
        # Stable, and rows of no model come last: so a scan writes them.
        ordered = sorted(rows.get(name, []), key=_place)
        pq.write_table(pa.Table.from_pylist(ordered, schema=schema), parquet_path(root, name))
    return Catalog.open(root)


def _place(row: dict) -> tuple:
    model = row.get("model_id")
    if model is None and "model_id" in row:
        return True, "", row["path"]
    return False, model or "", row.get("path") or ""


def model_row(name: str, **values) -> dict:
    """A row of the table of models with little in it."""
    bare = dict.fromkeys(column.name for column in TABLES["models"])
    told = {"model_id": name, "collection": COLLECTION.id, "format": "magritte", "bytes": 10}
    return bare | told | {"n_observations": 0, "license": "CC-BY-SA-4.0", "advisories": []} | values


def file_row(name: str, **values) -> dict:
    """A row of the table of files that belongs to the model `name`."""
    told = {"path": f"models/{name}.h5", "collection": COLLECTION.id, "bytes": 10, "mtime_ns": 0}
    more = {"kind": "model", "format": "magritte", "model_id": name, "url": None, "sha256": None}
    return told | more | values
