"""What is kept of a catalogue at one time: its models and the checksums of their files."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.catalog.arrow import columns_of
from portal.catalog.content import CONTENT, OF_OBSERVATIONS, digests
from portal.catalog.observed import pages_of
from portal.catalog.query import Tables
from portal.catalog.selection import DATA_KINDS
from portal.errors import CatalogError
from portal.model.schema import FILES, Column

__all__ = ["FILE_COLUMNS", "KINDS", "Kind", "Snapshot", "identifiers_of", "names_of"]

Kind: TypeAlias = Literal["model", "product"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What has a page of its own, which stays when it is gone."""

FILE_COLUMNS = tuple(
    c for c in FILES if c.name in ("path", "collection", "bytes", "sha256", "kind", "model_id")
)
"""Columns of the table of files that a snapshot keeps."""


@dataclass(frozen=True)
class Snapshot:
    """Models and files at one time.

    Parameters
    ----------
    name
        What to call it: the version of a release, or where a catalogue lies.
    models
        The table of models, whole.
    files
        `FILE_COLUMNS` of the files that belong to models, sorted by collection and path.
    columns
        The columns of the models, with their units and meanings.
    content
        `CONTENT` of each model; None if it is not known.
    products
        `PRODUCT_COLUMNS` of the observed products with their files; without columns where there
        is none, or where they were not asked for.
    """

    name: str
    models: pa.Table
    files: pa.Table
    columns: tuple[Column, ...]
    content: pa.Array | None = None
    products: pa.Table = field(default_factory=lambda: pa.table({}))

    @classmethod
    def of(cls, tables: Tables, name: str) -> "Snapshot":
        """The models of the catalogue as they are now."""
        files = tables.table("files", [c.name for c in FILE_COLUMNS])
        belongs = pc.and_(
            pc.is_valid(files["model_id"]), pc.is_in(files["kind"], pa.array(DATA_KINDS))
        )
        ordered = files.filter(belongs).sort_by(
            [("collection", "ascending"), ("path", "ascending")]
        )
        models = tables.table("models")
        content = digests(models, tables.table("observations", OF_OBSERVATIONS))
        return cls(name, models, ordered, tables.columns("models"), content)

    @classmethod
    def read(cls, folder: Path, name: str) -> "Snapshot":
        """The snapshot whose tables lie in `folder`.

        Raises
        ------
        CatalogError
            If a table is missing or damaged.
        """
        try:
            models, files = (
                pq.read_table(folder / f"{table}.parquet") for table in ("models", "files")
            )
            products = _products(folder)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(folder, name, error) from error
        content = None
        if CONTENT.name in models.column_names:
            content = models[CONTENT.name].combine_chunks()
            models = models.drop_columns([CONTENT.name])
        return cls(name, models, files, columns_of(models.schema), content, products)

    @property
    def ids(self) -> pa.Array:
        """Names of the models, in their order."""
        return self.models["model_id"].combine_chunks()

    @property
    def identifiers(self) -> set[str]:
        """What a data manager calls them: names of models, identifiers of products."""
        return _identifiers(self.models, self.products)

    def only(self, kind: Kind, names: pa.Array) -> "Snapshot":
        """Only what is of this kind and has one of these names, with its files."""
        none = {name: getattr(self, name).slice(0, 0) for name in ("models", "files", "products")}
        if kind == "product":
            chosen = pc.is_in(_pages(self.products), names)
            return replace(self, **none | {"products": self.products.filter(chosen)})
        parts = {
            name: table.filter(pc.is_in(table["model_id"], names))
            for name, table in (("models", self.models), ("files", self.files))
        }
        return replace(self, content=None, **none | parts)


def names_of(folder: Path, kind: Kind = "model") -> pa.Array:
    """What tells apart all of a kind in the snapshot whose tables lie in `folder`.

    The names of models; the paths of the pages of products, which are all that must stay.

    Raises
    ------
    CatalogError
        If the table is missing or damaged.
    """
    try:
        if kind == "product":
            return _pages(_products(folder, ["obs_collection", "path", "part"]))
        table = pq.read_table(folder / "models.parquet", columns=["model_id"])
    except (OSError, pa.ArrowException) as error:
        raise _damaged(folder, folder.name, error) from error
    return table["model_id"].combine_chunks()


def identifiers_of(folder: Path) -> set[str]:
    """`Snapshot.identifiers` of the snapshot whose tables lie in `folder`.

    Raises
    ------
    CatalogError
        If a table is missing or damaged.
    """
    try:
        models = pq.read_table(folder / "models.parquet", columns=["model_id"])
        return _identifiers(models, _products(folder, ["obs_publisher_did"]))
    except (OSError, pa.ArrowException) as error:
        raise _damaged(folder, folder.name, error) from error


def _identifiers(models: pa.Table, products: pa.Table) -> set[str]:
    names = models["model_id"].to_pylist()
    return {*names, *(products["obs_publisher_did"].to_pylist() if products.num_rows else ())}


def _products(folder: Path, columns: list[str] | None = None) -> pa.Table:
    """The table of products; without columns where there were none, or nobody kept them."""
    path = folder / "products.parquet"
    return pq.read_table(path, columns=columns) if path.exists() else pa.table({})


def _pages(products: pa.Table) -> pa.Array:
    return pa.array(pages_of(products), pa.string())


def _damaged(folder: Path, name: str, error: Exception) -> CatalogError:
    return CatalogError(
        f"release {name}: its tables cannot be read",
        seen=str(error),
        expected="the tables that portal release wrote",
        way_out="copy the folder of the release again",
        where=str(folder),
    )
