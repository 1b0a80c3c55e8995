"""Metalink 4 (RFC 5854): addresses with sizes and checksums, as aria2 and others read them."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from portal import __version__
from portal.catalog.selection import StoredFile, files_of
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Metalink"]


class Metalink:
    """One document for all files; written by hand so that it streams."""

    name = "metalink"
    filename = "files.meta4"
    media_type = "application/metalink4+xml"
    description = "Metalink 4 with sizes and SHA-256, for aria2c --metalink-file."

    def write(self, catalog: Catalog, model_ids: list[str] | None) -> Iterator[bytes]:
        """Head, an element a file, and end."""
        yield (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n'
            f"<generator>atomium-portal/{__version__}</generator>\n"
        ).encode()
        for file in files_of(catalog, model_ids):
            yield _element(file).encode()
        yield b"</metalink>\n"


def _element(file: StoredFile) -> str:
    digest = f'<hash type="sha-256">{file.sha256}</hash>' if file.sha256 else ""
    return (
        f"<file name={quoteattr(file.path)}><size>{file.bytes}</size>{digest}"
        f"<url>{escape(file.url)}</url></file>\n"
    )


EXPORTER = Metalink()
