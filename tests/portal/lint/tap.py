"""A TAP service of one ObsCore table on this machine, enough of one for taplint to judge it.

It answers the questions that the stage OBS asks (one column, TOP, DISTINCT, a condition) by DuckDB.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

import duckdb

from portal.model.record import Value

_KINDS = {"char": "VARCHAR", "int": "INTEGER", "long": "BIGINT", "double": "DOUBLE"}
_TOP = re.compile(r"SELECT (DISTINCT )?TOP (\d+) (\w+) (.*)", re.DOTALL)
_VODATASERVICE = "http://www.ivoa.net/xml/VODataService/v1.1"
_VOSI = "http://www.ivoa.net/xml/VOSI"
_SCHEMAS = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

_AVAILABLE = (
    f'<vosi:availability xmlns:vosi="{_VOSI}Availability/v1.0">'
    "<vosi:available>true</vosi:available></vosi:availability>"
)

Rows = Sequence[Mapping[str, Value]]


@dataclass(frozen=True)
class Field:
    """A column as the service declares it."""

    name: str
    datatype: str
    unit: str = ""
    ucd: str = ""
    utype: str = ""

    @property
    def size(self) -> str:
        """The attribute that says how long its texts are."""
        return ' arraysize="*"' if self.datatype == "char" else ""


def votable(fields: Sequence[Field], rows: Rows) -> str:
    """The rows as a VOTable: what the service answers, and what our linter reads."""
    head = "".join(
        f'<FIELD name="{f.name}" datatype="{f.datatype}"{f.size}{_said(f)}/>' for f in fields
    )
    body = "".join(
        "<TR>" + "".join(f"<TD>{_cell(row.get(f.name))}</TD>" for f in fields) + "</TR>"
        for row in rows
    )
    return (
        '<?xml version="1.0"?><VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        '<RESOURCE type="results"><INFO name="QUERY_STATUS" value="OK"/><TABLE name="result">'
        f"{head}<DATA><TABLEDATA>{body}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )


@contextmanager
def serve(fields: Sequence[Field], rows: Rows) -> Iterator[str]:
    """Address of a service that offers the rows as ivoa.ObsCore."""
    service = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fields, _Answers(fields, rows)))
    address = f"http://127.0.0.1:{service.server_port}/tap"
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        service.shutdown()
        service.server_close()
        thread.join()


class _Answers:
    """The table in DuckDB."""

    def __init__(self, fields: Sequence[Field], rows: Rows) -> None:
        self._fields = {field.name: field for field in fields}
        self._lock = threading.Lock()
        self._base = duckdb.connect()
        columns = ", ".join(f'"{f.name}" {_KINDS[f.datatype]}' for f in fields)
        self._base.execute(f"CREATE SCHEMA ivoa; CREATE TABLE ivoa.ObsCore ({columns})")
        self._base.executemany(
            f"INSERT INTO ivoa.ObsCore VALUES ({', '.join('?' * len(fields))})",
            [[row.get(field.name) for field in fields] for row in rows],
        )

    def to(self, query: str) -> str:
        """The answer to a query of the form that taplint asks."""
        asked = _TOP.fullmatch(query.strip())
        if asked is None:
            return votable([], [])
        distinct, most, name, rest = asked.groups()
        with self._lock:
            found = self._base.execute(f"SELECT {distinct or ''}{name} {rest} LIMIT {most}")
            rows = found.fetchall()
        return votable([self._fields[name]], [{name: value} for (value,) in rows])


def _handler(fields: Sequence[Field], answers: _Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            self._answer(address.path.rpartition("/")[2], address.query)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._answer(self.path.rpartition("/")[2], self.rfile.read(length).decode())

        def _answer(self, what: str, asked: str) -> None:
            base = f"http://{self.headers['Host']}/tap"
            if what == "capabilities":
                body, kind = _capabilities(base), "text/xml"
            elif what == "tables":
                body, kind = _tables(fields), "text/xml"
            elif what == "availability":
                body, kind = _AVAILABLE, "text/xml"
            elif what == "sync":
                body, kind = answers.to(parse_qs(asked)["QUERY"][0]), "application/x-votable+xml"
            else:
                self.send_error(404)
                return
            sent = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _tables(fields: Sequence[Field]) -> str:
    columns = "".join(
        f"<column><name>{f.name}</name><description>As ObsCore tells.</description>"
        f"{_told('unit', f.unit)}{_told('ucd', f.ucd)}{_told('utype', f.utype)}"
        f'<dataType xsi:type="vs:VOTableType"{f.size}>{f.datatype}</dataType></column>'
        for f in fields
    )
    return (
        f'<vosi:tableset xmlns:vosi="{_VOSI}Tables/v1.0" xmlns:vs="{_VODATASERVICE}" {_SCHEMAS}>'
        f'<schema><name>ivoa</name><table type="table"><name>ivoa.ObsCore</name>'
        f"<description>One table.</description>{columns}</table></schema></vosi:tableset>"
    )


def _capabilities(base: str) -> str:
    described = "".join(
        f'<capability standardID="ivo://ivoa.net/std/VOSI#{name}"><interface role="std" '
        f'xsi:type="vs:ParamHTTP"><accessURL use="full">{base}/{name}</accessURL></interface>'
        "</capability>"
        for name in ("capabilities", "availability", "tables")
    )
    return (
        f'<vosi:capabilities xmlns:vosi="{_VOSI}Capabilities/v1.0" {_SCHEMAS}'
        f' xmlns:vs="{_VODATASERVICE}" xmlns:tr="http://www.ivoa.net/xml/TAPRegExt/v1.0">'
        '<capability standardID="ivo://ivoa.net/std/TAP" xsi:type="tr:TableAccess">'
        '<interface role="std" xsi:type="vs:ParamHTTP" version="1.1">'
        f'<accessURL use="base">{base}</accessURL></interface>'
        '<dataModel ivo-id="ivo://ivoa.net/std/ObsCore#core-1.1">ObsCore-1.1</dataModel>'
        '<language><name>ADQL</name><version ivo-id="ivo://ivoa.net/std/ADQL#v2.0">2.0</version>'
        "</language><outputFormat><mime>application/x-votable+xml</mime></outputFormat>"
        f"</capability>{described}</vosi:capabilities>"
    )


def _said(field: Field) -> str:
    told = {"unit": field.unit, "ucd": field.ucd, "utype": field.utype}
    return "".join(f" {name}={quoteattr(text)}" for name, text in told.items() if text)


def _told(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _cell(value: Value) -> str:
    return "" if value is None else escape(str(value))
