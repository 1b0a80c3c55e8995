"""The page that lists the releases of the data."""

from collections.abc import Iterator
from urllib.parse import quote

from portal.catalog.diff import KINDS
from portal.catalog.release import Release
from portal.pages._sites import single
from portal.pages._text import clean, human_bytes, number
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_DESCRIPTION = "Releases of the data: what each holds, and what changed with it."


class _Releases:
    template = "releases.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The list, the newest release first."""
        releases = source.history.releases
        context: Context = {"releases": [_row(release) for release in reversed(releases)]}
        yield single(source.catalog, "releases.html", "Releases", _DESCRIPTION, context)


def _row(release: Release) -> Context:
    told = [f"{number(release.changes[k])} {k}" for k in KINDS if release.changes.get(k)]
    return {
        "version": clean(release.version),
        "href": quote(f"releases/{release.version}.html"),
        "date": release.date,
        "models": number(release.models),
        "size": human_bytes(release.bytes),
        "changes": ", ".join(told) or ("nothing" if release.previous else "the first release"),
        "root": release.root,
    }


PAGE = _Releases()
