"""The test server against RFC 9110, and against attempts to leave its folders."""

import http.client
import os
import socket
import time
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import ConfigError
from portal.server import Faults, SiteServer, serving

BODY = bytes(range(256)) * 5


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "m").mkdir(parents=True)
    (root / "index.html").write_text("<p>home</p>")
    (root / "404.html").write_text("<p>nothing here</p>")
    (root / "m" / "index.html").write_text("<p>models</p>")
    (root / "blob.parquet").write_bytes(BODY)
    (root / "empty.csv").touch()
    (tmp_path / "secret.txt").write_text("secret")
    return root


@pytest.fixture
def server(site: Path):
    with serving(site) as running:
        yield running


def ask(server, path="blob.parquet", method="GET", **headers):
    """Status, headers and body; `path` starts at the prefix unless it begins with a slash."""
    address = urlsplit(server.url)
    target = path if path.startswith("/") else address.path + path
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=5)) as link:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, target, headers=names)
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()


def test_a_whole_file_has_length_type_validators_and_cors(server):
    status, headers, body = ask(server)
    assert (status, body) == (200, BODY)
    assert headers["Content-Type"] == "application/vnd.apache.parquet"
    assert headers["Content-Length"] == str(len(BODY))
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Access-Control-Allow-Origin"] == "*"
    for exposed in ("Content-Range", "Accept-Ranges", "Content-Length", "ETag"):
        assert exposed in headers["Access-Control-Expose-Headers"]
    assert "Content-Encoding" not in headers
    assert headers["ETag"].startswith('"')


def test_head_gives_the_headers_of_get_without_a_body(server):
    get, head = ask(server), ask(server, method="HEAD", Range="bytes=0-3")
    assert head[0] == 200
    assert head[2] == b""
    assert head[1]["Content-Length"] == get[1]["Content-Length"]


@settings(max_examples=60, deadline=None)
@given(first=st.integers(0, 1400), last=st.integers(0, 1400))
def test_every_range_is_the_slice_it_names(ranges_server, first, last):
    status, headers, body = ask(ranges_server, Range=f"bytes={first}-{last}")
    if last < first:
        assert (status, body) == (200, BODY)
    elif first >= len(BODY):
        assert status == 416
        assert headers["Content-Range"] == f"bytes */{len(BODY)}"
    else:
        assert (status, body) == (206, BODY[first : last + 1])
        end = min(last, len(BODY) - 1)
        assert headers["Content-Range"] == f"bytes {first}-{end}/{len(BODY)}"


@pytest.fixture(scope="module")
def ranges_server(tmp_path_factory):
    root = tmp_path_factory.mktemp("ranges")
    (root / "blob.parquet").write_bytes(BODY)
    with serving(root) as running:
        yield running


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=1000-", BODY[1000:]),
        ("bytes=-10", BODY[-10:]),
        ("bytes=-99999", BODY),
        ("Bytes = 0-0", BODY[:1]),
    ],
)
def test_open_and_suffix_ranges(server, asked, expected):
    status, _, body = ask(server, Range=asked)
    assert (status, body) == (206, expected)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "items=0-1", "bytes=-", "bytes=x-2", "bytes"])
def test_what_is_no_single_byte_range_is_answered_with_the_whole_file(server, asked):
    assert ask(server, Range=asked)[::2] == (200, BODY)


@pytest.mark.parametrize("asked", ["bytes=0-", "bytes=-5"])
def test_an_empty_file_has_no_satisfiable_range(server, asked):
    assert ask(server, "empty.csv", Range=asked)[0] == 416


def test_validators_spare_the_body_and_guard_ranges(server):
    headers = ask(server)[1]
    tag, date = headers["ETag"], headers["Last-Modified"]
    assert ask(server, If_None_Match=f'"other", W/{tag}')[::2] == (304, b"")
    assert ask(server, If_None_Match="*")[0] == 304
    assert ask(server, If_None_Match='"other"', If_Modified_Since=date)[0] == 200
    assert ask(server, If_Modified_Since=date)[0] == 304
    assert ask(server, If_Modified_Since=formatdate(0, usegmt=True))[0] == 200
    assert ask(server, If_Modified_Since="yesterday")[0] == 200
    for validator, status in ((tag, 206), (date, 206), ('"other"', 200), (f"W/{tag}", 200)):
        assert ask(server, Range="bytes=0-3", If_Range=validator)[0] == status


def test_a_changed_file_has_another_tag(server, site):
    before = ask(server)[1]["ETag"]
    (site / "blob.parquet").write_bytes(BODY[::-1])
    os.utime(site / "blob.parquet", ns=(1, 1))
    assert ask(server)[1]["ETag"] != before


def test_folders_have_an_index_and_one_address(server):
    assert ask(server, "m/")[2] == b"<p>models</p>"
    status, headers, _ = ask(server, "/m")
    assert (status, headers["Location"]) == (301, "/m/")
    assert ask(server, "/index.html/")[0] == 404
    # A path that begins with two slashes must not send the browser to another host.
    assert ask(server, "//m")[1]["Location"] == "/m/"


def test_what_is_missing_gets_the_page_of_the_site(server):
    assert ask(server, "no/such")[::2] == (404, b"<p>nothing here</p>")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/m/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/m%2findex.html",
        "/..%5csecret.txt",
        "/%00",
        "/" + "x" * 3000,
        "/link",
        "/loop",
        "/folder/secret.txt",
    ],
)
def test_no_path_leaves_the_folder(server, site, path):
    (site / "link").symlink_to(site.parent / "secret.txt")
    (site / "folder").symlink_to(site.parent)
    (site / "loop").symlink_to(site / "loop")
    status, _, body = ask(server, path)
    assert status == 404
    assert b"secret" not in body


def test_links_inside_the_folder_are_followed(server, site):
    (site / "copy.csv").symlink_to(site / "blob.parquet")
    assert ask(server, "copy.csv")[2] == BODY


def test_store_and_prefix(site, tmp_path):
    store = tmp_path / "store"
    (store / "models").mkdir(parents=True)
    (store / "models" / "a b<i>.h5").write_bytes(b"\x89HDF")
    with serving(site, store, prefix="sub/path") as server:
        assert urlsplit(server.url).path == "/sub/path/"
        assert ask(server, "data/models/a%20b%3Ci%3E.h5")[2] == b"\x89HDF"
        assert b"a b&lt;i&gt;.h5" in ask(server, "data/models/")[2]
        assert ask(server, "/sub/path")[1]["Location"] == "/sub/path/"
        assert ask(server, "/sub/path/data")[1]["Location"] == "/sub/path/data/"
        assert ask(server, "/index.html")[0] == 404


def test_preflight_permits_ranges(server):
    status, headers, _ = ask(server, method="OPTIONS", Origin="http://elsewhere")
    assert status == 204
    assert "Range" in headers["Access-Control-Allow-Headers"]


def test_other_methods_are_refused(server):
    assert ask(server, method="DELETE")[0] == 501


def test_an_unreadable_file_is_forbidden(server, site):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (site / "blob.parquet").chmod(0)
    assert ask(server)[0] == 403


def test_faults_unavailable_then_html_then_whole(site):
    with serving(site, faults=Faults(unavailable=2, html=1)) as server:
        answers = [ask(server) for _ in range(4)]
    assert [status for status, _, _ in answers] == [503, 503, 200, 200]
    assert answers[2][2].startswith(b"<!doctype html>")
    assert answers[3][2] == BODY


def test_faults_cut_only_what_is_named(site):
    with serving(site, faults=Faults(cut_after=100, cuts=1, only="parquet")) as server:
        assert ask(server, "index.html")[2] == b"<p>home</p>"
        with pytest.raises(http.client.IncompleteRead) as caught:
            ask(server)
        assert caught.value.partial == BODY[:100]
        assert ask(server)[2] == BODY
    assert [served.bytes for served in server.requests] == [11, 100, len(BODY)]


def test_faults_no_ranges(site):
    with serving(site, faults=Faults(ranges=False)) as server:
        status, headers, body = ask(server, Range="bytes=0-3")
    assert (status, body) == (200, BODY)
    assert "Accept-Ranges" not in headers


def test_faults_no_pages_of_other_sites(site):
    with serving(site, faults=Faults(cors=False)) as server:
        status, headers, _ = ask(server)
    assert status == 200
    assert not [name for name in headers if name.startswith("Access-Control")]


def test_faults_slow(site):
    with serving(site, faults=Faults(bytes_per_second=8 * len(BODY))) as server:
        begin = time.monotonic()
        assert ask(server)[2] == BODY
    assert time.monotonic() - begin >= 0.12


def test_requests_are_noted(server):
    ask(server, Range="bytes=2-5")
    (served,) = server.requests
    assert (served.method, served.path) == ("GET", "/blob.parquet")
    assert (served.range, served.status, served.bytes) == ("bytes=2-5", 206, 4)


def test_a_port_in_use_is_said(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"127.0.0.1:{port}.*another program"):
            SiteServer(site, port=port)


def test_a_missing_site_is_said(tmp_path):
    with pytest.raises(ConfigError, match=r"nothing there.*portal build"):
        SiteServer(tmp_path / "none")
