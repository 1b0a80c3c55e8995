"""Tables as files: CSV, VOTable, FITS, Parquet (VOParquet) and ECSV, by the ending of the name."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from portal.errors import CatalogError
from portal.model.optional import OPTIONAL
from portal.model.schema import OBSCORE
from portal.obscore.table import described

if TYPE_CHECKING:
    from astropy.table import Column, Table

__all__ = ["FORMATS", "load_table", "write_table"]

_KNOWN = (*OBSCORE, *OPTIONAL)


def write_table(table: "Table", path: Path | str) -> None:
    """Write `table`; the file appears only once it is whole.

    Raises
    ------
    CatalogError
        If the ending of `path` names no format, or the file cannot be written.
    """
    path = Path(path)
    write = _format(path)[1]
    part = path.with_name(f".{path.name}.part{path.suffix}")
    try:
        with warnings.catch_warnings():
            # Astropy doubts units such as kbyte that VOUnits allows.
            warnings.simplefilter("ignore")
            write(table, part)
        part.replace(path)
    except (OSError, ValueError, TypeError) as error:
        raise CatalogError(
            f"{path.name}: the table cannot be written",
            seen=str(error)[:200],
            expected="a folder that can be written to and values that the format can hold",
            way_out="name another file",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def load_table(path: Path | str) -> "Table":
    """The table in `path`; columns of ObsCore get their units and UCDs where it has none.

    Raises
    ------
    CatalogError
        If it cannot be read, or its ending names no format.
    """
    path = Path(path)
    read = _format(path)[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = read(path)
    except Exception as error:
        # Readers of five formats fail in as many ways.
        raise CatalogError(
            f"{path.name}: the table cannot be read",
            seen=f"{type(error).__name__}: {error}"[:200],
            expected=f"a table in the format {path.suffix}",
            way_out="look whether the file is what its ending says",
        ) from error
    _mask_empty(table)
    return described(table, _KNOWN) if path.suffix.lower() == ".csv" else table


def _mask_empty(table: "Table") -> None:
    """Mask texts that are empty: FITS and VOTable have no other way to say nothing."""
    from astropy.table import Column, MaskedColumn

    for name in table.colnames:
        made = table[name]
        if not isinstance(made, Column) or made.dtype.kind not in "OUS" or made.ndim > 1:
            continue
        told = (made.unit, made.description, dict(made.meta))
        text = _as_text(made)
        masked = MaskedColumn(text, name=name, mask=text == "")
        masked.unit, masked.description, masked.meta = told
        table.replace_column(name, masked)


def _as_text(column: "Column") -> npt.NDArray[np.str_]:
    data, mask = np.ma.getdata(column), np.ma.getmaskarray(column)
    if data.dtype.kind != "U":
        data = np.array([v if isinstance(v, str) else _words(v) for v in data.tolist()], str)
    return np.where(mask, "", data)


def _words(value: object) -> str:
    """A cell as text; numbers of a list, such as a footprint of DALI, between blanks."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray | list | tuple):
        return " ".join(str(one) for one in np.ma.filled(np.ma.asarray(value), np.nan).ravel())
    return str(value)


def _format(path: Path) -> tuple[Callable[[Path], "Table"], Callable[["Table", Path], None]]:
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise CatalogError(
            f"{path.name}: the ending names no format of tables",
            seen=path.suffix or "no ending",
            expected=" or ".join(sorted(FORMATS)),
            way_out="name the file with one of these endings",
        )
    return found


def _read_csv(path: Path) -> "Table":
    from astropy.io.ascii import convert_numpy
    from astropy.table import Table

    # Identifiers may look like numbers, and 007 is not 7; names may be in any case.
    names = [one.name for one in _KNOWN if one.type == "string"]
    texts = ["".join(f"[{c}{c.upper()}]" for c in name) for name in names]
    return Table.read(
        path, format="ascii.csv", fill_values=[("", "0")], encoding="utf-8",
        converters={text: [convert_numpy(str)] for text in texts},
    )  # fmt: skip


def _write_csv(table: "Table", path: Path) -> None:
    table.write(path, format="ascii.csv", overwrite=True, strip_whitespace=False)


def _read_ecsv(path: Path) -> "Table":
    from astropy.table import Table

    return Table.read(path, format="ascii.ecsv")


def _write_ecsv(table: "Table", path: Path) -> None:
    # Astropy's writer of ECSV takes a minute for 100,000 rows, that of CSV some seconds.
    head = io.StringIO()
    table[:0].write(head, format="ascii.ecsv", delimiter=",")
    with path.open("w", encoding="utf-8") as file:
        file.write(head.getvalue())
        table.write(file, format="ascii.no_header", delimiter=",", strip_whitespace=False)


def _read_fits(path: Path) -> "Table":
    from portal.fits.tables import read_fits_table

    return read_fits_table(path)


def _write_fits(table: "Table", path: Path) -> None:
    from portal.fits.tables import write_fits_table

    write_fits_table(table, path)


def _read_votable(path: Path) -> "Table":
    from portal.obscore.votable import read_votable

    return read_votable(path)


def _write_votable(table: "Table", path: Path) -> None:
    from portal.obscore.votable import write_votable

    write_votable(table, path)


def _read_parquet(path: Path) -> "Table":
    from portal.catalog.exchange import read_parquet

    return read_parquet(path)


def _write_parquet(table: "Table", path: Path) -> None:
    from portal.catalog.exchange import write_parquet

    write_parquet(table, path)


FORMATS = {
    ".csv": (_read_csv, _write_csv),
    ".ecsv": (_read_ecsv, _write_ecsv),
    ".fits": (_read_fits, _write_fits),
    ".parquet": (_read_parquet, _write_parquet),
    ".vot": (_read_votable, _write_votable),
    ".xml": (_read_votable, _write_votable),
}
"""How to read and write a table, by the ending of its name."""
