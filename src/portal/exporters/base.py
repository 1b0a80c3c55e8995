"""The protocol of an exporter: one format, one module.

A module in ``portal.exporters`` defines ``EXPORTER``.
"""

from collections.abc import Iterator
from typing import Protocol, cast

from portal import registry
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["Exporter", "exporters", "published"]


class Exporter(Protocol):
    """Writes a selection of the catalogue in one format.

    An exporter whose `published` is False makes no sense of the whole catalogue, and the
    site does not offer it; the attribute may be left out.
    """

    name: str
    filename: str
    media_type: str
    description: str

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """The export in pieces."""
        ...


def exporters() -> dict[str, Exporter]:
    """Every exporter by its name."""
    members = registry.members("portal.exporters", "EXPORTER")
    return {name: cast(Exporter, member) for name, member in members.items()}


def published() -> list[Exporter]:
    """The exporters that the site offers of the whole catalogue, by their names."""
    return [e for e in exporters().values() if getattr(e, "published", True)]
