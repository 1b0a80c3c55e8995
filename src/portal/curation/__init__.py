"""Missing positions and bands, filled from name resolvers and lists of filters, and recorded."""

from portal.curation.book import Book
from portal.curation.filling import Lacking, curated
from portal.curation.filters import Profiles, Question, Shipped
from portal.curation.names import Simbad

__all__ = ["Book", "Lacking", "Profiles", "Question", "Shipped", "Simbad", "curated"]
