"""The protocol of an exporter: one format, one module.

A module in ``portal.exporters`` defines ``EXPORTER``.
"""

from collections.abc import Iterator
from typing import Protocol

from portal.catalog.table import Catalog

__all__ = ["Exporter"]


class Exporter(Protocol):
    """Writes a selection of the catalogue in one format."""

    name: str
    filename: str
    media_type: str
    description: str

    def write(self, catalog: Catalog, model_ids: list[str] | None) -> Iterator[bytes]:
        """The export in pieces; `model_ids` None stands for the whole catalogue."""
        ...
