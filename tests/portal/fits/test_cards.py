"""Cards: what the standard allows, what is found in files, and anything else."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.fits.axes import axes_of
from portal.fits.cards import Cards, cards_from_text, headers_from_text
from portal.fits.wcs import sky_of

CARDS = {
    "A       =                   12 / a number": (12, "a number"),
    "A       = '12.5    '           / text": ("12.5", "text"),
    "A       =               1.5D03": (1500.0, ""),
    "A       = -.5E-1 /x": (-0.05, "x"),
    "A       =                    T / yes": (True, "yes"),
    "A       = F": (False, ""),
    "A       = 'O''Hara  '": ("O'Hara", ""),
    "A       = 'no end / of it": ("no end", "of it"),
    "A       = 'http://a.b/c' / where": ("http://a.b/c", "where"),
    "A       = (1.0, -2.0) / complex": (1 - 2j, "complex"),
    "A       =                      / nothing": (None, "nothing"),
    "A       =": (None, ""),
    "A       = 03/04/99 / a bare date": ("03/04/99", "a bare date"),
    "A       = NaN": ("NaN", ""),
    "A       = 1,5": ("1,5", ""),
    "A       = ''": ("", ""),
    "a=5": (5, ""),
    "A       =5": (5, ""),
    "HIERARCH A = 7 / ESO": (7, "ESO"),
}


@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_read(card):
    cards = Cards([card])
    assert (cards.value("a"), cards.comment("A")) == CARDS[card]


def test_long_texts_are_continued():
    cards = Cards(
        ["LONG    = 'one &'", "CONTINUE  'two &' / a", "CONTINUE  'three' / b", "NEXT    = 1"]
    )
    assert cards.value("LONG") == "one two three"
    assert cards.comment("LONG") == "b"
    assert list(cards) == ["LONG", "NEXT"]


def test_a_continuation_may_be_missing():
    assert Cards(["LONG    = 'one &'"]).value("LONG") == "one &"


def test_the_first_of_repeated_keywords_counts():
    cards = Cards(["A       = 1", "A       = 2", "B       = 3"])
    assert cards.value("A") == 1
    assert cards.repeated == ("A",)


def test_hierarch_keywords_are_known_without_the_word():
    cards = Cards(["HIERARCH ESO TEL  ALT = 60.5 / deg"])
    for name in ("ESO TEL ALT", "eso tel alt", "HIERARCH ESO TEL ALT", "ESO  TEL ALT"):
        assert cards.number(name) == 60.5


def test_herschel_names_its_numbered_keywords():
    cards = Cards(["META_0  = 1342", "HIERARCH  key.META_0='obsid'", "HIERARCH key.X='a'"])
    assert cards.number("obsid") == 1342


def test_values_are_asked_for_as_what_is_needed():
    cards = Cards(["A       = '57278.5 '", "B       = 12", "C       = '   '", "D       = T"])
    assert cards.number("A") == 57278.5
    assert (cards.text("B"), cards.integer("B"), cards.integer("A")) == ("12", 12, None)
    assert cards.text("C") is None
    assert cards.number("D") is None
    assert cards.first(["NONE", "C", "B", "A"]) == ("B", 12)
    assert cards.first(["C"]) is None


@pytest.mark.parametrize("text", ["1" * 5000, "9" * 310 + ".0", "1e999", "-1e400"])
def test_numbers_beyond_all_bounds_are_none(text):
    cards = Cards([f"A       = {text}"])
    assert cards.number("A") is None
    assert cards.integer("A") is None


def test_another_header_fills_in_but_for_what_is_hidden():
    import re

    under = Cards(["A       = 1", "B       = 2", "CTYPE1  = 'RA'"], 0)
    cards = Cards(["A       = 5"], 3).over(under, re.compile("CTYPE"))
    assert (cards.value("A"), cards.value("B"), cards.value("CTYPE1")) == (5, 2, None)
    assert "B" in cards
    assert "CTYPE1" not in cards
    assert list(cards) == ["A", "B"]
    assert (cards.source("a"), cards.source("B")) == ("HDU 3 A", "HDU 0 B")


def test_commentary_is_kept_in_order():
    cards = Cards(["HISTORY one", "COMMENT x = 5", "HISTORY two = 2"])
    assert cards.lines("history") == (" one", " two = 2") or cards.lines("history") == (
        "one",
        "two = 2",
    )
    assert list(cards) == []


@pytest.mark.parametrize("separator", ["", "\n", "\r\n"])
def test_a_header_may_be_a_text(separator):
    lines = [card.ljust(80) for card in ("SIMPLE  = T", "OBJECT  = 'Mira'", "END")]
    cards = cards_from_text(separator.join(lines))
    assert cards.text("OBJECT") == "Mira"
    assert "END" not in cards


def test_a_text_may_hold_several_headers():
    text = (
        "Filename: x\n\nSIMPLE  = T\nA       = 1\n--- 1 ---\nXTENSION= 'IMAGE'\nA       = 2\nEND\n"
    )
    first, second = headers_from_text(text)
    assert (first.value("A"), second.value("A")) == (1, 2)
    assert second.hdu == 1


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=80), max_size=8))
def test_any_bytes_are_survived_in_silence(records):
    cards = Cards([record.decode("latin-1").rstrip() for record in records])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in cards:
            assert name in cards
            cards.text(name), cards.number(name), cards.comment(name), cards.source(name)
        assert cards.first(list(cards)) is None or cards.first(list(cards))[0] in cards
        axes_of(cards, ())


_KEYS = st.sampled_from(
    "CTYPE1 CTYPE2 CRVAL1 CRVAL2 CRPIX1 CRPIX2 CDELT1 CDELT2 CUNIT1 CUNIT2 CD1_1 CD2_2 CD1_2 PC1_1"
    " CROTA2 RADESYS RADECSYS EQUINOX EPOCH LONPOLE LATPOLE PV1_1 PV2_1 PV2_5 A_ORDER B_ORDER A_2_0"
    " NAXIS1 NAXIS2 AMDX1 PLTRAH".split()
)
_VALUES = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(
        "'RA---TAN' 'DEC--TAN' 'RA---SIN' 'GLON-CAR' 'GLAT-CAR' 'DEC--ZPN' 'RA---TPV' 'DEC--TPV'"
        " 'RA---TAN-SIP' 'DEC--TAN-SIP' 'deg' 'DEG' 'arcsec' 'FK4' 'ICRS' 2000.0 1950 0 1 -1 T"
        " 'J2000' 3 2 'RA' 'DEC'".split()
    ),
    st.text(st.characters(max_codepoint=255), max_size=20),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_KEYS, _VALUES), max_size=20))
def test_any_coordinates_are_survived_in_silence(pairs):
    base = ["CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'", "CRVAL1  = 1", "CRVAL2  = 2"]
    cards = Cards(
        [f"{key:8s}= {value}" for key, value in pairs] + base + ["CDELT1  = -1", "CDELT2=1"]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sky = sky_of(cards)
        if hasattr(sky, "icrs"):
            sky.icrs([0.0, 1e9], [0.0, 5.0])
