"""The protocol of a page type: one module and one template.

A module in ``portal.pages`` defines ``PAGE``; its template lies beside it in ``templates``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from portal.catalog.table import Catalog

__all__ = ["Context", "Leaf", "Page", "PageType", "Source"]

Leaf: TypeAlias = "str | None"
Context: TypeAlias = "dict[str, Leaf | Context | list[Leaf] | list[Context]]"


@dataclass(frozen=True, slots=True)
class Page:
    """One page to write.

    Parameters
    ----------
    path
        Relative to the site, ending in ``.html``.
    key
        Hash of all that the page shows; an unchanged key is an unchanged page.
    context
        What the template prints. Every leaf is text that the template escapes, or
        `markupsafe.Markup` made by our own code.
    """

    path: str
    key: str
    context: Context


@dataclass(frozen=True, slots=True)
class Source:
    """What pages are made from: the catalogue, and the stores for previews where they are at hand."""

    catalog: Catalog
    stores: tuple[Path, ...] = ()


class PageType(Protocol):
    """Turns the catalogue into pages."""

    template: str

    def pages(self, source: Source) -> Iterator[Page]:
        """All pages of this type, in a stable order."""
        ...
