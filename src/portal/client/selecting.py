"""Rows of the table of observations that a selection means."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.query import Tables, select_models, select_observations
from portal.errors import CatalogError, QueryError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Selection", "chosen_models", "chosen_observations", "file_sizes"]

Selection: TypeAlias = "str | Sequence[str] | pd.DataFrame"
"""An expression, names of models, or rows of a table."""

_EXPECTED = "an expression, a list of names of models, or rows of a table"
_SHOWN = 5


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
    """Names of the models; None for all of them.

    Raises
    ------
    CatalogError
        If a name is not in the catalogue, or rows do not tell their models.
    """
    if not isinstance(selection, str):
        return set(_known(tables, "models", "model_id", _named(selection, ("model_id",))[1]))
    if not selection.strip():
        return None
    with _no_name(tables, selection):
        return set(select_models(tables, selection, ["model_id"])["model_id"].to_pylist())


def chosen_observations(tables: Tables, selection: Selection, columns: Sequence[str]) -> pa.Table:
    """Observations: those that an expression selects, those of rows, or all of some models.

    Raises
    ------
    CatalogError
        As `chosen_models` does.
    """
    if isinstance(selection, str):
        with _no_name(tables, selection):
            return select_observations(tables, selection, columns)
    key, names = _named(selection, ("obs_id", "model_id"))
    wanted = _known(tables, "models" if key == "model_id" else "observations", key, names)
    rows = select_observations(tables, "", list(dict.fromkeys([*columns, key])))
    return rows.filter(pc.field(key).isin(pa.array(wanted, pa.string()))).select(list(columns))


def _named(
    selection: "Sequence[str] | pd.DataFrame", keys: Sequence[str]
) -> tuple[str, Iterable[object]]:
    """The column that tells the rows apart, and what is in it; `model_id` for plain names."""
    if isinstance(selection, Sequence):
        return "model_id", selection
    columns = getattr(selection, "columns", None)
    if columns is None:
        # An array, a series or a set of names.
        if isinstance(selection, Iterable):
            return "model_id", selection
        raise CatalogError(
            "selection: cannot be used", seen=type(selection).__name__, expected=_EXPECTED
        )
    for key in keys:
        if key in columns:
            return key, selection[key]
    raise CatalogError(
        "selection: rows that do not tell their models",
        seen=f"columns {', '.join(map(str, columns[:5]))}",
        expected="a column " + " or ".join(keys),
        way_out="take the rows with that column",
    )


def _known(tables: Tables, table: str, key: str, names: Iterable[object]) -> list[str]:
    """The names, sorted, all of which are in the table."""
    wanted = {str(name) for name in names}
    unknown = sorted(wanted.difference(tables.table(table, [key])[key].to_pylist()))
    if unknown:
        some = ", ".join(unknown[:_SHOWN]) + (", …" if len(unknown) > _SHOWN else "")
        raise CatalogError(
            f"selection: {len(unknown)} of {len(wanted)} names are not in the catalogue",
            seen=some,
            expected=f"values of {key} in the table of {table}",
            code="unknown-name",
        )
    return sorted(wanted)


@contextmanager
def _no_name(tables: Tables, text: str) -> Iterator[None]:
    """Explain an expression that fails and is the name of a model."""
    try:
        yield
    except QueryError as error:
        name = text.strip()
        if name not in tables.table("models", ["model_id"])["model_id"].to_pylist():
            raise
        raise CatalogError(
            "selection: the name of a model where an expression belongs",
            seen=name,
            expected=_EXPECTED,
            way_out=f'[{name!r}] in Python, model_id == "{name}" in a shell',
        ) from error
