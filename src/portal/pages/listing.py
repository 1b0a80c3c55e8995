"""All models and products as plain lists, a few hundred a page, for readers without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from portal.catalog.observed import observed, pages_of
from portal.catalog.paths import model_page
from portal.catalog.table import Catalog
from portal.pages._sites import single
from portal.pages._text import clean, number
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE", "list_page"]

_ROWS = 500


@dataclass(frozen=True, slots=True)
class _List:
    """One list: what is in it, names and paths of pages in order, and the table that has more."""

    stem: str
    what: str
    entries: list[tuple[str, str]]
    table: str
    about: str

    def page(self, place: int) -> str:
        return list_page(place, self.stem)


class _Listing:
    template = "listing.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The pages of the lists, each in the order of its names."""
        lists = [_models(source.catalog), _products(source.catalog)]
        shown = [one for one in lists if one.entries or one.stem == "models"]
        for one in shown:
            others = [other for other in shown if other is not one]
            for place in range(max(-(-len(one.entries) // _ROWS), 1)):
                yield _page(source.catalog, one, others, place)


def list_page(place: int, stem: str = "models") -> str:
    """Path of a page of a list, from 0."""
    return f"{stem}-{place + 1}.html" if place else f"{stem}.html"


def _models(catalog: Catalog) -> _List:
    names = sorted(catalog.table("models", ["model_id"])["model_id"].to_pylist())
    entries = [(name, model_page(name)) for name in names]
    return _List("models", "models", entries, "catalog/models.csv", "their parameters are in")


def _products(catalog: Catalog) -> _List:
    rows = observed(catalog)
    texts = [] if not rows.num_rows else [rows[n].to_pylist() for n in ("path", "part")]
    names = [f"{path} · {part}" if part else path for path, part in zip(*texts, strict=True)]
    entries = sorted(zip(names, pages_of(rows), strict=True))
    table = "catalog/observations.csv"
    return _List("products", "observed products", entries, table, "what is known of them is in")


def _page(catalog: Catalog, one: _List, others: list[_List], place: int) -> Page:
    starts = range(0, max(len(one.entries), 1), _ROWS)
    near = {"before": place - 1, "after": place + 1}
    context: Context = {
        "total": number(len(one.entries)),
        "what": one.what,
        "table": one.table,
        "file": one.table.rpartition("/")[2],
        "about": one.about,
        "others": [{"what": other.what, "href": other.page(0)} for other in others],
        "entries": [
            {"name": clean(name), "href": quote(page)}
            for name, page in one.entries[starts[place] : starts[place] + _ROWS]
        ],
        "place": number(place + 1),
        "pages": [_link(one, n, start) for n, start in enumerate(starts)]
        if len(starts) > 1
        else [],
        **{
            word: one.page(other) if 0 <= other < len(starts) else None
            for word, other in near.items()
        },
    }
    topic = f"All {one.what}"
    title = f"{topic}, page {place + 1}" if place else topic
    description = f"All {one.what} of the catalogue by name, without scripts."
    return single(catalog, one.page(place), title, description, {**context, "heading": topic})


def _link(one: _List, place: int, start: int) -> Context:
    first = clean(one.entries[start][0])
    return {"href": one.page(place), "first": first, "number": number(place + 1)}


PAGE = _Listing()
