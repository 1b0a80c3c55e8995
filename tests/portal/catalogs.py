"""Small catalogues for tests of pages, made by the readers from an example store."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from portal import registry
from portal.catalog.arrow import arrow_schema
from portal.catalog.metadata import SCAN_ID, table_metadata
from portal.catalog.paths import absolute_data_url, parquet_path
from portal.catalog.table import Catalog
from portal.model.collection import Collection, Contact, Creator
from portal.model.record import Problem
from portal.model.schema import PARAMETERS, TABLES
from portal.readers._opening import open_header

COLLECTION = Collection(
    "winds",
    "Winds of evolved stars",
    "Synthetic line observations of example winds.",
    site_url="https://example.org/portal/",
    publisher="Example Institute",
    creators=(Creator("Doe, Jane", "Example Institute", "0000-0002-1825-0097"),),
    contact=Contact("Data desk", "data@example.org"),
)


def scanned(store: Path, root: Path, collection: Collection = COLLECTION) -> Catalog:
    """The catalogue in `root` of the files below `store`."""
    readers = sorted(
        registry.members("portal.readers", "READER").values(), key=lambda r: r.priority
    )
    rows = {name: [] for name in TABLES}
    models = {}
    for path in sorted(store.rglob("*.h5")):
        relative = path.relative_to(store).as_posix()
        header = open_header(path, relative)
        record = next(r for r in readers if r.claims(header)).read(header)
        data = path.read_bytes()
        row = models.setdefault(record.model["model_id"], {"bytes": 0, "n_observations": 0})
        told = {k: v for k, v in record.model.items() if v is not None and k != "n_observations"}
        row |= told
        row |= {p.name: p.value for p in record.parameters}
        row |= {f"{record.kind}_path": relative, "collection": collection.id}
        row["bytes"] += len(data)
        row["n_observations"] = max(row["n_observations"], len(record.observations))
        for number, observation in enumerate(record.observations):
            identity = {
                "obs_collection": collection.id,
                "obs_id": f"{row['model_id']}-{number}",
                "obs_publisher_did": f"ivo://example/{row['model_id']}-{number}",
                "path": relative,
                "model_id": row["model_id"],
            }
            rows["observations"].append(observation | identity)
        rows["files"].append(
            {
                "path": relative,
                "collection": collection.id,
                "url": absolute_data_url(collection, relative),
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "mtime_ns": 1_700_000_000_000_000_000,
                "kind": record.kind,
                "format": record.format,
                "model_id": row["model_id"],
            }
        )
    rows["models"] = list(models.values())
    return written(rows, root, collection)


def written(rows, root: Path, collection: Collection = COLLECTION) -> Catalog:
    """The catalogue in `root` of these rows, put into order."""
    root.mkdir(parents=True, exist_ok=True)
    known = {key for row in rows["models"] for key in row}
    extra = {"models": [c for c in PARAMETERS if c.name in known]}
    order = {"models": "model_id", "observations": "model_id", "files": "model_id"}
    for name, columns in TABLES.items():
        metadata = {**table_metadata(name, [collection]), SCAN_ID: "0" * 16}
        schema = arrow_schema([*columns, *extra.get(name, [])], metadata)
        table = pa.Table.from_pylist(rows[name], schema=schema)
        if name in order:
            table = table.sort_by(order[name])
        pq.write_table(table, parquet_path(root, name))
    return Catalog.open(root)


def problem(path: str, **kwargs) -> dict[str, str]:
    """A row of the table of problems."""
    made = Problem(path, **kwargs)
    return {key: getattr(made, key) for key in Problem.__slots__} | {"collection": COLLECTION.id}
