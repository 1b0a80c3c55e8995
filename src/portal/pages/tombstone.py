"""The page that stays at the address of a model or product that was released and is gone."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import pyarrow as pa

from portal.catalog.history import Gone, present
from portal.catalog.merge import Rows
from portal.catalog.observed import observed, pages_of
from portal.catalog.paths import model_page
from portal.catalog.snapshot import KINDS
from portal.model.schema import MODELS, OBSCORE, Column
from portal.pages._labels import LABELS
from portal.pages._observed import Key
from portal.pages._observing import title_of
from portal.pages._sites import single
from portal.pages._text import clean, human_bytes, label, number, unit
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_DESCRIPTION = "This {} was withdrawn. What it was, when it went, and what to use instead."
_OWN = frozenset(column.name for column in MODELS)
_FACTS = {
    "Collection": "collection",
    "Model made with": "code",
    "Lines made with": "engine",
    "Version": "engine_version",
    "Observations": "n_observations",
    "Licence": "license",
}
_KEY = ("obs_collection", "path", "part")
_UP = "../../"


class _Tombstones:
    template = "tombstone.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """A page for each model and product of a release that the catalogue has no more."""
        history, catalog = source.history, source.catalog
        if not history.releases:
            return
        groups = [gone for kind in KINDS for gone in history.gone(present(catalog, kind), kind)]
        known = {name: model_page(name) for name in present(catalog, "model").to_pylist()}
        known |= _products(observed(catalog, [*_KEY, "obs_publisher_did"]))
        for gone in groups:
            known |= {name: model_page(name) for name in gone.snapshot.ids.to_pylist()}
            known |= _products(gone.snapshot.products)
        for gone in groups:
            yield from _models(source, gone, known)
            yield from _observed(source, gone, known)


def _products(rows: pa.Table) -> dict[str, str]:
    """Pages of products by their identifiers."""
    if not rows.num_rows:
        return {}
    return dict(zip(rows["obs_publisher_did"].to_pylist(), pages_of(rows), strict=True))


def _models(source: Source, gone: Gone, known: Mapping[str, str]) -> Iterator[Page]:
    files: dict[str, list[Rows]] = {}
    for row in gone.snapshot.files.to_pylist():
        files.setdefault(row["model_id"], []).append(row)
    columns = [c for c in gone.snapshot.columns if c.name not in _OWN]
    for row in _rows(gone.snapshot.models):
        name = row["model_id"]
        facts = {name: number(row.get(column)) for name, column in _FACTS.items()}
        context = {
            "kind": "model",
            **_story(gone, name, known),
            "heading": clean(row["title"]) if row.get("title") else None,
            "parameters": [_parameter(c, row, label(c.name)) for c in columns if _told(c, row)],
            "values": [],
            "facts": [{"name": name, "value": value} for name, value in facts.items() if value],
            "files": _files(files.get(name, [])),
        }
        yield _page(source, model_page(name), clean(name), context)


def _observed(source: Source, gone: Gone, known: Mapping[str, str]) -> Iterator[Page]:
    columns = [c for c in OBSCORE if c.name in gone.snapshot.products.column_names]
    pages = pages_of(gone.snapshot.products)
    for path, row in zip(pages, _rows(gone.snapshot.products), strict=True):
        context = {
            "kind": "product",
            **_story(gone, row["obs_publisher_did"], known),
            "heading": None,
            "parameters": [],
            "values": [
                _parameter(c, row, LABELS.get(c.name) or label(c.name))
                for c in columns
                if _told(c, row)
            ],
            "facts": [],
            "files": _files([row]),
        }
        yield _page(source, path, title_of(Key(*(row[name] for name in _KEY))), context)


def _page(source: Source, path: str, title: str, context: Context) -> Page:
    description = _DESCRIPTION.format(context["kind"])
    return single(source.catalog, path, title, description, context)


def _rows(table: pa.Table) -> Iterator[Rows]:
    for batch in table.to_batches(1024):
        yield from batch.to_pylist()


def _story(gone: Gone, name: str, known: Mapping[str, str]) -> Context:
    """When it went, why, and what to use."""
    why = gone.why.get(name)
    instead = why.replaced_by if why is not None else ""
    link: Context = {
        "name": clean(instead),
        "href": _UP + quote(known[instead]) if instead in known else None,
    }
    return {
        "last": _release(gone.last.version, gone.last.date),
        "left": _release(gone.left.version, gone.left.date) if gone.left else None,
        "reason": clean(why.reason) if why is not None and why.reason else None,
        "instead": link if instead else None,
    }


def _release(version: str, day: str) -> Context:
    return {"version": version, "date": day, "href": _UP + quote(f"releases/{version}.html")}


def _told(column: Column, row: Rows) -> bool:
    return number(row[column.name]) is not None


def _files(files: Sequence[Rows]) -> list[Context]:
    return [
        {
            "path": clean(file["path"]),
            "size": human_bytes(file["bytes"]),
            "bytes": number(file["bytes"]),
            "sha256": file["sha256"] or "not computed",
        }
        for file in files
    ]


def _parameter(column: Column, row: Rows, name: str) -> Context:
    return {
        "label": name,
        "name": clean(column.name),
        "value": number(row[column.name]),
        "unit": unit(column.unit),
        "meaning": clean(column.description),
    }


PAGE = _Tombstones()
