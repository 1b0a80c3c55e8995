"""Columns print what single values would."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from portal.columns import Column, numbers
from portal.pages._text import number

TEXTS = st.lists(st.text().map(lambda text: text.replace("\0", "")), max_size=6)


@given(values=st.lists(st.floats(), max_size=20), digits=st.integers(1, 9))
def test_numbers_are_those_of_one_value(values, digits):
    assert numbers(np.array(values, float), digits) == [number(v, digits) or "" for v in values]


@given(texts=TEXTS)
def test_text_is_escaped_and_trusted_text_is_not(texts):
    said = [str(escape(text)).encode("utf-8", "replace") for text in texts]
    assert Column(texts).html().tolist() == said
    plain = [text.encode("utf-8", "replace") for text in texts]
    assert Column(texts, markup=True).html().tolist() == plain


@given(texts=TEXTS)
def test_json_reads_back_and_ends_no_script(texts):
    for text, said in zip(texts, Column(texts).json().texts(), strict=True):
        assert json.loads(f'"{said}"') == text
        assert not set("<>&") & set(said)


@given(texts=st.lists(st.text(), min_size=1, max_size=6), data=st.data())
def test_taking_and_changing_commute(texts, data):
    rows = np.array(data.draw(st.lists(st.integers(0, len(texts) - 1))), np.intp)
    column = Column(texts)
    assert column.take(rows).texts() == [texts[row] for row in rows]
    assert column.take(rows).map(repr).texts() == column.map(repr).take(rows).texts()
