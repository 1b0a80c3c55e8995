"""A model as a citable data set: schema.org JSON-LD and BibTeX."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from markupsafe import Markup

from portal.columns import Column, script_json
from portal.model.collection import Collection
from portal.model.credit import author, bibkey, bibtext, creator, organisation
from portal.model.schema import Column as ParameterColumn
from portal.pages._text import clean
from portal.pages.base import Leaf

__all__ = ["bibtex", "catalog_json_ld", "citation", "json_ld", "model_json_ld", "names_of"]

_MEDIA_TYPE = "application/x-hdf5"
_KEYWORDS = '["AGB stars","stellar winds","radiative transfer"'
Parts: TypeAlias = "Sequence[str | Column]"
Measured: TypeAlias = "tuple[ParameterColumn, Column]"


def json_ld(data: dict[str, Any]) -> Markup:
    """`data` for a script element: no text in it can end the element."""
    return Markup(clean(script_json(data)))


def model_json_ld(
    collection: Collection,
    told: Mapping[str, Parts],
    keywords: Parts,
    measured: Sequence[Measured],
    files: Sequence[Mapping[str, Parts]],
) -> list[Leaf]:
    """The schema.org Dataset of each model of a group, as constant parts and columns in turn.

    Parameters
    ----------
    told
        Texts that differ from model to model, by their key.
    keywords
        JSON of more keywords, each after a comma.
    measured
        Parameters that these models have, and the JSON of their values.
    files
        The texts of each file.
    """
    data = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "version": collection.version,
        "datePublished": str(collection.year),
        "license": collection.license_url,
        "isAccessibleForFree": True,
        "creator": [creator(c) for c in collection.creators],
        "publisher": organisation(collection.publisher),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": collection.title,
            "url": collection.site_url,
        },
        "keywords": _Raw([_KEYWORDS, *keywords, "]"]),
        "variableMeasured": [_variable(column, _Raw([value])) for column, value in measured],
        "distribution": [_download(file) for file in files],
    } | {key: _Text(parts) for key, parts in told.items()}
    said = {key: value for key, value in data.items() if value not in ("", [], None)}
    return _merged(_fragments(said))


@dataclass(frozen=True)
class _Text:
    """A string of constant parts and columns."""

    parts: Parts


@dataclass(frozen=True)
class _Raw:
    """JSON of constant parts and columns."""

    parts: Parts


def _fragments(data: object) -> Iterator[Leaf]:
    if isinstance(data, dict):
        for number, key in enumerate(sorted(data)):
            yield ("," if number else "{") + script_json(key) + ":"
            yield from _fragments(data[key])
        yield "}" if data else "{}"
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield "," if number else "["
            yield from _fragments(value)
        yield "]" if data else "[]"
    elif isinstance(data, _Text):
        yield '"'
        yield from (p.json() if isinstance(p, Column) else script_json(p)[1:-1] for p in data.parts)
        yield '"'
    elif isinstance(data, _Raw):
        yield from data.parts
    else:
        yield clean(script_json(data))


def _merged(parts: Iterable[Leaf]) -> list[Leaf]:
    """`parts` with constant neighbours in one."""
    merged: list[Leaf] = []
    for constant, run in groupby(parts, key=lambda part: isinstance(part, str)):
        found = list(run)
        # Trusted, since `script_json` escaped them.
        merged += [Markup("".join(map(str, found)))] if constant else found
    return merged


def _variable(column: ParameterColumn, value: _Raw) -> dict[str, Any]:
    said: dict[str, Any] = {"@type": "PropertyValue", "name": column.name, "value": value}
    if column.unit:
        said["unitText"] = column.unit
    return said


def _download(texts: Mapping[str, Parts]) -> dict[str, Any]:
    said: dict[str, Any] = {"@type": "DataDownload", "encodingFormat": _MEDIA_TYPE}
    return said | {key: _Text(parts) for key, parts in texts.items()}


def names_of(collection: Collection) -> str:
    """The creators in one line; the publisher where there are none."""
    return "; ".join(c.name for c in collection.creators) or collection.publisher


def citation(collection: Collection, name: Column, url: Column) -> list[str | Column]:
    """How to cite each model, in words: constant parts and columns in turn."""
    parts = (names_of(collection), f"{collection.title}, version {collection.version}")
    who, what = (part.rstrip(".") for part in parts)
    publisher = f" {collection.publisher.rstrip('.')}." if collection.publisher else ""
    begin = f"{who} ({collection.year})" if who else f"({collection.year})"
    doi = f"https://doi.org/{collection.doi}" if collection.doi else url
    return [f"{begin}: {what}, model ", name, f".{publisher} ", doi]


def bibtex(collection: Collection, name: Column, url: Column) -> list[str | Column]:
    """The same for BibTeX."""
    plain = _bibtext
    fields: dict[str, list[str | Column]] = {
        "author": [clean(" and ".join(author(c) for c in collection.creators))],
        "title": [f"{{{plain(collection.title)}: model ", name.map(plain), "}"],
        "year": [str(collection.year)],
        "version": [plain(collection.version)],
        "publisher": [plain(collection.publisher)],
        "doi": [collection.doi],
        "url": [url],
        "note": [plain(collection.license)],
    }
    lines: list[str | Column] = [f"@misc{{{bibkey(collection.id)}:", name.map(bibkey)]
    for field, parts in fields.items():
        if parts != [""]:
            lines += [f",\n  {field:9} = {{", *parts, "}"]
    return [*lines, "\n}"]


def _bibtext(text: str) -> str:
    return clean(bibtext(text))


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
        "creator": [creator(c) for c in collection.creators],
        "publisher": organisation(collection.publisher),
        "identifier": f"https://doi.org/{collection.doi}" if collection.doi else None,
        "isAccessibleForFree": True,
    }
    return {key: value for key, value in data.items() if value not in ("", [], None)}
