"""A selection of the catalogue: its models, its rows, and its files in the order of their table."""

from collections.abc import Collection as Several
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.paths import absolute_data_url, mirror_urls
from portal.catalog.query import select_models, select_observations
from portal.catalog.table import Catalog

__all__ = ["DATA_KINDS", "EVERYTHING", "Selection", "StoredFile", "TableName", "choose", "files_of"]

DATA_KINDS = ("model", "observation")
"""Kinds of files that belong to models; files not understood are of kind other."""

TableName: TypeAlias = Literal["models", "observations"]
"""A table whose rows can be selected."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken of the catalogue.

    Parameters
    ----------
    expression
        The query; '' selects every row.
    table
        Table whose rows it selects.
    model_ids
        Models that the rows belong to, in the order of their table; None for all.
    kinds
        Kinds of files to take.
    limit
        Take the first so many rows only; None for all.
    columns
        Columns of the rows; None for all.
    products
        Paths of files of observed products, which belong to no model; None for all.
    """

    expression: str = ""
    table: TableName = "models"
    model_ids: tuple[str, ...] | None = None
    kinds: tuple[str, ...] = DATA_KINDS
    limit: int | None = None
    columns: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = ()

    @property
    def is_query(self) -> bool:
        """Whether the expression alone tells which models are meant."""
        return self.table == "models" and self.limit is None

    def files(self, catalog: Catalog) -> Iterator["StoredFile"]:
        """The files of the models and products that are selected, of the kinds asked for."""
        return files_of(catalog, self.model_ids, self.kinds, self.products)

    def rows(self, catalog: Catalog, columns: Several[str] | None = None) -> pa.Table:
        """The rows of the table, with the selection's columns or these."""
        wanted = columns if columns is not None else self.columns
        names = None if wanted is None else list(wanted)
        select = select_models if self.table == "models" else select_observations
        return select(catalog, self.expression, names).slice(0, self.limit)

    def observations(self, catalog: Catalog, columns: Several[str]) -> pa.Table:
        """The observations: those selected, or those of the models selected."""
        if self.table == "observations":
            return self.rows(catalog, columns)
        names = list(dict.fromkeys([*columns, "model_id"]))
        table = catalog.table("observations", names)
        if self.model_ids is not None:
            table = table.filter(_among(self.model_ids))
        return table.select(list(columns))


EVERYTHING = Selection(products=None)
"""The whole catalogue."""


def choose(
    catalog: Catalog,
    expression: str = "",
    table: TableName = "models",
    limit: int | None = None,
    columns: Several[str] | None = None,
) -> Selection:
    """What `expression` selects; of observations, the files of observations alone.

    Raises
    ------
    QueryError
        If the expression cannot be understood.
    """
    kinds = DATA_KINDS if table == "models" else ("observation",)
    wanted = None if columns is None else tuple(columns)
    asked = Selection(expression, table, None, kinds, limit, wanted)
    if asked.is_query and not expression.strip():
        return replace(asked, products=None)
    if table == "models":
        ids = dict.fromkeys(asked.rows(catalog, ["model_id"])["model_id"].to_pylist())
        return replace(asked, model_ids=tuple(ids))
    rows = asked.rows(catalog, ["model_id", "path"])
    of_model = pc.is_valid(rows["model_id"])
    ids = dict.fromkeys(rows["model_id"].filter(of_model).to_pylist())
    paths = dict.fromkeys(rows["path"].filter(pc.invert(of_model)).to_pylist())
    return replace(asked, model_ids=tuple(ids), products=tuple(paths))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of the store; `bytes` in byte.

    `sha256` is '' where it was not computed, `model_id` where the file belongs to no model.
    `mirrors` are further addresses of the same file.
    """

    path: str
    url: str
    bytes: int
    sha256: str
    kind: str
    model_id: str
    mirrors: tuple[str, ...] = ()


def files_of(
    catalog: Catalog,
    model_ids: Several[str] | None,
    kinds: Several[str] = DATA_KINDS,
    products: Several[str] | None = (),
) -> Iterator[StoredFile]:
    """Files of these models, or of all if `model_ids` is None, that are of these kinds.

    Files of observed products, of which `products` are the paths (None for all), come with
    them. Refused copies of a model's file are of its kind and of no model: they come with the
    files of kind other.
    """
    wanted = pc.field("kind").isin(pa.array(sorted(kinds), pa.string()))
    if "other" not in kinds:
        wanted &= pc.field("model_id").is_valid()
    if model_ids is not None:
        wanted &= _among(model_ids)
    observed = pc.field("kind") == "product"
    if products is not None:
        observed &= pc.field("path").isin(pa.array(sorted(products), pa.string()))
    wanted |= observed
    collections = {collection.id: collection for collection in catalog.collections}
    columns = ["path", "collection", "url", "bytes", "sha256", "kind", "model_id"]
    for batch in catalog.batches("files", columns):
        for row in pa.Table.from_batches([batch]).filter(wanted).to_pylist():
            collection = collections[row["collection"]]
            yield StoredFile(
                row["path"],
                row["url"] or absolute_data_url(collection, row["path"]),
                row["bytes"],
                row["sha256"] or "",
                row["kind"],
                row["model_id"] or "",
                mirror_urls(collection, row["path"]),
            )


def _among(model_ids: Several[str]) -> pc.Expression:
    return pc.field("model_id").isin(pa.array(sorted(model_ids), pa.string()))
