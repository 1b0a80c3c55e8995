"""Addresses of the pictures on the pages of models, one a line, for wget."""

from collections.abc import Iterator
from urllib.parse import quote, urljoin

from portal.catalog.paths import model_page
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Previews"]


class Previews:
    """A list of the pictures of spectra and maps: a first look at many models."""

    name = "previews"
    filename = "previews.txt"
    media_type = "text/plain"
    description = "Addresses of the pictures of spectra and maps, for wget --input-file."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One line a model that has observations."""
        wanted = None if selection.model_ids is None else set(selection.model_ids)
        sites = {collection.id: collection.site_url for collection in catalog.collections}
        columns = ["model_id", "collection", "observation_path"]
        for batch in catalog.batches("models", columns):
            for row in batch.to_pylist():
                name = row["model_id"]
                if row["observation_path"] and (wanted is None or name in wanted):
                    picture = quote(model_page(name).removesuffix("html") + "png")
                    yield f"{urljoin(sites[row['collection']], picture)}\n".encode()


EXPORTER = Previews()
