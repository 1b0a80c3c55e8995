"""VOTables that validators have nothing to say about, and reading those of others."""

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, iterparse

from portal.catalog.arrow import columns_of
from portal.catalog.exchange import to_arrow
from portal.catalog.votable import END, start, table_pieces

if TYPE_CHECKING:
    from astropy.table import Table

__all__ = ["read_votable", "write_votable"]

_ROWS = 8192


def write_votable(table: "Table", path: Path) -> None:
    """Write `table` as VOTable 1.4 with its data as XML."""
    said = {key: value for key, value in table.meta.items() if isinstance(value, str)}
    rows = to_arrow(table)
    name = "ivoa.obscore" if "datamodel" in said else "table"
    with path.open("wb") as file:
        file.write(start(said))
        file.writelines(table_pieces(name, columns_of(rows.schema), rows.to_batches(_ROWS)))
        file.write(END)


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
    units = _units(path)
    for field in first.fields:
        told = {"ucd": field.ucd, "utype": field.utype, "xtype": field.xtype}
        told |= {"datatype": field.datatype, "arraysize": field.arraysize}
        if field.unit is not None and str(field.unit) != units.get(field.name):
            told["written_unit"] = units.get(field.name)
        table[field.name].meta.update({key: text for key, text in told.items() if text})
    return table


def _units(path: Path) -> dict[str, str]:
    """Units of the fields of the first table in their own words, which astropy exchanges."""
    found = {}
    try:
        for _, element in iterparse(path, events=("start",)):
            tag = element.tag.rpartition("}")[2]
            if tag == "DATA":
                break
            if tag == "FIELD" and "unit" in element.attrib:
                found[element.get("name", "")] = element.attrib["unit"]
    except ParseError:
        # Astropy reads documents that are not whole.
        return found
    return found
