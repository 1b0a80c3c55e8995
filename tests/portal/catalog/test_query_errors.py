"""A wrong query gets the same error, at the same character, in Python and in the browser."""

from random import Random

import pytest

from portal.catalog.query import compile_query, observation_columns
from portal.errors import QueryError
from tests.portal.catalog.query_browser import NODE, ask
from tests.portal.catalog.query_cases import Maker, name_of
from tests.portal.catalog.query_tables import catalogue, rows_of

COUNT = 1000
PIECES = [
    *"()[]<>=!,+-.*/^&|~#`\"'\\ \n", "\u00a0", "\u2003", "é", "\U0001f320", "µ", "1", "2e5", "1e",
    "9" * 40, " and ", " or ", " not ", " in ", " is ", " null ", " true ", "==", "!=", " km/s",
    " parsecs", " m2/s.kg/K", "terminal_velocity", "speed", "CO", "'CO'", "tags", "axes", "binary",
    "age", "m.a.ss", " cone(", "cone(1, 2, 3)", "cone(1, 91, -2 km)",
]  # fmt: skip
WHATS = (
    "unknown column", "not understood", "nested too deeply", "has no order", "unknown unit",
    "value of another type", "cannot stand alone", "holds no text", "cannot be compared",
    "has no column", "no such angle",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return catalogue(tmp_path_factory.mktemp("queries"))


def spoilt(random: Random, text: str, names: list[str]) -> str:
    """`text` with other columns in it, or with a few pieces taken out, put in, or repeated."""
    if random.random() < 0.4:
        used = [name for name in names if name in text]
        return text.replace(random.choice(used or names), random.choice(names))
    for _ in range(random.choice([1, 1, 2, 3])):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice([0, 0, 1, 2, 5]))
        piece = random.choice([*PIECES, "", text[: random.randrange(9)]])
        text = text[:start] + piece + text[end:]
    return text


def said(table, text, columns):
    """The whole message, which has the place in it."""
    try:
        compile_query(text, columns[table])
    except QueryError as error:
        return str(error)
    return None


def heard(text, answer):
    """The same from the browser, once the characters that it selects are those of the message."""
    if "error" not in answer:
        return None
    # JavaScript counts the halves of characters beyond U+FFFF.
    units = text.encode("utf-16-le")
    start, end = (len(units[: 2 * answer[key]].decode("utf-16-le")) for key in ("start", "end"))
    place = f">>>{text[start:end]}<<<{text[end : end + 40]}]"
    assert f"[character {start + 1}: " in answer["error"]
    assert answer["error"].endswith(place)
    return answer["error"]


@pytest.mark.skipif(not NODE, reason="needs Node.js")
def test_both_languages_say_the_same_of_wrong_queries(catalog):
    random = Random(4)
    own, lent = observation_columns(catalog)
    columns = {"models": catalog.columns("models"), "observations": (*own.values(), *lent.values())}
    rows = rows_of(catalog.table("models"))
    maker = Maker(random, columns["models"], rows)
    names = [name_of(column.name) for column in maker.columns]
    queries = [
        (random.choice(["models", "observations"]), spoilt(random, maker.case(2).text, names))
        for _ in range(COUNT)
    ]
    queries += [("models", text) for text in ("1 < 2", '"a" in ratio', "ratio", "x" * 300 + " < 1")]
    queries += [("models", text) for text in ("tags == CO", "TAGS == 'x'", "zzzz > 1")]
    queries += [("models", piece * 101 + "steps > 1") for piece in ("not ", "(", "-")]
    cones = ("1", "1, 2", "1, 2,", "1, 2, 3", "1, 91, 3", "1, 2, -1e-7", "-361, 1, 2", "1, 2, 1e9")
    queries += [("observations", f"cone({given})") for given in cones]
    broken = ("1, s_ra, 3)", "1 km, 2, 3)", "'1'")
    queries += [("observations", f"cone({given}") for given in broken]
    answers = ask(catalog, queries)
    pairs = [
        (text, said(table, text, columns), heard(text, answer))
        for (table, text), answer in zip(queries, answers, strict=True)
    ]
    assert [pair for pair in pairs if pair[1] != pair[2]] == []
    told = [error for _, error, _ in pairs if error]
    assert len(told) > COUNT / 2
    for what in WHATS:
        assert any(what in error for error in told), what
