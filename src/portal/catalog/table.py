"""An opened catalogue: its tables, its collections, its parameter columns."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.advisory_file import advisories_from_json
from portal.catalog.arrow import columns_of
from portal.catalog.merge import Rows, grouped
from portal.catalog.metadata import SCAN_ID, collections_from_json
from portal.catalog.paths import parquet_path
from portal.errors import CatalogError
from portal.model.advisory import Advisory
from portal.model.collection import Collection
from portal.model.schema import MODELS, SCHEMA_VERSION, TABLES, Column
from portal.stores.base import Entry

__all__ = ["Catalog"]

_RETRIES = 10
_PAUSE_S = 0.05  # renaming a set of tables takes far less than the retries together


@dataclass(frozen=True)
class Catalog:
    """The tables of one catalogue folder, read when asked for.

    Parameters
    ----------
    root
        Folder of the catalogue.
    collections
        The collections as they were when the catalogue was made.
    parameters
        The columns of ``models`` that hold parameters of models.
    scan_id
        Hash of the contents of all tables.
    counts
        Number of rows of each table that is there.
    advisories
        The rules by which models and observations are marked.
    releases
        Folder of its releases; None for `releases` in `root`.
    """

    root: Path
    collections: tuple[Collection, ...]
    parameters: tuple[Column, ...]
    scan_id: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    advisories: tuple[Advisory, ...] = ()
    releases: Path | None = None

    @classmethod
    def open(cls, root: Path) -> "Catalog":
        """Open the catalogue in `root`.

        Raises
        ------
        CatalogError
            If a table is missing or damaged, if the tables are not of one scan, or if they
            are of another version of the schema.
        """
        said = _consistent(root)
        models = said["models"]
        text = (models.metadata or {}).get(b"collections", b"[]").decode()
        own = {column.name for column in MODELS}
        return cls(
            root,
            collections_from_json(text),
            tuple(c for c in columns_of(models) if c.name not in own),
            _text(models, SCAN_ID),
            {name: pq.read_metadata(parquet_path(root, name)).num_rows for name in said},
            advisories_from_json(json.loads(_text(models, "advisories") or "[]")),
        )

    def columns(self, name: str) -> tuple[Column, ...]:
        """All columns of the table `name`, with units and meanings."""
        with closing(self._file(name)) as file:
            return columns_of(file.schema_arrow)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The table `name`, whole or only some columns."""
        with closing(self._file(name)) as file:
            return file.read(columns=_known(file, name, columns))

    def batches(
        self, name: str, columns: Sequence[str] | None = None, size: int = 4096
    ) -> Iterator[pa.RecordBatch]:
        """The table `name` in batches of at most `size` rows; memory does not grow with it."""
        with closing(self._file(name)) as file:
            chosen = _known(file, name, columns)
            yield from file.iter_batches(batch_size=size, columns=chosen, use_threads=False)

    def models_with_observations(
        self,
        models: Sequence[str] | None = None,
        observations: Sequence[str] | None = None,
        files: Sequence[str] | None = None,
    ) -> Iterator[tuple[Rows, list[Rows], list[Rows]]]:
        """Each model's row with the rows of its observations and of its files.

        In the order of the table of models, holding a few thousand rows at a time. The
        arguments name the columns wanted of each table; None stands for all. ``model_id``
        is always among them.
        """
        wanted = {"models": models, "observations": observations, "files": files}
        streams = [self.batches(name, _with_id(w), 1024) for name, w in wanted.items()]
        return grouped(*streams)

    def entries(self, collection: str) -> Iterator[Entry]:
        """The files of a collection as its published store has them."""
        for batch in self.batches("files", ["collection", "path", "bytes", "mtime_ns"]):
            for row in batch.to_pylist():
                if row.pop("collection") == collection:
                    yield Entry(**row)

    def collection(self, id: str) -> Collection:
        """The collection of that name.

        Raises
        ------
        CatalogError
            If there is none.
        """
        for collection in self.collections:
            if collection.id == id:
                return collection
        raise CatalogError(
            "collection: not in the catalogue",
            seen=id,
            expected=" or ".join(sorted(c.id for c in self.collections)) or "none",
            where=str(self.root),
        )

    def _file(self, name: str) -> pq.ParquetFile:
        if name not in TABLES:
            raise CatalogError("table: unknown", seen=name, expected=" or ".join(sorted(TABLES)))
        file = _parquet(parquet_path(self.root, name))
        if self.scan_id and _text(_said(file), SCAN_ID) != self.scan_id:
            file.close()
            raise CatalogError(
                f"{name}.parquet: was replaced by a scan while it was in use",
                way_out="open the catalogue again",
                where=str(self.root),
            )
        return file


def _with_id(columns: Sequence[str] | None) -> list[str] | None:
    return None if columns is None else list(dict.fromkeys(["model_id", *columns]))


def _consistent(root: Path) -> dict[str, pa.Schema]:
    """Schemas of the tables once they are of one scan; waits a moment for a publication."""
    for _ in range(_RETRIES):
        said = {name: _schema(root, name) for name in _present(root)}
        ids = {name: _text(schema, SCAN_ID) for name, schema in said.items()}
        if len(set(ids.values())) == 1:
            return said
        time.sleep(_PAUSE_S)
    raise CatalogError(
        "catalogue: its tables are of different scans",
        seen=", ".join(f"{name} {id[:8] or 'none'}" for name, id in ids.items()),
        expected="one scan",
        way_out="run portal scan, which finishes an interrupted publication",
        where=str(root),
    )


def _present(root: Path) -> list[str]:
    """All tables; a copy, or a catalogue of an older version, may lack where values are from."""
    lacking = not parquet_path(root, "provenance").exists()
    return [name for name in TABLES if name != "provenance" or not lacking]


def _schema(root: Path, name: str) -> pa.Schema:
    path = parquet_path(root, name)
    with closing(_parquet(path)) as file:
        schema = _said(file)
    version = _text(schema, "schema_version")
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise CatalogError(
            f"{path.name}: cannot be used with this version of the portal",
            seen=f"schema version {version or 'none'}",
            expected=f"schema version {SCHEMA_VERSION}",
            way_out="scan again, or use the version of the portal that wrote it",
            where=str(root),
        )
    return schema


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, memory_map=False)
    except FileNotFoundError:
        raise CatalogError(
            f"{path.name}: there is no such table",
            expected="a catalogue made by portal scan",
            way_out="run portal scan, or name the folder with --catalog",
            where=str(path.parent),
        ) from None
    except (OSError, pa.ArrowException) as error:
        raise CatalogError(
            f"{path.name}: cannot be read",
            seen=str(error),
            expected="a Parquet table made by portal scan",
            way_out="run portal scan again",
            where=str(path.parent),
        ) from error


def _known(file: pq.ParquetFile, name: str, columns: Sequence[str] | None) -> list[str] | None:
    if columns is None:
        return None
    legal = file.schema_arrow.names
    for column in columns:
        if column not in legal:
            raise CatalogError(
                f"column of {name}: unknown", seen=column, expected=" or ".join(sorted(legal))
            )
    return list(columns)


def _said(file: pq.ParquetFile) -> pa.Schema:
    """Schema with all metadata of the file.

    Arrow's own copy of the schema lacks what was added after the rows, as the scan's hash.
    """
    schema = file.schema_arrow
    return schema.with_metadata({**(schema.metadata or {}), **(file.metadata.metadata or {})})


def _text(schema: pa.Schema, key: str) -> str:
    value: bytes = (schema.metadata or {}).get(key.encode(), b"")
    return value.decode()
