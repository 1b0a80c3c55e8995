"""Spectra, light curves and lists of events of FITS tables and arrays, as curves and pictures."""

from collections.abc import Iterator, Sequence

import numpy as np

from portal.catalog.merge import Rows
from portal.errors import ReadError
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.products import Product
from portal.fits.table_kinds import MEASURED, RATES, TIMES
from portal.fits.units import shown_unit
from portal.previews.curves import Curve
from portal.previews.reading import Floats
from portal.spectra.samples import fitted, wavelengths

__all__ = ["counted", "series_of", "spectrum_of", "through_channels"]

_MOST_LINES = 128
"""Lines of an array that are drawn, such as the orders of a spectrograph."""
_FEW = 8
"""Lines of an array that go with a spectrum; more are a picture."""
_MOST = 1 << 22
"""Values of a column that are looked at."""
_NO_FLUX = ("err", "ivar", "sig", "var", "mask", "flag", "qual", "wht", "weight", "sky", "dq")
_LIGHT = 299_792_458.0
_KEV = 1.23984198e-9
_RADIO, _XRAYS = 1e-4, 5e-9
_PLACES = (("X", "Y"), ("DETX", "DETY"), ("RAWX", "RAWY"), ("RA", "DEC"))
_UNTOLD = "which value is of which channel is not told, and taken by how smoothly they run"
_BINS = 96
_FEWEST = 12
"""Cells along a side, by the number of events."""


def spectrum_of(product: Product, row: Rows) -> Curve:
    """A spectrum along its wavelengths; along its samples where these are not to be had.

    Raises
    ------
    ReadError
        If there is nothing that could be a spectrum, or it cannot be read.
    """
    pieces, metres, title = [], [], ""
    for arm in product.arms:
        rows = wavelengths(product, arm) if arm.kind == "table" else None
        for line, (values, told) in enumerate(_lines(product, arm)):
            pieces.append(values)
            if arm.kind == "table":
                metres.append(_of_row(rows, line, values))
            else:
                metres.append(wavelengths(product, arm, line))
            title = told
    if not pieces:
        raise ReadError("no spectrum", expected="values along a spectral axis")
    found = _fitted(pieces, metres, row)
    if found is None and len(pieces) > _FEW:
        raise ReadError("a picture, not a curve", seen=f"{len(pieces)} lines")
    if found is None:
        starts = np.cumsum([0, *(v.size for v in pieces[:-1])])
        samples = (np.arange(float(v.size)) + s for v, s in zip(pieces, starts, strict=True))
        return Curve("Sample", title, tuple(zip(samples, pieces, strict=True)))
    name, coordinates = _in_use(found)
    return Curve(name, title, tuple(zip(coordinates, pieces, strict=True)))


def _of_row(rows: Floats | None, line: int, values: Floats) -> Floats | None:
    """The wavelengths of one line of a column, of which each may have its own, as orders do."""
    size = values.size
    if rows is None or rows.size <= size or rows.size % size:
        return rows
    return rows[line * size : (line + 1) * size]


def through_channels(product: Product, means: Floats, row: Rows, unit: str) -> Curve:
    """The means of the channels of a cube along its wavelengths."""
    title = f"Mean [{unit}]" if unit else "Mean"
    found = wavelengths(product, product.hdu)
    told = None
    if found is not None and found.size % means.size == 0:
        told = _fitted([means], [found[:: found.size // means.size]], row)
    if told is None:
        return Curve("Channel", title, ((np.arange(float(means.size)), means),))
    name, coordinates = _in_use(told)
    return Curve(name, title, ((coordinates[0], means),))


def _fitted(
    pieces: Sequence[Floats], metres: Sequence[Floats | None], row: Rows
) -> list[Floats] | None:
    known = [m for m in metres if m is not None]
    if len(known) < len(pieces) or row["em_min"] is None or row["em_max"] is None:
        return None
    if any(m.size != v.size for m, v in zip(known, pieces, strict=True)):
        return None
    return fitted(known, (row["em_min"], row["em_max"]))


def _in_use(metres: list[Floats]) -> tuple[str, list[Floats]]:
    """Coordinates as the field counts them: frequency, wavelength in vacuum or energy."""
    middle = float(np.nanmedian(np.concatenate(metres)))
    if middle > _RADIO:
        hertz = _LIGHT / middle
        size, name = (1e9, "GHz") if hertz >= 1e9 else (1e6, "MHz")
        return f"Frequency [{name}]", [_LIGHT / m / size for m in metres]
    if middle < _XRAYS:
        return "Energy [keV]", [_KEV / m for m in metres]
    size, name = (1e-9, "nm") if middle < 3e-6 else (1e-6, "µm")
    return f"Wavelength in vacuum [{name}]", [m / size for m in metres]


def _lines(product: Product, arm: Hdu) -> Iterator[tuple[Floats, str]]:
    """The values of a spectrum, or of each of its orders, with what they are called."""
    if arm.kind == "table":
        yield from _columns(product, arm)
        return
    if arm.kind not in ("image", "compressed") or not arm.shape:
        return
    unit, length = arm.cards.text("BUNIT"), arm.shape[-1]
    title = f"Flux [{shown_unit(unit)}]" if unit else "Value"
    data = None if arm.kind == "image" else arm.array().reshape(-1, length)
    for line in _chosen(product, arm):
        if data is None:
            yield arm.elements(line * length, length), title
        else:
            yield np.asarray(data[line], np.float64), title


def _chosen(product: Product, arm: Hdu) -> Sequence[int]:
    """Lines of an array that are spectra: others tell errors, masks, the sky or wavelengths."""
    if product.row is not None:
        return [product.row]
    count = int(np.prod(arm.shape[:-1], dtype=np.int64))
    if product.axes and product.axes[0].ctype.upper().startswith("MULTISPE"):
        return range(min(arm.shape[-2] if len(arm.shape) > 1 else 1, _MOST_LINES))
    if count > _FEW:
        raise ReadError("a picture, not a curve", seen=f"{count} lines")
    # COL1 names what stands in the first line.
    told = (product.cards.text("COL1") or "").lower().startswith("wave")
    return [1] if told and count > 1 else [0]


def _columns(product: Product, table: Hdu) -> Iterator[tuple[Floats, str]]:
    """The column that measures most directly, whole or in the row of the product."""
    column = _flux(product.columns)
    if column is None:
        return
    values = np.asarray(table.column(column.name, product.row), np.float64)
    if values.size > _MOST:
        raise ReadError("too many values for a curve", seen=str(values.size))
    several = values.ndim > 1 and values.shape[0] <= _MOST_LINES and values.shape[1] > 1
    for line in values.reshape(-1, values.shape[-1]) if several else [values.ravel()]:
        yield np.where(np.isfinite(line), line, np.nan), _titled(column)


def _titled(column: ColumnInfo) -> str:
    return f"{column.name} [{shown_unit(column.unit)}]" if column.unit else column.name


def _flux(columns: Sequence[ColumnInfo]) -> ColumnInfo | None:
    numbers = [c for c in columns if "A" not in c.format and "L" not in c.format]
    named = [c for c in numbers if c.name.lower() in MEASURED]
    alike = [
        c
        for c in numbers
        if any(word in c.name.lower() for word in ("flux", "spec", "data", "count"))
        and not any(word in c.name.lower() for word in _NO_FLUX)
    ]
    first = sorted(named, key=lambda c: not c.name.lower().startswith("flux"))
    return next(iter([*first, *alike]), None)


def series_of(product: Product) -> Curve:
    """A light curve.

    Raises
    ------
    ReadError
        If it has no column of times and of rates, or cannot be read.
    """
    table = product.hdu
    if table.kind != "table":
        return _along_time(product)
    numbers = [c for c in product.columns if "A" not in c.format]
    when = next((c for c in numbers if c.name.lower() in TIMES), None)
    rates = [c for c in numbers if c.name.lower() in RATES and c is not when]
    what = next(iter(sorted(rates, key=lambda c: not c.name.lower().startswith("rate"))), None)
    if when is None or what is None:
        raise ReadError("no light curve", expected="a column of times and one of rates")
    times, values = (np.asarray(table.column(c.name), np.float64) for c in (when, what))
    if times.size > _MOST:
        raise ReadError("no light curve", seen=f"{times.size} times")
    order = np.argsort(times.ravel(), kind="stable")
    lines, note = _along_times(values, times.size)
    pieces = tuple((times.ravel()[order], line[order]) for line in lines)
    return Curve(_titled(when), _titled(what), pieces, points=True, note=note)


def _along_times(values: Floats, count: int) -> tuple[Sequence[Floats], str]:
    """Values of `count` times, in one line or a line a channel, and what was assumed.

    Raises
    ------
    ReadError
        If their shape does not tell which value is of which time.
    """
    if values.size == count:
        return [values.ravel()], ""
    if values.ndim == 2 and values.shape[0] == count:
        few = values.shape[1] <= _FEW
        return list(values.T if few else values[:, :1].T), "" if few else "the first channel"
    if values.ndim == 3 and len(values) == 1 and count in values.shape[1:]:
        channels = values[0].T if values.shape[1] == count else values[0]
        if len(channels) <= _FEW:
            return list(channels), ""
    if values.ndim == 2 and len(values) == 1 and count < values.size <= count * _FEW:
        if values.size % count == 0:
            return _smoother(values.ravel(), count), _UNTOLD
    raise ReadError("no light curve", seen=f"{count} times and {values.size} values")


def _smoother(values: Floats, count: int) -> Sequence[Floats]:
    """The channels of an array whose axes nothing tells: those that change less from time to time.

    Channels differ in level, and one after another in an array of times they leap.
    """
    lines = values.reshape(-1, count), values.reshape(count, -1).T
    leaps = [float(np.nansum(np.abs(np.diff(one, axis=1)))) for one in lines]
    return list(lines[int(np.argmin(leaps))])


def _along_time(product: Product) -> Curve:
    hdu, axis = product.hdu, next((a for a in product.axes if a.kind == "time"), None)
    size = int(np.prod(hdu.shape, dtype=np.int64)) if hdu.shape else 0
    if axis is None or hdu.kind != "image" or axis.length != size or size > _MOST:
        raise ReadError("no light curve", expected="values along an axis of time alone")
    unit = shown_unit(hdu.cards.text("BUNIT") or "")
    return Curve(
        "Sample along time", unit or "Value", ((np.arange(float(size)), hdu.elements(0, size)),)
    )


def counted(product: Product) -> tuple[Floats, str]:
    """(y, x) numbers of events in cells of their places, and which columns these are.

    Raises
    ------
    ReadError
        If no columns tell places, or they cannot be read.
    """
    for names in _PLACES:
        infos = [product.hdu.info(name) for name in names]
        if all(infos) and product.hdu.shape[0] <= _MOST * 4:
            x, y = (np.asarray(product.hdu.column(name), np.float64).ravel() for name in names)
            known = np.isfinite(x) & np.isfinite(y)
            if known.sum() > 1:
                bins = int(min(max(known.sum() ** 0.5, _FEWEST), _BINS))
                found, _, _ = np.histogram2d(y[known], x[known], bins=bins)
                return np.asarray(found, np.float64), " and ".join(names)
    raise ReadError("no places of events", expected="columns such as X and Y")
