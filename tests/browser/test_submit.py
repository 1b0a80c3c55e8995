"""The page that looks at files before they are handed in: read here, checked here, saved here."""

import csv
import gzip
import json

import numpy as np
import pytest
from astropy.io import fits
from playwright.sync_api import expect

from portal.lint import check_table
from portal.obscore.files import load_table, write_table
from portal.obscore.response import extract
from portal.submission.opening import open_bundle
from tests.browser.conftest import Visitor
from tests.browser.test_access import COLOURS, RULES, violations
from tests.conftest import ROOT
from tests.portal.lint.rows import clean

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def cube(path, **cards):
    hdu = fits.PrimaryHDU()
    hdu.data = np.zeros((4, 30, 20), "f4")
    hdu.header.update({
        "CTYPE1": "RA---SIN", "CRVAL1": 69.19, "CDELT1": -1e-4, "CRPIX1": 5.0, "CUNIT1": "deg",
        "CTYPE2": "DEC--SIN", "CRVAL2": -62.077, "CDELT2": 1e-4, "CRPIX2": 9.0, "CUNIT2": "deg",
        "CTYPE3": "VRAD", "CRVAL3": 6e3, "CDELT3": 2e3, "CRPIX3": 1.0, "CUNIT3": "m/s",
        "RESTFRQ": 230.538e9, "OBJECT": "R Dor", "TELESCOP": "ALMA", "RADESYS": "ICRS",
        "DATE-OBS": "2020-01-01T06:00:00", "EXPTIME": 30.0,
    } | cards)  # fmt: skip
    hdu.writeto(path, overwrite=True)
    return path


@pytest.fixture
def desk(visitor, server):
    visitor.page.goto(server.url + "submit.html")
    expect(visitor.page.locator("#submit-body")).to_be_visible()
    return visitor.page


def choose(page, *paths):
    page.set_input_files("#submit-files", [str(path) for path in paths])
    expect(page.locator("#submit-status")).to_contain_text("error")


def saved(page, label):
    with page.expect_download() as caught:
        page.get_by_role("button", name=label, exact=True).click()
    with caught.value.path().open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_becomes_the_row_that_the_command_finds(desk, tmp_path):
    path = cube(tmp_path / "rdor.fits")
    (tmp_path / "packed.fits.gz").write_bytes(gzip.compress(path.read_bytes()))
    choose(desk, path, tmp_path / "packed.fits.gz")
    rows = saved(desk, "Rows")
    assert [row["path"] for row in rows] == ["rdor.fits", "packed.fits.gz"]
    truth = extract(path).given[0].row
    for row in rows:
        for name in ("s_ra", "s_dec", "s_fov", "em_min", "em_max", "t_min", "t_exptime"):
            assert float(row[name]) == pytest.approx(truth[name], rel=1e-9), name
        for name in ("calib_level", "em_xel", "s_xel1", "s_xel2"):
            assert int(row[name]) == truth[name], name
        assert row["s_region"] == truth["s_region"]
        for name in ("dataproduct_type", "target_name", "facility_name"):
            assert row[name] == truth[name]


def test_what_is_wrong_is_told_with_the_way_out(desk, tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text("path,part,t_max\nrdor.fits,0,58000.0\nnone.fits,,1\n")
    choose(desk, cube(tmp_path / "rdor.fits"), table)
    wrong = desk.locator(".submit-findings").first
    expect(wrong).to_contain_text("exchange them", ignore_case=True)
    expect(desk.locator("#submit-troubles")).to_contain_text("row 2: it is about no product")
    found = {(row["code"], row["column"], row["file"]) for row in saved(desk, "Findings")}
    assert ("t-order", "t_min", "rdor.fits") in found
    assert ("null", "obs_collection", "rdor.fits") in found
    levels = {row["column"]: row["severity"] for row in saved(desk, "Findings")}
    assert (levels["t_min"], levels["obs_collection"]) == ("error", "note")
    expect(desk.locator(".submit-row tr.is-error code").first).to_be_visible()


def test_every_product_of_a_file_has_a_row(desk, tmp_path):
    science = fits.ImageHDU(np.zeros((30, 20), "f4"), name="SCI")
    science.header.update(fits.getheader(cube(tmp_path / "one.fits")), strip=True)
    packed = fits.CompImageHDU(np.zeros((40, 50), "i2"), name="OTHER")
    packed.header.update({"CTYPE1": "RA---AIT", "CRVAL1": 10.0, "CDELT1": -0.1, "CRPIX1": 1.0})
    packed.header.update({"CTYPE2": "DEC--AIT", "CRVAL2": 20.0, "CDELT2": 0.1, "CRPIX2": 1.0})
    weights = fits.ImageHDU(np.ones((30, 20), "f4"), name="WHT")
    path = tmp_path / "several.fits"
    fits.HDUList([fits.PrimaryHDU(), science, packed, weights]).writeto(path)
    choose(desk, path)
    rows = saved(desk, "Rows")
    truths = extract(path).given
    assert [row["part"] for row in rows] == [one.part for one in truths] == ["1", "2"]
    assert [row["s_region"] for row in rows] == [one.row["s_region"] for one in truths]
    desk.get_by_text("1 part of files that go with products").click()
    expect(desk.locator("#submit-result")).to_contain_text("HDU 3 (WHT) is no product")


def test_rows_of_a_table_are_checked(desk, tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text('path,target_name,s_ra,s_dec\na.fits,"R ""Dor"", it is",400.0,1.0\n')
    choose(desk, table)
    found = {(row["code"], row["column"]) for row in saved(desk, "Findings")}
    assert {("ra-range", "s_ra"), ("missing-column", "em_min")} <= found
    assert saved(desk, "Rows")[0]["target_name"] == 'R "Dor", it is'


def test_what_a_votable_says_of_its_columns_is_checked(desk, tmp_path):
    table = clean()
    table["em_min"].unit = "nm"
    table["s_ra"].meta["ucd"] = "meta.id"
    path = tmp_path / "rows.vot"
    write_table(table, path)
    choose(desk, path)
    kept = ("severity", "code", "column", "seen", "expected", "way_out")
    found = [[one[name] for name in kept] for one in saved(desk, "Findings")]
    told = [[getattr(one, name) for name in kept] for one in check_table(load_table(path))]
    assert {code for _, code, *_ in told} == {"wrong-unit", "wrong-ucd"}
    assert [one for one in found if not one[1].startswith("incomplete-")] == told
    assert saved(desk, "Rows")[2]["s_region"] == table["s_region"][2]


def test_files_that_are_none_are_named(desk, tmp_path):
    (tmp_path / "no.fits").write_text("<script>alert(1)</script>")
    (tmp_path / "empty.fits").write_bytes(b"")
    (tmp_path / "cut.fits").write_bytes(cube(tmp_path / "whole.fits").read_bytes()[:1000])
    choose(desk, *(tmp_path / name for name in ("no.fits", "empty.fits", "cut.fits")))
    told = desk.locator("#submit-troubles li").all_inner_texts()
    assert [text.split(":")[0] for text in told] == ["no.fits", "empty.fits", "cut.fits"]
    assert desk.locator("#submit-status").inner_text() == "0 rows, 0 errors, 0 warnings, 0 notes."


def test_what_is_good_is_handed_in_as_a_bundle(desk, tmp_path):
    choose(desk, cube(tmp_path / "rdor.fits"))
    for label, value in (
        ("Short name", "winds"), ("Title", "Winds"), ("Description", "Cubes of a wind."),
        ("Authors", "Ann Author"), ("Contact", "Ann Author"), ("E-mail", "ann@example.org"),
    ):  # fmt: skip
        desk.get_by_label(label).fill(value)
    with desk.expect_download() as caught:
        desk.get_by_role("button", name="Save bundle").click()
    with open_bundle(caught.value.path()) as bundle:
        assert [file.name for file in bundle.files] == ["rdor.fits"]
        assert b"obs_collection: 'winds'" in bundle.read("rules.map")


def test_it_works_without_a_network_and_sends_nothing(desk, tmp_path):
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.context.set_offline(True)
    choose(desk, cube(tmp_path / "rdor.fits"))
    desk.context.set_offline(False)
    assert [url for url in asked if not url.startswith("blob:")] == []


def test_a_file_can_be_dropped(desk, tmp_path):
    text = json.dumps("path,s_ra\na.fits,400\n")
    given = desk.evaluate_handle(f"""() => {{
        const given = new DataTransfer()
        given.items.add(new File([{text}], 'rows.csv', {{ type: 'text/csv' }}))
        return given
    }}""")
    desk.dispatch_event("#submit-drop", "drop", {"dataTransfer": given})
    expect(desk.locator("#submit-status")).to_contain_text("1 row,")


@pytest.mark.parametrize("width", [390, 1400])
def test_it_is_for_everyone(engine, server, tmp_path, width):
    if not AXE.is_file():
        pytest.skip("no axe-core in node_modules; run npm ci --ignore-scripts")
    context = engine.new_context(viewport={"width": width, "height": 844})
    visitor = Visitor(context.new_page())
    page = visitor.page
    page.emulate_media(color_scheme="light")
    page.goto(server.url + "submit.html")
    (tmp_path / "no.fits").write_text("no")
    choose(page, cube(tmp_path / "rdor.fits"), tmp_path / "no.fits")
    page.evaluate(AXE.read_text("utf-8"))
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.body.dataset.mdColorScheme === 'slate'")
    assert violations(page, COLOURS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert visitor.complaints == []


def test_the_keyboard_is_enough(desk, tmp_path):
    choose(desk, cube(tmp_path / "rdor.fits"))
    desk.focus("#submit-files")
    names = []
    for _ in range(4):
        desk.keyboard.press("Tab")
        names.append(desk.evaluate("document.activeElement.innerText.split('\\n')[0]"))
    assert names[:2] == ["Rows", "Findings"]
    assert names[2].startswith("1 note ")
    assert names[3].startswith("rdor.fits[0]: ")
