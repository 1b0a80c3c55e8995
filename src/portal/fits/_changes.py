"""What is wrong with the meaning of a header's keywords, and what is meant."""

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal.fits._card import CardValue, number
from portal.fits._dates import standard_date
from portal.fits._plane import NoPlane, plane_of
from portal.fits.cards import Cards
from portal.fits.frames import frame_of
from portal.fits.magritte import by_magritte
from portal.fits.repairs import Repair
from portal.fits.units import fits_unit

__all__ = ["COMMENT", "Change", "changes_of"]

COMMENT = "COMMENT"


@dataclass(frozen=True, slots=True)
class Change:
    """A keyword that gets another name or value, or is left out.

    Parameters
    ----------
    old
        Its name; '' for a keyword that is added.
    new
        Its new name; '' where it is left out, `COMMENT` where it is only kept as one.
    value
        Its new value.
    repair
        The fault.
    """

    old: str
    new: str
    value: CardValue
    repair: Repair


_UNIT = re.compile(r"(?:CUNIT\d+[A-Z]?|TUNIT\d+|BUNIT)$")
_MISSPELT = re.compile(r"CR(UNIT\d+[A-Z]?)$")
_FAR_YEAR = re.compile(r"[+-]\d{5}-\d\d-\d\d")
_REAL = re.compile(
    r"(?:(?:CRVAL|CRPIX|CDELT|CROTA|CRDER|CSYER)\d+[A-Z]?|(?:CD|PC|PV)\d+_\d+[A-Z]?"
    r"|EQUINOX[A-Z]?|EPOCH|MJD-(?:OBS|AVG|BEG|END)|DATAM(?:AX|IN)|REST(?:FRQ|WAV)[A-Z]?"
    r"|BSCALE|BZERO|(?:LON|LAT)POLE[A-Z]?|OBSGEO-[XYZ]|VELOSYS[A-Z]?|ZSOURCE[A-Z]?)$"
)
"""Keywords whose values are real numbers by the standard."""
_TABLES = ("BINTABLE", "TABLE")
_OF_ARRAYS = ("BSCALE", "BZERO", "BUNIT", "BLANK", "DATAMAX", "DATAMIN")
_FORM = re.compile(r"(?:TFORM|TDISP)\d+$")
_SYSTEMS = {"TOPO": "TOPOCENT", "BARY": "BARYCENT", "HELIO": "HELIOCEN", "GEO": "GEOCENTR"}
_OLD_FRAMES = {"LSR": "LSRK", "HEL": "BARYCENT", "OBS": "TOPOCENT"}
_OLD_VELOCITY = re.compile(r"(VELO|FELO)-(LSR|HEL|OBS)$")
_RADIO = 256
_CD = re.compile(r"CD\d+_\d+$")
_PC = re.compile(r"PC\d+_\d+$")


def changes_of(cards: Cards) -> list[Change]:
    """All changes that bring the meaning of a header into the words of the standard."""
    found: dict[str, Change] = {}
    for rule in _RULES:
        for change in rule(cards):
            found.setdefault(change.old or change.new, change)
    return list(found.values())


def _changed(code: str, name: str, was: CardValue, new: str, value: CardValue, why: str) -> Change:
    now = "" if not new else str(value) if new == name else f"{new}={value}"
    return Change(
        name, new, value, Repair(code, name or new, "" if was is None else str(was), now, why)
    )


def _commented(code: str, name: str, was: str, why: str) -> Change:
    return Change(name, COMMENT, None, Repair(code, name, was, "a comment", why))


def _units(cards: Cards) -> Iterator[Change]:
    for name in cards:
        if match := _MISSPELT.match(name):
            right = f"C{match.group(1)}"
            if right not in cards:
                text = cards.text(name)
                yield _changed("keyword-spelling", name, text, right, text, "not a keyword")
        elif _UNIT.match(name) and (text := cards.text(name)):
            now = _standard_unit(text, name.startswith("CUNIT"))
            if now and now != text:
                yield _changed("unit-spelling", name, text, name, now, "not as FITS spells it")


def _standard_unit(text: str, axis: bool) -> str:
    from astropy import units

    if text in ("deg", "m/s", "Hz", "Jy/beam"):
        return text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        meant = fits_unit(text, wavelength=axis)
        try:
            if units.Unit(text, format="fits") == meant:
                return text
        except (ValueError, TypeError):
            pass
        try:
            if meant is None:
                return ""
            return str(meant.to_string("fits", fraction="inline")).replace(" / ", "/")
        except (ValueError, TypeError):
            return ""


def _frames(cards: Cards) -> Iterator[Change]:
    for repair in frame_of(cards, "RA")[2]:
        new, _, value = repair.now.partition("=")
        was = cards.value(repair.keyword)
        if not repair.now or (value and new in cards):
            yield Change(repair.keyword, "", None, repair)
        elif value:
            number = cards.number(repair.keyword) if new == "EQUINOX" else value
            yield _changed(repair.code, repair.keyword, was, new, number, repair.why)
        else:
            yield _changed(repair.code, repair.keyword, was, repair.keyword, new, repair.why)
    if "EPOCH" in cards and "EQUINOX" in cards:
        why = "out of use, and EQUINOX says it"
        yield _changed("old-keyword", "EPOCH", cards.value("EPOCH"), "", None, why)
    if "RADECSYS" in cards and "RADESYS" in cards:
        why = "out of use, and RADESYS says it"
        yield _changed("old-keyword", "RADECSYS", cards.value("RADECSYS"), "", None, why)


def _spectral(cards: Cards) -> Iterator[Change]:
    if "RESTFREQ" in cards:
        value = cards.value("RESTFREQ")
        new = "" if "RESTFRQ" in cards else "RESTFRQ"
        yield _changed("old-keyword", "RESTFREQ", value, new, value, "the old name of RESTFRQ")
    for name in cards:
        if name.startswith(("SPECSYS", "SSYSOBS", "SSYSSRC")):
            text = cards.text(name) or ""
            if text in _SYSTEMS:
                yield _changed("frame-spelling", name, text, name, _SYSTEMS[text], "not a name")
        elif name.startswith("CTYPE") and (match := _OLD_VELOCITY.match(cards.text(name) or "")):
            yield from _velocity(cards, name, match)


def _velocity(cards: Cards, name: str, match: re.Match[str]) -> Iterator[Change]:
    reference = cards.integer("VELREF") or 0
    # AIPS memo 117: 1 to 3 name the frame, and 256 more the radio convention.
    if match.group(1) != "VELO" or reference % _RADIO not in (1, 2, 3):
        return
    now = "VRAD" if reference > _RADIO else "VOPT"
    why = f"an old name; VELREF = {reference}"
    yield _changed("old-ctype", name, match.group(), name, now, why)
    if "SPECSYS" not in cards:
        frame = _OLD_FRAMES[match.group(2)]
        yield _changed("old-ctype", "", None, "SPECSYS", frame, f"CTYPE was {match.group()}")


def _magritte(cards: Cards) -> Iterator[Change]:
    if not by_magritte(cards):
        return
    for axis in (1, 2, 3):
        name = f"CRPIX{axis}"
        pixel = cards.number(name) or 0.0
        why = "Magritte counts pixels from 0, FITS from 1"
        yield _changed("pixel-origin", name, cards.text(name), name, pixel + 1.0, why)
    for name in ("CRVAL3", "CDELT3"):
        velocity = cards.number(name)
        if velocity is not None:
            why = "Magritte gives c (f / f0 - 1), the radio velocity is c (1 - f / f0)"
            now = -velocity or 0.0
            yield _changed("velocity-sign", name, cards.text(name), name, now, why)


def _matrices(cards: Cards) -> Iterator[Change]:
    if any(_CD.match(name) for name in cards):
        for name in cards:
            if _PC.match(name):
                why = "not allowed beside a CD matrix, which counts"
                yield _changed("pc-beside-cd", name, cards.value(name), "", None, why)


def _projections(cards: Cards) -> Iterator[Change]:
    try:
        plane = plane_of(cards)
    except NoPlane:
        return
    codes = {repair.code: repair for repair in plane.repairs}
    for repair in plane.repairs:
        if repair.code == "cdelt-beside-cd":
            yield Change(repair.keyword, "", None, repair)
    for code, algorithm in (("tan-with-pv", "TPV"), ("sip-without-suffix", "TAN-SIP")):
        if code in codes:
            for axis, head in zip(plane.axes, plane.heads, strict=True):
                name, now = f"CTYPE{axis}", f"{head.ljust(4, '-')}-{algorithm}"
                yield _changed(code, name, cards.text(name), name, now, codes[code].why)


def _dates(cards: Cards) -> Iterator[Change]:
    for name in cards:
        # Whatever begins with DATE holds a date (FITS 4.0, section 4.4.2.1).
        if not name.startswith("DATE") or " " in name:
            continue
        text = cards.text(name) or ""
        now = standard_date(text)
        if not now and not _FAR_YEAR.match(text):
            yield _commented("no-date", name, text, "no date, which its name promises")
        elif now and (now != text or not isinstance(cards.value(name), str)):
            yield _changed("date-spelling", name, text, name, now, "not as FITS writes dates")


def _numbers(cards: Cards) -> Iterator[Change]:
    for name in cards:
        text = cards.value(name)
        if _REAL.match(name) and isinstance(text, str):
            value = number(text)
            if value is None:
                yield _commented("no-number", name, text, "no number, which its name promises")
            else:
                yield _changed("card-spelling", name, text, name, value, "a number as a text")


def _arrays(cards: Cards) -> Iterator[Change]:
    # A compressed image is a table too, with the keywords of the image in its header.
    if cards.text("XTENSION") in _TABLES and cards.value("ZIMAGE") is not True:
        for name in _OF_ARRAYS:
            if name in cards:
                why = "not allowed in tables, whose columns have their own"
                yield _commented("array-keyword", name, cards.text(name) or "", why)
    elif (cards.integer("BITPIX") or 0) < 0 and "BLANK" in cards:
        why = "for whole numbers only; NaN stands for no value here"
        yield _commented("array-keyword", "BLANK", cards.text("BLANK") or "", why)


def _columns(cards: Cards) -> Iterator[Change]:
    for name in cards:
        text = cards.value(name)
        if _FORM.match(name) and isinstance(text, str) and text.strip().upper() != text:
            now = text.strip().upper()
            yield _changed("column-form", name, text, name, now, "capitals from the first place on")


def _firsts(cards: Cards) -> Iterator[Change]:
    if "XTENSION" in cards and "EXTEND" in cards:
        why = "for the first header only"
        yield _commented("primary-keyword", "EXTEND", cards.text("EXTEND") or "", why)


_RULES: tuple[Callable[[Cards], Iterator[Change]], ...] = (
    _magritte,
    _units,
    _frames,
    _spectral,
    _matrices,
    _projections,
    _dates,
    _arrays,
    _columns,
    _firsts,
    _numbers,
)
