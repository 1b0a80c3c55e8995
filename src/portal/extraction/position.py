"""Where on the sky it was observed: the centre of the data, in ICRS."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from portal.extraction._angles import declination, of_column, right_ascension
from portal.extraction._frames import from_galactic, to_icrs
from portal.extraction._pointing import (
    equinox_doubt,
    pixel_doubt,
    sky_of_product,
    unset,
)
from portal.extraction._sphere import directions, places
from portal.fits.cards import Cards
from portal.fits.hdu import ColumnInfo
from portal.fits.products import Product
from portal.fits.shape import axis_of, lengths, of_one_element, spatial, tabular
from portal.fits.table_kinds import distinct_targets
from portal.fits.wcs import NoSky, Sky, sky_of
from portal.headers.keywords import of_lone_target, row_value
from portal.headers.sky import not_of_sky
from portal.model.cell import CONVENTION, DERIVED, INFERRED, STATED, Cell, Origin, OriginKind

__all__ = ["DERIVATION", "FARTHEST", "HOURS_PERHAPS", "POINTINGS", "TARGETS"]

TARGETS = (
    *(("RA_TARG", "DEC_TARG"), ("RA_OBJ", "DEC_OBJ"), ("OBJ_RA", "OBJ_DEC")),
    *(("PLUG_RA", "PLUG_DEC"), ("PLUGRA", "PLUGDEC"), ("TARG_RA", "TARG_DEC")),
    *(("TARGRA", "TARGDEC"), ("OBJRA", "OBJDEC"), ("OBJCTRA", "OBJCTDEC")),
    *(("OBJ-RA", "OBJ-DEC"), ("SRC_RA", "SRC_DEC"), ("TARGET_RA", "TARGET_DEC")),
    *(("CAT-RA", "CAT-DEC"), ("RA_SRC", "DEC_SRC"), ("RATARG", "DECTARG")),
    ("TARGETR", "TARGETD"),
)
"""Keywords of the target; those of guide stars, the Moon and the Sun are in neither list."""
POINTINGS = (
    *(("RA", "DEC"), ("RA_DEG", "DEC_DEG"), ("RADEG", "DECDEG"), ("RA2000", "DEC2000")),
    *(("RA_OBS", "DEC_OBS"), ("OBSRA", "OBSDEC"), ("RA_PNT", "DEC_PNT"), ("RA_NOM", "DEC_NOM")),
    *(("MEANRA", "MEANDEC"), ("TELRA", "TELDEC"), ("TELERA", "TELEDEC"), ("TEL_RA", "TEL_DEC")),
    *(
        ("TCSRA", "TCSDEC"),
        ("RA_TEL", "DEC_TEL"),
        ("RA_APER", "DEC_APER"),
        ("CRVAL_RA", "CRVAL_DEC"),
    ),
    *(("TARGLON", "TARGLAT"), ("RA_REF", "DEC_REF")),
)
"""Keywords of where the telescope pointed, or of the target: observatories differ."""
HOURS_PERHAPS = frozenset(("TELRA", "TELERA", "TEL_RA", "MEANRA", "TCSRA"))
"""Of telescopes; small numbers without a unit may be hours or degrees."""
_AT_TELESCOPE = frozenset(("TARGLON", "TELRA", "TCSRA"))
FARTHEST = 5.0
"""Degrees; the field of no telescope with fibres is wider."""
_COLUMNS = (
    *(("TARGET_RA", "TARGET_DEC"), ("PLUG_RA", "PLUG_DEC"), ("RA_TARG", "DEC_TARG")),
    *(("RA_OBJ", "DEC_OBJ"), ("OBJ_RA", "OBJ_DEC"), ("RA", "DEC"), ("FIBER_RA", "FIBER_DEC")),
    *(("TARGRA", "TARGDEC"), ("FIBRERA", "FIBREDEC")),
)


@dataclass(frozen=True)
class _Position:
    columns: tuple[str, ...] = ("s_dec", "s_ra")

    def derive(self, product: Product) -> Iterable[Cell]:
        """From a row of a table, the pixels, or keywords: the first that gives a place."""
        if unlit := not_of_sky(product):
            origin = Origin("keyword", unlit, STATED, note=f"not of the sky: {unlit}")
            return Cell("s_ra", None, origin), Cell("s_dec", None, origin)
        for source in (
            _row,
            _lone,
            _pixels,
            _events,
            _keywords,
            _one_place,
            _bare_axes,
            _reference,
        ):
            if found := next(source(product), None):
                ra, dec, origin = found
                return Cell("s_ra", ra, origin), Cell("s_dec", dec, origin)
        doubt = equinox_doubt(product)
        if doubt and doubt.lost:
            origin = Origin("keyword", f"HDU {product.hdu.index}", STATED, note=doubt.note)
            return Cell("s_ra", None, origin), Cell("s_dec", None, origin)
        return ()


_Place = tuple[float, float, Origin]


def _row(product: Product, columns: tuple[tuple[str, str], ...] = _COLUMNS) -> Iterator[_Place]:
    for names in columns:
        ra, dec = (row_value(product, (name,)) for name in names)
        if ra is None or dec is None:
            continue
        hints = of_column(ra.value, ra.unit), of_column(dec.value, dec.unit)
        if hints[0] is not None and hints[1] is not None:
            pair = right_ascension(ra.value, hints[0]), declination(dec.value, hints[1])
            yield from _in_icrs(product, pair, "column", f"{ra.source}, {names[1]}", STATED)


def _lone(product: Product) -> Iterator[_Place]:
    """The only target of optical visibilities."""
    if target := of_lone_target(product):
        yield from _row(target, (("RAEP0", "DECEP0"),))


def _one_place(product: Product) -> Iterator[_Place]:
    """The place that a table of one target repeats in each row."""
    if tabular(product) != "timeseries" or product.row is not None:
        return
    if product.hdu.shape[0] > 0 and not distinct_targets(product.hdu):
        for ra, dec, origin in _row(replace(product, row=0, siblings=())):
            yield ra, dec, replace(origin, confidence=DERIVED, note="the same in each row")


def _pixels(product: Product) -> Iterator[_Place]:
    sky = sky_of_product(product)
    doubt = None if isinstance(sky, NoSky) else pixel_doubt(product, sky)
    if isinstance(sky, NoSky) or (doubt and doubt.lost):
        return
    numbers = {axis.number: axis.length or 1 for axis in product.axes}
    columns, rows = (numbers[axis] for axis in sky.axes)
    place = _centre(sky, columns, rows)
    if place is None:
        return
    notes = [repair.why for repair in sky.repairs]
    if of_one_element(product):
        notes.insert(0, "of the one pixel that is there; its header describes a larger frame")
    note = "; ".join(dict.fromkeys(notes))
    source = f"WCS of HDU {product.hdu.index}"
    yield *place, Origin("wcs", source, INFERRED if doubt else DERIVED, note=note)


def _centre(sky: Sky, columns: int, rows: int) -> tuple[float, float] | None:
    """The middle of an array; where it is not on the sky, the middle of the pixels that are."""
    ra, dec = sky.icrs((columns - 1) / 2.0, (rows - 1) / 2.0)
    if not np.isfinite(dec):
        x, y = np.meshgrid(np.linspace(0, columns - 1, 33), np.linspace(0, rows - 1, 33))
        found = directions(*sky.icrs(x, y))
        found = found[np.isfinite(found).all(axis=-1)]
        if not len(found) or np.linalg.norm(found.mean(axis=0)) < 0.01:
            return None
        ra, dec = places(found.mean(axis=0))
    return _wrapped(float(ra)), float(dec)


def _events(product: Product) -> Iterator[_Place]:
    """The middle of the pixels that a list of events counts in."""
    if product.hdu.kind != "table":
        return
    pair = [_coordinate(product, head) for head in ("RA", "DEC")]
    if pair[0] is None or pair[1] is None:
        return
    sky = sky_of(_as_image(pair[0], pair[1], product))
    doubt = None if isinstance(sky, NoSky) else pixel_doubt(product, sky)
    if isinstance(sky, NoSky) or (doubt and doubt.lost):
        return
    at = [_middle(product, column) for column in pair if column]
    ra, dec = sky.icrs(at[0] - 1.0, at[1] - 1.0)
    if np.isfinite(dec):
        source = f"HDU {product.hdu.index} columns {pair[0].name}, {pair[1].name}"
        origin = Origin(
            "wcs", source, INFERRED if doubt else DERIVED, note=doubt.note if doubt else ""
        )
        yield _wrapped(float(ra)), float(dec), origin


def _coordinate(product: Product, head: str) -> ColumnInfo | None:
    return next(
        (
            c
            for c in product.columns
            if c.ctype.upper().split("-")[0] == head and c.crval is not None
        ),
        None,
    )


def _middle(product: Product, column: ColumnInfo) -> float:
    ends = [product.hdu.cards.number(f"{key}{column.number}") for key in ("TLMIN", "TLMAX")]
    if ends[0] is not None and ends[1] is not None:
        return (ends[0] + ends[1]) / 2.0
    return column.crpix or 0.0


def _as_image(ra: ColumnInfo, dec: ColumnInfo, product: Product) -> Cards:
    """The keywords that an image of the columns would have."""
    records = []
    for n, column in enumerate((ra, dec), 1):
        records += [
            f"CTYPE{n}  = '{column.ctype}'",
            f"CRVAL{n}  = {column.crval!r}",
            f"CRPIX{n}  = {column.crpix or 0.0!r}",
            f"CDELT{n}  = {column.cdelt or 1.0!r}",
        ]
    for name in ("RADESYS", "RADECSYS", "EQUINOX"):
        if text := product.cards.text(name):
            number = product.cards.number(name)
            records.append(f"{name:8}= {text if number is not None else repr(text)}")
    return Cards(records, product.hdu.index)


def _keywords(product: Product) -> Iterator[_Place]:
    pointed = next(_pairs(product, POINTINGS, CONVENTION), None)
    for place in _pairs(product, TARGETS, STATED):
        # A target far from where the telescope pointed is in another unit, such as radians.
        if pointed is None or _apart(place, pointed) < FARTHEST:
            yield place
    if pointed is not None and not _of_many_fibres(product):
        yield pointed


def _pairs(product: Product, pairs: tuple[tuple[str, str], ...], trust: float) -> Iterator[_Place]:
    cards = product.cards
    for first, second in pairs:
        ra, dec = cards.value(first), cards.value(second)
        if not isinstance(ra, str | int | float) or not isinstance(dec, str | int | float):
            continue
        hint = cards.comment(first)
        small = isinstance(ra, int | float) and abs(ra) <= 24.0
        if first in HOURS_PERHAPS and small and not hint:
            continue
        place = right_ascension(ra, hint), declination(dec, cards.comment(second))
        at_telescope = first in _AT_TELESCOPE
        note = "where the telescope pointed" if at_telescope else ""
        source = f"{cards.source(first)}, {second}"
        kept = INFERRED if at_telescope else trust
        yield from _in_icrs(product, place, "keyword", source, kept, note, first)


def _apart(one: _Place, two: _Place) -> float:
    """Degrees between two places."""
    vectors = directions([one[0], two[0]], [one[1], two[1]])
    return float(np.degrees(np.linalg.norm(vectors[0] - vectors[1])))


def _of_many_fibres(product: Product) -> bool:
    """Whether a spectrum is of an object anywhere in the field about the boresight."""
    said = any("boresight" in product.cards.comment(name).lower() for name in ("RA", "DEC"))
    along = axis_of(product, "spectral") or product.hdu.kind == "table" or len(lengths(product)) < 2
    return said and bool(along) and not spatial(product)


def _bare_axes(product: Product) -> Iterator[_Place]:
    """The place at the reference of axes of the sky that have no pixels, of a spectrum."""
    if product.hdu.kind == "empty" or tabular(product) in ("event", "image", "measurements"):
        return
    pair = [
        next((a for a in product.axes if a.kind == kind and a.crval is not None), None)
        for kind in ("longitude", "latitude")
    ]
    if pair[0] is None or pair[1] is None:
        return
    longitude, latitude = pair[0].crval or 0.0, pair[1].crval or 0.0
    source = f"HDU {product.hdu.index} axes {pair[0].number}, {pair[1].number}"
    head = pair[0].ctype[:2].upper()
    if head == "RA":
        place = right_ascension(longitude), declination(latitude)
        yield from _in_icrs(product, place, "wcs", source, CONVENTION)
    elif head == "GL" and abs(latitude) <= 90.0:
        ra, dec = from_galactic(longitude, latitude)
        origin = Origin("wcs", source, CONVENTION, note="from galactic coordinates")
        yield _wrapped(ra), dec, origin


def _reference(product: Product) -> Iterator[_Place]:
    """The reference point of a header without pixels."""
    if product.hdu.kind != "empty":
        return
    sky = sky_of(product.cards)
    doubt = None if isinstance(sky, NoSky) else pixel_doubt(product, sky)
    if isinstance(sky, NoSky) or unset(sky) or (doubt and doubt.lost):
        return
    ra, dec = sky.icrs(*(pixel - 1.0 for pixel in sky.wcs.wcs.crpix))
    if np.isfinite(dec):
        note = "the reference point: there are no pixels of which it could be the centre"
        origin = Origin("wcs", f"WCS of HDU {product.hdu.index}", INFERRED, note=note)
        yield _wrapped(float(ra)), float(dec), origin


def _in_icrs(
    product: Product,
    place: tuple[float | None, float | None],
    kind: OriginKind,
    source: str,
    trust: float,
    note: str = "",
    name: str = "",
) -> Iterator[_Place]:
    ra, dec = place
    # Both exactly 0 is what stands where nothing was entered.
    if ra is None or dec is None or (ra == 0.0 and dec == 0.0):
        return
    turned = to_icrs(product.cards, ra, dec, name)
    doubt = None if kind == "column" else equinox_doubt(product, name)
    if turned is None or (doubt and doubt.lost):
        return
    notes = [note, f"from {turned[2]}" if turned[2] else "", doubt.note if doubt else ""]
    trust = min(trust, INFERRED) if doubt else trust
    origin = Origin(kind, source, trust, note="; ".join(n for n in notes if n))
    yield _wrapped(turned[0]), turned[1], origin


def _wrapped(degrees: float) -> float:
    wrapped = degrees % 360.0
    return 0.0 if wrapped >= 360.0 else wrapped


DERIVATION = _Position()
