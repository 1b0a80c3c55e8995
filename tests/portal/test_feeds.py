"""Sitemaps, robots.txt and the feed of releases."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime

import feedparser

from portal.catalog.metadata import collections_to_json
from portal.catalog.release import Release
from portal.feeds import atom, robots, sitemaps
from portal.model.advisory import Advisory
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


def release(version="1.0", day="2026-01-15", **changes):
    told = Release(
        version,
        day,
        "0" * 64,
        3,
        6,
        600,
        "",
        {},
        {},
        "",
        {},
        collections_to_json([COLLECTION]),
    )
    return replace(told, **changes)


def test_feed_is_valid_and_has_an_entry_for_each_release_and_dated_advisory():
    hostile = {"previous": "1.0", "changes": {"added": 2}, "notes": "A & <b>\x07\n\n]]>"}
    advisories = (
        Advisory("old", "Old & wrong", "It is <so>.", since="2026-02-01", until="2026-03-04"),
        Advisory("dateless", "Nobody knows when"),
    )
    text = atom([release(), release("1.1", "2026-02-03", **hostile)], advisories, URL)
    feed = feedparser.parse(text.encode())
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert [e.title for e in feed.entries] == [
        "Release 1.1",
        "Advisory: Old & wrong",
        "Release 1.0",
    ]
    assert [e.updated[:10] for e in feed.entries] == ["2026-02-03", "2026-03-04", "2026-01-15"]
    assert feed.feed.updated == "2026-03-04T00:00:00Z"
    assert feed.entries[0].link == f"{URL}releases/1.1.html"
    assert feed.entries[1].link == f"{URL}advisories.html#old"
    assert "Since 1.0: 2 added." in feed.entries[0].summary


def test_feed_obeys_rfc_4287():
    feed = ET.fromstring(atom([release(), release("1.1")], (), URL).encode())
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
            assert element.find(f"{ATOM}{name}").text
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    assert [e.get("rel") for e in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    assert len({e.text for e in feed.iter(f"{ATOM}id")}) == 3
    moments = [e.text for n in ("updated", "published") for e in feed.iter(f"{ATOM}{n}")]
    assert all(datetime.fromisoformat(moment).tzinfo for moment in moments)


def test_feed_of_nothing_is_a_feed():
    feed = feedparser.parse(atom((), (), URL).encode())
    assert (feed.bozo, feed.entries, feed.feed.updated[:4]) == (False, [], "1970")
