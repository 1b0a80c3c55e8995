"""The page that looks at files before they are handed in, in the browser of their author.

It brings the checks of ObsCore rows as data; the files are read where they are.
"""

from collections.abc import Iterator

from portal import __version__
from portal.model.schema import SCHEMA_VERSION
from portal.obscore.described import described_checks
from portal.obscore.words import described_words
from portal.pages._embedded import embedded
from portal.pages._sites import single
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_DESCRIPTION = "See the ObsCore row of a FITS file, and what to mend before it is handed in."


class _Submit:
    """One page for the whole catalogue."""

    template = "submit.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The desk."""
        context: Context = {"data": embedded(_described())}
        yield single(source.catalog, "submit.html", "Submit", _DESCRIPTION, context)


def _described() -> dict[str, object]:
    versions = {"obscore": "1.1", "portal": __version__, "schema": SCHEMA_VERSION}
    return {**described_checks(), "versions": versions, "words": described_words()}


PAGE = _Submit()
