"""Using a published catalogue from Python.

>>> from portal.client import open_catalog
>>> with open_catalog("https://portal.example.org/") as catalog:  # doctest: +SKIP
...     rows = catalog.query("mass_loss_rate > 1e-6", observations=True)
...     velocity, flux = catalog.spectrum(rows.iloc[0])
...     catalog.fetch("mass_loss_rate > 1e-6", "winds", only="observations")
"""

from portal.client.bar import progress_bar
from portal.client.catalog import OpenedCatalog, open_catalog
from portal.client.fetch import Report, fetch
from portal.client.plan import Plan
from portal.client.samples import Samples
from portal.client.stream import Stream
from portal.client.verify import promised, verify

__all__ = [
    "OpenedCatalog",
    "Plan",
    "Report",
    "Samples",
    "Stream",
    "fetch",
    "open_catalog",
    "progress_bar",
    "promised",
    "verify",
]
