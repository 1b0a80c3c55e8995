"""The collections in schema.org's words, as search engines for data read them."""

import json
from collections.abc import Iterator
from urllib.parse import urljoin

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters._described import as_published
from portal.model.collection import Collection
from portal.model.credit import Json, creator, organisation
from portal.model.schema import TABLES, Column

__all__ = ["EXPORTER", "JsonLd"]


class JsonLd:
    """A ``DataCatalog`` with a ``Dataset`` a collection."""

    name = "jsonld"
    filename = "collections.jsonld"
    media_type = "application/ld+json"
    description = "The collections as schema.org DataCatalog and Dataset."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One document; a selection changes the number of models it states."""
        ids = selection.model_ids
        number = catalog.counts["models"] if ids is None else len(ids)
        collections, date = as_published(catalog)
        sets: list[Json] = [_dataset(c, date, catalog.parameters, number) for c in collections]
        document: Json = {
            "@context": "https://schema.org/",
            "@type": "DataCatalog",
            "name": " / ".join(c.title for c in collections),
            "dataset": sets,
        }
        yield json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _dataset(
    collection: Collection, date: str, parameters: tuple[Column, ...], number: int
) -> Json:
    said: dict[str, Json] = {
        "@type": "Dataset",
        "@id": collection.site_url,
        "url": collection.site_url,
        "name": collection.title,
        # Search engines ask for at least 50 characters.
        "description": collection.description or collection.title,
        "license": collection.license_url,
        "version": collection.version,
        "identifier": collection.doi and f"https://doi.org/{collection.doi}",
        "datePublished": date,
        "creator": [creator(c) for c in collection.creators],
        "publisher": organisation(collection.publisher),
        "isAccessibleForFree": True,
        "size": f"{number} models",
        "distribution": _distribution(collection),
        "variableMeasured": [_variable(column) for column in parameters],
    }
    return {key: value for key, value in said.items() if value not in ("", [], None)}


def _distribution(collection: Collection) -> list[Json]:
    kinds = (("parquet", "application/vnd.apache.parquet"), ("csv", "text/csv"))
    return [
        {
            "@type": "DataDownload",
            "name": f"{name}.{suffix}",
            "contentUrl": urljoin(collection.site_url, f"catalog/{name}.{suffix}"),
            "encodingFormat": kind,
        }
        for name in sorted(TABLES)
        for suffix, kind in kinds
    ]


def _variable(column: Column) -> Json:
    said: dict[str, Json] = {"@type": "PropertyValue", "name": column.name}
    if column.description:
        said["description"] = column.description
    if column.unit:
        said["unitText"] = column.unit
    return said


EXPORTER = JsonLd()
