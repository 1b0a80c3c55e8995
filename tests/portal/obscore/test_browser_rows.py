"""Rows that the page makes of the shared files: nothing that the command does not find as well."""

import json
import math
import shutil
import subprocess

import pytest

from portal.lint._vocabulary import PLACEHOLDERS
from portal.obscore.products import found_in
from tests.conftest import ROOT

NODE = shutil.which("node")
READ = """
import { openAsBlob, readFileSync } from 'node:fs'
import { readHeaders } from './site_src/app/submit/fits.js'
import { rowOf } from './site_src/app/submit/row.js'
const { files, words } = JSON.parse(readFileSync(0, 'utf8'))
const rows = await Promise.all(files.map(async (path) => {
  const file = await openAsBlob(path)
  const { hdus } = await readHeaders(file)
  return rowOf(path.split('/').at(-1), file.size, hdus, new Set(words)).row
}))
console.log(JSON.stringify(rows))
"""
OTHER_WAYS = {"obs_id", "obs_publisher_did", "access_estsize", "access_format"}
"""Columns that the page makes up by its own rule, and says so."""
COARSE = {"s_ra", "s_dec"}
"""FK5 of J2000 is taken as ICRS by the page, which is 0.03 arcsec or less from it [deg]."""


@pytest.mark.skipif(NODE is None, reason="needs Node.js to run the code of the page")
def test_the_page_finds_nothing_else_than_the_command(atomium_data):
    kinds = ("cube", "img", "spec")
    files = [
        path
        for path in sorted((atomium_data / "fits").glob("*.fit*"))
        if path.stem.startswith(kinds)
    ]
    given = {"files": list(map(str, files)), "words": sorted(PLACEHOLDERS)}
    done = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-e", READ],
        input=json.dumps(given), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    wrong, compared = [], 0
    for path, row in zip(files, json.loads(done.stdout), strict=True):
        truths = [given.row for given in found_in(path, path.name).rows]
        for column in sorted(set(row) - OTHER_WAYS) if truths else ():
            compared += 1
            if not _same(column, row[column], truths[0].get(column)):
                wrong.append((path.name, column, row[column], truths[0].get(column)))
    assert wrong == []
    assert compared > 100


def _same(column, one, other):
    if isinstance(one, str) or other is None:
        return one == other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-5 if column in COARSE else 0)
