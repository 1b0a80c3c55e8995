"""What changed between two snapshots, and the hash over all files of one."""

import hashlib
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.content import digests
from portal.catalog.diff import CHANGES, Withdrawal, compare, count
from portal.catalog.merkle import root_of
from portal.catalog.snapshot import FILE_COLUMNS, Snapshot
from portal.model.schema import Column

COLUMNS = (
    Column("model_id", "string"),
    Column("title", "string"),
    Column("species", "list<string>"),
    Column("engine_version", "string"),
    Column("license", "string"),
    Column("advisories", "list<string>"),
    Column("bytes", "int64"),
    Column("mass", "float64", "kg"),
)
MODEL = {
    "title": "A wind",
    "species": ["CO"],
    "engine_version": "1",
    "license": "CC-BY-SA-4.0",
    "advisories": [],
    "bytes": 2,
    "mass": 1.5,
}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def snapshot(models, moved=(), contents=None):
    """A snapshot of models with the values of `MODEL` but for those given by their names."""
    rows = [{"model_id": name} | MODEL | values for name, values in models.items()]
    files = [
        {
            "path": f"{'new/' if name in moved else ''}{kind}s/{name}.h5",
            "collection": "winds",
            "bytes": 1,
            "sha256": sha((contents or {}).get(name, name) + kind),
            "kind": kind,
            "model_id": name,
        }
        for name in models
        for kind in ("model", "observation")
    ]
    kinds = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
    listed = pa.list_(pa.string())
    schema = pa.schema([(c.name, kinds.get(c.type, listed)) for c in COLUMNS])
    of_files = pa.schema([(c.name, kinds[c.type]) for c in FILE_COLUMNS])
    return Snapshot(
        "s",
        pa.Table.from_pylist(rows, schema=schema),
        pa.Table.from_pylist(files, schema=of_files).sort_by("path"),
        COLUMNS,
    )


def told(old, new, *names, **options):
    rows = compare(old, new, **options).to_pylist()
    return [tuple(row[name] for name in names or ("change", "model_id")) for row in rows]


def test_equal_snapshots_differ_in_nothing():
    one = snapshot({"a": {"mass": float("nan")}, "b": {"title": None}})
    assert compare(one, one).equals(CHANGES.empty_table())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"mass": 2.5}, ("parameters", "mass", "1.5", "2.5", "kg")),
        ({"mass": None}, ("parameters", "mass", "1.5", "", "kg")),
        ({"engine_version": "2"}, ("engine", "engine_version", "1", "2", "")),
        ({"license": "CC0-1.0"}, ("licence", "license", "CC-BY-SA-4.0", "CC0-1.0", "")),
        ({"advisories": ["x", "y"]}, ("advisories", "advisories", "", "x, y", "")),
        ({"title": "B"}, ("metadata", "title", "A wind", "B", "")),
        ({"species": ["CO", "SiO"]}, ("metadata", "species", "CO", "CO, SiO", "")),
    ],
)
def test_a_changed_value_is_told_with_its_reason(values, expected):
    old, new = snapshot({"a": {}, "b": {}}), snapshot({"b": values, "a": {}})
    names = ("model_id", "reason", "what", "old", "new", "unit")
    assert told(old, new, *names) == [("b", *expected)]
    assert count(compare(old, new)).reasons == {expected[0]: 1}


def test_bytes_and_paths_of_files_are_told_apart():
    old = snapshot({"a": {}, "b": {}})
    new = snapshot({"a": {}, "b": {}}, moved=["a"], contents={"b": "other"})
    names = ("model_id", "reason", "what", "old", "new")
    assert told(old, new, *names) == [
        ("a", "moved", "model", "winds/models/a.h5", "winds/new/models/a.h5"),
        ("a", "moved", "observation", "winds/observations/a.h5", "winds/new/observations/a.h5"),
        ("b", "files", "models/b.h5", sha("bmodel"), sha("othermodel")),
        ("b", "files", "observations/b.h5", sha("bobservation"), sha("otherobservation")),
    ]


def test_models_come_go_and_are_renamed():
    old = snapshot({"a": {}, "b": {}, "c": {}, "d": {}})
    new = snapshot({"a": {}, "e": {}, "f": {}}, contents={"e": "c"})
    why = {"b": Withdrawal("too coarse", "a")}
    assert told(old, new, "change", "model_id", "new", "note", withdrawn=why) == [
        ("added", "f", "", ""),
        ("renamed", "c", "e", ""),
        ("withdrawn", "b", "a", "too coarse"),
        ("withdrawn", "d", "", ""),
    ]
    assert count(compare(old, new)).kinds == {
        "added": 1,
        "changed": 0,
        "renamed": 1,
        "withdrawn": 2,
    }


def with_content(snapshot, **content):
    told = [content.get(name) for name in snapshot.ids.to_pylist()]
    return replace(snapshot, content=pa.array(told, pa.string()))


@pytest.mark.parametrize(
    ("old", "new", "renamed"),
    [
        ({"a": "x", "b": "y"}, {"b": "y", "c": "x", "d": "z"}, [("a", "c")]),
        ({"a": "x", "b": "x"}, {"b": "x", "c": "x"}, []),
        ({"a": "x", "b": "y"}, {"b": "y", "c": "x", "d": "x"}, []),
        ({"a": None, "b": "y"}, {"b": "y", "c": None}, []),
    ],
)
def test_a_new_name_is_told_by_a_content_that_only_one_model_has(old, new, renamed):
    one, other = (with_content(snapshot({n: {} for n in s}), **s) for s in (old, new))
    rows = compare(one, other).to_pylist()
    assert [(r["model_id"], r["new"]) for r in rows if r["change"] == "renamed"] == renamed
    assert not any(
        r["change"] == "renamed" for r in compare(replace(one, content=None), other).to_pylist()
    )


def test_the_content_of_a_model_is_its_parameters_and_spectra_without_its_name():
    models = pa.table({"model_id": ["a", "b", "c"], "code": ["x"] * 3, "mass": [1.5] * 3})
    rows = [
        {"model_id": name, "line": line, "peak_flux_density": peak, "integrated_flux": 1.0}
        for name, line, peak in (
            ("a", "CO 2-1", 1.0),
            ("a", "CO 3-2", 2.0),
            ("b", "CO 3-2", 2.0),
            ("b", "CO 2-1", 1.0),
            ("c", "CO 2-1", 1.0),
            ("c", "CO 3-2", 2.0000000000000004),
        )
    ]
    seen = pa.Table.from_pylist(rows)
    a, b, c = digests(models, seen).to_pylist()
    assert a == b != c
    heavier = models.set_column(2, "mass", pa.array([1.5, 1.5000000000000002, None]))
    assert len(set(digests(heavier, seen).to_pylist())) == 3
    rows[0]["peak_flux_density"] = None
    told = digests(models, pa.Table.from_pylist([row for row in rows if row["model_id"] != "c"]))
    assert told.to_pylist() == [None, b, None]


def test_copies_of_one_model_are_not_taken_for_its_new_name():
    old = snapshot({"a": {}})
    new = snapshot({"b": {}, "c": {}}, contents={"b": "a", "c": "a"})
    assert told(old, new) == [("added", "b"), ("added", "c"), ("withdrawn", "a")]


def test_a_new_parameter_and_a_lost_file_are_changes():
    old, new = snapshot({"a": {}, "b": {}}), snapshot({"a": {}, "b": {}})
    column = Column("spin", "int64")
    wider = new.models.append_column("spin", pa.array([7, None]))
    fewer = new.files.filter(pa.compute.not_equal(new.files["path"], "models/b.h5"))
    new = Snapshot("new", wider, fewer, (*COLUMNS, column))
    assert told(old, new, "model_id", "reason", "what", "new") == [
        ("a", "parameters", "spin", "7"),
        ("b", "files", "models/b.h5", ""),
    ]


def naive(leaves):
    """The definition of RFC 6962, section 2.1, word by word."""
    if len(leaves) < 2:
        return hashlib.sha256(b"".join(b"\0" + leaf for leaf in leaves)).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + naive(leaves[:k]) + naive(leaves[k:])).digest()


@given(st.lists(st.tuples(st.text("ab/é", max_size=4), st.integers(0, 9)), max_size=40))
def test_the_root_is_that_of_the_standard(rows):
    files = {
        "collection": ["winds"] * len(rows),
        "path": [path for path, _ in rows],
        "bytes": [size for _, size in rows],
        "sha256": [sha(path) for path, _ in rows],
    }
    leaves = [f"winds\t{path}\t{size}\t{sha(path)}".encode() for path, size in rows]
    assert root_of(pa.table(files)) == naive(leaves).hex()
