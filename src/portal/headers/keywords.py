"""What cards say, as cells: texts that mean something, and where each came from."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from portal.errors import ReadError
from portal.fits.cards import Cards
from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.fits.table_kinds import keywords_of
from portal.model.cell import STATED, Cell, Origin
from portal.model.record import Value

__all__ = [
    "BLANKS",
    "WORDS",
    "Said",
    "blank",
    "from_card",
    "null",
    "of_lone_target",
    "row_value",
    "saying",
    "spoken",
]

WORDS = re.compile(r"[^\W_]+")
"""Words of a text in which underscores part them too."""
BLANKS = frozenset(
    """n/a na none null nan unknown undefined undef unset unspecified default dummy tbd todo temp
    noname unnamed anonymous test indef notset xxx -- --- - . ? ?? ??? 0 -1 -999 -9999 -9999.9
    -999.0 missing empty false true blank void""".split()
) | {
    "not available",
    "not defined",
    "not set",
    "no name",
    "no comment",
    "not specified",
    "not known",
}


class Said(NamedTuple):
    """What a table says of one row.

    Parameters
    ----------
    name
        Of the column.
    value
        In `unit`.
    source
        The HDU, the column and the row.
    unit
        As the column tells it, '' where it tells none.
    """

    name: str
    value: str | float
    source: str
    unit: str


def saying(text: str | None) -> str | None:
    """The `text` in single spaces, or None where it stands for nothing."""
    words = " ".join((text or "").replace("\0", " ").split())
    return None if blank(words) else words


def blank(text: str) -> bool:
    """Whether a text is one that is put where nothing is known."""
    bare = text.strip(" '\"_*<>").casefold()
    return not bare or bare in BLANKS


def spoken(product: Product, name: str) -> tuple[str, Cards] | None:
    """What the card `name` says, and the header it is of; a blank one leaves it to the primary."""
    for cards in (product.cards, product.file.hdus[0].cards):
        if text := saying(cards.text(name)):
            return text, cards
    return None


def from_card(
    cards: Cards,
    name: str,
    column: str,
    value: Value,
    confidence: float = STATED,
    note: str = "",
) -> Cell:
    """The cell of a `value` that the card `name` gave."""
    return Cell(column, value, Origin("keyword", cards.source(name), confidence, note=note))


def null(column: str, source: str, note: str) -> Cell:
    """A cell that says why a column is null though `source` says something."""
    return Cell(column, None, Origin("keyword", source, STATED, note=note))


def row_value(product: Product, names: Iterable[str]) -> Said | None:
    """What a table says of the row that `product` is: of the first of the columns `names`.

    None where the product is no row of a table, or no table of the file says it.
    """
    if product.row is None:
        return None
    tables = [hdu for hdu in (product.hdu, *product.siblings) if hdu.kind == "table"]
    for name in names:
        for hdu in tables:
            info = hdu.info(name)
            if info is not None and hdu.shape and product.row < hdu.shape[0]:
                value = _read(hdu, name, product.row)
                if value is not None:
                    source = f"HDU {hdu.index} column {name}, row {product.row + 1}"
                    return Said(name, value, source, info.unit)
    return None


def of_lone_target(product: Product) -> Product | None:
    """The row of the table OI_TARGET that visibilities are of; None where it has none or several.

    OIFITS (Pauls et al. 2005): a table of targets for all tables of a file.
    """
    if not product.hdu.name.upper().startswith("OI_"):
        return None
    tables = [hdu for hdu in product.siblings if hdu.name.upper() == "OI_TARGET"]
    if len(tables) != 1 or tables[0].shape[:1] != (1,):
        return None
    cards = keywords_of(tables[0], 0).over(product.cards)
    return replace(product, hdu=tables[0], cards=cards, row=0, siblings=())


def _read(hdu: Hdu, name: str, row: int) -> str | float | None:
    try:
        return _scalar(hdu.column(name, row))
    except ReadError:
        # A damaged column says nothing.
        return None


def _scalar(value: object) -> str | float | None:
    item = value.item() if getattr(value, "size", 0) == 1 else value  # type: ignore[attr-defined]
    if isinstance(item, bytes):
        item = item.decode("latin-1")
    if isinstance(item, str):
        return saying(item)
    if isinstance(item, bool) or not isinstance(item, int | float) or item != item:
        return None
    return item
