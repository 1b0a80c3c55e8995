"""Sitemaps, robots.txt and the feed of releases."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from portal.feeds import atom, robots, sitemaps
from tests.portal.catalogs import COLLECTION

URL = "https://example.org/p/"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_sitemaps_hold_at_most_50000_pages_each():
    made = dict(sitemaps((f"m/{n}.html" for n in range(100_001)), URL))
    assert list(made) == ["sitemap-0.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]
    sizes = [text.count("<loc>") for text in made.values()]
    assert sizes == [50_000, 50_000, 1, 3]
    index = ET.fromstring(made["sitemap.xml"])
    assert [e.text for e in index.iter(f"{MAP}loc")][-1] == f"{URL}sitemap-2.xml"


def test_addresses_are_encoded():
    _, text = next(sitemaps(["m/a b/é&'<.html"], URL))
    assert [e.text for e in ET.fromstring(text).iter(f"{MAP}loc")] == [
        f"{URL}m/a%20b/%C3%A9%26%27%3C.html"
    ]


def test_robots_name_the_sitemap():
    assert f"Sitemap: {URL}sitemap.xml" in robots(URL).splitlines()


def test_feed_has_what_atom_requires():
    hostile = replace(COLLECTION, id="other", title="A & <b>", description="", creators=())
    feed = ET.fromstring(atom((COLLECTION, hostile), URL).encode())
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert element.find(f"{ATOM}{name}").text
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    entries = list(feed.iter(f"{ATOM}entry"))
    assert len({e.find(f"{ATOM}id").text for e in entries}) == 2
    assert entries[1].find(f"{ATOM}title").text == "A & <b>, version 1.0"
    assert entries[0].find(f"{ATOM}updated").text == "2026-01-01T00:00:00Z"


def test_feed_of_nothing_is_a_feed():
    assert ET.fromstring(atom((), URL).encode()).find(f"{ATOM}updated") is not None
