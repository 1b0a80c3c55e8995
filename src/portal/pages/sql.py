"""The console of SQL: statements over all tables of the catalogue, run in the browser.

The page brings the columns of the tables and the sizes of what would be read; the engine
itself is fetched when somebody starts it.
"""

from collections.abc import Iterator

from portal.catalog.paths import parquet_path
from portal.catalog.table import Catalog
from portal.pages._embedded import embedded
from portal.pages._sites import single
from portal.pages._text import clean
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_ABOUT = {
    "models": "a row a model",
    "observations": "a row a synthetic observation",
    "files": "a row a file of the store",
    "problems": "what the scan refused or doubted",
    "provenance": "where each value of an observed product is from",
}
_DESCRIPTION = "Ask the catalogue in SQL: DuckDB runs in the browser, with no server."

_Json = dict[str, object]


class _Sql:
    """One page for the whole catalogue."""

    template = "sql.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The console."""
        catalog = source.catalog
        names = [name for name in _ABOUT if name in catalog.counts]
        sizes = {name: _size(catalog, name) for name in names}
        context: Context = {
            "data": embedded(
                {
                    "tables": [_table(catalog, name, sizes[name]) for name in names],
                    "stores": {c.id: c.data_url for c in catalog.collections},
                }
            ),
        }
        yield single(catalog, "sql.html", "SQL", _DESCRIPTION, context)


def _table(catalog: Catalog, name: str, size: int) -> _Json:
    return {
        "name": name,
        "about": _ABOUT[name],
        "rows": catalog.counts.get(name, 0),
        "bytes": size,
        "url": f"catalog/{name}.parquet?v={catalog.scan_id[:12]}",
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "unit": clean(column.unit),
                "description": clean(column.description),
            }
            for column in catalog.columns(name)
        ],
    }


def _size(catalog: Catalog, name: str) -> int:
    path = parquet_path(catalog.root, name)
    return path.stat().st_size if path.is_file() else 0


PAGE = _Sql()
