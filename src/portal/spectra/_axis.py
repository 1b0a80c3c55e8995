"""The band of an array with a spectral axis, also with one of a single channel."""

import math
import re
from dataclasses import replace

import numpy as np

from portal.fits.axes import Axis
from portal.fits.cards import Cards
from portal.fits.products import Product
from portal.model.cell import CONVENTION, DERIVED, INFERRED, Origin
from portal.spectra._medium import in_medium
from portal.spectra._warp import warped
from portal.spectra._windows import windows_of
from portal.spectra.coordinate import (
    Band,
    Scale,
    band_between,
    based,
    bracketed,
    scale_of,
    scaled,
)
from portal.spectra.multispec import attributes, coherent, coordinates, lines
from portal.spectra.rest import is_exact, radio_or_optical, rest_wavelength
from portal.spectra.wavelength import SI, SPEED_OF_LIGHT, VELOCITIES, Quantity, extremes

__all__ = ["axis_band", "band_along", "channels", "spectral_axis"]

_CODES = frozenset("WAVE AWAV FREQ ENER WAVN VRAD VOPT ZOPT VELO BETA FELO".split())
_LOGARITHMIC = ("LOG-LINEAR", "LOGLINEAR", "LOG_LINEAR", "LOGLIN")
_RADIO = ("BMAJ", "RESTFRQ", "RESTFREQ", "VELREF", "FREQ0")
_BRACKETS = re.compile(r"\s*[\[(][^\[\]()]*[\])]\s*$")
_SKY_AND_TIME = ("longitude", "latitude", "time", "stokes")
_DECIMAL, _NATURAL = (2.9, 5.2), (6.5, 12.0)
"""Logarithms of angstroms, from the far ultraviolet to the far infrared."""
_FINE = 0.01
_PLAUSIBLE: dict[Quantity, tuple[float, float]] = {
    "wavelength": (1e-14, 1e-3),
    "air": (1e-7, 1e-3),
    "frequency": (3e6, 1e27),
    "energy": (1e-25, 1e-5),
    "wavenumber": (2e5, 1e12),
}
"""Where numbers without a unit are in that of the SI: [m], [m], [Hz], [J], [m-1]."""
_KILOHERTZ = 1e3
_WIDE_CHANNEL = 100.0
"""Step of velocities that is in m/s: in km/s it would be wider than lines are."""
_LONGEST = 10**7
"""Pixels of a line of IRAF's that are looked at one by one."""


def spectral_axis(product: Product) -> tuple[Axis, Scale] | None:
    """The axis of wavelengths, frequencies, energies or velocities, and how it is read.

    One with several channels goes before one with a single channel, or without any.
    """
    found = []
    for axis in product.axes:
        scale = None if axis.kind in _SKY_AND_TIME else _scale(axis, product)
        if scale is not None:
            found.append((axis, scale))
    unnamed = [pair for pair in found if pair[0].ctype.strip().upper() in ("", "LINEAR")]
    if len(unnamed) > 1:
        # Two axes in micrometres are a plane, and no spectrum.
        found = [pair for pair in found if pair not in unnamed]
    several = [pair for pair in found if (pair[0].length or 1) > 1]
    return next(iter(several or found), None)


def axis_band(product: Product) -> Band | None:
    """The band that the axes of an array tell; None if they tell none.

    Its ends are the outer edges of the first and the last channel.
    """
    if _multispec(product):
        return _multispec_band(product)
    found = spectral_axis(product)
    return None if found is None else _axis_band(product, *found)


def band_along(product: Product, axis: Axis, hdu: int) -> Band | None:
    """The band that an `axis` in the header of another `hdu` tells; None if it tells none."""
    scale = _scale(axis, product)
    return None if scale is None else _axis_band(product, axis, scale.also("", CONVENTION), hdu)


def channels(product: Product) -> int | None:
    """Number of channels of the spectral axis; None if there is none with pixels."""
    if _multispec(product):
        return product.axes[0].length
    found = spectral_axis(product)
    return None if found is None else found[0].length


def _scale(axis: Axis, product: Product) -> Scale | None:
    name = _BRACKETS.sub("", axis.ctype).strip()
    name = "" if name.upper() == "LINEAR" else name
    scale = scale_of(name, axis.unit or _unit_beside(product, axis, name))
    if scale is None and axis.kind in ("other", "spectral") and name.upper() != "PIXEL":
        scale = _iraf(axis, product) or _lone(axis, product)
    if scale is None or axis.crval is None:
        return None
    scale = _with_logarithm(axis, product.cards, scale)
    scale = based(scale, *_reach(axis))
    if scale is None:
        return None
    code = name.upper().split("-")[0]
    if scale.quantity in VELOCITIES and axis.ctype[:4].upper() in ("VELO", "FELO"):
        scale = replace(scale, quantity=radio_or_optical(product.cards, axis.ctype))
    if code not in _CODES:
        scale = scale.also("", CONVENTION)
    known = scale if scale.factor else _without_unit(axis, scale, standard=code in _CODES)
    if known is None:
        return None
    told = in_medium(known, product, axis.ctype, *_remarks(product, axis))
    # WAVE is in vacuum by definition, if nothing else is told.
    return known if code == "WAVE" and told.quantity != "air" else told


def _without_unit(axis: Axis, scale: Scale, *, standard: bool) -> Scale | None:
    """With the unit that the numbers can only be in, or else that of the SI if they may be."""
    start, length = axis.crval or 0.0, axis.length or 1
    with np.errstate(all="ignore"):
        reach = start + np.array([0.0, axis.cdelt or 0.0]) * (length - 1)
        fitting = scaled(scale, reach if (reach > 0.0).all() else reach[:1])
    if fitting is not None:
        return fitting
    if not _likely(axis, scale.quantity):
        # It has channels all the same.
        return scale if standard or scale.quantity not in ("wavelength", "air") else None
    note = f"no unit told, taken as {SI[scale.quantity] or 'a ratio'}, the default of FITS"
    trust = DERIVED if scale.quantity == "frequency" else CONVENTION
    return replace(scale, factor=1.0).also(note, trust if standard else INFERRED)


def _likely(axis: Axis, quantity: Quantity) -> bool:
    """Whether numbers without a unit can be in that of the SI, and hardly in another."""
    low, high = _reach(axis)
    step = abs(axis.cdelt or 0.0)
    if quantity in ("redshift", "beta"):
        return True
    if quantity in VELOCITIES:
        # As often in km/s; but nothing is faster than light, nor are channels so wide.
        return max(abs(low), abs(high)) > SPEED_OF_LIGHT / 1e3 or step >= _WIDE_CHANNEL
    if quantity == "frequency" and axis.crval == 0.0:
        # Offsets from the frequency of a line.
        return step >= _KILOHERTZ
    least, most = _PLAUSIBLE[quantity]
    return least <= low and high <= most


def _reach(axis: Axis) -> tuple[float, float]:
    """Its least and its greatest value, as if the first pixel were the reference."""
    start = axis.crval or 0.0
    last = start + (axis.cdelt or 0.0) * ((axis.length or 1) - 1)
    return min(start, last), max(start, last)


def _logarithmic(cards: Cards) -> bool:
    """Whether a linear axis is one of decimal logarithms, as IRAF writes it."""
    return cards.integer("DC-FLAG") == 1


def _with_logarithm(axis: Axis, cards: Cards, scale: Scale) -> Scale:
    """Of a logarithm where DC-FLAG tells one, or where no spectrum has such wavelengths.

    FITS paper III has an axis ``-LOG`` tell wavelengths; not all do.
    """
    if scale.base or scale.quantity not in ("wavelength", "air"):
        return scale
    step, ends = axis.cdelt or 0.0, _reach(axis)
    if _logarithmic(cards) and ends[1] < _NATURAL[1]:
        return replace(scale, base=10.0)
    if scale.factor not in (None, 1e-10) or (axis.length or 1) == 1:
        return scale
    if _DECIMAL[0] <= ends[0] and ends[1] <= _DECIMAL[1] and abs(step) <= _FINE:
        return replace(scale, base=10.0).also("the numbers fit decimal logarithms", INFERRED)
    log = axis.algorithm.upper() == "LOG"
    if log and _NATURAL[0] <= ends[0] and ends[1] <= _NATURAL[1] and abs(step) <= _FINE:
        return replace(scale, base=math.e).also("the numbers fit natural logarithms", INFERRED)
    return scale


def _iraf(axis: Axis, product: Product) -> Scale | None:
    """What the WAT cards of IRAF say of the axis."""
    told = attributes(product.cards, axis.number)
    label = told.get("label", "")
    if label.lower() in ("pixel", "pixels"):
        return None
    return scale_of(label, told.get("units", "")) or scale_of("", told.get("units", ""))


def _lone(axis: Axis, product: Product) -> Scale | None:
    """A spectral axis that tells no more than CRVAL and CDELT, if it can be nothing else."""
    name = axis.ctype.strip().upper()
    others = [a for a in product.axes if a is not axis and (a.length or 1) > 1]
    sky = len(others) == 2 and {a.kind for a in others} == {"longitude", "latitude"}
    # Of a radio cube the numbers may as well be velocities.
    sky = sky and not any(name in product.cards for name in _RADIO)
    logarithmic = name in _LOGARITHMIC or _logarithmic(product.cards)
    if not (sky or not others or logarithmic) or not axis.crval or not axis.cdelt:
        return None
    if name not in ("", "LINEAR", *_LOGARITHMIC) or (axis.length or 1) < 2:
        return None
    last = axis.crval + axis.cdelt * ((axis.length or 1) - 1)
    if 2.9 <= axis.crval < last <= 4.8 and axis.cdelt <= 0.01:
        return Scale("wavelength", None, 10.0)
    if not logarithmic and 900.0 <= axis.crval < last <= 30000.0 and axis.cdelt != 1.0:
        return Scale("wavelength", None)
    return None


def _unit_beside(product: Product, axis: Axis, name: str) -> str:
    """The unit that a comment tells in brackets: ``[Hz] Frequency of reference channel``."""
    for remark in _remarks(product, axis)[:4]:
        for text in bracketed(remark):
            scale = scale_of(name, text) if name else None
            if scale is not None and scale.factor is not None:
                return text
    return ""


def _remarks(product: Product, axis: Axis) -> tuple[str, ...]:
    place = f"{axis.number}{axis.alternate}"
    names = (f"{key}{place}" for key in ("CTYPE", "CUNIT", "CRVAL", "CDELT", "CNAME"))
    return (
        *(product.cards.comment(name) for name in names),
        product.cards.text(f"CNAME{place}") or "",
        attributes(product.cards, axis.number).get("label", ""),
    )


def _axis_band(product: Product, axis: Axis, scale: Scale, hdu: int | None = None) -> Band | None:
    rest, line = rest_wavelength(product.cards, axis.alternate)
    moving = scale.quantity in VELOCITIES
    found = _offsets(axis, product.cards)
    if found is None or (moving and rest is None):
        return None
    if moving and not is_exact(line):
        scale = scale.also("the observing frequency is taken for that of the line", CONVENTION)
    offsets, filler = found
    metres = warped(axis, scale, offsets, rest)
    offset = rest is not None and scale.quantity == "frequency" and axis.crval == 0.0
    if rest is not None and offset:
        # GILDAS tells frequencies as offsets from that of the line.
        metres = scale.metres(SPEED_OF_LIGHT / rest / (scale.factor or 1.0) + offsets, rest)
    frame = product.cards.text(f"SPECSYS{axis.alternate}") or product.cards.text("SPECSYS")
    notes = (
        f"rest wavelength from {line}" if moving else "",
        f"an offset from {line}" if offset else "",
        f"as measured in the frame {frame}" if frame else "",
        "the width of its one channel is not told" if filler else "",
    )
    place = product.hdu.index if hdu is None else hdu
    source = f"HDU {place} axis {axis.number}{axis.alternate} {axis.ctype}".strip()
    origin = Origin("wcs", source, note="; ".join(filter(None, notes)))
    with np.errstate(all="ignore"):
        width = abs(float(metres[3] - metres[2])) if (axis.length or 1) > 1 else None
    ends = metres[:2]
    if scale.quantity == "frequency" and axis.kind == "spectral":
        windows = windows_of(product)[:, None] / (scale.factor or 1.0)
        ends = ends if not windows.any() else warped(axis, scale, offsets[:2] + windows, rest)
    return band_between(extremes(ends), scale, origin, width)


def _offsets(axis: Axis, cards: Cards) -> tuple[np.ndarray, bool] | None:
    """Distance from the reference of the outer edges, and of the edges of a channel in the middle.

    Returns
    -------
    (4,) [unit of the axis]
        Twice the centre of a single channel whose step is a filler.
    bool
        Whether it is; None instead of both where an axis of several channels has no step.
    """
    length = axis.length or 1
    step = (axis.cdelt or 0.0) * _turn(axis, cards)
    start = 1.0 if axis.crpix is None else axis.crpix
    if axis.length is None and start != 1.0:
        # Of an axis without pixels that once had several, the reference is all that is told.
        return np.zeros(4), True
    middle = length // 2 + 0.5
    pixels = np.array([0.5, length + 0.5, middle, middle + 1.0])
    # A step of 0 or 1, or one as large as the value, is no width of a single channel.
    filler = length == 1 and (step in (0.0, 1.0) or abs(step) >= abs(axis.crval or np.inf))
    if step == 0.0 and not filler:
        return None
    with np.errstate(all="ignore"):
        return step * (np.ones(4) - start if filler else pixels - start), filler


def _turn(axis: Axis, cards: Cards) -> float:
    """The diagonal of a PC matrix beside CDELT."""
    place = f"{axis.number}_{axis.number}{axis.alternate}"
    turn = cards.number(f"PC{place}")
    return 1.0 if turn is None or f"CD{place}" in cards else turn


def _multispec(product: Product) -> bool:
    return bool(product.axes) and product.axes[0].ctype.upper().startswith("MULTISPE")


def _multispec_band(product: Product) -> Band | None:
    cards = product.cards
    told = attributes(cards, 1)
    scale = scale_of(told.get("label", ""), told.get("units", "")) or scale_of(
        "", told.get("units", "")
    )
    known = [line for line in lines(cards) if line.length <= _LONGEST]
    taken = [line for line in known if coherent(line)] or known
    if scale is None or not taken:
        return None
    held = product.axes[0].length or 1
    values = np.concatenate(
        [coordinates(line, _physical(cards, min(line.length, held))) for line in taken]
    )
    if not np.isfinite(values).all():
        return None
    if scale.factor is None:
        fitting = scaled(scale, values)
        if fitting is None:
            return None
        scale = fitting
    scale = in_medium(scale.also("", CONVENTION), product, told.get("label", ""))
    rest, _ = rest_wavelength(cards)
    note = f"{len(taken)} lines of IRAF's multispec format"
    if len(taken) < len(known):
        note += f", without {len(known) - len(taken)} that contradict themselves"
    origin = Origin("keyword", cards.source("WAT2_001"), note=note)
    return band_between(extremes(scale.metres(values, rest)), scale, origin)


def _physical(cards: Cards, length: int) -> np.ndarray:
    """Edges of the pixels of a line, as the dispersion functions count them."""
    edges = np.arange(0.5, length + 1.0)
    scale = cards.number("LTM1_1")
    shift = cards.number("LTV1") or 0.0
    return (edges - shift) / (scale or 1.0)
