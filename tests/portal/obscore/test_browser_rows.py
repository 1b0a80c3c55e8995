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
  return { rows: made.rows, notes: [...notes, ...made.parts, ...made.left] }
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
    assert same > 880


SPECTRAL = {
    "one-channel": {"CTYPE3": "VRAD", "CUNIT3": "km/s", "CRVAL3": -5.0, "RESTFRQ": 230.538e9},
    "wide-channel": {"CTYPE3": "FREQ", "CRVAL3": 0.0, "CDELT3": 1e6, "RESTFRQ": 230.538e9},
    "channel": {"CTYPE3": "FREQ", "CRVAL3": 230e9, "CDELT3": 1e6},
    "no-step": {"CTYPE3": "FREQ", "CRVAL3": 230e9, "CDELT3": 0.0, "NAXIS3": 3},
    "named-only": {"CTYPE3": "WAVEREST", "CUNIT3": "angstroms", "NAXIS3": 3},
    "angstroms": {"CTYPE3": "WAVE", "CRVAL3": 4800.0, "CDELT3": 1.2, "NAXIS3": 3},
    "velocities": {"CTYPE3": "VRAD", "CRVAL3": -5.0, "RESTFRQ": 230.538e9, "NAXIS3": 3},
    "gigahertz": {"CTYPE3": "VRAD", "CRVAL3": 9e5, "CDELT3": 1e3, "RESTFRQ": 230.538, "NAXIS3": 3},
}


@needs_node
def test_channels_are_those_of_the_command(tmp_path):
    files = []
    for name, cards in SPECTRAL.items():
        files.append(tmp_path / f"{name}.fits")
        hdu = fits.PrimaryHDU(np.zeros((cards.get("NAXIS3", 1), 4, 4), "i2"))
        hdu.header.update({"CRPIX3": 1.0, "CDELT3": 1.0, **cards})
        hdu.writeto(files[-1])
    for year in (1985, 2015):
        files.append(tmp_path / f"no-equinox-{year}.fits")
        hdu = image("TAN", 1)
        del hdu.header["RADESYS"]
        hdu.header.update({"EQUINOX": 0.0, "DATE-OBS": f"{year}-01-01T01:00:00"})
        hdu.writeto(files[-1])
    pages = read_by_the_page(files)
    assert [d for f, page in zip(files, pages, strict=True) for d in differences(f, page)[0]] == []
    assert ["s_region" in page["rows"][0]["row"] for page in pages[-2:]] == [False, True]
    named = pages[list(SPECTRAL).index("named-only")]["rows"][0]["row"]
    assert named["em_xel"] == 3
    told = {f.stem for f, p in zip(files, pages, strict=True) if "em_min" in p["rows"][0]["row"]}
    assert told == {"channel"}


@needs_node
def test_a_table_that_was_not_observed_has_no_counts(tmp_path):
    columns = [fits.Column("ENERG_LO", "8D"), fits.Column("EFFAREA", "8D")]
    hdu = fits.BinTableHDU.from_columns(columns, nrows=1)
    hdu.header["EXTNAME"] = "EFFECTIVE AREA"
    hdu.writeto(tmp_path / "area.fits")
    samples = [fits.Column("DAT_FREQ", "1D", array=[1400.0]), fits.Column("DATA", "8E")]
    hdu = fits.BinTableHDU.from_columns(samples)
    hdu.header.update({"NSBLK": 8, "STT_IMJD": 56048, "STT_SMJD": 3600, "SCANLEN": 60.0})
    hdu.header["DATE-OBS"] = "2012-05-01T00:00:01"
    hdu.writeto(tmp_path / "pulsar.fits")
    files = sorted(tmp_path.iterdir())
    for path, page in zip(files, read_by_the_page(files), strict=True):
        assert len(page["rows"]) == 1
        assert differences(path, page)[0] == []


KINDS = "TAN SIN ARC STG ZEA NCP CAR CEA MER SFL GLS PAR AIT MOL".split()
HEADS = [("RA", "DEC"), ("GLON", "GLAT"), ("SLON", "SLAT")]


@needs_node
def test_levels_of_pixels_beside_wavelengths_are_left_to_the_command(tmp_path):
    """Of a frame as a camera gives it the page tells a level, beside wavelengths it does not."""
    cards = {"EXPTIME": 60.0, "INSTRUME": "SPIRou"}
    hdus = [fits.PrimaryHDU(), fits.ImageHDU(np.ones((4, 9), "i2"), fits.Header(cards), "FLUX")]
    fits.HDUList(hdus).writeto(tmp_path / "alone.fits")
    hdus.append(fits.ImageHDU(np.linspace(900.0, 2500.0, 36).reshape(4, 9), name="Wave"))
    fits.HDUList(hdus).writeto(tmp_path / "beside.fits")
    paths = [tmp_path / "alone.fits", tmp_path / "beside.fits"]
    made = read_by_the_page(paths)
    assert [differences(*one)[0] for one in zip(paths, made, strict=True)] == [[], []]
    assert [one["rows"][0]["row"].get("calib_level") for one in made] == [1, None]


STACKS = [
    ({"DATE1": ("2011-08-11", "DATE-OBS of first input image")}, {"t_min": None}),
    ({"DATE-OB1": "2011-08-11T12:00:00", "EXPTIME1": 9.0, "DATE-OB2": "2011-08-11T12:01:00",
      "EXPTIME2": 9.0}, {"t_min": None, "t_exptime": None}),
    ({"EXPTIME": 4.0, "N_IND": (20, "number of individual exposures")}, {"t_exptime": None}),
    ({"TINT": (4.0, "integration time per COADD"), "TEFF": 9.0}, {"t_exptime": None}),
    ({"DATE-OBS": "2011-08-11", "UT": "20:00:00", "TIMEEND": "0:00:00"}, {"t_max": None}),
    ({"DATE-OBS": "2011-08-11", "DATE-END": "2011-08-11"}, {"t_min": 55784.0, "t_max": None}),
    ({"HISTORY": "input image 1p.fits\ninput image 2p.fits", "PHOTZP": 30.0}, {"calib_level": 3}),
    ({"OBJECT": "Bad Pixels Map", "ORIGIN": ("CFHT", "Canada-France-Hawaii Telescope")},
     {"target_name": None, "facility_name": "CFHT"}),
]  # fmt: skip


@needs_node
def test_stacks_and_series_are_as_the_command_has_them_or_left_to_it(tmp_path):
    paths = [tmp_path / f"{number}.fits" for number in range(len(STACKS))]
    for path, (cards, _) in zip(paths, STACKS, strict=True):
        hdu = fits.PrimaryHDU(np.zeros((5, 6), "f4"))
        hdu.header.update({key: value for key, value in cards.items() if key != "HISTORY"})
        for line in str(cards.get("HISTORY", "")).splitlines():
            hdu.header["HISTORY"] = line
        hdu.writeto(path)
    made = read_by_the_page(paths)
    assert [differences(*one)[0] for one in zip(paths, made, strict=True)] == [[]] * len(STACKS)
    for page, (_, expected) in zip(made, STACKS, strict=True):
        row = page["rows"][0]["row"]
        assert {column: row.get(column) for column in expected} == expected


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


def table(draw):
    """Columns and keywords by which a table may be of any kind, or of none."""
    words = "wave flux time rate ra dec channel counts energy pha uu vv visdata name spec_a mjd mag"
    names = draw.choice(words.split(), draw.integers(1, 5), replace=False)
    length = draw.choice(["", "1", "8"])
    columns = [
        fits.Column(
            str(n), f"{length if draw.random() < 0.7 else ''}{draw.choice(['D', 'E', 'J'])}"
        )
        for n in names
    ]
    hdu = fits.BinTableHDU.from_columns(columns, nrows=int(draw.integers(0, 4)))
    for key, values in {
        "EXTNAME": ["RATE", "AIPS UV", "EVENTS", "WAVELENGTHS", "SINGLE DISH"],
        "HDUCLAS1": ["SPECTRUM", "LIGHTCURVE", "EVENTS"], "CRVAL1": [1.0], "CDELT1": [0.5],
        "ORDERING": ["NUNIQ"],
    }.items():  # fmt: skip
        if draw.random() < 0.15:
            hdu.header[key] = draw.choice(values)
    return hdu


def pointed(draw):
    """A line of numbers with places in its header, good and bad, in several frames."""
    hdu = fits.ImageHDU(np.zeros(5, "i2"), name="SCI")
    right = ["05:35:17.3", "5h 35m 17s", "83.82", 83.82, 5.588, 1.463, 400.0, 0.0, "05 35 61", "x"]
    left = ["-05:23:28", -5.39, "-5.39", "+05 23", 0.0, 95.0, "-05:61:00"]
    heads = [("RA", "DEC"), ("OBJRA", "OBJDEC"), ("RA_TARG", "DEC_TARG"), ("TELRA", "TELDEC")]
    for ra, dec in heads:
        if draw.random() < 0.5:
            hints = ["", "[deg] of the boresight", "[h] of the target", "radians"]
            hdu.header[ra] = (right[draw.integers(len(right))], draw.choice(hints))
            hdu.header[dec] = left[draw.integers(len(left))]
    for key, values in {
        "RADESYS": ["ICRS", "FK5"], "EQUINOX": [2000.0], "OBJEQUIN": [2000.0],
    }.items():  # fmt: skip
        if draw.random() < 0.4:
            hdu.header[key] = draw.choice(values)
    return hdu


def dated(draw):
    """A picture with dates, clocks and exposures in its header, of all ages and for all ends."""
    hdu = fits.ImageHDU(np.zeros((3, 4), "i2"), name="SCI")
    days = ["2016-01-29", "29/01/16", "20160129", "2016.029", "29-Jan-2016", "Jan 29, 2016", "soon"]
    clocks = ["17:57:25", "17h57m25.5s", "17:57", "24:59:99", "x"]
    both = ["2016-01-29T17:57:25.5", "2016-01-29T00:00:00", "2016:01:29 17:57:25", "1970-01-01"]
    numbers = [57416.748, 57416.0, 57417.748, 51544.5, 2457417.25, 64645.0, 12.0]
    choices = {
        "DATE-OBS": days + both, "UT-DATE": days + both, "DATE-BEG": both, "DATE-END": days + both,
        "UT": clocks, "TIME-OBS": [*clocks, 64645.0], "UTSTOP": clocks, "TIME-END": clocks,
        "MJD-OBS": numbers, "MJD": numbers, "JD": numbers, "MJD-END": numbers, "MJD-AVG": numbers,
        "EXPTIME": [30.0, -1.0], "EXPOSURE": [60.0, 1.5], "ITIME": [2.0, "5.5"], "COADDS": [1, 4],
        "NCOMBINE": [2, 20], "HDUCLASS": ["OGIP"], "TIMESYS": ["UTC", "UT1", "TAI"],
        "LONGITUD": [-155.5, 149.0],
    }  # fmt: skip
    hints = [
        "",
        "",
        "[s]",
        "in minutes",
        "local",
        "middle",
        "ms",
        "of each frame",
        "(s) seconds",
        "[ks]",
        "Ks",
    ]
    for key, values in choices.items():
        if draw.random() < (0.4 if key in ("DATE-OBS", "EXPTIME", "UT") else 0.12):
            hdu.header[key] = (values[draw.integers(len(values))], draw.choice(hints))
    return hdu


@needs_node
def test_tables_and_keywords_are_read_as_the_command_reads_them(tmp_path):
    draw = np.random.default_rng(3)
    made = {"dates": (dated, 190), "places": (pointed, 80), "tables": (table, 150)}
    for name, (one, count) in made.items():
        hdus = [fits.PrimaryHDU(), *(one(draw) for _ in range(count))]
        fits.HDUList(hdus).writeto(tmp_path / f"{name}.fits")
    files = sorted(tmp_path.iterdir())
    dates, places, tables = pages = read_by_the_page(files)
    assert [differences(*pair)[0] for pair in zip(files, pages, strict=True)] == [[], [], []]
    assert sum("t_min" in one["row"] for one in dates["rows"]) > 60
    assert sum("s_ra" in one["row"] for one in places["rows"]) > 30
    kinds = {one["row"]["dataproduct_type"] for one in tables["rows"]}
    assert kinds >= {"event", "spectrum", "timeseries", "visibility"}
    read = next(note for note in tables["notes"] if "values have to be read" in note)
    left = set(read.partition(":")[0].removeprefix("HDU ").split(", "))
    truths = {one.part.split("[")[0] for one in found_in(files[2], "").rows}
    assert truths - {one["part"] for one in tables["rows"]} <= left
    assert len(left) < 40


@needs_node
def test_a_header_without_data_is_a_row_where_it_describes_an_observation(tmp_path):
    keywords = [{"OBJECT": "R Dor", "RA": 69.19, "DEC": -62.08}, {}, image("TAN", 1).header]
    for number, cards in enumerate(keywords):
        hdu = fits.PrimaryHDU()
        hdu.header.update({k: v for k, v in dict(cards).items() if not k.startswith("NAXIS")})
        hdu.writeto(tmp_path / f"{number}.fits")
    files = sorted(tmp_path.iterdir())
    pages = read_by_the_page(files)
    assert [differences(*pair)[0] for pair in zip(files, pages, strict=True)] == [[], [], []]
    assert ["s_ra" in row["row"] for page in pages for row in page["rows"]] == [True, True]
