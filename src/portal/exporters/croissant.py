"""The tables in the words of Croissant, as tools for machine learning read data sets.

Follows the format 1.1 of MLCommons. HDF5 is beyond what it can describe; the table of files
gives the address and the sum of each file.
"""

import json
from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters._described import (
    TABLE_MEANINGS,
    Described,
    TableFile,
    described,
    table_files,
)
from portal.model.credit import Json, bibtex, creator, organisation
from portal.model.schema import Column

__all__ = ["EXPORTER", "Croissant"]

_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    "string": "sc:Text",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "float32": "cr:Float32",
    "float64": "cr:Float64",
    "bool": "sc:Boolean",
}
_KEYS = {"models": "model_id", "files": "path"}


class Croissant:
    """One data set with a record set for each table."""

    name = "croissant"
    filename = "croissant.json"
    media_type = "application/json"
    description = "The tables in Croissant 1.1, for mlcroissant and data loaders."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One document; of a selection it tells the number of models."""
        said = described(catalog, selection)
        files = [file for file in table_files(catalog) if file.name.endswith(".parquet")]
        sets = [_records(file, catalog.columns(file.table)) for file in files]
        document = _dataset(said) | {
            "distribution": [_file(file) for file in files],
            "recordSet": sets,
        }
        yield json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def _dataset(said: Described) -> dict[str, Json]:
    dois = [f"https://doi.org/{c.doi}" for c in said.collections if c.doi]
    told: dict[str, Json] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": said.title,
        "description": said.summary,
        "url": said.url,
        "license": [url for _, url in said.licenses],
        "version": said.version,
        "datePublished": said.date,
        "creator": [creator(c) for c in said.creators],
        "publisher": [organisation(name) for name in said.publishers],
        "citeAs": "\n\n".join(bibtex(c) for c in said.collections),
        "sameAs": list(dois),
        "keywords": list(said.keywords),
        "isLiveDataset": False,
    }
    return {key: value for key, value in told.items() if value not in ("", [])}


def _file(file: TableFile) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "description": TABLE_MEANINGS[file.table],
        "contentUrl": file.url,
        "contentSize": f"{file.bytes} B",
        # The name by which loaders know the format, which is not the registered one.
        "encodingFormat": "application/x-parquet",
        "sha256": file.sha256,
    }


def _records(file: TableFile, columns: tuple[Column, ...]) -> Json:
    told: dict[str, Json] = {
        "@type": "cr:RecordSet",
        "@id": file.table,
        "name": file.table,
        "description": TABLE_MEANINGS[file.table],
    }
    if file.table in _KEYS:
        told["key"] = {"@id": f"{file.table}/{_KEYS[file.table]}"}
    return told | {"field": [_field(file, column) for column in columns]}


def _field(file: TableFile, column: Column) -> Json:
    kind = column.type.removeprefix("list<").removesuffix(">")
    unit = f" [{column.unit}]" if column.unit else ""
    told: dict[str, Json] = {
        "@type": "cr:Field",
        "@id": f"{file.table}/{column.name}",
        "name": column.name,
        "description": f"{column.description or column.name}{unit}",
        "dataType": _TYPES[kind],
        "source": {"fileObject": {"@id": file.name}, "extract": {"column": column.name}},
    }
    if kind != column.type:
        told |= {"isArray": True, "arrayShape": "-1"}
    return told


EXPORTER = Croissant()
