"""The collections in schema.org's words, as search engines for data read them."""

import json
from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import urljoin

from portal.catalog.table import Catalog
from portal.model.collection import Collection, Creator
from portal.model.schema import TABLES, Column

__all__ = ["EXPORTER", "JsonLd"]

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class JsonLd:
    """A ``DataCatalog`` with a ``Dataset`` a collection."""

    name = "jsonld"
    filename = "collections.jsonld"
    media_type = "application/ld+json"
    description = "The collections as schema.org DataCatalog and Dataset."

    def write(self, catalog: Catalog, model_ids: list[str] | None) -> Iterator[bytes]:
        """One document; a selection changes the number of models it states."""
        number = catalog.counts["models"] if model_ids is None else len(model_ids)
        sets: list[Json] = [_dataset(c, catalog.parameters, number) for c in catalog.collections]
        document: Json = {
            "@context": "https://schema.org/",
            "@type": "DataCatalog",
            "name": " / ".join(c.title for c in catalog.collections),
            "dataset": sets,
        }
        yield json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _dataset(collection: Collection, parameters: tuple[Column, ...], number: int) -> Json:
    people: list[Json] = [_person(creator) for creator in collection.creators]
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
        "datePublished": str(collection.year),
        "creator": people,
        "publisher": collection.publisher
        and {"@type": "Organization", "name": collection.publisher},
        "isAccessibleForFree": True,
        "size": f"{number} models",
        "distribution": _distribution(collection),
        "variableMeasured": [_variable(column) for column in parameters],
    }
    return {key: value for key, value in said.items() if value not in ("", [])}


def _person(creator: Creator) -> Json:
    said: dict[str, Json] = {"@type": "Person", "name": creator.name}
    if creator.orcid:
        said["@id"] = urljoin("https://orcid.org/", creator.orcid)
    if creator.affiliation:
        said["affiliation"] = {"@type": "Organization", "name": creator.affiliation}
    return said


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
