"""The page of each release: what it holds, how to cite it, and what changed with it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from portal.catalog.diff import KINDS, REASONS
from portal.catalog.paths import model_page
from portal.catalog.release import Release
from portal.model.collection import Collection
from portal.model.credit import bibtex, creator, organisation
from portal.pages._dataset import json_ld, names_of
from portal.pages._sites import single, site_url
from portal.pages._text import clean, human_bytes, number, unit
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_MOST = 300
"""Rows of each kind of change that a page shows; the table of all has the rest."""

_OPEN = 12
"""A list of at most so many rows stands open."""

_HASH = 12
_HEADINGS = {
    "added": "Added",
    "changed": "Changed",
    "renamed": "Renamed",
    "withdrawn": "Withdrawn",
}
_MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
_FILES = {
    "models.parquet": "Parameters and versions of all models",
    "files.parquet": "Path, size and SHA-256 of all files of models",
    "products.parquet": "What is known of each observed product, with its file",
    "provenance.parquet": "Each value of the observed products, and where it is from",
    "changes.csv": "What changed since the release before",
    "release.json": "What the release says of itself",
}


class _Releases:
    template = "release.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """A page for each release."""
        site = site_url(source.catalog)
        for release in source.history.releases:
            changes = source.history.changes(release)
            folder = quote(release.version)
            context: Context = {
                "version": clean(release.version),
                "date": release.date,
                "previous": _previous(release),
                "notes": [clean(p.strip()) for p in release.notes.split("\n\n") if p.strip()],
                "numbers": _numbers(release),
                "root": release.root,
                "verify": f"portal verify FOLDER --release {site}releases/{folder}/",
                "files": [
                    {"href": f"{folder}/{name}", "name": name, "what": what}
                    for name, what in _FILES.items()
                    if name in release.tables or name == "release.json"
                ],
                "reasons": [
                    {"name": REASONS.get(reason, reason), "number": number(count)}
                    for reason, count in _ordered(release.reasons)
                ],
                "kinds": [_kind(changes, kind) for kind in KINDS if release.changes.get(kind)],
                "all": f"{folder}/changes.csv",
                "cited": [_cited(c, release, site) for c in release.told],
                "json_ld": _json_ld(release, site),
            }
            title = f"Release {clean(release.version)}"
            description = f"Release {clean(release.version)} of the data, of {release.date}."
            path = f"releases/{release.version}.html"
            yield single(source.catalog, path, title, description, context)


def _previous(release: Release) -> Context | None:
    if not release.previous:
        return None
    return {"version": clean(release.previous), "href": quote(f"{release.previous}.html")}


def _numbers(release: Release) -> list[Context]:
    said = (
        (number(release.models), "models"),
        (number(release.files), "files"),
        (human_bytes(release.bytes), "of HDF5 files"),
    )
    return [{"value": value, "name": name} for value, name in said]


def _ordered(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    # A newer portal may have told others.
    places = [*REASONS, *sorted(reasons.keys() - REASONS.keys())]
    return sorted(reasons.items(), key=lambda item: places.index(item[0]))


def _kind(changes: pa.Table, kind: str) -> Context:
    rows = changes.filter(pc.equal(changes["change"], kind))
    models = int(pc.count_distinct(rows["model_id"]).as_py())
    left_out = len(rows) - _MOST
    return {
        "id": kind,
        "name": _HEADINGS[kind],
        "number": number(models),
        "open": "open" if len(rows) <= _OPEN else None,
        "changed": kind if kind == "changed" else None,
        "told": kind if kind == "withdrawn" else None,
        "noted": kind if kind == "added" else None,
        "rows": [_row(row) for row in rows.slice(0, _MOST).to_pylist()],
        "left_out": number(left_out) if left_out > 0 else None,
    }


def _row(row: Mapping[str, str]) -> Context:
    told = {key: clean(row[key]) for key in ("what", "note")}
    return {
        **_link(row["model_id"]),
        **{key: text or None for key, text in told.items()},
        "reason": REASONS.get(row["reason"], clean(row["reason"])),
        "old": _value(row, "old"),
        "new": _value(row, "new"),
        "instead": _link(row["new"]) if row["new"] and row["change"] != "changed" else None,
    }


def _link(name: str) -> dict[str, str]:
    return {"name": clean(name), "href": quote(f"../{model_page(name)}")}


def _value(row: Mapping[str, str], which: str) -> str:
    text = clean(row[which])
    if row["reason"] == "files" and text:
        return f"SHA-256 {text[:_HASH]}…"
    return f"{text} {unit(row['unit'])}".rstrip() if text else "nothing"


def _json_ld(release: Release, site: str) -> Markup:
    """The release as a schema.org Dataset, with the tables that it consists of."""
    told = release.told
    creators = dict.fromkeys(c for collection in told for c in collection.creators)
    publishers = dict.fromkeys(c.publisher for c in told if c.publisher)
    folder = quote(f"releases/{release.version}")
    titles = " / ".join(c.title for c in told)
    data = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"{titles}, release {release.version}",
        "description": " ".join(dict.fromkeys(c.description or c.title for c in told))
        + f" {release.models} models in release {release.version} of {release.date}.",
        "url": f"{site}{folder}.html",
        "version": release.version,
        "datePublished": release.date,
        "license": sorted({c.license_url for c in told}),
        "isAccessibleForFree": True,
        "creator": [creator(c) for c in creators],
        "publisher": [organisation(name) for name in publishers],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "description": _FILES[name],
                "contentUrl": f"{site}{folder}/{name}",
                "encodingFormat": _MEDIA_TYPES[name.rpartition(".")[2]],
                "sha256": digest,
            }
            for name, digest in sorted(release.tables.items())
            if name in _FILES
        ],
    }
    return json_ld({key: value for key, value in data.items() if value != []})


def _cited(collection: Collection, release: Release, site: str) -> Context:
    """The collection in this release, in words and for BibTeX."""
    address = f"{site}releases/{release.version}.html"
    who = names_of(collection).rstrip(".")
    year = int(release.date[:4])
    publisher = f" {collection.publisher.rstrip('.')}." if collection.publisher else ""
    where = f"https://doi.org/{collection.doi}" if collection.doi else address
    entry = replace(
        collection,
        id=f"{collection.id}-{release.version}",
        version=release.version,
        year=year,
        site_url=address,
    )
    text = f"{who} ({year}): {collection.title}, version {release.version}.{publisher} {where}"
    return {"text": clean(text), "bibtex": clean(bibtex(entry))}


PAGE = _Releases()
