"""All models as plain lists, a few hundred a page, for readers without scripts and for mirrors."""

from collections.abc import Iterator
from urllib.parse import quote

from portal.catalog.paths import model_page
from portal.catalog.table import Catalog
from portal.pages._sites import single
from portal.pages._text import clean, number
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE", "list_page"]

_ROWS = 500
_DESCRIPTION = "Every model of the catalogue by its name, without scripts."


class _Listing:
    template = "listing.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The pages of the list, in the order of the models' names."""
        catalog = source.catalog
        names = sorted(catalog.table("models", ["model_id"])["model_id"].to_pylist())
        starts = range(0, max(len(names), 1), _ROWS)
        parts = [names[start : start + _ROWS] for start in starts]
        for place, part in enumerate(parts):
            yield _page(catalog, parts, place, part)


def list_page(place: int) -> str:
    """Path of a page of the list, from 0."""
    return f"models-{place + 1}.html" if place else "models.html"


def _page(catalog: Catalog, parts: list[list[str]], place: int, names: list[str]) -> Page:
    near = {"before": place - 1, "after": place + 1}
    context: Context = {
        "total": number(catalog.counts.get("models", 0)),
        "models": [{"name": clean(name), "href": quote(model_page(name))} for name in names],
        "place": number(place + 1),
        "pages": [_link(parts, other) for other in range(len(parts))] if len(parts) > 1 else [],
        **{
            word: list_page(other) if 0 <= other < len(parts) else None
            for word, other in near.items()
        },
    }
    title = f"All models, page {place + 1}" if place else "All models"
    return single(catalog, list_page(place), title, _DESCRIPTION, context)


def _link(parts: list[list[str]], place: int) -> Context:
    return {"href": list_page(place), "first": clean(parts[place][0]), "number": number(place + 1)}


PAGE = _Listing()
