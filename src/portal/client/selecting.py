"""Rows of the table of observations that a selection means."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.query import Tables, select_models, select_observations

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Selection", "chosen_models", "chosen_observations", "file_sizes"]

Selection: TypeAlias = "str | Sequence[str] | pd.DataFrame"
"""An expression, names of models, or rows of a table."""


def file_sizes(tables: Tables, paths: Sequence[str] | None = None) -> dict[tuple[str, str], int]:
    """Sizes of files when they were scanned [byte], by collection and path.

    Parameters
    ----------
    paths
        Of the files [default: all].
    """
    files = tables.table("files", ["collection", "path", "bytes"])
    if paths is not None:
        files = files.filter(pc.field("path").isin(pa.array(paths, pa.string())))
    collections, names, sizes = (files[name].to_pylist() for name in files.column_names)
    return dict(zip(zip(collections, names, strict=True), sizes, strict=True))


def chosen_models(tables: Tables, selection: Selection) -> set[str] | None:
    """Names of the models; None for all of them."""
    if not isinstance(selection, str):
        names = selection if isinstance(selection, Sequence) else selection["model_id"]
        return {str(name) for name in names}
    if not selection.strip():
        return None
    return set(select_models(tables, selection, ["model_id"])["model_id"].to_pylist())


def chosen_observations(tables: Tables, selection: Selection, columns: Sequence[str]) -> pa.Table:
    """Observations: those that an expression selects, those of rows, or all of some models."""
    if isinstance(selection, str):
        return select_observations(tables, selection, columns)
    key = "model_id" if isinstance(selection, Sequence) or "obs_id" not in selection else "obs_id"
    names = selection if isinstance(selection, Sequence) else selection[key]
    rows = select_observations(tables, "", list(dict.fromkeys([*columns, key])))
    wanted = pa.array(sorted({str(name) for name in names}), pa.string())
    return rows.filter(pc.field(key).isin(wanted)).select(list(columns))
