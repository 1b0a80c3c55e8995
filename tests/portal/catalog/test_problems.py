"""Problems: sorted through files on disk, a few of each kind."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.catalog import problems as module
from portal.catalog.problems import Spool, Telling, problem_table
from portal.model.record import Problem
from portal.model.telling import MOST_TOLD

WORDS = st.text("abü/", max_size=3)
ROWS = st.lists(
    st.builds(lambda path, code, what, name: (name, Problem(path, code, what)), *[WORDS] * 4),
    max_size=40,
)


@given(parts=st.lists(ROWS, max_size=4), bucket=st.integers(1, 9))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_spool_is_one_sorted_table(tmp_path_factory, monkeypatch, parts, bucket):
    monkeypatch.setattr(module, "_BUCKET", bucket)
    spool = Spool(tmp_path_factory.mktemp("spool") / "problems")
    for part in parts:
        spool.add(problem_table(part))
    found = [row for table in spool.sorted() for row in table.to_pylist()]
    expected = problem_table([one for part in parts for one in part]).to_pylist()
    order = ("path", "collection", "code", "what", "seen")
    assert found == sorted(expected, key=lambda row: tuple(row[name] for name in order))


def test_a_bucket_holds_no_more_than_it_should(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_BUCKET", 100)
    spool = Spool(tmp_path / "problems")
    for number in range(20):
        spool.add(problem_table([("c", Problem(f"{i:03d}", "x", str(number))) for i in range(50)]))
    sizes = [table.num_rows for table in spool.sorted()]
    assert sum(sizes) == 1000
    assert max(sizes) <= 120  # the problems of one path stay together


@pytest.mark.parametrize("count", [0, 1, MOST_TOLD, MOST_TOLD + 1, 5000])
def test_few_are_told_and_the_rest_is_counted(count):
    telling = Telling()
    telling.add(("c", Problem("a.h5", "x", str(i), "s", "e", "w")) for i in range(count))
    telling.add([("c", Problem("b.h5", "x", "w", "s", "e", "w"))])
    rows = telling.table().to_pylist()
    mine = [row for row in rows if row["path"] == "a.h5"]
    assert len(rows) == len(mine) + 1
    assert len(mine) == min(count, MOST_TOLD + 1)
    if count > MOST_TOLD:
        assert mine[-1]["seen"] == f"{count - MOST_TOLD} more"
