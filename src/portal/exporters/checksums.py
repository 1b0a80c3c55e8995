"""SHA-256 sums in the form of ``sha256sum``, with paths as in the store."""

from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Checksums"]


class Checksums:
    """``SHA256SUMS``, to be checked in the folder of a mirror of the store."""

    name = "checksums"
    filename = "SHA256SUMS"
    media_type = "text/plain"
    description = "SHA-256 of every file, for sha256sum --check in a mirror of the store."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One line a file whose sum is known."""
        for file in selection.files(catalog):
            if file.sha256:
                yield _line(file.sha256, file.path).encode()


def _line(digest: str, path: str) -> str:
    # GNU coreutils marks a line with an escaped name by a backslash at its start.
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == path else chr(92)}{digest}  {escaped}\n"


EXPORTER = Checksums()
