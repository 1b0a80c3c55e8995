"""The band that keywords tell: its two ends, a centre and a width, or a reference wavelength."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from portal.fits.cards import Cards
from portal.fits.products import Product
from portal.fits.units import quantity_factor
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED, Origin
from portal.spectra.coordinate import Band, Scale, band_between, bracketed, scaled
from portal.spectra.wavelength import SI, Quantity, extremes

__all__ = ["keyword_band", "selected_energies"]


class _Pair(NamedTuple):
    """Two keywords, and the unit that their definition gives them; '' where it does not."""

    first: str
    second: str
    quantity: Quantity
    unit: str
    unit_key: str = ""


_ENDS = (
    _Pair("E_MIN", "E_MAX", "energy", "keV", "EUNIT"),
    _Pair("EMIN", "EMAX", "energy", "", "EUNIT"),
    _Pair("ENERG_LO", "ENERG_HI", "energy", "keV", "EUNIT"),
    _Pair("ENERGYLO", "ENERGYHI", "energy", "", "EUNIT"),
    _Pair("ENERGY_L", "ENERGY_H", "energy", "keV", "EN_UNIT"),
    _Pair("E_LO", "E_HI", "energy", "", "EUNIT"),
    _Pair("WAVELMIN", "WAVELMAX", "wavelength", "nm"),
    _Pair("WAVSTART", "WAVEND", "wavelength", "m"),
    _Pair("MINWAVE", "MAXWAVE", "wavelength", "", "WAVEUNIT"),
    _Pair("WAVEMIN", "WAVEMAX", "wavelength", "", "WAVEUNIT"),
    _Pair("WAVE_MIN", "WAVE_MAX", "wavelength", "", "WAVEUNIT"),
    _Pair("WLMIN", "WLMAX", "wavelength", "", "WAVEUNIT"),
    _Pair("LAMBDMIN", "LAMBDMAX", "wavelength", "", "WAVEUNIT"),
    _Pair("LAM_MIN", "LAM_MAX", "wavelength", "", "WAVEUNIT"),
    _Pair("FREQ_MIN", "FREQ_MAX", "frequency", "", "FREQUNIT"),
    _Pair("FREQMIN", "FREQMAX", "frequency", "", "FREQUNIT"),
)
"""E_MIN: OGIP 93-003; WAVELMIN: ESO-044286; WAVSTART: JWST; WAVEMIN: SOLARNET; ENERGY_L: RHESSI."""

_CENTRES = (
    _Pair("SPEC_VAL", "SPEC_BW", "wavelength", "nm"),
    _Pair("CENTWAVE", "WAVE_BW", "wavelength", "", "WAVEUNIT"),
    _Pair("CENTRWV", "BANDWID", "wavelength", "", "WAVEUNIT"),
    _Pair("CWAVE", "FWHM_WAV", "wavelength", "", "WAVEUNIT"),
    _Pair("CTRWAVE", "WAVE_BW", "wavelength", "", "WAVEUNIT"),
)
_BOTH = ("BANDPASS", "WAVERANG")
_TWO_NUMBERS = re.compile(r"\s*(\d[\d.eE+]*)\s*[,:]\s*(\d[\d.eE+]*)\s*")
_REFERENCES = (
    *("WAVELNTH", "EFFWAVE", "EFF_WAVE", "WAVEEFF", "LAMEFF", "LAMBDEFF", "PIVOTWV", "PHOTPLAM"),
    *("REFWAVE", "CENTWAVE", "WAVELEN", "WAVELENGTH", "CWAVE", "CTRWAVE", "CENTRWV", "LAMBDA"),
)
"""Of an image: a wavelength inside its band."""

_NOT_OF_BAND = re.compile(r"target|guid|grating|central", re.IGNORECASE)
_BOX = 3.0**0.5
"""Half the width of a box over its root mean square."""


def keyword_band(product: Product, *, image: bool) -> Band | None:
    """The band by keywords; a lone reference wavelength counts for an `image` only.

    The central wavelength of a spectrum tells where a grating stood, and no band.
    """
    cards = product.cards
    found = next(_ends(cards), None) or next(_in_one(cards), None) or next(_centres(cards), None)
    if found is None and image:
        found = _photometric(product.cards) or next(_references(product.cards), None)
    return found


def selected_energies(product: Product) -> Band | None:
    """The range of energies that events were filtered to, by the data subspace of Chandra."""
    cards = product.hdu.cards
    for number in range(1, 100):
        kind = (cards.text(f"DSTYP{number}") or "").upper()
        if not kind:
            return None
        text = cards.text(f"DSVAL{number}") or ""
        ends = re.fullmatch(r"\s*([\d.eE+-]+)\s*:\s*([\d.eE+-]+)\s*", text)
        unit = cards.text(f"DSUNIT{number}") or cards.text(f"DSUNI{number}") or "eV"
        if kind == "ENERGY" and ends:
            pair = max(_number(ends[1]), 0.0), _number(ends[2])
            source = Origin("keyword", cards.source(f"DSVAL{number}"), DERIVED)
            return _between("energy", unit, pair, source)
    return None


def _ends(cards: Cards) -> Iterator[Band]:
    for pair in _ENDS:
        low, high = cards.number(pair.first), cards.number(pair.second)
        if low is None or high is None or not 0.0 < low < high:
            continue
        unit, confidence = _unit(cards, pair.first, pair.unit, pair.unit_key)
        origin = Origin("keyword", _sources(cards, pair), min(confidence, DERIVED))
        found = _between(pair.quantity, unit, (low, high), origin)
        if found is not None:
            yield found


def _in_one(cards: Cards) -> Iterator[Band]:
    """Both ends in one text, such as ``4000,9000``, in the unit that its comment tells."""
    for name in _BOTH:
        ends = _TWO_NUMBERS.fullmatch(cards.text(name) or "")
        unit, _ = _unit(cards, name, "", "")
        low, high = (_number(end) for end in ends.groups()) if ends else (0.0, 0.0)
        if 0.0 < low < high and quantity_factor(unit, "m"):
            origin = Origin("keyword", cards.source(name), DERIVED)
            found = _between("wavelength", unit, (low, high), origin)
            if found is not None:
                yield found


def _centres(cards: Cards) -> Iterator[Band]:
    for pair in _CENTRES:
        middle, width = cards.number(pair.first), cards.number(pair.second)
        if middle is None or width is None or not 0.0 < width < 2.0 * middle:
            continue
        unit, confidence = _unit(cards, pair.first, pair.unit, pair.unit_key)
        origin = Origin("keyword", _sources(cards, pair), min(confidence, DERIVED))
        ends = middle - width / 2.0, middle + width / 2.0
        found = _between(pair.quantity, unit, ends, origin) if unit else None
        if found is not None:
            yield found


def _photometric(cards: Cards) -> Band | None:
    """HST: the pivot wavelength and the root mean square of the pass band, in angstroms."""
    middle, rms = cards.number("PHOTPLAM"), cards.number("PHOTBW")
    if middle is None or rms is None or not 0.0 < _BOX * rms < middle:
        return None
    origin = Origin(
        "keyword",
        f"{cards.source('PHOTPLAM')} and PHOTBW",
        CONVENTION,
        note="the box with the same centre and root mean square as the pass band",
    )
    return _between("wavelength", "Angstrom", (middle - _BOX * rms, middle + _BOX * rms), origin)


def _references(cards: Cards) -> Iterator[Band]:
    for name in _REFERENCES:
        value = cards.number(name)
        if value is None or value <= 0.0 or _NOT_OF_BAND.search(cards.comment(name)):
            continue
        unit, _ = _unit(cards, name, "Angstrom" if name == "PHOTPLAM" else "", "WAVEUNIT")
        note = "a wavelength inside the band, whose width is not told"
        origin = Origin("keyword", cards.source(name), CONVENTION, note=note)
        found = _between("wavelength", unit, (value, value), origin)
        if found is not None:
            yield found


def _between(
    quantity: Quantity, unit: str, ends: tuple[float, float], origin: Origin
) -> Band | None:
    values = np.array(ends)
    factor = quantity_factor(unit, SI[quantity]) if unit else None
    scale = Scale(quantity, factor, confidence=origin.confidence)
    known = scale if factor is not None or unit else scaled(scale, values)
    if known is None or known.factor is None:
        return None
    return band_between(extremes(known.metres(values, None)), known, origin)


def _unit(cards: Cards, name: str, defined: str, key: str) -> tuple[str, float]:
    """The unit that a comment, another keyword or a definition gives, and how sure that is."""
    told = cards.text(key) if key else None
    power = cards.integer(key) if key else None
    if power is not None and -12 <= power <= 0:
        # SOLARNET: the power of ten of the metre.
        return f"10**({power}) m", STATED
    if told:
        return told, STATED
    for text in bracketed(cards.comment(name)):
        if any(quantity_factor(text, of) for of in ("m", "eV", "Hz")):
            return text, STATED
    return defined, CONVENTION if defined else INFERRED


def _sources(cards: Cards, pair: _Pair) -> str:
    return f"{cards.source(pair.first)} and {pair.second}"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
