"""The protocol of a page type: one module and one template.

A module in ``portal.pages`` defines ``PAGE``; its template lies beside it in ``templates``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from portal.catalog.history import NO_HISTORY, History
from portal.catalog.table import Catalog
from portal.columns import Column, Integers

__all__ = ["Bundle", "Contents", "Context", "Group", "Leaf", "Page", "PageType", "Source"]

Leaf: TypeAlias = str | Column | None
Context: TypeAlias = Mapping[str, "Leaf | Context | Sequence[Leaf] | Sequence[Context]"]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one page prints, and the files that it brings along, by their path in the site.

    `context` is made of dicts and lists. Every leaf of it is text that the template escapes,
    or `markupsafe.Markup` made by our own code. Every page has the leaves ``topic`` (its short
    title) and ``canonical`` (its address), and the leaves ``title`` and ``description`` unless
    its template sets them.
    """

    context: Context
    files: Mapping[str, bytes] = field(default_factory=dict)


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
        What the template prints; or a picklable function that makes it, called in a worker
        process and only for a page that is new or has changed.
    """

    path: str
    key: str
    context: Context | Callable[[], Contents]

    def contents(self) -> Contents:
        """What the page prints, made now if it has not been."""
        return self.context() if callable(self.context) else Contents(self.context)


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of a bundle whose contexts are of one shape.

    Parameters
    ----------
    rows : (page,) [1]
        Their places in the bundle.
    context
        What the template prints, with a `Column` where the pages differ; None where the pages
        are made by `finish` alone, and their key is of `more` alone.
    more
        What else each page depends on; none if its context is all.
    finish
        Makes whole contexts for those of `rows` that are to be written, where the one above is
        only good for the key: groups with the files of each page.
    """

    rows: Integers
    context: Context | None
    more: Sequence[str] = ()
    finish: "Callable[[Integers], Iterator[tuple[Group, list[Mapping[str, bytes]]]]] | None" = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Many pages of one template, made together in a worker process.

    Parameters
    ----------
    paths
        Of the pages, relative to the site.
    groups
        A picklable function that gives all of them, each in one group.
    """

    paths: tuple[str, ...]
    groups: Callable[[], Iterator[Group]]


@dataclass(frozen=True, slots=True)
class Source:
    """What pages are made from: the catalogue, its releases, and the stores that are at hand."""

    catalog: Catalog
    stores: tuple[Path, ...] = ()
    history: History = NO_HISTORY


class PageType(Protocol):
    """Turns the catalogue into pages."""

    template: str

    def pages(self, source: Source) -> Iterator[Page | Bundle]:
        """All pages of this type, one by one or in bundles, in a stable order."""
        ...
