"""The observations as a VOTable of ObsCore rows, for TOPCAT, STILTS and pyvo."""

from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.catalog.votable import END, start, table_pieces
from portal.exporters._described import as_published
from portal.exporters._observed import observed
from portal.model.schema import OBSCORE

__all__ = ["EXPORTER", "VOTable"]

_MODEL = "ivo://ivoa.net/std/ObsCore#core-1.1"


class VOTable:
    """The 30 columns of ObsCore 1.1, of synthetic and observed products."""

    name = "votable"
    filename = "obscore.vot"
    media_type = "application/x-votable+xml"
    description = "Observations as ObsCore 1.1 in a VOTable."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One table, ``ivoa.obscore``."""
        collections, _ = as_published(catalog)
        infos = {
            "QUERY_STATUS": "OK",
            "datamodel": _MODEL,
            "publisher": "; ".join(dict.fromkeys(c.publisher for c in collections if c.publisher)),
            "rights": " ".join(sorted({c.license for c in collections})),
            "rights_uri": " ".join(sorted({c.license_url for c in collections})),
        }
        yield start({key: text for key, text in infos.items() if text})
        rows = observed(catalog, selection, [column.name for column in OBSCORE])
        yield from table_pieces("ivoa.obscore", OBSCORE, rows)
        yield END


EXPORTER = VOTable()
