"""The catalogue as a research object: RO-Crate 1.3, with entities that lie on the web."""

import json
from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote

from portal.catalog.selection import Selection, StoredFile
from portal.catalog.table import Catalog
from portal.exporters._described import (
    TABLE_MEANINGS,
    Described,
    TableFile,
    described,
    table_files,
)
from portal.model.collection import Contact, Creator
from portal.model.credit import Json

__all__ = ["EXPORTER", "RoCrate"]

_VERSION = "https://w3id.org/ro/crate/1.3"
_HDF5 = "application/x-hdf5"


class RoCrate:
    """A crate of the tables; of a selection, of its files too."""

    name = "rocrate"
    filename = "ro-crate-metadata.json"
    media_type = "application/json"
    description = "RO-Crate 1.3 of the tables; of a selection, of its files too."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One document, an entity a line: those of files are not held in memory.

        The whole store is in the table of files, not in the crate itself.
        """
        said = described(catalog, selection)
        tables = [_table(file) for file in table_files(catalog)]

        def parts() -> Iterator[dict[str, Json]]:
            yield from tables
            if selection.model_ids is not None:
                files = selection.files(catalog)
                yield from map(_stored, files)

        begin: Json = {"@context": f"{_VERSION}/context", "@graph": []}
        yield _bytes(begin).removesuffix(b"]}") + b"\n" + _bytes(_descriptor()) + b",\n"
        yield _bytes(_root(said)).removesuffix(b"}") + b', "hasPart": ['
        for number, part in enumerate(parts()):
            yield (b", " if number else b"") + _bytes(_ref(str(part["@id"])))
        yield b"]}"
        for entity in chain(parts(), _context(said)):
            yield b",\n" + _bytes(entity)
        yield b"\n]}\n"


def _bytes(data: Json) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _descriptor() -> Json:
    return {
        "@id": RoCrate.filename,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _VERSION},
    }


def _root(said: Described) -> Json:
    told: dict[str, Json] = {
        "@id": "./",
        "@type": "Dataset",
        "name": said.title,
        "description": said.summary,
        "datePublished": said.date,
        "version": said.version,
        "license": _one_or_all([_ref(url) for _, url in said.licenses]),
        "author": _one_or_all([_ref(_identifier(c)) for c in said.creators]),
        "publisher": _one_or_all([_ref(_fragment(name)) for name in said.publishers]),
        "identifier": _one_or_all([_ref(_doi(c.doi)) for c in said.collections if c.doi]),
        "keywords": ", ".join(said.keywords),
        "url": said.url,
    }
    return {key: value for key, value in told.items() if value not in ("", [])}


def _context(said: Described) -> Iterator[Json]:
    """What the data set refers to, each in an entity of its own."""
    for name, url in said.licenses:
        # A crate says what a licence is, not only where it stands.
        yield {"@id": url, "@type": "CreativeWork", "name": name, "description": f"Licence {name}"}
    for doi in (c.doi for c in said.collections if c.doi):
        told: dict[str, Json] = {"@id": _doi(doi), "@type": "PropertyValue", "value": f"doi:{doi}"}
        yield told | {"name": "DOI", "propertyID": "https://registry.identifiers.org/registry/doi"}
    yield from _people(said)
    yield from (_contact(contact) for contact in _contacts(said))


def _people(said: Described) -> Iterator[Json]:
    organisations = dict.fromkeys(said.publishers)
    contacts: list[Json] = [_ref(_place(contact)) for contact in _contacts(said)]
    for one in said.creators:
        told: dict[str, Json] = {"@id": _identifier(one), "name": one.name}
        told["@type"] = "Person" if one.is_person else "Organization"
        if one.affiliation:
            key = "affiliation" if one.is_person else "parentOrganization"
            told[key] = _ref(_fragment(one.affiliation))
            organisations[one.affiliation] = None
        yield told
    known = {_identifier(one) for one in said.creators}
    for name in organisations:
        if _fragment(name) not in known:
            told = {"@id": _fragment(name), "@type": "Organization", "name": name}
            reached = contacts if name in said.publishers else []
            yield told | ({"contactPoint": _one_or_all(reached)} if reached else {})


def _contacts(said: Described) -> list[Contact]:
    every = dict.fromkeys(c.contact for c in said.collections)
    return [contact for contact in every if contact.url or contact.email]


def _contact(contact: Contact) -> Json:
    told: dict[str, Json] = {
        "@id": _place(contact),
        "@type": "ContactPoint",
        "name": contact.name,
        "url": contact.url,
        "email": contact.email,
    }
    return {key: value for key, value in told.items() if value}


def _place(contact: Contact) -> str:
    return contact.url or f"mailto:{contact.email}"


def _table(file: TableFile) -> dict[str, Json]:
    return {
        "@id": file.url,
        "@type": "File",
        "name": file.name,
        "description": TABLE_MEANINGS[file.table],
        "encodingFormat": file.media_type,
        "contentSize": str(file.bytes),
        "sha256": file.sha256,
    }


def _stored(file: StoredFile) -> dict[str, Json]:
    told: dict[str, Json] = {
        "@id": file.url,
        "@type": "File",
        "name": file.path,
        "description": f"File of the {file.kind} {file.model_id}",
        "encodingFormat": _HDF5,
        "contentSize": str(file.bytes),
    }
    return told | ({"sha256": file.sha256} if file.sha256 else {})


def _identifier(creator: Creator) -> str:
    return f"https://orcid.org/{creator.orcid}" if creator.orcid else _fragment(creator.name)


def _fragment(name: str) -> str:
    return f"#{quote(name)}"


def _doi(doi: str) -> str:
    return f"https://doi.org/{doi}"


def _ref(identifier: str) -> Json:
    return {"@id": identifier}


def _one_or_all(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values


EXPORTER = RoCrate()
