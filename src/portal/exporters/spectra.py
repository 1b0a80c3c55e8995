"""Spectra alone: a configuration of curl that asks for their bytes and nothing else."""

from collections.abc import Iterator

from portal.catalog.paths import absolute_data_url
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters.curl import quoted

__all__ = ["EXPORTER", "Spectra"]

_NAMES = ("velocity", "spectrum")
_COLUMNS = (
    "obs_collection",
    "path",
    "model_id",
    "hdf5_group",
    *(f"{name}_{said}" for name in _NAMES for said in ("offset", "nbytes", "filters")),
)


class Spectra:
    """Range requests for ``curl --config``, two a spectrum: some hundred bytes each."""

    name = "spectra"
    filename = "spectra.txt"
    media_type = "text/plain"
    description = (
        "For curl --config: spectra alone, as raw numbers; sizes of files are not checked."
    )
    published = False

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """An address, a range and a name for each array that is stored in one raw piece."""
        collections = {collection.id: collection for collection in catalog.collections}
        between = ""
        for batch in selection.observations(catalog, _COLUMNS).to_batches(4096):
            for row in batch.to_pylist():
                url = absolute_data_url(collections[row["obs_collection"]], row["path"])
                for name in _NAMES:
                    first, size = row[f"{name}_offset"], row[f"{name}_nbytes"]
                    if first is None or not size or row[f"{name}_filters"]:
                        continue
                    output = f"spectra/{row['model_id']}/{row['hdf5_group']}.{name}"
                    # Options hold up to the word next and must be said again.
                    yield (
                        f"{between}fail\nlocation\ncreate-dirs\nretry = 5\n"
                        f'range = "{first}-{first + size - 1}"\n'
                        f"url = {quoted(url)}\noutput = {quoted(output)}\n"
                    ).encode()
                    between = "next\n"


EXPORTER = Spectra()
