"""The pages of problems and of downloads, and the way home."""

import pytest

from portal import registry
from portal.exporters.base import published
from portal.model.schema import TABLES
from portal.pages.base import Source
from tests.portal.catalogs import file_row, model_row, written


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    def made(name, **rows):
        folder = tmp_path_factory.mktemp("single")
        catalog = written({table: rows.get(table, []) for table in TABLES}, folder)
        (page,) = registry.members("portal.pages", "PAGE")[name].pages(Source(catalog))
        return page.contents().context

    return made


def problem(number, **values):
    told = {"path": f"f{number}.h5", "collection": "winds", "severity": "error", "code": "empty"}
    return told | {"what": "empty file"} | values


def rows_in(context):
    return [kind | row for kind in context["kinds"] for row in kind["rows"]]


def test_problems_are_counted_and_cut_off(page_of):
    rows = [problem(n) for n in range(1203)] + [problem(0, severity="warning", code="odd")]
    context = page_of("problems", problems=rows)
    assert len(rows_in(context)) == 1000
    assert context["left_out"] == "204"
    assert context["total"] == "1\u202f204"
    assert [(c["severity"], c["code"], c["number"]) for c in context["kinds"]] == [
        ("error", "empty", "1\u202f203"),
        ("warning", "odd", "1"),
    ]


def test_errors_come_first_and_repeats_are_one(page_of):
    odd = [problem(1, severity="warning", code="odd", what=f"part {n}") for n in range(5)]
    wrong = [problem(2), problem(3), problem(3, code="b")]
    rows = rows_in(page_of("problems", problems=[*odd, *wrong]))
    told = [(r["severity"], r["path"], r["code"], r["repeats"]) for r in rows]
    assert told == [
        ("error", "f2.h5", "empty", None),
        ("error", "f3.h5", "empty", None),
        ("error", "f3.h5", "b", None),
        ("warning", "f1.h5", "odd", "5"),
    ]
    assert rows[-1]["what"] == "part 0"


def test_many_warnings_hide_no_error(page_of):
    odd = [problem(n, severity="warning", code="odd") for n in range(1100)]
    context = page_of("problems", problems=[*odd, problem(5000), problem(5000)])
    assert [rows_in(context)[0][key] for key in ("severity", "repeats")] == ["error", "2"]
    assert len(rows_in(context)) == 1000
    assert context["left_out"] == "101"


def test_long_texts_are_shortened(page_of):
    context = page_of("problems", problems=[problem(1, seen="x" * 10_000)])
    assert len(rows_in(context)[0]["seen"]) == 241


def test_no_problems(page_of):
    assert page_of("problems")["kinds"] == []


def test_every_table_column_and_export_is_listed(page_of):
    context = page_of("downloads", models=[model_row("a")], files=[file_row("a")])
    assert [t["name"] for t in context["tables"]] == list(TABLES)
    for table in context["tables"]:
        names = {c["name"] for c in table["columns"]}
        assert names >= {c.name for c in TABLES[table["name"]]}
    assert {e["filename"] for e in context["exports"]} == {e.filename for e in published()}


def test_home_names_the_collection(page_of):
    (told,) = page_of("home")["collections"]
    assert told == {
        "title": "Winds of evolved stars",
        "version": "1.0",
        "about": "Synthetic line observations of example winds.",
    }


def test_home_counts(page_of):
    files = [file_row("a", bytes=1_500_000), file_row("b", bytes=500_000)]
    context = page_of("home", models=[model_row("a"), model_row("b")], files=files)
    assert [(n["value"], n["name"]) for n in context["numbers"]] == [
        ("2", "models"),
        ("0", "observations"),
        ("0", "spectral lines"),
        ("2 MB", "of HDF5 files"),
    ]
    assert context["portrait"] is None
