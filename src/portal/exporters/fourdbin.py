"""Each product as bins of data on four axes (4DBIN), a line of JSON each."""

import json
from collections.abc import Iterator

from portal.catalog.bins import TOLD, described
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters._observed import observed
from portal.model.schema import OBSCORE

__all__ = ["EXPORTER", "FourDBin"]


class FourDBin:
    """Class, axes with centres and widths, value, filter and attributes of each product."""

    name = "fourdbin"
    filename = "fourdbin.jsonl"
    media_type = "application/x-ndjson"
    description = "Products as bins on four axes (4DBIN), a line of JSON each."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """A line for each observation."""
        columns = [*(column.name for column in OBSCORE), *TOLD]
        for batch in observed(catalog, selection, columns):
            lines = (
                json.dumps(described(row), sort_keys=True, ensure_ascii=False)
                for row in batch.to_pylist()
            )
            yield "".join(f"{line}\n" for line in lines).encode()


EXPORTER = FourDBin()
