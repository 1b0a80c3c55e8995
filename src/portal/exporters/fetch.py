"""The command line of ``portal fetch`` that downloads the selection."""

import shlex
from collections.abc import Iterator

from portal.catalog.selection import DATA_KINDS, Selection
from portal.catalog.table import Catalog
from portal.exporters import names

__all__ = ["EXPORTER", "Fetch"]


class Fetch:
    """A line for the shell: the query itself, or the list of names where there is none."""

    name = "fetch"
    filename = "fetch.txt"
    media_type = "text/plain"
    description = "Command line of portal fetch, which resumes and checks each file."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One line."""
        words = ["portal", "fetch"]
        if not selection.is_query:
            words += ["--names", names.EXPORTER.filename]
        elif selection.expression.strip():
            words.append(selection.expression.strip())
        words += ["--catalog", next((c.site_url for c in catalog.collections), "catalog")]
        if selection.kinds != DATA_KINDS:
            words += ["--only", f"{selection.kinds[0]}s"]
        yield f"{shlex.join(words)}\n".encode()


EXPORTER = Fetch()
