"""A catalogue opened for use: its tables as data frames, its files as arrays and downloads."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.paths import model_page
from portal.catalog.query import Tables, select_models, select_observations
from portal.catalog.selection import DATA_KINDS, StoredFile
from portal.catalog.table import Catalog
from portal.client.arrays import Array, Piece, Row, piece, read_pieces, said, stacked
from portal.client.cube import cube_of
from portal.client.fetch import Report, fetch
from portal.client.places import Places, is_address
from portal.client.plan import Plan
from portal.client.samples import Samples
from portal.client.selecting import Selection, chosen_models, file_sizes
from portal.client.spectra import save_spectra
from portal.client.tables import PublishedTables, cache_folder
from portal.errors import CatalogError, QueryError
from portal.model.collection import Collection
from portal.stores.http import file_url

if TYPE_CHECKING:
    import h5py
    import pandas as pd
    import xarray as xr

__all__ = ["OpenedCatalog", "open_catalog"]

_ORDERS = (0, 1, 2)


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
        If there is no catalogue, or `where` is an address of another kind.
    FetchError
        If the host cannot be reached.
    """
    if is_address(where):
        published = PublishedTables(str(where), cache or cache_folder())
        return OpenedCatalog(published, published.collections, published.site, data)
    if "://" in str(where):
        raise CatalogError(
            "address of a catalogue: cannot be used",
            seen=str(where),
            expected="http:// or https://, or a folder",
        )
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
        self._site = site or next((c.site_url for c in collections), "")
        self._places = Places(collections, site, data)

    @cached_property
    def models(self) -> "pd.DataFrame":
        """A row per model, a column per parameter."""
        return _frame(self._tables.table("models"))

    @cached_property
    def observations(self) -> "pd.DataFrame":
        """A row per synthetic observation."""
        return _frame(self._tables.table("observations"))

    @cached_property
    def files(self) -> "pd.DataFrame":
        """A row per file of the store."""
        return _frame(self._tables.table("files"))

    def query(
        self, expression: str, *, observations: bool = False, columns: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Rows that the expression selects, such as ``mass_loss_rate > 1e-6``.

        Observations can be selected by the parameters of their models too.

        Raises
        ------
        QueryError
            If `expression` is none, or does not fit the columns.
        """
        if not isinstance(expression, str):
            raise QueryError(
                "expression: of another type",
                seen=repr(expression),
                expected="a text such as 'mass_loss_rate > 1e-6', or '' for all rows",
            )
        select = select_observations if observations else select_models
        return _frame(select(self._tables, expression, columns))

    def spectrum(self, row: Row) -> tuple[Array, Array]:
        """Spectrum of one row of `observations`, by one or two range requests.

        Returns
        -------
        (channel,) [km/s], (channel,) [Jy]
            Radio velocity and flux density.
        """
        velocity, flux = self._read([self._piece(row, name) for name in ("velocity", "spectrum")])
        return velocity, flux

    def spectra(self, rows: "pd.DataFrame", workers: int = 8) -> tuple[Array, Array]:
        """Spectra of many rows of `observations`; those of one file come by one request.

        Parameters
        ----------
        rows
            As `query` gives them.
        workers
            Requests at a time.

        Returns
        -------
        (row, channel) [km/s], (row, channel) [Jy]
            Radio velocity and flux density; NaN behind the last channel of shorter spectra.
        """
        wanted = rows.to_dict("records")
        pieces = [self._piece(row, name) for name in ("velocity", "spectrum") for row in wanted]
        found = self._read(pieces, workers)
        return stacked(found[: len(wanted)]), stacked(found[len(wanted) :])

    def moment(self, row: Row, order: int) -> Array:
        """Moment map of one row of `observations`, by one range request.

        Returns
        -------
        (y, x) [K km/s] for order 0, [km/s] for 1 and 2

        Raises
        ------
        CatalogError
            If there is no such moment, or `row` is no observation.
        FetchError
            If it is not stored in one piece.
        """
        if order not in _ORDERS:
            raise CatalogError(
                "order: no such moment", seen=repr(order), expected=" or ".join(map(str, _ORDERS))
            )
        return self.dataset(row, f"moment{order}")

    def dataset(self, row: Row, name: str) -> Array:
        """A small dataset of one row of `observations`, such as ``moment0``.

        Raises
        ------
        FetchError
            If it is not stored in one piece.
        """
        return self._read([self._piece(row, name)])[0]

    def cube(self, row: Row) -> "xr.Dataset":
        """Intensities of one row of `observations` with their axes; read when they are used.

        Close the data set when it is no longer needed, or open it with ``with``.

        Raises
        ------
        DependencyError
            If xarray, fsspec or h5py is not installed.
        """
        place = said(row, "obs_collection"), said(row, "path")
        group = said(row, "hdf5_group")
        return cube_of(self._places.open(*place, self._size(*place)), group)

    def open(self, path: str) -> "h5py.File":
        """The HDF5 file at `path` of the store, read over HTTP in small blocks.

        Raises
        ------
        DependencyError
            If fsspec is not installed.
        """
        collection = self._collection_of(path)
        return self._places.open(collection, path, self._size(collection, path))

    def samples(
        self,
        what: Sequence[str] = ("spectrum",),
        where: Selection = "",
        **options: Any,  # noqa: ANN401 (as those of Samples)
    ) -> Samples:
        """Observations for training, as arrays with the parameters of their models.

        The arguments are those of `portal.client.Samples`.
        """
        return Samples(self._tables, self._places, what, where, **options)

    def plan(self, selection: Selection = "", only: str = "") -> Plan:
        """Files of a selection of models: an expression, names, or rows with ``model_id``.

        `only` may be ``models`` or ``observations``.
        """
        kinds = [kind for kind in DATA_KINDS if only in ("", f"{kind}s")]
        if not kinds:
            legal = " or ".join(f"{kind}s" for kind in DATA_KINDS)
            raise CatalogError("only: unknown kind of files", seen=only, expected=legal)
        wanted = pc.field("kind").isin(kinds)
        ids = chosen_models(self._tables, selection)
        if ids is not None:
            wanted &= pc.field("model_id").isin(pa.array(sorted(ids), pa.string()))
        rows = self._tables.table("files").filter(wanted).to_pylist()
        return Plan(tuple(self._file(row) for row in rows))

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
        return fetch(self.plan(selection, only), folder, workers=workers, progress=progress)

    def save_spectra(
        self,
        selection: Selection,
        path: str | Path,
        *,
        workers: int = 8,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> int:
        """Store the spectra of a selection of observations in one file, by range requests.

        Parameters
        ----------
        selection
            An expression over observations, names of models, or rows.
        path
            Ends in ``.parquet`` or ``.h5``; the file takes its name when it is whole.
        workers
            Requests at a time.
        progress
            Called with bytes done and bytes in all [byte].

        Returns
        -------
        Number of spectra.
        """
        samples = self.samples(("velocity", "spectrum"), selection, parameters=(), workers=workers)
        return save_spectra(self._tables, selection, samples, Path(path), progress)

    def previews(self, selection: Selection = "") -> Plan:
        """The pictures of the maps of a selection of models; their sizes are not known."""
        models = self._tables.table("models", ["model_id", "n_observations"])
        ids = chosen_models(self._tables, selection)
        names = models.filter(pc.field("n_observations") > 0)["model_id"].to_pylist()
        return Plan(
            tuple(
                StoredFile(f"previews/{name}.png", self._picture(name), -1, "", "preview", name)
                for name in names
                if ids is None or name in ids
            )
        )

    def close(self) -> None:
        """End the connections."""
        self._places.close()
        if isinstance(self._tables, PublishedTables):
            self._tables.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _picture(self, name: str) -> str:
        return file_url(self._site, model_page(name).removesuffix("html") + "png")

    def _file(self, row: dict[str, Any]) -> StoredFile:
        url, *mirrors = self._places.urls(row["collection"], row["path"])
        told = row["bytes"], row["sha256"] or "", row["kind"], row["model_id"]
        return StoredFile(row["path"], url, *told, tuple(mirrors))

    @cached_property
    def _sizes(self) -> dict[tuple[str, str], int]:
        return file_sizes(self._tables)

    def _size(self, collection: str, path: str) -> int:
        """Size of a file when the store was scanned [byte]."""
        size = self._sizes.get((collection, path))
        if size is None:
            raise CatalogError("path: no such file in the catalogue", seen=path)
        return size

    def _piece(self, row: Row, name: str) -> Piece:
        return piece(row, name, self._size(said(row, "obs_collection"), said(row, "path")))

    def _read(self, pieces: Sequence[Piece], workers: int = 1) -> list[Array]:
        return read_pieces(pieces, self._places, workers)

    def _collection_of(self, path: str) -> str:
        if len(self.collections) == 1:
            return next(iter(self.collections))
        files = self.files
        found = files.loc[files["path"] == path, "collection"]
        if found.empty:
            raise CatalogError("path: no such file in the catalogue", seen=path)
        return str(found.iloc[0])


def _frame(table: pa.Table) -> "pd.DataFrame":
    frame: pd.DataFrame = table.to_pandas()
    return frame
