"""The page that stays at the address of a model that was released and is gone."""

from collections.abc import Iterator
from urllib.parse import quote

import pyarrow as pa

from portal.catalog.history import Gone
from portal.catalog.merge import Rows
from portal.catalog.paths import model_page, shard
from portal.model.schema import MODELS, Column
from portal.pages._sites import single
from portal.pages._text import clean, human_bytes, label, number, unit
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_DESCRIPTION = "This model was withdrawn. What it was, when it went, and what to use instead."
_OWN = frozenset(column.name for column in MODELS)
_FACTS = {
    "Collection": "collection",
    "Model made with": "code",
    "Lines made with": "engine",
    "Version": "engine_version",
    "Observations": "n_observations",
    "Licence": "license",
}


class _Tombstones:
    template = "tombstone.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """A page for each model of a release that the catalogue has no more."""
        if not source.history.releases:
            return
        present = source.catalog.table("models", ["model_id"])["model_id"].combine_chunks()
        known: set[str] = set(present.to_pylist())
        groups = list(source.history.gone(present))
        for gone in groups:
            known.update(gone.snapshot.ids.to_pylist())
        for gone in groups:
            yield from _pages(source, gone, known)


def _pages(source: Source, gone: Gone, known: set[str]) -> Iterator[Page]:
    files: dict[str, list[Rows]] = {}
    for row in gone.snapshot.files.to_pylist():
        files.setdefault(row["model_id"], []).append(row)
    for batch in gone.snapshot.models.to_batches(1024):
        for row in pa.Table.from_batches([batch]).to_pylist():
            name = row["model_id"]
            context = {**_story(gone, name, known), **_what(gone, row, files.get(name, []))}
            title = clean(name)
            yield single(source.catalog, model_page(name), title, _DESCRIPTION, context)


def _story(gone: Gone, name: str, known: set[str]) -> Context:
    """When it went, why, and what to use."""
    why = gone.why.get(name)
    instead = why.replaced_by if why is not None else ""
    link: Context = {
        "name": clean(instead),
        "href": quote(f"../{shard(instead)}/{instead}.html") if instead in known else None,
    }
    return {
        "last": _release(gone.last.version, gone.last.date),
        "left": _release(gone.left.version, gone.left.date) if gone.left else None,
        "reason": clean(why.reason) if why is not None and why.reason else None,
        "instead": link if instead else None,
    }


def _release(version: str, day: str) -> Context:
    return {"version": version, "date": day, "href": quote(f"../../releases/{version}.html")}


def _what(gone: Gone, row: Rows, files: list[Rows]) -> Context:
    """What the model was."""
    columns = [c for c in gone.snapshot.columns if c.name not in _OWN]
    facts = {name: number(row.get(column)) for name, column in _FACTS.items()}
    return {
        "heading": clean(row["title"]) if row.get("title") else None,
        "parameters": [_parameter(c, row) for c in columns if number(row[c.name]) is not None],
        "facts": [{"name": name, "value": value} for name, value in facts.items() if value],
        "files": [
            {
                "path": clean(file["path"]),
                "size": human_bytes(file["bytes"]),
                "bytes": number(file["bytes"]),
                "sha256": file["sha256"],
            }
            for file in files
        ],
    }


def _parameter(column: Column, row: Rows) -> Context:
    return {
        "label": label(column.name),
        "name": clean(column.name),
        "value": number(row[column.name]),
        "unit": unit(column.unit),
        "meaning": clean(column.description),
    }


PAGE = _Tombstones()
