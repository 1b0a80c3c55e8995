"""What belongs to each observation, as a document of links of the Virtual Observatory."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from portal.catalog.datalinks import Item, document, items
from portal.catalog.selection import EVERYTHING, Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "DataLink"]


class DataLink:
    """All links of a selection in one document; the site has one for each model and file."""

    name = "datalink"
    filename = "datalink.vot"
    media_type = "application/x-votable+xml"
    description = "Links of each observation to its file, model, page and pictures (DataLink 1.1)."
    published = False

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One table of links."""
        collections = {collection.id: collection for collection in catalog.collections}
        chosen = None
        if selection != EVERYTHING:
            rows = selection.observations(catalog, ["obs_publisher_did"])
            chosen = set(rows["obs_publisher_did"].to_pylist())
        found = items(catalog) if chosen is None else _among(items(catalog), chosen)
        yield from document(found, collections)


def _among(found: Iterable[Item], chosen: set[str]) -> Iterator[Item]:
    for item in found:
        rows = tuple(row for row in item.rows if row["obs_publisher_did"] in chosen)
        if rows:
            yield replace(item, rows=rows)


EXPORTER = DataLink()
