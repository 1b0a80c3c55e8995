"""The query language: one meaning in Arrow, pandas and DuckDB, and errors that help."""

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.catalog.arrow import arrow_schema
from portal.catalog.query import compile_query
from portal.errors import QueryError
from portal.model.schema import MODELS, PARAMETERS, Column

COLUMNS = (
    Column("id", "int64", required=True),
    Column("rate", "float64", "solMass/yr"),
    Column("speed", "float64", "km/s"),
    Column("number", "int32"),
    Column("flag", "bool"),
    Column("name", "string"),
    Column("odd name", "string"),
    Column("species", "list<string>"),
)
NUMBERS = st.sampled_from([-2.5, -1.0, 0.0, 1e-6, 1.0, 2.0, 1e5])
TEXTS = st.sampled_from(["CO", "SiO", "C.", "CO|SiO", "", 'q"uote', "sla\\sh", "it's", "ümlaut"])
SPECIES = st.sampled_from(["CO", "SiO", "HCN", "C", "H2O"])
PANDAS = {
    "rate": "Float64",
    "speed": "Float64",
    "number": "Int64",
    "flag": "boolean",
    "name": "string",
    "odd name": "string",
}


@st.composite
def tables(draw) -> pa.Table:
    rows = draw(st.integers(0, 12))

    def column(values):
        return draw(st.lists(st.none() | values, min_size=rows, max_size=rows))

    return pa.table(
        {
            "id": list(range(rows)),
            "rate": column(NUMBERS),
            "speed": column(NUMBERS),
            "number": column(st.integers(-2, 4)),
            "flag": column(st.booleans()),
            "name": column(TEXTS),
            "odd name": column(TEXTS),
            "species": column(st.lists(SPECIES, max_size=3, unique=True)),
        },
        schema=arrow_schema(COLUMNS),
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _sql(value) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _name(column: str) -> str:
    return f"`{column}`" if " " in column else column


OPERATORS = {
    "<": lambda s, v: s < v,
    "<=": lambda s, v: s <= v,
    "==": lambda s, v: s == v,
    "!=": lambda s, v: s != v,
    ">=": lambda s, v: s >= v,
    ">": lambda s, v: s > v,
}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def known(frame, column, mask) -> pd.Series:
    """`mask` as a truth value that is missing where the column is."""
    return pd.Series(mask, index=frame.index, dtype="boolean").mask(frame[column].isna())


@st.composite
def comparisons(draw):
    column = draw(st.sampled_from(["rate", "speed", "number", "name", "odd name"]))
    value = draw(TEXTS if "name" in column else NUMBERS)
    operator = draw(st.sampled_from(sorted(OPERATORS)))
    literal = _quoted(value) if isinstance(value, str) else repr(value)
    text = f"{_name(column)} {operator} {literal}"
    if draw(st.booleans()):
        text = f"{literal} {MIRRORED[operator]} {_name(column)}"
    return (
        text,
        lambda frame: OPERATORS[operator](frame[column], value).astype("boolean"),
        f'"{column}" {operator} {_sql(value)}',
    )


@st.composite
def ranges(draw):
    low, high = draw(NUMBERS), draw(NUMBERS)
    return (
        f"{low} < rate <= {high}",
        lambda frame: (frame["rate"] > low) & (frame["rate"] <= high),
        f"(rate > {low} AND rate <= {high})",
    )


@st.composite
def memberships(draw):
    column = draw(st.sampled_from(["rate", "number", "name"]))
    values = draw(st.lists(TEXTS if column == "name" else NUMBERS, min_size=1, max_size=3))
    negated = draw(st.booleans())
    listed = ", ".join(_quoted(v) if isinstance(v, str) else repr(v) for v in values)
    word = "not in" if negated else "in"
    return (
        f"{column} {word} ({listed})",
        lambda frame: known(frame, column, frame[column].isin(values).astype(bool) ^ negated),
        f"{column} {word.upper()} ({', '.join(map(_sql, values))})",
    )


@st.composite
def contained(draw):
    values = draw(st.lists(SPECIES, min_size=1, max_size=2))
    single = len(values) == 1 and draw(st.booleans())
    listed = ", ".join(map(_quoted, values))
    return (
        f"species == {listed}" if single else f"species in ({listed})",
        lambda frame: known(
            frame,
            "species",
            [s is not None and bool(set(s) & set(values)) for s in frame["species"]],
        ),
        f"list_has_any(species, [{', '.join(map(_sql, values))}])",
    )


def leaves():
    flag = st.just(("flag", lambda frame: frame["flag"], "flag"))
    null = st.just(
        ("name is null", lambda frame: frame["name"].isna().astype("boolean"), "name IS NULL")
    )
    return st.one_of(comparisons(), ranges(), memberships(), contained(), flag, null)


def _joined(parts):
    (left, right), word = parts
    mark = (lambda a, b: a & b) if word == "and" else (lambda a, b: a | b)
    return (
        f"({left[0]}) {word} ({right[0]})",
        lambda frame: mark(left[1](frame), right[1](frame)),
        f"({left[2]}) {word} ({right[2]})",
    )


def _negated(inner):
    return f"not ({inner[0]})", lambda frame: ~inner[1](frame), f"NOT ({inner[2]})"


def trees():
    def extend(inner):
        both = st.tuples(st.tuples(inner, inner), st.sampled_from(["and", "or"]))
        return both.map(_joined) | inner.map(_negated)

    return st.recursive(leaves(), extend, max_leaves=6)


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        yield connection


@settings(max_examples=250, deadline=None)
@given(table=tables(), tree=trees())
def test_arrow_pandas_and_duckdb_select_the_same_rows(database, table, tree):
    text, mask, sql = tree
    frame = table.to_pandas().astype(PANDAS)
    expected = frame[mask(frame).fillna(False).astype(bool)]["id"].tolist()
    assert compile_query(text, COLUMNS).filter(table)["id"].to_pylist() == expected
    database.register("rows", table)
    found = database.execute(f"SELECT id FROM rows WHERE {sql} ORDER BY id").fetchall()
    assert [row[0] for row in found] == expected


PIECES = [*"ab<>=!()\"\\'`,.+-*/19 \n", "not ", " in ", "speed", " km/s", "1e9", " and ", "rate < "]


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
@example("9" * 5000 + " < rate")
@example("number in (" + "9" * 30 + ")")
@example("speed > 1 km/s/s/s/s")
@example("`rate")
def test_any_text_compiles_or_its_place_is_marked(text):
    try:
        compile_query(text, COLUMNS)
    except QueryError as error:
        said = all((error.seen, error.expected, error.way_out))
        if not said or not error.where.startswith("character "):
            raise


MODEL_COLUMNS = (*MODELS, *PARAMETERS)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("terminal_velocity > 10000 m/s", "terminal_velocity > 10"),
        ("terminal_velocity > 10 km s-1", "terminal_velocity > 10 km.s-1"),
        ("stellar_radius < 149597870.7 km", "stellar_radius < 1"),
        ("bytes >= 2 MB", "bytes >= 2000000.0"),
        ("1e-7 solMass/yr < mass_loss_rate", "mass_loss_rate > 1e-7"),
        ("morphology == 'disk'", 'morphology == "disk"'),
    ],
)
def test_two_ways_of_saying_the_same(text, same):
    expressions = [str(compile_query(t, MODEL_COLUMNS).expression) for t in (text, same)]
    assert expressions[0] == expressions[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mass_loss > 1", r"mass_loss: unknown column: expected mass_loss_rate"),
        ("mass_loss > 1", r"character 1: >>>mass_loss<<< > 1"),
        ("species == CO", r'"CO".*>>>CO<<<'),
        ("model_id > 3", r"expected text, got numbers.*>>>3<<<"),
        ('n_points > "3"', r'expected numbers, got text.*>>>"3"<<<'),
        ("mass_loss_rate > -3 km", r"got 'km'.*character 18: .*>>>-3 km<<<"),
        ("n_points > 3 km", r"a number without a unit"),
        ("mass_loss_rate > 3 parrots", r"unknown unit.*got 'parrots'"),
        ('species > "a"', r"species: has no order"),
        ("1 < 2", r"has no column.*>>>1 < 2<<<"),
        ("terminal_velocity", r"cannot stand alone.*terminal_velocity > 1 km/s"),
        ("terminal_velocity < stellar_radius", r"got 'au'"),
        ("n_points < species", r"got a column of lists of text"),
        ("bytes = 1", r"write == .*character 7: bytes >>>=<<< 1"),
        ("bytes > 1 && bytes < 2", r"write and"),
        ("(bytes > 1", r"got the end of the query"),
        ("bytes > 1)", r"expected and, or, .*got \)"),
        ("bytes in 1", r"expected \( and a list"),
        ("bytes in ()", r"got \)"),
        ("bytes in [1, 2]", r"got '\['; write a list as in \(1, 2\), and a range as 1 <= "),
        ("bytes not 3", r"expected in after not, got 3"),
        ("bytes is 3", r"expected null after is"),
        ("bytes > -title", r"expected a number, got title"),
        ('title == "open', r"close the text"),
        ("not " * 101 + "bytes > 1", r"at most 100 levels"),
    ],
)
def test_errors_name_what_was_seen_and_where(text, message):
    with pytest.raises(QueryError, match=message) as caught:
        compile_query(text, MODEL_COLUMNS)
    error = caught.value
    assert error.seen
    assert error.expected
    assert error.way_out


def test_many_terms_do_not_nest():
    table = pa.table({"id": list(range(10))})
    text = " or ".join(f"id == {number}" for number in range(3000))
    assert compile_query(text, COLUMNS).filter(table).num_rows == 10


def test_columns_that_a_query_needs():
    query = compile_query("speed < 3 and (flag or name is null) and rate < rate", COLUMNS)
    assert query.columns == {"speed", "flag", "name", "rate"}
    assert compile_query("  ", COLUMNS).columns == frozenset()


def test_two_columns_compare_in_one_unit():
    columns = (Column("a", "float64", "km/s"), Column("b", "float64", "m/s"))
    table = pa.table({"a": [1.0, 1.0, None], "b": [1001.0, 999.0, 5.0]})
    assert compile_query("a < b", columns).filter(table)["b"].to_pylist() == [1001.0]
