"""The rows as CSV."""

from collections.abc import Iterator

from portal.catalog.flat import csv_pieces, models_csv
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
        # The whole table streams; a query is answered in memory.
        if selection == EVERYTHING:
            return models_csv(catalog)
        rows = selection.rows(catalog)
        return csv_pieces(rows.schema, [rows])


EXPORTER = Csv()
