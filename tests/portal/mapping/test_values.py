"""What expressions are worth: functions, units, conditions, and what is not there."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import MappingError
from portal.mapping import Held, Mapping, made_mapping
from portal.mapping.functions import FUNCTIONS
from portal.mapping.loading import findings
from portal.mapping.printing import show
from tests.portal.mapping.scripts import EXPRESSIONS, row

SOURCE = row(
    OBJECT=" M 83 ",
    EMPTY="   ",
    NAN=float("nan"),
    EXPTIME=2,
    TEXPTIME="1.5D1",
    LAMBDA0=6562.797,
    FREQ=230.538,
    MODE="CUBE",
    SIMPLE=True,
    RA="05:35:17.3",
    DEC="-00 12 30.",
    DATE="2015-10-12T03:20:00",
    LIST=[1.0, 3.0, float("nan")],
    ARRAY=np.array([[4.0, 1.0]]),
    WAVE=Held(500.0, "nm"),
    YEAR=1995,
)


def value(expression, target="parameter.x"):
    text = f"match: a\nmodel_id: 'a'\n{target}: {expression}\n"
    (outcome,) = (o for o in made_mapping(text).outcomes(SOURCE) if o.rule.place.line == 3)
    assert outcome.problem is None, outcome.problem
    return outcome.value


VALUES = {
    "OBJECT": "M 83",
    "object": "M 83",
    "EMPTY": None,
    "NAN": None,
    "EMPTY | NAN | 'last'": "last",
    "split($FILENAME, '_')[1]": "flux",
    "split($FILENAME, '_')[-1]": "B.fits",
    "split($FILENAME, '_')[7]": None,
    "split($FILENAME, '_')[7] | 'none'": "none",
    "join(split($STEM, '_')[0:2], ' ')": "m83 flux",
    "$STEM[:3]": "m83",
    "$STEM[0]": "m",
    "$FOLDER": "store",
    "$PATH": "store/m83_flux_B.fits",
    "$EXTNAME": None,
    "$HDU": None,
    "upper(MODE[1:3])": "UB",
    "lower(MODE)": "cube",
    "title('ngc bird')": "Ngc Bird",
    "strip('  a ')": "a",
    "replace(OBJECT, ' ', '')": "M83",
    "find($FILENAME, '_([A-Z])\\.')": "B",
    "find($FILENAME, '[a-z]+[0-9]+')": "m83",
    "find(OBJECT, 'NGC')": None,
    "'yes' if matches(OBJECT, '^M') else 'no'": "yes",
    "'yes' if MODE == 'CUBE'": "yes",
    "'yes' if MODE == 'IMAGE'": None,
    "'yes' if NOTHING != 'IMAGE' else 'no'": "no",
    "'yes' if NOTHING == null else 'no'": "yes",
    "'yes' if OBJECT != null and not EMPTY != null else 'no'": "yes",
    "'yes' if SIMPLE else 'no'": "yes",
    "'yes' if 'M' in OBJECT else 'no'": "yes",
    "'yes' if YEAR in (1994, '1995') else 'no'": "yes",
    "'yes' if TEXPTIME > 14 else 'no'": "yes",
    "'yes' if EXPTIME [min] == 120 [s] else 'no'": "yes",
    "'yes' if DATE < '2016' else 'no'": "yes",
    "1 + 2 * 3": 7,
    "(1 + 2) * 3": 9,
    "2 ** 3 ** 2": 512,
    "-2 ** 2": -4,
    "7 / 2 - 1": 2.5,
    "EXPTIME * 2": 4,
    "TEXPTIME + 1": 16,
    "abs(-EXPTIME)": 2,
    "round(2.567, 1)": 2.6,
    "round(2.5678)": 3,
    "sqrt(16)": 4,
    "log10(1000)": 3,
    "number('1.5D3')": 1500,
    "text(EXPTIME)": "2",
    "max(1, LIST, EXPTIME)": 3,
    "min(ARRAY)": 1,
    "mean(LIST)": 2,
    "median(ARRAY)": 2.5,
    "min(EMPTY)": None,
    "size(ARRAY)": 2,
    "size(split('a,b,c', ','))": 3,
    "ARRAY[0]": 4,
    "hours(RA)": pytest.approx(83.8220833, abs=1e-7),
    "degrees(DEC)": pytest.approx(-0.2083333, abs=1e-7),
    "mjd(DATE)": pytest.approx(57307 + 12000 / 86400),
    "mjd('08/11/51')": 33958,
    "column('FLUX')": None,
    "null": None,
}


@pytest.mark.parametrize(("expression", "wanted"), VALUES.items())
def test_values(expression, wanted):
    assert value(expression) == wanted


def test_every_function_is_tried():
    tried = " ".join([*VALUES, *UNITS])
    assert [name for name in FUNCTIONS if f"{name}(" not in tried] == []


UNITS = {
    "em_min: LAMBDA0 [Angstrom]": 6.562797e-7,
    "em_min [nm]: LAMBDA0 [Angstrom]": 6.562797e-7,
    "em_min [um]: 0.5": 5e-7,
    "em_min: WAVE": 5e-7,
    "em_min: WAVE [Angstrom]": 5e-7,
    "em_min: wavelength(FREQ [GHz])": 299_792_458 / 230.538e9,
    "em_min: wavelength(1 [keV])": 1.2398419843320026e-9,
    # H alpha, of NIST in air and in vacuum.
    "em_min: vacuum(LAMBDA0 [Angstrom])": 6564.610e-10,
    "em_min: vacuum(1500 [Angstrom])": 1.5e-7,
    "em_max: (LAMBDA0 [Angstrom]) + (2 [nm])": 6.582797e-7,
    "em_max: (10 ** 3.5) [Angstrom]": 10**-6.5,
    "em_res_power: (LAMBDA0 [Angstrom]) / (0.1 [nm])": 6562.797,
    "t_exptime: EXPTIME [min]": 120,
    "t_exptime [min]: EXPTIME": 120,
    "t_exptime: max(EXPTIME [min], 90 [s])": 120,
    "t_max: 57000 [d] + EXPTIME [min]": 57000 + 120 / 86400,
    "s_ra: hours(RA)": 83.8220833,
    "s_fov: 30 [arcmin]": 0.5,
    "t_exptime: TEXPTIME": 15,
    "t_min: mjd(DATE)": 57307 + 12000 / 86400,
}


@pytest.mark.parametrize(("line", "wanted"), UNITS.items())
def test_units_on_both_sides(line, wanted):
    (cell,) = made_mapping(line).cells(SOURCE)[0]
    assert cell.value == pytest.approx(wanted, rel=2e-7)


def test_a_unit_is_converted_without_noise():
    (cell,) = made_mapping("em_min: 3700 [Angstrom]").cells(SOURCE)[0]
    assert cell.value == 3.7e-7


FAILING = {
    "s_ra: RA": ("wrong-type", "'05:35:17.3'"),
    "s_ra: 400 + EXPTIME": ("range", "402"),
    "s_ra: LIST": ("wrong-type", "3 values"),
    "t_min: YEAR + 2459000": ("range", "2460995"),
    "obs_id: SIMPLE": ("wrong-type", "True"),
    "s_xel1: LAMBDA0": ("wrong-type", "6562.797"),
    "em_res_power: LAMBDA0 / (EXPTIME - 2)": ("range", "6562.797 / 0"),
    "em_res_power: 10.0 ** (EXPTIME * 400)": ("range", "10.0 ** 800"),
    "em_res_power: sqrt(-EXPTIME)": ("wrong-type", "-2"),
    "s_ra: hours(OBJECT)": ("wrong-type", "'M 83'"),
    "t_min: mjd(OBJECT)": ("wrong-type", "'M 83'"),
    "t_min: mjd(replace(OBJECT, 'M 83', '2015-02-30'))": ("wrong-type", "'2015-02-30'"),
    "facility_name: replace(OBJECT, 'M', '=M')": ("wrong-type", "'=M 83'"),
    "access_url: replace(OBJECT, 'M ', 'file:')": ("vocabulary", "'file:83'"),
    "s_region: OBJECT": ("vocabulary", "'M 83'"),
    "s_ra: OBJECT + 1": ("wrong-type", "'M 83'"),
    "obs_id: 1 if OBJECT else 2": ("wrong-type", "'M 83'"),
    "obs_id: 1 if LIST < 2 else 2": ("wrong-type", ""),
    "obs_id: 1 if OBJECT < 2 else 2": ("wrong-type", "'M 83'"),
    "em_min: wavelength(-FREQ [GHz])": ("range", "-230.538"),
    "obs_id: find(OBJECT, MODE[0] | '(')": ("", ""),
    "em_max: WAVE + EXPTIME": ("wrong-unit", "nm and none"),
    "dataproduct_type: MODE": ("vocabulary", "'CUBE'"),
}


@pytest.mark.parametrize(("line", "said"), FAILING.items())
def test_what_does_not_fit_is_a_problem_and_no_value(line, said):
    code, seen = said
    cells, problems = made_mapping(line, file="own.map").cells(SOURCE)
    if code:
        assert cells == ()
        (problem,) = problems
        assert (problem.code, problem.severity) == (code, "warning")
        assert problem.seen.startswith(seen)
        assert "[own.map:1:1]" in problem.way_out
    else:
        assert problems == ()


def test_texts_do_not_grow_without_end():
    doubled = "OBJECT"
    for _ in range(20):
        doubled = f"replace({doubled}, 'M', 'MMMMM')"
    (problem,) = made_mapping(f"obs_id: {doubled}").cells(SOURCE)[1]
    assert problem.code == "too-large"
    with pytest.raises(MappingError, match="text too long"):
        made_mapping(f"obs_id: {doubled}".replace("OBJECT", "'M 83'"))


def test_control_characters_of_files_become_blanks():
    cells, problems = made_mapping("obs_id: OBJECT").cells(row(OBJECT="R\x1b[2J\nDor\x00"))
    assert [cell.value for cell in cells] == ["R [2J Dor"]
    assert problems == ()


VALUES_OF_FILES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.complex_numbers(),
    st.lists(st.integers(-3, 3) | st.text(max_size=3), max_size=3),
    st.just(np.array([])),
    st.just(np.array([1.0, np.nan])),
    st.just(np.array(["a", "b"])),
    st.builds(Held, st.integers(1, 9), st.sampled_from(["m", "banana", "Hz"])),
)


@given(EXPRESSIONS, st.sampled_from(["obs_id", "s_ra", "em_min [nm]", "KEY", "s_xel1"]), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_file_holds_a_rule_gives_a_value_or_a_problem(expression, target, data):
    names = sorted({str(part.value) for part in expression.walk() if part.kind == "name"})
    held = {name: data.draw(VALUES_OF_FILES) for name in names}
    text = f"env: A\n{target}: {show(expression)}"
    script, errors = findings(text, "own.map")
    if not errors:
        cells, problems = Mapping("own", script).cells(row(**held))
        assert all(isinstance(cell.value, str | int | float | None) for cell in cells)
        assert all(problem.what and problem.code for problem in problems)


OF_MANY = {
    "min(wavelength(waves))": pytest.approx(4e-7),
    "max(wavelength(obs/FREQS)) * 1e3": pytest.approx(1.3034454695652),
    "max(vacuum(waves))": pytest.approx(6.001662e-7, rel=1e-7),
    "wavelength(waves)[0]": pytest.approx(5e-7),
    "max(waves * 2)": 1200,
    "max(1 - LIST / 2)": 0.5,
    "min(-LIST)": -3,
    "max(LIST ** 2)": 9,
    "max(sqrt(ARRAY))": 2,
    "max(round(ARRAY / 3, 1))": 1.3,
    "max(log10(LIST))": pytest.approx(0.47712125),
}
MANY = row(
    **{"obs/FREQS": Held(np.array([230e9, 231e9, np.nan]), "Hz")},
    waves=Held(np.array([500.0, 400.0, 600.0]), "nm"),
    LIST=[1.0, 3.0, float("nan")],
    ARRAY=np.array([[4.0, 1.0]]),
)


@pytest.mark.parametrize(("expression", "wanted"), OF_MANY.items())
def test_functions_of_a_number_take_each_of_many(expression, wanted):
    mapping = made_mapping(f"match: a\nmodel_id: 'a'\nparameter.x: {expression}\n")
    found = next(o for o in mapping.outcomes(MANY) if o.rule.place.line == 3)
    assert (found.value, found.problem) == (wanted, None)


def test_a_message_names_only_the_number_of_many_values():
    mapping = made_mapping("match: a\nmodel_id: 'a'\nparameter.x: log10(LIST - 1)\n")
    found = next(o for o in mapping.outcomes(MANY) if o.rule.place.line == 3)
    assert "3 values" in str(found.problem)
    assert "array" not in str(found.problem)
