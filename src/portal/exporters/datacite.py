"""The collections in the words of DataCite, as a repository asks for them to give a DOI."""

import json
from collections.abc import Iterator

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters._described import Described, described
from portal.model.collection import Collection, Creator
from portal.model.credit import Json

__all__ = ["EXPORTER", "DataCite"]

_SCHEMA = "http://datacite.org/schema/kernel-4"


class DataCite:
    """The attributes of a DOI for each collection, after the DataCite schema 4.5."""

    name = "datacite"
    filename = "datacite.json"
    media_type = "application/json"
    description = "A DOI's metadata for each collection, after DataCite 4.5."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """A list under ``data``, as the DataCite interface has it."""
        said = described(catalog, selection)
        sizes = [f"{said.models} models", f"{said.observations} observations", f"{said.bytes} byte"]
        data: list[Json] = [
            {"type": "dois", "attributes": _attributes(c, said, list(sizes))}
            for c in said.collections
        ]
        yield json.dumps({"data": data}, indent=1, ensure_ascii=False).encode() + b"\n"


def _attributes(collection: Collection, said: Described, sizes: list[Json]) -> Json:
    rights: dict[str, Json] = {
        "rights": collection.license,
        "rightsIdentifier": collection.license,
        "rightsIdentifierScheme": "SPDX",
        "rightsUri": collection.license_url,
        "schemeUri": "https://spdx.org/licenses/",
    }
    told: dict[str, Json] = {
        "doi": collection.doi,
        "url": collection.site_url,
        "schemaVersion": _SCHEMA,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Synthetic observations"},
        # The schema knows no data set without a creator.
        "creators": [_person(c) for c in collection.creators]
        or [_organisation(collection.publisher or collection.title)],
        "titles": [{"title": collection.title}],
        "publisher": {"name": collection.publisher or collection.title},
        "publicationYear": str(collection.year),
        "dates": [{"date": said.date, "dateType": "Issued"}],
        "version": collection.version,
        "language": "en",
        "subjects": [{"subject": word} for word in said.keywords],
        "descriptions": _descriptions(collection),
        "rightsList": [rights],
        "formats": ["application/x-hdf5", "application/vnd.apache.parquet", "text/csv"],
        "sizes": sizes,
        "contributors": _contact(collection),
    }
    return {key: value for key, value in told.items() if value not in ("", [])}


def _descriptions(collection: Collection) -> list[Json]:
    text = collection.description or collection.title
    return [{"description": text, "descriptionType": "Abstract"}]


def _contact(collection: Collection) -> list[Json]:
    if not collection.contact.name:
        return []
    return [_organisation(collection.contact.name) | {"contributorType": "ContactPerson"}]


def _person(creator: Creator) -> dict[str, Json]:
    if not creator.is_person:
        told = _organisation(creator.name)
    else:
        told = {"name": creator.name, "nameType": "Personal"}
        family, comma, given = creator.name.partition(", ")
        if comma:
            told |= {"familyName": family, "givenName": given}
    if creator.orcid:
        told["nameIdentifiers"] = [
            {
                "nameIdentifier": f"https://orcid.org/{creator.orcid}",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ]
    if creator.affiliation:
        told["affiliation"] = [{"name": creator.affiliation}]
    return told


def _organisation(name: str) -> dict[str, Json]:
    return {"name": name, "nameType": "Organizational"}


EXPORTER = DataCite()
