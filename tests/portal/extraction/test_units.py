"""Units in the spellings that headers use, of all ages."""

import warnings

import pytest
from astropy import units
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.fits.units import fits_unit, quantity_factor, shown_unit

SPELLINGS = [
    ("DEG", "deg"),
    ("M/S", "m/s"),
    ("KM/S", "km/s"),
    ("km s-1", "km/s"),
    ("[m/s]", "m/s"),
    ("kms", "km/s"),
    ("JY/PIXEL", "Jy/pix"),
    ("JY/BEAM", "Jy/beam"),
    ("K (Tb)", "K"),
    ("Angstroms", "Angstrom"),
    ("ANGSTROM", "Angstrom"),
    ("Ang", "Angstrom"),
    ("\N{ANGSTROM SIGN}", "Angstrom"),
    ("micron", "um"),
    ("MICRONS", "um"),
    ("\N{MICRO SIGN}m", "um"),
    ("\N{GREEK SMALL LETTER MU}m", "um"),
    ("um", "um"),
    ("NM", "nm"),
    ("MHZ", "MHz"),
    ("Mhz", "MHz"),
    ("GHz", "GHz"),
    ("hz", "Hz"),
    ("KeV", "keV"),
    ("cm-1", "1/cm"),
    ("counts", "ct"),
    ("COUNTS/S", "ct/s"),
    ("adu", "adu"),
    ("ADU", "adu"),
    ("electrons/s", "electron/s"),
    ("e-/s", "electron/s"),
    ("ct", "ct"),
    ("mag", "mag"),
    ("mag(AB)", "mag"),
    ("MJY/SR", "MJy/sr"),
    ("mJy/beam", "mJy/beam"),
    ("1E-17 erg/cm^2/s/Ang", "1e-17 erg/(cm2 s Angstrom)"),
    ("10**(-17)erg/s/cm**2/Angstrom", "1e-17 erg/(cm2 s Angstrom)"),
    ("10^-17 ergs/s/cm2/A", "1e-17 erg/(cm2 s Angstrom)"),
    ("10+3 Jy", "1000 Jy"),
    # Astropy alone reads this as one per ampere.
    ("erg/cm2/s/A", "erg/(cm2 s Angstrom)"),
    ("photons/s/cm2/A", "photon/(cm2 s Angstrom)"),
    # Astropy alone reads this as Jy per beam, km and s.
    ("Jy/beam.km/s", "Jy km/(beam s)"),
    ("flam", "erg/(s cm2 Angstrom)"),
    ("S", "s"),
    ("A", "A"),
    ("unitless", ""),
]


@pytest.mark.parametrize(("text", "meaning"), SPELLINGS)
def test_header_spellings_are_understood_without_a_warning(text: str, meaning: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fits_unit(text)
    expected = units.Unit(meaning)
    assert found is not None
    assert found.to(expected) == pytest.approx(1.0, rel=1e-12)


def test_a_lone_a_is_an_angstrom_where_a_length_is_wanted() -> None:
    assert quantity_factor("A", "m") == 1e-10
    assert fits_unit("A", wavelength=True) == units.Angstrom
    assert fits_unit("A") == units.ampere


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Angstroms per pixel",
        "flux",
        "log10(A)",
        "JD",
        "x" * 500,
        "(" * 70,
        "1e400 m",
        "10**9999999 m",
    ],
)
def test_what_is_no_unit_is_none(text: str) -> None:
    assert fits_unit(text) is None
    assert quantity_factor(text, "m") is None


@pytest.mark.parametrize(
    ("text", "to", "factor"),
    [
        ("Angstrom", "m", 1e-10),
        ("GHz", "Hz", 1e9),
        ("KM/S", "m/s", 1e3),
        ("min", "s", 60.0),
        ("DEG", "deg", 1.0),
        ("0.1nm", "m", 1e-10),
        ("Hz", "m", None),
    ],
)
def test_factor_is_exact_or_absent(text: str, to: str, factor: float | None) -> None:
    assert quantity_factor(text, to) == factor


@settings(deadline=None)
@given(st.text(max_size=90) | st.from_regex(r"[-+0-9eE^*(). /]{0,12}[A-Za-z/^*0-9 .-]{0,30}"))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fits_unit(text)
    assert found is None or isinstance(found, units.UnitBase)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("erg s**(-1) cm**(-2) nm**(-1)", "erg s⁻¹ cm⁻² nm⁻¹"),
        ("1E-17 erg/cm^2/s/Ang", "10⁻¹⁷ erg cm⁻² s⁻¹ Å⁻¹"),
        ("JY/BEAM", "Jy beam⁻¹"),
        ("counts/s", "count s⁻¹"),
        ("km s-1", "km s⁻¹"),
        ("K (Tb)", "K (Tb)"),
        ("Hz^0.5", "Hz^0.5"),
        ("1", "1"),
        ("unknown ", "unknown"),
        ("", ""),
    ],
)
def test_units_are_shown_as_people_read_them(text: str, shown: str) -> None:
    assert shown_unit(text) == shown
    assert shown_unit(shown) == shown
