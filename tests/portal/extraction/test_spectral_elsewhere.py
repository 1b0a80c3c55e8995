"""Spectral ranges that are told away from the data: beside them, in comments, by conventions."""

import struct
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from portal.extraction import counts, spectral
from portal.fits.cards import headers_from_text
from portal.fits.opening import open_fits
from portal.fits.products import products
from tests.portal.extraction.making import image_file, table_file, values

C = 299792458.0
HC = 6.62607015e-34 * C
EV = 1.602176634e-19


def bands(path: Path) -> list[tuple[object, object]]:
    found = []
    with open_fits(path) as file:
        for product in products(file)[0]:
            cells = {cell.column: cell.value for cell in spectral.DERIVATION.derive(product)}
            found.append((cells.get("em_min"), cells.get("em_max")))
    return found


def axis(ctype: str, start: object, step: float, **more: object) -> dict[str, object]:
    return {"CTYPE1": ctype, "CRVAL1": start, "CDELT1": step, "CRPIX1": 1.0, **more}


AXES = [
    # The unit in a comment, or as the name of the axis.
    (axis("FREQ", (100.0, "[GHz] first channel"), 1.0), (C / 109.5e9, C / 99.5e9)),
    (axis("ANGSTROM", 5000.0, 10.0), (4.995e-7, 5.095e-7)),
    (axis("LOG-LINEAR", 3.5, 0.001), (10**-6.5005, 10**-6.4905)),
    # GILDAS: offsets from the frequency of the line.
    (axis("FREQ", 0.0, 1e6, RESTFREQ=1e11), (C / (1e11 + 9.5e6), C / (1e11 - 0.5e6))),
    # SDSS: decimal logarithms of angstroms.
    ({"COEFF0": 3.5, "COEFF1": 0.001}, (10**-6.5005, 10**-6.4905)),
    ({"DSTYP1": "time", "DSTYP2": "energy", "DSVAL2": "500:7000"}, (HC / 7e3 / EV, HC / 500 / EV)),
]


@pytest.mark.parametrize(("cards", "expected"), AXES)
def test_customs_of_headers(tmp_path: Path, cards: dict, expected: tuple[float, float]) -> None:
    path = image_file(tmp_path / "a.fits", (10,), {"OBJECT": "HD 1", **cards})
    with open_fits(path) as file:
        (product,), _ = products(file)
        cells = {cell.column: cell.value for cell in spectral.DERIVATION.derive(product)}
    assert (cells["em_min"], cells["em_max"]) == pytest.approx(expected, rel=1e-9)


def test_a_cube_whose_third_axis_has_no_name(tmp_path: Path) -> None:
    sky = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 1.0, "CRVAL2": 1.0}
    sky |= {"CDELT1": 0.1, "CDELT2": 0.1, "CRVAL3": 3749.0, "CDELT3": 2.0, "CRPIX3": 1.0}
    (band,) = bands(image_file(tmp_path / "a.fits", (2, 3, 5), sky))
    assert band == pytest.approx((3748e-10, 3758e-10))
    # Of a radio cube these may be velocities.
    (band,) = bands(image_file(tmp_path / "a.fits", (2, 3, 5), sky | {"BMAJ": 0.01}))
    assert band == (None, None)


def test_two_axes_in_micrometres_are_a_plane(tmp_path: Path) -> None:
    told = {"CUNIT1": "um", "CUNIT2": "um", "CRVAL1": 5.0, "CRVAL2": 5.0}
    told |= {"CDELT1": 0.1, "CDELT2": 0.1, "CRPIX1": 1.0, "CRPIX2": 1.0}
    (band,) = bands(image_file(tmp_path / "a.fits", (4, 4), told))
    assert band == (None, None)


def write(path: Path, *hdus: fits.hdu.base._BaseHDU) -> Path:
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    return path


def test_the_wavelengths_of_an_arm_stand_beside_it(tmp_path: Path) -> None:
    hdus = []
    for arm, start in (("B", 400.0), ("R", 600.0)):
        waves = fits.ImageHDU(start + np.arange(5.0), name=f"{arm}_WAVELENGTH")
        waves.header["BUNIT"] = "nm"
        hdus += [waves, fits.ImageHDU(np.ones((2, 5)), name=f"{arm}_FLUX")]
    path = write(tmp_path / "a.fits", *hdus)
    assert bands(path) == [
        pytest.approx((3.995e-7, 4.045e-7)),
        pytest.approx((5.995e-7, 6.045e-7)),
    ]
    with open_fits(path) as file:
        counted = [
            cell.value
            for product in products(file)[0]
            for cell in counts.DERIVATION.derive(product)
            if cell.column == "em_xel"
        ]
    assert counted == [5, 5]


def test_coordinates_of_a_look_up_table(tmp_path: Path) -> None:
    cube = fits.ImageHDU(np.ones((4, 2, 2)), name="SCI")
    told = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CTYPE3": "WAVE-TAB"}
    told |= {"CUNIT3": "um", "CRVAL3": 1.0, "CDELT3": 1.0, "CRPIX3": 1.0}
    cube.header.update(told | {"PS3_0": "WCS-TABLE", "PS3_1": "wavelength"})
    values = np.array([[1.0, 1.1, 1.3, 1.6]])
    table = fits.BinTableHDU.from_columns(
        [fits.Column("wavelength", "4D", array=values)], name="WCS-TABLE"
    )
    assert bands(write(tmp_path / "a.fits", cube, table)) == [pytest.approx((0.95e-6, 1.75e-6))]


def test_spectra_of_a_single_dish_in_rows(tmp_path: Path) -> None:
    columns = [("DATA", "4E", "K"), ("CRVAL1", "1D", "Hz"), ("CDELT1", "1D", "Hz")]
    columns += [("CRPIX1", "1D", ""), ("FREQ", "1D", "Hz")]
    rows = [(1.0e11, 1e6, 1.0, 9e9), (1.1e11, -1e6, 1.0, 9e9)]
    data = b"".join(bytes(16) + struct.pack(">4d", *row) for row in rows)
    cards = {"EXTNAME": "SINGLE DISH", "CTYPE1": "FREQ-OBS"}
    path = table_file(tmp_path / "a.fits", columns, data, 2, cards)
    assert bands(path) in (
        [pytest.approx((C / (1.1e11 + 0.5e6), C / (1e11 - 0.5e6)))],
        # Where each row is a product of its own.
        [
            pytest.approx((C / (1e11 + 3.5e6), C / (1e11 - 0.5e6))),
            pytest.approx((C / (1.1e11 + 0.5e6), C / (1.1e11 - 3.5e6))),
        ],
    )


def test_spectra_of_iue_start_at_a_wavelength(tmp_path: Path) -> None:
    data = b"LARGE" + struct.pack(">2f", 1500.0, 2.0) + bytes(16)
    for name in ("WAVELENGTH", "LAMBDA"):
        columns = [("APERTURE", "5A", ""), (name, "1E", "ANGSTROM"), ("DELTAW", "1E", "ANGSTROM")]
        columns += [("NET", "4E", "ERG/CM2/S/A")]
        path = table_file(tmp_path / "a.fits", columns, data, 1, {"EXTNAME": "MELO"})
        assert bands(path) == [pytest.approx((1.499e-7, 1.507e-7), rel=1e-6)]


def test_visibilities_of_an_optical_interferometer(tmp_path: Path) -> None:
    waves = np.array([2.0e-6, 2.2e-6, 2.4e-6])
    wavelengths = fits.BinTableHDU.from_columns(
        [
            fits.Column("EFF_WAVE", "1E", unit="m", array=waves),
            fits.Column("EFF_BAND", "1E", unit="m", array=np.full(3, 2e-7)),
        ],
        name="OI_WAVELENGTH",
    )
    data = fits.BinTableHDU.from_columns(
        [
            fits.Column("VIS2DATA", "3D", array=np.ones((2, 3))),
            fits.Column("UCOORD", "1D", unit="m", array=np.ones(2)),
        ],
        name="OI_VIS2",
    )
    found = bands(write(tmp_path / "a.fits", wavelengths, data))
    assert found == [pytest.approx((1.9e-6, 2.5e-6), rel=1e-6)]


def test_events_have_the_band_that_their_column_is_bounded_to(tmp_path: Path) -> None:
    """Their own energies say where the source was bright; 0 to 1 MeV are bounds of numbers."""
    columns = [("TIME", "1D", "s"), ("X", "1D", ""), ("ENERGY", "1D", "eV")]
    data = b"".join(struct.pack(">3d", 1.0, 1.0, 1001.0 + n) for n in range(150))
    within = {"TLMIN3": 500.0, "TLMAX3": 7000.0}
    told = {"TLMIN3": 0.0, "TLMAX3": 1e6}
    for cards, expected in (
        (within, pytest.approx((HC / 7000 / EV, HC / 500 / EV))),
        (told, (None, None)),
        ({}, (None, None)),
    ):
        given = {"EXTNAME": "EVENTS", **cards}
        assert bands(table_file(tmp_path / "a.fits", columns, data, 150, given)) == [expected]


def test_an_alternate_description_tells_what_the_primary_one_does_not(tmp_path: Path) -> None:
    pixels = {"CTYPE1": "PIXEL", "CRVAL1": 1.0, "CDELT1": 1.0, "CRPIX1": 1.0}
    told = {"CTYPE1A": "VRAD", "CUNIT1A": "km/s", "CRVAL1A": 0.0, "CRPIX1A": 1.0, "CD1_1A": 2.0}
    told |= {"RESTFRQA": 1.15e11, "CTYPE1P": "RAWX"}
    for cards in (pixels | told, told):
        path = image_file(tmp_path / "a.fits", (10,), {"OBJECT": "HD 1", **cards})
        ends = C / 1.15e11 / (1 + 1e3 / C), C / 1.15e11 / (1 - 19e3 / C)
        assert bands(path) == [pytest.approx(ends, rel=1e-9)]
    named = {"CTYPE1": "WAVE", "CRVAL1": 5e-7, "CDELT1": 1e-9, "CRPIX1": 1.0, "CUNIT1": "m"}
    path = image_file(tmp_path / "a.fits", (10,), {"OBJECT": "HD 1", **named, **told})
    assert bands(path) == [pytest.approx((4.995e-7, 5.095e-7))]


@pytest.mark.parametrize("name", ["freq-1", "freq-4", "velo-1", "velo-4", "wave-1", "wave-4"])
def test_every_description_of_one_axis_gives_the_same_band(
    tmp_path: Path, atomium_data: Path, name: str
) -> None:
    # Headers of WCSLIB: one axis as frequency, energy, wave number, velocity, redshift ...
    text = (atomium_data / "fits" / "headers" / f"orion-{name}.hdr").read_text()
    cards = headers_from_text(text)[0]
    found = {}
    for letter in ["", *"FENRWOZVB"]:
        keys = ("CTYPE", "CRVAL", "CDELT", "CRPIX", "CUNIT")
        told = {f"{key}1": cards.value(f"{key}1{letter}") for key in keys}
        told = {key: value for key, value in told.items() if value is not None}
        if told:
            told |= {"RESTFRQ": 110201353000.0}
            (found[letter],) = bands(image_file(tmp_path / "a.fits", (4096,), told))
    assert len(found) == 9
    for letter, band in found.items():
        # The headers have ten digits, and the constants of Planck and the electron of 1986.
        rel = 1e-6 if letter == "E" else 1e-7
        assert band == pytest.approx(found[""], rel=rel), letter


def test_energies_of_channels_stand_in_a_table_of_the_file(tmp_path: Path) -> None:
    spectrum = fits.BinTableHDU.from_columns(
        [
            fits.Column("CHANNEL", "1I", array=np.arange(3)),
            fits.Column("COUNTS", "1J", unit="count", array=np.ones(3)),
        ],
        name="SPECTRUM",
    )
    spectrum.header["HDUCLAS1"] = "SPECTRUM"
    bounds = fits.BinTableHDU.from_columns(
        [
            fits.Column("CHANNEL", "1I", array=np.arange(3)),
            fits.Column("E_MIN", "1D", unit="keV", array=[0.0, 1.0, 2.0]),
            fits.Column("E_MAX", "1D", unit="keV", array=[1.0, 2.0, 4.0]),
        ],
        name="EBOUNDS",
    )
    found = bands(write(tmp_path / "a.fits", spectrum, bounds))
    assert found == [pytest.approx((HC / 4e3 / EV, HC / 1e3 / EV))]


def test_coefficients_of_a_table(tmp_path: Path) -> None:
    cards = {"COEFF0": 3.5, "COEFF1": 0.001, "EXTNAME": "SPECTRUM"}
    path = table_file(tmp_path / "a.fits", [("FLUX", "5D", "Jy")], bytes(40), 1, cards)
    assert bands(path) == [pytest.approx((10**-6.5005, 10**-6.4955))]


PLACES = [
    # ESO: the middle of the band and its width, in nm.
    ({"SPEC_VAL": 500.0, "SPEC_BW": 100.0}, (4.5e-7, 5.5e-7)),
    ({"CENTRWV": (5000.0, "[Angstrom] centre"), "BANDWID": 1000.0}, (4.5e-7, 5.5e-7)),
    ({"CENTRWV": 500.0, "BANDWID": 100.0}, None),
    ({"MINWAVE": 4500.0, "MAXWAVE": 5500.0}, (4.5e-7, 5.5e-7)),
    ({"MINWAVE": 450.0, "MAXWAVE": 550.0}, None),
    ({"ENERGY_L": 12.0, "ENERGY_H": 25.0}, (HC / 25e3 / EV, HC / 12e3 / EV)),
]


@pytest.mark.parametrize(("cards", "expected"), PLACES)
def test_bands_by_keywords(tmp_path: Path, cards: dict, expected: tuple | None) -> None:
    sky = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 1.0, "CRVAL2": 1.0}
    sky |= {"CDELT1": 0.1, "CDELT2": 0.1}
    (band,) = bands(image_file(tmp_path / "a.fits", (2, 3), sky | cards))
    assert band == (pytest.approx(expected) if expected else (None, None))


@pytest.mark.parametrize(
    ("cards", "air"),
    [
        ({"CRVAL1": (5000.0, "wavelength in air")}, True),
        ({"CTYPE1": ("LAMBDA", "in vacuum")}, False),
        ({"VACUUM": "F"}, True),
        ({"VACUUM": (1e-6, "pressure [mbar]")}, False),
        ({"COMMENT": "Wavelengths were converted to air"}, True),
        ({"HISTORY": "wavelengths from air to vacuum"}, False),
        ({"COMMENT": "wavelengths; pressure of the air; vacuum pump"}, False),
        ({"COMMENT": "wavelengths and the air mass"}, False),
    ],
)
def test_air_or_vacuum(tmp_path: Path, cards: dict, air: bool) -> None:
    told = axis("LAMBDA", 5000.0, 10.0, CUNIT1="Angstrom", **cards) | cards
    prose = {name: told.pop(name) for name in ("COMMENT", "HISTORY") if name in told}
    path = image_file(tmp_path / "a.fits", (10,), told)
    for name, text in prose.items():
        data = path.read_bytes()
        line = f"{name:8}{text}".ljust(80).encode()
        path.write_bytes(
            data.replace(b"END".ljust(80), line + b"END".ljust(80), 1)[:2880] + data[2880:]
        )
    ((low, _),) = bands(path)
    assert low == pytest.approx(4.995e-7 * (1.0002790 if air else 1.0), rel=1e-6)


def test_the_band_of_a_cube_by_magritte_is_that_of_its_frequencies(tmp_path: Path) -> None:
    # Its save_fits: velocities c (f / f0 - 1), pixels from 0, units in capitals.
    rest = 345.796e9
    frequencies = rest * (1.0 + np.linspace(-1e-5, 3e-5, 5))
    velocities = C * (frequencies / rest - 1.0)
    told = {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CTYPE3": "VELO-LSR"}
    told |= {"CUNIT1": "DEG", "CUNIT2": "DEG", "CUNIT3": "M/S"}
    told |= {"BUNIT": "JY/PIXEL", "BTYPE": "INTENSITY", "RESTFREQ": rest}
    told |= {"CRPIX1": 1.5, "CRPIX2": 1.5, "CRPIX3": 2.0, "CRVAL1": 10.0, "CRVAL2": 1.0}
    told |= {"CDELT1": -1e-4, "CDELT2": 1e-4, "CRVAL3": float(velocities[2])}
    told |= {"CDELT3": float(velocities[1] - velocities[0])}
    half = (frequencies[1] - frequencies[0]) / 2.0
    (band,) = bands(image_file(tmp_path / "a.fits", (4, 4, 5), told))
    expected = (C / (frequencies[-1] + half), C / (frequencies[0] - half))
    assert band == pytest.approx(expected, rel=1e-12)


def ragged(*rows: np.ndarray) -> np.ndarray:
    held = np.empty(len(rows), object)
    held[:] = rows
    return held


def test_wavelengths_in_rows_of_different_lengths(tmp_path: Path) -> None:
    waves = np.linspace(400.0, 500.0, 101), np.linspace(600.0, 610.0, 11)
    columns = [
        fits.Column("WAVE", "PD()", "nm", array=ragged(*waves)),
        fits.Column("FLUX", "PE()", array=ragged(*waves)),
    ]
    one = write(tmp_path / "a.fits", fits.BinTableHDU.from_columns(columns))
    assert bands(one) == [pytest.approx((399.5e-9, 610.5e-9))]
    # Where each row is of a place of its own it is a product, with its own number of channels.
    places = [fits.Column(name, "D", array=[1.0, 2.0]) for name in ("RA", "DEC")]
    several = write(tmp_path / "b.fits", fits.BinTableHDU.from_columns([*places, *columns]))
    assert bands(several) == [
        pytest.approx((399.5e-9, 500.5e-9)),
        pytest.approx((599.5e-9, 610.5e-9)),
    ]
    with open_fits(several) as file:
        counted = [c for p in products(file)[0] for c in counts.DERIVATION.derive(p)]
    assert [cell.value for cell in counted if cell.column == "em_xel"] == [101, 11]


@pytest.mark.parametrize(
    ("name", "unit", "waves"),
    [
        # Called decimal ones, which would be of light at some centimetres.
        ("LOGLAM", "log(Angstrom)", np.log(np.linspace(4000.0, 5000.0, 101))),
        ("LN_WAVE", "", np.log(np.linspace(4000.0, 5000.0, 101))),
        ("lnwave", "ln(um)", np.log(np.linspace(0.4, 0.5, 101))),
        ("LAMBDA_LN", "Angstrom", np.log(np.linspace(4000.0, 5000.0, 101))),
        ("LAMBDA_VAC", "nm", np.linspace(400.0, 500.0, 101)),
        ("LOG_LAM", "log(nm)", np.log10(np.linspace(400.0, 500.0, 101))),
    ],
)
def test_logarithms_in_a_column(tmp_path: Path, name: str, unit: str, waves: np.ndarray) -> None:
    columns = [fits.Column(name, "D", unit or None, array=waves), fits.Column("FLUX", "D")]
    path = write(tmp_path / "a.fits", fits.BinTableHDU.from_columns(columns, nrows=101))
    assert bands(path) == [pytest.approx((399.5e-9, 500.5e-9), rel=1e-5)]


def test_spectra_of_spirou(tmp_path: Path) -> None:
    """Tables named after their axis, with a flux of each fibre; arrays of orders without units."""
    waves = np.linspace(965.0, 2500.0, 308)
    columns = [fits.Column("Wave", "D", "nm", array=waves), fits.Column("FluxAB", "D")]
    table = fits.BinTableHDU.from_columns(columns, nrows=308, name="UniformWavelength")
    half = (waves[1] - waves[0]) / 2.0
    ends = pytest.approx(((965.0 - half) * 1e-9, (2500.0 + half) * 1e-9))
    assert bands(write(tmp_path / "s.fits", table)) == [ends]
    names = ("FluxAB", "WaveAB", "BlazeAB", "Recon")
    orders = [fits.ImageHDU(waves.reshape(4, 77)) for _ in names]
    for order, name in zip(orders, names, strict=True):
        order.header.update(EXTNAME=name, INSTRUME="SPIRou")
    assert bands(write(tmp_path / "t.fits", *orders)) == [ends]


def test_wavelengths_in_a_line_of_an_array(tmp_path: Path) -> None:
    waves = np.linspace(370.0, 1050.0, 681)
    made = fits.PrimaryHDU(np.array([waves, waves, waves]))
    made.header.update(INSTRUME="ESPaDOnS", COL1="Wavelength", COL2="Intensity", COL3="ErrorBar")
    made.writeto(tmp_path / "i.fits")
    assert bands(tmp_path / "i.fits") == [pytest.approx((369.5e-9, 1050.5e-9))]


def test_visibilities_of_aips_in_several_windows(tmp_path: Path) -> None:
    columns = [fits.Column(name, "E") for name in ("UU---SIN", "VV---SIN", "WW---SIN")]
    columns.append(fits.Column("VISIBILITIES", "24E", dim="(3,1,4,2)"))
    table = fits.BinTableHDU.from_columns(columns, nrows=2, name="AIPS UV")
    axes = {"COMPLEX": (1.0, 1.0), "STOKES": (-1.0, -1.0), "FREQ": (1.4e9, 1e6), "IF": (1.0, 1.0)}
    for n, (name, (start, step)) in enumerate(axes.items(), 1):
        table.header.update({f"{n}CTYP4": name, f"{n}CRVL4": start, f"{n}CDLT4": step})
        table.header[f"{n}CRPX4"] = 1.0
    windows = fits.Column("IF FREQ", "2D", "HZ", array=[[0.0, 5e7]])
    both = fits.BinTableHDU.from_columns([windows], name="AIPS FQ")
    path = write(tmp_path / "a.fits", both, table)
    assert bands(path) == [pytest.approx((C / (1.4535e9), C / (1.3995e9)))]
    with open_fits(path) as file:
        (product,), _ = products(file)
        cells = {cell.column: cell.value for cell in counts.DERIVATION.derive(product)}
    assert cells["em_xel"] == 8
    assert "s_xel1" not in cells


def test_visibilities_of_fits_idi(tmp_path: Path) -> None:
    columns = [fits.Column("UU", "E"), fits.Column("VV", "E"), fits.Column("FLUX", "8E")]
    table = fits.BinTableHDU.from_columns(columns, nrows=2, name="UV_DATA")
    table.header.update(MAXIS=2, MAXIS1=2, CTYPE1="COMPLEX", MAXIS2=4, CTYPE2="FREQ")
    table.header.update(CRVAL2=1.4e9, CDELT2=1e6, CRPIX2=1.0)
    assert bands(write(tmp_path / "a.fits", table)) == [pytest.approx((C / 1.4035e9, C / 1.3995e9))]


@pytest.mark.parametrize(
    ("name", "cards"),
    [
        ("log(wavelength)", {"CUNIT1": "log(Angstrom)"}),
        ("LINEAR", {"DC-FLAG": 1, "CUNIT1": "Angstroms"}),
    ],
)
def test_natural_logarithms_that_are_called_decimal_ones(
    tmp_path: Path, name: str, cards: dict
) -> None:
    for start, expected in (
        (np.log(5000.0), (5e-7, 5e-7 * np.exp(10e-4))),
        (np.log10(5000.0), (5e-7, 5e-7 * 10**10e-4)),
    ):
        told = axis(name, float(start) + 5e-5, 1e-4, OBJECT="HD 1", **cards)
        found = bands(image_file(tmp_path / "a.fits", (10,), told))
        assert found == [pytest.approx(expected, rel=1e-9)]


def test_logarithms_of_no_light_that_is_sampled_so_give_no_band(tmp_path: Path) -> None:
    told = axis("log(wavelength)", 20.0, 1e-4, OBJECT="HD 1", CUNIT1="log(Angstrom)")
    assert bands(image_file(tmp_path / "a.fits", (10,), told)) == [(None, None)]


@pytest.mark.parametrize(
    ("ucd", "category", "air"),
    [
        ("em.wl;obs.atmos", "", True),
        ("em.wl", "SCIENCE.SPECTRUM", False),
        ("em.wl", "", None),
    ],
)
def test_air_by_the_ucd_of_a_column(
    tmp_path: Path, ucd: str, category: str, air: bool | None
) -> None:
    columns = [fits.Column("WAVE", "D", "nm", array=np.linspace(500.0, 510.0, 11))]
    table = fits.BinTableHDU.from_columns([*columns, fits.Column("FLUX", "E")])
    table.header["TUCD1"] = ucd
    if category:
        table.header["PRODCATG"] = category
    with open_fits(write(tmp_path / "a.fits", table)) as file:
        cells = {c.column: c for c in spectral.DERIVATION.derive(products(file)[0][0])}
    assert cells["em_min"].value == pytest.approx(499.5e-9 * (1.000279 if air else 1.0), rel=2e-6)
    told = {True: "in air by", False: "in vacuum by", None: "not told"}[air]
    assert told in cells["em_min"].origin.note


def test_channels_that_a_table_of_one_row_lists_go_before_the_axis(tmp_path):
    image = fits.PrimaryHDU(np.zeros((4, 6), np.uint8))
    image.header.update({"CTYPE1": "Time [UT]", "CRVAL1": 28800.0, "CDELT1": 0.25})
    image.header.update({"CTYPE2": "Frequency [MHz]", "CRVAL2": 4.0, "CDELT2": -1.0, "CRPIX2": 0.0})
    image.header["TELESCOP"] = "Radio Spectrometer"
    lists = [
        fits.Column("TIME", "6D", array=[np.arange(6.0)]),
        fits.Column("FREQUENCY", "4D", array=[[80.0, 70.0, 60.0, 50.0]]),
    ]
    path = tmp_path / "callisto.fits"
    fits.HDUList([image, fits.BinTableHDU.from_columns(lists)]).writeto(path)
    found = values(path)
    assert (found["em_min"], found["em_max"]) == pytest.approx((C / 85e6, C / 45e6))
    assert (found["em_xel"], found["facility_name"]) == (4, None)
    # UT is no unit of the axis of time.
    assert (found["t_xel"], found["t_resolution"]) == (6, 0.25)
