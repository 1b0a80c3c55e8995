"""Paths in the store, one a line: what ``rclone copy --files-from-raw`` reads."""

from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Rclone"]


class Rclone:
    """A list for rclone, whose remote is the address of the store."""

    name = "rclone"
    filename = "rclone.txt"
    media_type = "text/plain"
    description = "Paths of all files in the store, for rclone copy --files-from-raw."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One line a file."""
        for file in selection.files(catalog):
            yield f"{file.path}\n".encode()


EXPORTER = Rclone()
