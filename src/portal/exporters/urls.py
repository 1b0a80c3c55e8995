"""Addresses, one a line: what ``wget --input-file`` and ``aria2c --input-file`` read."""

from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Urls"]


class Urls:
    """A list for wget."""

    name = "urls"
    filename = "urls.txt"
    media_type = "text/plain"
    description = "Addresses of all files, one a line, for wget --continue --input-file."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One line a file."""
        for file in selection.files(catalog):
            yield f"{file.url}\n".encode()


EXPORTER = Urls()
