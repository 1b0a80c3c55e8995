"""What the page of an observed product prints."""

import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urljoin

from portal.catalog.datalinks import document_path
from portal.catalog.merge import Rows
from portal.catalog.paths import absolute_data_url, data_href, product_page
from portal.model.collection import Collection
from portal.model.credit import author, bibkey, bibtext, creator, organisation
from portal.model.schema import OBSCORE, Column
from portal.pages._dataset import json_ld, names_of
from portal.pages._labels import LABELS
from portal.pages._observed import Key, Product
from portal.pages._observing import band_of, date_of, day_of, title_of, wavelength
from portal.pages._productsamples import samples
from portal.pages._text import clean, human_bytes, label, number, unit
from portal.pages.base import Context

__all__ = ["context_of"]

_DEPTH = 2
_ROOT = "../" * _DEPTH
_DIGITS = 10
_CONFIDENCE = {1.0: "stated", 0.9: "derived", 0.7: "by custom", 0.4: "concluded"}
_KINDS = {"wcs": "axes", "mapping": "rule", "data": "data", "collection": "collection"}
_WORDS = {"timeseries": "Time series", "sed": "SED"}
"""Kinds of products that ObsCore does not spell as people do."""
_NOTES = 40
"""Most notes about a file that are printed; the table of problems has all."""


def context_of(product: Product, collection: Collection, seen: Context) -> Context:
    """The context of one product.

    Parameters
    ----------
    collection
        That of the product.
    seen
        What was seen in the file itself: the leaves ``header`` and ``figure``.
    """
    row, key = product.row, product.key
    name, canonical = title_of(key), urljoin(collection.site_url, quote(product_page(*key)))
    url = product.file["url"] or absolute_data_url(collection, key.path)
    cited = _citation(collection, name, canonical)
    return {
        "topic": name,
        "canonical": canonical,
        "collection": clean(collection.title),
        "summary": _summary(row),
        "license": clean(collection.license),
        "license_url": collection.license_url,
        "href": data_href(collection, key.path, _DEPTH),
        "datalink": quote(_ROOT + document_path(row | {"model_id": None})),
        "size": _size(product.file["bytes"]),
        "values": [_value(column, row, product.origins) for column in _known(row)],
        "unknown": [_unknown(column, product.origins) for column in OBSCORE if _none(row, column)],
        "file": _file(product),
        "notes": [_note(problem) for problem in product.problems[:_NOTES]],
        "samples": samples(product, collection, url),
        "citation": cited,
        "bibtex": _bibtex(collection, name, canonical, key),
        "json_ld": json_ld(_linked_data(product, collection, canonical, url, cited)),
        "before": _link(product.before),
        "after": _link(product.after),
        **seen,
    }


def _known(row: Rows) -> Iterator[Column]:
    return (column for column in OBSCORE if not _none(row, column))


def _none(row: Rows, column: Column) -> bool:
    value = row.get(column.name)
    return value is None or value != value


def _summary(row: Rows) -> str:
    """One line that tells a product from others."""
    kind = row["dataproduct_type"] or "product"
    kind = _WORDS.get(kind) or label(kind)
    instrument = " ".join(
        dict.fromkeys(filter(None, (row["facility_name"], row["instrument_name"])))
    )
    told = (kind, row["target_name"], instrument, day_of(row), band_of(row))
    return clean(" · ".join(filter(None, told)))


def _value(column: Column, row: Rows, origins: Sequence[Rows]) -> Context:
    value = row[column.name]
    own = [o for o in origins if o["column"] == column.name]
    used = next((o for o in own if o["used"]), None)
    return {
        "label": LABELS.get(column.name) or label(column.name),
        "name": column.name,
        "value": number(value, _DIGITS),
        "unit": unit(column.unit),
        "also": _also(column, value),
        "origin": None if used is None else _origin(used),
        "others": [
            {"value": clean(o["value"]) or "no value", **_origin(o)} for o in own if not o["used"]
        ],
    }


def _also(column: Column, value: float) -> str | None:
    """The same for people."""
    if column.name in ("t_min", "t_max"):
        return date_of(value)
    return wavelength(value) if column.unit == "m" else None


def _origin(row: Rows) -> Context:
    level = _CONFIDENCE.get(row["confidence"], "")
    return {
        "kind": _KINDS.get(row["kind"], row["kind"]),
        "source": clean(row["source"]),
        "confidence": f"{number(row['confidence'])} {level}".strip(),
        "where": clean(row["where"]) if row["where"] else None,
        "note": clean(row["note"]) if row["note"] else None,
    }


def _unknown(column: Column, origins: Sequence[Rows]) -> Context:
    """A column without a value, and why it has none where something says so."""
    notes = (
        o["note"] for o in origins if o["column"] == column.name and o["used"] and not o["value"]
    )
    why = next(filter(None, notes), None)
    return {
        "label": LABELS.get(column.name) or label(column.name),
        "name": column.name,
        "why": clean(why) if why else None,
    }


def _file(product: Product) -> Context:
    file = product.file
    return {
        "name": clean(product.key.path),
        "part": clean(product.key.part),
        "size": _size(file["bytes"]),
        "bytes": number(file["bytes"]) or "unknown",
        "sha256": file["sha256"] or "not computed",
    }


def _size(size: int | None) -> str:
    return "unknown size" if size is None else human_bytes(size)


def _note(problem: Rows) -> Context:
    return {name: clean(problem[name]) if problem[name] else None for name in ("what", "seen")}


def _link(key: Key | None) -> Context | None:
    if key is None:
        return None
    return {"name": title_of(key), "href": _ROOT + quote(product_page(*key))}


def _citation(collection: Collection, name: str, url: str) -> str:
    parts = (names_of(collection), f"{collection.title}, version {collection.version}")
    who, what = (clean(part).rstrip(".") for part in parts)
    begin = f"{who} ({collection.year})" if who else f"({collection.year})"
    publisher = f" {clean(collection.publisher).rstrip('.')}." if collection.publisher else ""
    doi = f"https://doi.org/{collection.doi}" if collection.doi else url
    return f"{begin}: {what}, {name}.{publisher} {doi}"


def _bibtex(collection: Collection, name: str, url: str, key: Key) -> str:
    fields = {
        "author": " and ".join(author(c) for c in collection.creators),
        "title": f"{{{bibtext(collection.title)}: {bibtext(name)}}}",
        "year": str(collection.year),
        "version": bibtext(collection.version),
        "publisher": bibtext(collection.publisher),
        "doi": collection.doi,
        "url": url,
        "note": bibtext(collection.license),
    }
    lines = [f"  {field:9} = {{{text}}}" for field, text in fields.items() if text]
    head = f"@misc{{{bibkey(collection.id)}:{bibkey('/'.join(key[1:]))},\n"
    return clean(head + ",\n".join(lines) + "\n}")


def _linked_data(
    product: Product, collection: Collection, canonical: str, url: str, cited: str
) -> dict[str, object]:
    """The schema.org Dataset of a product."""
    row, file = product.row, product.file
    download = {
        "@type": "DataDownload",
        "name": product.key.path.rpartition("/")[2],
        "contentUrl": url,
        "encodingFormat": row["access_format"],
        "contentSize": f"{file['bytes']} B" if file["bytes"] is not None else None,
        "sha256": file["sha256"],
    }
    words = ("dataproduct_type", "target_name", "facility_name", "instrument_name")
    said = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": canonical,
        "name": title_of(product.key),
        "description": f"{_summary(row)}. Observed product of the collection {collection.title}.",
        "url": canonical,
        "identifier": row["obs_publisher_did"],
        "version": collection.version,
        "datePublished": str(collection.year),
        "license": collection.license_url,
        "isAccessibleForFree": True,
        "creator": [creator(c) for c in collection.creators],
        "publisher": organisation(collection.publisher),
        "citation": cited,
        "keywords": [row[name] for name in words if row[name]],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": collection.title,
            "url": collection.site_url,
        },
        "temporalCoverage": _interval(row),
        "spatialCoverage": _place(row),
        "variableMeasured": [_variable(column, row) for column in _known(row) if _counts(column)],
        "distribution": [{key: value for key, value in download.items() if value}],
    }
    return {key: value for key, value in said.items() if value not in ("", [], None)}


def _counts(column: Column) -> bool:
    return column.type != "string" and column.name not in ("access_estsize", "calib_level")


def _variable(column: Column, row: Rows) -> dict[str, object]:
    said = {"@type": "PropertyValue", "name": column.name, "value": row[column.name]}
    return said | ({"unitText": column.unit} if column.unit else {})


def _interval(row: Rows) -> str | None:
    ends = [date_of(row[name]) if row[name] is not None else None for name in ("t_min", "t_max")]
    if ends[0] is None:
        return None
    return "/".join(text.replace(" ", "T") if text else ".." for text in ends)


def _place(row: Rows) -> Mapping[str, object] | None:
    if row["s_ra"] is None or row["s_dec"] is None:
        return None
    name = f"ICRS {json.dumps(row['s_ra'])} {json.dumps(row['s_dec'])} deg"
    said: dict[str, object] = {"@type": "Place", "name": name}
    return said | ({"description": row["s_region"]} if row["s_region"] else {})
