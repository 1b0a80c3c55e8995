"""Records of files survive the way through Arrow, whatever files say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalog.records import RECORDS, ReadFile, decode, encode
from portal.model.record import FileRecord, Parameter, Problem

ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.lists(st.integers(), max_size=3),
    st.lists(st.text(max_size=3), max_size=3),
)
ROWS = st.fixed_dictionaries({"model_id": st.just("m")}, optional={"title": ANY, "n_points": ANY})
OBSERVED = st.fixed_dictionaries(
    {"obs_id": ANY}, optional={"em_min": ANY, "spectrum_shape": ANY, "unheard_of": ANY}
)


@given(rows=st.lists(st.tuples(ROWS, st.lists(OBSERVED, max_size=2)), max_size=4))
@settings(deadline=None)
def test_no_record_is_lost_whatever_a_reader_gives(rows):
    files = [
        ReadFile("c", f"{i}.h5", 1, 2, None, FileRecord("model", "f", row, (), tuple(observed)))
        for i, (row, observed) in enumerate(rows)
    ]
    table = decode(encode(files))
    assert table.schema == RECORDS
    assert table.column("path").to_pylist() == [f.path for f in files]
    for row in table.to_pylist():
        refused = [p["code"] for p in row["problems"]] == ["reader-failed"]
        assert refused == (row["kind"] == "other")


def test_values_come_back():
    record = FileRecord(
        "model",
        "f",
        {"model_id": "m", "species": ["CO"], "n_points": 3},
        (Parameter("a", 1.5, "K", "d"), Parameter("b", "x"), Parameter("c", True)),
        ({"model_id": "m", "obs_id": "m/1", "em_min": 1e-3, "spectrum_shape": [3]},),
        (Problem("p.h5", "code", "what", severity="warning"),),
    )
    (row,) = decode(encode([ReadFile("c", "p.h5", 7, 8, "ab", record, True)])).to_pylist()
    assert (row["bytes"], row["mtime_ns"], row["sha256"], row["retry"]) == (7, 8, "ab", True)
    assert (row["model_id"], row["species"], row["n_points"]) == ("m", ["CO"], 3)
    given = [(p["name"], p["kind"], p["number"], p["text"]) for p in row["parameters"]]
    assert given == [("a", "float", 1.5, None), ("b", "text", None, "x"), ("c", "bool", 1.0, None)]
    assert row["observations"][0]["spectrum_shape"] == [3]
    assert row["n_observations"] == 1
    assert row["problems"][0]["severity"] == "warning"


@pytest.mark.parametrize("text", ["\udcff", "x" * 10_000_000])
def test_text_that_cannot_be_stored_as_it_is(text):
    problem = Problem("a.h5", "code", "what", seen=text)
    (row,) = decode(
        encode([ReadFile("c", "a.h5", 1, 1, None, FileRecord("other", "x", problems=(problem,)))])
    ).to_pylist()
    seen = row["problems"][0]["seen"]
    assert seen == "\\udcff" or (len(seen) < 1100 and seen.endswith("..."))


def test_only_the_columns_asked_for_are_unpacked():
    data = encode([ReadFile("c", "a.h5", 1, 1, None, FileRecord("other", "x"))])
    assert decode(data, ["path", "collection"]).column_names == ["path", "collection"]
