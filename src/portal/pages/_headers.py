"""The header of an observed product: the parts of its file, what they are, the cards themselves."""

from collections.abc import Iterator

from portal.fits.hdu import Hdu
from portal.fits.products import Product
from portal.pages._text import clean, number
from portal.pages.base import Context

__all__ = ["header_of"]

_PARTS = 40
_CARDS = 250
"""Most HDUs and cards that are printed; the file has all."""
_COLUMNS = 60
_TELLING = (
    *("OBJECT", "TELESCOP", "INSTRUME", "DETECTOR", "FILTER", "OBSERVER", "PROPOSID", "OBS_ID"),
    *("DATE-OBS", "DATE-END", "MJD-OBS", "EXPTIME", "RA", "DEC", "EQUINOX", "RADESYS", "SPECSYS"),
    *("RESTFRQ", "RESTFREQ", "BUNIT", "BMAJ", "BMIN", "BPA", "AIRMASS", "SEEING", "ORIGIN"),
)
_KINDS = {
    "image": "image",
    "compressed": "image in tiles",
    "table": "table",
    "groups": "random groups",
    "empty": "header alone",
}


def header_of(product: Product) -> Context:
    """What a header says, in short and as it stands in the file."""
    records = [record.rstrip() for record in product.hdu.cards.records]
    hdus = product.file.hdus
    return {
        "hdus": [_hdu(hdu, hdu is product.hdu) for hdu in hdus[:_PARTS]],
        "more": number(len(hdus) - _PARTS) if len(hdus) > _PARTS else None,
        "cards": list(_cards(product)),
        "columns": [
            {
                "name": clean(column.name) or f"column {column.number}",
                "format": clean(column.format),
                "unit": clean(column.unit),
                "comment": clean(column.comment),
            }
            for column in product.columns[:_COLUMNS]
        ],
        "text": "\n".join(clean(record) for record in records[:_CARDS]),
        "count": number(len(records)),
        "left_out": number(len(records) - _CARDS) if len(records) > _CARDS else None,
    }


def _hdu(hdu: Hdu, shown: bool) -> Context:
    sides = " × ".join(str(n) for n in hdu.shape[::-1])
    what = _KINDS[hdu.kind]
    if hdu.kind == "table":
        rows = f"{number(hdu.shape[0] if hdu.shape else 0)} rows"
        sides = f"{rows}, {len(hdu.columns)} columns"
    return {
        "number": str(hdu.index),
        "name": clean(hdu.name),
        "what": what,
        "size": sides,
        "state": "cut off" if not hdu.complete else "",
        "shown": "this product" if shown else "",
    }


def _cards(product: Product) -> Iterator[Context]:
    """The keywords that tell most, as they stand."""
    axes = (f"{name}{n}" for n in range(1, 5) for name in ("CTYPE", "CUNIT"))
    for name in (*_TELLING, *axes):
        text = product.cards.text(name)
        if text:
            yield {
                "name": name,
                "value": clean(text[:200]),
                "comment": clean(product.cards.comment(name)),
            }
