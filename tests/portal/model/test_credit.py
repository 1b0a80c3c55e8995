"""Creators as machines read them."""

import pytest

from portal.model.collection import Collection, Creator
from portal.model.credit import author, bibtex, creator

ORCID = "0000-0002-1825-0097"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Creator("Winds & Co"), "Organization"),
        (Creator("Doe, Jane", orcid=ORCID), "Person"),
        (Creator("Doe, Jane", kind="person"), "Person"),
        (Creator("Doe, Jane", kind="organization"), "Organization"),
    ],
)
def test_people_are_told_from_organisations(said, kind):
    told = creator(said)
    assert told["@type"] == kind
    assert told["name"] == said.name
    assert author(said).startswith("{") == (kind == "Organization")


def test_affiliation_and_orcid_are_told():
    told = creator(Creator("Doe, Jane", "Institute", ORCID))
    assert told["@id"] == told["identifier"] == f"https://orcid.org/{ORCID}"
    assert told["affiliation"] == {"@type": "Organization", "name": "Institute"}
    assert creator(Creator("Group", "Institute"))["parentOrganization"]["name"] == "Institute"


def test_bibtex_of_a_collection_is_balanced_and_complete():
    people = (Creator("Winds & {Co}"), Creator("Doe, Jane", orcid=ORCID))
    collection = Collection("my_winds", "The 50 % winds", creators=people, publisher="P")
    text = bibtex(collection)
    assert text.startswith("@misc{my-winds,\n")
    assert r"author    = {{Winds \& \{Co\}} and Doe, Jane}," in text
    assert r"title     = {{The 50 \% winds}}," in text
    assert "doi" not in text
    plain = text.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
