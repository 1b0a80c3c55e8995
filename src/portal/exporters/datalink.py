"""What belongs to each observation, as a document of links of the Virtual Observatory."""

from collections.abc import Iterator

from portal.catalog.datalinks import OBSERVED, Item, document
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters._observed import observed

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
        files = {
            (row["collection"], row["path"]): row
            for batch in catalog.batches("files", ["collection", "path", "bytes"])
            for row in batch.to_pylist()
        }
        paths = dict(
            zip(
                *(catalog.table("models", [n])[n].to_pylist() for n in ("model_id", "model_path")),
                strict=True,
            )
        )

        def items() -> Iterator[Item]:
            for batch in observed(catalog, selection, OBSERVED):
                for row in batch.to_pylist():
                    where = row["obs_collection"]
                    own = files.get((where, row["path"]))
                    path = paths.get(row["model_id"])
                    model = files.get((where, path)) if path else None
                    told = (path, model["bytes"]) if path and model else None
                    yield Item((row,), told, own["bytes"] if own else None)

        yield from document(items(), collections)


EXPORTER = DataLink()
