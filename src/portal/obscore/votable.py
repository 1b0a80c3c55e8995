"""VOTables that validators have nothing to say about, and reading those of others."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from portal.catalog.voparquet import NO_XML

if TYPE_CHECKING:
    from astropy.io.votable.tree import Field, VOTableFile
    from astropy.table import MaskedColumn, Table

__all__ = ["read_votable", "write_votable"]

_XTYPES = {"s_region": "adql:REGION"}
"""Shapes are written in the words of STC-S, as the services of the Virtual Observatory do."""
_WITHOUT_DATA = re.compile(rb"[ ]*<DATA>.*</DATA>\n", re.DOTALL)


def write_votable(table: "Table", path: Path) -> None:
    """Write `table` as VOTable 1.4 with its data as XML."""
    written = io.BytesIO()
    _document(table).to_xml(written, tabledata_format="tabledata")
    # A table without rows has no data: <DATA> is put in where it belongs.
    head, _, tail = _WITHOUT_DATA.sub(b"", written.getvalue()).rpartition(b"  </TABLE>")
    with path.open("wb") as file:
        file.write(head + b"   <DATA>\n    <TABLEDATA>\n")
        file.writelines(_rows(table))
        file.write(b"    </TABLEDATA>\n   </DATA>\n  </TABLE>" + tail)


def _rows(table: "Table") -> Iterator[bytes]:
    # Astropy's own writer of rows takes half a minute for 100,000 of them.
    columns = [_texts(table[name]) for name in table.colnames]
    for cells in zip(*columns, strict=True):
        yield f"     <TR><TD>{'</TD><TD>'.join(cells)}</TD></TR>\n".encode()


def _texts(made: "MaskedColumn") -> list[str]:
    mask = np.ma.getmaskarray(made)
    values = np.ma.getdata(made).tolist()
    write = _text if made.dtype.kind in "OUS" else repr
    return ["" if unknown else write(v) for unknown, v in zip(mask, values, strict=True)]


def _text(value: str) -> str:
    return escape(value.translate(NO_XML))


def read_votable(path: Path) -> "Table":
    """The first table of the VOTable at `path`, with UCDs, utypes and types of its fields.

    Raises
    ------
    ValueError
        If it holds no table.
    """
    from astropy.io import votable

    first = next(votable.parse(str(path), verify="ignore").iter_tables(), None)
    if first is None:
        raise ValueError("a VOTable without a table")
    table = first.to_table(use_names_over_ids=True)
    for field in first.fields:
        told = {"ucd": field.ucd, "utype": field.utype, "xtype": field.xtype}
        told |= {"datatype": field.datatype, "arraysize": field.arraysize}
        table[field.name].meta.update({key: text for key, text in told.items() if text})
    return table


def _document(table: "Table") -> "VOTableFile":
    from astropy.io.votable.tree import Info, VOTableFile

    made = VOTableFile.from_table(_plain(table[:1]))
    made.version = "1.4"
    resource = made.resources[0]
    resource.type = "results"
    resource.infos.extend(
        Info(name=key, value=value)
        for key, value in sorted(table.meta.items())
        if isinstance(value, str)
    )
    first = resource.tables[0]
    first.name = "ivoa.obscore" if table.meta.get("datamodel") else "table"
    for field in first.fields:
        _complete(field, table)
    return made


def _plain(table: "Table") -> "Table":
    # Without the meta of the table, which astropy would write as one unnamed description.
    plain = table.copy(copy_data=False)
    plain.meta = {}
    for name in plain.colnames:
        plain[name].meta = {}
    return plain


def _complete(field: "Field", table: "Table") -> None:
    made = table[field.name]
    field.ID = None
    field.ucd = made.meta.get("ucd")
    field.utype = made.meta.get("utype")
    field.xtype = made.meta.get("xtype") or _XTYPES.get(field.name)
    if field.datatype == "unicodeChar" and _is_ascii(np.ma.getdata(made)):
        field.datatype = "char"
    if field.datatype in ("char", "unicodeChar"):
        field.arraysize = "*"


def _is_ascii(texts: "np.ndarray[tuple[int], np.dtype[np.str_]]") -> bool:
    return all(text.isascii() for text in texts)
