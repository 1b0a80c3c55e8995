"""The table of models as CSV."""

from collections.abc import Iterator

from portal.catalog.flat import models_csv
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Csv"]


class Csv:
    """Rows of models with all their columns, for spreadsheets and old programs."""

    name = "csv"
    filename = "models.csv"
    media_type = "text/csv"
    description = "Table of models with all parameters; lists are joined by semicolons."

    def write(self, catalog: Catalog, model_ids: list[str] | None) -> Iterator[bytes]:
        """Header and rows."""
        return models_csv(catalog, model_ids)


EXPORTER = Csv()
