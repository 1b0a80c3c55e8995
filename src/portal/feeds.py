"""Files for programs that visit the site: sitemaps, robots.txt and the feed of releases."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice
from urllib.parse import quote, urljoin

from portal.catalog.release import Release
from portal.model.advisory import Advisory

__all__ = ["atom", "robots", "sitemaps"]

_SHARD = 50_000  # the most addresses that the sitemap protocol allows in one file
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NEVER = "1970-01-01"  # of a feed without entries
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


def atom(releases: Sequence[Release], advisories: Sequence[Advisory], site_url: str) -> str:
    """An entry for each release and each advisory with a date, the newest first."""
    address = _url(site_url, "releases.atom")
    dated = [(r.date, _release(r, site_url)) for r in releases]
    dated += [(a.since, _advisory(a, site_url)) for a in advisories if a.since]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    days = [*(day for day, _ in dated), *(a.until for a in advisories if a.since), _NEVER]
    return (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>ATOMIUM portal: releases and advisories</title>\n<id>{address}</id>\n"
        f'<link rel="self" type="application/atom+xml" href="{address}"/>\n'
        f'<link rel="alternate" type="text/html" href="{_url(site_url, "releases.html")}"/>\n'
        f"<updated>{_moment(max(days))}</updated>\n"
        f"<author><name>ATOMIUM portal</name></author>\n"
        f"{''.join(entry for _, entry in dated)}</feed>\n"
    )


def _release(release: Release, site_url: str) -> str:
    size = f"{release.models} models, {release.files} files, {release.bytes} bytes"
    changes = ", ".join(f"{n} {kind}" for kind, n in release.changes.items())
    since = f"Since {release.previous}: {changes}." if release.previous else "The first release."
    summary = f"{size}. {since} {release.notes}".strip()
    rights = sorted({f"{c.license} {c.license_url}" for c in release.told})
    return _entry(
        f"Release {release.version}",
        _url(site_url, f"releases/{release.version}.html"),
        release.date,
        summary,
        "; ".join(rights),
    )


def _advisory(advisory: Advisory, site_url: str) -> str:
    settled = f" Settled on {advisory.until}." if advisory.until else ""
    return _entry(
        f"Advisory: {advisory.title}",
        f"{_url(site_url, 'advisories.html')}#{advisory.id}",
        advisory.since,
        f"{advisory.text} {advisory.way_out}{settled}".strip() or advisory.title,
        updated=advisory.until or advisory.since,
    )


def _entry(
    title: str, address: str, day: str, summary: str, rights: str = "", updated: str = ""
) -> str:
    """An entry; `address` is escaped already."""
    terms = f"<rights>{_text(rights)}</rights>\n" if rights else ""
    return (
        f"<entry>\n<title>{_text(title)}</title>\n<id>{address}</id>\n"
        f'<link rel="alternate" type="text/html" href="{address}"/>\n'
        f"<published>{_moment(day)}</published>\n<updated>{_moment(updated or day)}</updated>\n"
        f"<summary>{_text(summary)}</summary>\n{terms}</entry>\n"
    )


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _text(text: str) -> str:
    """`text` for an element, without the control characters that no XML may hold."""
    return escape("".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text))


def _url(site_url: str, path: str) -> str:
    return escape(urljoin(site_url, quote(path)))
