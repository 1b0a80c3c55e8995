"""Rows of the tables, made from the records of some files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.advisories import Marker
from portal.catalog.ledger import Ledger
from portal.catalog.origins import origins_of
from portal.catalog.parameters import Findings, Refused, column_values, flatten
from portal.catalog.paths import absolute_data_url
from portal.catalog.problems import PROBLEM_SCHEMA, Telling
from portal.catalog.records import MODEL_COLUMNS
from portal.model.collection import Collection
from portal.model.record import Problem
from portal.model.schema import OBSERVATIONS, Column

__all__ = ["Tables", "tables_of"]

_MEDIA_TYPES = {"product": "application/fits"}
_HDF5 = "application/x-hdf5"
_CLOSE = 1e-6  # the two files of a model may give a number in different widths

_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tables:
    """Rows of the tables."""

    models: pa.Table
    observations: pa.Table
    files: pa.Table
    problems: pa.Table
    provenance: pa.Table


def tables_of(
    records: pa.Table, ledger: Ledger, collections: Sequence[Collection], marker: Marker
) -> Tables:
    """Rows from `records`, which are sorted by rank and kind and part no model."""
    by_id = {c.id: c for c in collections}
    records = records.append_column("url", _urls(records, by_id))
    sound = records.filter(records.column("kept")).combine_chunks()
    kept = sound.filter(pc.is_valid(sound.column("model_id"))).combine_chunks()
    pairs = _Pairs.of(kept)
    telling = Telling()
    parameters = _parameters(kept, pairs, ledger.columns, telling)
    telling.add(_duplicates(records, ledger))
    models, observations = marker.mark(
        _models(kept, pairs, parameters, by_id), _observations(sound, by_id)
    )
    return Tables(
        models,
        observations,
        _files(records),
        pa.concat_tables([_read_problems(records), telling.table()]),
        origins_of(sound, observations),
    )


@dataclass(frozen=True)
class _Pairs:
    """Where the model file and the observation file of each model stand; -1 for none."""

    model: _Ints
    observation: _Ints

    @classmethod
    def of(cls, kept: pa.Table) -> "_Pairs":
        _, place = np.unique(kept.column("rank").to_numpy(), return_inverse=True)
        is_model = pc.equal(kept.column("kind"), "model").to_numpy()
        count = int(place.max(initial=-1)) + 1
        pairs = cls(np.full(count, -1), np.full(count, -1))
        pairs.model[place[is_model]] = np.flatnonzero(is_model)
        pairs.observation[place[~is_model]] = np.flatnonzero(~is_model)
        return pairs

    def first(self, column: pa.Array | pa.ChunkedArray) -> pa.Array:
        """Per model, the value of its model file, else that of its observation file."""
        return pc.coalesce(*self.both(column))

    def both(self, column: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
        """Per model, the values of both files; null for none."""
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        found = [whole.take(pa.array(at, mask=at < 0)) for at in (self.model, self.observation)]
        return found[0], found[1]


def _urls(records: pa.Table, by_id: dict[str, Collection]) -> pa.Array:
    rows = zip(*(records.column(c).to_pylist() for c in ("collection", "path")), strict=True)
    return pa.array([absolute_data_url(by_id[c], path) for c, path in rows], pa.string())


def _files(records: pa.Table) -> pa.Table:
    # Files that were not at rest when they were read have no size; they are not catalogued.
    table = records.filter(pc.greater_equal(records.column("bytes"), 0))
    names = [
        "path",
        "collection",
        "url",
        "bytes",
        "sha256",
        "mtime_ns",
        "kind",
        "format",
    ]
    # A refused copy belongs to no model: nobody shall take it for the model's file.
    model_id = pc.if_else(table.column("kept"), table.column("model_id"), None)
    return table.select(names).append_column("model_id", model_id)


def _models(
    kept: pa.Table,
    pairs: _Pairs,
    parameters: dict[str, pa.Array],
    by_id: dict[str, Collection],
) -> pa.Table:
    collection = pairs.first(kept.column("collection"))
    licenses = pa.array([by_id[c].license for c in collection.to_pylist()], pa.string())
    model_path, observation_path = pairs.both(kept.column("path"))
    found = {c: pairs.first(kept.column(c)) for c in MODEL_COLUMNS if c != "species"}
    return pa.table(
        {
            "model_id": pairs.first(kept.column("model_id")),
            "collection": collection,
            **found,
            "format": pairs.first(kept.column("format")),
            "species": _species(kept, pairs),
            "n_observations": _sum(pairs, kept.column("n_observations")).cast(pa.int32()),
            "model_path": model_path,
            "observation_path": observation_path,
            "bytes": _sum(pairs, kept.column("bytes")),
            "license": pc.coalesce(found["license"], licenses),
            **parameters,
        }
    )


def _sum(pairs: _Pairs, column: pa.ChunkedArray) -> pa.Array:
    return pc.add(*(pc.fill_null(values, 0) for values in pairs.both(column)))


def _species(kept: pa.Table, pairs: _Pairs) -> pa.Array:
    lists = kept.column("observations").combine_chunks()
    rows = pc.list_parent_indices(lists).to_numpy()
    lines: list[set[str]] = [set() for _ in range(kept.num_rows)]
    for row, name in zip(rows, pc.list_flatten(lists).field("species").to_pylist(), strict=True):
        if name:
            lines[row].add(name)
    given = [
        [*(own or []), *sorted(found - set(own or []))]
        for own, found in zip(kept.column("species").to_pylist(), lines, strict=True)
    ]
    both = zip(pairs.model.tolist(), pairs.observation.tolist(), strict=True)
    named = [list(dict.fromkeys(s for at in pair if at >= 0 for s in given[at])) for pair in both]
    return pa.array(named, pa.list_(pa.string()))


def _observations(kept: pa.Table, by_id: dict[str, Collection]) -> pa.Table:
    lists = kept.column("observations").combine_chunks()
    flat = pc.list_flatten(lists)
    parent = pc.list_parent_indices(lists)
    of_file = kept.select(["collection", "kind", "model_id", "path", "url", "bytes"]).take(parent)
    columns = {c.name: flat.field(c.name) for c in OBSERVATIONS}
    collection = of_file.column("collection")
    kilobytes = pc.divide(pc.add(of_file.column("bytes"), 999), 1000)
    columns |= {
        "obs_collection": collection,
        "obs_publisher_did": _publisher_dids(of_file, columns, by_id),
        "access_url": of_file.column("url"),
        "access_format": pa.array(
            [_MEDIA_TYPES.get(kind, _HDF5) for kind in of_file.column("kind").to_pylist()],
            pa.string(),
        ),
        "access_estsize": kilobytes,
        "model_id": of_file.column("model_id"),
        "path": of_file.column("path"),
    }
    return pa.table(columns)


def _publisher_dids(
    of_file: pa.Table, columns: dict[str, pa.Array], by_id: dict[str, Collection]
) -> pa.Array:
    """Of an observation of a model by its name; of an observed product by file and part."""
    where = zip(*(of_file.column(c).to_pylist() for c in ("collection", "path")), strict=True)
    what = zip(*(columns[c].to_pylist() for c in ("obs_id", "part")), strict=True)
    made = [
        f"ivo://{by_id[c].authority}/{c}?"
        + (quote(name or "") if part is None else f"{quote(path)}/{quote(part, safe='')}")
        for (c, path), (name, part) in zip(where, what, strict=True)
    ]
    return pa.array(made, pa.string())


def _read_problems(records: pa.Table) -> pa.Table:
    lists = records.column("problems").combine_chunks()
    flat = pc.list_flatten(lists)
    collection = records.column("collection").take(pc.list_parent_indices(lists))
    columns = {f.name: flat.field(f.name) for f in PROBLEM_SCHEMA if f.name != "collection"}
    return pa.table({**columns, "collection": collection}).select(PROBLEM_SCHEMA.names)


def _parameters(
    kept: pa.Table, pairs: _Pairs, columns: Sequence[Column], telling: Telling
) -> dict[str, pa.Array]:
    """A column per parameter; `telling` is told of what had to be left out."""
    found = flatten(kept)
    values: dict[str, pa.Array] = {}
    telling.add(_unnamed(kept, found, columns))
    for column in columns:
        of_files, refused = column_values(found, column)
        values[column.name] = pairs.first(of_files)
        telling.add(_refused(kept, one) for one in refused)
        telling.add(_disagreements(kept, pairs, of_files, column))
    return values


def _refused(kept: pa.Table, one: Refused) -> tuple[str, Problem]:
    path, collection = (kept.column(c)[one.row].as_py() for c in ("path", "collection"))
    problem = Problem(
        path, one.code, one.what, one.seen, one.expected, one.way_out, severity="warning"
    )
    return collection, problem


def _unnamed(
    kept: pa.Table, found: Findings, columns: Sequence[Column]
) -> Iterator[tuple[str, Problem]]:
    legal = pc.is_in(found.name, pa.array([c.name for c in columns], pa.string()))
    for i in np.flatnonzero(~legal.to_numpy(zero_copy_only=False)):
        yield _refused(
            kept,
            Refused(
                int(found.row[i]),
                "parameter-name",
                "parameter: its name cannot be that of a column",
                repr(found.name[int(i)].as_py()[:80]),
                "letters, digits and _, not a name of the catalogue, and not too many of them",
                "rename the parameter in the file",
            ),
        )


def _disagreements(
    kept: pa.Table, pairs: _Pairs, values: pa.Array, column: Column
) -> list[tuple[str, Problem]]:
    """Models whose two files give different values."""
    one, other = pairs.both(values)
    differ = pc.not_equal(one, other)
    if column.type in ("float64", "int64"):
        scale = pc.max_element_wise(pc.abs(one), pc.abs(other))
        apart = pc.abs(pc.subtract(one.cast(pa.float64()), other.cast(pa.float64())))
        differ = pc.greater(apart, pc.multiply(scale.cast(pa.float64()), _CLOSE))
    where = np.flatnonzero(pc.fill_null(differ, False).to_numpy(zero_copy_only=False))
    return [
        _refused(
            kept,
            Refused(
                int(pairs.observation[i]),
                "parameters-differ",
                f"parameter {column.name}: differs between the two files of the model",
                f"{other[int(i)].as_py()} {column.unit}".rstrip()[:200],
                f"{one[int(i)].as_py()} {column.unit} as in the model file".replace("  ", " ")[
                    :200
                ],
                "correct the file that is wrong; the catalogue has the value of the model file",
            ),
        )
        for i in where
    ]


def _duplicates(records: pa.Table, ledger: Ledger) -> list[tuple[str, Problem]]:
    """Files whose model has another file of that kind already."""
    spare = pc.and_(pc.invert(records.column("kept")), pc.is_valid(records.column("model_id")))
    rows = records.filter(spare).select(["collection", "path", "kind", "model_id"]).to_pylist()
    first = _catalogued(ledger, {row["model_id"] for row in rows})
    return [(row["collection"], _duplicate(row, first[row["model_id"]])) for row in rows]


def _catalogued(ledger: Ledger, names: set[str]) -> dict[str, list[dict[str, str]]]:
    """The files that are catalogued of each of the models `names`."""
    found: dict[str, list[dict[str, str]]] = {}
    if names:
        wanted = pc.is_in(ledger.files.column("model_id"), pa.array(sorted(names)))
        files = ledger.files.filter(pc.and_(wanted, ledger.files.column("kept")))
        for row in files.select(["collection", "path", "kind", "model_id"]).to_pylist():
            found.setdefault(row["model_id"], []).append(row)
    return found


def _duplicate(row: dict[str, str], catalogued: list[dict[str, str]]) -> Problem:
    found = min(catalogued, key=lambda f: (f["kind"] != row["kind"], f["path"]))
    return Problem(
        row["path"],
        "duplicate-name",
        f"another file has the name of this {row['kind']}",
        f"{row['model_id']} in {row['path']} and in {found['path']} ({found['collection']})",
        "one model file and one observation file of each name",
        f"rename or remove one of them; the catalogue has {found['path']}",
    )
