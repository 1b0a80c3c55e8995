"""Which rule gives a value, where sections hold, and what keywords rules give."""

import pytest

from portal.errors import MappingError
from portal.mapping import FitsSource, KeywordValue, Mapping, made_mapping, ranked
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED, Cell, Origin
from tests.portal.mapping.scripts import row

SOURCE = row(OBJECT="M83", MODE="CUBE", TELESCOP="ALMA")
FOUND = Cell("target_name", "found", Origin("keyword", "HDU 0 OBJECT", CONVENTION))
MADE_UP = Cell("target_name", "made up", Origin("default", "folder", INFERRED))
NULL = Cell("target_name", None, Origin("keyword", "HDU 0 OBJECT", note="a lamp"))


def target(text, *derived, source=SOURCE):
    """What counts, and of which kind it is."""
    cells, problems = made_mapping(text).cells(source)
    assert problems == ()
    best = next((c for c in ranked(derived, cells) if c.column == "target_name"), None)
    return None if best is None else (best.value, best.origin.kind)


@pytest.mark.parametrize(
    ("text", "found", "made_up", "nothing"),
    [
        ("target_name:= 'x'", "x", "x", "x"),
        ("target_name:= null", None, None, None),
        ("target_name: OBJECT", "M83", "M83", "M83"),
        ("target_name: 'x'", "found", "x", "x"),
        ("target_name: OBJECT | 'x'", "M83", "M83", "M83"),
        ("target_name: LACKING | 'x'", "found", "x", "x"),
        ("target_name: LACKING", "found", "made up", None),
        ("target_name:= LACKING", "found", "made up", None),
        ("target_name: 'x' if MODE == 'CUBE' else 'y'", "x", "x", "x"),
        ("target_name: OBJECT\ntarget_name:= 'x'", "x", "x", "x"),
        ("target_name: OBJECT\ntarget_name:= LACKING", "M83", "M83", "M83"),
        ("obs_id: 'x'", "found", "made up", None),
    ],
)
def test_rules_then_what_is_found_then_defaults_then_guesses(text, found, made_up, nothing):
    assert (target(text, FOUND) or [None])[0] == found
    assert (target(text, MADE_UP) or [None])[0] == made_up
    assert (target(text, NULL) or [None])[0] == nothing
    assert (target(text) or [None])[0] == nothing


BEGUN = Cell("t_min", 59000.0, Origin("keyword", "HDU 0 DATE-OBS", STATED))


@pytest.mark.parametrize(
    ("text", "derived", "wanted"),
    [
        ("t_max: t_min + 36 [min]", [BEGUN], {"t_max": 59000.025}),
        ("t_max: t_min + EXPTIME [s]\nt_min: MJD", [BEGUN], {"t_max": 60000.0, "t_min": 59999.0}),
        ("t_max: t_min + 1 [d]\nt_min: 58000", [BEGUN], {"t_max": 59001.0, "t_min": 58000.0}),
        ("t_min:= t_min + 1 [d]", [BEGUN], {"t_min": 59001.0}),
        ("t_max: t_min + 1 [d]\n[when MODE == 'CUBE']\nt_min:= 58000", [], {"t_max": 58001.0}),
        ("calib_level: 3 when t_min > 58000 [d]", [BEGUN], {"calib_level": 3}),
        ("t_max: t_min + 1 [d]", [], {}),
        ("t_min: t_max\nt_max: t_min", [], {}),
        ("obs_collection: instrument_name", [], {"obs_collection": "the file has it"}),
        ("t_max: HDU[0].t_min", [BEGUN], {}),
    ],
)
def test_a_column_on_the_right_has_its_value_of_other_rules_and_the_file(text, derived, wanted):
    source = row(MODE="CUBE", EXPTIME=86400, MJD=59999.0, INSTRUMENT_NAME="the file has it")
    cells, problems = made_mapping(text).cells(source, derived)
    assert problems == ()
    found = {cell.column: cell.value for cell in cells}
    assert {name: found.get(name) for name in wanted} == wanted
    assert wanted or not found


def test_cells_say_which_line_they_are_from():
    text = """
    target_name: OBJECT   # a comment
    obs_id: 'a # b'
    s_xel1: 2 * 3
    obs_collection: upper(OBJECT)
    """
    mapping = made_mapping(text, file="rules/own.map")
    cells = {cell.column: cell.origin for cell in mapping.cells(SOURCE)[0]}
    assert cells["target_name"] == Origin(
        "mapping", "target_name: OBJECT", STATED, "rules/own.map:2:5"
    )
    assert cells["obs_id"] == Origin("default", "obs_id: 'a # b'", STATED, "rules/own.map:3:5")
    assert cells["obs_collection"].confidence == DERIVED


SECTIONS = """
target_name: 'general'
[files *_flux.fits | *.map]
target_name: 'flux'
[files store/*]
target_name: 'stored'
[when MODE == 'CUBE' and TELESCOP != null]
obs_id: 'cube'
[all]
obs_collection: 'all'
"""


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("a_flux.fits", "flux"),
        ("store/a_flux.fits", "flux"),
        ("store/a.fits", "stored"),
        ("/data/store/deep/a.fits", "stored"),
        ("restore/a.fits", "general"),
        ("a.fits", "general"),
    ],
)
def test_sections_come_before_what_stands_above_them(place, wanted):
    source = row(place, MODE="CUBE", TELESCOP="X")
    cells = {c.column: c.value for c in made_mapping(SECTIONS).cells(source)[0]}
    assert cells == {"target_name": wanted, "obs_id": "cube", "obs_collection": "all"}
    assert "obs_id" not in {c.column for c in made_mapping(SECTIONS).cells(row(place))[0]}


class _Cards(dict):
    def value(self, name):
        return self.get(name.upper())

    def comment(self, name):
        return ""


class _Hdu:
    def __init__(self, index, name, **cards):
        self.index, self.name, self.cards = index, name, _Cards(cards)

    def info(self, name):
        return None


class _Product:
    row = None

    def __init__(self, place, *hdus):
        self.hdu, self.cards = hdus[place], hdus[place].cards
        self.file = type("File", (), {"hdus": hdus})


def product(place=1):
    hdus = (
        _Hdu(0, "", OBJECT="first", EXPTIME=10),
        _Hdu(1, "SCI", OBJECT="second", **{"ESO TEL NAME": "VLT"}),
        _Hdu(2, "Two Words", OBJECT="third"),
    )
    return FitsSource(_Product(place, *hdus))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("OBJECT", "second"),
        ("HDU[0].OBJECT", "first"),
        ("HDU[2].object", "third"),
        ("HDU['two words'].OBJECT", "third"),
        ("HDU[sci].OBJECT", "second"),
        ("HDU[9].OBJECT", None),
        ("HDU[NONE].OBJECT", None),
        ("ESO.TEL.NAME", "VLT"),
        ("`ESO TEL NAME`", "VLT"),
        ("'HDU ' if $EXTNAME == 'SCI'", "HDU "),
        ("text($HDU)", "1"),
    ],
)
def test_keywords_of_other_hdus(expression, wanted):
    source = product()
    cells, problems = made_mapping(f"obs_id: {expression}").cells(_pathless(source))
    assert problems == ()
    assert [cell.value for cell in cells] == ([] if wanted is None else [wanted])


def _pathless(source):
    from pathlib import PurePath

    source.product.file.path = PurePath("a.fits")
    return source


@pytest.mark.parametrize(
    ("head", "held"),
    [("hdu 1", True), ("hdu sci", True), ("hdu S* | 7", True), ("hdu 2", False), ("hdu *", True)],
)
def test_sections_of_hdus(head, held):
    cells, _ = made_mapping(f"[{head}]\nobs_id: 'x'").cells(_pathless(product()))
    assert bool(cells) is held


def test_hdus_are_not_those_of_other_formats():
    assert made_mapping("[hdu 0]\nobs_id: 'x'").cells(SOURCE) == ((), ())


def test_a_path_of_hdf5_is_not_taken_for_a_division():
    (problem,) = made_mapping("obs_id: OBJECT/EXPTIME").cells(_pathless(product()))[1]
    assert "put blanks around / to divide" in problem.way_out


def keywords(text, source=SOURCE):
    return {k.name: (k.value, k.forced) for k in made_mapping(text).keywords(source)}


def test_keywords_of_rules():
    text = "CUNIT1: 'Angstrom'\nTELESCOP: 'VLT'\nOBJECT:= 'NGC 1'\nRESTFRQ [Hz]: 230.538 [GHz]"
    assert keywords(text) == {
        "CUNIT1": ("Angstrom", False),
        "OBJECT": ("NGC 1", True),
        "RESTFRQ": (230.538e9, False),
    }
    (first, *_) = made_mapping("CUNIT1: 'm'", file="own.map").keywords(SOURCE)
    assert first == KeywordValue(
        "CUNIT1", "m", False, Origin("default", "CUNIT1: 'm'", STATED, "own.map:1:1")
    )


def test_rules_read_the_keywords_of_rules():
    text = "LAMBDA0: 5000\nOBJECT:= 'forced'\ntarget_name: OBJECT\nem_min: LAMBDA0 [Angstrom]"
    cells = {cell.column: cell.value for cell in made_mapping(text).cells(SOURCE)[0]}
    assert cells == {"target_name": "forced", "em_min": 5e-7}
    assert keywords("A: 1\nB: A + 1\nC: D\nD: 2") == {
        "A": (1, False),
        "B": (2, False),
        "D": (2, False),
    }


def test_keywords_of_sections():
    text = "A: 1\nB:= null\n[when A == 1]\nA: 2\n[files *.none]\nA: 3"
    assert keywords(text) == {"A": (2, False), "B": (None, True)}
    assert keywords("`ESO.INS.MODE`: 'x'\nMJD-OBS: 5") == {
        "ESO INS MODE": ("x", False),
        "MJD-OBS": (5, False),
    }


def test_variables_of_the_environment(monkeypatch):
    monkeypatch.setenv("OBSERVER", "Leavitt")
    monkeypatch.delenv("SITE", raising=False)
    text = "env: OBSERVER, SITE\nobs_id: $SITE | $OBSERVER"
    with pytest.raises(MappingError, match="add --allow-env SITE if what it holds may be publ"):
        made_mapping(text, allow_env=["OBSERVER"])
    mapping = made_mapping(text, allow_env=["OBSERVER", "SITE"])
    (cell,) = mapping.cells(SOURCE)[0]
    assert (cell.value, cell.origin.kind) == ("Leavitt", "default")
    assert isinstance(mapping, Mapping)


def test_what_becomes_of_each_rule():
    text = """
    target_name: OBJECT
    target_name:= 'forced'
    obs_id: LACKING
    obs_collection: 'mine'
    s_ra: OBJECT
    t_min: 1 when MODE == 'IMAGE'
    [files *.none]
    t_max: 1
    """
    found = Cell("obs_collection", "theirs", Origin("keyword", "HDU 0 SURVEY"))
    outcomes = made_mapping(text).outcomes(SOURCE, [found])
    told = [(one.rule.target, one.state, one.reason) for one in outcomes]
    assert told[:4] == [
        ("target_name", "lost", "the rule in line 3 comes before it"),
        ("target_name", "won", ""),
        ("obs_id", "null", "the file has no value"),
        ("obs_collection", "lost", "found without it: HDU 0 SURVEY"),
    ]
    assert told[4][1] == "failed"
    assert "'M83'" in told[4][2]
    assert told[5:] == [
        ("t_min", "elsewhere", "its condition does not hold"),
        ("t_max", "elsewhere", "for files *.none only"),
    ]
