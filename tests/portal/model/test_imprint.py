"""The written pages speak of the site that prints them."""

import re
from dataclasses import replace

import pytest

from portal.model.collection import Collection, Contact, Creator
from portal.model.imprint import Imprint, imprint
from tests.conftest import ROOT

PAGES = sorted((ROOT / "site_src").glob("*.md"))
HERE = Collection(
    "winds",
    "My winds",
    site_url="http://localhost:8123/sub/",
    creators=(Creator("Wind Group"),),
    contact=Contact("Desk", "desk@winds.org"),
)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_page_keeps_an_address_of_nowhere(page):
    text = imprint((HERE,), "http://localhost:8123/sub/data/observations/a.h5").printed(
        page.read_text()
    )
    assert "portal.example.org" not in text
    assert "/NAME.h5" not in text.replace("models/NAME.h5", "").replace('"observations/NAME', "")
    assert "<!-- here" not in text
    assert "<!-- end" not in text


def test_addresses_are_those_of_the_site_and_of_the_store():
    written = (
        "get https://portal.example.org/catalog/models.csv\n"
        "get https://portal.example.org/data/models/x.h5 --cut-dirs=1\nhost portal.example.org\n"
    )
    assert imprint((HERE,)).printed(written) == (
        "get http://localhost:8123/sub/catalog/models.csv\n"
        "get http://localhost:8123/sub/data/models/x.h5 --cut-dirs=2\nhost localhost:8123\n"
    )
    elsewhere = replace(HERE, data_url="https://data.winds.org/")
    assert "get https://data.winds.org/models/x.h5 --cut-dirs=0\n" in imprint((elsewhere,)).printed(
        written
    )
    assert Imprint().printed(written) == imprint(()).printed(written) == written


def test_the_citation_is_that_of_the_collection():
    text = imprint((HERE,)).printed((ROOT / "site_src" / "cite.md").read_text())
    assert "author    = {{Wind Group}}" in text
    assert "title     = {{My winds}}" in text
    assert "url       = {http://localhost:8123/sub/}" in text
    assert "The title of the collection" not in text


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        (
            Contact("Desk <b>", "desk@winds.org"),
            '<a href="mailto:desk@winds.org">Desk &lt;b&gt;</a>',
        ),
        (
            Contact("Desk", "", "https://winds.org/?a=1&b"),
            '<a href="https://winds.org/?a=1&amp;b">',
        ),
        (Contact("Desk", "", "javascript:alert(1)"), "Desk"),
        (Contact("Desk"), "Desk"),
    ],
)
def test_the_contact_is_named_where_readers_look(contact, link):
    told = imprint((replace(HERE, contact=contact),))
    page = (ROOT / "site_src" / "about.md").read_text()
    for text in (told.footer, told.printed(page)):
        assert link in text
        assert "javascript" not in text


def test_without_a_contact_none_is_promised():
    told = imprint((replace(HERE, contact=Contact("")),))
    assert "Contact" not in told.footer
    assert "whom to write" not in told.printed((ROOT / "site_src" / "about.md").read_text())


def test_another_licence_of_the_data_is_said():
    other = replace(HERE, license="CC-BY-4.0", license_url="https://creativecommons.org/by")
    page = (ROOT / "site_src" / "licence.md").read_text()
    for text in (imprint((other,)).footer, imprint((other,)).printed(page)):
        assert '<a rel="license" href="https://creativecommons.org/by">CC-BY-4.0</a>' in text
    assert imprint((HERE,)).footer.startswith("Data and software under <a")
    assert not re.search("data of this site are published", imprint((HERE,)).printed(page))
