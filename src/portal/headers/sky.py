"""Whether a product is of the sky at all, or of a lamp, a flat field or the dark."""

import re

from portal.fits.products import Product
from portal.headers.keywords import WORDS, saying

__all__ = [
    "KINDS",
    "LAMP_BEGIN",
    "LAMP_KEYS",
    "LAMP_NAME",
    "OFF",
    "SKY",
    "TYPES",
    "Unlit",
    "lamp_name",
    "not_of_sky",
    "without_light",
]

TYPES = (
    *("OBSTYPE", "OBS_TYPE", "IMAGETYP", "IMAGETYPE", "IMGTYP", "IMTYPE", "EXPTYPE", "EXP_TYPE"),
    *("FRAMETYP", "FRAME_TYPE", "FLAVOR", "OBS-TYPE", "DATA-TYP", "CCDTYPE"),
    *("ESO DPR TYPE", "KOAIMTYP", "CALTYPE"),
)
"""Keywords that say what kind of exposure it is."""

KINDS = frozenset(
    """arc arcs arclamp lamp lamps comp comparison flat flats flatfield domeflat skyflat twiflat
    dflat dome bias biases zero dark darks wave wavecal thar hollow calibration calunit fringe
    qflat iflat mflat pflat internal ronchi pinhole shutter linearity gcalflat""".split()
)
"""Kinds of exposure that are not of a place of the sky."""
_DARK = frozenset("dark darks bias biases zero zeros".split())
"""Kinds of exposure that no light reached, whatever filter stood in the wheel."""

SKY = frozenset(
    "object science sky target std standard star flux telluric acq acquisition light obj".split()
)
LAMP_KEYS = ("LAMP", "LAMPID", "LAMPNAME", "SCLAMP", "GCALLAMP")
OFF = frozenset("none off no out parked".split())

_ELEMENTS = "thar|th-ar|une|cuar|hear|hene|hearne|henear|nehear|near|xear|hgcd|fear|krypton|argon"
_LIT = (
    r"(?:(?:gcal|dome|sky|twi|twilight|pix|pixel|master|super|lamp|[dimpqs])[\W_]*)?"
    r"flat(?:s|lamps?|\d+s?|[\W_]*(?:field|frame)s?)?"
    r"|arcs?(?:lamps?)?|darks?|(?:dark|bias)\d+s?|bias(?:es)?|zeros?|gcal\d*|dome|lamps?|wavecal|etalon|fpi|lfc|vane"
    r"|thar|cuar|hene|henear|hearne|nehear|xear|hgcd|hgar|argon|krypton|neon|xenon|thorium"
)
_ABOUT = (
    r"\d[\d.]*(?:s|sec|ms|min|nm|um|cm|mm|a|k)?|[a-z]|secs?|seconds?|min|ms|nm|um|cm|mm|frames?"
    r"|master|super|median|mean|combined|test|on|off|high|low|hi|lo|short|long|bright|faint|blue|red"
    r"|uv|vis|opt|ir|nir|hk|jh|ks|kp|ha|halpha|oiii|sii|evening|morning|am|pm|dawn|dusk|twilights?"
    r"|int|internal|ext|external|quartz|qth|tungsten|halogen|deuterium|screen|projector|cals?|calib"
    r"|calibrations?|exp|exposures?|images?|spectr(?:um|al|a)|orders?|gratings?|grisms?|prisms?|filter"
    r"|band|mode|arm|fib(?:er|re)s?|slits?|comp|comparison|ref|reference|ccd|amp|chip|for|with|and|no"
    r"|th|ar|ne|he|xe|kr|hg|cd|fe|cu|pt|une"
)
"""Words that tell more of a lamp, a flat field or the dark, and name nothing of the sky."""
LAMP_NAME = re.compile(
    rf"(?=.*(?<![^\W_])(?:{_LIT})(?![^\W_]))[\W_]*(?:{_LIT}|{_ABOUT})"
    rf"(?:[\W_]+(?:{_LIT}|{_ABOUT}))*[\W_]*$"
    rf"|(?:{_ELEMENTS}|lamps?|arcs?|comp(?:arison)?|flats?|bias|zero|darks?|quartz|tungsten"
    r"|dome\s*flats?|sky\s*flats?|twilights?|wave(?:cal)?|domeflat|halogen|fpi|lfc|etalon"
    r"|(?:(?:th|u|xe|ar|ne|he|hg|cd|kr|fe|cu|cr|pt)[\s,+/;-]+)+(?:th|u|xe|ar|ne|he|hg|cd|kr|fe|cu|cr|pt)"
    r"|calib(?:ration)?)$",
    re.IGNORECASE,
)
LAMP_BEGIN = re.compile(r"(?:lamp|flat|bias|dark|wave|dome|calib)\s*[,;]|[a-z]*lamp[,_ ]", re.I)


class Unlit(str):
    """Why a product is not of the sky, such as ``OBSTYPE = ARC``."""

    __slots__ = ()


def lamp_name(text: str) -> bool:
    """Whether the name of a target is that of a lamp or of a calibration."""
    return LAMP_NAME.match(text.strip()) is not None or LAMP_BEGIN.match(text) is not None


def not_of_sky(product: Product) -> Unlit | None:
    """Why a product is not of the sky; None where nothing says so, or the header disagrees."""
    cards = product.cards
    for name in TYPES:
        text = saying(cards.text(name))
        words = {word.lower() for word in WORDS.findall(text or "")}
        if words & KINDS and not words & SKY:
            # A frame type that was left from the last exposure: no lamp is lit and a star is named.
            if words & {"comp", "comparison", "arc", "lamp"} and _lamps_off(product):
                continue
            return Unlit(f"{cards.source(name)} = {text}")
    found = saying(cards.text("OBJECT"))
    return Unlit(f"{cards.source('OBJECT')} = {found}") if found and lamp_name(found) else None


def without_light(product: Product) -> bool:
    """Whether the shutter stayed shut: of a bias or a dark, by its kind or its name."""
    words = set(map(str.lower, WORDS.findall(not_of_sky(product) or "")))
    return bool(words & _DARK) and not words & (KINDS - _DARK)


def _lamps_off(product: Product) -> bool:
    said = [text.lower() for name in LAMP_KEYS if (text := product.cards.text(name))]
    named = any(product.cards.text(name) for name in ("OBJNAME", "TARGNAME", "TARGET"))
    return bool(said) and set(said) <= OFF and named
