"""The page of each observed product: a FITS image, cube, spectrum, time series or table."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from markupsafe import Markup

from portal.catalog.paths import product_page, thumbnail_path
from portal.columns import Column, Integers
from portal.errors import ReadError
from portal.fits.opening import open_fits
from portal.fits.products import Product as FitsProduct
from portal.fits.products import products as parts_of
from portal.model.collection import Collection
from portal.pages._headers import header_of
from portal.pages._observed import Batch, Product, batches
from portal.pages._product import context_of
from portal.pages._text import clean
from portal.pages.base import Bundle, Context, Group, Source
from portal.previews.maps import gradients
from portal.previews.observed import pictures_of
from portal.previews.reading import located

__all__ = ["PAGE", "groups"]

_UNSEEN: Context = {"header": None, "figure": None}


class _ProductPages:
    template = "product.html"

    def pages(self, source: Source) -> Iterator[Bundle]:
        """A page for each product, in the order of the catalogue."""
        for batch in batches(source):
            paths = tuple(product_page(*key) for key in batch.keys)
            yield Bundle(paths, partial(groups, batch))


def groups(batch: Batch) -> Iterator[Group]:
    """The pages of a batch, which differ too much in shape for a context that they share."""
    products = batch.products()
    rows = np.arange(len(products), dtype=np.intp)
    yield Group(rows, None, [_seen(batch, p) for p in products], partial(_finished, batch))


def _seen(batch: Batch, product: Product) -> str:
    """All that the page of a product is made from."""
    there = _located(batch, product) is not None
    collection = _collection(batch, product)
    # repr of plain values is stable from run to run.
    return repr((product, there, collection))


def _finished(batch: Batch, rows: Integers) -> Iterator[tuple[Group, list[Mapping[str, bytes]]]]:
    products = batch.products()
    for _, run in groupby(rows.tolist(), key=lambda row: products[row].key[:2]):
        chosen = list(run)
        with _opened(_located(batch, products[chosen[0]])) as held:
            for row in chosen:
                product = products[row]
                seen, files = _look(held, product) if held is not None else (_UNSEEN, {})
                context = context_of(product, _collection(batch, product), seen)
                yield Group(np.array([row], np.intp), _columns(context)), [files]


@contextmanager
def _opened(file: Path | None) -> Iterator[Mapping[str, FitsProduct] | None]:
    """The products in a file by their parts; None where the file is not at hand."""
    with ExitStack() as stack:
        found: tuple[FitsProduct, ...] = ()
        # A file that was damaged since the scan has no preview; the next scan tells.
        with suppress(ReadError, OSError):
            found = () if file is None else parts_of(stack.enter_context(open_fits(file)))[0]
        yield None if file is None else {product.part: product for product in found}


def _look(held: Mapping[str, FitsProduct], product: Product) -> tuple[Context, Mapping[str, bytes]]:
    """What a page tells of the file itself, and the pictures that it brings along."""
    found = held.get(product.key.part)
    page = product_page(*product.key)
    small, large, data = (
        thumbnail_path(page),
        f"{page.removesuffix('html')}large.webp",
        f"{page.removesuffix('html')}json",
    )
    drawn = pictures_of(found, product.row, _beside(large))
    given = {small: drawn.thumbnail, large: drawn.picture, data: drawn.data}
    seen: Context = {
        "header": None if found is None else header_of(found),
        "figure": {
            "label": clean(drawn.label),
            "thumbnail": _beside(small),
            "frame": drawn.frame,
            "bar": drawn.bar,
            "gradients": gradients() if drawn.bar is not None else None,
            "caption": clean(drawn.caption) if drawn.caption else None,
            "picture": _beside(large) if drawn.picture is not None else None,
            "curve": drawn.curve,
            "about": clean(drawn.about),
            "data": _beside(data) if drawn.data is not None else None,
            "reason": clean(drawn.reason) if drawn.reason else None,
        },
    }
    return seen, {path: content for path, content in given.items() if content is not None}


def _beside(path: str) -> str:
    return quote(path.rpartition("/")[2])


def _located(batch: Batch, product: Product) -> Path | None:
    size = product.file["bytes"]
    return None if size is None else located(batch.stores, product.key.path, size)


def _collection(batch: Batch, product: Product) -> Collection:
    return next(c for c in batch.collections if c.id == product.key.collection)


def _columns(context: Context) -> Context:
    """`context` with all its texts in columns, so that pages of one shape share a skeleton."""
    return {key: _column(value) for key, value in context.items()}


def _column(value: Any) -> Any:  # noqa: ANN401 (any part of a context)
    if isinstance(value, dict):
        return {key: _column(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_column(item) for item in value]
    return Column([value], markup=isinstance(value, Markup)) if isinstance(value, str) else None


PAGE = _ProductPages()
