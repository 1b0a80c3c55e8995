"""The folder of a release: written aside, and renamed when it is whole."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema
from portal.catalog.content import CONTENT
from portal.catalog.metadata import table_metadata
from portal.catalog.observed import PRODUCT_COLUMNS
from portal.catalog.paths import parquet_path
from portal.catalog.snapshot import FILE_COLUMNS, Snapshot
from portal.catalog.table import Catalog
from portal.errors import CatalogError

__all__ = ["ReleaseTables", "new_folder"]

_ASIDE = ".next"
_UNIQUE = (
    "model_id", "path", "sha256", "content", "model_path", "title",
    "obs_publisher_did", "access_url", "s_region",
)  # fmt: skip


class ReleaseTables:
    """The files of the release that is made in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, snapshot: Snapshot, catalog: Catalog) -> None:
        """Write the tables of `snapshot`, which is that of `catalog` as it is now."""
        columns = {
            "models": (*snapshot.columns, CONTENT),
            "files": FILE_COLUMNS,
            "products": [c for c in PRODUCT_COLUMNS if c.name in snapshot.products.column_names],
        }
        models = snapshot.models.append_column(CONTENT.name, snapshot.content)
        tables = {"models": models, "files": snapshot.files, "products": snapshot.products}
        for name, table in tables.items():
            if not columns[name]:
                continue
            said = table_metadata(name, catalog.collections, catalog.advisories)
            schema = arrow_schema(columns[name], said)
            # Dictionaries of values that do not repeat only cost bytes.
            plain = [n for n in schema.names if n not in _UNIQUE]
            path = self._folder / f"{name}.parquet"
            chosen = table.select(schema.names).cast(schema)
            pq.write_table(chosen, path, compression="zstd", use_dictionary=plain)
        if catalog.counts.get("provenance"):
            # Of what was observed, with the values themselves.
            shutil.copyfile(
                parquet_path(catalog.root, "provenance"), self._folder / "provenance.parquet"
            )

    def digests(self) -> dict[str, str]:
        """SHA-256 of each file that is there, by its name."""
        return {path.name: _sha256(path) for path in sorted(self._folder.iterdir())}


@contextmanager
def new_folder(folder: Path, name: str) -> Iterator[Path]:
    """A folder to fill, which becomes `folder`/`name` once it is whole and on the disk.

    Raises
    ------
    CatalogError
        If `folder` cannot be written, another release is being made in it, or the name is taken.
    """
    aside = folder / _ASIDE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # What a killed one left behind.
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir()
            try:
                yield aside
                for path in (*aside.iterdir(), aside):
                    _sync(path)
                _rename(aside, folder / name)
                _sync(folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except BlockingIOError as error:
        raise CatalogError(
            "release: another one is being made", way_out="wait for it", where=str(folder)
        ) from error
    except OSError as error:
        raise CatalogError(
            "release: cannot be written",
            seen=error.strerror or str(error),
            expected="a folder that can be written",
            way_out="choose another one with --releases",
            where=str(folder),
        ) from error


def _rename(aside: Path, target: Path) -> None:
    if target.exists():
        raise CatalogError(
            f"release {target.name}: the name is taken",
            expected="a version that has no folder yet",
            way_out="give the release another version",
            where=str(target),
        )
    aside.rename(target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
