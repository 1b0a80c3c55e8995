"""Checks of rows as data, for a program in another language, such as the page in the browser.

Each says by an expression where a value is wrong. A test holds what the page finds with them
against `portal.lint`, word for word.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from portal.lint.spectral import RADIO
from portal.lint.values import (
    ADDRESS,
    CONTROL,
    DID,
    MIME,
    NEVER_NULL,
    PLACEHOLDERS,
    POLARISATION,
    PRODUCT_TYPES,
    URL,
)
from portal.model.schema import OBSCORE

__all__ = ["ELSEWHERE", "described_checks"]

Json: TypeAlias = str | float | bool | list["Json"] | dict[str, "Json"]

ELSEWHERE = (
    *("em-air", "o-ucd", "region-form", "region-fov", "region-frame", "region-misses"),
    *("wrong-type", "wrong-ucd", "wrong-unit", "wrong-utype"),
)
"""Findings of `portal.lint` that need more than a row and an expression, and stay out."""

_NULL = "leave it empty where it is not known"
_TEXTS = tuple(column.name for column in OBSCORE if column.type == "string")
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.And: "and", ast.Or: "or",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Check:
    """A finding of the linter; `wrong` is an expression over columns, `also` another column."""

    code: str
    column: str
    wrong: str
    expected: str
    way_out: str
    severity: str = "error"
    also: str = ""


def described_checks() -> dict[str, Json]:
    """Columns, vocabularies, patterns and checks, ready for JSON."""
    words: dict[str, Json] = {"placeholders": [*sorted(PLACEHOLDERS)], "types": [*PRODUCT_TYPES]}
    patterns = {
        "address": ADDRESS, "did": DID, "mime": MIME, "polarisation": POLARISATION,
        "radio": RADIO, "url": URL,
    }  # fmt: skip
    return {
        "checks": [
            {
                "also": one.also,
                "code": one.code,
                "column": one.column,
                "expected": one.expected,
                "severity": one.severity,
                "way_out": one.way_out,
                "wrong": _tree(ast.parse(one.wrong, mode="eval").body),
            }
            for one in _all()
        ],
        "columns": [
            {
                "description": column.description,
                "name": column.name,
                "type": column.type,
                "unit": column.unit,
            }
            for column in OBSCORE
        ],
        "control": CONTROL.pattern,
        "patterns": {name: f"^(?:{regex.pattern})$" for name, regex in patterns.items()},
        "vocabularies": words,
    }


def _tree(node: ast.AST) -> Json:
    """An expression as lists, the operator or function first."""
    match node:
        case ast.BoolOp():
            return [_OPERATORS[type(node.op)], *map(_tree, node.values)]
        case ast.UnaryOp():
            return ["not" if isinstance(node.op, ast.Not) else "neg", _tree(node.operand)]
        case ast.BinOp():
            return [_OPERATORS[type(node.op)], _tree(node.left), _tree(node.right)]
        case ast.Compare():
            sides = [node.left, *node.comparators]
            pairs = zip(sides, node.ops, sides[1:], strict=False)
            return ["and", *([_OPERATORS[type(op)], _tree(a), _tree(b)] for a, op, b in pairs)]
        case ast.Call(func=ast.Name(id=name)):
            return [name, *map(_tree, node.args)]
        case ast.Name():
            return ["column", node.id]
        case ast.Constant(value=str(value)):
            return value
        case ast.Constant(value=int(value) | float(value)):
            return value
    raise ValueError(f"no expression of a check: {ast.dump(node)}")


def _all() -> Iterator[_Check]:
    for group in (_values, _positions, _sizes, _times, _exposures, _bands, _kinds):
        yield from group()


def _values() -> Iterator[_Check]:
    for name in NEVER_NULL:
        wrong = f"present({name}) and not known({name})"
        yield _Check("null", name, wrong, "a value in every row", "give it a value")
    yield _Check("product-type", "dataproduct_type", "known(dataproduct_type) and not among(dataproduct_type, 'types')", " or ".join(PRODUCT_TYPES), "write one of these words in lower case, or nothing")
    yield _Check("calib-level", "calib_level", "known(calib_level) and not (calib_level == 0 or calib_level == 1 or calib_level == 2 or calib_level == 3 or calib_level == 4)", "0, 1, 2, 3 or 4", "0 raw, 1 in standard form, 2 calibrated, 3 enhanced, 4 derived by analysis")
    yield _Check("pol-states", "pol_states", "known(pol_states) and not matches(pol_states, 'polarisation')", "states between slashes, such as /I/Q/U/V/", "begin and end with a slash and use the letters of the standard")
    yield _Check("did", "obs_publisher_did", "known(obs_publisher_did) and not matches(obs_publisher_did, 'did')", "ivo://AUTHORITY/...", "begin it with ivo://")
    yield _Check("did-twice", "obs_publisher_did", "repeated(obs_publisher_did)", "another one in each row", "tell the products of one observation apart in it")
    yield _Check("access-url", "access_url", "known(access_url) and not matches(access_url, 'address')", "an absolute address, http(s) or ftp", "give the whole address, without blanks")
    yield _Check("access-url", "access_url", "known(access_url) and matches(access_url, 'address') and not matches(access_url, 'url')", "an address that every program opens", "give one that begins with https, if there is one", "warning")
    yield _Check("access-format", "access_format", "known(access_format) and not matches(access_format, 'mime')", "a media type, such as application/fits", "write type/subtype")
    yield _Check("format-without-url", "access_format", "known(access_format) and not known(access_url) and anywhere(access_url)", "an access_url beside it", "give the address, or no format", "warning")
    for name in _TEXTS:
        yield _Check("placeholder", name, f"known({name}) and among(lower({name}), 'placeholders')", "a value, or nothing", "leave the cell empty where nothing is known", "warning")
        yield _Check("blanks", name, f"known({name}) and blanks({name})", "text without blanks around it or control characters", "strip the text", "warning")
    yield _Check("estsize", "access_estsize", "known(access_estsize) and not access_estsize >= 0", "kilobytes, more than 0", _NULL)
    yield _Check("estsize", "access_estsize", "access_estsize == 0", "kilobytes, more than 0", "round up to 1", "warning")
    yield _Check("estsize-unit", "access_estsize", "access_estsize > 1e9", "kilobytes (this would be over 1 TB)", "divide bytes by 1000", "warning")


def _positions() -> Iterator[_Check]:
    yield _Check("ra-range", "s_ra", "known(s_ra) and not 0 <= s_ra < 360", "0 <= s_ra < 360 degrees", "take it modulo 360, in degrees")
    yield _Check("dec-range", "s_dec", "known(s_dec) and not abs(s_dec) <= 90", "-90 to 90 degrees", "give it in degrees; perhaps s_ra and s_dec are exchanged", also="s_ra")
    for one, other in (("s_ra", "s_dec"), ("s_dec", "s_ra")):
        yield _Check("position-alone", one, _alone(one, other), "both s_ra and s_dec or none", "give both")
    yield _Check("position-zero", "s_ra", "s_ra == 0 and s_dec == 0 and not s_fov > 90", "the position of the product", "leave both empty where it is not known", "warning")


def _alone(one: str, other: str) -> str:
    return f"present({one}) and not known({one}) and known({other})"


def _sizes() -> Iterator[_Check]:
    yield _Check("fov-range", "s_fov", "known(s_fov) and not 0 < s_fov <= 360", "a diameter in degrees, above 0 and up to 360", "convert it to degrees, or leave it empty")
    yield _Check("resolution-range", "s_resolution", "known(s_resolution) and not s_resolution > 0", "an angle in arcsec above 0", _NULL)
    yield _Check("resolution-above-fov", "s_resolution", "s_resolution > 2 * 3600 * s_fov", "a resolution smaller than the field of view", "look at the units: arcsec and degrees", "warning", "s_fov")
    pixels = "fmax(s_xel1, s_xel2)"
    yield _Check("resolution-unit", "s_resolution", f"{pixels} > 1 and s_resolution < 0.05 * 3600 * s_fov / {pixels}", "a resolution not far below the pixel", "give it in arcsec: this looks like degrees", "warning", "s_fov")
    for name in ("s_xel1", "s_xel2"):
        yield _Check("count", name, _uncounted(name), "pixels, above 0, or -1 for none", _NULL)
    yield _Check("count-alone", "s_xel2", "present(s_xel2) and known(s_xel1) != known(s_xel2)", "both s_xel1 and s_xel2 or none", "give both", "warning")


def _uncounted(name: str) -> str:
    return f"known({name}) and not ({name} > 0 or {name} == -1)"


def _times() -> Iterator[_Check]:
    for name in ("t_min", "t_max"):
        odd = f"known({name}) and not 0 < {name} < 88069"
        julian, seconds = f"2400000.5 < {name} < 2488069.5", f"{name} > 1e7"
        yield _Check("t-is-jd", name, f"{odd} and {julian}", "MJD (d)", "subtract 2400000.5: this looks like JD")
        yield _Check("t-is-seconds", name, f"{odd} and {seconds}", "MJD (d)", "convert it to MJD: this looks like seconds")
        yield _Check("t-is-year", name, f"1850 <= {name} < 2100", "MJD (d)", "convert it to MJD: this looks like a year")
        yield _Check("t-range", name, f"{odd} and not ({julian}) and not {seconds}", "MJD (d), from 1858 to 2100", "convert the date to MJD, or leave it empty")
    yield _Check("t-order", "t_min", "t_min > t_max", "t_min not after t_max", "exchange them", also="t_max")
    for one, other in (("t_min", "t_max"), ("t_max", "t_min")):
        yield _Check("t-alone", one, _alone(one, other), "both t_min and t_max or none", "give the other one too", "warning")


def _exposures() -> Iterator[_Check]:
    for name in ("t_exptime", "t_resolution"):
        yield _Check("exposure-range", name, f"known({name}) and not 0 <= {name} < 1e10", "seconds, above 0", _NULL)
        yield _Check("exposure-zero", name, f"{name} == 0", "seconds, above 0 but for a bias", _NULL, "warning")
    span, told = "((t_max - t_min) * 86400)", "1 == 2"
    for unit, factor in (("minutes", 60.0), ("hours", 3600.0), ("days", 86400.0), ("milliseconds", 1e-3)):
        equal, wrong = (f"({span} > 0 and abs(t_exptime * {factor} / {span} - 1) < {part})" for part in (0.002, 0.02))
        for near, severity in ((equal, "error"), (f"{wrong} and not {equal}", "warning")):
            yield _Check(f"exposure-in-{unit}", "t_exptime", f"{near} and not ({told})", "seconds, as t_max - t_min tells", f"multiply it by {factor:g}: this looks like {unit}", severity)
        told = f"{told} or {wrong}"
    yield _Check("exposure-longer", "t_exptime", f"t_exptime > 10 * max({span}, 1) and known(t_max) and not ({told})", "no more than t_max - t_min", "look at units and dates", "warning", "t_max")
    yield _Check("resolution-longer", "t_resolution", f"t_resolution > 1.01 * fmax(t_exptime, {span})", "no longer than the exposure", "give it in seconds", "warning", "t_exptime")


def _bands() -> Iterator[_Check]:
    yield _Check("em-order", "em_min", "em_min > em_max", "em_min not above em_max", "exchange them: the limits are wavelengths, not frequencies", also="em_max")
    vacuum = "a vacuum wavelength in metres"
    for name in ("em_min", "em_max"):
        yield _Check("em-not-positive", name, f"known({name}) and not {name} > 0", "a wavelength above 0 m", _NULL)
        yield _Check("em-unit", name, f"0 < {name} < 1e-22", vacuum, "convert the unit to m")
        for high, guess in (("> 1e6", "a frequency in Hz"), ("<= 1e6", "nanometres or angstroms")):
            yield _Check("em-unit", name, f"{name} > 100 and not (known(o_ucd) and matches(o_ucd, 'radio') and {name} < 1e7) and largest({name}) {high}", f"{vacuum} (this looks like {guess})", "convert it to a vacuum wavelength in m")
        yield _Check("em-infinite", name, f"known({name}) and infinite({name})", "a number", "leave it empty")
    for one, other in (("em_min", "em_max"), ("em_max", "em_min")):
        yield _Check("em-alone", one, _alone(one, other), "both limits or none", "give the other limit too")
    yield _Check("em-no-width", "em_max", "em_xel > 1 and em_min == em_max", "a range as wide as its channels", "give the outer edges of the first and last channel", also="em_xel")
    yield _Check("em-res-power", "em_res_power", "known(em_res_power) and not em_res_power >= 0.1", "wavelength over resolution, at least 1", "divide the wavelength by the resolution: this looks like a width", also="em_min")
    yield _Check("em-res-power", "em_res_power", "0.1 <= em_res_power < 1", "wavelength over resolution, rarely below 1", "look whether it is resolution over wavelength", "warning", "em_min")
    yield _Check("em-res-power", "em_res_power", "em_res_power > 1e11", "wavelength over resolution", "divide the wavelength by the resolution: this looks like a frequency")


def _kinds() -> Iterator[_Check]:
    for name in ("em_xel", "t_xel", "pol_xel"):
        yield _Check("count", name, _uncounted(name), "elements, above 0, or -1 for none", _NULL)
    kind = {name: f"equals(dataproduct_type, '{name}')" for name in PRODUCT_TYPES}
    yield _Check("kind-cube", "em_xel", f"{kind['cube']} and em_xel <= 1 and not t_xel > 1 and not pol_xel > 1", "more than one channel, time or polarisation in a cube", "call it an image, or give the number of channels", "warning", "dataproduct_type")
    yield _Check("kind-image", "em_xel", f"{kind['image']} and em_xel > 1", "one channel in an image", "call it a cube", "warning", "dataproduct_type")
    yield _Check("kind-spectrum", "s_xel1", f"{kind['spectrum']} and fmax(s_xel1, s_xel2) > 1 and em_xel > 1", "one position in a spectrum", "call it a cube, if it has pixels", "warning", "em_xel")
    yield _Check("kind-spectrum", "em_xel", f"{kind['spectrum']} and em_xel <= 1 and em_xel != -1", "more than one channel in a spectrum", "give the number of channels", "warning")
    yield _Check("kind-timeseries", "t_xel", f"{kind['timeseries']} and t_xel <= 1 and t_xel != -1", "more than one time in a time series", "give the number of times", "warning")
    yield _Check("kind-event", "o_ucd", f"{kind['event']} and known(o_ucd)", "no o_ucd for a list of events", "leave it empty")
    for name in ("s_xel1", "s_xel2"):
        yield _Check("kind-event", name, f"{kind['event']} and {name} > 0", "-1 for a list of events", "write -1: events have no pixels", "warning")
    yield _Check("pol-count", "pol_xel", "pol_xel > 0 and states(pol_states) > 0 and pol_xel != states(pol_states)", "as many as there are states in pol_states", "count the states", also="pol_states")
    yield _Check("pol-unnamed", "pol_states", "pol_xel > 1 and not states(pol_states) > 0", "the states that pol_xel counts", "name them", "warning", "pol_xel")
