"""The page of each model."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from portal.catalog.merge import Rows
from portal.catalog.paths import model_page
from portal.pages._model import Subject, contents
from portal.pages._neighbours import Neighbours
from portal.pages.base import Page, Source
from portal.previews.reading import located

__all__ = ["PAGE"]


class _ModelPages:
    template = "model.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """A page for each model, in the order of the catalogue."""
        for subject in _subjects(source):
            yield Page(
                model_page(subject.row["model_id"]), _key(subject), partial(contents, subject)
            )


def _subjects(source: Source) -> Iterator[Subject]:
    catalog = source.catalog
    collections = {c.id: c for c in catalog.collections}
    neighbours = Neighbours(catalog)
    ids = catalog.table("models", ["model_id"])["model_id"]
    problems = _problems(source)
    for at, (row, observations, files) in enumerate(catalog.models_with_observations()):
        yield Subject(
            collections[row["collection"]],
            catalog.parameters,
            row,
            observations,
            files,
            [p for f in files for p in problems.get((row["collection"], f["path"]), ())],
            neighbours.of(at),
            ids[at - 1].as_py() if at else None,
            ids[at + 1].as_py() if at + 1 < len(ids) else None,
            source.stores,
        )


def _problems(source: Source) -> dict[tuple[str, str], list[Rows]]:
    found: dict[tuple[str, str], list[Rows]] = {}
    for batch in source.catalog.batches("problems"):
        for row in batch.to_pylist():
            found.setdefault((row["collection"], row["path"]), []).append(row)
    return found


def _key(subject: Subject) -> str:
    # Where a store lies is not on the page; whether it has the file decides on the previews.
    seen = [located(subject.stores, f["path"], f["bytes"]) is not None for f in subject.files]
    # repr of rows of plain values is stable from run to run.
    text = repr((seen, replace(subject, stores=())))
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


PAGE = _ModelPages()
