"""The files of a selection of models, in the order of the table of files."""

from collections.abc import Collection as Several
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.paths import absolute_data_url
from portal.catalog.table import Catalog

__all__ = ["DATA_KINDS", "StoredFile", "files_of"]

DATA_KINDS = ("model", "observation")
"""Kinds of files that belong to models; files not understood are of kind other."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of the store; `bytes` in byte.

    `sha256` is '' where it was not computed, `model_id` where the file belongs to no model.
    """

    path: str
    url: str
    bytes: int
    sha256: str
    kind: str
    model_id: str


def files_of(
    catalog: Catalog,
    model_ids: Several[str] | None,
    kinds: Several[str] = DATA_KINDS,
) -> Iterator[StoredFile]:
    """Files of these models, or of all if `model_ids` is None, that are of these kinds.

    Refused copies of a model's file are of its kind and of no model: they come with the
    files of kind other.
    """
    wanted = pc.field("kind").isin(pa.array(sorted(kinds), pa.string()))
    if "other" not in kinds:
        wanted &= pc.field("model_id").is_valid()
    if model_ids is not None:
        wanted &= pc.field("model_id").isin(pa.array(sorted(model_ids), pa.string()))
    collections = {collection.id: collection for collection in catalog.collections}
    columns = ["path", "collection", "url", "bytes", "sha256", "kind", "model_id"]
    for batch in catalog.batches("files", columns):
        for row in pa.Table.from_batches([batch]).filter(wanted).to_pylist():
            url = row["url"] or absolute_data_url(collections[row["collection"]], row["path"])
            yield StoredFile(
                row["path"],
                url,
                row["bytes"],
                row["sha256"] or "",
                row["kind"],
                row["model_id"] or "",
            )
