"""Dispersions of IRAF's multispec format, against the formulas of its specification."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.extraction import spectral
from portal.fits.cards import Cards
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.spectra.multispec import attributes, coherent, coordinates, lines
from tests.portal.extraction.making import image_file

PIXELS = np.array([1.0, 2.0, 3.5, 5.0])


def wat(number: int, text: str, width: int = 68) -> list[str]:
    """Cards of a text, cut as IRAF cuts it."""
    pieces = [text[i : i + width] for i in range(0, len(text), width)]
    return [f"WAT{number}_{n:03d}= '{piece}'".ljust(80) for n, piece in enumerate(pieces, 1)]


def at(functions: str, start: float = 0.0, z: float = 0.0, kind: int = 2) -> np.ndarray:
    text = f'wtype=multispec spec1 = "1 1 {kind} {start} 1. 5 {z} 1. 2. {functions}"'
    (line,) = lines(Cards(wat(2, text)))
    return coordinates(line, PIXELS)


def test_linear_and_logarithmic() -> None:
    assert at("", 4000.0, kind=0) == pytest.approx(4000.0 + PIXELS - 1.0)
    assert at("", 4000.0, 0.1, kind=0) == pytest.approx((4000.0 + PIXELS - 1.0) / 1.1)
    # Specwcs, sec. 5.1: the division stands in the exponent.
    assert at("", 3.0, 0.1, kind=1) == pytest.approx(10 ** ((3.0 + PIXELS - 1.0) / 1.1))


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_polynomials_by_their_recurrence(order: int) -> None:
    c = [5000.0, 100.0, -3.0, 0.5, 0.1][:order]
    n = (PIXELS - 3.0) / 2.0
    cheb, leg = [np.ones(4), n], [np.ones(4), n]
    for i in range(3, order + 1):
        cheb.append(2 * n * cheb[-1] - cheb[-2])
        leg.append(((2 * i - 3) * n * leg[-1] - (i - 2) * leg[-2]) / (i - 1))
    told = " ".join(map(str, c))
    for kind, terms in ((1, cheb), (2, leg)):
        expected = sum(a * b for a, b in zip(c, terms[:order], strict=True))
        assert at(f"1. 0. {kind} {order} 1. 5. {told}") == pytest.approx(expected)


def test_two_functions_are_weighted_and_shifted() -> None:
    one, two = "1 1 1. 5. 4000.", "2 1 1. 5. 5000."
    expected = (0.25 * (10.0 + 4000.0) + 0.75 * 5000.0) / 1.5
    assert at(f"0.25 10. {one} 0.75 0. {two}", z=0.5) == pytest.approx(np.full(4, expected))


def test_splines() -> None:
    # Linear, two pieces from 1 to 5: knots at 1, 3 and 5.
    assert at("1. 0. 4 2 1. 5. 10. 20. 40.") == pytest.approx([10.0, 15.0, 25.0, 40.0])
    # The terms of the cubic are 6 times B-splines, so that equal coefficients give 6 of them.
    assert at("1. 0. 3 2 1. 5. 1. 1. 1. 1. 1.") == pytest.approx(np.full(4, 6.0))
    assert at("1. 0. 3 1 1. 5. 0. 1. 2. 3.") == pytest.approx(6 * (1 + (PIXELS - 1) / 4))


def test_tables_are_interpolated() -> None:
    assert at("1. 0. 5 5 10. 20. 30. 50. 70.") == pytest.approx([10.0, 20.0, 40.0, 70.0])
    assert at("1. 0. 6 3 0. 1. 10. 3. 30. 5. 70.") == pytest.approx([10.0, 20.0, 40.0, 70.0])


def test_blanks_at_the_end_of_a_card_belong_to_the_text() -> None:
    for shift in range(68):
        text = " " * shift + 'spec1 = "1 1 0 4000. 1. 2304 0. 1. 2." label="a b"' * 3
        cards = Cards(wat(2, text))
        assert attributes(cards, 2)["spec1"].split() == "1 1 0 4000. 1. 2304 0. 1. 2.".split()


def test_lines_that_contradict_themselves_are_known() -> None:
    texts = [
        ("1 1 2 4000. 1. 5 0. 1. 2. 1. 0. 1 1 1. 5. 4000.", True),
        ("1 1 2 4000. 1. 5 0. 1. 2. 1. 0. 1 1 1. 5. 9000.", False),
        ("1 1 0 4000. 1. 5 0. 1. 2.", True),
        ("1 1 0 -1. 1. 5 0. 1. 2.", False),
        ("1 1 1 0.5 1. 5 0. 1. 2.", False),
    ]
    for text, expected in texts:
        (line,) = lines(Cards(wat(2, f'spec1 = "{text}"')))
        assert coherent(line) is expected, text


@given(st.lists(st.floats(-1e6, 1e6) | st.integers(-3, 12), max_size=20))
def test_any_numbers_give_coordinates_or_nothing(numbers: list[float]) -> None:
    text = 'spec1 = "1 1 2 4000. 1. 5 0. 1. 2. ' + " ".join(map(str, numbers)) + '"'
    for line in lines(Cards(wat(2, text))):
        assert coordinates(line, PIXELS).shape == PIXELS.shape


def test_band_of_several_orders_in_physical_pixels(tmp_path: Path) -> None:
    cards = {"CTYPE1": "MULTISPE", "CTYPE2": "MULTISPE", "LTV1": -10.0, "LTM1_1": 0.5}
    cards |= {"WAT1_001": "wtype=multispec label=Wavelength units=angstroms"}
    cards |= {"WAT2_001": 'spec1 = "1 9 0 5000. 1. 4 0. 1. 2." '}
    cards |= {"WAT2_002": 'spec2 = "2 8 0 5500. 1. 4 0. 1. 2."'}
    with open_fits(image_file(tmp_path / "a.fits", (4, 2), cards)) as file:
        (product,), _ = products(file)
        found = {cell.column: cell for cell in spectral.DERIVATION.derive(product)}
    # Logical 0.5 and 4.5 are physical 21 and 29, that is 20 and 28 after the first.
    assert found["em_min"].value == pytest.approx(5020e-10)
    assert found["em_max"].value == pytest.approx(5528e-10)
    assert "air or vacuum not told" in found["em_min"].origin.note


def test_no_number_is_lost_to_precision() -> None:
    assert math.isclose(at("", 4955.44287109375, kind=0)[0], 4955.44287109375, rel_tol=1e-16)
