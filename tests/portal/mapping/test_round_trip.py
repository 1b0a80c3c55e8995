"""What is printed is read as the same; whatever stands in a file, reading it ends, with a place."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.errors import MappingError
from portal.mapping import parse, show_script
from portal.mapping.loading import findings, load_mapping
from portal.mapping.parsing import LARGEST, read_script
from portal.mapping.printing import show
from portal.mapping.syntax import DEEPEST, Expression, Rule, Script
from tests.portal.mapping.scripts import EXPRESSIONS, scripts

PLACE = re.compile(r"noise\.map:[1-9]\d*:[1-9]\d*")


@given(EXPRESSIONS)
@settings(deadline=None)
def test_an_expression_is_read_as_it_was_printed(expression):
    (rule,) = parse(f"x: {show(expression)}").rules
    assert rule.expression == expression


@given(scripts())
@settings(max_examples=40, deadline=None)
def test_a_file_is_read_as_it_was_printed(script):
    text = show_script(script)
    assert parse(text) == script
    assert show_script(parse(text)) == text


@given(scripts())
@settings(max_examples=25, deadline=None)
def test_checking_ends_with_findings_that_have_a_place(script):
    for error in findings(show_script(script), "noise.map")[1]:
        assert PLACE.fullmatch(error.where), error


@given(st.binary(max_size=300))
@settings(deadline=None)
@example(b"\xff")
@example(b"a: b\n\xc3(\n")
def test_bytes_are_a_mapping_or_an_error_with_a_place(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "noise.map"
    path.write_bytes(data)
    error = None
    try:
        load_mapping(path)
    except MappingError as caught:
        error = caught
    assert error is None or PLACE.search(error.where)


_TOKENS = st.sampled_from(
    "target_name OBJECT [ ] [m] [0] [1:] ( ) : := | , . ** - + in if else when not and 'a' \" ` @ "
    "/ $STEM HDU[1]. null 1.5 1e999 # match: use: env: [hdu 1] [files *.x] [all] split( \\ \0 \t é"
    "".split(" ")
)


@given(st.lists(_TOKENS, max_size=14).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_a_heap_of_words_is_a_line_or_an_error_with_a_place(line):
    _, errors = findings(f"# first\n{line}", "noise.map")
    for error in errors:
        assert PLACE.fullmatch(error.where)
        assert error.where.startswith(("noise.map:2:", "noise.map:1:1"))


HOSTILE = {
    "parentheses": "x: " + "(" * 10_000 + "1" + ")" * 10_000,
    "parentheses in lines": ("x: " + "(" * 1900 + "\n") * 50,
    "calls": "x: " + "f(" * 900,
    "minus": "x: " + "-" * 1900 + "1",
    "not": "x: " + "not " * 450 + "A",
    "sums": "x: " + "1+" * 900 + "1",
    "powers": "x: " + "2**" * 600 + "1",
    "candidates": "x: " + "A|" * 900 + "A",
    "indices": "x: A" + "[0]" * 600,
    "choices": "x: " + "1 if A else " * 150 + "1",
    "arguments": "x: max(" + "1," * 900 + "1)",
    "digits": "x: " + "9" * 1900,
    "quotes": "x: " + "'" * 1900,
    "a long name": "x: " + "A" * 1900,
    "slashes": "x: " + "a/" * 900,
    "newlines": "\n" * (LARGEST - 1),
    "a megabyte": "x: OBJECT\n" * 100_000,
    "no newline": "a" * 10**6,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_soon(name):
    start = time.process_time()
    _, errors = findings(HOSTILE[name], "noise.map")
    assert time.process_time() - start < 5
    assert errors or name == "newlines"
    assert all(PLACE.fullmatch(error.where) for error in errors)


def test_what_may_be_large_and_what_may_not():
    assert not read_script("# " + "x" * 1900)[1]
    (error,) = read_script("x" * (LARGEST + 1))[1]
    assert str(LARGEST + 1) in str(error)
    (error,) = read_script("x: " + "a" * 2000)[1]
    assert (error.seen, error.where) == ("2003 characters", ":1:2001")
    deep = "x: " + "(" * (DEEPEST - 1) + "A" + ")" * (DEEPEST - 1)
    assert not read_script(deep)[1]
    (error,) = read_script(deep.replace("A", "(A)"))[1]
    assert str(DEEPEST) in error.expected


def test_rules_after_all_are_printed_where_they_stand():
    text = "a: 1\n[hdu 1]\nb: 2\n[all]\nc: 3\n[hdu 2]\n"
    assert show_script(parse(text)) == text
    assert [rule.section for rule in parse(text).rules] == [0, 1, 0]


def test_numbers_that_python_holds_and_the_language_has_no_sign_for():
    assert show_script(Script(rules=(Rule("x", False, None, False, Expression("literal", 1e22)),)))
    assert parse("x: 1e+22").rules[0].expression.value == 1e22
