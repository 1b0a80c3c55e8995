"""Mapping files that hypothesis makes up, and values for them to read."""

import re

from hypothesis import strategies as st

from portal.mapping.functions import FUNCTIONS
from portal.mapping.sources import RowSource
from portal.mapping.syntax import FILE_VARIABLES, Expression, Rule, Script, Section, Selector, Slice
from portal.mapping.syntax import Word as Declared

TEXTS = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\n"), max_size=12
)
NAMES = st.one_of(
    st.from_regex(r"[A-Z][A-Z0-9_]{0,7}(-[A-Z0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"[a-z_]{1,6}(/[a-z]{1,4})?(@[a-z]{1,4})?", fullmatch=True),
    st.sampled_from(
        ["if", "null", "ESO INS MODE", "a b", "não", "1st", "HDU", "x-y.z", "@t", "/@t"]
    ),
)
WORDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
UNITS = st.sampled_from(["m", "km/s", "Angstrom", "", "banana", "10**-3 Jy"])
HDUS = st.one_of(
    st.none(),
    st.integers(0, 20),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,4}", fullmatch=True),
    st.sampled_from(["1", "S CI", "a-b", ""]),
)
LITERALS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 10**18 - 1),
    st.floats(0, 1e300, allow_nan=False).map(abs),
    TEXTS,
)
_OPERATORS = ("+", "-", "*", "/", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in")


def _leaf():
    return st.one_of(
        LITERALS.map(lambda value: Expression("literal", value)),
        st.builds(lambda name, hdu: Expression("name", name, hdu=hdu), NAMES, HDUS),
        st.sampled_from(FILE_VARIABLES).map(lambda name: Expression("variable", name)),
        WORDS.filter(lambda w: w not in FILE_VARIABLES).map(lambda n: Expression("environment", n)),
    )


def _slices():
    ends = st.none() | st.integers(-9, 9)
    ranges = st.tuples(ends, ends).filter(lambda pair: pair != (None, None))
    return st.one_of(
        st.integers(-9, 9).map(lambda n: Slice(n)),
        ranges.map(lambda pair: Slice(*pair, range=True)),
    )


def _grown(inner):
    parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
    calls = st.sampled_from([*FUNCTIONS, "my.function"])
    return st.one_of(
        st.builds(
            lambda op, a, b: Expression("binary", op, (a, b)),
            st.sampled_from(_OPERATORS),
            inner,
            inner,
        ),
        st.builds(
            lambda kind, a: Expression(kind, None, (a,)), st.sampled_from(["minus", "not"]), inner
        ),
        st.builds(
            lambda kind, p: Expression(kind, None, p),
            st.sampled_from(["candidates", "list"]),
            parts,
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Expression("choice", None, tuple(p))),
        st.builds(lambda a, cut: Expression("index", None, (a,), slice=cut), inner, _slices()),
        st.builds(lambda a, unit: Expression("unit", unit, (a,)), inner, UNITS),
        st.builds(
            lambda name, p: Expression("call", name, tuple(p)), calls, st.lists(inner, max_size=3)
        ),
    )


EXPRESSIONS = st.recursive(_leaf(), _grown, max_leaves=8)
PATTERNS = st.lists(
    st.one_of(st.from_regex(r"[a-z*?]{1,5}", fullmatch=True), TEXTS), min_size=1, max_size=3
).map(tuple)
SELECTORS = st.one_of(
    st.builds(lambda kind, p: Selector(kind, p), st.sampled_from(["hdu", "files"]), PATTERNS),
    EXPRESSIONS.map(lambda e: Selector("when", (), e)),
)


@st.composite
def rules(draw, sections):
    """A rule in one of so many sections."""
    target = draw(NAMES)
    plain = re.fullmatch(r"[A-Z][A-Z0-9_]*(?:[-.][A-Z0-9_]+)*", target) is not None
    return Rule(
        target,
        plain or draw(st.booleans()) or not re.fullmatch(r"[a-z_]+", target) or target in _RESERVED,
        draw(st.none() | UNITS),
        draw(st.booleans()),
        draw(EXPRESSIONS),
        draw(st.none() | EXPRESSIONS),
        draw(st.integers(0, sections)),
    )


_RESERVED = {"if", "null", "and", "or", "not", "in", "else", "when", "true", "false", "match"}
_RESERVED |= {"use", "env"}


def _declared():
    words = WORDS.filter(lambda word: word not in _RESERVED)
    return st.lists(words, max_size=2).map(lambda some: tuple(map(Declared, some)))


@st.composite
def scripts(draw):
    """A mapping file; its rules stand in the order of their sections."""
    heads = draw(st.lists(st.lists(SELECTORS, min_size=1, max_size=2).map(tuple), max_size=3))
    made = sorted(draw(st.lists(rules(len(heads)), max_size=5)), key=lambda rule: rule.section)
    return Script(
        (Section(), *(Section(head) for head in heads)),
        tuple(made),
        draw(st.just(()) | PATTERNS.map(lambda p: tuple(one.strip("/") for one in p))),
        tuple(
            map(Declared, draw(st.lists(WORDS.filter(lambda w: w not in _RESERVED), max_size=2)))
        ),
        tuple(
            map(Declared, draw(st.lists(WORDS.filter(lambda w: w not in _RESERVED), max_size=2)))
        ),
    )


def row(place="store/m83_flux_B.fits", /, **columns):
    """A row of a table, or what takes its part."""
    getters = {name.upper(): (lambda _, v=value: v) for name, value in columns.items()}
    return RowSource(getters, 0, place)
