"""The rows as Parquet, with units and meanings of the columns."""

from collections.abc import Iterator

from portal.catalog.extract import parquet_pieces
from portal.catalog.pieces import row_pieces
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Parquet"]


class Parquet:
    """Rows with their types; units, UCDs and meanings travel with the columns."""

    name = "parquet"
    filename = "models.parquet"
    media_type = "application/vnd.apache.parquet"
    description = "Table with types, units and meanings of the columns, for pandas and others."
    published = False

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """The file, a group of rows at a time."""
        yield from parquet_pieces(row_pieces(catalog, selection))


EXPORTER = Parquet()
