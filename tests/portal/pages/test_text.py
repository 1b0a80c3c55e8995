"""Numbers, units and names in print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.model.schema import OBSERVATIONS, PARAMETERS
from portal.pages._text import clean, human_bytes, label, number, unit

PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_printed_number_is_the_value_to_six_figures(value):
    text = number(value).translate(PLAIN)
    if text.startswith("10") and number(value)[2:3] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻" and len(text) > 2:
        text = f"1e{text[2:]}"
    text = text.replace(" × 10", "e")
    assert float(text) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (float("nan"), None),
        (1e-6, "10⁻⁶"),
        (1.3e-6, "1.3 × 10⁻⁶"),
        (-2.5, "−2.5"),
        (-0.0, "0"),
        (0, "0"),
        (False, "no"),
        (1234567, "1\u202f234\u202f567"),
        (True, "yes"),
        ("spiral", "spiral"),
    ],
)
def test_numbers(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("vounit", "shown"),
    [
        ("", ""),
        ("solMass/yr", "M☉ yr⁻¹"),
        ("km/s", "km s⁻¹"),
        ("Jy.km/s", "Jy km s⁻¹"),
        ("K km/s", "K km s⁻¹"),
        ("W m-2 Hz-1 sr-1", "W m⁻² Hz⁻¹ sr⁻¹"),
        ("m**3", "m³"),
        ("10**3 furlong?", "10**3 furlong?"),
        ("<b>", "<b>"),
    ],
)
def test_units(vounit, shown):
    assert unit(vounit) == shown


@pytest.mark.parametrize("column", [*PARAMETERS, *OBSERVATIONS], ids=lambda c: c.name)
def test_units_of_the_schema_are_all_understood(column):
    assert not set(unit(column.unit)) & set("/*.")


@given(name=st.text(max_size=20), vounit=st.text(max_size=12))
def test_any_text_is_printable_in_the_end(name, vounit):
    for text in (clean(name), label(name), unit(vounit), number(name)):
        assert not [c for c in text if ord(c) < 32 and c not in "\n\t"]
        text.encode()


def test_labels():
    assert label("mass_loss_rate") == "Mass loss rate"
    assert label("co_abundance") == "CO abundance"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (131072, "131 kB"),
        (999_900, "1 MB"),
        (200_000_000, "200 MB"),
        (20 * 10**12, "20 TB"),
        (3 * 10**15, "3 PB"),
    ],
)
def test_sizes(size, shown):
    assert human_bytes(size) == shown
