"""A model as a citable data set: schema.org JSON-LD and BibTeX."""

import json
import re
from typing import Any

from markupsafe import Markup

from portal.catalog.merge import Rows
from portal.catalog.paths import absolute_data_url
from portal.model.collection import Collection, Creator
from portal.model.schema import Column
from portal.pages._text import clean

__all__ = ["bibtex", "catalog_json_ld", "citation", "json_ld", "model_json_ld", "names_of"]

_BIBTEX = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {c: f"\\{c}" for c in "#$%&_{}"}
)
_MEDIA_TYPE = "application/x-hdf5"


def json_ld(data: dict[str, Any]) -> Markup:
    """`data` for a script element: no text in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(clean(escaped))


def model_json_ld(
    collection: Collection,
    url: str,
    description: str,
    row: Rows,
    files: list[Rows],
    parameters: tuple[Column, ...],
) -> Markup:
    """The schema.org Dataset of one model."""
    name = clean(row["model_id"])
    data = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": url,
        "name": f"{clean(row['title'] or name)} ({name})" if row["title"] else name,
        "description": description,
        "url": url,
        "identifier": name,
        "version": collection.version,
        "datePublished": str(collection.year),
        "license": collection.license_url,
        "isAccessibleForFree": True,
        "creator": [_person(creator) for creator in collection.creators],
        "publisher": _organisation(collection.publisher),
        "citation": citation(collection, name, url),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": collection.title,
            "url": collection.site_url,
        },
        "keywords": ["AGB stars", "stellar winds", "radiative transfer", *(row["species"] or ())],
        "variableMeasured": [_variable(c, row[c.name]) for c in parameters if _told(row[c.name])],
        "distribution": [_download(collection, file) for file in files],
    }
    return json_ld({key: value for key, value in data.items() if value not in ("", [], None)})


def _told(value: object) -> bool:
    return value is not None and value == value  # NaN is no value in JSON


def _variable(column: Column, value: object) -> dict[str, Any]:
    said: dict[str, Any] = {"@type": "PropertyValue", "name": column.name, "value": value}
    if column.unit:
        said["unitText"] = column.unit
    return said


def _download(collection: Collection, file: Rows) -> dict[str, Any]:
    said = {
        "@type": "DataDownload",
        "name": clean(file["path"].rpartition("/")[2]),
        "contentUrl": file["url"] or absolute_data_url(collection, file["path"]),
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": _MEDIA_TYPE,
    }
    return said | ({"sha256": file["sha256"]} if file["sha256"] else {})


def _person(creator: Creator) -> dict[str, Any]:
    said: dict[str, Any] = {"@type": "Person", "name": creator.name}
    if creator.orcid:
        said["@id"] = said["identifier"] = f"https://orcid.org/{creator.orcid}"
    if creator.affiliation:
        said["affiliation"] = {"@type": "Organization", "name": creator.affiliation}
    return said


def _organisation(name: str) -> dict[str, Any] | None:
    return {"@type": "Organization", "name": name} if name else None


def names_of(collection: Collection) -> str:
    """The creators in one line; the publisher where there are none."""
    return "; ".join(c.name for c in collection.creators) or collection.publisher


def citation(collection: Collection, model_id: str, url: str) -> str:
    """How to cite a model, in words."""
    place = f"https://doi.org/{collection.doi}" if collection.doi else url
    parts = (names_of(collection), f"{collection.title}, version {collection.version}")
    who, what = (part.rstrip(".") for part in parts)
    publisher = f" {collection.publisher.rstrip('.')}." if collection.publisher else ""
    begin = f"{who} ({collection.year})" if who else f"({collection.year})"
    return f"{begin}: {what}, model {model_id}.{publisher} {place}"


def bibtex(collection: Collection, model_id: str, url: str) -> str:
    """The same for BibTeX."""
    key = re.sub(r"[^A-Za-z0-9:.+-]", "-", f"{collection.id}:{model_id}")
    fields = {
        "author": " and ".join(c.name.translate(_BIBTEX) for c in collection.creators),
        "title": f"{{{collection.title.translate(_BIBTEX)}: model {model_id.translate(_BIBTEX)}}}",
        "year": str(collection.year),
        "version": collection.version.translate(_BIBTEX),
        "publisher": collection.publisher.translate(_BIBTEX),
        "doi": collection.doi,
        "url": url,
        "note": collection.license.translate(_BIBTEX),
    }
    lines = [f"  {name:9} = {{{value}}}" for name, value in fields.items() if value]
    return clean("@misc{" + key + ",\n" + ",\n".join(lines) + "\n}")


def catalog_json_ld(collections: tuple[Collection, ...], url: str, description: str) -> Markup:
    """The schema.org DataCatalog of the whole site."""
    data = {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": "ATOMIUM portal",
        "description": description,
        "url": url,
        "license": sorted({c.license_url for c in collections}),
        "isAccessibleForFree": True,
        "dataset": [_collection(c, url) for c in collections],
    }
    return json_ld(data)


def _collection(collection: Collection, url: str) -> dict[str, Any]:
    data = {
        "@type": "Dataset",
        "@id": f"{url}#{collection.id}",
        "name": collection.title,
        "description": collection.description or collection.title,
        "version": collection.version,
        "license": collection.license_url,
        "creator": [_person(creator) for creator in collection.creators],
        "publisher": _organisation(collection.publisher),
        "identifier": f"https://doi.org/{collection.doi}" if collection.doi else None,
        "isAccessibleForFree": True,
    }
    return {key: value for key, value in data.items() if value not in ("", [], None)}
