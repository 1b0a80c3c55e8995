"""What was observed, with what, and under which identifier."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from portal.fits.products import Product
from portal.headers.keywords import (
    WORDS,
    Said,
    from_card,
    null,
    of_lone_target,
    row_value,
    saying,
    spoken,
)
from portal.headers.sky import lamp_name, not_of_sky
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED, Cell, Origin

__all__ = [
    "APERTURE",
    "COLLECTIONS",
    "DERIVATION",
    "FILE",
    "GENERIC",
    "HUBBLE",
    "INSTRUMENTS",
    "MAPS",
    "NAMED_TELESCOPE",
    "NO_FACILITY",
    "OBSERVATIONS",
    "ONLY_CHIP",
    "PLATE",
    "SCAN",
    "SITES",
    "TARGETS",
    "TEMPLATE",
    "field_name",
]

TARGETS = {
    "OBJECT": STATED,
    "TARGNAME": STATED,
    "TARGET": STATED,
    "TARG_NAME": STATED,
    "ESO OBS TARG NAME": STATED,
    "DESIG": CONVENTION,
    "OBJNAME": STATED,
    "OBJ_NAME": STATED,
    "OBJ-NAME": STATED,
    "MANGAID": CONVENTION,
    "SRCNAME": CONVENTION,
    "SRC_NAME": CONVENTION,
    "SOURCE_NAME": CONVENTION,
    "NAME": CONVENTION,
    "TARGETID": CONVENTION,
}
"""Keywords of the target, the first that names one counts."""
_TARGET_COLUMNS = ("OBJECT", "OBJNAME", "TARGNAME", "TARGET_NAME", "SOURCE_NAME", "TARGETID")

TEMPLATE = frozenset("sci science cal calib obs point pointing tpl template exp acq".split())
GENERIC = frozenset(
    """survey field fields tile tiles mosaic scan scans raster pointing object objects target
    source science sky star image frame data stack coadd blank empty region area cube spectrum
    snapshot offset random map open zenith position std standard focus fullsky allsky exposure
    light none full fov any slit""".split()
)
"""Words that name no target by themselves."""
SCAN = re.compile(
    r"(?:dss|scan|exp|exposure|img|image|frame|run|file|seq|visit|plate)[-_ #]*\d+$", re.IGNORECASE
)
FILE = re.compile(r"\.(?:fits?|fts|map|img|dat|sdf|hdf5?|txt)(?:\W|$)", re.IGNORECASE)
MAPS = re.compile(
    r"(?:(?:bad|hot|dead)[\W_]*pix(?:el)?s?|weights?|variance|noise|exposure|coverage)"
    r"[\W_]*(?:maps?|masks?|images?)$",
    re.IGNORECASE,
)
NAMED_TELESCOPE = re.compile(r"\w+ telescope\W*$", re.IGNORECASE)
"""Of comments on the origin of a file that is a telescope."""
_FIELDS = frozenset("mosaic tile field zone plate pointing patch brick region area".split())
PLATE = re.compile(r"\bplate|\btile|\bfile ?name|\bprogram", re.IGNORECASE)

OBSERVATIONS = {
    "DATALAB": STATED,
    "OBS_ID": STATED,
    "OBSID": STATED,
    "OBS-ID": STATED,
    "OBSERVATION_ID": STATED,
    "OBSERVID": STATED,
    "KOAID": STATED,
    "EXP-ID": CONVENTION,
    "MEMBER": CONVENTION,
    "ROOTNAME": CONVENTION,
    "AORKEY": CONVENTION,
    "OBID1": CONVENTION,
    "ESO OBS ID": CONVENTION,
    "EXPNUM": CONVENTION,
}
COLLECTIONS = ("OBS_COLL", "COLLECTION", "COLLECTN", "HLSPID", "SURVEY")
APERTURE = re.compile(r"\d+(?:\.\d+)?[\s-]*(?:m|meters?|metres?|cm|inch(?:es)?|in|\")?$", re.I)
NO_FACILITY = frozenset(
    "optical radio infrared telescope observatory scope x-ray simulation spectrometer".split()
) | {"radio spectrometer", "radio telescope"}
SITES = ("OBSERVAT", "OBSERVATORY", "SITENAME", "FACILITY", "OBS_SITE")
INSTRUMENTS = {
    "INSTRUME": STATED,
    "INSTRUMENT": STATED,
    "INSTRUM": CONVENTION,
    "INSTR": CONVENTION,
    "SPECTROG": CONVENTION,
    "CAMERA": CONVENTION,
    "CAMNAME": CONVENTION,
    "DETECTOR": INFERRED,
}
ONLY_CHIP = re.compile(r"(?:ccd|chip|amp|det)?[\s#-]*\d*$|ccd\d|eev", re.IGNORECASE)

HUBBLE = frozenset("WFPC WFPC2 WFC3 STIS NICMOS FOC FOS GHRS HRS COS".split())
"""Instruments that have flown on one telescope only."""


def field_name(text: str) -> bool:
    """Whether the name of a target is that of a field of a survey, not of an object."""
    words = [word.lower() for word in WORDS.findall(text)]
    return any(word in _FIELDS for word in words)


@dataclass(frozen=True)
class _Identity:
    columns: tuple[str, ...] = (
        "facility_name",
        "instrument_name",
        "obs_collection",
        "obs_id",
        "obs_publisher_did",
        "target_name",
    )

    def derive(self, product: Product) -> Iterable[Cell]:
        """Every product has an identifier and a collection, if only by default."""
        yield from _target(product)
        yield from _facility(product)
        yield from _instrument(product)
        yield from _observation(product)
        yield from _collection(product)
        yield _publisher_did(product)


def _target(product: Product) -> Iterator[Cell]:
    if found := row_value(product, _TARGET_COLUMNS):
        yield _of_row(product, found)
        return
    if nameless := _nameless(product):
        yield null("target_name", nameless, "this row names no target; the header names the field")
        return
    if unlit := not_of_sky(product):
        yield null("target_name", unlit, f"not of the sky: {unlit}")
        return
    lone = of_lone_target(product)
    if lone and (found := row_value(lone, ("TARGET",))):
        yield _of_row(lone, found)
        return
    refused = None
    for name, trust in TARGETS.items():
        said = spoken(product, name)
        if said is None:
            continue
        text, cards = said
        fault = _name_fault(text, "" if name == "OBJECT" else cards.comment(name))
        if fault is None:
            note = ""
            if field_name(text):
                trust, note = INFERRED, "the name of a field, not of an object"
            elif _moving(product):
                note = "a moving target: its place on the sky is that of the observation"
            yield from_card(cards, name, "target_name", text, trust, note)
            return
        refused = refused or null("target_name", cards.source(name), f"{text!r} is {fault}")
    if refused:
        yield refused


def _nameless(product: Product) -> str:
    """The column that names the targets of other rows; '' for none."""
    tables = [hdu for hdu in (product.hdu, *product.siblings) if hdu.kind == "table"]
    rows = [hdu for hdu in tables if hdu.shape and (product.row or 0) < hdu.shape[0]]
    for hdu in rows if product.row is not None else ():
        for name in _TARGET_COLUMNS:
            if hdu.has(name):
                return f"HDU {hdu.index} column {name}, row {(product.row or 0) + 1}"
    return ""


def _of_row(product: Product, said: Said) -> Cell:
    kind = row_value(product, ("OBJTYPE", "TARGUSE"))
    if kind and str(kind.value).upper() in ("SKY", "BAD", "S"):
        note = f"a fibre on no target: {kind.name} is {kind.value}"
        return null("target_name", said.source, note)
    # Numbers in a column are those of a catalogue.
    named = isinstance(said.value, str) and not said.value.replace(".", "").isdigit()
    if named and (fault := _name_fault(str(said.value), "")):
        return null("target_name", said.source, f"{said.value!r} is {fault}")
    if isinstance(said.value, int | float) and said.value < 0:
        return null("target_name", said.source, f"{said.value} stands for no target")
    trust = CONVENTION if said.name == "TARGETID" else STATED
    return Cell("target_name", str(said.value), Origin("column", said.source, trust))


def _moving(product: Product) -> bool:
    cards = product.cards
    kind = (cards.text("OBJTYPE") or cards.text("TARGTYPE") or "").lower()
    return "moving" in kind or cards.value("MTFLAG") is True or cards.text("MTFLAG") == "T"


def _name_fault(text: str, comment: str) -> str | None:
    words = [word.lower() for word in WORDS.findall(text)]
    if lamp_name(text):
        return "a lamp or a calibration"
    if text.replace(".", "").isdigit():
        return "a number, not a name"
    if MAPS.match(text):
        return "a map of what goes with data"
    if FILE.search(text) or PLATE.search(comment):
        return "not the name of a target"
    if SCAN.match(text):
        return "the number of a scan or an exposure"
    if text.count("_") >= 2 and text.isupper() and TEMPLATE & set(words):
        return "the name of an observing template"
    letters = [word for word in words if not word.isdigit()]
    if "survey" in words or (letters and all(w in GENERIC for w in letters)):
        return "a word for any target"
    return None


def _facility(product: Product) -> Iterator[Cell]:
    cards = product.cards
    telescope = saying(cards.text("TELESCOP"))
    site = next((name for name in SITES if saying(cards.text(name))), None)
    if telescope and telescope.lower() in NO_FACILITY:
        source = cards.source("TELESCOP")
        yield null("facility_name", source, f"{telescope!r} names no telescope")
    elif telescope and APERTURE.match(telescope):
        yield _aperture(product, telescope, site)
    elif telescope:
        yield from_card(cards, "TELESCOP", "facility_name", telescope)
    elif site:
        said = saying(cards.text(site))
        yield from_card(cards, site, "facility_name", said, CONVENTION, "no TELESCOP")
    elif (origin := saying(cards.text("ORIGIN"))) and NAMED_TELESCOPE.search(
        cards.comment("ORIGIN")
    ):
        note = "no TELESCOP; the comment on ORIGIN names one"
        yield from_card(cards, "ORIGIN", "facility_name", origin, INFERRED, note)
    elif (cards.text("INSTRUME") or "").strip().upper() in HUBBLE:
        note = "the only telescope that had this instrument"
        yield from_card(cards, "INSTRUME", "facility_name", "HST", INFERRED, note)


def _aperture(product: Product, telescope: str, site: str | None) -> Cell:
    """A telescope that is named by its aperture alone, such as ``3.5m``."""
    cards, name, trust, note = product.cards, telescope, INFERRED, "an aperture, not a name"
    origin = saying(cards.text("ORIGIN")) or ""
    if site:
        name, trust = f"{saying(cards.text(site))} {telescope}", DERIVED
        note = f"TELESCOP gives the aperture alone, {site} the observatory"
    elif origin.isalpha() and len(origin) <= 8:
        name = f"{origin} {telescope}"
        note = "TELESCOP gives the aperture alone, ORIGIN the institution"
    return from_card(cards, "TELESCOP", "facility_name", name, trust, note)


def _instrument(product: Product) -> Iterator[Cell]:
    for name, trust in INSTRUMENTS.items():
        said = spoken(product, name)
        if said and said[0].isdigit() and trust < STATED:
            # A count of cameras names none.
            continue
        if said and not (name == "DETECTOR" and ONLY_CHIP.match(said[0])):
            note = "no INSTRUME; named by the detector" if name == "DETECTOR" else ""
            yield from_card(said[1], name, "instrument_name", said[0], trust, note)
            return


def _observation(product: Product) -> Iterator[Cell]:
    cards = product.cards
    for name, trust in OBSERVATIONS.items():
        if text := saying(cards.text(name)):
            yield from_card(cards, name, "obs_id", text, trust)
            return
    note = "no keyword names the observation"
    yield Cell("obs_id", _stem(product), Origin("file", "file name", INFERRED, note=note))


def _collection(product: Product) -> Iterator[Cell]:
    cards = product.cards
    for name in COLLECTIONS:
        if text := saying(cards.text(name)):
            yield from_card(cards, name, "obs_collection", text, CONVENTION)
            return
    folder = product.file.path.absolute().parent.name or "files"
    note = "the folder of the file; a mapping can name the collection"
    yield Cell("obs_collection", folder, Origin("default", "folder", INFERRED, note=note))


def _publisher_did(product: Product) -> Cell:
    name = quote(product.file.path.name, safe="")
    part = quote(product.part, safe="")
    note = "file and part; the authority is a placeholder until a publisher gives its own"
    did = f"ivo://unpublished/fits?{name}/{part}"
    return Cell("obs_publisher_did", did, Origin("default", "file name", INFERRED, note=note))


def _stem(product: Product) -> str:
    name = product.file.path.name
    return re.sub(r"(?i)\.(?:fits?|fts)(?:\.(?:gz|fz|bz2|xz|z))?$|\.(?:fz|gz)$", "", name) or name


DERIVATION = _Identity()
