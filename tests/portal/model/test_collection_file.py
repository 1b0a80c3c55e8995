"""The file of a collection is read strictly: each fault names the file, the key and the way out."""

from pathlib import Path

import pytest

from portal.errors import ConfigError
from portal.model.collection import Contact, Creator
from portal.model.collection_file import load, load_folder, unique

ROOT = Path(__file__).parents[3]
GOOD = 'id = "winds"\ntitle = "Winds"\n'


def loaded(tmp_path, text):
    path = tmp_path / "winds.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_a_short_file_has_defaults(tmp_path):
    collection = loaded(tmp_path, GOOD)
    assert (collection.id, collection.title) == ("winds", "Winds")
    assert collection.license == "CC-BY-SA-4.0"
    assert collection.stores == ()


def test_everything_can_be_set(tmp_path):
    text = f"""{GOOD}
description = "Ünïcode"
stores = ["store", "/abs/../data"]
site_url = "https://example.org/p/"
data_url = "https://data.example.org/"
license = "CC-BY-4.0"
license_url = "https://creativecommons.org/licenses/by/4.0/"
publisher = "Institute"
year = 2027
version = "2.0"
doi = "10.5281/zenodo.1"
authority = "example.org"
sort_by = ["time"]
mirrors = ["https://mirror.example.net/winds/"]
exclude = ["tmp/*"]
[[creators]]
name = "A"
orcid = "0000-0002-1825-0097"
[contact]
name = "Desk"
email = "desk@example.org"
"""
    collection = loaded(tmp_path, text)
    assert collection.stores == (str(tmp_path / "store"), "/data")
    assert collection.creators == (Creator("A", "", "0000-0002-1825-0097"),)
    assert collection.contact == Contact("Desk", "desk@example.org")
    assert (collection.year, collection.sort_by, collection.doi) == (
        2027,
        ("time",),
        "10.5281/zenodo.1",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "x"', r"id: expected a text, got nothing; add `id"),
        ('id = "x"', r"title: expected a text, got nothing"),
        (GOOD + 'licence = "x"', r"licence: .* or license or .*did you mean license\?"),
        (GOOD + 'zzz = "x"', r"zzz: expected authority or .*, got an unknown setting \["),
        (GOOD + "year = 'x'", r"year: expected a whole number, got 'x'"),
        (GOOD + "year = true", r"year: expected a whole number, got True"),
        (GOOD + "year = 3000", r"year: expected a year, got 3000"),
        (GOOD + "version = 1.0", r"version: expected a text, got 1\.0"),
        (GOOD + 'stores = "x"', r"stores: expected a list of texts, got 'x'"),
        (GOOD + "stores = [1]", r"stores: expected a list of texts, got \[1\]"),
        (
            GOOD + 'site_url = "https://example.org"',
            r"site_url: .*slash, .*got 'https://example.org'",
        ),
        (GOOD + 'site_url = "example.org/"', r"site_url: expected an address with http"),
        (GOOD + 'data_url = "ftp://example.org/"', r"data_url: .*got 'ftp://example.org/'"),
        (GOOD + 'mirrors = ["data/"]', r"mirrors: .*addresses with http.*got \('data/',\)"),
        (GOOD + 'mirrors = "https://example.org/"', r"mirrors: .*a list of texts"),
        *(
            (GOOD + f'{key} = "{value}"', rf"{key}: .*without \?, # and \.\., got '{value[:5]}")
            for key, value in (
                ("site_url", "https://example.org/?a=/"),
                ("site_url", "https://example.org/#/"),
                ("data_url", "../data/"),
                ("data_url", "data/?x=/"),
                ("data_url", "/data/"),
                ("data_url", "https://example.org/a/../b/"),
            )
        ),
        (GOOD + 'data_url = "data"', r"data_url: .*ends with a slash, .*got 'data'"),
        (GOOD + 'license = "CC BY"', r"license: expected an SPDX identifier.*got 'CC BY'"),
        (GOOD + 'license_url = "x"', r"license_url: .*got 'x'"),
        (GOOD + 'doi = "https://doi.org/10.1/x"', r"doi: expected a DOI"),
        (GOOD + 'authority = "a b"', r"authority: .*got 'a b'"),
        (GOOD + 'sort_by = ["a", "b", "c"]', r"sort_by: expected at most two"),
        (GOOD + 'creators = ["A"]', r"creators: expected a list of tables"),
        (GOOD + "[[creators]]\norcid = '1'", r"creators\.name: expected a text, got nothing"),
        (GOOD + "[[creators]]\nname = 'A'\norcid = '1'", r"creators\.orcid: .*got 1"),
        (GOOD + "[[creators]]\nname = 'A'\nkind = 'group'", r"creators\.kind: .*got 'group'"),
        (
            GOOD + "[[creators]]\nname='A'\norcid='0000-0002-1825-0097'\nkind='organization'",
            r"creators\.kind: expected person, who alone has an ORCID, got 'organization'",
        ),
        (GOOD + "[[creators]]\nname = 'A'\nnmae = '1'", r"did you mean creators\.name"),
        (GOOD + "contact = 'me'", r"contact: expected a table"),
        (GOOD + "[contact]\nname = 'A'\nemail = 1", r"contact\.email: expected a text, got 1"),
        ('id = "A B"\ntitle = "x"', r"id: expected lower-case letters.*got 'A B'"),
        ("id = ", r"collection: cannot be read: expected TOML"),
    ],
)
def test_faults_are_explained(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        loaded(tmp_path, text)
    assert caught.value.where == str(tmp_path / "winds.toml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"no such file: got .*nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_text(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read: expected TOML"):
        load(tmp_path / "a.toml")


def test_a_folder_is_read_in_order_and_names_are_their_own(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(f'id = "{name}"\ntitle = "T"\n')
    found = load_folder(tmp_path)
    assert [c.id for c in found] == ["a", "b"]
    with pytest.raises(ConfigError, match=r"two collections have the same: .*got a"):
        unique((*found, found[0]))
    assert load_folder(tmp_path / "nowhere") == ()


def test_the_shipped_collections_are_right():
    atomium, demo = load_folder(ROOT / "catalog" / "collections")
    assert atomium.id == "atomium"
    assert demo.id == "demo"
    assert demo.stores == (str(ROOT / "build" / "demo" / "store"),)
