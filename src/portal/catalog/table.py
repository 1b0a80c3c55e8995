"""An opened catalogue: its tables, its collections, its parameter columns."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from portal.model.collection import Collection
from portal.model.schema import Column

__all__ = ["Catalog"]


@dataclass(frozen=True)
class Catalog:
    """The tables of one catalogue folder, read when asked for."""

    root: Path
    collections: tuple[Collection, ...]
    parameters: tuple[Column, ...]

    @classmethod
    def open(cls, root: Path) -> "Catalog":
        """Open the catalogue in `root`."""
        raise NotImplementedError

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The table `name`, whole or only some columns."""
        raise NotImplementedError

    def collection(self, id: str) -> Collection:
        """The collection of that name."""
        raise NotImplementedError
