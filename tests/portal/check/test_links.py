"""Where an address leads."""

import pytest

from portal.check.links import Refused, Target, target

SITE = "https://portal.example.org/sub/"


@pytest.mark.parametrize(
    ("page", "url", "path", "fragment"),
    [
        ("a/b.html", "c.html#d", "a/c.html", "d"),
        ("a/b.html", "../c.html", "c.html", ""),
        ("a/b.html", "#d%20e", "a/b.html", "d e"),
        ("a/b.html", "..", "index.html", ""),
        ("a/b.html", "./", "a/index.html", ""),
        ("index.html", "data/x%23y.h5?v=1", "data/x#y.h5", ""),
        ("a/b.html", f"{SITE}m/x.html#y", "m/x.html", "y"),
        ("a/b.html", SITE, "index.html", ""),
        ("404.html", "/sub/m/", "m/index.html", ""),
    ],
)
def test_addresses_inside(page, url, path, fragment):
    assert target(page, url, SITE) == Target(path, fragment)


@pytest.mark.parametrize(
    "url", ["https://elsewhere.org/x", "//elsewhere.org", "mailto:a@b", "data:image/png;base64,x"]
)
def test_addresses_elsewhere(url):
    assert target("a.html", url, SITE) is None


@pytest.mark.parametrize(
    ("page", "url", "code"),
    [
        ("a.html", "../b.html", "outside"),
        ("a.html", "/sub/b.html", "absolute-path"),
        ("404.html", "/b.html", "absolute-path"),
        ("a.html", "javascript:alert(1)", "bad-url"),
        ("a.html", "http://[", "bad-url"),
    ],
)
def test_addresses_that_must_not_be(page, url, code):
    refused = target(page, url, SITE)
    assert isinstance(refused, Refused)
    assert refused.code == code
