"""The browse page: a table of all models that the browser reads from the Parquet file.

The page brings what the table's own bytes do not tell cheaply: labels and units of the
columns, and the distribution of every parameter over the whole catalogue, so that filters
are drawn before any column is read.
"""

import json
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from portal.catalog.table import Catalog
from portal.model.schema import Column
from portal.pages._sites import single
from portal.pages._text import clean, label, unit
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE", "histogram"]

_BINS = 32
_MOST_CHOICES = 40
_MOST_PARAMETERS_SHOWN = 4
_MOST_RANGES_OPEN = 2
_LOG_RATIO = 30.0
# Beyond this the order of the file stands at first: to sort, a browser reads every name.
_MOST_SORTED = 10_000
_FIRST = ("species", "n_observations", "bytes", "n_points")
_LAST_SHOWN = ("n_observations", "bytes")
# Names and addresses are searched, not ticked.
_NO_CHOICES = frozenset({"model_id", "title", "model_path", "observation_path"})
_LABELS = {
    "model_id": "Model",
    "n_observations": "Observations",
    "n_points": "Points",
    "bytes": "Size",
}
_DESCRIPTION = "All models of the catalogue in a table that sorts and filters in the browser."

_Json = dict[str, object]


class _Browse:
    """One page for the whole catalogue."""

    template = "browse.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The browse page."""
        catalog = source.catalog
        rows = f"{catalog.counts.get('models', 0):,}"
        context: Context = {"rows": rows, "data": _json(_settings(catalog))}
        yield single(catalog, "browse.html", "Browse", _DESCRIPTION, context)


PAGE = _Browse()


def _json(value: object) -> Markup:
    """JSON that may stand in a script element: nothing in it ends the element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _settings(catalog: Catalog) -> _Json:
    parameters = [column.name for column in catalog.parameters]
    described = [_described(catalog, column) for column in _ordered(catalog)]
    columns = [column for column in described if column is not None]
    varying = [c["name"] for c in columns if c["bins"] or c["choices"]]
    ranges = [c["name"] for c in columns if c["bins"] and c["name"] in parameters]
    shown = [name for name in varying if name in parameters][:_MOST_PARAMETERS_SHOWN]
    names = {c["name"] for c in columns}
    return {
        "table": f"catalog/models.parquet?v={catalog.scan_id[:12]}",
        "rows": catalog.counts.get("models", 0),
        "columns": columns,
        "shown": [*(shown or ["format"]), *(n for n in _LAST_SHOWN if n in names)],
        "sort": _sort(catalog.counts.get("models", 0)),
        "open": ["morphology", "species", *ranges[:_MOST_RANGES_OPEN]],
        "stores": {c.id: c.data_url for c in catalog.collections},
    }


def _sort(rows: int) -> _Json | None:
    return {"column": "model_id", "descending": False} if rows <= _MOST_SORTED else None


def _ordered(catalog: Catalog) -> list[Column]:
    """Name, parameters, what people filter by, and the rest."""
    columns = {column.name: column for column in catalog.columns("models")}
    first = ["model_id", *(c.name for c in catalog.parameters), *_FIRST]
    return [columns[name] for name in dict.fromkeys([*first, *columns]) if name in columns]


def _described(catalog: Catalog, column: Column) -> _Json | None:
    """What the page says of a column; None for one without a value."""
    values = catalog.table("models", [column.name]).column(0)
    if len(values) > 0 and values.null_count == len(values):
        return None
    number = column.type.startswith(("int", "float"))
    return {
        "name": column.name,
        "label": _LABELS.get(column.name) or label(column.name),
        "unit": unit(column.unit),
        "type": column.type,
        "description": clean(column.description),
        "bins": histogram(values.to_numpy()) if number else None,
        "choices": None if number or column.name in _NO_CHOICES else _choices(values),
    }


def histogram(values: np.ndarray) -> _Json | None:
    """Counts in equal bins from the lowest to the highest value; None if there is but one.

    Parameters
    ----------
    values : (row,)
        NaN stands for no value. None is also the answer for values so far apart that their
        difference is no number. Bins are equal in the logarithm where all values are
        positive and span more than a factor of 30.
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if known.size == 0:
        return None
    low, high = float(known.min()), float(known.max())
    if low == high or not np.isfinite(high - low):
        return None
    log = low > 0 and high / low > _LOG_RATIO
    if log:
        known, low_at, high_at = np.log(known), np.log(low), np.log(high)
    else:
        low_at, high_at = low, high
    at = (known - low_at) / (high_at - low_at)
    counts = np.bincount(np.minimum((at * _BINS).astype(int), _BINS - 1), minlength=_BINS)
    return {"min": low, "max": high, "log": log, "counts": counts.tolist()}


def _choices(values: pa.ChunkedArray) -> list[list[str | int]] | None:
    """Values with their counts, the commonest first; None if there is one or too many."""
    flat = pc.list_flatten(values) if pa.types.is_list(values.type) else values
    counts = Counter(
        {str(c["values"].as_py()): c["counts"].as_py() for c in pc.value_counts(flat.drop_null())}
    )
    if not 2 <= len(counts) <= _MOST_CHOICES:
        return None
    return [[value, n] for value, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
