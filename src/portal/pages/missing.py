"""The page that a server shows for an address that is not there."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.pages._sites import single, site_url
from portal.pages.base import Page, Source

__all__ = ["PAGE"]


class _Missing:
    template = "missing.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The page of a wrong address."""
        # A server shows it at any depth, so its links begin at the root of the host.
        root = urlsplit(site_url(source.catalog)).path or "/"
        description = "No page of the portal has this address."
        yield single(source.catalog, "404.html", "Not found", description, {"root": root})


PAGE = _Missing()
