"""Units in queries: what astropy says, to the last digit, in Python and in the browser."""

import json
import math
import subprocess
from random import Random

import pytest
from astropy import units
from astropy.units.format import VOUnit

from portal.catalog import quantity
from portal.catalog.quantity import BINARY, LONE, PREFIXED, PREFIXES, REFUSED, converted, ratio
from portal.model.schema import PARAMETERS, TABLES
from portal.units import factor
from tests.portal.catalog.query_browser import NODE, ROOT

SYMBOLS = sorted(
    {*LONE, *PREFIXED}
    | {prefix + symbol for prefix in PREFIXES for symbol in PREFIXED}
    | {prefix + symbol for prefix in BINARY for symbol in ("B", "bit", "byte")} - set(REFUSED)
)
# Constants that are measured anew from time to time.
MEASURED = ("u", "Ry", "solMass", "Msun", "Mearth", "Mjup")


def understood() -> list[str]:
    return [symbol for symbol in SYMBOLS if quantity.understood(symbol)]


def test_every_unit_of_vounits_is_understood():
    assert {symbol for symbol in VOUnit._units if not quantity.understood(symbol)} <= set(REFUSED)
    assert set(SYMBOLS) - set(understood()) <= set(REFUSED)


def test_every_unit_of_the_schema_is_understood():
    for column in (*PARAMETERS, *(column for table in TABLES.values() for column in table)):
        assert quantity.understood(column.unit), column


def test_every_symbol_has_the_size_that_astropy_gives_it():
    for symbol in understood():
        basic = "s" if ratio(symbol, "s") else next(b for b in BASICS if ratio(symbol, b))
        close = 1e-8 if symbol.endswith(MEASURED) else 1e-14
        expected = factor(symbol, basic)
        assert float(ratio(symbol, basic)) == pytest.approx(expected, rel=close), symbol


def test_a_dimension_that_differs_here_differs_there():
    for symbol in understood():
        for basic in BASICS:
            same = units.Unit(symbol, parse_strict="silent").is_equivalent(basic)
            assert (ratio(symbol, basic) is not None) == same or symbol not in VOUnit._units


BASICS = [
    "A", "C", "C.m", "F", "T", "Wb.A-1", "Hz", "J", "Jy", "K", "N", "Ohm", "Pa", "ph.s-1.m-2.sr-1",
    "S", "V", "W", "Wb", "adu", "arcsec", "m2", "beam", "bin", "cd", "chan", "ct", "g", "cd.sr",
    "lx", "m", "mag", "mol", "ph", "pix", "sr", "voxel", "bit", "Sun",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (0.2, "kpc", "pc", 200.0),
        (0.1, "km", "m", 100.0),
        (1.0, "deg", "arcsec", 3600.0),
        (1.1, "deg", "arcmin", 66.0),
        (149597870.7, "km", "au", 1.0),
        (2.0, "MB", "byte", 2e6),
        (3.0, "Kibyte", "B", 3072.0),
        (1.0, "W m-2 Hz-1", "Jy", 1e26),
        (1.0, "erg/s.cm2.Hz", "Jy", 1e23),
        (1.0, "km/s/Mpc", "m.s-1.Mpc-1", 1000.0),
        (-2.5, "g^2", "kg2", -2.5e-6),
        (1.0, "km**-1", "m-1", 1e-3),
        (1e300, "Gpc3", "m3", math.inf),
        (-math.inf, "km", "m", -math.inf),
        (5e-324, "m", "m", 5e-324),
        (1.0, "", "1", 1.0),
        (7.0, "furlongs", "furlongs", 7.0),
    ],
)
def test_conversions_are_exact(value, unit, to, expected):
    assert converted(value, ratio(unit, to)) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "parrots",
        "m2.5",
        "m/s.kg/K",
        "10 m",
        "m(",
        "km99",
        "m^",
        "/s",
        "m//s",
        "m" * 200,
        "yd",
        "ha",
    ],
)
def test_what_is_not_understood_is_no_unit(unit):
    assert not quantity.understood(unit)
    assert ratio(unit, "m") is None


@pytest.mark.skipif(not NODE, reason="needs Node.js")
def test_the_browser_converts_to_the_same_number():
    random = Random(9)
    questions = [(1.0, symbol, basic) for symbol in SYMBOLS for basic in _basic(symbol)]
    for _ in range(2000):
        parts = [f"{random.choice(SYMBOLS)}{random.choice(['', 2, -1, -3])}" for _ in range(3)]
        unit = random.choice(["{}.{}/{}", "{} {} {}", "{}/{}", "{}*{}", "{}/{}/{}"]).format(*parts)
        to = unit.replace(parts[0], random.choice(["m", "kg", parts[0]]), 1)
        value = random.choice([random.random(), 10 ** random.uniform(-300, 300), -1e-7, 3.0])
        questions.append((value, unit, to))
    done = subprocess.run(
        [str(NODE), "tests/portal/catalog/query_units.mjs"],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    tables = [dict(table) for table in said["tables"]]
    assert tables == [BINARY, LONE, PREFIXED, PREFIXES]
    assert said["refused"] == list(REFUSED)
    for (value, unit, to), answer in zip(questions, said["answers"], strict=True):
        by = ratio(unit, to)
        expected = quantity.understood(unit) if by is None else converted(value, by)
        heard = answer if isinstance(answer, bool) else float(answer.replace("Infinity", "inf"))
        assert heard == expected, (value, unit, to)


def _basic(symbol: str) -> list[str]:
    return [basic for basic in ("s", *BASICS) if ratio(symbol, basic) is not None][:1] or ["m"]
