"""How far a product was calibrated, by what its header tells of its reduction.

0 is raw in a format of the instrument, 1 raw in a standard one, 2 calibrated, 3 made of several
calibrated ones, 4 the outcome of an analysis (ObsCore 1.1, section 3.3.2).
"""

import re
from collections.abc import Callable
from dataclasses import replace

from portal.fits.products import Product
from portal.fits.shape import tabular
from portal.fits.units import fits_unit
from portal.headers.keywords import WORDS
from portal.model.cell import CONVENTION, INFERRED, STATED, Cell, Origin
from portal.spectra.columns import samples_beside, samples_in_line

__all__ = [
    "CAMERA",
    "COUNTS",
    "INPUTS",
    "KINDS",
    "LEVELS",
    "PROCESSED",
    "STACK",
    "calibration",
    "summed",
]

LEVELS = ("CALIBLEV", "CALIB_LEVEL", "CALIB_LV", "CALLEVEL", "CAL_LEVEL", "OBSCOREL")
_HERSCHEL = re.compile(r"([0-3])[0-9.]*$")
_EVENTS = re.compile(r"EVT([0-4])$")
COUNTS = frozenset("adu dn ct electron photon".split())
KINDS = ("OBSTYPE", "OBS_TYPE", "IMAGETYP", "IMAGETYPE", "FRAMETYP", "EXPTYPE", "OBSCLASS")
PROCESSED = (
    *("PHOTFLAM", "MAGZPT", "MAGZERO", "IMAGEZPT", "PHOTZP", "ZEROPNT", "FLUXMAG0", "PIPEFILE"),
    *("ESO PRO CATG", "ESO PRO TYPE", "PROCSOFT", "CCDPROC", "FLATCOR", "FLATIMAG", "PHOTZPT"),
    *("ZEROCOR", "DARKCOR", "FIXPIX", "NCOMBINE", "IMCMB001", "PREPARE", "GPREPARE", "NPREPARE"),
    *("GSREDUCE", "GBIAS", "GIREDUCE", "REDUCT", "SWARP", "BIASIM", "FLATIM"),
    *("REDUCTIO", "REDUCED", "PIPELINE", "PIPEVERS", "VERSPIPE", "DRPVER", "VERSDRP2"),
    *("IMRED_OP", "PROCDATE", "PHOT_C0"),
)
CAMERA = (
    *("EXPTIME", "EXPOSURE", "GAIN", "RDNOISE", "BIASSEC", "CCDSEC", "DETSEC", "XBINNING"),
    *("CCD-TEMP", "DETSIZE", "AMPSEC", "READMODE"),
)
STACK = frozenset("stack stacked mosaic coadd coadded coadds combined drizzled resampled".split())

INPUTS = re.compile(r"[\s=']*input image\b", re.IGNORECASE)
"""Of lines of the history, one for each image of a stack."""


def calibration(product: Product) -> Cell:
    """The cell of the calibration level; a low confidence says that it is an assumption."""
    for judge in _JUDGES:
        if found := judge(product):
            return found
    return _cell(product, 2, "nothing tells of raw data")


def _cell(product: Product, level: int, note: str) -> Cell:
    origin = Origin("default", f"HDU {product.hdu.index}", INFERRED, note=note)
    return Cell("calib_level", level, origin)


def _card(product: Product, name: str, level: int, trust: float, note: str = "") -> Cell:
    source = product.cards.source(name)
    return Cell("calib_level", level, Origin("keyword", source, trust, note=note))


def _stated(product: Product) -> Cell | None:
    cards = product.cards
    for name in LEVELS:
        if (level := cards.integer(name)) is not None and 0 <= level <= 4:
            return _card(product, name, level, STATED)
    if (level := cards.integer("PRODLVL")) in (1, 2, 3):
        return _card(product, "PRODLVL", level or 0, STATED)
    if match := _EVENTS.match((cards.text("CONTENT") or "").upper()):
        return _card(product, "CONTENT", max(int(match[1]), 1), CONVENTION)
    if "level" in cards.comment("LEVEL").lower() and (
        match := _HERSCHEL.match(cards.text("LEVEL") or "")
    ):
        text = cards.text("LEVEL") or ""
        # Level 2.5 of Herschel is made of several observations of level 2.
        level = 3 if text in ("25", "2.5") else max(int(match[1]), 1)
        return _card(product, "LEVEL", level, CONVENTION, f"product level {text}")
    return None


def _switches(product: Product) -> Cell | None:
    """The calibration switches of Hubble: done, to be done, or left out."""
    cards = product.cards
    said = {
        name: (cards.text(name) or "").upper()
        for name in cards
        if name.endswith("CORR") and len(name) > 4
    }
    # DRIZCORR is COMPLETE also in the frames that were drizzled together; these count NDRIZIM.
    if cards.number("NDRIZIM"):
        return _card(product, "NDRIZIM", 3, CONVENTION)
    for word, level in (("COMPLETE", 2), ("PERFORM", 1)):
        name = next((name for name, text in sorted(said.items()) if text == word), None)
        if name:
            return _card(product, name, level, CONVENTION, f"{name} = {word}")
    return None


def _steps(product: Product) -> Cell | None:
    """The steps of Webb's pipeline, such as ``S_FLAT``; of events, whether they were selected."""
    cards = product.cards
    for name in cards:
        if name.startswith("S_") and (cards.text(name) or "").upper() == "COMPLETE":
            return _card(product, name, 2, CONVENTION, f"{name} = COMPLETE")
    if (cards.text("HDUCLAS2") or "").upper() in ("ACCEPTED", "FILTERED"):
        return _card(product, "HDUCLAS2", 2, CONVENTION, "events that were selected")
    return None


def _combined(product: Product) -> Cell | None:
    for name in ("PROCTYPE", "PRODTYPE", "FILETYPE", "IMAGETYP", "OBSTYPE"):
        words = {word.lower() for word in WORDS.findall(product.cards.text(name) or "")}
        if words & STACK:
            return _card(product, name, 3, CONVENTION)
        if "raw" in words:
            return _card(product, name, 1, CONVENTION)
    images = [line for line in product.cards.lines("HISTORY") if INPUTS.match(line)]
    if len(images) > 1:
        origin = Origin("keyword", f"HDU {product.hdu.index} HISTORY", CONVENTION)
        return Cell("calib_level", 3, replace(origin, note=f"{len(images)} input images"))
    return None


def _unit(product: Product) -> Cell | None:
    """The unit of the pixels: of a flux they are calibrated, integrated over lines an analysis."""
    cards = product.cards
    text = cards.text("BUNIT") or ""
    if "UNCAL" in text.upper():
        return _card(product, "BUNIT", 1, CONVENTION)
    unit = fits_unit(text)
    if unit is None or unit.is_unity():
        return None
    words = {str(base.name).lower() for base in unit.bases}
    if summed(product):
        return _card(product, "BUNIT", 3, INFERRED, "summed over a line")
    if not words & COUNTS or "s" in words:
        return _card(product, "BUNIT", 2, CONVENTION, f"calibrated to {text}")
    return None


def summed(product: Product) -> bool:
    """Whether values are sums over a line, such as those of a moment map in K km/s."""
    unit = fits_unit(product.cards.text("BUNIT") or "")
    words = {str(base.name).lower() for base in unit.bases} if unit is not None else set()
    return "km" in words and bool(words & {"k", "jy", "mjy"})


def _reduction(product: Product) -> Cell | None:
    cards = product.cards
    for name in PROCESSED:
        value = cards.value(name)
        if value not in (None, "", 0, 0.0, False):
            return _card(product, name, 2, CONVENTION, "written by a reduction")
    spectral = next((a for a in product.axes if a.kind == "spectral" and a.length), None)
    kind = tabular(product)
    beside = samples_beside(product, product.hdu) or samples_in_line(product)
    if kind == "spectrum" or (spectral is not None and kind is None) or beside is not None:
        return _cell(product, 2, "the wavelengths are calibrated")
    return None


def _counts(product: Product) -> Cell | None:
    """Whole numbers of a camera are what it read out; a table of photons is a step further."""
    if tabular(product) in ("event", "visibility"):
        return _cell(product, 1, "as recorded, unless a keyword says more")
    if product.hdu.kind not in ("image", "compressed", "empty"):
        return None
    cards = product.cards
    if not any(name in cards for name in CAMERA):
        return None
    bits = product.hdu.cards.integer("ZBITPIX" if product.hdu.kind == "compressed" else "BITPIX")
    if bits is not None and bits > 0:
        return _cell(product, 1, "whole numbers of a camera")
    if any(cards.text(name) for name in KINDS) and not cards.text("BUNIT"):
        return _cell(product, 1, "a frame of a camera, and nothing tells of a reduction")
    return None


_JUDGES: tuple[Callable[[Product], Cell | None], ...] = (
    _stated,
    _switches,
    _steps,
    _combined,
    _unit,
    _reduction,
    _counts,
)
