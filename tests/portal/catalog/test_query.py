"""The query language: one meaning in Arrow, pandas and DuckDB, and errors that help."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
    first, second = (compile_query(one, MODEL_COLUMNS).predicate for one in (text, same))
    assert first == second


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mass_loss > 1", r"mass_loss: unknown column: expected mass_loss_rate"),
        ("mass_loss > 1", r"character 1: >>>mass_loss<<< > 1"),
        ("species == CO", r'expected the text "CO".*got CO;.*>>>CO<<<'),
        ("SPECIES == 'CO'", r"expected species, got SPECIES"),
        ("zzzzzz > 1", r"expected the name of a column, got"),
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
        ("bytes in 1", r"expected a list such as \(1, 2\) after in, got 1"),
        ("bytes in ()", r"got \)"),
        ("bytes in [1, 2)", r"expected , or \] in a list of values, got \)"),
        ("bytes[1] > 2", r"expected and, or, or the end of the query, got \["),
        ('"CO" in "SiO"', r"expected a column after in.*character 9: .*>>>\"SiO\"<<<"),
        ('"CO" not species', r"expected in after not, got species"),
        ("3 in species", r"looks for a text.*got numbers.*character 1: >>>3<<<"),
        ('"3" in bytes', r"bytes: holds no text.*expected a column of text.*>>>bytes<<<"),
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
