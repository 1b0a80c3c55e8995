"""The page of each model."""

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from portal.catalog.paths import model_page
from portal.columns import Integers
from portal.pages._batches import Batch, batches
from portal.pages._model import context_of, figures_of
from portal.pages._printed import Printed
from portal.pages._shapes import Shape, shapes
from portal.pages._text import clean
from portal.pages.base import Bundle, Context, Group, Source
from portal.previews.figures import Figures, draw
from portal.previews.reading import located

__all__ = ["PAGE", "groups"]


class _ModelPages:
    template = "model.html"

    def pages(self, source: Source) -> Iterator[Bundle]:
        """A page for each model, in the order of the catalogue."""
        for batch in batches(source):
            ids = batch.models["model_id"].to_pylist()
            yield Bundle(tuple(model_page(name) for name in ids), partial(groups, batch))


def groups(batch: Batch) -> Iterator[Group]:
    """The pages of a batch of models, by their shape."""
    printed = Printed(batch)
    for shape, rows in shapes(batch):
        context = context_of(printed, shape, rows)
        seen = [_seen(printed, model) for model in rows.tolist()] if batch.stores else ()
        finish = partial(_finished, printed, shape) if any(seen) else None
        yield Group(rows, context, seen, finish)


def _seen(printed: Printed, model: int) -> str:
    """What the previews of a model are drawn from; '' if none of its files is at hand."""
    files, stores = printed.files_of[model], printed.batch.stores
    # Where a store lies is not on the page; whether it has the file decides on the previews.
    seen = [located(stores, f["path"], f["bytes"]) is not None for f in files]
    if not any(seen):
        return ""
    # repr of plain values is stable from run to run.
    return repr((seen, [f["mtime_ns"] for f in files], printed.observations_of[model]))


def _finished(
    printed: Printed, shape: Shape, rows: Integers
) -> Iterator[tuple[Group, list[Mapping[str, bytes]]]]:
    alike: dict[object, list[tuple[int, Figures]]] = {}
    for model in rows.tolist():
        figures = _drawn(printed, model)
        alike.setdefault(_outline(figures), []).append((model, figures))
    for found in alike.values():
        models = np.array([model for model, _ in found], np.intp)
        context = context_of(printed, shape, models, _figures(printed, found))
        pictures: list[Mapping[str, bytes]] = [
            {} if f.picture is None else {_picture(printed.ids[model]): f.picture}
            for model, f in found
        ]
        yield Group(models, context), pictures


def _figures(printed: Printed, found: list[tuple[int, Figures]]) -> Context | None:
    pictures = [_picture(printed.ids[model]).rpartition("/")[2] for model, _ in found]
    return figures_of([figures for _, figures in found], pictures)


def _drawn(printed: Printed, model: int) -> Figures:
    sizes = {f["path"]: f["bytes"] for f in printed.files_of[model]}
    rows = printed.observations_of[model]
    named = [o | {"line": clean(o["line"] or o["hdf5_group"])} for o in rows]
    return draw(printed.batch.stores, named, sizes, _picture(printed.ids[model]).rpartition("/")[2])


def _picture(model_id: str) -> str:
    return model_page(model_id).removesuffix("html") + "png"


def _outline(figures: Figures) -> object:
    """What figures of one shape share."""
    maps = tuple((row.title, len(row.panels)) for row in figures.maps)
    return len(figures.spectra), tuple(style for style, _ in figures.legend), maps


PAGE = _ModelPages()
