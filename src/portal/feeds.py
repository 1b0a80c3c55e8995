"""Files for programs that visit the site: sitemaps, robots.txt and the feed of releases."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from urllib.parse import quote, urljoin

from portal.model.collection import Collection

__all__ = ["atom", "robots", "sitemaps"]

_SHARD = 50_000  # the most addresses that the sitemap protocol allows in one file
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemaps(paths: Iterable[str], site_url: str) -> Iterator[tuple[str, str]]:
    """Name and text of the index and of each sitemap of at most 50,000 pages."""
    iterator = iter(paths)
    names: list[str] = []
    while portion := list(islice(iterator, _SHARD)):
        name = f"sitemap-{len(names)}.xml"
        names.append(name)
        body = "".join(f"<url><loc>{_url(site_url, path)}</loc></url>\n" for path in portion)
        yield name, f"{_HEAD}<urlset {_SITEMAP}>\n{body}</urlset>\n"
    body = "".join(f"<sitemap><loc>{_url(site_url, name)}</loc></sitemap>\n" for name in names)
    yield "sitemap.xml", f"{_HEAD}<sitemapindex {_SITEMAP}>\n{body}</sitemapindex>\n"


def robots(site_url: str) -> str:
    """All may be visited; here is the map."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {urljoin(site_url, 'sitemap.xml')}\n"


def atom(collections: tuple[Collection, ...], site_url: str) -> str:
    """The releases of the collections, one entry each, dated by their year."""
    address = _url(site_url, "releases.atom")
    newest = max((c.year for c in collections), default=1970)
    entries = "".join(_entry(c, site_url) for c in collections)
    return (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>ATOMIUM portal: releases</title>\n<id>{address}</id>\n"
        f'<link rel="self" href="{address}"/>\n<link href="{_url(site_url, "")}"/>\n'
        f"<updated>{newest:04d}-01-01T00:00:00Z</updated>\n"
        f"<author><name>ATOMIUM portal</name></author>\n{entries}</feed>\n"
    )


def _entry(collection: Collection, site_url: str) -> str:
    title = f"{collection.title}, version {collection.version}"
    creators = ", ".join(creator.name for creator in collection.creators)
    author = f"<author><name>{escape(creators)}</name></author>\n" if creators else ""
    return (
        f"<entry>\n<title>{escape(title)}</title>\n"
        f"<id>{_url(site_url, '')}#{quote(collection.id)}-{quote(collection.version)}</id>\n"
        f'<link href="{_url(site_url, "downloads.html")}"/>\n'
        f"<updated>{collection.year:04d}-01-01T00:00:00Z</updated>\n{author}"
        f"<summary>{escape(collection.description or title)}</summary>\n"
        f"<rights>{escape(collection.license)} {escape(collection.license_url)}</rights>\n"
        f"</entry>\n"
    )


def _url(site_url: str, path: str) -> str:
    return escape(urljoin(site_url, quote(path)))
