"""A collection: where its files lie, where they are published, and under which terms."""

from dataclasses import dataclass, field

__all__ = ["Collection", "Contact", "Creator"]


@dataclass(frozen=True, slots=True)
class Creator:
    """An author of the data; `affiliation` and `orcid` may be empty.

    `kind` is ``person`` or ``organization``; '' makes a person of who has an ORCID.
    """

    name: str
    affiliation: str = ""
    orcid: str = ""
    kind: str = ""

    @property
    def is_person(self) -> bool:
        """Whether it is a human being."""
        return self.kind == "person" or bool(self.orcid and not self.kind)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom users write to."""

    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """The settings of one collection, as its TOML file gives them.

    Parameters
    ----------
    id
        Short name, ``[a-z0-9-]+``.
    stores
        Folders of the files; relative ones start from the file of the collection.
    site_url
        Where the site is published; ends with a slash.
    data_url
        Where the store is published; absolute, or relative to `site_url`; ends with a slash.
    mirrors
        Further addresses below which the same files lie; each ends with a slash.
    license, license_url
        SPDX identifier and address of the licence.
    sort_by
        Up to two parameters along which the tables are ordered.
    exclude
        Glob patterns of paths in the store to pass over.
    mapping
        Mapping file with rules for the rows of observed products; relative ones start from the
        file of the collection.
    """

    id: str
    title: str
    description: str = ""
    stores: tuple[str, ...] = ()
    site_url: str = "http://localhost:8000/"
    data_url: str = "data/"
    mirrors: tuple[str, ...] = ()
    license: str = "CC-BY-SA-4.0"
    license_url: str = "https://creativecommons.org/licenses/by-sa/4.0/"
    publisher: str = ""
    creators: tuple[Creator, ...] = ()
    year: int = 2026
    version: str = "1.0"
    doi: str = ""
    authority: str = "atomium"
    contact: Contact = field(default_factory=lambda: Contact("", ""))
    sort_by: tuple[str, ...] = ("mass_loss_rate", "terminal_velocity")
    exclude: tuple[str, ...] = ()
    mapping: str = ""
