"""What is wrong with a mapping is said before any file is read: value, way out, line, column."""

import pytest

from portal.errors import MappingError
from portal.mapping import load_mapping, made_mapping
from portal.mapping.loading import findings
from portal.model.schema import OBSCORE

UNREAD = {
    "nonsense": ("1:9", "ends too early", ": or :=", "the end of the line"),
    "banana rho": ("1:8", "cannot be read", ": or :=", "'rho'"),
    "obs_id: (A": ("1:11", "ends too early", "')'", "the end of the line"),
    "obs_id: 'open": ("1:9", "text without an end", "a closing '", '"\'open"'),
    "obs_id: `open": ("1:9", "text without an end", "a closing `", "'`open'"),
    "obs_id: A +  # sum": ("1:12", "ends too early", "a value such as OBJECT", "the end"),
    "obs_id: A B": ("1:11", "cannot be read", "an operator", "'B'"),
    "obs_id: f(A,)": ("1:13", "cannot be read", "a value such as", "')'"),
    "obs_id: `  `": ("1:9", "empty name", "a name in backquotes", "'`  `'"),
    "[hdu]": ("1:5", "cannot be read", "a pattern", "']'"),
    "[planets 3]": ("1:2", "cannot be read", "all, files, hdu or when", "'planets 3]'"),
    "match: a,,b": ("1:10", "cannot be read", "a pattern", "',b'"),
    "env: 3": ("1:6", "cannot be read", "a name", "'3'"),
    "obs_id: 1e999": ("1:9", "number too large", "1.8e308", "1e999"),
    "obs_id: §": ("1:9", "cannot be read", "a value such as", "'§'"),
}

CHECKED = {
    "targt_name: OBJECT": ("1:1", "unknown column", "target_name", "targt_name"),
    "S_RA: 3": ("1:1", "name of a column", "s_ra for the column", "S_RA"),
    "parameter.a.b: X": ("1:1", "unknown column", "parameter.NAME", "parameter.a.b"),
    "n_observations: 3": ("1:1", "unknown column", "s_resolution", "n_observations"),
    "em_min: FREQ [GHz]": ("1:9", "another dimension", "wavelength(FREQ [GHz])", "'GHz'"),
    "em_min [GHz]: FREQ": ("1:1", "another dimension", "wavelength(FREQ [unit])", "'GHz'"),
    "t_exptime: X [m]": ("1:12", "another dimension", "dimension of s", "'m'"),
    "t_exptime: X [banana]": ("1:12", "unknown unit", "VOUnit", "'banana'"),
    "target_name: X [m]": ("1:14", "unit of a text", "no unit", "'m'"),
    "RESTFRQ: 230 [GHz]": ("1:10", "unit on the right only", "on the left", "230 [GHz]"),
    "t_max: A [d] + B": ("1:8", "one side only", "both sides", "A [d] + B"),
    "t_max: A [d] + B [m]": ("1:8", "two dimensions", "one dimension", "d and m"),
    "em_min: 10 ** A [m]": ("1:9", "power with a unit", "(10 ** X) [Angstrom]", "10 ** A [m]"),
    "em_min: (A [m]) [nm]": ("1:10", "two units", "in m already", "A [m] [nm]"),
    "em_min: wavelength(A)": ("1:9", "no unit", "wavelength(KEYWORD [unit])", "wavelength(A)"),
    "em_min: vacuum(A [kg])": ("1:9", "another dimension", "frequency, energy", "kg"),
    "em_res_power: log10(A [m])": ("1:15", "argument with a unit", "none", "log10(A [m])"),
    "s_ra: 'abc'": ("1:7", "not a number", "a finite number", "'abc'"),
    "s_ra: 361": ("1:7", "out of range", "0 to 360", "361"),
    "t_min: 2460310.5": ("1:8", "not a date", "MJD (d)", "2460310.5, which looks like JD"),
    "s_xel1: 2.5": ("1:9", "not a whole number", "int64", "2.5"),
    "calib_level: 7": ("1:14", "out of range", "0 to 4", "7"),
    "dataproduct_type: 'Cube'": ("1:19", "no type of product", "cube, event", "'Cube'"),
    "pol_states: 'IQ'": ("1:13", "no list of states", "/I/Q/U/V/", "'IQ'"),
    "target_name: true": ("1:1", "another type", "string", "true"),
    "target_name: split(A, ',')": ("1:14", "another type", "string", "split(A, ',')"),
    "target_name: A == 1": ("1:14", "another type", "string", "A == 1"),
    "target_name: spilt(A)": ("1:14", "unknown function", "split", "spilt"),
    "target_name: os.system(A)": ("1:14", "unknown function", "a line use: os", "os.system"),
    "target_name: split(A)": ("1:14", "wrong number of arguments", "split(text, text)", "1"),
    "target_name: upper(2)": ("1:20", "another type", "upper(text)", "2, a number"),
    "target_name: find(A, '(x')": ("1:22", "cannot be used", "RE2", "'(x'"),
    "target_name: find(A, '(a)\\1')": ("1:22", "cannot be used", "back-references", "'(a)"),
    "target_name: 'x' | A": ("1:14", "never reached", "'x' as the last one", "'x' | A"),
    "s_ra: -'a'": ("1:8", "not a number", "a number or a keyword", "'a'"),
    "s_ra: 5[0]": ("1:7", "index of one value", "a text or a list", "5[0]"),
    "obs_id: 1 if 'a' else 2": ("1:14", "no condition", "a comparison", "'a'"),
    "obs_id: 1 when 2": ("1:16", "no condition", "a comparison", "2"),
    "[when 'a']": ("1:7", "no condition", "a comparison", "'a'"),
    "obs_id: $OBSERVER": ("1:9", "unknown variable", "a line env: OBSERVER", "$OBSERVER"),
    "env: OBSERVER": ("1:6", "a variable that was not allowed", "no variable", "OBSERVER"),
    "env: PATH": ("1:6", "a variable that was not allowed", "no variable", "PATH"),
    "s_resolution: -1": ("1:16", "out of range", "1e-12 to", "-1"),
    "s_fov: 0": ("1:8", "out of range", "1e-15 to 360", "0"),
    "em_res_power: -5": ("1:16", "out of range", "0.001 to", "-5"),
    "access_estsize: -3": ("1:18", "out of range", "0 to", "-3"),
    "em_min: wavelength(0 [Hz])": ("1:9", "not positive", "more than 0", "0"),
    "s_dec: -91": ("1:9", "out of range", "-90 to 90", "-91"),
    "s_ra: 6 * 61": ("1:7", "out of range", "0 to 360", "366"),
    "t_min: mjd('2020-13-45')": ("1:8", "not a date", "2015-10-12T03:20:00", "'2020-13-45'"),
    "s_fov [arcsec]: 1e9": ("1:17", "out of range", "to 360", "277778"),
    "s_region: 'CIRCLE ICRS 10 10'": ("1:11", "no footprint", "CIRCLE ICRS ra dec radius", "'CIR"),
    "obs_id:= 'a\x1b[2J'": ("1:10", "control characters", "without them", "'a\\x1b[2J'"),
    "obs_id: 'a\x00'": ("1:9", "control characters", "without them", "'a\\x00'"),
    "access_url:= 'javascript:alert(1)'": ("1:14", "no address", "https", "'javascript"),
    "access_url:= 'JavaScript://%0Aalert(1)'": ("1:14", "no address", "https", "'JavaScript"),
    "access_url: 'data:text/html,x'": ("1:13", "no address", "https", "'data:"),
    "facility_name:= '=cmd|''/C calc''!A0'": ("1:17", "formula", "runs nothing", '"=cmd|'),
    "obs_id: join(('-2', 'x'), '|')": ("1:9", "formula", "runs nothing", "'-2|x'"),
    "env: a.b": ("1:6", "no variable", "OBSERVER", "a.b"),
    "use: os": ("1:6", "not allowed", "no module", "os"),
    "use: os/path": ("1:6", "no module", "mymodule", "os/path"),
    "obs_id: A\nobs_id: B": ("2:1", "a second rule", "the first is in line 1", "obs_id: B"),
    "model_id: $STEM": ("1:1", "no rule match", "match: grid/x", ""),
    "match: rho": ("1:1", "no rule model_id", "model_id: $STEM", ""),
}


def _one(line):
    errors = findings(line, "own.map")[1]
    assert len(errors) == 1, errors
    return errors[0]


@pytest.mark.parametrize(("line", "said"), [*UNREAD.items(), *CHECKED.items()])
def test_a_finding_names_the_value_the_way_out_and_the_place(line, said):
    place, what, expected, seen = said
    error = _one(line)
    assert error.where == f"own.map:{place}"
    assert what in error.what
    assert expected in error.expected
    assert error.seen.startswith(seen)
    assert str(error).endswith(f"[own.map:{place}]")


def test_a_date_that_is_jd_says_what_to_subtract():
    with pytest.raises(MappingError, match=r"2460310\.5, which looks like JD; subtract 2400000\.5"):
        made_mapping("t_min: 2460310.5")


@pytest.mark.parametrize(
    "line",
    [
        "em_min [nm]: LAMBDA0 [Angstrom]",
        "em_min: wavelength(FREQ [GHz])",
        "em_min: wavelength(max(obs/freq))",
        "em_min: vacuum(min(column('WAVE')))",
        "em_max: wavelength(band/centre - band/width)",
        "t_max: start + 3 [d]",
        "access_url: 'cubes/a.fits'",
        "access_url: 's3://bucket/a.fits'",
        "target_name: '-47 1234'",
        "target_name: '+12 6 = b'",
        "s_region: 'UNION ICRS (CIRCLE 10 41 0.1 POLYGON 12 41 12.1 41 12.1 41.1)'",
        "RESTFRQ [Hz]: 230.538 [GHz]",
        "t_max [d]: A [d] + B [s]",
        "s_xel1: '12'",
        "obs_id: A\nobs_id:= 'b'",
        "obs_id: A when X == 1\nobs_id: B when X == 2",
        "obs_id: A\n[hdu 2]\nobs_id: B",
        "`obs_id`: 'a keyword of this name'",
        "t_exptime: max(A [s], B [min])",
        "em_max: (A + B) * 2 [m]",
        "em_res_power: (A [nm]) / (B [m])",
        "obs_id: null if A == null else 'x'",
        "pol_states: '/I/Q/'",
        "calib_level: 3 if X in ('a', 'b') else 2",
    ],
)
def test_what_is_right_has_no_findings(line):
    assert findings(line, "own.map")[1] == ()


def test_all_findings_come_in_the_order_of_the_lines():
    text = "nonsense\ntargt_name: A\nobs_id: 'x\ns_ra: 'a'\n"
    errors = findings(text, "own.map")[1]
    assert [error.where for error in errors] == [
        f"own.map:{p}" for p in ("1:9", "2:1", "3:9", "4:7")
    ]


def test_a_complete_mapping_has_what_obscore_wants():
    needed = [column.name for column in OBSCORE if column.required]
    errors = findings("obs_id: A", "own.map", complete=True)[1]
    assert [error.what for error in errors] == [f"no rule {n}" for n in needed if n != "obs_id"]
    whole = "\n".join(f"{name}: X" for name in needed)
    assert findings(whole, "own.map", complete=True)[1] == ()


def test_a_file_that_is_no_text_has_a_place_too(tmp_path):
    (tmp_path / "own.map").write_bytes(b"obs_id: A\n# \xc3\xa9 \xff\n")
    with pytest.raises(MappingError, match=r"got the byte 0xff \[.*own\.map:2:5\]"):
        load_mapping(tmp_path / "own.map")
    with pytest.raises(MappingError, match=r"none\.map:1:1"):
        load_mapping(tmp_path / "none.map")
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path)
