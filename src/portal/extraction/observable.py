"""The UCD of what was measured, from the unit of the data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from astropy import units

from portal.extraction import polarisation
from portal.fits.hdu import ColumnInfo
from portal.fits.products import Product
from portal.fits.shape import tabular
from portal.fits.units import fits_unit
from portal.model.cell import CONVENTION, DERIVED, STATED, Cell, Origin

__all__ = ["DERIVATION", "ucd_of"]

_COUNTS = frozenset("ct adu DN electron ph photon".split())
_AREAS = frozenset("beam pix".split())
_PER_SKY = frozenset("sr arcsec arcmin deg".split())
_FLUX = units.W / units.m**2
_KINDS: tuple[tuple[str, units.UnitBase], ...] = (
    ("phot.flux.density", units.Jy),
    ("phot.flux.density", _FLUX / units.m),
    ("phot.flux.density", _FLUX / units.J),
    ("phot.flux.density", 1 / (units.s * units.m**3)),
    ("phot.flux.density", 1 / (units.s * units.m**2 * units.J)),
    ("phot.flux", units.Jy * units.km / units.s),
    ("phot.flux", _FLUX),
    ("phys.temperature", units.K),
    ("spect.dopplerVeloc", units.km / units.s),
)
"""The UCD of each dimension; UCD1+ 1.5, of the words that ObsCore 1.1, B.6.4 names or implies."""
_NAMES = re.compile(
    r"(?:.*_)?(?:flux\w*|flam|fnu|f_lambda|rate\d*|counts?|net|gross|spec|spectrum|data|intensity"
    r"|mag|magnitude|amplitude|ta|tmb|signal)$",
    re.IGNORECASE,
)
_ERROR = re.compile(r"err|ivar|var|sigma|unc|mask|qual|dq|weight|sky|bkg|back|model", re.IGNORECASE)
_UCD = re.compile(r"(?:phot|phys|spect|em|instr|stat|meta|arith|src)\.[A-Za-z.;]+")


@dataclass(frozen=True)
class _Observable:
    columns: tuple[str, ...] = ("o_ucd",)

    def derive(self, product: Product) -> Iterable[Cell]:
        """Nothing for events, of which each property is an observable, nor for visibilities."""
        if tabular(product) in ("event", "visibility", "measurements"):
            return
        if product.hdu.kind == "table":
            yield from _of_table(product)
        else:
            text = product.hdu.cards.text("BUNIT")
            if text:
                source = product.hdu.cards.source("BUNIT")
                yield from _cell(product, text, Origin("keyword", source, DERIVED))


def ucd_of(text: str) -> str | None:
    """The UCD of data in the unit `text`; None where the unit is not known, or says too little.

    Examples
    --------
    >>> ucd_of("JY/BEAM")
    'phot.flux.density'
    >>> ucd_of("MJy/sr")
    'phot.flux.density.sb'
    """
    unit = fits_unit(text)
    if unit is None:
        return None
    parts = dict(zip(map(str, unit.bases), unit.powers, strict=True))
    if parts.get("mag") == 1:
        return "phot.mag.sb" if any(parts.get(name, 0) < 0 for name in _PER_SKY) else "phot.mag"
    if any(parts.get(name) == 1 for name in _COUNTS) and set(parts) <= _COUNTS | _AREAS | {"s"}:
        return "phot.count"
    return "phot.flux.density" if parts.get("nmgy") == 1 else _of_dimension(unit, parts)


def _of_dimension(unit: units.UnitBase, parts: dict[str, object]) -> str | None:
    """By what is left of a unit without counts, beams, pixels and areas on the sky."""
    dropped = _COUNTS | _AREAS | _PER_SKY
    bare = units.dimensionless_unscaled
    for base, power in zip(unit.bases, unit.powers, strict=True):
        if str(base) not in dropped:
            bare = bare * base**power
    ucd = next((ucd for ucd, kind in _KINDS if bare.is_equivalent(kind)), None)
    sky = any(name in parts for name in _PER_SKY)
    return f"{ucd}.sb" if sky and ucd == "phot.flux.density" else ucd


def _of_table(product: Product) -> Iterable[Cell]:
    columns = [c for c in product.columns if _NAMES.match(c.name) and not _ERROR.search(c.name)]
    # Beside a flux, counts tell where it came from.
    columns.sort(key=lambda column: not column.name.lower().startswith("fl"))
    for column in columns:
        cell = next(iter(_of_column(product, column)), None)
        if cell is not None:
            yield cell
            return
    # A spectrum in a table often has its unit in the empty header before it.
    primary = product.file.hdus[0]
    text = product.hdu.cards.text("BUNIT") or primary.cards.text("BUNIT")
    if text and columns:
        source = (product.hdu if product.hdu.cards.text("BUNIT") else primary).cards.source("BUNIT")
        yield from _cell(product, text, Origin("keyword", source, CONVENTION))


def _of_column(product: Product, column: ColumnInfo) -> Iterable[Cell]:
    told = _of_what((product.hdu.cards.text(f"TUCD{column.number}") or "").strip())
    if _UCD.fullmatch(told):
        source = product.hdu.cards.source(f"TUCD{column.number}")
        yield Cell("o_ucd", told, Origin("keyword", source, STATED))
    elif column.unit:
        source = f"HDU {product.hdu.index} column {column.name}"
        yield from _cell(product, column.unit, Origin("column", source, DERIVED))


def _of_what(ucd: str) -> str:
    """Without the words that tell which column it is: the main one, or one less the sky."""
    words = [word for word in ucd.split(";") if word not in ("meta.main", "src.net")]
    return ";".join(words)


def _cell(product: Product, text: str, origin: Origin) -> Iterable[Cell]:
    ucd = ucd_of(text)
    if ucd is None:
        return
    states = [cell.value for cell in polarisation.DERIVATION.derive(product)]
    polarised = any(isinstance(value, str) and value != "/I/" for value in states)
    yield Cell("o_ucd", f"{ucd};phys.polarization" if polarised else ucd, origin)


DERIVATION = _Observable()
