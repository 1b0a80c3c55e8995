"""Downloads from hosts that misbehave: what arrives is right, or is refused."""

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from portal.catalog.selection import StoredFile
from portal.client import fetch, open_catalog, promised, verify
from portal.client.sums import Sums
from portal.errors import CatalogError
from portal.server import Faults, serving

BODY = bytes(range(256)) * 4000
NAME = "models/a b.h5"


@pytest.fixture
def store(tmp_path) -> Path:
    folder = tmp_path / "store"
    (folder / "models").mkdir(parents=True)
    (folder / NAME).write_bytes(BODY)
    (folder / "models" / "c.h5").write_bytes(BODY[::-1])
    return folder


def stored(server, path=NAME, body=BODY, **changes) -> StoredFile:
    url = server.url + path.replace(" ", "%20")
    digest = hashlib.sha256(body).hexdigest()
    return replace(StoredFile(path, url, len(body), digest, "model", "a"), **changes)


def got(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def run(files, folder, **options):
    return fetch(files, folder, **{"pause": 0.001, "attempts": 3, **options})


def test_files_arrive_whole_with_their_sums(store, tmp_path):
    with serving(store) as server:
        files = [stored(server), stored(server, "models/c.h5", BODY[::-1])]
        progress = []
        report = run(files, tmp_path / "to", progress=lambda *seen: progress.append(seen))
    assert report.fetched == [NAME, "models/c.h5"]
    assert (tmp_path / "to" / NAME).read_bytes() == BODY
    assert got(tmp_path / "to") == {NAME, "models/c.h5", "SHA256SUMS"}
    assert Sums(tmp_path / "to").read() == {file.path: file.sha256 for file in files}
    assert progress[-1] == (2 * len(BODY), 2 * len(BODY))
    assert [done for done, _ in progress] == sorted(done for done, _ in progress)


def test_what_is_there_is_kept_without_a_request(store, tmp_path):
    with serving(store) as server:
        run([stored(server)], tmp_path / "to")
        server.requests.clear()
        report = run([stored(server)], tmp_path / "to")
        assert server.requests == []
    assert (report.fetched, report.kept) == ([], [NAME])


def test_a_cut_connection_is_resumed_where_it_broke(store, tmp_path):
    faults = Faults(cut_after=300_000)
    with serving(store, faults=faults) as server:
        report = run([stored(server)], tmp_path / "to")
    assert report.fetched == [NAME]
    assert (tmp_path / "to" / NAME).read_bytes() == BODY
    starts = [int(served.range[6:-1] or 0) for served in server.requests]
    # Each request begins at most one piece of 64 KiB before the place of the break.
    assert all(300_000 - 65_536 < b - a <= 300_000 for a, b in pairwise(starts))
    assert server.requests[-1].status == 206
    assert len(starts) == 4


def test_a_later_call_resumes_what_an_earlier_one_left(store, tmp_path):
    with serving(store, faults=Faults(cut_after=300_000)) as server:
        report = run([stored(server)], tmp_path / "to", attempts=0)
        assert [error.code for error in report.failed] == ["connection"]
        assert got(tmp_path / "to") == {f"{NAME}.part", f"{NAME}.part.etag", "SHA256SUMS"}
        server.troubles.faults = Faults()
        assert run([stored(server)], tmp_path / "to").fetched == [NAME]
        assert server.requests[-1].range == "bytes=262144-"
    assert got(tmp_path / "to") == {NAME, "SHA256SUMS"}


def test_a_file_that_changed_meanwhile_is_not_patched_together(store, tmp_path):
    with serving(store, faults=Faults(cut_after=300_000, cuts=1)) as server:
        run([stored(server)], tmp_path / "to", attempts=0)
        (store / NAME).write_bytes(BODY[::-1])
        report = run([stored(server, body=BODY[::-1])], tmp_path / "to")
    assert report.fetched == [NAME]
    assert (tmp_path / "to" / NAME).read_bytes() == BODY[::-1]


def test_a_host_without_ranges_starts_again(store, tmp_path):
    faults = Faults(ranges=False, cut_after=300_000, cuts=1)
    with serving(store, faults=faults) as server:
        progress = []
        run([stored(server)], tmp_path / "to", progress=lambda *seen: progress.append(seen))
    assert (tmp_path / "to" / NAME).read_bytes() == BODY
    assert progress[-1] == (len(BODY), len(BODY))


def test_a_busy_host_is_asked_again(store, tmp_path):
    with serving(store, faults=Faults(unavailable=2)) as server:
        assert run([stored(server)], tmp_path / "to").fetched == [NAME]
    assert [served.status for served in server.requests] == [503, 503, 200]


def test_a_web_page_is_never_stored_as_data(store, tmp_path):
    with serving(store, faults=Faults(html=100)) as server:
        report = run([stored(server)], tmp_path / "to", attempts=1)
    assert [error.code for error in report.failed] == ["html-page"]
    assert "text/html" in str(report.failed[0])
    assert got(tmp_path / "to") == {"SHA256SUMS"}
    with serving(store, faults=Faults(html=1)) as server:
        assert run([stored(server)], tmp_path / "to").fetched == [NAME]


def test_a_missing_file_does_not_stop_the_others(store, tmp_path):
    with serving(store) as server:
        files = [stored(server, "models/none.h5"), stored(server)]
        report = run(files, tmp_path / "to")
    assert report.fetched == [NAME]
    assert [error.code for error in report.failed] == ["http-404"]
    assert "models/none.h5" in str(report.failed[0])


@pytest.mark.parametrize(
    ("changes", "code", "requests"),
    [
        ({"sha256": "0" * 64}, "damaged", 2),
        ({"bytes": len(BODY) + 1}, "wrong-size", 1),
        ({"bytes": len(BODY) - 1}, "wrong-size", 1),
    ],
)
def test_what_is_not_as_promised_is_not_kept(store, tmp_path, changes, code, requests):
    with serving(store) as server:
        report = run([stored(server, **changes)], tmp_path / "to")
    assert [error.code for error in report.failed] == [code]
    assert got(tmp_path / "to") == {"SHA256SUMS"}
    assert len(server.requests) == requests


@pytest.mark.parametrize("path", ["../x.h5", "/etc/x.h5", "models/../../x.h5"])
def test_no_path_leads_out_of_the_folder(store, tmp_path, path):
    with serving(store) as server:
        report = run([stored(server, path, url=server.url)], tmp_path / "to")
        assert server.requests == []
    assert "leads out of the folder" in str(report.failed[0])


def test_a_folder_that_cannot_be_written(store, tmp_path):
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "models").write_text("a file where a folder should be")
    with serving(store) as server:
        report = run([stored(server)], tmp_path / "to")
    assert [error.code for error in report.failed] == ["unwritable"]


def test_an_interrupted_fetch_keeps_what_it_has(store, tmp_path):
    def interrupt(done, total):
        if done > 0:
            raise KeyboardInterrupt

    with serving(store) as server:
        with pytest.raises(KeyboardInterrupt):
            run([stored(server)], tmp_path / "to", workers=1, progress=interrupt)
        assert got(tmp_path / "to") == {f"{NAME}.part", f"{NAME}.part.etag"}
        assert run([stored(server)], tmp_path / "to").fetched == [NAME]
        assert server.requests[-1].status == 206


def test_other_threads_stop_after_an_interrupt(store, tmp_path):
    slow = Faults(bytes_per_second=200_000)

    def interrupt(done, total):
        if done > 100_000:
            raise KeyboardInterrupt

    with serving(store, faults=slow) as server:
        files = [stored(server), stored(server, "models/c.h5", BODY[::-1])]
        begin = monotonic()
        with pytest.raises(KeyboardInterrupt):
            run(files, tmp_path / "to", workers=2, progress=interrupt)
    # Whole, the files would take five seconds.
    assert monotonic() - begin < 4
    assert got(tmp_path / "to").isdisjoint({NAME, "models/c.h5"})


def test_a_selection_of_a_catalogue(server, tmp_path, example_store):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        report = catalog.fetch("terminal_velocity > 7", tmp_path / "to", only="observations")
        ids = catalog.fetch(["test-000"], tmp_path / "ids")
        rows = catalog.query("terminal_velocity > 6")
        assert len(catalog.plan(rows)) == 4
        assert len(catalog.plan()) == 8
        assert catalog.plan([]) == []
        with pytest.raises(CatalogError, match="got parrots"):
            catalog.plan(only="parrots")
    assert report.fetched == ["observations/test-003.h5"]
    assert ids.fetched == ["models/test-000.h5", "observations/test-000.h5"]
    ours = (tmp_path / "to" / "observations" / "test-003.h5").read_bytes()
    assert ours == (example_store / "observations" / "test-003.h5").read_bytes()


def test_a_local_store_is_copied(example_catalog, example_store, tmp_path):
    with open_catalog(example_catalog, data=example_store) as catalog:
        report = catalog.fetch("", tmp_path / "to", workers=2)
        assert len(report.fetched) == 8
        assert verify(tmp_path / "to", catalog.plan()) == []


@pytest.fixture
def mirror(example_catalog, example_store, tmp_path):
    with open_catalog(example_catalog, data=example_store) as catalog:
        catalog.fetch("", tmp_path / "to")
        yield tmp_path / "to", catalog.plan()


def _spoil(folder):
    flipped = folder / "models" / "test-000.h5"
    data = bytearray(flipped.read_bytes())
    data[len(data) // 2] ^= 1
    flipped.write_bytes(data)
    with (folder / "models" / "test-001.h5").open("r+b") as file:
        file.truncate(1000)
    page = b"<!DOCTYPE html><html><title>503</title></html>"
    (folder / "observations" / "test-000.h5").write_bytes(page)
    (folder / "observations" / "test-001.h5").unlink()


def test_each_kind_of_damage_is_found(mirror):
    folder, files = mirror
    assert verify(folder, files) == []
    _spoil(folder)
    progress = []
    found = verify(folder, files, progress=lambda *seen: progress.append(seen))
    assert [(problem.path, problem.code) for problem in found] == [
        ("models/test-000.h5", "damaged"),
        ("models/test-001.h5", "truncated"),
        ("observations/test-000.h5", "html-page"),
        ("observations/test-001.h5", "missing"),
    ]
    assert progress[-1] == (8, 8)


def test_each_kind_of_damage_is_found_without_a_catalogue(mirror):
    folder, _ = mirror
    assert verify(folder, promised(folder)) == []
    _spoil(folder)
    found = [problem.code for problem in verify(folder, promised(folder))]
    assert found == ["damaged", "damaged", "html-page", "missing"]
