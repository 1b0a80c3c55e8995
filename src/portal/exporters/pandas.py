"""A program that reads the selected rows with pandas."""

import json
from collections.abc import Iterator
from urllib.parse import urljoin

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters import names

__all__ = ["EXPORTER", "Pandas"]

_WHOLE = """\
import pandas as pd

rows = pd.read_parquet({table})
print(rows.describe())
"""
_QUERY = """\
from portal.client import open_catalog

with open_catalog({site}) as catalogue:
    rows = catalogue.query({query}{more})
print(rows.describe())
"""
_NAMES = """\
from pathlib import Path

import pandas as pd

names = Path({names}).read_text().splitlines()
rows = pd.read_parquet({table}, filters=[("model_id", "in", names)])
print(rows.describe())
"""


class Pandas:
    """Python that needs pandas, and the portal's client where there is a query."""

    name = "pandas"
    filename = "rows.py"
    media_type = "text/x-python"
    description = "Python that reads the rows into pandas."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """The program."""
        site = next((c.site_url for c in catalog.collections), "")
        said = {
            "site": _text(site),
            "table": _text(urljoin(site, f"catalog/{selection.table}.parquet")),
            "query": _text(selection.expression.strip()),
            "names": _text(names.EXPORTER.filename),
            "more": ", observations=True" if selection.table == "observations" else "",
        }
        if selection.limit is not None:
            program = _NAMES
        else:
            program = _QUERY if selection.expression.strip() else _WHOLE
        yield program.format(**said).encode()


def _text(value: str) -> str:
    # JSON's texts are texts of Python too, and browsers write the same.
    return json.dumps(value, ensure_ascii=False)


EXPORTER = Pandas()
