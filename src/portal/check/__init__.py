"""Checks of a built site: links, pages, feeds."""

from portal.check.site import SiteFiles, check_site, list_site, published_url

__all__ = ["SiteFiles", "check_site", "list_site", "published_url"]
