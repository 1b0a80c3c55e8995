"""Who is to be credited: creators and citations as schema.org and BibTeX write them."""

import re
from typing import TypeAlias

from portal.model.collection import Collection, Creator

__all__ = ["Json", "author", "bibkey", "bibtex", "bibtext", "creator", "organisation"]

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_BIBTEX = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {c: f"\\{c}" for c in "#$%&_{}"}
)


def creator(said: Creator) -> Json:
    """A creator in schema.org's words."""
    told: dict[str, Json] = {
        "@type": "Person" if said.is_person else "Organization",
        "name": said.name,
    }
    if said.orcid:
        told["@id"] = told["identifier"] = f"https://orcid.org/{said.orcid}"
    if said.affiliation:
        key = "affiliation" if said.is_person else "parentOrganization"
        told[key] = organisation(said.affiliation)
    return told


def organisation(name: str) -> Json:
    """An organisation in schema.org's words; None for no name."""
    return {"@type": "Organization", "name": name} if name else None


def author(said: Creator) -> str:
    """A creator as BibTeX has it: an organisation in braces, or its name would be taken apart."""
    name = bibtext(said.name)
    return name if said.is_person else f"{{{name}}}"


def bibtext(text: str) -> str:
    """`text` with what BibTeX would take for commands made harmless."""
    return text.translate(_BIBTEX)


def bibkey(text: str) -> str:
    """`text` as a key of BibTeX."""
    return re.sub(r"[^A-Za-z0-9:.+-]", "-", text)


def bibtex(collection: Collection) -> str:
    """The entry of a whole collection."""
    fields = {
        "author": " and ".join(author(c) for c in collection.creators),
        "title": f"{{{bibtext(collection.title)}}}",
        "year": str(collection.year),
        "version": bibtext(collection.version),
        "publisher": bibtext(collection.publisher),
        "doi": collection.doi,
        "url": collection.site_url,
        "note": bibtext(collection.license),
    }
    lines = [f"  {name:9} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{bibkey(collection.id)},\n" + ",\n".join(lines) + "\n}"
