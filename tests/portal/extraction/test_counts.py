"""Numbers of elements, by kind of product."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from portal.extraction import counts
from portal.fits.opening import open_fits
from portal.fits.products import products
from tests.portal.extraction.making import image_file, table_file


def counted(path: Path) -> dict[str, object]:
    with open_fits(path) as file:
        (product,), _ = products(file)
        return {cell.column: cell.value for cell in counts.DERIVATION.derive(product)}


def axes(*ctypes: str) -> dict[str, object]:
    told: dict[str, object] = {}
    for n, ctype in enumerate(ctypes, 1):
        told |= {f"CTYPE{n}": ctype, f"CRVAL{n}": 1.0, f"CDELT{n}": 0.1, f"CRPIX{n}": 1.0}
    return told


SKY = ("RA---TAN", "DEC--TAN")
ARRAYS = [
    ((4, 3), SKY, {"s_xel1": 4, "s_xel2": 3, "em_xel": 1, "t_xel": 1}),
    ((3, 4), ("DEC--TAN", "RA---TAN"), {"s_xel1": 4, "s_xel2": 3, "em_xel": 1, "t_xel": 1}),
    ((4, 3, 9), (*SKY, "FREQ"), {"s_xel1": 4, "s_xel2": 3, "em_xel": 9, "t_xel": 1}),
    (
        (4, 3, 9, 2),
        (*SKY, "FREQ", "STOKES"),
        {"s_xel1": 4, "s_xel2": 3, "em_xel": 9, "t_xel": 1, "pol_xel": 2},
    ),
    # The axes that the header names beyond those of the array have one element each.
    (
        (4, 3),
        (*SKY, "FREQ", "STOKES"),
        {"s_xel1": 4, "s_xel2": 3, "em_xel": 1, "t_xel": 1, "pol_xel": 1},
    ),
    ((4, 3, 5), (*SKY, "TIME"), {"s_xel1": 4, "s_xel2": 3, "em_xel": 1, "t_xel": 5}),
    # MeerKAT names its bands so, and others do not name energies at all.
    ((4, 3, 16), (*SKY, "SPECLNMF"), {"s_xel1": 4, "s_xel2": 3, "t_xel": 1}),
    ((9,), ("WAVE",), {"em_xel": 9, "t_xel": 1}),
    ((4, 3), ("PIXEL", "PIXEL"), {"s_xel1": 4, "s_xel2": 3, "t_xel": 1}),
    ((4, 3), ("LINEAR", "LINEAR"), {"s_xel1": 4, "s_xel2": 3, "t_xel": 1}),
]
DISPERSED = [
    ({"DISPAXIS": 1}, {"em_xel": 4, "t_xel": 1}),
    ({"DISPAXIS": 2, "INSTRUME": "McKellar Spectrograph"}, {"em_xel": 3, "t_xel": 1}),
    ({"INSTRUME": "ESPaDOnS"}, {"t_xel": 1}),
    ({"INSTRUME": "SPIRou", "ETYPE": "GUIDE"}, {"s_xel1": 4, "s_xel2": 3, "t_xel": 1}),
]


@pytest.mark.parametrize(("shape", "ctypes", "expected"), ARRAYS)
def test_counts_of_an_array(
    tmp_path: Path, shape: tuple[int, ...], ctypes: tuple[str, ...], expected: dict
) -> None:
    assert counted(image_file(tmp_path / "a.fits", shape, axes(*ctypes))) == expected


@pytest.mark.parametrize(("cards", "expected"), DISPERSED)
def test_axes_of_dispersed_light_are_none_of_the_sky(
    tmp_path: Path, cards: dict, expected: dict
) -> None:
    assert counted(image_file(tmp_path / "a.fits", (4, 3), cards)) == expected


def test_events_are_on_no_grid(tmp_path: Path) -> None:
    columns = [("TIME", "1D", "s"), ("X", "1D", "pixel"), ("Y", "1D", "pixel")]
    path = table_file(tmp_path / "a.fits", columns, bytes(24 * 3), 3, {"EXTNAME": "EVENTS"})
    assert counted(path) == dict.fromkeys(("s_xel1", "s_xel2", "em_xel", "t_xel"), -1)


def test_a_light_curve_has_an_element_a_row(tmp_path: Path) -> None:
    columns = [("TIME", "1D", "s"), ("RATE", "1D", "count/s")]
    path = table_file(tmp_path / "a.fits", columns, bytes(16 * 7), 7, {"EXTNAME": "RATE"})
    assert counted(path) == {"t_xel": 7}


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        # All times in one row, with two channels; spectra with a time beside each.
        ([("TIME", "90D", "s"), ("FLUX", "180E", "W/m2")], 1, {"t_xel": 90}),
        ([("TIME", "3D", "s"), ("FLUX", "3E", "Jy")], 4, {"t_xel": 12}),
        ([("COUNTS", "128I", ""), ("TIME", "D", "s"), ("ENDTIME", "D", "s")], 10, {"t_xel": 10}),
        ([("COUNTS", "128I", "")], 1, {"t_xel": 1}),
    ],
)
def test_times_are_counted_in_rows_and_cells(
    tmp_path: Path, columns: list[tuple[str, str, str]], rows: int, expected: dict[str, object]
) -> None:
    cards = {"HDUCLAS1": "SPECTRUM"} if columns[0][0] == "COUNTS" else {}
    path = table_file(tmp_path / "a.fits", columns, bytes(1440 * rows), rows, cards)
    assert {"t_xel": counted(path)["t_xel"]} == expected


@pytest.mark.parametrize(("form", "rows", "expected"), [("5D", 1, 5), ("1D", 5, 5)])
def test_a_spectrum_has_an_element_a_row_or_a_value_of_its_vector(
    tmp_path: Path, form: str, rows: int, expected: int
) -> None:
    columns = [("WAVE", form, "nm"), ("FLUX", form, "Jy")]
    path = table_file(tmp_path / "a.fits", columns, bytes(80), rows, {})
    assert counted(path) == {"em_xel": expected, "t_xel": 1}


def test_an_empty_cell_of_wavelengths_counts_none(tmp_path: Path) -> None:
    columns = [("RA", "D", "deg"), ("DEC", "D", "deg")]
    columns += [("FREQ", "QD(5)", "Hz"), ("STOKES_I", "QD(5)", "Jy")]
    path = table_file(tmp_path / "a.fits", columns, bytes(48), 1, {})
    assert counted(path) == {"t_xel": 1}


@pytest.mark.parametrize(
    ("steps", "number"), [((0.0, 0.0, 0.0), 50), ((0.0, 0.2, 0.4), 50), ((0.0, 45.0, 90.0), 150)]
)
def test_orders_count_together_and_repeats_once(tmp_path, steps, number):
    """Rows along the same wavelengths, along some that drift, and orders that overlap a little."""
    waves = 500.0 + np.arange(50.0) + np.array(steps)[:, None]
    columns = [
        fits.Column("WAVELENGTH", "50D", unit="nm", array=waves),
        fits.Column("FLUX", "50D", unit="Jy", array=np.ones((3, 50))),
    ]
    path = tmp_path / "a.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns)]).writeto(path)
    assert counted(path)["em_xel"] == number
