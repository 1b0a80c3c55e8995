"""The home page: what this is, how much of it, and the three ways in."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import quote, urljoin

import pyarrow.compute as pc

from portal.catalog.merge import Rows
from portal.catalog.paths import model_page
from portal.catalog.table import Catalog
from portal.pages._advisories import in_force
from portal.pages._dataset import catalog_json_ld
from portal.pages._examples import Example
from portal.pages._sites import single, site_url
from portal.pages._text import clean, human_bytes, number
from portal.pages.base import Contents, Context, Page, Source
from portal.previews.portrait import portrait
from portal.previews.reading import located

__all__ = ["PAGE"]

_CANDIDATES = 200
_PICTURE = "assets/portrait.webp"
_DESCRIPTION = (
    "Synthetic line observations of three-dimensional hydro-chemical models of the winds of "
    "evolved stars, to browse, download and train on."
)
_PANDAS = Example(
    "python",
    """
import pandas as pd

models = pd.read_parquet("__models__")
dense = models.query("mass_loss_rate > 1e-6")
""",
)


class _Home:
    template = "home.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The home page."""
        catalog = source.catalog
        candidates = _candidates(source)
        context = _context(catalog)
        page = single(catalog, "index.html", "Winds of evolved stars", _DESCRIPTION, context)
        seen = repr([(row["obs_publisher_did"], row["moment0_offset"]) for row, _ in candidates])
        key = hashlib.blake2b(f"{page.key} {seen}".encode("utf-8", "replace")).hexdigest()[:24]
        yield replace(
            page,
            key=key,
            context=partial(_contents, source.stores, candidates, page.contents().context),
        )


def _candidates(source: Source) -> list[tuple[Rows, int]]:
    """Observations at hand of the first models of the catalogue, one a model, with file sizes."""
    found = []
    rows = source.catalog.models_with_observations(["model_id"], None, ["path", "bytes"])
    for _, observations, files in islice(rows, _CANDIDATES if source.stores else 0):
        sizes = {file["path"]: file["bytes"] for file in files}
        for row in observations[:1]:
            size = sizes.get(row["path"], -1)
            if located(source.stores, row["path"], size) is not None:
                found.append((row, size))
    return found


def _contents(
    stores: tuple[Path, ...], candidates: list[tuple[Rows, int]], context: Context
) -> Contents:
    sizes = {row["path"]: size for row, size in candidates}
    shown = portrait(stores, (row for row, _ in candidates), sizes)
    if shown is None:
        return Contents(context)
    name = clean(shown.row["model_id"])
    told: Context = {
        "picture": _PICTURE,
        "line": clean(shown.row["line"] or ""),
        "name": name,
        "href": quote(model_page(shown.row["model_id"])),
    }
    return Contents({**context, "portrait": told}, {_PICTURE: shown.picture})


def _context(catalog: Catalog) -> Context:
    site = site_url(catalog)
    counts = catalog.counts
    lines = len(pc.unique(catalog.table("observations", ["line"])["line"].drop_null()))
    total = sum(catalog.table("files", ["bytes"])["bytes"].to_pylist())
    said = (
        (number(counts["models"]), "models"),
        (number(counts["observations"]), "observations"),
        (number(lines), "spectral lines"),
        (human_bytes(total), "of HDF5 files"),
    )
    return {
        "collections": [
            {
                "title": clean(c.title),
                "version": clean(c.version),
                "about": clean(c.description) if c.description else None,
            }
            for c in catalog.collections
        ],
        "numbers": [{"value": value, "name": name} for value, name in said],
        "pandas": _PANDAS.html({"models": repr(urljoin(site, "catalog/models.parquet"))}),
        "json_ld": catalog_json_ld(catalog.collections, site, _DESCRIPTION),
        "portrait": None,
        "advisories": in_force(catalog),
    }


PAGE = _Home()
