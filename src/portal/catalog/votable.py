"""VOTables in pieces, so that memory does not grow with them.

Astropy's writer takes half a minute for 100,000 rows of ObsCore, and holds them all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from portal.catalog.voparquet import NO_XML, field_elements
from portal.model.schema import Column

__all__ = ["END", "frame", "start", "table_pieces", "text"]

_VERSION = "1.4"
_SPACE = "http://www.ivoa.net/xml/VOTable/v1.3"

END = b" </RESOURCE>\n</VOTABLE>\n"
"""What ends a document."""


def start(infos: Mapping[str, str], kind: str = "results") -> bytes:
    """What begins a document: one resource that says `infos` of itself."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<VOTABLE version="{_VERSION}" xmlns="{_SPACE}">',
        f" <RESOURCE type={quoteattr(kind)}>",
        *(
            f"  <INFO name={quoteattr(_clean(key))} value={quoteattr(_clean(infos[key]))}/>"
            for key in sorted(infos)
        ),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def table_pieces(
    name: str,
    columns: Sequence[Column],
    batches: Iterable[pa.Table | pa.RecordBatch],
    utype: str = "",
) -> Iterator[bytes]:
    """One table of a document.

    Parameters
    ----------
    name, utype
        Of the table.
    columns
        Its columns, in the order in which `batches` have them.
    batches
        Its rows, some thousand at a time.
    """
    head, foot = frame(name, columns, utype)
    yield head
    for batch in batches:
        yield _rows(batch, columns)
    yield foot


def frame(name: str, columns: Sequence[Column], utype: str = "") -> tuple[bytes, bytes]:
    """What comes before and after the rows of a table; each row is a line ``<TR>...</TR>``."""
    told = f' utype="{escape(utype)}"' if utype else ""
    fields = b"".join(
        b"   " + ElementTree.tostring(field) + b"\n" for field in field_elements(columns)
    )
    head = f'  <TABLE name="{escape(name)}"{told}>\n'.encode()
    return (
        head + fields + b"   <DATA>\n    <TABLEDATA>\n",
        b"    </TABLEDATA>\n   </DATA>\n  </TABLE>\n",
    )


def text(value: str) -> str:
    """`value` as XML has it."""
    return escape(_clean(value))


def _rows(batch: pa.Table | pa.RecordBatch, columns: Sequence[Column]) -> bytes:
    cells = [_texts(batch.column(column.name), column) for column in columns]
    return "".join(
        f"     <TR><TD>{'</TD><TD>'.join(row)}</TD></TR>\n" for row in zip(*cells, strict=True)
    ).encode()


def _texts(values: pa.Array | pa.ChunkedArray, column: Column) -> list[str]:
    write = _WRITERS.get(column.type, repr)
    return ["" if value is None else write(value) for value in values.to_pylist()]


def _clean(value: str) -> str:
    return value.translate(NO_XML)


_WRITERS: dict[str, Callable[..., str]] = {
    "string": text,
    "bool": lambda value: "true" if value else "false",
    "list<string>": lambda value: text(";".join(value)),
    "list<int64>": lambda value: " ".join(map(str, value)),
}
