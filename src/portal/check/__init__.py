"""Checks of a built site: links, pages, feeds, and whether it is that of its catalogue."""

from portal.check.published import check_published
from portal.check.site import SiteFiles, check_site, list_site, published_url

__all__ = ["SiteFiles", "check_published", "check_site", "list_site", "published_url"]
