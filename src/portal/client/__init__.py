"""Using a published catalogue from Python.

>>> from portal.client import open_catalog
>>> with open_catalog("https://portal.example.org/") as catalog:  # doctest: +SKIP
...     rows = catalog.query("mass_loss_rate > 1e-6", observations=True)
...     velocity, flux = catalog.spectrum(rows.iloc[0])
...     catalog.fetch("mass_loss_rate > 1e-6", "winds", only="observations")
"""

from portal.client.catalog import OpenedCatalog, open_catalog
from portal.client.fetch import Report, fetch
from portal.client.verify import promised, verify

__all__ = ["OpenedCatalog", "Report", "fetch", "open_catalog", "promised", "verify"]
