"""The browse page: tables of all models and observations, read by the browser from Parquet.

The page brings what the tables' own bytes do not tell cheaply: labels and units of the
columns, and the distribution of every column over the whole catalogue, so that filters
are drawn before any column is read.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from portal.catalog.paths import POSTERIOR
from portal.catalog.table import Catalog
from portal.model.schema import OBSCORE, SMALL_DATASETS, Column, small_dataset_columns
from portal.pages._embedded import embedded
from portal.pages._facets import choices, histogram
from portal.pages._labels import LABELS
from portal.pages._sites import single
from portal.pages._text import clean, label, unit
from portal.pages.base import Context, Page, Source

__all__ = ["PAGE"]

_MOST_PARAMETERS_SHOWN = 4
_MOST_LENT_SHOWN = 1
# Beyond this the order of the file stands at first, for to sort a browser reads every name;
# and one range is unfolded, for each takes a column to count.
_MOST_SORTED = 10_000
_FIRST = ("species", "n_observations", "bytes", "n_points")
_LAST_SHOWN = ("n_observations", "bytes")
_OBSERVED = (
    "line",
    "species",
    "transition",
    "rest_frequency",
    "inclination",
    "azimuth",
    "advisories",
    "engine_version",
    "peak_flux_density",
    "integrated_flux",
)
# What is known of products of no model, whose columns are those of ObsCore.
_PRODUCT_SHOWN = ("dataproduct_type", "target_name", "s_ra", "s_dec", "em_min", "t_min")
_OBSERVED_SHOWN = ("line", "rest_frequency", "inclination", "azimuth", "peak_flux_density")
# Of use to programs alone.
_BYTES = frozenset(c.name for name in SMALL_DATASETS for c in small_dataset_columns(name))
_FORMAL = frozenset(c.name for c in OBSCORE)
# Names and addresses are searched, not ticked.
_NO_CHOICES = frozenset(
    "access_url hdf5_group model_id model_path obs_id obs_publisher_did observation_path path"
    " target_name title".split()
)
# [m s-1], exact by definition of the metre; in mm for the wavelength.
_LIGHT_MM = 299_792_458e3
_SCALES: dict[str, list[dict[str, object]]] = {
    "Hz": [
        {"unit": "GHz", "factor": 1e-9, "inverse": False},
        {"unit": "mm", "factor": _LIGHT_MM, "inverse": True},
    ],
    "m": [
        {"unit": "mm", "factor": 1e3, "inverse": False},
        {"unit": "µm", "factor": 1e6, "inverse": False},
        {"unit": "nm", "factor": 1e9, "inverse": False},
    ],
}
_ANY_LIGHT = [_SCALES["m"][1], _SCALES["m"][0], _SCALES["m"][2]]
_DESCRIPTION = "All models and observations in tables that sort and filter in the browser."

_Json = dict[str, object]


class _Browse:
    """One page for the whole catalogue."""

    template = "browse.html"

    def pages(self, source: Source) -> Iterator[Page]:
        """The browse page."""
        catalog = source.catalog
        counts = {name: f"{catalog.counts.get(name, 0):,}" for name in ("models", "observations")}
        # Pictures are made of files that are at hand.
        said = _settings(catalog) | {"pictures": bool(source.stores)}
        context: Context = {**counts, "data": embedded(said)}
        yield single(catalog, "browse.html", "Browse", _DESCRIPTION, context)


PAGE = _Browse()


def _settings(catalog: Catalog) -> _Json:
    return {
        "tables": {"models": _models(catalog), "observations": _observations(catalog)},
        "stores": {c.id: c.data_url for c in catalog.collections},
    }


def _models(catalog: Catalog) -> _Json:
    parameters = [column.name for column in catalog.parameters]
    ordered = _ordered(catalog, "models", ["model_id", *parameters, *_FIRST])
    columns = _all(_described(column, _values(catalog, column)) for column in ordered)
    for column in columns:
        column["group"] = "Parameters" if column["name"] in parameters else "Model"
    ranges = [c["name"] for c in columns if c["bins"] and c["name"] in parameters]
    shown = _varying(columns, parameters)[:_MOST_PARAMETERS_SHOWN]
    names = {c["name"] for c in columns}
    # What was fitted to an observation shall not be taken for a simulation.
    told: list[object] = ["format"] if _has_fits(columns) else []
    return {
        **_table(catalog, "models"),
        "columns": columns,
        "shown": [*(told + shown or ["format"]), *(n for n in _LAST_SHOWN if n in names)],
        "open": [*told, "morphology", "species", *ranges[: 2 if _small(catalog) else 1]],
    }


def _has_fits(columns: list[_Json]) -> bool:
    """Whether there are posteriors among other models."""
    formats = next((c["choices"] for c in columns if c["name"] == "format"), None)
    return isinstance(formats, list) and any(value == POSTERIOR for value, _ in formats)


def _observations(catalog: Catalog) -> _Json:
    """Columns of the observations, and those that they take from their models."""
    ordered = [c for c in _ordered(catalog, "observations", _OBSERVED) if c.name not in _BYTES]
    columns = _all(_described(c, _values(catalog, c, "observations")) for c in ordered)
    for column in columns:
        column["group"] = "ObsCore" if column["name"] in _FORMAL else "Observation"
    products = catalog.table("observations", ["model_id"]).column(0).null_count
    for column in columns:
        if products and column["vounit"] == "m":
            # Light of any wavelength: the unit in the middle of the table has most readers.
            column["scales"] = _ANY_LIGHT
    columns += _lent(catalog, {c.name for c in catalog.columns("observations")})
    names = {c["name"] for c in columns}
    parameters = [column.name for column in catalog.parameters]
    wanted = (*_PRODUCT_SHOWN, "line", "rest_frequency") if products else _OBSERVED_SHOWN
    shown = [name for name in wanted if name in names]
    return {
        **_table(catalog, "observations"),
        "columns": columns,
        "products": products,
        "shown": [*shown, *_varying(columns, parameters)[: 0 if products else _MOST_LENT_SHOWN]],
        "open": ["obs_collection", "line", "rest_frequency", "inclination"],
    }


def _lent(catalog: Catalog, own: set[str]) -> list[_Json]:
    """Distribution over the observations of what is known of their models."""
    counts = catalog.table("models", ["n_observations"]).column(0).to_numpy()
    rows = pa.array(np.repeat(np.arange(len(counts)), counts))
    lent = [c for c in _ordered(catalog, "models", [p.name for p in catalog.parameters])]
    described = _all(
        _described(c, _values(catalog, c).take(rows))
        if c.name not in _NO_CHOICES
        else _described(c, _values(catalog, c))
        for c in lent
        if c.name not in own or c.name == "model_id"
    )
    keys = ("name", "bins", "choices", "distinct")
    said = [{key: column[key] for key in keys} | {"lent": True} for column in described]
    if catalog.counts.get("observations", 0) > counts.sum():
        said = [c | {"label": "Model or file"} if c["name"] == "model_id" else c for c in said]
    return said


def _table(catalog: Catalog, name: str) -> _Json:
    rows = catalog.counts.get(name, 0)
    by_name = {"column": "model_id", "descending": False}
    return {
        "file": f"catalog/{name}.parquet?v={catalog.scan_id[:12]}",
        "rows": rows,
        "sort": by_name if rows <= _MOST_SORTED else None,
    }


def _small(catalog: Catalog) -> bool:
    return catalog.counts.get("models", 0) <= _MOST_SORTED


def _varying(columns: list[_Json], parameters: list[str]) -> list[object]:
    return [c["name"] for c in columns if c["name"] in parameters and (c["bins"] or c["choices"])]


def _ordered(catalog: Catalog, table: str, first: "list[str] | tuple[str, ...]") -> list[Column]:
    """What people filter by, and the rest."""
    columns = {column.name: column for column in catalog.columns(table)}
    if table == "observations":
        del columns["model_id"]  # lent by the models, whose names are read anyway
    return [columns[name] for name in dict.fromkeys([*first, *columns]) if name in columns]


def _values(catalog: Catalog, column: Column, table: str = "models") -> pa.ChunkedArray:
    return catalog.table(table, [column.name]).column(0)


def _all(described: "Iterator[_Json | None]") -> list[_Json]:
    return [column for column in described if column is not None]


def _described(column: Column, values: pa.ChunkedArray) -> _Json | None:
    """What the page says of a column; None for one without a value."""
    if len(values) > 0 and values.null_count == len(values):
        return None
    number = column.type.startswith(("int", "float"))
    ticked = not number and column.name not in _NO_CHOICES
    counted, distinct = choices(values) if ticked else (None, 0)
    return {
        "name": column.name,
        "label": LABELS.get(column.name) or label(column.name),
        "unit": unit(column.unit),
        "vounit": column.unit,
        "scales": _SCALES.get(column.unit),
        "type": column.type,
        "description": clean(column.description),
        "bins": histogram(values.to_numpy(), column.type.startswith("int")) if number else None,
        "choices": counted,
        "distinct": distinct,
    }
