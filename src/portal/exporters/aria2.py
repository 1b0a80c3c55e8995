"""An input list of aria2 with the file's name and checksum under each address."""

from collections.abc import Iterator

from portal.catalog.selection import Selection, StoredFile
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Aria2"]


class Aria2:
    """A list for ``aria2c --input-file`` that keeps the store's folders and checks each file."""

    name = "aria2"
    filename = "aria2.txt"
    media_type = "text/plain"
    description = "Input list of aria2 with checksums, for aria2c --continue --input-file."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """The addresses of a file and its options."""
        for file in selection.files(catalog):
            yield _entry(file).encode()


def _entry(file: StoredFile) -> str:
    checksum = f"  checksum=sha-256={file.sha256}\n" if file.sha256 else ""
    # Addresses of one file stand on one line, with tabs between them.
    urls = "\t".join((file.url, *file.mirrors))
    return f"{urls}\n  out={file.path}\n{checksum}"


EXPORTER = Aria2()
