"""Spectral axes that stand in the rows of a table, by the customs of some fields."""

from dataclasses import replace

import numpy as np

from portal.errors import ReadError
from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.model.cell import Origin
from portal.spectra._header import sample_count
from portal.spectra._medium import in_medium
from portal.spectra.coordinate import Band, Scale, band_between, scale_of
from portal.spectra.rest import rest_wavelength
from portal.spectra.wavelength import extremes

__all__ = [
    "bin_band",
    "channel_band",
    "interferometer_band",
    "row_band",
    "subint_band",
    "subint_channels",
]

_STARTS = (
    ("CRVAL1", "CDELT1", "CRPIX1"),
    ("WAVELENGTH", "DELTAW", ""),
    ("LAMBDA", "DELTAW", ""),
)
"""Columns of the first coordinate, the step and its pixel: SDFITS (Garwood 2000), and IUE."""


def row_band(product: Product) -> Band | None:
    """The band of spectra in rows, of which each tells where it starts and its step."""
    for names in _STARTS:
        if product.hdu.kind == "table" and all(not n or product.hdu.has(n) for n in names):
            return _from_starts(product, names)
    return None


def _from_starts(product: Product, names: tuple[str, str, str]) -> Band | None:
    table, row = product.hdu, product.row
    scale = _row_scale(table, names[0])
    if scale is None:
        return None
    try:
        start, step = (_numbers(table, name, row) for name in names[:2])
        pixel = _numbers(table, names[2], row) if names[2] else np.ones(start.shape)
    except ReadError:
        return None
    used = np.isfinite(start) & np.isfinite(step) & (step != 0.0)
    if start.shape != step.shape or start.shape != pixel.shape or not used.any():
        return None
    start, step, pixel = start[used], step[used], pixel[used]
    with np.errstate(all="ignore"):
        edges = [start + step * (edge - pixel) for edge in (0.5, sample_count(product) + 0.5)]
    scale = in_medium(scale, product)
    metres = scale.metres(np.array(edges), rest_wavelength(product.cards)[0])
    columns = ", ".join(name for name in names if name)
    origin = Origin("column", f"HDU {table.index} columns {columns}")
    with np.errstate(all="ignore"):
        width = float(abs(metres[1, 0] - metres[0, 0])) / sample_count(product)
    return band_between(extremes(metres), scale, origin, width)


def _row_scale(table: Hdu, name: str) -> Scale | None:
    """How the starts are read: by CTYPE1, a column or a keyword, or by their own name."""
    column = table.info(name)
    if name != "CRVAL1":
        return scale_of(name, column.unit if column else "")
    ctype = table.cards.text("CTYPE1") or ""
    if table.has("CTYPE1"):
        try:
            ctype = str(table.column("CTYPE1", 0).item())
        except (ReadError, ValueError):
            return None
    unit = table.cards.text("CUNIT1") or (column.unit if column else "")
    scale = scale_of(ctype.strip("b' "), unit)
    # SDFITS is in the units of the SI.
    return scale if scale is None or scale.factor else replace(scale, factor=1.0)


def _numbers(table: Hdu, name: str, row: int | None) -> np.ndarray:
    return np.asarray(table.column(name, row), float).ravel()


def interferometer_band(product: Product) -> Band | None:
    """The band of optical visibilities: EFF_WAVE and EFF_BAND of OIFITS, in metres.

    Pauls et al. (2005): EFF_BAND is the width of a channel.
    """
    if not product.hdu.name.upper().startswith("OI_"):
        return None
    tables = (hdu for hdu in product.siblings if hdu.name.upper() == "OI_WAVELENGTH")
    table = next(tables, None)
    try:
        if table is None or not table.has("EFF_WAVE"):
            return None
        middle = np.asarray(table.column("EFF_WAVE"), float).ravel()
        width = np.zeros(1)
        if table.has("EFF_BAND"):
            width = np.abs(np.asarray(table.column("EFF_BAND"), float).ravel())
    except ReadError:
        return None
    origin = Origin("column", f"HDU {table.index} columns EFF_WAVE and EFF_BAND")
    edges = np.concatenate([middle - width / 2.0, middle + width / 2.0])
    return band_between(extremes(edges), Scale("wavelength", 1.0), origin)


def channel_band(product: Product) -> Band | None:
    """The band of a spectrum in channels whose energies stand in the table EBOUNDS of the file.

    OGIP CAL/GEN/92-002: E_MIN and E_MAX of each channel, in keV where no unit is told.
    """
    table = next((hdu for hdu in product.siblings if hdu.name.upper() == "EBOUNDS"), None)
    if table is None or not (table.has("E_MIN") and table.has("E_MAX")):
        return None
    column = table.info("E_MIN")
    scale = scale_of("ENERGY", column.unit if column and column.unit else "keV")
    try:
        low, high = (np.asarray(table.column(name), float).ravel() for name in ("E_MIN", "E_MAX"))
    except ReadError:
        return None
    if scale is None or not low.size:
        return None
    # The lowest channel of some detectors begins at 0.
    ends = np.array([low[low > 0.0].min(initial=high.max()), high.max()])
    origin = Origin("column", f"HDU {table.index} columns E_MIN and E_MAX")
    return band_between(extremes(scale.metres(ends, None)), scale, origin)


def bin_band(product: Product) -> Band | None:
    """The band of a grating's spectra: BIN_LO and BIN_HI of each channel, as Chandra has them.

    Their unit has to be told.
    """
    table = product.hdu
    names = ("BIN_LO", "BIN_HI")
    units = {column.unit if (column := table.info(name)) else "" for name in names}
    scale = scale_of("WAVELENGTH", *units) if len(units) == 1 else None
    if scale is None or scale.factor is None:
        return None
    try:
        edges = np.concatenate([_numbers(table, name, product.row) for name in names])
    except ReadError:
        return None
    origin = Origin("column", f"HDU {table.index} columns BIN_LO and BIN_HI")
    used = edges[np.isfinite(edges) & (edges > 0.0)]
    return band_between(extremes(scale.metres(used, None)), scale, origin)


def subint_channels(table: Hdu) -> int:
    """How many channels a pulsar's archive has; 0 for no such table."""
    column = table.info("DAT_FREQ") if table.kind == "table" else None
    return column.length if column else 0


def subint_band(product: Product) -> Band | None:
    """The band of a pulsar's archive: the centres DAT_FREQ of its channels, in MHz.

    PSRFITS 6.0 (Hotan et al. 2004): the channels are of one width, CHAN_BW, which is negative
    where they fall; one channel is as wide as the band OBSBW where nothing else is told.
    """
    table = product.hdu
    if not table.has("DAT_FREQ") or not table.shape or not table.shape[0]:
        return None
    column = table.info("DAT_FREQ")
    scale = scale_of("FREQ", column.unit if column and column.unit else "MHz")
    try:
        values = np.unique(_numbers(table, "DAT_FREQ", 0))
    except ReadError:
        return None
    if scale is None or not np.isfinite(values).all() or not values.size or values[0] <= 0.0:
        return None
    step = abs(table.cards.number("CHAN_BW") or 0.0)
    if values.size > 1:
        step = float(values[-1] - values[0]) / (values.size - 1)
    step = step or abs(product.cards.number("OBSBW") or 0.0)
    if not 0.0 < step < 2.0 * values[0]:
        return None
    edges = np.array([values[0] - step / 2.0, values[-1] + step / 2.0])
    origin = Origin("column", f"HDU {table.index} column DAT_FREQ")
    metres = scale.metres(np.concatenate([edges, [edges.mean(), edges.mean() + step]]), None)
    return band_between(extremes(metres[:2]), scale, origin, abs(float(metres[3] - metres[2])))
