"""A configuration file of curl that fetches all files into the store's folders."""

from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Curl", "quoted"]

# --fail: an error page must not be stored under the name of the file.
_OPTIONS = 'fail\nlocation\ncreate-dirs\nretry = 5\ncontinue-at = "-"\n'


class Curl:
    """A file for ``curl --config``."""

    name = "curl"
    filename = "curl.txt"
    media_type = "text/plain"
    description = "Configuration for curl --config; keeps the store's folders and resumes."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """The options, then an address and a name a file."""
        yield _OPTIONS.encode()
        for file in selection.files(catalog):
            yield f"url = {quoted(file.url)}\noutput = {quoted(file.path)}\n".encode()


def quoted(text: str) -> str:
    """`text` as the value of an option in a configuration of curl."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


EXPORTER = Curl()
