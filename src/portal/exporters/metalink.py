"""Metalink 4 (RFC 5854): addresses with sizes and checksums, as aria2 and others read them."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from portal.catalog.selection import Selection, StoredFile
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Metalink"]


class Metalink:
    """One document for all files; written by hand so that it streams."""

    name = "metalink"
    filename = "files.meta4"
    media_type = "application/metalink4+xml"
    description = "Metalink 4 with sizes and SHA-256, for aria2c --metalink-file."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """Head, an element a file, and end."""
        yield (
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            b'<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n'
        )
        for file in selection.files(catalog):
            yield _element(file).encode()
        yield b"</metalink>\n"


def _element(file: StoredFile) -> str:
    digest = f'<hash type="sha-256">{file.sha256}</hash>' if file.sha256 else ""
    urls = "".join(
        f'<url priority="{place}">{escape(url)}</url>'
        for place, url in enumerate((file.url, *file.mirrors), 1)
    )
    name = quoteattr(file.path)
    return f"<file name={name}><size>{file.bytes}</size>{digest}{urls}</file>\n"


EXPORTER = Metalink()
