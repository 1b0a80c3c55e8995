"""What the written pages say of the site that prints them: addresses, citation, contact, licence.

The pages are written for https://portal.example.org/ and hold passages such as
``<!-- here: contact -->...<!-- end -->``. Where a site is built, its own address and words take
their place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote, urljoin, urlsplit

from portal.model.collection import Collection, Contact
from portal.model.credit import bibtex

__all__ = ["Imprint", "imprint"]

_SITE = "https://portal.example.org/"
_DATA = f"{_SITE}data/"
_FILE = f"{_DATA}observations/NAME.h5"
_CUT = "--cut-dirs=1"
_SOFTWARE = ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/")
_PASSAGE = re.compile(r"<!-- here: (\w+) -->(.*?)<!-- end -->", re.S)
_LINKED = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What takes the place of what.

    Parameters
    ----------
    addresses
        What is written and what is printed instead, the longest first.
    passages
        Markdown that takes the place of a passage, by its name.
    footer
        HTML at the foot of every page; '' leaves that of the settings.
    """

    addresses: tuple[tuple[str, str], ...] = ()
    passages: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""

    def printed(self, markdown: str) -> str:
        """A written page as this site prints it."""
        text = markdown
        for written, here in self.addresses:
            text = text.replace(written, here)
        # Passages go in last: names in them are the collection's own and stay as they are.
        return _PASSAGE.sub(lambda found: self.passages.get(found[1], found[2]), text)


def imprint(collections: tuple[Collection, ...], file_url: str = "") -> Imprint:
    """What the settings of `collections` say; `file_url` is the address of a file to show."""
    if not collections:
        return Imprint()
    first = collections[0]
    data = urljoin(first.site_url, first.data_url)
    addresses = (
        (_FILE, file_url or urljoin(data, "observations/NAME.h5")),
        (_DATA, data),
        (_SITE, first.site_url),
        (urlsplit(_SITE).netloc, urlsplit(first.site_url).netloc),
        (_CUT, f"--cut-dirs={len(urlsplit(data).path.split('/')) - 2}"),
    )
    passages = {
        "bibtex": "\n\n".join(f"```bibtex\n{bibtex(c)}\n```" for c in collections),
        "contact": _contact_passage(collections),
        "licence": _licence_passage(collections),
    }
    return Imprint(addresses, passages, _footer(collections))


def _contacts(collections: tuple[Collection, ...]) -> list[Contact]:
    return list(dict.fromkeys(c.contact for c in collections if c.contact.name))


def _href(contact: Contact) -> str:
    """Where a contact is reached; '' if only its name is known."""
    if contact.email:
        return f"mailto:{quote(contact.email, safe='@+')}"
    return contact.url if contact.url.startswith(_LINKED) else ""


def _linked(contact: Contact) -> str:
    href, name = _href(contact), escape(contact.name)
    return f'<a href="{escape(href)}">{name}</a>' if href else name


def _contact_passage(collections: tuple[Collection, ...]) -> str:
    told = " or ".join(_linked(contact) for contact in _contacts(collections))
    return f"Write to {told} about the data; the foot of every page says so too." if told else ""


def _others(collections: tuple[Collection, ...]) -> list[tuple[str, str]]:
    """Licences of the data that are not that of the software."""
    said = dict.fromkeys((c.license, c.license_url) for c in collections)
    return [licence for licence in said if licence != _SOFTWARE]


def _licence_links(licences: list[tuple[str, str]]) -> str:
    return " or ".join(
        f'<a rel="license" href="{escape(url)}">{escape(name)}</a>' for name, url in licences
    )


def _licence_passage(collections: tuple[Collection, ...]) -> str:
    others = _others(collections)
    if not others:
        return ""
    return (
        f"**The data of this site are published under {_licence_links(others)}**, as the page of "
        "each model says. What follows is about the software, and about data under CC BY-SA 4.0."
    )


def _footer(collections: tuple[Collection, ...]) -> str:
    software = f'<a rel="license" href="{_SOFTWARE[1]}">CC BY-SA 4.0</a>'
    others = _others(collections)
    said = f"Data under {_licence_links(others)}, software" if others else "Data and software"
    contacts = " or ".join(_linked(contact) for contact in _contacts(collections))
    return f"{said} under {software}." + (f" Contact: {contacts}" if contacts else "")
