"""The catalogue as one data set: what every description of it says, in whatever words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import file_digest
from urllib.parse import urljoin

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.paths import table_paths
from portal.catalog.release import RELEASES, load_releases
from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.model.collection import Collection, Creator
from portal.model.schema import TABLES

__all__ = [
    "TABLE_MEANINGS",
    "Described",
    "TableFile",
    "as_published",
    "described",
    "table_files",
]

_OF_MODELS = ("AGB stars", "circumstellar matter", "radiative transfer", "spectral lines")
# A record has to have a subject; what was observed is known to nobody but the collection.
_OF_OBSERVATIONS = ("observational astronomy",)
TABLE_MEANINGS = {
    "models": "A row for each hydro-chemical model, with its parameters.",
    "observations": "A row for each synthetic observation, with the ObsCore columns.",
    "files": "A row for each file of the store: address, size and SHA-256.",
    "problems": "A row for each thing that the scan refused or doubted.",
    "provenance": "A row for each value of an observed product: where it is from.",
}
_MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class Described:
    """All collections of a catalogue together.

    Parameters
    ----------
    collections
        The collections that are described.
    creators, publishers, licenses
        Of all of them, each once; a licence is its SPDX identifier and its address.
    version, date
        Of the last release, its day as YYYY-MM-DD; where there is none, as the collections have
        them, and their year.
    models, observations, bytes
        How many there are, and the size of the files of the models [byte].
    """

    title: str
    description: str
    url: str
    version: str
    date: str
    collections: tuple[Collection, ...]
    creators: tuple[Creator, ...]
    publishers: tuple[str, ...]
    licenses: tuple[tuple[str, str], ...]
    models: int
    observations: int
    bytes: int

    @property
    def keywords(self) -> tuple[str, ...]:
        """Subjects: those of the models where there are any."""
        return _OF_MODELS if self.models else _OF_OBSERVATIONS

    @property
    def summary(self) -> str:
        """What it is and how much of it there is."""
        return f"{self.description} {self.models} models, {self.observations} observations."


@dataclass(frozen=True, slots=True)
class TableFile:
    """A published table in one format; `bytes` in byte."""

    table: str
    name: str
    url: str
    media_type: str
    bytes: int
    sha256: str


def described(catalog: Catalog, selection: Selection) -> Described:
    """What there is to say about the selected models; whole observations files count."""
    chosen, date = as_published(catalog)
    models = catalog.table("models", ["model_id", "n_observations", "bytes"])
    if selection.model_ids is not None:
        wanted = pa.array(selection.model_ids, pa.string())
        models = models.filter(pc.field("model_id").isin(wanted))
    sentences = dict.fromkeys(c.description or c.title for c in chosen)
    return Described(
        " / ".join(c.title for c in chosen),
        " ".join(sentences),
        next((c.site_url for c in chosen), ""),
        ", ".join(dict.fromkeys(c.version for c in chosen)),
        date,
        chosen,
        tuple(dict.fromkeys(creator for c in chosen for creator in c.creators)),
        tuple(dict.fromkeys(c.publisher for c in chosen if c.publisher)),
        tuple(dict.fromkeys((c.license, c.license_url) for c in chosen)),
        models.num_rows,
        _observations(catalog, selection, models),
        pc.sum(models["bytes"]).as_py() or 0,
    )


def _observations(catalog: Catalog, selection: Selection, models: pa.Table) -> int:
    if selection.model_ids is None and not selection.expression:
        return catalog.counts["observations"]
    return int(pc.sum(models["n_observations"]).as_py() or 0)


def as_published(catalog: Catalog) -> tuple[tuple[Collection, ...], str]:
    """The collections with the version and year of the last release, and its day.

    Where there is no release, as they are, and the year of the latest.
    """
    releases = load_releases(catalog.releases or catalog.root / RELEASES)
    if not releases:
        return catalog.collections, str(max((c.year for c in catalog.collections), default=1970))
    last = releases[-1]
    year = int(last.date[:4])
    told = tuple(replace(c, version=last.version, year=year) for c in catalog.collections)
    return told, last.date


def table_files(catalog: Catalog) -> Iterator[TableFile]:
    """Every table in every format that is there."""
    site = next((c.site_url for c in catalog.collections), "")
    for table in sorted(TABLES):
        for path in sorted(table_paths(catalog.root, table)):
            if path.is_file():
                with path.open("rb") as file:
                    digest = file_digest(file, "sha256").hexdigest()
                yield TableFile(
                    table,
                    path.name,
                    urljoin(site, f"catalog/{path.name}"),
                    _MEDIA_TYPES[path.suffix[1:]],
                    path.stat().st_size,
                    digest,
                )
