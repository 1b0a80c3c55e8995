"""Services of others on the loopback address, asked by the real clients."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from requests.adapters import HTTPAdapter

STARS = {"R Dor": (69.19, -62.077), "IK Tau": (58.370, 11.406)}
_HEAD = '<?xml version="1.0"?><VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
_FIELDS = (
    '<FIELD name="main_id" datatype="char" arraysize="*"/>'
    '<FIELD name="ra" datatype="double" unit="deg"/>'
    '<FIELD name="dec" datatype="double" unit="deg"/>'
)
_FILTERS = (
    '<FIELD name="filterID" datatype="char" arraysize="*"/>'
    '<FIELD name="WavelengthMin" datatype="double" unit="Angstrom"/>'
    '<FIELD name="WavelengthMax" datatype="double" unit="Angstrom"/>'
)


_CAPABILITIES = b"""<vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1"
 xmlns:tr="http://www.ivoa.net/xml/TAPRegExt/v1.0">
 <capability standardID="ivo://ivoa.net/std/TAP" xsi:type="tr:TableAccess">
 <interface xsi:type="vs:ParamHTTP" role="std">
 <accessURL use="base">https://simbad.cds.unistra.fr/simbad/sim-tap</accessURL></interface>
 <language><name>ADQL</name><version>2.0</version></language>
 <outputFormat><mime>application/x-votable+xml</mime></outputFormat>
 <outputLimit><default unit="row">100</default><hard unit="row">1000</hard></outputLimit>
 </capability>
</vosi:capabilities>"""


def _document(fields: str, rows: list[tuple[object, ...]]) -> bytes:
    cells = "".join(f"<TR>{''.join(f'<TD>{v}</TD>' for v in row)}</TR>" for row in rows)
    data = f"<DATA><TABLEDATA>{cells}</TABLEDATA></DATA>"
    status = '<INFO name="QUERY_STATUS" value="OK"/>'
    table = f'<RESOURCE type="results">{status}<TABLE>{fields}{data}</TABLE></RESOURCE>'
    return f"{_HEAD}{table}</VOTABLE>".encode()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer(parse_qs(body))

    def do_GET(self):
        self._answer(parse_qs(urlsplit(self.path).query))

    def _answer(self, asked):
        if "capabilities" not in self.path:
            self.server.asked.append(asked)
        if self.server.broken:
            self.send_error(503)
            return
        if "capabilities" in self.path:
            data = _CAPABILITIES
        elif "QUERY" in asked:
            rows = [(n, *p) for n, p in STARS.items() if f"id = '{n}'" in asked["QUERY"][0]]
            data = _document(_FIELDS, rows)
        else:
            data = _document(_FILTERS, [("VLT/NACO.Lp", 34000.5, 42000.5)])
        self.send_response(200)
        self.send_header("Content-Type", "application/x-votable+xml")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


class _Here(HTTPAdapter):
    """Sends what is meant for Simbad to the server of the test."""

    def __init__(self, port):
        super().__init__()
        self._port = port

    def send(self, request, **options):
        parts = urlsplit(request.url)
        request.url = parts._replace(scheme="http", netloc=f"127.0.0.1:{self._port}").geturl()
        return super().send(request, **options)


@contextmanager
def services(monkeypatch):
    """The running server, to which Simbad and the filter service are directed."""
    from astroquery.simbad import SimbadClass
    from astroquery.svo_fps import SvoFpsClass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked, server.broken = [], False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    made = SimbadClass.__init__

    def directed(self, *arguments, **options):
        made(self, *arguments, **options)
        self._session.mount("https://", _Here(port))

    monkeypatch.setattr(SimbadClass, "__init__", directed)
    monkeypatch.setattr(SvoFpsClass, "SVO_MAIN_URL", f"http://127.0.0.1:{port}/fps")
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
