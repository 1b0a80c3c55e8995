"""Each planted defect of a catalogue is found, and a sound one has none."""

import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from portal.catalog.audit import audit_files, audit_tables, stored_paths
from portal.catalog.table import Catalog


@pytest.fixture
def root(example_catalog, tmp_path):
    return shutil.copytree(example_catalog, tmp_path / "catalog")


def change(root, name, edit):
    """Rewrite a table as `edit` makes it, as if the same scan had written it."""
    path = root / f"{name}.parquet"
    metadata = {**pq.read_metadata(path).metadata}
    table = edit(pq.read_table(path))
    merged = {**metadata, **(table.schema.metadata or {})}
    merged.pop(b"ARROW:schema", None)
    pq.write_table(table.replace_schema_metadata(merged), path)


def put(column, values):
    """An edit that replaces the values of a column."""

    def edit(table):
        number = table.column_names.index(column)
        field = table.schema.field(column)
        old = table[column].to_pylist()
        new = pa.array([values(i, value) for i, value in enumerate(old)], field.type)
        return table.set_column(number, field, new)

    return edit


def described(column, **changes):
    """An edit that changes the metadata of a column."""

    def edit(table):
        number = table.column_names.index(column)
        field = table.schema.field(column)
        said = {**field.metadata, **{k.encode(): v.encode() for k, v in changes.items()}}
        return table.set_column(number, field.with_metadata(said), table[column])

    return edit


def found(root):
    return [(p.path, p.code, p.what) for p in audit_tables(Catalog.open(root))]


def test_a_sound_catalogue_has_no_problems(root):
    assert found(root) == []


@pytest.mark.parametrize(
    ("table", "edit", "code", "what"),
    [
        ("models", described("mass_loss_rate", unit="kg/s"), "wrong-column", "unit of mass"),
        ("files", described("bytes", ucd="parrot"), "wrong-column", "ucd of bytes"),
        ("files", described("bytes", required="false"), "wrong-column", "required of bytes"),
        ("files", lambda t: t.drop_columns(["mtime_ns"]), "missing-column", "is missing"),
        (
            "files",
            lambda t: t.append_column("parrot", pa.array([1] * len(t))),
            "unknown-column",
            "not of the schema",
        ),
        ("models", put("license", lambda i, v: None if i else v), "missing-value", "3 rows lack"),
        (
            "models",
            put("mass_loss_rate", lambda i, v: v if i else float("nan")),
            "not-a-number",
            "1 rows have no number in mass_loss_rate",
        ),
        ("models", put("n_observations", lambda i, v: v + 1), "inconsistent", "4 rows: n_obs"),
        ("models", put("bytes", lambda i, v: v + (i == 2)), "inconsistent", "1 rows: bytes"),
        ("models", put("model_path", lambda i, v: "x"), "inconsistent", "model_path is not in"),
        ("observations", put("path", lambda i, v: f"x{v}"), "inconsistent", "path is not in files"),
        (
            "observations",
            put("spectrum_offset", lambda i, v: v + 10**9),
            "inconsistent",
            "24 rows: spectrum lies outside",
        ),
        (
            "observations",
            put("moment0_offset", lambda i, v: -1 if i == 0 else v),
            "inconsistent",
            "1 rows: moment0 lies outside",
        ),
        (
            "observations",
            put("velocity_dtype", lambda i, v: "<f4"),
            "inconsistent",
            "24 rows: velocity has another length",
        ),
        (
            "observations",
            put("velocity_dtype", lambda i, v: "parrot"),
            "inconsistent",
            "24 rows: velocity has another length",
        ),
    ],
)
def test_each_defect_is_found(root, table, edit, code, what):
    change(root, table, edit)
    problems = [problem for problem in found(root) if problem[1] != "bad-twin"]
    assert any(p[0] == f"{table}.parquet" and p[1] == code and what in p[2] for p in problems)


def test_a_parameter_of_its_own_is_no_problem(root):
    own = pa.field("parrots", pa.float64(), metadata={"unit": "", "description": "Number."})
    change(root, "models", lambda t: t.append_column(own, pa.array([1.0, 2.0, 3.0, 4.0])))
    assert {code for _, code, _ in found(root)} <= {"bad-twin"}


def test_keys_that_stand_twice_or_lead_nowhere(root):
    change(root, "models", put("model_id", lambda i, v: "test-000"))
    whats = {what for _, code, what in found(root) if code == "inconsistent"}
    assert "3 rows: model_id stands twice" in whats
    assert "18 rows: model_id is not in models" in whats


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda lines: lines[:-1], "rows differ"),
        (lambda lines: [lines[0].replace('"path"', '"parrot"'), *lines[1:]], "columns differ"),
        (lambda lines: [*lines, '"', ""], "cannot be read"),
    ],
)
def test_a_twin_that_differs(root, spoil, what):
    twin = root / "files.csv"
    twin.write_text("\n".join(spoil(twin.read_text().splitlines())) + "\n")
    ((path, code, said),) = found(root)
    assert (path, code) == ("files.csv", "bad-twin")
    assert what in said


def test_a_twin_that_is_missing(root):
    (root / "models.csv").unlink()
    assert [code for _, code, _ in found(root)] == ["bad-twin"]


def test_a_twin_with_line_breaks_in_values(root):
    def edit(table):
        return put("title", lambda i, v: "one\ntwo")(table)

    change(root, "models", edit)
    twin = root / "models.csv"
    lines = twin.read_text().replace('"Test wind ', '"one\ntwo ')
    twin.write_text(lines)
    assert found(root) == []


def test_files_missing_or_of_another_size_are_listed_one_each(root, example_store, tmp_path):
    store = shutil.copytree(example_store, tmp_path / "store")
    catalog = Catalog.open(root)
    assert list(audit_files(catalog, {"": store})) == []
    (store / "models" / "test-000.h5").unlink()
    with (store / "models" / "test-001.h5").open("ab") as file:
        file.write(b"x")
    problems = list(audit_files(catalog, {"": store}))
    assert [(p.path, p.code) for p in problems] == [
        ("models/test-000.h5", "missing-file"),
        ("models/test-001.h5", "wrong-size"),
    ]
    size = (example_store / "models" / "test-001.h5").stat().st_size
    assert (problems[1].seen, problems[1].expected) == (f"{size + 1} bytes", f"{size} bytes")


def test_paths_of_the_store(root, example_store):
    expected = {p.relative_to(example_store).as_posix() for p in example_store.rglob("*.h5")}
    opened = Catalog.open(root)
    assert stored_paths(opened, "") == {f"data/{path}" for path in expected}
    elsewhere = replace(opened.collections[0], data_url="https://data.example.org/x/")
    moved = replace(opened, collections=(elsewhere,))
    assert stored_paths(moved, "") == frozenset()
    assert stored_paths(moved, "https://data.example.org/") == {f"x/{path}" for path in expected}
    assert pc.count_distinct(Catalog.open(root).table("files")["path"]).as_py() == len(expected)
