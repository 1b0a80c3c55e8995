"""From an address on a page to a file of the site."""

import posixpath
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

__all__ = ["Refused", "Target", "target"]

_EXTERNAL = frozenset({"blob", "data", "doi", "ftp", "http", "https", "mailto", "tel", "urn"})


@dataclass(frozen=True, slots=True)
class Target:
    """A file of the site by its path from the root, and a fragment or ''."""

    path: str
    fragment: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that must not stand on a page, and why."""

    code: str
    what: str


def target(page: str, url: str, site_url: str) -> Target | Refused | None:
    """Where `url` on the page at the path `page` leads; None for another site.

    An absolute address that begins with `site_url` leads into the site.
    """
    url = url.strip()
    if page == "404.html" or url[:1] in ("", "#", "?"):
        return _resolved(page, url, site_url)
    # Pages of one folder share most of their addresses, which mean the same on each of them.
    folder, slash, _ = page.rpartition("/")
    return _cached(f"{folder}{slash}index.html", url, site_url)


def _resolved(page: str, url: str, site_url: str) -> Target | Refused | None:
    if site_url and url.startswith(site_url):
        page, url = "", url[len(site_url) :]
    try:
        parts = urlsplit(url)
    except ValueError:
        return Refused("bad-url", "address cannot be read")
    if parts.scheme or parts.netloc:
        if parts.scheme and parts.scheme not in _EXTERNAL:
            return Refused("bad-url", f"address of the kind {parts.scheme}:")
        return None
    path = unquote(parts.path)
    if path.startswith("/"):
        return _absolute(page, path, parts.fragment, site_url)
    if not path:
        return Target(page or "index.html", unquote(parts.fragment))
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    if joined.startswith(".."):
        return Refused("outside", "address leaves the site")
    folder = path.endswith("/") or path.rpartition("/")[2] in (".", "..")
    return Target(_file(joined, folder), unquote(parts.fragment))


_cached = lru_cache(1 << 16)(_resolved)


def _absolute(page: str, path: str, fragment: str, site_url: str) -> Target | Refused:
    """A path from the root of the host: right on the page for lost visitors alone.

    That page is shown at any depth; every other one must work under any path and from disk.
    """
    root = urlsplit(site_url).path or "/"
    if page != "404.html" or not path.startswith(root):
        return Refused("absolute-path", "address works under one path of one host only")
    rest = path[len(root) :]
    return Target(_file(rest, rest.endswith("/") or not rest), unquote(fragment))


def _file(path: str, folder: bool) -> str:
    if path in (".", ""):
        return "index.html"
    return f"{path.rstrip('/')}/index.html" if folder else path
