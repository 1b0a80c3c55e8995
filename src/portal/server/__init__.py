"""A static web server for trying a site out and for testing clients against it.

It does what the data host of a published site must do (single byte ranges, CORS, validators,
no content encoding), and on request what a bad one does.
"""

from portal.server.app import SiteServer, serving
from portal.server.faults import Faults, Served

__all__ = ["Faults", "Served", "SiteServer", "serving"]
