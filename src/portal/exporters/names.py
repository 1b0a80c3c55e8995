"""Names of the models, one a line: what ``portal fetch --names`` reads."""

from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog

__all__ = ["EXPORTER", "Names"]


class Names:
    """A list of names, which outlives any query."""

    name = "names"
    filename = "names.txt"
    media_type = "text/plain"
    description = "Names of the models, for portal fetch --names and for programs of your own."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One line a model."""
        if selection.model_ids is not None:
            yield from (_line(name) for name in selection.model_ids)
            return
        for batch in catalog.batches("models", ["model_id"]):
            yield from (_line(name) for name in batch["model_id"].to_pylist())


def _line(name: str) -> bytes:
    return f"{name}\n".encode()


EXPORTER = Names()
