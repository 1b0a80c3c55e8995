"""Links of observations: the file itself, its model, its page and its pictures (DataLink 1.1).

Each observation has an identifier that never changes (``obs_publisher_did``), so that its
document can be a file of a plain web host, without a service that makes it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import quote, urljoin

import pyarrow.compute as pc

from portal.catalog.paths import (
    absolute_data_url,
    model_page,
    product_page,
    shard,
    thumbnail_path,
)
from portal.catalog.table import Catalog
from portal.catalog.votable import END, frame, start, text
from portal.model.collection import Collection
from portal.model.schema import Column

__all__ = ["LINKS", "OBSERVED", "Item", "document", "document_path", "items", "links_of"]

_STANDARD = "ivo://ivoa.net/std/DataLink#links-1.1"
_HDF5 = "application/x-hdf5"

LINKS = (
    Column("ID", "string", "", "meta.id;meta.main", "Identifier of the observation.", True),
    Column("access_url", "string", "", "meta.ref.url", "Where to get it."),
    Column("service_def", "string", "", "meta.ref", "Service to be called; none here."),
    Column("error_message", "string", "", "meta.code.error", "Why there is no link; none here."),
    Column("description", "string", "", "meta.note", "What it is."),
    Column("semantics", "string", "", "meta.code", "How it belongs to the observation.", True),
    Column("content_type", "string", "", "meta.code.mime", "Media type."),
    Column("content_length", "int64", "byte", "phys.size;meta.file", "Size."),
    Column("content_qualifier", "string", "", "", "Kind of product, by the vocabulary of the VO."),
    Column("local_semantics", "string", "", "meta.id.assoc", "What tells links of one kind apart."),
)
"""Columns of a document of links."""
_NAMES = tuple(column.name for column in LINKS)

OBSERVED = (
    "obs_publisher_did", "obs_collection", "access_url", "access_format", "dataproduct_type",
    "model_id", "path", "hdf5_group", "part", "line",
)  # fmt: skip
"""Columns of observations that links are made of."""


@dataclass(frozen=True, slots=True)
class Item:
    """A model with its observations, or a file of observed products.

    Parameters
    ----------
    rows
        Its observations, with the columns `OBSERVED`.
    model
        Path and size [byte] of the file of the model; None where there is none.
    bytes
        Size of the file of the observations [byte].
    """

    rows: tuple[Mapping[str, Any], ...]
    model: tuple[str, int] | None
    bytes: int | None


def document_path(row: Mapping[str, Any]) -> str:
    """Path of the document of an observation, relative to the site.

    The observations of one model share a document, as the products of one file do.
    """
    name = row["model_id"]
    if name is not None:
        return f"datalink/{shard(name)}/{name}.vot"
    return f"datalink/{row['obs_collection']}/{row['path']}.vot"


def document(items: Iterable[Item], collections: Mapping[str, Collection]) -> Iterator[bytes]:
    """A document with the links of all `items`, in pieces."""
    head, foot = _frame()
    yield head
    for item in items:
        lines = [_line(link) for link in links_of(item, collections)]
        yield "".join(lines).encode(errors="backslashreplace")
    yield foot


@cache
def _frame() -> tuple[bytes, bytes]:
    before, after = frame("links", LINKS)
    return start({"QUERY_STATUS": "OK", "standardID": _STANDARD}) + before, after + END


def _line(link: Mapping[str, Any]) -> str:
    values = (link.get(name) for name in _NAMES)
    cells = "</TD><TD>".join("" if value is None else text(str(value)) for value in values)
    return f"     <TR><TD>{cells}</TD></TR>\n"


def items(catalog: Catalog) -> Iterator[Item]:
    """Every model with its observations, and every file of observed products."""
    files = ["path", "bytes"]
    for row, observations, own in catalog.models_with_observations(["model_path"], OBSERVED, files):
        sizes = {file["path"]: file["bytes"] for file in own}
        path = row["model_path"]
        model = (path, sizes[path]) if path in sizes else None
        if observations:
            yield Item(tuple(observations), model, sizes.get(observations[0]["path"]))
    yield from _products(catalog)


def _products(catalog: Catalog) -> Iterator[Item]:
    sizes = {
        (row["collection"], row["path"]): row["bytes"]
        for batch in catalog.batches("files", ["collection", "path", "bytes", "kind"])
        for row in batch.filter(pc.equal(batch["kind"], "product")).to_pylist()
    }
    rows = (
        row
        for batch in catalog.batches("observations", OBSERVED)
        for row in batch.filter(pc.is_null(batch["model_id"])).to_pylist()
    )
    for where, found in groupby(rows, key=lambda row: (row["obs_collection"], row["path"])):
        yield Item(tuple(found), None, sizes.get(where))


def links_of(item: Item, collections: Mapping[str, Collection]) -> Iterator[dict[str, Any]]:
    """The links of an item, observation by observation."""
    for row in item.rows:
        collection = collections[row["obs_collection"]]
        told = {"ID": row["obs_publisher_did"]}
        inner = row["hdf5_group"] or row["part"]
        yield told | {
            "access_url": row["access_url"],
            "description": f"File of the observation{_place(row)}.",
            "semantics": "#this",
            "content_type": row["access_format"],
            "content_length": item.bytes,
            "content_qualifier": _qualifier(row),
            "local_semantics": inner,
        }
        if item.model is not None:
            path, size = item.model
            yield told | {
                "access_url": absolute_data_url(collection, path),
                "description": "Hydro-chemical model that was observed.",
                "semantics": "#progenitor",
                "content_type": _HDF5,
                "content_length": size,
            }
        pages = _pages(row["model_id"], collection) if row["model_id"] else _page(row, collection)
        yield from (told | link for link in pages)


def _pages(model: str, collection: Collection) -> Iterator[dict[str, Any]]:
    page = urljoin(collection.site_url, model_page(model))
    yield {
        "access_url": page,
        "description": "Page of the model, with spectra, maps and examples.",
        "semantics": "#auxiliary",
        "content_type": "text/html",
    }
    yield {
        "access_url": f"{page.removesuffix('html')}png",
        "description": "Maps of the observations.",
        "semantics": "#preview",
        "content_type": "image/png",
    }


def _page(row: Mapping[str, Any], collection: Collection) -> Iterator[dict[str, Any]]:
    """The page of an observed product, and its picture."""
    page = product_page(row["obs_collection"], row["path"], row["part"] or "")
    yield {
        "access_url": urljoin(collection.site_url, quote(page)),
        "description": "Page of the product, with the origin of each value and examples.",
        "semantics": "#auxiliary",
        "content_type": "text/html",
    }
    yield {
        "access_url": urljoin(collection.site_url, quote(thumbnail_path(page))),
        "description": "Small picture of the product.",
        "semantics": "#preview",
        "content_type": "image/webp",
    }


def _place(row: Mapping[str, Any]) -> str:
    if row["hdf5_group"]:
        return f": group {row['hdf5_group']}"
    return f": HDU {row['part']}" if row["part"] else ""


def _qualifier(row: Mapping[str, Any]) -> str | None:
    # The terms are those of the vocabulary http://www.ivoa.net/rdf/product-type.
    return f"#{row['dataproduct_type']}" if row["dataproduct_type"] else None
