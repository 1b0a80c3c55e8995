"""The band of a table or an array whose spectral coordinates stand in a column or another HDU."""

import re
from dataclasses import dataclass, replace

import numpy as np

from portal.errors import ReadError
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.products import Product
from portal.fits.units import fits_unit, quantity_factor
from portal.model.cell import CONVENTION, INFERRED, Origin
from portal.spectra._medium import in_medium
from portal.spectra.coordinate import Band, Scale, band_between, bracketed, scale_of, scaled
from portal.spectra.multispec import attributes
from portal.spectra.rest import rest_wavelength
from portal.spectra.wavelength import SI, VELOCITIES, extremes

__all__ = [
    "Samples",
    "channel_edges",
    "column_band",
    "samples_beside",
    "samples_in_line",
    "samples_of",
]

_ORDER = ("wavelength", "air", "frequency", "energy", "wavenumber")
"""Of columns that tell the same axis, the first is taken."""
_FLUX = re.compile(r"flux|counts?|rate|spec|data|intens|ampl|temp|amp|signal|^[fty]$|power|mag")
_LISTED = re.compile(r"\"wave\w*\"\s*:\s*\"([^\"]+)\"")
"""Units of all arrays in one keyword, as linetools writes them."""
_NANOMETRES = frozenset("espadons narval neonarval nirps spirou".split())
"""Instruments whose reductions write wavelengths in nanometres and do not say so."""
_STEADY = 0.9
"""Part of the steps of an axis in a column that go the same way; orders may follow each other."""

_APART = 1.5
"""How much wider all rows are than the widest if they are pieces of one spectrum."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Where the spectral coordinates of a product stand.

    Parameters
    ----------
    hdu
        The HDU that holds them.
    column
        Of a table; None for an array.
    row
        Of the table where the product is one row, or the line of an array; else None.
    scale
        How they are read.
    number
        How many there are along the axis, of all orders together.
    """

    hdu: Hdu
    column: ColumnInfo | None
    row: int | None
    scale: Scale
    number: int


def samples_of(product: Product) -> Samples | None:
    """The column of wavelengths, frequencies or energies of a table; None if there is none."""
    table = product.hdu
    if table.kind != "table" or not table.shape:
        return None
    found = []
    fluxes = [c for c in product.columns if _FLUX.search(c.name.lower())] or product.columns
    fluxes = [c for c in fluxes if c.length > 1] or fluxes
    for column in product.columns:
        scale = scale_of(column.name, column.unit or next(iter(bracketed(column.comment)), ""))
        alone = table.shape[0] == 1 or product.row is not None
        if scale is None or "A" in column.format or (alone and column.length < 2):
            continue
        if not column.beside(fluxes):
            # One value a row beside vectors is where they start, or what they are of.
            continue
        if scale.quantity in _ORDER or rest_wavelength(product.cards)[0] is not None:
            found.append(Samples(table, column, product.row, scale, _number(product, column)))
    return min(found, key=_preference, default=None)


def _number(product: Product, column: ColumnInfo) -> int:
    rows = (product.hdu.shape or (1,))[0]
    try:
        if column.varies and product.row is not None:
            return product.hdu.column(column.name, product.row).size
        if column.length > 1 < rows and product.row is None and not column.varies:
            values = np.asarray(product.hdu.column(column.name), float)
            return values.size if _follow(values.reshape(rows, -1)) else column.length
    except ReadError:
        return column.length
    return column.length if column.length > 1 else rows


def _follow(values: np.ndarray) -> bool:
    """Whether rows of coordinates follow one another, as orders do, instead of being the same."""
    filled = np.where(np.isfinite(values) & (values > 0.0), values, np.nan)
    known = filled[np.isfinite(filled).any(axis=1)]
    if len(known) < 2:
        return False
    low, high = np.nanmin(known, axis=1), np.nanmax(known, axis=1)
    return bool(high.max() - low.min() >= _APART * (high - low).max())


def samples_beside(product: Product, arm: Hdu) -> Samples | None:
    """The array that holds the wavelengths of an `arm`, as ``B_WAVELENGTH`` does of ``B_FLUX``."""
    if arm.kind not in ("image", "compressed"):
        return None
    found = []
    for hdu in product.file.hdus:
        if hdu.kind not in ("image", "compressed") or hdu is arm or hdu in product.arms:
            continue
        scale = scale_of(hdu.name, hdu.cards.text("BUNIT") or "")
        if scale is not None and scale.quantity in _ORDER and _fits(hdu, arm):
            found.append(Samples(hdu, None, None, scale, hdu.shape[-1]))
    nearest = max(found, key=lambda samples: _kinship(samples.hdu.name, arm.name), default=None)
    if nearest is None or (len(found) > 1 and not _kinship(nearest.hdu.name, arm.name)):
        return None
    return nearest


def samples_in_line(product: Product) -> Samples | None:
    """The line of an array that holds the wavelengths of the others, as ESPaDOnS writes it.

    COL1 tells that it is one: ``COL1 = 'Wavelength'``.
    """
    hdu = product.hdu
    if hdu.kind not in ("image", "compressed") or len(hdu.shape) != 2 or min(hdu.shape) < 2:
        return None
    scale = scale_of(product.cards.text("COL1") or "", "")
    if scale is None or scale.quantity != "wavelength":
        return None
    return Samples(hdu, None, 0, scale, hdu.shape[1])


def column_band(product: Product, samples: Samples) -> Band | None:
    """The band of the spectral coordinates; its ends are half a step beyond the outer ones."""
    try:
        values = _values(samples)
    except ReadError:
        return None
    several = samples.column is not None and samples.column.length == 1
    values, steady = _usable(values, samples.scale, ordered=several)
    if values.size < 2 or not steady:
        return None
    told = samples.scale if samples.scale.factor else _told_elsewhere(product, samples.scale)
    scale = scaled(told, values)
    if scale is None:
        return None
    name = samples.column.name if samples.column else samples.hdu.name
    comment = samples.column.comment if samples.column else samples.hdu.cards.comment("EXTNAME")
    scale = in_medium(scale, product, name, comment, _medium_by_ucd(samples, product))
    rest, line = rest_wavelength(product.cards)
    note = f"rest wavelength from {line}" if scale.quantity in VELOCITIES else ""
    origin = Origin("column" if samples.column else "data", _place(samples), note=note)
    middle = values[values.size // 2 - 1 : values.size // 2 + 1]
    step = float(abs(np.diff(scale.metres(middle, rest))[0]))
    return band_between(extremes(scale.metres(channel_edges(values), rest)), scale, origin, step)


def _medium_by_ucd(samples: Samples, product: Product) -> str:
    """What the UCD of a column says of the medium, in a word.

    ESO-044286, sec. 5.2.2: ``em.wl;obs.atmos`` in air, ``em.wl`` alone in vacuum. Others than
    ESO do not mean by the second that it is in vacuum.
    """
    number = samples.column.number if samples.column else 0
    words = (samples.hdu.cards.text(f"TUCD{number}") or "").lower().split(";")
    if "em.wl" not in words:
        return ""
    if "obs.atmos" in words:
        return "air"
    return "vacuum" if product.cards.text("PRODCATG") else ""


def _place(samples: Samples) -> str:
    if samples.column is not None:
        return f"HDU {samples.hdu.index} column {samples.column.name}"
    line = samples.hdu.name if samples.row is None else f"line {samples.row + 1}"
    return f"HDU {samples.hdu.index} {line}"


def channel_edges(values: np.ndarray) -> np.ndarray:
    """Outer edges of the first and the last of the rising coordinates `values`."""
    half = np.array([values[1] - values[0], values[-1] - values[-2]]) / 2.0
    outer = np.array([values[0] - half[0], values[-1] + half[1]])
    # Half a step below a first energy or frequency near zero is no energy.
    return np.where((outer > 0.0) | (values[[0, -1]] <= 0.0), outer, values[[0, -1]])


def _preference(samples: Samples) -> tuple[int, int, int]:
    quantity = samples.scale.quantity
    rank = _ORDER.index(quantity) if quantity in _ORDER else len(_ORDER)
    column = samples.column.number if samples.column else 0
    return rank, samples.scale.factor is None, column


def _values(samples: Samples) -> np.ndarray:
    if samples.column is None:
        held = samples.hdu.array()
        return np.asarray(held if samples.row is None else held[samples.row], float).ravel()
    return np.asarray(samples.hdu.column(samples.column.name, samples.row), float).ravel()


def _usable(values: np.ndarray, scale: Scale, *, ordered: bool) -> tuple[np.ndarray, bool]:
    """The values that are no filling, rising, and whether they ran one way as an axis does."""
    with np.errstate(all="ignore"):
        filled = np.isfinite(values) & (np.abs(values) < 1e37)
        if scale.quantity not in VELOCITIES:
            # A logarithm may be negative, of metres, but 0 is filling.
            filled &= values != 0.0 if scale.base else values > 0.0
    values = values[filled]
    steps = np.diff(values)
    rising, falling = int((steps > 0).sum()), int((steps < 0).sum())
    steady = not ordered or max(rising, falling) >= _STEADY * max(rising + falling, 1)
    return np.unique(values), steady


def _told_elsewhere(product: Product, scale: Scale) -> Scale:
    """With the unit in the cards of IRAF or in a list, or else the one that the flux is per."""
    units = attributes(product.cards, 1).get("units", "")
    factor = quantity_factor(units, SI[scale.quantity]) if units else None
    if factor is not None:
        source = product.cards.source("WAT1_001")
        return replace(scale, factor=factor).also(f"unit from {source}", CONVENTION)
    listed = _LISTED.search(product.cards.text("UNITS") or "")
    factor = quantity_factor(listed[1], SI[scale.quantity]) if listed else None
    if factor is not None:
        source = product.cards.source("UNITS")
        return replace(scale, factor=factor).also(f"unit from {source}", CONVENTION)
    texts = [c.unit for c in product.columns if _FLUX.search(c.name.lower())]
    for text in (*texts, product.cards.text("BUNIT") or ""):
        unit = fits_unit(text)
        for base, power in zip(unit.bases, unit.powers, strict=True) if unit else ():
            if power == -1 and str(base) in ("Angstrom", "nm", "um"):
                factor = {"Angstrom": 1e-10, "nm": 1e-9, "um": 1e-6}[str(base)]
                note = f"unit taken from that of the flux, {text}"
                return replace(scale, factor=factor).also(note, INFERRED)
    instrument = (product.cards.text("INSTRUME") or "").lower()
    if scale.factor is None and scale.quantity == "wavelength" and instrument in _NANOMETRES:
        note = f"no unit told; in nanometres as of all spectra of {instrument}"
        return replace(scale, factor=1e-9).also(note, INFERRED)
    return scale


def _fits(hdu: Hdu, product: Hdu) -> bool:
    """Whether an array has one value for each pixel, or for each along an axis, of another."""
    if hdu.shape == product.shape:
        return True
    return len(hdu.shape) == 1 and hdu.shape[0] > 1 and hdu.shape[0] in product.shape


def _kinship(name: str, other: str) -> int:
    """How many words two HDUs share in their names, as B_WAVELENGTH and B_FLUX share one."""
    words = (set(re.split(r"[_\W]+", text.upper())) - {""} for text in (name, other))
    return len(set.intersection(*words))
