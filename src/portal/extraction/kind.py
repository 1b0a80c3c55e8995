"""What kind of product it is, and how far it was calibrated."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.fits.products import Product
from portal.fits.shape import axis_of, lengths, of_one_element, spatial, tabular
from portal.fits.table_kinds import of_pulsar
from portal.headers.calibration import calibration, summed
from portal.headers.dispersion import dispersed, on_detector, with_wavelengths
from portal.model.cell import DERIVED, INFERRED, STATED, Cell, Origin
from portal.spectra.band import samples_in

__all__ = ["DERIVATION", "ESO"]

ESO = {
    "SPECTRUM": "spectrum",
    "MOSPECTRA": "spectrum",
    "IMAGE": "image",
    "MEFIMAGE": "image",
    "CUBE": "cube",
    "VISIBILITY": "visibility",
    "EVENTLIST": "event",
}
_DYNAMIC = "over time and wavelength, a dynamic spectrum"
"""ObsCore 1.1, sec. 3.3.1: a time series has one dimension, a cube three, and null is for what no
word can describe; a spectrum is any data set of which the spectral coverage is the first thing."""


@dataclass(frozen=True)
class _Kind:
    columns: tuple[str, ...] = ("calib_level", "dataproduct_type")

    def derive(self, product: Product) -> Iterable[Cell]:
        """The level is never null: one is assumed, with the confidence of an assumption."""
        yield calibration(product)
        found = _stated(product) or _table(product) or _array(product)
        if found:
            yield found


def _cell(value: str, source: str, trust: float, note: str = "") -> Cell:
    return Cell("dataproduct_type", value, Origin("data", source, trust, note=note))


def _stated(product: Product) -> Cell | None:
    """ESO's category of a product, such as ``SCIENCE.CUBE.IFS``."""
    cards = product.cards
    words = (cards.text("PRODCATG") or "").upper().split(".")
    value = next((ESO[word] for word in words if word in ESO), None)
    if value is None:
        return None
    source = cards.source("PRODCATG")
    return Cell("dataproduct_type", value, Origin("keyword", source, STATED))


def _table(product: Product) -> Cell | None:
    value = tabular(product)
    if value is None:
        return None
    source = f"HDU {product.hdu.index} columns"
    if of_pulsar(product.hdu) and (samples_in(product) or (1, ""))[0] > 1:
        return _cell(value, source, INFERRED, "samples over time, in several channels")
    return _cell(value, source, INFERRED if value == "measurements" else DERIVED)


def _array(product: Product) -> Cell | None:
    source = f"HDU {product.hdu.index} axes"
    if product.hdu.kind == "empty":
        return _header(product, source)
    if product.row is not None:
        return _cell("spectrum", source, DERIVED, "one of several targets")
    wave, time = axis_of(product, "spectral"), axis_of(product, "time")
    if spatial(product):
        if on_detector(product):
            return _cell("spectrum", source, INFERRED, "light was dispersed along one axis")
        return _on_sky(product, source)
    if wave and wave.number > 2 and min(lengths(product)[:2]) > 1 and _nameless(product):
        return _cell("cube", source, INFERRED, "two axes that the header does not name")
    if wave and time and min(wave.length or 1, time.length or 1) > 1:
        return _cell("spectrum", source, INFERRED, _DYNAMIC)
    if wave or with_wavelengths(product) or (samples_in(product) or (1, ""))[0] > 1:
        return _cell("spectrum", source, DERIVED)
    if time:
        return _cell("timeseries", source, DERIVED)
    return _unnamed(product, source)


def _header(product: Product, source: str) -> Cell | None:
    """A header without data is of what its axes would have been."""
    kinds = {axis.kind for axis in product.axes}
    note = "a header without data"
    if dispersed(product) or ("spectral" in kinds and "longitude" not in kinds):
        return _cell("spectrum", source, INFERRED, note)
    if not {"longitude", "latitude"} <= kinds:
        return None
    if "spectral" in kinds and not summed(product):
        return _cell("cube", source, INFERRED, note)
    return _cell("image", source, INFERRED, note)


def _on_sky(product: Product, source: str) -> Cell:
    """An array with two axes of the sky: of one place it is what runs along the others."""
    pair = axis_of(product, "longitude"), axis_of(product, "latitude")
    if None in pair:
        return _cell("image", source, DERIVED, "a scan of a plate")
    one_place = all(axis is not None and axis.length == 1 for axis in pair)
    cut = of_one_element(product)
    note = "the data are one element; the axes tell what they were cut from" if cut else ""
    for kind, alone in (("spectral", "spectrum"), ("time", "timeseries")):
        axis = next((a for a in product.axes if a.kind == kind and a.length), None)
        if axis is None or (axis.length == 1 and not cut):
            continue
        if one_place and (not cut or kind == "time"):
            times = next((a.length or 1 for a in product.axes if a.kind == "time"), 1)
            if alone == "spectrum" and times > 1:
                return _cell(alone, source, INFERRED, _DYNAMIC)
            return _cell(alone, source, DERIVED, note)
        return _cell("cube", source, INFERRED if cut else DERIVED, note)
    others = [a.length for a in product.axes if a.length and a.kind in ("other", "pixel")]
    if any(length > 1 for length in others):
        return _cell("cube", source, INFERRED, "an axis that the header does not name")
    return _cell("image", source, DERIVED)


def _nameless(product: Product) -> bool:
    """Whether the header names neither of the first two axes."""
    return all(axis.kind in ("other", "pixel") for axis in product.axes[:2])


def _unnamed(product: Product, source: str) -> Cell | None:
    """An array whose axes the header does not name."""
    real = [length for length in lengths(product) if length > 1]
    if dispersed(product):
        return _cell("spectrum", source, INFERRED, "by the mode of the instrument")
    if len(real) > 2:
        return _cell("cube", source, INFERRED, "three axes that the header does not name")
    if len(lengths(product)) >= 2:
        return _cell("image", source, INFERRED, "two axes that the header does not name")
    return None


DERIVATION = _Kind()
