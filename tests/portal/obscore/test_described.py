"""Checks that are data find in the browser what the linter finds, word for word."""

import json
import shutil
import subprocess

import pytest

from portal.lint import check_table
from portal.obscore.described import ELSEWHERE, described_checks
from tests.conftest import ROOT
from tests.portal.lint.rows import changed, clean
from tests.portal.lint.test_defects import COLUMNS, VALUES

NODE = shutil.which("node")
LINT = """
import { readFileSync } from 'node:fs'
import { Linter } from './site_src/app/submit/checks.js'
const { described, tables } = JSON.parse(readFileSync(0, 'utf8'))
const linter = new Linter(described)
console.log(JSON.stringify(tables.map(({ rows, names }) => linter.findings(rows, names))))
"""
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js to run the code of the page")


def as_json(table):
    """The rows as a page reads them, names in lower case."""
    columns = {name: table[name].tolist() for name in table.colnames}
    rows = [
        {name.lower(): columns[name][row] for name in reversed(table.colnames)}
        for row in range(len(table))
    ]
    return {"rows": rows, "names": table.colnames}


def in_the_browser(tables):
    given = json.dumps({"described": described_checks(), "tables": list(map(as_json, tables))})
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", LINT],
        input=given, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def in_words(findings):
    kept = ("severity", "code", "column", "row", "expected", "way_out")
    told = [
        one if isinstance(one, dict) else {k: getattr(one, k) for k in kept} for one in findings
    ]
    return sorted([str(one[k]) for k in kept] for one in told if one["code"] not in ELSEWHERE)


@needs_node
def test_planted_values_are_found_as_the_linter_finds_them():
    tables = [clean(), *(changed(row, **values) for _, _, row, values in VALUES)]
    there = in_the_browser(tables)
    assert there[0] == []
    for table, found, planted in zip(tables[1:], there[1:], VALUES, strict=True):
        assert in_words(found) == in_words(check_table(table)), planted
    described = sum(code not in ELSEWHERE for code, *_ in VALUES)
    assert described >= 95


@needs_node
def test_planted_columns_are_found_as_the_linter_finds_them():
    planted = [one for one in COLUMNS if one[0] not in ELSEWHERE]
    tables = [made() for *_, made in planted]
    for (code, column, _), table, found in zip(
        planted, tables, in_the_browser(tables), strict=True
    ):
        own = ("missing-column", "name-case", "column-twice")
        assert (code, column) in {(one["code"], one["column"]) for one in found}
        words = [one for one in check_table(table) if one.code in own]
        assert in_words(one for one in found if one["code"] in own) == in_words(words)


def test_every_finding_of_the_linter_is_described_or_named_as_left_out():
    described = {one["code"] for one in described_checks()["checks"]}
    planted = {code for code, *_ in (*VALUES, *COLUMNS)}
    of_columns = {"missing-column", "name-case", "column-twice"}
    assert planted - described - of_columns <= set(ELSEWHERE)
    assert not described & set(ELSEWHERE)
