"""The rows as CSV."""

from collections.abc import Iterator
from itertools import chain

from portal.catalog.flat import csv_pieces, models_csv
from portal.catalog.pieces import row_pieces
from portal.catalog.selection import EVERYTHING, Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Csv"]


class Csv:
    """Rows with all their columns, for spreadsheets and old programs."""

    name = "csv"
    filename = "models.csv"
    media_type = "text/csv"
    description = "Table of models with all parameters; lists are joined by semicolons."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """Header and rows."""
        if selection == EVERYTHING:
            yield from models_csv(catalog)
            return
        pieces = row_pieces(catalog, selection)
        first = next(pieces)
        yield from csv_pieces(first.schema, chain([first], pieces))


EXPORTER = Csv()
