"""The page of advisories: what is known, by which rule, and how many models it holds for."""

from collections.abc import Iterator
from urllib.parse import urlencode

from portal.model.advisory import Advisory
from portal.pages._advisories import ADMONITIONS, affected
from portal.pages._sites import single, site_url
from portal.pages._text import clean, number
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_DESCRIPTION = "What is known to be wrong with some of the models, by which rule, and the way out."


class _Advisories:
    template = "advisories.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The page of advisories, those that hold for most models first."""
        counts = affected(source.catalog)
        site = site_url(source.catalog)
        ordered = sorted(source.catalog.advisories, key=lambda a: (-counts.get(a.id, 0), a.id))
        context: Context = {"advisories": [_told(a, counts.get(a.id, 0), site) for a in ordered]}
        yield single(source.catalog, "advisories.html", "Advisories", _DESCRIPTION, context)


def _told(advisory: Advisory, count: int, site: str) -> Context:
    # A list without an element has no value, which passes no other test.
    without = f'advisories is null or advisories != "{advisory.id}"'
    return {
        "id": advisory.id,
        "title": clean(advisory.title),
        "text": clean(advisory.text) or None,
        "way_out": clean(advisory.way_out) or None,
        "kind": ADMONITIONS[advisory.severity],
        "severity": advisory.severity,
        "rule": [clean(text) for text in _rule(advisory)],
        "table": advisory.table,
        "since": advisory.since or None,
        "until": advisory.until or None,
        "models": number(count),
        "only": _query(f'"{advisory.id}" in advisories'),
        "without": _query(without),
        "command": f"portal fetch '{without}' --catalog {site} --to winds",
    }


def _query(expression: str) -> Context:
    return {"text": expression, "href": f"browse.html?{urlencode({'where': expression})}"}


def _rule(advisory: Advisory) -> list[str]:
    versions = f" {advisory.versions}" if advisory.versions else ""
    engine = f"engine {advisory.engine}{versions}" if advisory.engine else ""
    return [text for text in (engine, advisory.where) if text]


PAGE = _Advisories()
