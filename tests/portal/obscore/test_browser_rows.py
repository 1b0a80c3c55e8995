"""Rows that the page makes of files: those of the command, or nothing and the reason why."""

import json
import math
import shutil
import subprocess

import numpy as np
import pytest
from astropy.io import fits

from portal.model.schema import OBSCORE
from portal.obscore.products import found_in
from portal.obscore.words import described_words
from tests.conftest import ROOT

NODE = shutil.which("node")
READ = """
import { openAsBlob, readFileSync } from 'node:fs'
import { readHeaders } from './site_src/app/submit/fits.js'
import { rowsOf } from './site_src/app/submit/row.js'
const { files, words, columns } = JSON.parse(readFileSync(0, 'utf8'))
const found = await Promise.all(files.map(async (path) => {
  const file = await openAsBlob(path)
  const { hdus, notes } = await readHeaders(file)
  const made = rowsOf(path.split('/').at(-1), file.size, hdus, words, columns)
  return { rows: made.rows, notes: [...notes, ...made.notes] }
}))
console.log(JSON.stringify(found))
"""
COLUMNS = [column.name for column in OBSCORE]
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js to run the code of the page")


def read_by_the_page(files):
    given = {"files": list(map(str, files)), "words": described_words(), "columns": COLUMNS}
    done = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-e", READ],
        input=json.dumps(given), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def differences(path, page):
    """What the page says otherwise than the command, and how many cells it says as well."""
    truths = {one.part: one.row for one in found_in(path, path.name).rows}
    wrong = [
        (path.name, one["part"], "no such row") for one in page["rows"] if one["part"] not in truths
    ]
    if len(page["rows"]) < len(truths) and not page["notes"]:
        wrong.append((path.name, sorted(truths), "rows without a note"))
    same = 0
    for one in page["rows"]:
        truth = truths.get(one["part"], {})
        for column in COLUMNS:
            value = one["row"].get(column)
            if value is None and one["origins"][column].startswith("none: "):
                continue
            if not _same(column, value, truth.get(column)):
                wrong.append((path.name, one["part"], column, value, truth.get(column)))
            same += 1
    return wrong, same


def _same(column, one, other):
    if column == "s_region":
        return _numbers(one) == pytest.approx(_numbers(other), abs=2e-8) and _words(one) == _words(
            other
        )
    if isinstance(one, str) or one is None or other is None:
        return one == other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _words(region):
    return [word for word in (region or "").split() if word[0].isalpha()]


def _numbers(region):
    return [float(word) for word in (region or "").split() if not word[0].isalpha()]


@needs_node
def test_the_page_finds_nothing_else_than_the_command(atomium_data):
    files = sorted((atomium_data / "fits").glob("*.fit*"))
    wrong, same = [], 0
    for path, page in zip(files, read_by_the_page(files), strict=True):
        found, count = differences(path, page)
        wrong += found
        same += count
    assert wrong == []
    assert same > 650


KINDS = "TAN SIN ARC STG ZEA NCP CAR CEA MER SFL GLS PAR AIT MOL".split()
HEADS = [("RA", "DEC"), ("GLON", "GLAT"), ("SLON", "SLAT")]


def image(kind, number):
    """Of one projection: turned, in several frames and on both sides of the equator."""
    hdu = fits.PrimaryHDU(np.zeros((40 + number % 3, 60), "i2"))
    heads = HEADS[number % 3 if number > 2 else 0]
    latitude = (-62.077, 12.5, 48.0)[number % 3]
    scale = (1e-4, 0.02, 0.5)[number // 3]
    ctypes = [f"{head.ljust(4, '-')}-{kind}" for head in heads]
    cards = {
        "CTYPE1": ctypes[0], "CRVAL1": 69.19, "CRPIX1": 11.0, "CDELT1": -scale,
        "CTYPE2": ctypes[1], "CRVAL2": latitude, "CRPIX2": 20.5, "CDELT2": scale,
        "RADESYS": ("ICRS", "FK5")[number % 2],
    }  # fmt: skip
    if number % 3 == 1:
        cards |= {"CROTA2": 25.0}
    elif number % 3 == 2:
        cards |= {"PC1_1": 0.8, "PC1_2": -0.6, "PC2_1": 0.6, "PC2_2": 0.8, "CUNIT1": "deg"}
    hdu.header.update(cards)
    return hdu


@needs_node
def test_every_projection_is_that_of_the_command(tmp_path):
    files = []
    for kind in KINDS:
        for number in (0, 4, 8):
            files.append(tmp_path / f"{kind}{number}.fits")
            image(kind, number).writeto(files[-1])
    wrong, places = [], 0
    for path, page in zip(files, read_by_the_page(files), strict=True):
        wrong += differences(path, page)[0]
        places += "s_region" in page["rows"][0]["row"]
    assert wrong == []
    assert places == len(files)
