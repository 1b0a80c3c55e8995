"""What is told of the values of a product: unit, background, uncertainties, and their bins."""

import re
from collections.abc import Callable, Iterable

from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.products import Product
from portal.fits.roles import role_of, words_of
from portal.fits.shape import tabular
from portal.fits.units import fits_unit
from portal.model.measurement import Measurement
from portal.spectra.columns import samples_beside, samples_in_line, samples_of

__all__ = ["measurement"]

_VALUES = re.compile(
    r"flux\w*|f_?lambda|f_?nu|flam|rate|counts?|net|intensity|data|spec(?:trum)?|mag(?:nitude)?"
    r"|sap_flux|pdcsap_flux|amplitude|tmb|ta|vis2data|visamp|visibilities",
    re.IGNORECASE,
)
_ERRORS = re.compile(
    r"(?:\w*_)?(?:e?rr(?:or)?s?|ivar|invvar|var(?:iance)?|sig(?:ma)?|unc(?:ert\w*)?|stat_?err"
    r"|std(?:dev)?)(?:_\w+)?|\w*(?:flux|mag|rate|data)_?(?:err(?:or)?|var|ivar|sig)\w*|eflux",
    re.IGNORECASE,
)
_BACKGROUNDS = re.compile(r"(?:\w+_)?(?:sky|bkg|bg|bgd|back|background)(?:_\w+)?", re.IGNORECASE)
_OF_SKY = frozenset("sky background bkg bg bgd back".split())
_NONLINEAR = ("TAB", "LOG", "F2W", "F2V", "F2A", "W2F", "W2V", "V2F", "V2W", "A2F", "GRI", "GRA")


def measurement(product: Product) -> Measurement:
    """All of it that the file tells."""
    return Measurement(
        _unit(product),
        " ".join(_indexed(product)),
        _column(product, _BACKGROUNDS) or _beside(product, _is_background),
        _column(product, _ERRORS) or _beside(product, lambda hdu: role_of(hdu).code == "errors"),
    )


def _values(product: Product) -> list[ColumnInfo]:
    return [column for column in product.columns if _VALUES.fullmatch(column.name)]


def _unit(product: Product) -> str | None:
    texts = [column.unit for column in _values(product)]
    texts.append(product.cards.text("BUNIT") or "")
    if product.hdu.kind == "table":
        # A spectrum in a table often has its unit in the empty header before it.
        texts.append(product.file.hdus[0].cards.text("BUNIT") or "")
    text = next(filter(None, texts), None)
    unit = fits_unit(text) if text else None
    if unit is None:
        return text
    try:
        return str(unit.to_string("fits"))
    except ValueError:
        return text


def _indexed(product: Product) -> Iterable[str]:
    kind = tabular(product)
    if kind in ("event", "visibility"):
        yield from ("em", "t")
    elif kind == "timeseries":
        yield "t"
    elif kind is not None:
        if samples_of(product) is not None or any(h.name == "EBOUNDS" for h in product.siblings):
            yield "em"
    elif _listed(product):
        yield "em"


def _listed(product: Product) -> bool:
    """Whether an array has wavelengths elsewhere, or an axis that is not regular."""
    if samples_in_line(product) or any(samples_beside(product, arm) for arm in product.arms):
        return True
    axes = [axis for axis in product.axes if axis.kind == "spectral" and (axis.length or 1) > 1]
    return any(
        axis.ctype.upper().startswith("MULTISPE") or axis.algorithm.upper() in _NONLINEAR
        for axis in axes
    )


def _column(product: Product, names: re.Pattern[str]) -> str | None:
    values = _values(product)
    for column in product.columns:
        numbers = not {"A", "L"} & set(column.format)
        if numbers and names.fullmatch(column.name) and column.beside(values):
            return f"HDU {product.hdu.index} column {column.name}"
    return None


def _is_background(hdu: Hdu) -> bool:
    return role_of(hdu).code == "calibration" and not _OF_SKY.isdisjoint(words_of(hdu.name))


def _beside(product: Product, fits: Callable[[Hdu], bool]) -> str | None:
    """The HDU of the same shape that `fits`: of the same version, and then the next one."""
    if product.hdu.kind not in ("image", "compressed"):
        return None
    version = product.hdu.cards.integer("EXTVER")
    found = [h for h in product.siblings if h.shape == product.hdu.shape and fits(h)]
    place = product.hdu.index
    nearest = min(
        found,
        key=lambda h: (h.cards.integer("EXTVER") != version, h.index < place, abs(h.index - place)),
        default=None,
    )
    return None if nearest is None else f"HDU {nearest.index} {nearest.name}".strip()
