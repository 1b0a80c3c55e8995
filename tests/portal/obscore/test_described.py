"""Checks that are data find in the browser what the linter finds, word for word."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from portal.fits.air import index_of_air
from portal.lint import check_table
from portal.lint._view import View
from portal.obscore.described import described_checks
from portal.obscore.files import load_table
from portal.obscore.table import table_of
from tests.conftest import ROOT
from tests.portal.lint.rows import ROWS, changed, clean
from tests.portal.lint.test_defects import COLUMNS, VALUES, with_utype

NODE = shutil.which("node")
LINT = """
import { readFileSync } from 'node:fs'
import { Linter } from './site_src/app/submit/checks.js'
import { readCsv, typed } from './site_src/app/submit/csv.js'
const { described, tables } = JSON.parse(readFileSync(0, 'utf8'))
const linter = new Linter(described)
const columns = [...described.columns, ...described.table.optional]
const read = (text) => ({ ...typed(readCsv(text), columns), said: null })
const given = tables.map((table) => (typeof table === 'string' ? read(table) : table))
console.log(JSON.stringify(given.map((table) => linter.findings(table))))
"""
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node.js to run the code of the page")


WHAT = ("datatype", "ucd", "unit", "utype", "xtype")


def as_json(table):
    """The table as a page reads it, names in lower case; the text of a CSV table as it is."""
    if isinstance(table, str):
        return table
    view = View(table)
    columns = {name: table[name].tolist() for name in table.colnames}
    rows = [
        {name.lower(): columns[name][row] for name in reversed(table.colnames)}
        for row in range(len(table))
    ]
    said = {name: {what: view.said(name, what) for what in WHAT} for name in view.names}
    return {"rows": rows, "names": table.colnames, "said": said}


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
    return sorted([str(one[k]) for k in kept] for one in told)


def seeded():
    """Rows of footprints, UCDs and bands of all kinds, good and bad."""
    draw = np.random.default_rng(7)
    words = ["phot.flux.density", "em.wl", "src.class", "stat.max", "Phot.Mag", "flux", "", "em:wl"]
    for number in range(384):
        ra, dec, size = draw.uniform(0, 360), draw.uniform(-90, 90), 10 ** draw.uniform(-4, 2.2)
        if number % 3 < 2:
            band = 10 ** draw.uniform(-6.8, -5.5) * np.array([1, 1.5])
        else:
            band = draw.choice([band, band / index_of_air(band), band * 1.1])
        yield ROWS[0] | {
            "obs_publisher_did": f"ivo://atomium.example/x?{number}", "obs_id": f"o{number // 3}",
            "s_ra": (ra + draw.choice([0, 0, 0, size, 180])) % 360, "s_dec": dec,
            "s_fov": float(size * draw.choice([1, 1, 0.2, 9])),
            "s_region": region(draw, ra, dec, size),
            "o_ucd": ";".join(draw.choice(words, draw.integers(1, 4))),
            "em_min": float(band[0]), "em_max": float(band[1]),
        }  # fmt: skip


def region(draw, ra, dec, size):
    """A footprint about a place: its corners in order or not, and now and then no such thing."""
    angles = np.sort(draw.uniform(0, 2 * np.pi, draw.integers(2, 9)))
    if draw.random() < 0.3:
        draw.shuffle(angles)
    x = ra + size / 2 * np.cos(angles) / np.cos(np.radians(dec))
    y = dec + size / 2 * np.sin(angles)
    corners = " ".join(f"{one:.6f}" for pair in zip(x, y, strict=True) for one in pair)
    circle = f"{ra} {dec} {size / 2}"
    frame = str(draw.choice(["ICRS", "", "ICRS GEOCENTER", "FK5", "Galactic", "xyz", "J2000 x"]))
    return str(draw.choice([
        f"POLYGON {frame} {corners}", f"Polygon {frame} {corners}", f"CIRCLE {frame} {circle}",
        f"polygon {corners} nan {corners}", f"UNION {frame} (CIRCLE {circle} POLYGON {corners})",
        f"BOX {frame} {ra} {dec} {size} {size}", f"CIRCLE {ra} {dec}", f"CONVEX {frame} 1 0 0 1",
        "ALLSKY ICRS", f"CIRCLE {frame} {ra} {dec} 1e-3 unit deg", corners,
    ]))  # fmt: skip


@needs_node
def test_planted_values_are_found_as_the_linter_finds_them():
    tables = [clean(), *(changed(row, **values) for _, _, row, values in VALUES)]
    there = in_the_browser(tables)
    assert there[0] == []
    for table, found, planted in zip(tables[1:], there[1:], VALUES, strict=True):
        assert in_words(found) == in_words(check_table(table)), planted


@needs_node
def test_planted_columns_are_found_as_the_linter_finds_them():
    *found_in, of_a_card = in_the_browser([*(made() for *_, made in COLUMNS), with_utype(68)])
    assert of_a_card == []
    tables = [made() for *_, made in COLUMNS]
    for (code, column, _), table, found in zip(COLUMNS, tables, found_in, strict=True):
        assert (code, column) in {(one["code"], one["column"]) for one in found}
        assert in_words(found) == in_words(check_table(table))


@needs_node
def test_what_only_code_can_tell_is_found_as_the_linter_finds_it():
    rows = [*seeded()]
    # Above 50 rows of a kind the linter tells the others in one word.
    tables = [table_of(rows[start : start + 48]) for start in range(0, len(rows), 48)]
    told = set()
    for table, found in zip(tables, in_the_browser(tables), strict=True):
        truths = check_table(table)
        assert in_words(found) == in_words(truths)
        told |= {one.code for one in truths}
    assert told >= {
        *("em-air", "o-ucd", "region-crosses", "region-form", "region-fov", "region-frame"),
        "region-misses",
    }


CSV = [
    "S_RA,s_dec,T_MIN,t_min\n10,20,58000,1\n",
    "s_ra,em_xel,calib_level\n10:20:30,2.5,2\n1.5,3,two\n,nan,\n",
    "s_ra,em_xel,calib_level\n1.5,3,2\n10:20:30,2.5,2.0\n,inf,\n",
    'obs_id,target_name,t_calib_status,T_Calib_Status\n007,"R ""Dor"", it",1,2\n007, x,,\n',
    "obs_publisher_did,s_region,s_ra,s_dec\nivo://a.example/x?1,CIRCLE 10 20 1,50,20\n",
    "o_stat_error,S_UCD\nmuch,7\n0.1,pos.eq\n",
]


@needs_node
def test_tables_of_text_are_read_as_the_command_reads_them(tmp_path):
    for number, (text, found) in enumerate(zip(CSV, in_the_browser(CSV), strict=True)):
        path = tmp_path / f"{number}.csv"
        path.write_text(text)
        assert in_words(found) == in_words(check_table(load_table(path)))


def test_every_finding_of_the_linter_is_described():
    described = {one["code"] for one in described_checks()["checks"]}
    of_columns = {"missing-column", "name-case", "column-twice"}
    of_columns |= {f"wrong-{what}" for what in ("type", "ucd", "unit", "utype")}
    assert {code for code, *_ in (*VALUES, *COLUMNS)} <= described | of_columns
