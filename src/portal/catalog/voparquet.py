"""What makes a Parquet table a VOParquet one: a VOTable without data in its metadata.

Programs of the Virtual Observatory (STILTS, TOPCAT, astropy) take units, UCDs and
descriptions from there (IVOA Note VOParquet 1.0). The number types of both agree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree import ElementTree

from portal.model.schema import Column

__all__ = ["NO_XML", "field_elements", "voparquet"]

_VERSION = "IVOA.VOTable-Parquet.version"
_CONTENT = "IVOA.VOTable-Parquet.content"
_SPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
_XTYPES = {"s_region": "adql:REGION"}  # in the words of STC-S, as services have it
_TYPES = {
    "string": ("char", "{longest}*"),
    "int32": ("int", None),
    "int64": ("long", None),
    "float32": ("float", None),
    "float64": ("double", None),
    "bool": ("boolean", None),
    # VOTable has no list of texts of any length; Parquet itself says that it is one.
    "list<string>": ("char", "*"),
    "list<int64>": ("long", "*"),
}
NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
"""Characters that XML 1.0 cannot hold, not even escaped; for `str.translate`."""


def voparquet(
    name: str, columns: Sequence[Column], longest: Mapping[str, int], infos: Mapping[str, str]
) -> dict[str, str]:
    """Metadata entries of the table `name` with these columns.

    Parameters
    ----------
    name
        Of the table.
    columns
        All columns, in the order of the file.
    longest
        Length of the longest text of a column of texts [byte]; astropy reads none without.
    infos
        What else the table says about itself, such as its licence.
    """
    root = ElementTree.Element("VOTABLE", {"version": "1.4", "xmlns": _SPACE})
    resource = ElementTree.SubElement(root, "RESOURCE", {"type": "results"})
    for key, value in sorted(infos.items()):
        ElementTree.SubElement(resource, "INFO", {"name": key, "value": _text(value)})
    table = ElementTree.SubElement(resource, "TABLE", {"name": name})
    table.extend(field_elements(columns, longest))
    content = ElementTree.tostring(root, "unicode")
    return {_VERSION: "1.0", _CONTENT: f'<?xml version="1.0" encoding="UTF-8"?>\n{content}'}


def field_elements(
    columns: Iterable[Column], longest: Mapping[str, int] | None = None
) -> Iterator[ElementTree.Element]:
    """A FIELD for each of `columns`; texts are as long as `longest` says, or of any length."""
    # Without ID, by which astropy would call the column: a name need not be an XML name.
    for column in columns:
        kind, size = _TYPES[column.type]
        told = {
            "name": _text(column.name),
            "datatype": kind,
            "arraysize": size and (size.format(longest=_length(column, longest))),
            "unit": _text(column.unit),
            "ucd": column.ucd,
            "utype": column.utype,
            "xtype": _XTYPES.get(column.name),
        }
        field = ElementTree.Element("FIELD", {key: value for key, value in told.items() if value})
        if column.description:
            ElementTree.SubElement(field, "DESCRIPTION").text = _text(column.description)
        yield field


def _length(column: Column, longest: Mapping[str, int] | None) -> int | str:
    return "" if longest is None else max(1, longest.get(column.name, 0))


def _text(text: str) -> str:
    return text.translate(NO_XML)
