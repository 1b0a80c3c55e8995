"""Numbers of elements along the axes of the sky, of time, of wavelength and of polarisation."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.extraction._subints import subints
from portal.fits.axes import Axis, AxisKind
from portal.fits.products import Product
from portal.fits.shape import axis_of, tabular
from portal.fits.table_kinds import MEASURED, TIMES, of_pulsar
from portal.headers.dispersion import dispersed, imaged, on_detector, with_wavelengths
from portal.headers.keywords import from_card
from portal.model.cell import CONVENTION, STATED, Cell, Origin
from portal.spectra.band import samples_in

__all__ = ["DERIVATION"]

_NO_GRID = -1
"""ObsCore 1.1, sec. 4.22: of data that are no grid, such as events."""


@dataclass(frozen=True)
class _Counts:
    columns: tuple[str, ...] = ("s_xel1", "s_xel2", "em_xel", "t_xel", "pol_xel")

    def derive(self, product: Product) -> Iterable[Cell]:
        """Lengths of the axes; what has no axis of the sky or of polarisation has no count."""
        if tabular(product) == "event":
            yield from _of_events(product)
            return
        yield from _on_sky(product)
        yield from _along_wavelength(product)
        yield from _along_time(product)
        yield from _of_polarisation(product)


def _of_events(product: Product) -> Iterable[Cell]:
    note = "events are on no grid"
    origin = Origin("data", f"HDU {product.hdu.index}", STATED, note=note)
    return (Cell(name, _NO_GRID, origin) for name in ("s_xel1", "s_xel2", "em_xel", "t_xel"))


def _on_sky(product: Product) -> Iterable[Cell]:
    if tabular(product) == "visibility" or on_detector(product):
        # Its axes of the sky are the one place that the telescopes followed, or no axes.
        return
    if axis_of(product, "longitude") and axis_of(product, "latitude"):
        yield from _lengths(product, {"s_xel1": "longitude", "s_xel2": "latitude"})
    elif _plain_image(product):
        for name, number in (("s_xel1", 1), ("s_xel2", 2)):
            note = "an axis that the header does not name"
            origin = Origin("data", f"HDU {product.hdu.index} NAXIS{number}", CONVENTION, note=note)
            yield Cell(name, product.axes[number - 1].length, origin)


def _plain_image(product: Product) -> bool:
    """Whether it is a picture of which the header names no axis."""
    long = [axis for axis in product.axes if (axis.length or 1) > 1]
    unnamed = len(long) == 2 and all(axis.kind in ("other", "pixel") for axis in product.axes)
    images = ("image", "compressed")
    if not unnamed or product.hdu.kind not in images or samples_in(product) is not None:
        return False
    # Of dispersed light one axis is of wavelengths, whatever the other is.
    return not (dispersed(product) or with_wavelengths(product))


def _lengths(product: Product, kinds: dict[str, AxisKind]) -> Iterable[Cell]:
    for name, kind in kinds.items():
        axis = axis_of(product, kind)
        if axis is not None:
            word = "axis " if product.hdu.kind == "table" else "NAXIS"
            source = f"HDU {product.hdu.index} {word}{axis.number}"
            yield Cell(name, axis.length, Origin("keyword", source, STATED))


def _along_wavelength(product: Product) -> Iterable[Cell]:
    found = samples_in(product)
    if found is not None:
        # A cell of a table whose rows differ may be empty.
        if found[0]:
            yield Cell("em_xel", found[0], Origin("data", found[1], STATED))
    elif (axis := axis_of(product, "spectral")) and axis.ctype.strip().upper() != "LINEAR":
        # It is named after light, and tells no wavelengths.
        yield from _lengths(product, {"em_xel": "spectral"})
    elif axis := _dispersion_axis(product):
        note = "along the axis that DISPAXIS names"
        source = f"HDU {product.hdu.index} NAXIS{axis.number}"
        yield Cell("em_xel", axis.length, Origin("keyword", source, CONVENTION, note=note))
    elif imaged(product) and not _unnamed(product):
        note = "an image has one element in wavelength"
        yield Cell("em_xel", 1, Origin("data", f"HDU {product.hdu.index}", CONVENTION, note=note))


def _dispersion_axis(product: Product) -> Axis | None:
    """The axis of a frame of two unnamed axes along which light was dispersed, as IRAF has it."""
    number = product.cards.integer("DISPAXIS")
    axes = product.axes
    if (
        len(axes) != 2
        or number not in (1, 2)
        or any(a.kind not in ("other", "pixel") for a in axes)
    ):
        return None
    return axes[number - 1] if product.hdu.kind in ("image", "compressed") else None


def _unnamed(product: Product) -> bool:
    """Whether the data have an axis of several elements that may as well be of wavelengths."""
    return any((a.length or 1) > 1 and a.kind in ("other", "pixel") for a in product.axes)


def _along_time(product: Product) -> Iterable[Cell]:
    """By ObsCore 1.1, B.6.3.3, an image, a spectrum or a cube of one shot has one element."""
    source = f"HDU {product.hdu.index}"
    axis = axis_of(product, "time")
    if axis is not None:
        yield from _lengths(product, {"t_xel": "time"})
    elif archive := subints(product):
        yield archive.count
    elif (found := _times_in(product)) is not None:
        if found[0] is not None:
            yield Cell("t_xel", found[0], Origin("data", f"{source} {found[1]}", STATED))
    elif product.hdu.kind in ("image", "compressed") or tabular(product) == "spectrum":
        note = "no axis of time: one element"
        yield Cell("t_xel", 1, Origin("data", source, CONVENTION, note=note))


def _times_in(product: Product) -> tuple[int | None, str] | None:
    """How many times a table has, and where; None where rows differ, and where it has none.

    A table of spectra with a time beside each has them in its rows, as OGIP's type II.
    """
    kind, rows = tabular(product), 1
    if kind not in ("timeseries", "spectrum") or not product.hdu.shape:
        return None
    times = next((c for c in product.columns if c.name.lower() in TIMES), None)
    if product.row is None:
        rows = product.hdu.shape[0]
    if kind == "spectrum":
        beside = times is not None and times.length == 1
        vectors = any(c.length > 1 and c.name.lower() in MEASURED for c in product.columns)
        return (rows, "rows") if beside and vectors and rows > 1 else None
    if times is None or times.length == 1:
        return rows, "rows"
    return (None if times.varies else rows * times.length), f"column {times.name}"


def _of_polarisation(product: Product) -> Iterable[Cell]:
    axis = next((axis for axis in product.axes if axis.kind == "stokes"), None)
    if axis is not None:
        source = f"HDU {product.hdu.index} axis {axis.number}"
        yield Cell("pol_xel", axis.length or 1, Origin("keyword", source, STATED))
    elif of_pulsar(product.hdu) and (number := product.hdu.cards.integer("NPOL") or 0) > 0:
        yield from_card(product.hdu.cards, "NPOL", "pol_xel", number)


DERIVATION = _Counts()
