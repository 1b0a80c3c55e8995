"""A catalogue opened for use: its tables as data frames, its files as arrays and downloads."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urljoin

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.query import Tables, select_models, select_observations
from portal.catalog.selection import DATA_KINDS, StoredFile
from portal.catalog.table import Catalog
from portal.client.fetch import Report, fetch
from portal.client.tables import PublishedTables, cache_folder
from portal.errors import CatalogError, DependencyError, FetchError
from portal.model.collection import Collection
from portal.stores.http import HttpStore, file_url
from portal.stores.local import LocalStore

if TYPE_CHECKING:
    import h5py
    import pandas as pd

__all__ = ["OpenedCatalog", "Row", "Selection", "open_catalog"]

Selection: TypeAlias = "str | Sequence[str] | pd.DataFrame"

# Metadata of a paged file lie together in pieces of this order; larger blocks move more.
_BLOCK = 1 << 18
_WEB = ("http://", "https://")


class Row(Protocol):
    """A row of a table: of a data frame, or a dictionary."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 (as the column's type)
        """The value in `column`."""
        ...


def open_catalog(
    where: str | Path, *, data: str | Path | None = None, cache: Path | None = None
) -> "OpenedCatalog":
    """Open a catalogue.

    Parameters
    ----------
    where
        Address of a site, or folder of a catalogue on this machine.
    data
        Address or folder of the store, where it is not the one that the catalogue names.
    cache
        Folder for copies of tables [default: that of the user's caches].

    Raises
    ------
    CatalogError
        If there is no catalogue.
    FetchError
        If the host cannot be reached.
    """
    if str(where).startswith(_WEB):
        published = PublishedTables(str(where), cache or cache_folder())
        return OpenedCatalog(published, published.collections, published.site, data)
    catalog = Catalog.open(Path(where))
    return OpenedCatalog(catalog, catalog.collections, None, data)


class OpenedCatalog(AbstractContextManager["OpenedCatalog"]):
    """Tables and files of one catalogue; made by `open_catalog`."""

    def __init__(
        self,
        tables: Tables,
        collections: tuple[Collection, ...],
        site: str | None,
        data: str | Path | None,
    ) -> None:
        self.collections = {collection.id: collection for collection in collections}
        self._tables = tables
        self._bases = {c.id: _base(c, site, data) for c in collections}
        self._stores: dict[str, LocalStore | HttpStore] = {}

    @cached_property
    def models(self) -> "pd.DataFrame":
        """A row per model, a column per parameter."""
        return self._tables.table("models").to_pandas()

    @cached_property
    def observations(self) -> "pd.DataFrame":
        """A row per synthetic observation."""
        return self._tables.table("observations").to_pandas()

    @cached_property
    def files(self) -> "pd.DataFrame":
        """A row per file of the store."""
        return self._tables.table("files").to_pandas()

    def query(
        self, expression: str, *, observations: bool = False, columns: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Rows that the expression selects, such as ``mass_loss_rate > 1e-6``.

        Observations can be selected by the parameters of their models too.
        """
        select = select_observations if observations else select_models
        return select(self._tables, expression, columns).to_pandas()

    def spectrum(self, row: Row) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.generic]]:
        """Spectrum of one row of `observations`, by one range request an array.

        Returns
        -------
        (channel,) [km/s], (channel,) [Jy]
            Radio velocity and flux density.
        """
        return self.dataset(row, "velocity"), self.dataset(row, "spectrum")

    def dataset(self, row: Row, name: str) -> npt.NDArray[np.generic]:
        """A small dataset of one row of `observations`, such as ``moment0``.

        Raises
        ------
        FetchError
            If it is not stored in one piece.
        """
        start, length = row[f"{name}_offset"], row[f"{name}_nbytes"]
        if _none(start) or _none(length) or row[f"{name}_filters"]:
            raise FetchError(
                f"{row['path']}: {name} is not stored in one raw piece",
                seen=str(row[f"{name}_filters"] or "no offset"),
                way_out="open the file instead",
            )
        data = self._store(row["obs_collection"]).read(row["path"], int(start), int(length))
        shape = tuple(int(number) for number in row[f"{name}_shape"])
        return np.frombuffer(data, np.dtype(row[f"{name}_dtype"])).reshape(shape)

    def open(self, path: str) -> "h5py.File":
        """The HDF5 file at `path` of the store, read over HTTP in small blocks.

        Raises
        ------
        DependencyError
            If fsspec or h5py is not installed.
        """
        base = self._bases[self._collection_of(path)]
        try:
            import fsspec
            import h5py
        except ImportError as error:
            raise DependencyError(
                "opening files over HTTP: a package is missing",
                seen=str(error),
                way_out="pip install 'atomium-portal[remote]'",
            ) from error
        if isinstance(base, Path):
            return h5py.File(base / path, "r")
        files = fsspec.filesystem("http")
        url = file_url(base, path)
        return h5py.File(files.open(url, cache_type="blockcache", block_size=_BLOCK), "r")

    def plan(self, selection: Selection = "", only: str = "") -> list[StoredFile]:
        """Files of a selection of models: an expression, names, or rows with ``model_id``.

        `only` may be ``models`` or ``observations``.
        """
        kinds = [kind for kind in DATA_KINDS if only in ("", f"{kind}s")]
        if not kinds:
            legal = " or ".join(f"{kind}s" for kind in DATA_KINDS)
            raise CatalogError("only: unknown kind of files", seen=only, expected=legal)
        wanted = pc.field("kind").isin(kinds)
        ids = self._ids(selection)
        if ids is not None:
            wanted &= pc.field("model_id").isin(pa.array(sorted(ids), pa.string()))
        rows = self._tables.table("files").filter(wanted).to_pylist()
        return [self._file(row) for row in rows]

    def fetch(
        self,
        selection: Selection,
        folder: str | Path,
        *,
        only: str = "",
        workers: int = 4,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Report:
        """Download the files of a selection into `folder`, as `portal.client.fetch` does."""
        return fetch(self.plan(selection, only), Path(folder), workers=workers, progress=progress)

    def close(self) -> None:
        """End the connections."""
        for thing in (self._tables, *self._stores.values()):
            if isinstance(thing, PublishedTables | HttpStore):
                thing.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ids(self, selection: Selection) -> set[str] | None:
        if isinstance(selection, str):
            if not selection.strip():
                return None
            chosen = select_models(self._tables, selection, ["model_id"])
            return set(chosen["model_id"].to_pylist())
        names = selection if isinstance(selection, Sequence) else selection["model_id"]
        return {str(name) for name in names}

    def _file(self, row: dict[str, Any]) -> StoredFile:
        base, path = self._bases[row["collection"]], row["path"]
        url = file_url(base, path) if isinstance(base, str) else (base / path).absolute().as_uri()
        sha256 = row["sha256"] or ""
        return StoredFile(path, url, row["bytes"], sha256, row["kind"], row["model_id"])

    def _store(self, collection: str) -> LocalStore | HttpStore:
        if collection not in self._stores:
            base = self._bases[collection]
            self._stores[collection] = (
                LocalStore(base) if isinstance(base, Path) else HttpStore(base)
            )
        return self._stores[collection]

    def _collection_of(self, path: str) -> str:
        if len(self.collections) == 1:
            return next(iter(self.collections))
        files = self.files
        found = files.loc[files["path"] == path, "collection"]
        if found.empty:
            raise CatalogError("path: no such file in the catalogue", seen=path)
        return str(found.iloc[0])


def _base(collection: Collection, site: str | None, data: str | Path | None) -> str | Path:
    """Where the files of a collection lie: below an address, or in a folder."""
    if data is not None:
        text = str(data)
        return text if text.startswith(_WEB) else Path(text)
    # A site that was copied to another host brings its relative addresses along.
    base = urljoin(site or collection.site_url, collection.data_url)
    if not base.startswith(_WEB):
        # A catalogue from elsewhere must not name files of this machine.
        raise CatalogError(
            f"collection {collection.id}: its data cannot be reached",
            seen=base,
            expected="an address with http:// or https://",
            way_out="say where the files lie with `data`",
        )
    return base


def _none(value: object) -> bool:
    return value is None or value != value  # NaN: pandas' missing number
