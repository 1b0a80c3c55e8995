"""The page of each model."""

import hashlib
from collections.abc import Iterator
from functools import partial

from portal.catalog.merge import Rows
from portal.catalog.paths import model_page
from portal.model.schema import small_dataset_columns
from portal.pages._model import Subject, contents
from portal.pages._neighbours import Neighbours
from portal.pages.base import Page, Source
from portal.previews.reading import located

__all__ = ["PAGE"]


_SMALL = ("spectrum", "velocity", "moment0", "moment1")
_OBSERVATION = (
    *("path", "hdf5_group", "line", "rest_frequency", "inclination", "azimuth", "distance"),
    *("n_channels", "s_fov", "s_xel1", "s_xel2", "peak_flux_density"),
    *(column.name for name in _SMALL for column in small_dataset_columns(name)),
)


class _ModelPages:
    template = "model.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """A page for each model, in the order of the catalogue."""
        catalog = source.catalog
        same = {c.id: repr((c, catalog.parameters)) for c in catalog.collections}
        for subject in _subjects(source):
            key = _key(subject, same[subject.collection.id])
            yield Page(model_page(subject.row["model_id"]), key, partial(contents, subject))


def _subjects(source: Source) -> Iterator[Subject]:
    catalog = source.catalog
    neighbours = Neighbours(catalog)
    ids = catalog.table("models", ["model_id"])["model_id"].combine_chunks()
    problems = _problems(source)
    rows = catalog.models_with_observations(None, _OBSERVATION, None)
    for at, (row, observations, files) in enumerate(rows):
        yield Subject(
            catalog.collection(row["collection"]),
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


def _key(subject: Subject, same: str) -> str:
    # Where a store lies is not on the page; whether it has the file decides on the previews.
    seen = [located(subject.stores, f["path"], f["bytes"]) is not None for f in subject.files]
    near = [
        (n.model_id, [(c.name, *values) for c, *values in n.differing]) for n in subject.neighbours
    ]
    own = (subject.row, subject.observations, subject.files, subject.problems)
    # repr of plain values is stable from run to run.
    text = repr((own, near, subject.before, subject.after, seen, same))
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


PAGE = _ModelPages()
