"""Spectral ranges: every kind of axis, column and keyword, and what must stay null."""

import math
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.extraction import spectral
from portal.fits.air import vacuum_of_air
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.cell import Cell
from portal.spectra.coordinate import named
from portal.spectra.wavelength import SPEED_OF_LIGHT, wavelength
from tests.portal.extraction.making import image_file, table_file

C = SPEED_OF_LIGHT
HC = 6.62607015e-34 * C
KEV = 1.602176634e-16


def cells(path: Path) -> dict[str, Cell]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with open_fits(path) as file:
            (product,), _ = products(file)
            return {cell.column: cell for cell in spectral.DERIVATION.derive(product)}


def band(path: Path) -> tuple[float, float] | None:
    found = cells(path)
    low, high = (found[name].value if name in found else None for name in ("em_min", "em_max"))
    assert (low is None) == (high is None)
    return None if low is None else (low, high)


def axis(ctype: str, unit: str, start: float, step: float, **more: object) -> dict[str, object]:
    told = {"CTYPE1": ctype, "CRVAL1": start, "CDELT1": step, "CRPIX1": 1.0, **more}
    return told | ({"CUNIT1": unit} if unit else {})


def edlen(air: float) -> float:
    """Morton (1991), eq. 3: the IAU's formula, of vacuum wavelengths; solved by repetition."""
    vacuum = air
    for _ in range(5):
        s = (1e-6 / vacuum) ** 2
        n = 1.0 + 6.4328e-5 + 2.94981e-2 / (146.0 - s) + 2.5540e-4 / (41.0 - s)
        vacuum = air * n
    return vacuum


@pytest.mark.parametrize("air", [3.0e-7, 5.0e-7, 6.562801e-7, 1.0e-6, 2.2e-6])
def test_air_agrees_with_the_formula_of_the_iau(air: float) -> None:
    assert float(vacuum_of_air(np.array([air]))[0]) == pytest.approx(edlen(air), rel=3e-8)


def test_h_alpha_in_air_and_in_vacuum() -> None:
    # NIST: 656.2819 nm in air is 656.4632 nm in vacuum (mean of the multiplet).
    assert float(vacuum_of_air(np.array([6562.819e-10]))[0]) == pytest.approx(
        6564.632e-10, rel=2e-7
    )


def test_light_shorter_than_200_nm_is_told_in_vacuum() -> None:
    assert vacuum_of_air(np.array([1.5e-7])).tolist() == [1.5e-7]


AXES = [
    # One channel of 1 on either side of the numbers: edges, not centres.
    (axis("WAVE", "m", 5e-7, 1e-9), (4.995e-7, 5.095e-7)),
    (axis("WAVE", "Angstrom", 5000.0, 10.0), (4.995e-7, 5.095e-7)),
    (axis("WAVELENGTH [Ang]", "", 5000.0, 10.0), (4.995e-7, 5.095e-7)),
    (axis("LAMBDA", "nm", 500.0, 1.0), (4.995e-7, 5.095e-7)),
    (axis("", "Angstrom", 5000.0, 10.0), (4.995e-7, 5.095e-7)),
    (axis("LINEAR", "micron", 0.5, 0.001), (4.995e-7, 5.095e-7)),
    (axis("WAVE", "Angstrom", 5090.0, -10.0), (4.995e-7, 5.095e-7)),
    (axis("AWAV", "Angstrom", 5000.0, 10.0), (edlen(4.995e-7), edlen(5.095e-7))),
    (axis("WAVE", "A", 5000.0, 10.0, VACUUM=False), (edlen(4.995e-7), edlen(5.095e-7))),
    (axis("FREQ", "GHz", 100.0, 1.0), (C / 109.5e9, C / 99.5e9)),
    (axis("FREQ", "", 1e11, 1e9), (C / 109.5e9, C / 99.5e9)),
    (axis("ENER", "keV", 1.0, 0.1), (HC / (1.95 * KEV), HC / (0.95 * KEV))),
    (axis("WAVN", "cm-1", 1000.0, 1.0), (1 / 100950.0, 1 / 99950.0)),
    (
        axis("VRAD", "km/s", 0.0, 1.0, RESTFRQ=1e11),
        (C / 1e11 / (1 + 0.5e3 / C), C / 1e11 / (1 - 9.5e3 / C)),
    ),
    (
        axis("VOPT", "M/S", 0.0, 1e3, RESTFREQ=1e11),
        (C / 1e11 * (1 - 0.5e3 / C), C / 1e11 * (1 + 9.5e3 / C)),
    ),
    (axis("ZOPT", "", 0.1, 0.01, RESTWAV=1e-3), (1.095e-3, 1.195e-3)),
    (
        axis("VELO-LSR", "KM/S", 0.0, 1.0, RESTFRQ=1e11, VELREF=257),
        (C / 1e11 / (1 + 0.5e3 / C), C / 1e11 / (1 - 9.5e3 / C)),
    ),
    (
        axis("VELO-HEL", "KM/S", 0.0, 1.0, RESTFRQ=1e11, VELREF=2),
        (C / 1e11 * (1 - 0.5e3 / C), C / 1e11 * (1 + 9.5e3 / C)),
    ),
    (
        axis("VELO", "km/s", 0.0, 1.0, RESTFRQ=1e11),
        tuple(
            C / 1e11 * math.sqrt((1 + v / C) / (1 - v / C))
            for v in (-0.5e3, 9.5e3)
        ),
    ),
    (
        axis("WAVE-LOG", "Angstrom", 5000.0, 10.0),
        (5e-7 * math.exp(-0.5 / 500), 5e-7 * math.exp(9.5 / 500)),
    ),
    # IRAF: decimal logarithms, told by DC-FLAG.
    (
        axis("LINEAR", "", 3.5, 0.001, **{"DC-FLAG": 1}),
        (10 ** (3.4995 - 10), 10 ** (3.5095 - 10)),
    ),
    (
        axis("LINEAR", "", 500.0, 1.0, WAT1_001="wtype=linear label=Wavelength units=nanometers"),
        (4.995e-7, 5.095e-7),
    ),
    (
        axis("LOG-WAVELENGTH", "log(Angstrom)", 3.5, 0.001),
        (10 ** (3.4995 - 10), 10 ** (3.5095 - 10)),
    ),
    (
        axis("LINEAR", "Angstrom", 3.5, 0.001, **{"DC-FLAG": 1}),
        (10 ** (3.4995 - 10), 10 ** (3.5095 - 10)),
    ),
    # Against the standard: logarithms as if they were angstroms.
    (axis("WAVE-LOG", "Angstrom", 3.5, 0.001), (10 ** (3.4995 - 10), 10 ** (3.5095 - 10))),
    (
        axis("AWAV-LOG", "", 8.5, 0.001),
        (edlen(math.exp(8.4995) * 1e-10), edlen(math.exp(8.5095) * 1e-10)),
    ),
    # No unit: no star is seen at 5000 m.
    (axis("WAVE", "", 5000.0, 10.0), (4.995e-7, 5.095e-7)),
    (axis("LINEAR", "", 5000.0, 10.0), (4.995e-7, 5.095e-7)),
    (axis("LINEAR", "", 3.5, 0.001), (10 ** (3.4995 - 10), 10 ** (3.5095 - 10))),
]  # fmt: skip


@pytest.mark.parametrize(("cards", "expected"), AXES)
def test_axis_of_a_spectrum(tmp_path: Path, cards: dict, expected: tuple[float, float]) -> None:
    found = band(image_file(tmp_path / "a.fits", (10,), cards))
    assert found == pytest.approx(expected, rel=3e-8)


@pytest.mark.parametrize(
    "cards",
    [
        axis("PIXEL", "", 1.0, 1.0),
        axis("LINEAR", "", 1.0, 1.0),
        axis("", "", 5000.0, 1.0),
        axis("LINEAR", "", 1.0, 1.0, WAT1_001="wtype=linear label=Pixel"),
        axis("VRAD", "km/s", 0.0, 1.0),
        axis("TIME", "s", 5000.0, 10.0),
        axis("LAMBDA", "", 500.0, 1.0),
        axis("WAVE", "s", 5000.0, 10.0),
        axis("FREQ", "Hz", 0.0, 0.0),
        axis("FREQ", "Hz", 1.0, -1.0),
        axis("ENER", "keV", -3.0, 1.0),
    ],
)
def test_what_tells_no_band_stays_null(tmp_path: Path, cards: dict) -> None:
    assert band(image_file(tmp_path / "a.fits", (10,), cards)) is None


@pytest.mark.parametrize(
    ("cards", "confidence", "note"),
    [
        (axis("WAVE", "nm", 500.0, 1.0), 0.9, ""),
        (axis("AWAV", "nm", 500.0, 1.0), 0.9, ""),
        (axis("LAMBDA", "nm", 500.0, 1.0), 0.7, "air or vacuum not told"),
        (axis("LAMBDA", "nm", 500.0, 1.0, VACUUM=True), 0.7, "in vacuum by HDU 0 VACUUM"),
        (axis("LAMBDA", "nm", 500.0, 1.0, AIRORVAC="air"), 0.7, "in air by HDU 0 AIRORVAC"),
        (axis("LINEAR", "", 5000.0, 10.0), 0.4, "the numbers fit the angstrom"),
        (axis("FREQ", "GHz", 500.0, 1.0, SPECSYS="LSRK"), 0.9, "frame LSRK"),
        (axis("VRAD", "km/s", 0.0, 1.0, RESTFRQ=1e11), 0.9, "HDU 0 RESTFRQ"),
    ],
)
def test_what_was_assumed_is_told(
    tmp_path: Path, cards: dict, confidence: float, note: str
) -> None:
    origin = cells(image_file(tmp_path / "a.fits", (10,), cards))["em_min"].origin
    assert origin.confidence == confidence
    assert note in origin.note


def sky(**more: object) -> dict[str, object]:
    told: dict[str, object] = {}
    for n, name in ((1, "RA---TAN"), (2, "DEC--TAN")):
        told |= {f"CTYPE{n}": name, f"CRVAL{n}": 10.0, f"CDELT{n}": 0.01, f"CRPIX{n}": 2.0}
    return told | more


IMAGES = [
    # An axis without pixels of its own, as AIPS writes it.
    (
        sky(CTYPE3="FREQ", CRVAL3=1.4e9, CDELT3=1e8, CRPIX3=1.0),
        (C / 1.45e9, C / 1.35e9),
    ),
    (sky(PHOTPLAM=5000.0, PHOTBW=100.0), (5e-7 - 3**0.5 * 1e-8, 5e-7 + 3**0.5 * 1e-8)),
    (sky(WAVELMIN=400.0, WAVELMAX=500.0), (4e-7, 5e-7)),
    (sky(BANDPASS=("4000,9000", "[Angstrom] of the filter")), (4e-7, 9e-7)),
    (sky(BANDPASS="4000,9000"), None),
    (sky(WAVEMIN=(0.4, "[um] shortest"), WAVEMAX=0.5), (4e-7, 5e-7)),
    (sky(E_MIN=1.0, E_MAX=2.0), (HC / (2 * KEV), HC / KEV)),
    (sky(E_MIN=500.0, E_MAX=2000.0, EUNIT="eV"), (HC / (2 * KEV), HC / (0.5 * KEV))),
    # What is in a header beside these is no band.
    (sky(FILTER="V", CENWAVE=5500.0), None),
    (sky(WAVELENG=(6550.0, "Effective Target Wavelength (A)")), None),
    (sky(WAVELNTH=70.0), None),
    (sky(RESTFRQ=115.271e9), None),
]  # fmt: skip


@pytest.mark.parametrize(("cards", "expected"), IMAGES)
def test_band_of_an_image(
    tmp_path: Path, cards: dict, expected: tuple[float, float] | None
) -> None:
    found = band(image_file(tmp_path / "a.fits", (4, 4), cards))
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-12))


LINE = {"RESTFREQ": 345.796e9}
UNITLESS = [
    ({"CTYPE3": "WAVE", "CRVAL3": 400.0, "CDELT3": 0.5}, None),
    ({"CTYPE3": "WAVE", "CRVAL3": 1.2, "CDELT3": 1e-3}, None),
    ({"CTYPE3": "WAVE", "CRVAL3": 5e-7, "CDELT3": 1e-9}, 4.995e-7),
    ({"CTYPE3": "FREQ", "CRVAL3": 345.796, "CDELT3": 1e-3}, None),
    ({"CTYPE3": "FREQ", "CRVAL3": 1420.4, "CDELT3": 0.1}, None),
    ({"CTYPE3": "FREQ", "CRVAL3": 1e9, "CDELT3": 1e6}, C / (1e9 + 3.5e6)),
    ({"CTYPE3": "ENER", "CRVAL3": 0.5, "CDELT3": 0.1}, None),
    ({"CTYPE3": "WAVN", "CRVAL3": 2000.0, "CDELT3": 1.0}, None),
    ({"CTYPE3": "VELO-LSR", "CRVAL3": -50.0, "CDELT3": 1.0, **LINE}, None),
    ({"CTYPE3": "VRAD", "CRVAL3": -5e4, "CDELT3": 500.0, **LINE}, 0.00086681806),
]


@pytest.mark.parametrize(("cards", "low"), UNITLESS)
def test_a_number_without_a_unit_is_that_of_the_si_where_it_can_be(
    tmp_path: Path, cards: dict, low: float | None
) -> None:
    found = cells(image_file(tmp_path / "a.fits", (4, 4, 4), sky(**cards, CRPIX3=1.0)))
    if low is None:
        assert "em_min" not in found or found["em_min"].value is None
        assert "em_res_power" not in found
        return
    assert found["em_min"].value == pytest.approx(low, rel=1e-6)
    assert "no unit told" in found["em_min"].origin.note


@pytest.mark.parametrize(
    ("cards", "told"),
    [
        (sky(CTYPE3="LAMBDA", CUNIT3="m", CRVAL3=0.2, CDELT3=1.0, CRPIX3=1.0), "0.2"),
        (sky(CTYPE3="FREQ", CRVAL3=C / 0.25, CDELT3=0.0, CRPIX3=1.0), "0.25"),
        (sky(WAVELNTH=(70.0, "[micrometer] Filter reference wavelength")), "7e-05"),
        (sky(WAVELNTH=171, WAVEUNIT="angstrom"), "1.71e-08"),
        (sky(WAVELNTH=17.1, WAVEUNIT=-9), "1.71e-08"),
        (sky(WAVELNTH=6173.0), "6.173e-07"),
    ],
)
def test_one_wavelength_gives_no_limits(tmp_path: Path, cards: dict, told: str) -> None:
    """A search for the waves beside it would miss the image, and its filter would not be asked."""
    found = cells(image_file(tmp_path / "a.fits", (4, 4), cards))
    assert (found["em_min"].value, found["em_max"].value) == (None, None)
    assert f"one wavelength, {told} m: no limits" in found["em_min"].origin.note


def test_a_rest_frequency_alone_is_null_with_the_reason(tmp_path: Path) -> None:
    found = cells(image_file(tmp_path / "a.fits", (4, 4), sky(RESTFRQ=115.271e9)))
    assert found["em_min"].value is None
    assert "rest frequency alone" in found["em_min"].origin.note


def table(
    path: Path, columns: list[tuple[str, str, list[float]]], cards: dict, **more: object
) -> Path:
    forms = [(name, f"{len(numbers)}D", unit) for name, unit, numbers in columns]
    data = b"".join(struct.pack(f">{len(numbers)}d", *numbers) for *_, numbers in columns)
    return table_file(path, forms, data, 1, cards, **more)


FLUX = ("FLUX", "1E-17 erg/cm^2/s/Ang", [1.0, 2.0, 3.0, 4.0])
LOGS = [3.5, 3.501, 3.502, 3.503]
COLUMNS = [
    ([("WAVE", "nm", [500.0, 501.0, 502.0, 503.0])], {}, (4.995e-7, 5.035e-7)),
    ([("lambda", "A", [5000.0, 5010.0, 5020.0, 5030.0])], {}, (4.995e-7, 5.035e-7)),
    ([("WAVE_AIR", "nm", [500.0, 501.0, 502.0, 503.0])], {}, (edlen(4.995e-7), edlen(5.035e-7))),
    ([("loglam", "", LOGS)], {}, (10 ** (3.4995 - 10), 10 ** (3.5035 - 10))),
    ([("LAMBDA", "log10(Angstrom)", LOGS)], {}, (10 ** (3.4995 - 10), 10 ** (3.5035 - 10))),
    (
        [("LAMBDA", "ln(Angstrom)", [8.5, 8.6, 8.7, 8.8])],
        {},
        (math.exp(8.45) * 1e-10, math.exp(8.85) * 1e-10),
    ),
    ([("loglam", "", [8.5, 8.6, 8.7, 8.8])], {}, (math.exp(8.45) * 1e-10, math.exp(8.85) * 1e-10)),
    # Per angstrom, and so in angstroms, though 1500 could be nanometres.
    ([("WAVE", "", [1500.0, 1510.0, 1520.0, 1530.0])], {}, (1.495e-7, 1.535e-7)),
    ([("loglam", "", [3.5, 3.501, 0.0, 0.0])], {}, (10 ** (3.4995 - 10), 10 ** (3.5015 - 10))),
    ([("loglam", "log(m)", [-6.5, -6.499, -6.498, -6.497])], {}, (10**-6.5005, 10**-6.4965)),
    # Filling at both ends of a vector.
    ([("WAVE", "nm", [0.0, 500.0, 501.0, math.nan])], {}, (4.995e-7, 5.015e-7)),
    ([("FREQ", "MHZ", [1400.0, 1401.0, 1402.0, 1403.0])], {}, (C / 1403.5e6, C / 1399.5e6)),
    (
        [("VELOCITY", "KM/S", [0.0, 1.0, 2.0, 3.0])],
        {"RESTFRQ": 1e11},
        (C / 1e11 / (1 + 0.5e3 / C), C / 1e11 / (1 - 3.5e3 / C)),
    ),
    ([("VELOCITY", "KM/S", [0.0, 1.0, 2.0, 3.0])], {}, None),
    ([("WAVE", "nm", [500.0, 0.0, 0.0, 0.0])], {}, None),
]


@pytest.mark.parametrize(("columns", "cards", "expected"), COLUMNS)
def test_band_of_a_table(
    tmp_path: Path, columns: list, cards: dict, expected: tuple[float, float] | None
) -> None:
    found = band(table(tmp_path / "a.fits", [*columns, FLUX], {"EXTNAME": "SPECTRUM", **cards}))
    assert found == (None if expected is None else pytest.approx(expected, rel=3e-8))


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("WAVE", ("wavelength", 0.0)),
        ("awav", ("air", 0.0)),
        ("loglam", ("wavelength", 10.0)),
        ("log_lambda", ("wavelength", 10.0)),
        ("ln_wave", ("wavelength", math.e)),
        ("Wavelength_nm", ("wavelength", 0.0)),
        ("B_WAVELENGTH", ("wavelength", 0.0)),
        ("wave_air", ("air", 0.0)),
        ("FREQ-OBS", ("frequency", 0.0)),
        ("LAMBDA_REF", None),
        ("LAMBDA_EFF", None),
        ("WAVE_ERR", None),
        ("FLUX", None),
        ("WAVEMIN", None),
        ("", None),
    ],
)
def test_names_of_spectral_coordinates(name: str, meaning: object) -> None:
    assert named(name) == meaning


def test_a_table_of_fluxes_may_have_its_axis_in_the_primary_header(tmp_path: Path) -> None:
    primary = {"CRVAL1": 200.0, "CDELT1": 1.0, "CUNIT1": "Angstrom"}
    path = table(tmp_path / "a.fits", [FLUX], {"EXTNAME": "SPECTRUM"}, primary=primary)
    assert band(path) == pytest.approx((1.995e-8, 2.035e-8))


POWERS = [
    ({"SPEC_RES": 45000.0}, 45000.0),
    ({"SPECRES": (0.1, "[nm] resolution")}, 504.5 / 0.1),
    # No spectrum of 10 nm is resolved to 5300: the comment is wrong.
    ({"SPEC_RES": (5300.0, "[nm] Spectral resolution")}, 5300.0),
    ({"R": (2000.0, "resolving power")}, 2000.0),
    ({"R": (2000.0, "radius")}, None),
    ({"SPECRES": 0.5}, None),
    ({}, None),
]


@pytest.mark.parametrize(("cards", "expected"), POWERS)
def test_resolving_power_of_an_optical_spectrum_is_told_or_null(
    tmp_path: Path, cards: dict, expected: float | None
) -> None:
    path = image_file(tmp_path / "a.fits", (10,), axis("WAVE", "nm", 500.0, 1.0) | cards)
    found = cells(path).get("em_res_power")
    assert (found and found.value) == (expected and pytest.approx(expected))


def test_resolving_power_of_a_radio_spectrum_is_that_of_a_channel(tmp_path: Path) -> None:
    path = image_file(tmp_path / "a.fits", (101,), axis("FREQ", "GHz", 100.0, 0.001))
    found = cells(path)["em_res_power"]
    assert found.value == pytest.approx(100.05e9 / 1e6, rel=1e-4)
    assert "width of a channel" in found.origin.note


def test_radio_and_optical_velocities_meet_at_rest() -> None:
    zero = np.zeros(1)
    for quantity in ("radio", "optical", "relativistic", "redshift", "beta"):
        assert wavelength(quantity, zero, 0.21).tolist() == [0.21]


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**9), 10**9),
    st.sampled_from([0.0, 1.0, -1.0, 1e308, 1e-308, 5e-324]),
)
CTYPES = st.sampled_from(
    [c + a for c in "WAVE AWAV FREQ ENER WAVN VRAD VOPT ZOPT VELO BETA FELO".split()
     for a in ("", "-LOG", "-F2W", "-W2F", "-V2W", "-A2F", "-TAB", "-GRI", "-LSR")]
    + ["LINEAR", "LAMBDA", "MULTISPE", "", "WAVELENGTH [Ang]", "LOGLAM"]
)  # fmt: skip
UNITS = st.sampled_from(
    ["", "m", "Angstrom", "Hz", "GHz", "keV", "km/s", "cm-1", "log(A)", "1e300 m"]
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(CTYPES, UNITS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from([1, 2, 7]))
def test_any_axis_gives_a_band_in_order_or_none(
    tmp_path: Path,
    ctype: str,
    unit: str,
    start: float,
    step: float,
    pixel: float,
    rest: float,
    n: int,
) -> None:
    cards = axis(ctype, unit, start, step, CRPIX1=pixel, RESTFRQ=rest, BUNIT="Jy")
    found = cells(image_file(tmp_path / "a.fits", (n,), cards))
    low, high = (found[k].value if k in found else None for k in ("em_min", "em_max"))
    if low is not None:
        assert 0.0 < low <= high < math.inf
    power = found.get("em_res_power")
    assert power is None or 0.0 < power.value < math.inf


KEYWORDS = st.sampled_from(
    """E_MIN E_MAX EUNIT WAVELMIN WAVELMAX WAVEMIN WAVEMAX WAVEUNIT WAVELNTH PHOTPLAM PHOTBW
    SPEC_VAL SPEC_BW SPECRES SPEC_RES R COEFF0 COEFF1 DC-FLAG CRVAL1 CDELT1 CUNIT1 CTYPE1
    RESTFRQ VELREF DSTYP1 DSVAL1 VACUUM WAT1_001 WAT2_001 UNITS FREQMIN FREQMAX""".split()
)
SAID = NUMBERS | st.booleans() | st.sampled_from(
    ["", "keV", "Angstrom", "energy", "1:2", "-1e400:nan", "x", "label=Wavelength units=A", "T"]
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(KEYWORDS, SAID, max_size=8), st.lists(st.floats(), min_size=4, max_size=4))
def test_any_keywords_and_columns_give_a_band_in_order_or_none(
    tmp_path: Path, cards: dict, numbers: list[float]
) -> None:
    paths = (
        image_file(tmp_path / "a.fits", (3, 3), sky(**cards, OBJECT="x")),
        table(tmp_path / "b.fits", [("WAVE", "", numbers), FLUX], cards),
    )
    for path in paths:
        found = cells(path)
        low, high = (found[k].value if k in found else None for k in ("em_min", "em_max"))
        if low is not None:
            assert 0.0 < low <= high < math.inf
