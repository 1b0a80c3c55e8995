"""The query language in Chromium, on the rows and with the meaning of the Python side."""

import math
from dataclasses import asdict
from random import Random

import pytest

from portal.catalog import sql
from portal.catalog.query import compile_query
from portal.server import serving
from tests.conftest import ROOT
from tests.portal.catalog.query_cases import Maker
from tests.portal.catalog.query_tables import catalogue, rows_of

pytestmark = pytest.mark.browser

SELECT = """async ({columns, data, texts}) => {
  const { compile, toSql } = await import(new URL('query/query.js', location).href)
  const { emptyColumn, fill, kindOf } = await import(new URL('data/column.js', location).href)
  const made = new Map(columns.map(({ name, type }) => {
    const column = emptyColumn(kindOf(type), data[name].length)
    fill(column, 0, data[name])
    return [name, column]
  }))
  const rows = data.model_id.length
  return texts.map((text) => {
    try {
      const fails = compile(text, columns).failing((name) => made.get(name), rows)
      return [[...fails.keys()].filter((row) => !fails[row]), toSql(text, columns)]
    } catch (error) {
      return error.message
    }
  })
}"""


def test_chromium_selects_the_same_rows(context, tmp_path):
    catalog = catalogue(tmp_path)
    columns, table = catalog.columns("models"), catalog.table("models")
    rows = rows_of(table)
    maker = Maker(Random(3), columns, rows)
    cases = [maker.case() for _ in range(100)]
    data = {
        name: [_plain(value) for value in table[name].to_pylist()] for name in table.schema.names
    }
    given = {"columns": [asdict(column) for column in columns], "data": data}
    page = context.new_page()
    with serving(ROOT / "site_src" / "app") as server:
        page.goto(f"{server.url}browse.css")
        answers = page.evaluate(SELECT, {**given, "texts": [case.text for case in cases]})
        wrong = page.evaluate(SELECT, {**given, "texts": ["steps > 1 \N{COMET}"]})[0]
    numbers = {row["model_id"]: number for number, row in enumerate(rows)}
    for case, answer in zip(cases, answers, strict=True):
        expected = [numbers[row["model_id"]] for row in rows if case.truth(row)]
        assert answer == [expected, sql.where(case.text, columns)], case.text
    assert compile_query(cases[0].text, columns).filter(table).num_rows == len(answers[0][0])
    assert wrong.endswith("[character 11: steps > 1 >>>\N{COMET}<<<]")


def _plain(value):
    return None if isinstance(value, float) and math.isnan(value) else value
