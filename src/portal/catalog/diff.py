"""What changed between two snapshots, and why; nothing is done for rows that are equal."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.snapshot import Snapshot
from portal.model.schema import MODELS, Column

__all__ = ["CHANGES", "KINDS", "REASONS", "Counts", "Withdrawal", "compare", "count"]

CHANGES = pa.schema(
    [
        (name, pa.string())
        for name in ("change", "model_id", "reason", "what", "old", "new", "unit", "note")
    ]
)
"""Columns of a diff: a row for each thing that changed, all of them text."""

KINDS = ("added", "changed", "renamed", "withdrawn")
REASONS = {
    "files": "Bytes of a file",
    "parameters": "Parameters",
    "engine": "Engine",
    "advisories": "Advisories",
    "licence": "Licence",
    "moved": "Path of a file",
    "metadata": "Metadata",
}
"""Reasons of a change, the weightiest first, and what each is called."""

_OF_COLUMN = {
    "engine": "engine",
    "engine_version": "engine",
    "advisories": "advisories",
    "license": "licence",
}
# What follows from the files is told of the files.
_DERIVED = frozenset({"model_id", "bytes", "model_path", "observation_path"})
_OWN = frozenset(column.name for column in MODELS)
_ALIKE = "It was renamed; its parameters and the numbers of its observations are the same."


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a model was withdrawn, and the name of the one to use instead; each may be ''."""

    reason: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Number of models by kind of change, and of changed models by reason."""

    kinds: Mapping[str, int]
    reasons: Mapping[str, int]


def compare(
    old: Snapshot,
    new: Snapshot,
    withdrawn: Mapping[str, Withdrawal] | None = None,
    returned: Mapping[str, str] | None = None,
) -> pa.Table:
    """The differences (`CHANGES`), sorted by kind of change, model, reason and what changed.

    Parameters
    ----------
    withdrawn
        Why models were withdrawn, by their names.
    returned
        What there is to say of models that were in a release before `old`, by their names.
    """
    gone = old.ids.filter(pc.invert(pc.is_in(old.ids, new.ids)))
    come = new.ids.filter(pc.invert(pc.is_in(new.ids, old.ids)))
    renamed = _renamed(old, new, gone, come)
    gone = gone.filter(pc.invert(pc.is_in(gone, renamed["model_id"].combine_chunks())))
    come = come.filter(pc.invert(pc.is_in(come, renamed["new"].combine_chunks())))
    parts = [
        _rows(change="added", model_id=come, note=_notes(come, returned or {})),
        renamed,
        _withdrawn(gone, withdrawn or {}),
        *_columns(old, new),
        _files(old, new),
    ]
    order = [(name, "ascending") for name in ("change", "model_id", "place", "what")]
    whole = pa.concat_tables(parts)
    place = pc.index_in(whole["reason"], value_set=pa.array(list(REASONS)))
    return whole.append_column("place", place).sort_by(order).select(CHANGES.names)


def count(changes: pa.Table) -> Counts:
    """How many models changed in which way; a model may have several reasons."""

    def models(column: str, value: str) -> int:
        rows = changes.filter(pc.equal(changes[column], value))
        return int(pc.count_distinct(rows["model_id"]).as_py())

    kinds = {kind: models("change", kind) for kind in KINDS}
    reasons = {reason: models("reason", reason) for reason in REASONS}
    return Counts(kinds, {reason: number for reason, number in reasons.items() if number})


def _rows(**columns: "str | pa.Array | pa.ChunkedArray") -> pa.Table:
    """Rows of a diff; what is not named is ''."""
    size = max(len(v) for v in columns.values() if not isinstance(v, str))
    arrays = []
    for name in CHANGES.names:
        value = columns.get(name, "")
        if isinstance(value, str):
            value = pa.repeat(value, size)
        arrays.append(pc.fill_null(value.cast(pa.string()), ""))
    return pa.table(arrays, schema=CHANGES)


def _notes(come: pa.Array, returned: Mapping[str, str]) -> pa.Array:
    return pa.array([returned.get(name, "") for name in come.to_pylist()], pa.string())


def _withdrawn(gone: pa.Array, why: Mapping[str, Withdrawal]) -> pa.Table:
    told = [why.get(name, Withdrawal()) for name in gone.to_pylist()]
    notes = pa.array([one.reason for one in told], pa.string())
    instead = pa.array([one.replaced_by for one in told], pa.string())
    return _rows(change="withdrawn", model_id=gone, new=instead, note=notes)


def _renamed(old: Snapshot, new: Snapshot, gone: pa.Array, come: pa.Array) -> pa.Table:
    """Models that went and came back under another name.

    Their files are the same bytes; or they hold another name, and all that the catalogue says
    of the content is the same, which it says of no other model of either snapshot.
    """
    was, now = _contents(old.files, gone), _contents(new.files, come)
    same = _joined(was, now, "")
    left = gone.filter(pc.invert(pc.is_in(gone, same["model_id"].combine_chunks())))
    come = come.filter(pc.invert(pc.is_in(come, same["new"].combine_chunks())))
    alike = _joined(_content(old, left), _content(new, come), _ALIKE)
    return pa.concat_tables([same, alike])


def _joined(was: pa.Table, now: pa.Table, note: str) -> pa.Table:
    both = was.join(now, "contents", join_type="inner", right_suffix="_new")
    names = {"model_id": both["model_id"], "new": both["model_id_new"]}
    return _rows(change="renamed", note=note, **names)


def _content(snapshot: Snapshot, ids: pa.Array) -> pa.Table:
    """The content of each of these models that no other one has."""
    content = snapshot.content
    texts = pa.table(
        {
            "model_id": snapshot.ids,
            "contents": pa.nulls(len(snapshot.models), pa.string()) if content is None else content,
        }
    )
    alone = _alone(texts)
    return alone.filter(pc.is_in(alone["model_id"], ids))


def _contents(files: pa.Table, ids: pa.Array) -> pa.Table:
    """A text for the contents of the files of each of these models that no other one has."""
    known = pc.is_in(files["model_id"], ids)
    chosen = files.filter(known).sort_by([("model_id", "ascending"), ("kind", "ascending")])
    token = pc.binary_join_element_wise(chosen["kind"], chosen["sha256"], ":")
    table = pa.table({"model_id": chosen["model_id"], "token": token})
    whole = table.group_by("model_id", use_threads=False).aggregate([("token", "list")])
    # A list with a missing checksum joins to nothing and matches nothing.
    joined = pc.binary_join(whole["token_list"].cast(pa.list_(pa.string())), ",")
    texts = pa.table({"model_id": whole["model_id"], "contents": joined})
    return _alone(texts)


def _alone(texts: pa.Table) -> pa.Table:
    """The rows whose contents no other row has."""
    counted = texts.group_by("contents", use_threads=False).aggregate([("model_id", "count")])
    alone = counted.filter(pc.equal(counted["model_id_count"], 1))["contents"].drop_null()
    return texts.filter(pc.is_in(texts["contents"], alone.combine_chunks()))


def _columns(old: Snapshot, new: Snapshot) -> list[pa.Table]:
    """Changed values of the models that both have, a table for each column."""
    at = pc.index_in(new.ids, value_set=old.ids)
    here = pc.is_valid(at)
    now, was = new.models.filter(here), old.models.take(at.filter(here))
    described = {c.name: c for c in (*old.columns, *new.columns) if c.name not in _DERIVED}
    return [_column(was, now, column) for column in described.values()]


def _column(was: pa.Table, now: pa.Table, column: Column) -> pa.Table:
    one, other = _values(was, column), _values(now, column)
    if one.type != other.type:
        one, other = one.cast(pa.string()), other.cast(pa.string())
    at = np.flatnonzero(_differ(one, other))
    return _rows(
        change="changed",
        model_id=now["model_id"].take(at),
        reason=_OF_COLUMN.get(column.name, "metadata" if column.name in _OWN else "parameters"),
        what=column.name,
        old=one.take(at),
        new=other.take(at),
        unit=column.unit,
    )


def _values(table: pa.Table, column: Column) -> pa.Array:
    """Values to compare: lists as one text, NaN as none."""
    if column.name not in table.column_names:
        return pa.nulls(len(table), pa.string())
    values = table[column.name].combine_chunks()
    if pa.types.is_list(values.type):
        return pc.binary_join(values.cast(pa.list_(pa.string())), ", ")
    if pa.types.is_integer(values.type):
        return values.cast(pa.int64())
    if pa.types.is_floating(values.type):
        return pc.if_else(pc.is_nan(values), None, values).cast(pa.float64())
    return values


def _differ(one: pa.Array, other: pa.Array) -> np.ndarray:
    told = pc.xor(pc.is_null(one), pc.is_null(other))
    unequal = pc.or_(told, pc.fill_null(pc.not_equal(one, other), False))
    return np.asarray(unequal.to_numpy(zero_copy_only=False))


def _files(old: Snapshot, new: Snapshot) -> pa.Table:
    """Files that came, went, moved, or have other bytes, of models that both have."""
    keys = ["model_id", "kind"]
    both = pc.is_in(new.ids, old.ids)
    common = new.ids.filter(both)
    was, now = (s.files.filter(pc.is_in(s.files["model_id"], common)) for s in (old, new))
    joined = now.join(was, keys, join_type="full outer", right_suffix="_old")
    content = _rows(
        change="changed",
        model_id=joined["model_id"],
        reason="files",
        what=pc.coalesce(joined["path"], joined["path_old"]),
        old=joined["sha256_old"],
        new=joined["sha256"],
    ).filter(_other_bytes(joined))
    moved = _rows(
        change="changed",
        model_id=joined["model_id"],
        reason="moved",
        what=joined["kind"],
        old=_place(joined, "_old"),
        new=_place(joined, ""),
    )
    told = pc.fill_null(pc.not_equal(_place(joined, ""), _place(joined, "_old")), False)
    return pa.concat_tables([content, moved.filter(told)])


def _other_bytes(joined: pa.Table) -> pa.ChunkedArray:
    """Where the checksum differs; where one is not known, the size or the presence."""
    checks = [
        pc.fill_null(pc.not_equal(joined[name], joined[f"{name}_old"]), False)
        for name in ("sha256", "bytes")
    ]
    lone = pc.xor(pc.is_null(joined["path"]), pc.is_null(joined["path_old"]))
    return reduce(pc.or_, [*checks, lone])


def _place(joined: pa.Table, suffix: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(joined[f"collection{suffix}"], joined[f"path{suffix}"], "/")
