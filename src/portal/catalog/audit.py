"""The tables against the schema, against each other and against the store."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from portal.catalog.paths import POSTERIOR, csv_path, report_path
from portal.catalog.table import Catalog
from portal.model.record import Problem
from portal.model.schema import PARAMETERS, SMALL_DATASETS, TABLES, TWINS, Column

__all__ = ["audit_files", "audit_tables", "stored_paths"]

_SHOWN = 3
_PARSING = pacsv.ParseOptions(newlines_in_values=True)


def audit_tables(catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with the tables, without a look at the store."""
    for name in catalog.counts:
        yield from _columns(name, catalog.columns(name))
        yield from _values(catalog, name)
        if name in TWINS:
            yield from _twin(catalog, name)
    yield from _keys(catalog)
    yield from _origins(catalog)
    yield from _sums(catalog)
    yield from _offsets(catalog)


def audit_files(catalog: Catalog, stores: Mapping[str, Path]) -> Iterator[Problem]:
    """Files of the catalogue that the folders `stores` lack or have with another size.

    Each folder stands under the name of its collection, or under '' for all others; files
    of collections without a folder are passed over.
    """
    for batch in catalog.batches("files", ["path", "bytes", "collection"]):
        for row in batch.to_pylist():
            store = stores.get(row["collection"], stores.get(""))
            if store is None:
                continue
            try:
                size = os.stat(store / row["path"]).st_size  # noqa: PTH116 (a Path costs 3x)
            except OSError as error:
                yield Problem(
                    row["path"], "missing-file", "file is not in the store", str(error.strerror)
                )
                continue
            if size != row["bytes"]:
                seen, expected = f"{size} bytes", f"{row['bytes']} bytes"
                yield Problem(row["path"], "wrong-size", "file has another size", seen, expected)


def stored_paths(catalog: Catalog, url: str) -> frozenset[str]:
    """Paths, from the root of the site at `url`, of all files that are published with it.

    Reports are among them: the builder links those alone that lie in the store.
    """
    below = {c.id: c.data_url.removeprefix(url) for c in catalog.collections}
    found = []
    for batch in catalog.batches("files", ["path", "collection", "format"]):
        columns = [batch[name].to_pylist() for name in ("collection", "path", "format")]
        for name, path, form in zip(*columns, strict=True):
            if "://" not in below[name]:
                paths = (path, report_path(path)) if form == POSTERIOR else (path,)
                found += [below[name] + each for each in paths]
    return frozenset(found)


def _columns(name: str, columns: tuple[Column, ...]) -> Iterator[Problem]:
    """Names, types, units, UCDs and meanings."""
    table = f"{name}.parquet"
    own = {column.name: column for column in TABLES[name]}
    known = own | ({c.name: c for c in PARAMETERS} if name == "models" else {})
    there = {column.name: column for column in columns}
    for missing in sorted(own.keys() - there.keys()):
        yield Problem(table, "missing-column", "column is missing", expected=missing)
    for column in columns:
        if column.name in known:
            yield from _as_described(table, column, known[column.name])
        elif name != "models":
            yield Problem(table, "unknown-column", "column is not of the schema", column.name)


def _as_described(table: str, seen: Column, expected: Column) -> Iterator[Problem]:
    for what in ("type", "unit", "ucd", "description", "required"):
        values = getattr(seen, what), getattr(expected, what)
        if values[0] != values[1]:
            said = f"{what} of {seen.name} is not that of the schema"
            yield Problem(table, "wrong-column", said, str(values[0]), str(values[1]))


def _values(catalog: Catalog, name: str) -> Iterator[Problem]:
    """Missing values where every row has one, and NaN, which is no way to say missing."""
    nulls: dict[str, int] = {}
    nans: dict[str, int] = {}
    required = {column.name for column in catalog.columns(name) if column.required}
    for batch in catalog.batches(name, size=16384):
        for field, values in zip(batch.schema, batch.columns, strict=True):
            if field.name in required and values.null_count:
                nulls[field.name] = nulls.get(field.name, 0) + values.null_count
            if pa.types.is_floating(field.type):
                found = pc.sum(pc.is_nan(values)).as_py()
                if found:
                    nans[field.name] = nans.get(field.name, 0) + found
    for column, count in sorted(nulls.items()):
        what = f"{count} rows lack a value of {column}"
        yield Problem(f"{name}.parquet", "missing-value", what, "null", "a value in every row")
    for column, count in sorted(nans.items()):
        what = f"{count} rows have no number in {column}"
        yield Problem(f"{name}.parquet", "not-a-number", what, "NaN", "a number or null")


def _twin(catalog: Catalog, name: str) -> Iterator[Problem]:
    path = csv_path(catalog.root, name)
    names = [column.name for column in catalog.columns(name)]
    try:
        header, rows = _csv_header(path), _csv_rows(path)
    except (OSError, pa.ArrowException) as error:
        seen = str(error).splitlines()[0]
        yield Problem(path.name, "bad-twin", "CSV twin cannot be read", seen)
        return
    if header != names:
        seen = ", ".join(sorted(set(header) ^ set(names))) or "another order"
        yield Problem(path.name, "bad-twin", "columns differ from the Parquet table's", seen)
    if rows != catalog.counts[name]:
        what = "rows differ from the Parquet table's"
        yield Problem(path.name, "bad-twin", what, str(rows), str(catalog.counts[name]))


def _csv_header(path: Path) -> list[str]:
    with pacsv.open_csv(path, parse_options=_PARSING) as reader:
        return list(reader.schema.names)


def _csv_rows(path: Path) -> int:
    first = _csv_header(path)[:1]
    # As text and one column alone: only the number of rows is wanted.
    converting = pacsv.ConvertOptions(
        column_types=dict.fromkeys(first, pa.string()), include_columns=first
    )
    with pacsv.open_csv(path, parse_options=_PARSING, convert_options=converting) as reader:
        return sum(batch.num_rows for batch in reader)


def _keys(catalog: Catalog) -> Iterator[Problem]:
    """Unique names, and references that lead somewhere."""
    models = _frame(catalog, "models", ["model_id", "model_path", "observation_path"])
    files = _frame(catalog, "files", ["path", "collection", "model_id"])
    seen = _frame(catalog, "observations", ["model_id", "path"])
    yield from _some(
        "models", "model_id stands twice", models["model_id"], models["model_id"].duplicated()
    )
    twice = files.duplicated(["path", "collection"])
    yield from _some("files", "path stands twice", files["path"], twice)
    for name, values, legal, what in (
        ("observations", seen["model_id"], models["model_id"], "model_id is not in models"),
        ("observations", seen["path"], files["path"], "path is not in files"),
        ("models", models["model_path"], files["path"], "model_path is not in files"),
        ("models", models["observation_path"], files["path"], "observation_path is not in files"),
        ("files", files["model_id"], models["model_id"], "model_id is not in models"),
    ):
        yield from _some(name, what, values, values.notna() & ~values.isin(legal))


def _origins(catalog: Catalog) -> Iterator[Problem]:
    """Provenance of a row that is not there, and columns with two values in use."""
    if not catalog.counts.get("provenance"):
        return
    legal = catalog.table("observations", ["obs_publisher_did"]).column(0).combine_chunks()
    last, lost, twice = None, 0, 0
    for batch in catalog.batches("provenance", ["obs_publisher_did", "column", "used"], 65536):
        lost += len(batch) - (pc.sum(pc.is_in(batch[0], legal)).as_py() or 0)
        used = batch.filter(batch["used"])
        keys = pc.binary_join_element_wise(used[0], used[1], "\n")
        twice += len(keys) - len(pc.unique(keys)) + (len(keys) > 0 and keys[0].as_py() == last)
        last = keys[-1].as_py() if len(keys) else last
    for count, what in ((lost, "is not in observations"), (twice, "has two values of a column")):
        if count:
            told = f"obs_publisher_did {what}"
            yield Problem("provenance.parquet", "inconsistent", f"{count} rows: {told}")


def _sums(catalog: Catalog) -> Iterator[Problem]:
    """Numbers of `models` that count rows of the other tables."""
    models = _frame(catalog, "models", ["model_id", "n_observations", "bytes"]).set_index(
        "model_id"
    )
    counts = _frame(catalog, "observations", ["model_id"]).groupby("model_id").size()
    files = _frame(catalog, "files", ["model_id", "bytes"])
    sizes = files.groupby("model_id")["bytes"].sum()
    ids = pd.Series(models.index, index=models.index)
    for column, truth in (("n_observations", counts), ("bytes", sizes)):
        wrong = models[column] != truth.reindex(models.index, fill_value=0)
        yield from _some("models", f"{column} is not what the other table says", ids, wrong)


def _offsets(catalog: Catalog) -> Iterator[Problem]:
    """Small datasets that do not lie inside their file, or have another length than shape."""
    sizes = _frame(catalog, "files", ["path", "bytes"]).drop_duplicates("path").set_index("path")
    for dataset in SMALL_DATASETS:
        parts = ("offset", "nbytes", "dtype", "shape", "filters")
        names = [f"{dataset}_{part}" for part in parts]
        rows = _frame(catalog, "observations", ["path", *names])
        rows.columns = pd.Index(["path", *parts])
        rows = rows[rows["offset"].notna() & rows["nbytes"].notna()]
        size = sizes["bytes"].reindex(rows["path"]).to_numpy(float)
        end = rows["offset"] + rows["nbytes"]
        outside = (rows["offset"] < 0) | (end > size)
        yield from _some("observations", f"{dataset} lies outside its file", rows["path"], outside)
        raw = rows[rows["filters"].fillna("") == ""]
        unfit = raw["nbytes"] != [
            _length(*pair) for pair in zip(raw["dtype"], raw["shape"], strict=True)
        ]
        yield from _some(
            "observations", f"{dataset} has another length than its shape", raw["path"], unfit
        )


def _length(dtype: str, shape: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> int:
    try:
        return int(np.prod(shape)) * np.dtype(dtype).itemsize
    except TypeError:
        return -1


def _some(
    table: str, what: str, names: "pd.Series[str]", wrong: "pd.Series[bool]"
) -> Iterator[Problem]:
    """One problem for all rows that are `wrong`, with the first few of their names."""
    found = names[wrong.to_numpy()]
    if len(found):
        seen = ", ".join(map(str, found[:_SHOWN])) + (", ..." if len(found) > _SHOWN else "")
        yield Problem(f"{table}.parquet", "inconsistent", f"{len(found)} rows: {what}", seen)


def _frame(catalog: Catalog, name: str, columns: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = catalog.table(name, columns).to_pandas()
    return frame
