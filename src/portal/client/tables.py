"""The tables of a published catalogue, each copied when it is first needed."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.arrow import columns_of
from portal.catalog.metadata import SCAN_ID, collections_from_json
from portal.errors import CatalogError, FetchError
from portal.model.collection import Collection
from portal.model.schema import SCHEMA_VERSION, Column
from portal.stores.http import HttpStore

__all__ = ["PublishedTables", "cache_folder"]


def cache_folder() -> Path:
    """Where copies of tables are kept: ``atomium-portal`` in the user's folder of caches."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "atomium-portal"


class PublishedTables:
    """Tables below the address of a site, or of its folder ``catalog``.

    A table is copied to `cache` once, and again only when the host says that it changed.

    Parameters
    ----------
    address
        Address of the site or of its folder with the tables.
    cache
        Folder of the copies.
    """

    def __init__(self, address: str, cache: Path) -> None:
        base = address if address.endswith("/") else f"{address}/"
        self.site = base.removesuffix("catalog/")
        self._store = HttpStore(self.site)
        self._folder = cache / hashlib.sha256(self.site.encode()).hexdigest()[:16]
        self._paths: dict[str, Path] = {}
        self._scan_id = ""

    @property
    def collections(self) -> tuple[Collection, ...]:
        """The collections of the catalogue."""
        with closing(self._file("models")) as file:
            metadata = file.schema_arrow.metadata or {}
        return collections_from_json(metadata.get(b"collections", b"[]").decode())

    def columns(self, name: str) -> tuple[Column, ...]:
        """All columns of the table `name`."""
        with closing(self._file(name)) as file:
            return columns_of(file.schema_arrow)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The table `name`, whole or only some columns."""
        with closing(self._file(name)) as file:
            return file.read(columns=None if columns is None else list(columns))

    def close(self) -> None:
        """End the connections."""
        self._store.close()

    def _file(self, name: str) -> pq.ParquetFile:
        if name in self._paths:
            return pq.ParquetFile(self._paths[name])
        path = self._copy(name)
        try:
            file = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            # Not to be trusted the next time either.
            path.with_suffix(".etag").unlink(missing_ok=True)
            raise CatalogError(
                f"{self._store.url(f'catalog/{name}.parquet')}: is no table",
                seen=str(error),
                expected="a Parquet table made by portal scan",
                way_out="correct the address",
            ) from error
        self._agree(name, file)
        self._paths[name] = path
        return file

    def _copy(self, name: str) -> Path:
        try:
            return self._copied(name)
        except OSError as error:
            raise CatalogError(
                f"{self._folder}: copies of tables cannot be kept there",
                seen=error.strerror or type(error).__name__,
                expected="a folder for caches with room",
                way_out="set XDG_CACHE_HOME, or say `cache` in Python",
            ) from error

    def _copied(self, name: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name}.parquet"
        note = path.with_suffix(".etag")
        known = note.read_text() if path.is_file() and note.is_file() else ""
        try:
            etag = self._store.save(f"catalog/{name}.parquet", path, known)
        except FetchError as error:
            if error.code != "http-404":
                raise
            raise CatalogError(
                f"{self.site}: no catalogue there",
                seen=error.seen,
                expected=f"catalog/{name}.parquet below the address",
                way_out="give the address of the site's home page",
            ) from error
        if etag is not None:
            note.write_text(etag)
        return path

    def _agree(self, name: str, file: pq.ParquetFile) -> None:
        """Refuse a table of another schema, or of another scan than those before."""
        said = {k.decode(): v.decode() for k, v in (file.metadata.metadata or {}).items()}
        version = said.get("schema_version", "none")
        self._scan_id = self._scan_id or said.get(SCAN_ID, "")
        if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
            file.close()
            raise CatalogError(
                f"{name}.parquet: of another schema",
                seen=f"version {version}",
                expected=f"version {SCHEMA_VERSION}",
                way_out="use the version of the portal that the site was built with",
            )
        if said.get(SCAN_ID, "") != self._scan_id:
            file.close()
            raise CatalogError(
                f"{name}.parquet: was published after the other tables",
                way_out="open the catalogue again",
            )
