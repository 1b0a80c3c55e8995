"""Products of FITS files that are made in code, card by card."""

from collections.abc import Mapping
from pathlib import Path

from portal.extraction import derive
from portal.fits.opening import open_fits
from portal.fits.products import Product, products

Value = str | int | float | bool


def card(name: str, value: Value | tuple[Value, str]) -> str:
    """One card of 80 characters; a pair is a value and its comment."""
    value, comment = value if isinstance(value, tuple) else (value, "")
    if isinstance(value, bool):
        said = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        said = "'" + value.replace("'", "''").ljust(8) + "'"
    else:
        said = f"{value!r:>20}".upper() if isinstance(value, float) else f"{value:>20}"
    head = f"HIERARCH {name} = " if len(name) > 8 else f"{name:8}= "
    return (head + said + (f" / {comment}" if comment else ""))[:80].ljust(80)


def header(cards: list[str]) -> bytes:
    """A header, padded to whole blocks."""
    text = "".join([*cards, "END".ljust(80)])
    return (text + " " * (-len(text) % 2880)).encode("ascii", "replace")


def image_file(
    path: Path, shape: tuple[int, ...], cards: Mapping[str, object], bits: int = -32
) -> Path:
    """A file with a single image of zeros; `shape` in the order of FITS."""
    count = abs(bits) // 8
    for length in shape:
        count *= length
    count = count if shape else 0
    must = [
        card("SIMPLE", True),
        card("BITPIX", bits),
        card("NAXIS", len(shape)),
        *(card(f"NAXIS{n}", length) for n, length in enumerate(shape, 1)),
    ]
    made = [card(name, value) for name, value in cards.items()]
    path.write_bytes(header(must + made) + bytes(count + -count % 2880))
    return path


def table_file(
    path: Path,
    columns: list[tuple[str, str, str]],
    data: bytes,
    rows: int,
    cards: Mapping[str, object],
    primary: Mapping[str, object] | None = None,
) -> Path:
    """A file with one table; each column is a name, a format of FITS, and a unit."""
    empty = [card("SIMPLE", True), card("BITPIX", 8), card("NAXIS", 0), card("EXTEND", True)]
    empty += [card(name, value) for name, value in (primary or {}).items()]
    must = {
        "XTENSION": "BINTABLE",
        "BITPIX": 8,
        "NAXIS": 2,
        "NAXIS1": len(data) // max(rows, 1),
        "NAXIS2": rows,
        "PCOUNT": 0,
        "GCOUNT": 1,
        "TFIELDS": len(columns),
    }
    for n, (name, form, unit) in enumerate(columns, 1):
        must |= {f"TTYPE{n}": name, f"TFORM{n}": form}
        must |= {f"TUNIT{n}": unit} if unit else {}
    made = [card(name, value) for name, value in {**must, **cards}.items()]
    path.write_bytes(header(empty) + header(made) + data + bytes(-len(data) % 2880))
    return path


def only(path: Path) -> Product:
    """The one product of a file."""
    with open_fits(path) as file:
        found, reasons = products(file)
        assert len(found) == 1, reasons
        return found[0]


def values(path: Path) -> dict[str, object]:
    """The best value of each column of the one product of a file; null where it is known null."""
    best: dict[str, object] = {}
    with open_fits(path) as file:
        found, reasons = products(file)
        assert len(found) == 1, reasons
        for cell in derive(found[0]):
            best.setdefault(cell.column, cell.value)
    return best
