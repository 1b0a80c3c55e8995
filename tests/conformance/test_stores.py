"""Every store keeps the protocol: the same files, the same bytes, errors of ours."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import FetchError, PortalError
from portal.server import Faults, serving
from portal.stores.base import Entry
from portal.stores.http import HttpStore
from portal.stores.local import LocalStore

CONTENT = bytes(range(256)) * 4
NAMES = ("a.h5", "models/b c.h5", "models/é#?%41.h5")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("store")
    for name in NAMES:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(CONTENT)
    return root


@pytest.fixture(scope="module", params=["local", "http"])
def store(request, folder):
    local = LocalStore(folder)
    if request.param == "local":
        yield local
        return
    with serving(folder) as server:
        yield HttpStore(server.url, entries=local.entries())


def test_entries_are_sorted_and_have_sizes(store):
    entries = list(store.entries())
    assert [e.path for e in entries] == sorted(NAMES)
    assert all(isinstance(e, Entry) and e.bytes == len(CONTENT) for e in entries)


@given(name=st.sampled_from(NAMES), offset=st.integers(0, 511), length=st.integers(1, 512))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_reads_what_a_slice_gives(store, name, offset, length):
    assert store.read(name, offset, length) == CONTENT[offset : offset + length]


def test_a_file_that_ends_too_early_is_an_error(store):
    with pytest.raises(PortalError, match="1000"):
        store.read("a.h5", 1000, 1000)


@pytest.mark.parametrize("path", ["../secret.h5", "/etc/passwd", "models/../../x.h5"])
def test_paths_stay_inside(store, path):
    with pytest.raises(PortalError, match="leaves the store"):
        store.read(path, 0, 1)


def test_missing_file_is_an_error_of_ours(store):
    with pytest.raises(PortalError, match=r"missing\.h5"):
        store.read("missing.h5", 0, 1)


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (Faults(ranges=False), "expected status 206, got status 200; .*byte ranges"),
        (Faults(html=9), "expected status 206, got status 200"),
        (Faults(unavailable=9), "got status 503"),
        (Faults(cut_after=10), "connection lost: got .*10 bytes read"),
    ],
)
def test_a_bad_host_is_found_out(folder, faults, message):
    with serving(folder, faults=faults) as server, pytest.raises(FetchError, match=message):
        HttpStore(server.url, attempts=1, pause=0.01).read("a.h5", 0, 100)


def test_a_host_that_falters_is_borne_with(folder):
    with serving(folder, faults=Faults(unavailable=2, cut_after=10, cuts=1)) as server:
        assert HttpStore(server.url, pause=0.01).read("a.h5", 3, 100) == CONTENT[3:103]


def test_a_web_store_without_a_list_says_so():
    with pytest.raises(FetchError, match="list of the published catalogue"):
        list(HttpStore("https://example.org/data").entries())


@pytest.mark.parametrize("url", ["file:///etc/", "ftp://example.org/", "data/", "https:///"])
def test_only_web_addresses(url):
    with pytest.raises(FetchError, match="an address with http:// or https://"):
        HttpStore(url)


def test_a_silent_host_is_an_error():
    with pytest.raises(FetchError, match=r"127\.0\.0\.1:1/: cannot be reached.*refused"):
        HttpStore("http://127.0.0.1:1/", attempts=0, pause=0.01).read("a.h5", 0, 1)
