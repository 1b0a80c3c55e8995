"""Which coordinates the elements of a product have."""

from typing import Literal, TypeAlias

from portal.fits.axes import Axis, AxisKind
from portal.fits.products import Product

__all__ = ["Tabular", "axis_of", "lengths", "of_one_element", "spatial", "tabular"]

Tabular: TypeAlias = Literal["event", "timeseries", "spectrum", "visibility", "measurements"]

_EVENT_NAMES = frozenset("EVENTS EVENT STDEVT EVT RAY_EVENTS EVENTS_CLEANED".split())
_COUNTERS = frozenset("X Y PI PHA ENERGY RAWX DETX CHIPX CHANNEL PULSE_HEIGHT".split())
_SERIES_NAMES = frozenset("RATE LIGHTCURVE TIMESERIES LC LIGHT_CURVE COUNTS LIGHTCURVES".split())
_AMOUNTS = frozenset(
    """RATE FLUX COUNTS MAG SAP_FLUX PDCSAP_FLUX RATE1 COUNT_RATE MAGNITUDE INTENSITY RV FLUX1
    DET_FLUX SIGNAL""".split()
)
_WAVES = frozenset(
    """WAVELENGTH WAVE LAMBDA LOGLAM LAM WL WAV WAVEL LOGWAVE LOG_WAVE LOGLAMBDA LOG_LAMBDA FREQ
    FREQUENCY ENERGY WAVELENGTHS SPECTRAL_AXIS WAVENUMBER VELOCITY VHELIO VELO VRAD VOPT LN_WAVE
    CHANNEL ENERG_LO SPEC_LAMBDA WAVE_AIR WAVE_VAC LAMBDA_AIR LAMBDA_VAC COEFF0 WAVEREF""".split()
)
_VISIBILITIES = frozenset("UU VV WW UU---SIN VV---SIN UU-L VISIBILITIES UU---NCP".split())


def axis_of(product: Product, kind: AxisKind) -> Axis | None:
    """The first axis of that `kind` that has pixels; None for none."""
    return next((a for a in product.axes if a.kind == kind and a.length), None)


def lengths(product: Product) -> tuple[int, ...]:
    """Pixels along each axis that has some, in FITS order."""
    return tuple(axis.length for axis in product.axes if axis.length)


def of_one_element(product: Product) -> bool:
    """Whether an array was cut to one element, and only its header tells what it was."""
    return bool(lengths(product)) and all(length == 1 for length in lengths(product))


def spatial(product: Product) -> bool:
    """Whether the data extend along two axes of the sky."""
    if product.hdu.kind not in ("image", "compressed"):
        return False
    if "AMDX1" in product.cards and "PLTRAH" in product.cards:
        # A scan of a plate: its solution stands for the axes.
        return len(lengths(product)) >= 2
    pair = axis_of(product, "longitude"), axis_of(product, "latitude")
    return all(axis is not None for axis in pair)


def tabular(product: Product) -> Tabular | None:
    """What the rows of a table are; None where the product is no table."""
    if product.hdu.kind == "groups":
        return "visibility"
    if product.hdu.kind != "table":
        return None
    names = {column.name.upper() for column in product.columns}
    class_ = (product.hdu.cards.text("HDUCLAS1") or "").upper()
    called = product.hdu.name.upper()
    if names & _VISIBILITIES or called in ("AIPS UV", "UV_DATA"):
        return "visibility"
    if class_ == "EVENTS" or called in _EVENT_NAMES or ("TIME" in names and names & _COUNTERS):
        return "event"
    if class_ == "LIGHTCURVE" or called in _SERIES_NAMES:
        return "timeseries"
    if class_ == "SPECTRUM" or names & _WAVES or _spectral_header(product):
        return "spectrum"
    if names & {"TIME", "MJD", "JD", "BJD", "HJD"} and names & _AMOUNTS:
        return "timeseries"
    return "measurements"


def _spectral_header(product: Product) -> bool:
    """Whether a table of fluxes has its wavelengths in keywords of an axis."""
    from portal.fits.units import fits_unit

    cards = product.file.hdus[0].cards
    unit = fits_unit(cards.text("CUNIT1") or "", wavelength=True)
    spectral = unit is not None and str(unit.physical_type) in (
        "length",
        "frequency",
        "energy/work/torque",
    )
    return spectral and cards.number("CRVAL1") is not None
