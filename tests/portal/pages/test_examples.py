"""Code samples on pages: what is read is what runs, and hostile values stay values."""

import ast
import html
import re
import shlex

from hypothesis import given
from hypothesis import strategies as st

from portal.pages._examples import Example

TAGS = re.compile(r"<[^>]+>")


def shown(markup):
    return html.unescape(TAGS.sub("", str(markup)))


@given(value=st.text())
def test_shell_gets_the_value_as_one_word(value):
    example = Example("bash", "wget --continue __url__ # a comment")
    said = example.text({"url": shlex.quote(value)})
    assert shlex.split(said, comments=True) == ["wget", "--continue", value]
    assert shown(example.html({"url": shlex.quote(value)})) == said


@given(value=st.text(), other=st.text())
def test_python_gets_the_value_as_one_literal(value, other):
    example = Example("python", 'read("__url__", filters=[("x", "==", "__name__")])  # why')
    values = {"url": repr(value), "name": repr(other)}
    said = example.text(values)
    call = ast.parse(said).body[0].value
    assert ast.literal_eval(call.args[0]) == value
    assert ast.literal_eval(call.keywords[0].value)[0][2] == other
    assert shown(example.html(values)) == said
