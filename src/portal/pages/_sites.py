"""What single pages share: their standing leaves and their key."""

import hashlib

from portal.catalog.table import Catalog
from portal.pages.base import Context, Page

__all__ = ["single", "site_url"]


def site_url(catalog: Catalog) -> str:
    """Address of the site; '' for a catalogue without collections."""
    return catalog.collections[0].site_url if catalog.collections else ""


def single(catalog: Catalog, path: str, title: str, description: str, context: Context) -> Page:
    """A page at the root of the site, keyed by all that it prints."""
    whole: Context = {
        "title": f"{title} – ATOMIUM portal",
        "topic": title,
        "description": description,
        "canonical": site_url(catalog) + path,
        **context,
    }
    return Page(
        path, hashlib.blake2b(repr(whole).encode("utf-8", "replace")).hexdigest()[:24], whole
    )
