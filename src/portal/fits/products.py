"""Which HDUs of a file are products: rows of ObsCore."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from portal.fits.axes import Axis, axes_of
from portal.fits.cards import Cards, CardValue
from portal.fits.cells import cell_axes
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.opening import FitsFile
from portal.fits.roles import SCIENCE, Role, role_of
from portal.fits.table_kinds import (
    distinct_targets,
    has_targets,
    keywords_of,
    rows_apart,
    sample_lengths,
    single_dish,
    table_kind,
)
from portal.fits.wcs import Sky, sky_of
from portal.model.record import Problem

__all__ = ["Product", "products", "with_keywords"]

_OWN = re.compile(
    r"(?:SIMPLE|XTENSION|EXTEND|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|TFIELDS|EXTNAME|EXTVER"
    r"|EXTLEVEL|BSCALE|BZERO|BLANK|BUNIT|DATAMIN|DATAMAX|CHECKSUM|DATASUM|WCSAXES[A-Z]?"
    r"|(?:CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA|CRDER|CSYER|CNAME)\d+[A-Z]?"
    r"|(?:CD|PC|PV|PS)\d+_\d+[A-Z]?|[AB]P?_(?:ORDER|DMAX|\d+_\d+)|T[A-Z]{3,5}\d+)$"
)
"""Keywords of an HDU itself, which an extension does not take over from the primary one."""


_OBSERVED = ("TELESCOP", "INSTRUME", "OBJECT", "DATE-OBS", "MJD-OBS", "OBSID", "OBS_ID")
_EMPTY = Role("no data", "a header alone")
_FILLER = Role("no data", "one element alone, before what was observed")
_BARE = Role("no coordinates", "nothing about its axes, beside an HDU with coordinates")
_BESIDE_HEADERS = ("no data", "history", "distortion")
_MOST_ROWS = 100_000


@dataclass(frozen=True)
class Product:
    """Something that is one row of ObsCore.

    Parameters
    ----------
    file
        The file that holds it.
    hdu
        Where its data lie; the only header of a file without data.
    part
        Names it within the file: the number of the HDU, and of the row, from 1, if it is one of
        several targets, such as ``4[2]``.
    cards
        Of its HDU, and where that is silent of the primary one, but for what is said of data.
    axes
        In FITS order.
    columns
        Of a table.
    row
        From 0, where the product is one of several targets: its place along the last axis of
        the data, and in a table that describes them; else None.
    siblings
        The other HDUs of the file, in order.
    arms
        All HDUs of its data: the one, or those of a spectrum in several arms.
    """

    file: FitsFile
    hdu: Hdu
    part: str
    cards: Cards
    axes: tuple[Axis, ...]
    columns: tuple[ColumnInfo, ...]
    row: int | None
    siblings: tuple[Hdu, ...]
    arms: tuple[Hdu, ...]


def products(file: FitsFile) -> tuple[tuple[Product, ...], tuple[Problem, ...]]:
    """The products of a file, and why the other HDUs are none.

    Images, cubes, spectra, time series, lists of events and visibilities are products, each HDU
    one; the detectors of a mosaic are several products of one observation. Spectra of several
    targets are a product each, whose arms belong together. Weights, masks, errors, coverage,
    wavelengths and the like go with a product and are none, nor are catalogues. A file without
    data is a product if its header describes an observation.
    """
    roles = {hdu.index: _role(hdu, file) for hdu in file.hdus}
    chosen = [hdu for hdu in file.hdus if roles[hdu.index] == SCIENCE]
    if not chosen:
        # What goes with data elsewhere is here all that was observed.
        chosen = [hdu for hdu in file.hdus if not roles[hdu.index].firm]
    if not chosen and all(role.code in _BESIDE_HEADERS for role in roles.values()):
        chosen = _headers(file)
    chosen = [hdu for hdu in chosen if not (_bare(hdu, chosen) or _filler(hdu, chosen))]
    numbers = {hdu.index for hdu in chosen}
    reasons = [
        _reason(file, hdu, roles[hdu.index]) for hdu in file.hdus if hdu.index not in numbers
    ]
    return tuple(_made(file, chosen, roles)), tuple(reasons)


def with_keywords(
    product: Product, forced: Mapping[str, CardValue], defaults: Mapping[str, CardValue]
) -> Product:
    """`product` with other keywords: `forced` whatever its header says, `defaults` if nothing."""
    lacking = {key: v for key, v in defaults.items() if product.cards.text(key) is None}
    given = Cards.given(lacking | dict(forced), product.hdu.index)
    own, every = given.over(product.hdu.cards), given.over(product.cards)
    hdu = replace(product.hdu, cards=own)
    arms = tuple(hdu if arm is product.hdu else arm for arm in product.arms)
    primary, *others = product.file.hdus
    # What is blank in an extension is looked for in the primary header itself.
    first = hdu if primary is product.hdu else replace(primary, cards=given.over(primary.cards))
    file = replace(product.file, hdus=(first, *others))
    axes = axes_of(own, _lengths(hdu))
    return replace(product, file=file, hdu=hdu, cards=every, axes=axes, arms=arms)


def _role(hdu: Hdu, file: FitsFile) -> Role:
    if hdu.kind == "empty":
        return _EMPTY
    role = role_of(hdu)
    # A table named after its wavelengths may hold what was measured at them.
    if hdu.kind != "table" or role.code not in ("science", "wavelengths"):
        return role
    found = table_kind(hdu, file.hdus[0].cards)
    if isinstance(found, Role):
        return found if role == SCIENCE else role
    return SCIENCE


def _headers(file: FitsFile) -> list[Hdu]:
    """Headers without data that describe an observation, the primary one before others."""
    empty = [hdu for hdu in file.hdus if hdu.kind == "empty"]
    if len(empty) == len(file.hdus) or file.hdus[0] in empty:
        primary = file.hdus[0]
        if primary in empty and _describes(primary):
            return [primary]
        return [hdu for hdu in empty if role_of(hdu) == SCIENCE and _describes(hdu)]
    return []


def _describes(hdu: Hdu) -> bool:
    return hdu.cards.first(_OBSERVED) is not None or isinstance(sky_of(hdu.cards), Sky)


def _bare(hdu: Hdu, chosen: list[Hdu]) -> bool:
    """Whether an image says nothing of its axes in a file with one that does."""
    if hdu.index == 0 or hdu.kind not in ("image", "compressed") or hdu.name:
        return False
    return not _coordinates(hdu) and any(_coordinates(other) for other in chosen)


def _filler(hdu: Hdu, chosen: list[Hdu]) -> bool:
    """Whether a primary array of one element stands before what was observed."""
    single = hdu.kind == "image" and bool(hdu.shape) and set(hdu.shape) == {1}
    return hdu.index == 0 and single and len(chosen) > 1


def _coordinates(hdu: Hdu) -> bool:
    return any(axis.ctype or axis.crval is not None for axis in axes_of(hdu.cards, ()))


def _made(file: FitsFile, chosen: list[Hdu], roles: dict[int, Role]) -> list[Product]:
    targets = [hdu for hdu in file.hdus if hdu.kind == "table" and has_targets(hdu)]
    made: list[Product] = []
    taken: set[int] = set()
    for hdu in chosen:
        if hdu.index in taken:
            continue
        rows = _rows(file, hdu, targets, roles)
        arms = [hdu]
        if rows and hdu.kind != "table":
            arms = [h for h in chosen if _rows(file, h, targets, roles) == rows]
            taken |= {arm.index for arm in arms}
        if rows:
            made += [_product(file, hdu, row, arms) for row in range(min(rows, _MOST_ROWS))]
        else:
            made.append(_product(file, hdu, None, arms))
    return made


def _rows(file: FitsFile, hdu: Hdu, targets: list[Hdu], roles: dict[int, Role]) -> int:
    """How many targets the rows of an HDU are; 0 where it is of one."""
    if hdu.kind == "table" and single_dish(hdu):
        return hdu.shape[0]
    if hdu.kind == "table":
        return hdu.shape[0] if rows_apart(hdu, file.hdus[0].cards) else 0
    if hdu.kind not in ("image", "compressed") or len(hdu.shape) != 2:
        return 0
    rows, samples = hdu.shape
    if not any(table.shape[0] == rows for table in targets):
        return 0
    # A field of the sky with a catalogue of as many sources as it has lines is no such thing.
    spectral = any(axis.kind == "spectral" for axis in axes_of(hdu.cards, ())[:1])
    sampled = any(
        roles[other.index].code == "wavelengths" and other.shape[-1:] == (samples,)
        for other in file.hdus
    )
    if not (spectral or sampled or hdu.cards.number("COEFF0") is not None):
        return 0
    return rows if any(t.shape[0] == rows and distinct_targets(t) for t in targets) else 0


def _product(file: FitsFile, hdu: Hdu, row: int | None, arms: list[Hdu]) -> Product:
    primary = file.hdus[0]
    own, lengths = hdu.cards, _lengths(hdu)
    if row is not None and hdu.kind == "table" and single_dish(hdu):
        own = keywords_of(hdu, row).over(own)
        lengths = sample_lengths(hdu, own)
    elif found := cell_axes(hdu):
        own, lengths = found[0].over(own), found[1]
    return Product(
        file,
        hdu,
        str(hdu.index) if row is None else f"{hdu.index}[{row + 1}]",
        own if hdu is primary else own.over(primary.cards, _OWN),
        axes_of(own, lengths),
        hdu.columns,
        row,
        tuple(other for other in file.hdus if other is not hdu),
        tuple(arms),
    )


def _lengths(hdu: Hdu) -> tuple[int, ...]:
    if hdu.kind == "groups":
        return (0, *hdu.shape[:0:-1])
    return () if hdu.kind == "table" else hdu.shape[::-1]


def _reason(file: FitsFile, hdu: Hdu, role: Role) -> Problem:
    name = f" ({hdu.name})" if hdu.name else ""
    if role == SCIENCE:
        role = _FILLER if set(hdu.shape) == {1} else _BARE
    return Problem(
        str(file.path),
        role.code.replace(" ", "-"),
        f"HDU {hdu.index}{name} is no product: {role.code}",
        seen=role.why,
        expected="an image, a spectrum, a time series, events or visibilities",
        way_out="name it in a mapping if it is one",
        severity="warning",
    )
