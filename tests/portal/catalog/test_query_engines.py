"""1,000 random queries mean the same to the browser, Arrow, pandas, DuckDB and ``portal query``."""

import json
import subprocess
import sys
from functools import cache
from random import Random

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from portal.catalog import frames, sql
from portal.catalog.query import compile_query, observation_columns, select_observations
from portal.catalog.table import Catalog
from portal.commands.query import COMMAND as QUERY
from tests.portal.catalog.query_browser import NODE, ask
from tests.portal.catalog.query_cases import Maker
from tests.portal.catalog.query_tables import catalogue, rows_of

COUNT = 1000
IDS = {"models": "model_id", "observations": "obs_id"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return catalogue(tmp_path_factory.mktemp("queries"))


@pytest.fixture(scope="module")
def columns(catalog):
    own, lent = observation_columns(catalog)
    return {"models": catalog.columns("models"), "observations": (*own.values(), *lent.values())}


@pytest.fixture(scope="module")
def tables(catalog, columns):
    names = [column.name for column in columns["observations"]]
    return {
        "models": catalog.table("models"),
        "observations": select_observations(catalog, "", names),
    }


@pytest.fixture(scope="module")
def cases(columns, tables):
    """(table, case, ids of the rows for which it is true)."""
    made = []
    for name, table in tables.items():
        rows = rows_of(table)
        maker = Maker(Random(name), columns[name], rows)
        for _ in range(COUNT // 2):
            case = maker.case()
            made.append((name, case.text, [row[IDS[name]] for row in rows if case.truth(row)]))
    return made


def differences(cases, found):
    return [
        (text, sorted({*expected} ^ {*ids})[:5])
        for (_, text, expected), ids in zip(cases, found, strict=True)
        if expected != ids
    ]


def test_the_cases_are_not_empty(cases, tables):
    sizes = [len(ids) / tables[name].num_rows for name, _, ids in cases]
    assert sum(0 < size < 1 for size in sizes) > 0.6 * COUNT
    assert len(cases) == COUNT
    assert len({text for _, text, _ in cases}) > 0.9 * COUNT


def test_arrow(cases, columns, tables):
    found = [
        compile_query(text, columns[name]).filter(tables[name])[IDS[name]].to_pylist()
        for name, text, _ in cases
    ]
    assert differences(cases, found) == []


@pytest.mark.parametrize(
    ("backend", "every"), [("numpy", 1), ("numpy_nullable", 5), ("pyarrow", 5)]
)
def test_pandas(cases, columns, tables, backend, every, tmp_path):
    read = {}
    for name, table in tables.items():
        pq.write_table(table, tmp_path / name)
        types = {} if backend == "numpy" else {"dtype_backend": backend}
        read[name] = pd.read_parquet(tmp_path / name, **types)
    some = cases[::every]
    found = [
        frames.select(text, read[name], columns[name])[IDS[name]].tolist() for name, text, _ in some
    ]
    assert differences(some, found) == []


def test_duckdb(cases, columns, tables):
    found = []
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
            connection.execute(f"CREATE TABLE t_{name} AS SELECT * FROM {name}")
            wheres = [sql.where(text, columns[name]) for table, text, _ in cases if table == name]
            for start in range(0, len(wheres), 25):
                lists = [
                    f"list({IDS[name]} ORDER BY {IDS[name]}) FILTER (WHERE {where})"
                    for where in wheres[start : start + 25]
                ]
                rows = connection.execute(f"SELECT {', '.join(lists)} FROM t_{name}").fetchall()
                found += [ids or [] for ids in rows[0]]
    assert differences(cases, found) == []


def test_duckdb_on_the_files(cases, catalog):
    some, found = cases[::20], []
    models, observations = catalog.columns("models"), catalog.columns("observations")
    with duckdb.connect() as connection:
        for name, text, _ in some:
            own = observations if name == "observations" else None
            where = {"columns": [IDS[name]], "folder": f"{catalog.root.as_posix()}/"}
            select = sql.statement(text, models, own, **where)
            found.append(sorted(row[0] for row in connection.execute(select).fetchall()))
    assert differences(some, found) == []


@pytest.mark.skipif(not NODE, reason="needs Node.js")
def test_the_browser(cases, catalog, columns, tables):
    answers = ask(catalog, [(name, text) for name, text, _ in cases])
    assert [answer["error"] for answer in answers if "error" in answer] == []
    ids = {name: table[IDS[name]].to_pylist() for name, table in tables.items()}
    found = [
        [ids[name][row] for row in answer["rows"]]
        for (name, _, _), answer in zip(cases, answers, strict=True)
    ]
    assert differences(cases, found) == []
    assert [answer["sql"] for answer in answers] == [
        sql.where(text, columns[name]) for name, text, _ in cases
    ]
    assert [answer["columns"] for answer in answers] == [
        sorted(compile_query(text, columns[name]).columns) for name, text, _ in cases
    ]


class Remembered:
    """A catalogue that reads each part of its files once, for a thousand commands."""

    def __init__(self, catalog):
        self._catalog = catalog
        self.columns = cache(catalog.columns)
        self._table = cache(catalog.table)

    def table(self, name, columns=None):
        return self._table(name, None if columns is None else tuple(columns))

    def __getattr__(self, name):
        return getattr(self._catalog, name)


def arguments(name, text, catalog):
    kind = ["--observations"] if name == "observations" else []
    return [*kind, "--columns", IDS[name], "--json", "--catalog", str(catalog.root), "--", text]


@pytest.mark.slow
def test_the_command(cases, catalog, monkeypatch):
    remembered = Remembered(catalog)
    monkeypatch.setattr(Catalog, "open", lambda root: remembered)
    found = []
    for name, text, _ in cases:
        done = CliRunner().invoke(QUERY, arguments(name, text, catalog), catch_exceptions=False)
        found.append([row[IDS[name]] for row in json.loads(done.stdout)])
    assert differences(cases, found) == []


def test_the_command_in_a_process_of_its_own(cases, catalog):
    some = [cases[0], cases[-1]]
    found = []
    for name, text, _ in some:
        command = [sys.executable, "-m", "portal", "query", *arguments(name, text, catalog)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append([row[IDS[name]] for row in json.loads(done.stdout)])
    assert differences(some, found) == []
