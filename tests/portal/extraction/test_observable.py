"""UCDs of what was measured, by the unit of the data."""

from pathlib import Path

import pytest

from portal.extraction import observable
from portal.extraction.observable import ucd_of
from portal.fits.opening import open_fits
from portal.fits.products import products
from tests.portal.extraction.making import image_file, table_file

UCDS = {
    "JY/BEAM": "phot.flux.density",
    "Jy/pixel": "phot.flux.density",
    "mJy": "phot.flux.density",
    "nanomaggy": "phot.flux.density",
    "1E-17 erg/cm^2/s/Ang": "phot.flux.density",
    "erg/cm2/s/A": "phot.flux.density",
    "W/m^2/um": "phot.flux.density",
    "photons/s/cm2/A": "phot.flux.density",
    "MJy/sr": "phot.flux.density.sb",
    "erg/s/cm2/Angstrom/arcsec2": "phot.flux.density.sb",
    "erg/s/cm2": "phot.flux",
    "Jy/beam.km/s": "phot.flux",
    "ADU": "phot.count",
    "COUNTS": "phot.count",
    "counts/s": "phot.count",
    "ELECTRONS/S": "phot.count",
    "DN": "phot.count",
    "mag": "phot.mag",
    "mag/arcsec2": "phot.mag.sb",
    "K": "phys.temperature",
    "K (Tb)": "phys.temperature",
    "km/s": "spect.dopplerVeloc",
}


@pytest.mark.parametrize(("unit", "ucd"), UCDS.items())
def test_ucd_of_a_unit(unit: str, ucd: str) -> None:
    assert ucd_of(unit) == ucd


@pytest.mark.parametrize("unit", ["", "UNITLESS", "K km s-1", "V", "pixel", "deg", "flux", "1/s"])
def test_units_that_say_too_little(unit: str) -> None:
    assert ucd_of(unit) is None


def found(path: Path) -> object:
    with open_fits(path) as file:
        (product,), _ = products(file)
        return next((cell.value for cell in observable.DERIVATION.derive(product)), None)


SKY = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 1.0, "CRVAL2": 1.0}
SKY |= {"CDELT1": 0.1, "CDELT2": 0.1, "BUNIT": "JY/BEAM"}


@pytest.mark.parametrize(
    ("state", "ucd"),
    [(1.0, "phot.flux.density"), (2.0, "phot.flux.density;phys.polarization")],
)
def test_polarised_light_is_named(tmp_path: Path, state: float, ucd: str) -> None:
    cards = SKY | {"CTYPE3": "STOKES", "CRVAL3": state, "CDELT3": 1.0, "CRPIX3": 1.0}
    assert found(image_file(tmp_path / "a.fits", (2, 2, 1), cards)) == ucd


def test_an_image_without_a_unit_has_none(tmp_path: Path) -> None:
    cards = {name: value for name, value in SKY.items() if name != "BUNIT"}
    assert found(image_file(tmp_path / "a.fits", (2, 2), cards)) is None


TABLES = [
    ([("WAVE", "5D", "nm"), ("FLUX", "5D", "Jy"), ("ERR", "5D", "adu")], {}, {}),
    ([("WAVE", "5D", "nm"), ("FLUX_ERR", "5D", "adu"), ("flux", "5D", "Jy")], {}, {}),
    ([("WAVE", "5D", "nm"), ("FLUX", "5D", "")], {"TUCD2": "phot.flux.density"}, {}),
    ([("WAVE", "5D", "nm"), ("FLUX", "5D", "")], {}, {"BUNIT": "1E-17 erg/cm^2/s/Ang"}),
]


@pytest.mark.parametrize(("columns", "cards", "primary"), TABLES)
def test_a_table_is_of_its_flux(tmp_path: Path, columns: list, cards: dict, primary: dict) -> None:
    data = bytes(40 * len(columns))
    path = table_file(tmp_path / "a.fits", columns, data, 1, cards, primary)
    assert found(path) == "phot.flux.density"


def test_events_have_no_one_observable(tmp_path: Path) -> None:
    columns = [("TIME", "1D", "s"), ("X", "1D", ""), ("ENERGY", "1D", "eV")]
    path = table_file(tmp_path / "a.fits", columns, bytes(24), 1, {"EXTNAME": "EVENTS"})
    assert found(path) is None
