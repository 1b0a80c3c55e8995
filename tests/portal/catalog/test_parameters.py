"""Parameters become columns of one type and one unit, whatever the files say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.parameters import Survey, column_values, flatten
from portal.catalog.records import ReadFile, decode, encode
from portal.model.record import FileRecord, Parameter
from portal.model.schema import Column

VALUES = st.one_of(st.floats(), st.integers(-(2**70), 2**70), st.booleans(), st.text(max_size=5))
NAMES = st.sampled_from(["a", "A", "mass_loss_rate", "title", "b c", "", "é", "spin"])
UNITS = st.sampled_from(["", "K", "km/s", "solMass/yr", "g/s", "nonsense"])
PARAMETERS = st.lists(st.builds(Parameter, NAMES, VALUES, UNITS, st.just("")), max_size=6)


def found(*files):
    """Findings of files with these parameters."""
    read = [
        ReadFile("c", f"{i}.h5", 1, 1, None, FileRecord("model", "f", {"model_id": "m"}, tuple(p)))
        for i, p in enumerate(files)
    ]
    return flatten(decode(encode(read)))


def columns(findings):
    survey = Survey()
    survey.add(findings)
    return {c.name: c for c in survey.columns()}


@settings(deadline=None)
@given(st.lists(PARAMETERS, max_size=5))
def test_every_value_is_in_its_column_or_refused(files):
    findings = found(*files)
    for name, column in columns(findings).items():
        values, refused = column_values(findings, column)
        assert len(values) == len(files)
        entries = int(np.sum([p.name == name for f in files for p in f]))
        files_with = sum(any(p.name == name for p in f) for f in files)
        assert len(values) - values.null_count <= files_with
        assert len(refused) <= entries
        if entries == files_with:  # no name twice in a file
            assert len(values) - values.null_count + len(refused) == entries


@settings(deadline=None)
@given(st.lists(PARAMETERS, max_size=5), st.randoms())
def test_the_order_of_files_decides_nothing(files, random):
    shuffled = random.sample(files, len(files))
    assert columns(found(*files)) == columns(found(*shuffled))


@settings(deadline=None)
@given(st.lists(PARAMETERS, max_size=5))
def test_names_of_columns_are_safe(files):
    names = list(columns(found(*files)))
    assert set(names) <= {"a", "A", "mass_loss_rate", "spin"}
    assert len({n.casefold() for n in names}) == len(names)


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ([1, 2], "int64"),
        ([1, 2.5], "float64"),
        ([True, False], "bool"),
        (["x", "y", 1], "string"),
        (["x", 1, 2.0], "float64"),
        (["x", 1], "int64"),
    ],
)
def test_the_type_is_that_of_most_values(values, type_):
    findings = found(*([Parameter("spin", v)] for v in values))
    assert columns(findings)["spin"].type == type_


def test_values_are_converted():
    findings = found([Parameter("v", 1500.0, "m/s")], [], [Parameter("v", 2, "km/s")])
    values, refused = column_values(findings, Column("v", "float64", "km/s"))
    assert values.to_pylist() == [1.5, None, 2.0]
    assert refused == []


@pytest.mark.parametrize(
    ("parameter", "code", "seen"),
    [
        (Parameter("v", 1.5, "kg"), "wrong-unit", "1.5 kg"),
        (Parameter("v", 1.5, "blorp"), "unknown-unit", "1.5 blorp"),
        (Parameter("v", float("inf"), "km/s"), "not-finite", "inf km/s"),
        (Parameter("v", "fast", ""), "parameter-type", "text 'fast'"),
        (Parameter("v", True, ""), "parameter-type", "bool 1"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_value(parameter, code, seen):
    values, (refused,) = column_values(found([parameter]), Column("v", "float64", "km/s"))
    assert values.to_pylist() == [None]
    assert (refused.code, refused.seen) == (code, seen)


def test_known_parameters_come_first_and_in_the_order_of_the_schema():
    names = ["zeta", "time", "alpha", "mass_loss_rate"]
    assert list(columns(found([Parameter(n, 1.0) for n in names]))) == [
        "mass_loss_rate",
        "time",
        "alpha",
        "zeta",
    ]
