"""Downloads from hosts that misbehave: what arrives is right, or is refused."""

import gzip
import hashlib
import os
import shutil
import socket
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import pytest

from portal.catalog.selection import StoredFile
from portal.client import Plan, fetch, open_catalog, progress_bar, promised, verify
from portal.client.plan import duration, size
from portal.client.sums import Sums
from portal.client.threads import in_threads
from portal.errors import CatalogError, FetchError
from portal.server import Faults, serving
from portal.stores.http import HttpStore
from portal.stores.mirrored import MirroredStore

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


def test_a_file_with_another_content_is_fetched_again(store, tmp_path):
    to = tmp_path / "to"
    with serving(store) as server:
        old, other = stored(server), stored(server, "models/c.h5", BODY[::-1])
        run([old, other], to)
        # Of the same size: damaged here, then published anew there.
        (to / NAME).write_bytes(b"X" + BODY[1:])
        assert run([other], to).kept == ["models/c.h5"]
        (to / "models" / "c.h5").touch()
        assert run([other], to).kept == ["models/c.h5"]
        report = run([old, other], to)
        assert (report.fetched, report.kept) == ([NAME], ["models/c.h5"])
        assert (to / NAME).read_bytes() == BODY
        new = stored(server, body=BODY[::-1])
        assert [error.code for error in run([new], to).failed] == ["damaged"]
        assert (to / NAME).read_bytes() == BODY
        (store / NAME).write_bytes(BODY[::-1])
        assert run([new], to).fetched == [NAME]
        server.requests.clear()
        assert run([new, other], to).kept == [NAME, "models/c.h5"]
        assert server.requests == []
    assert Sums(to).read() == {NAME: new.sha256, "models/c.h5": other.sha256}
    assert verify(to, [new, other]) == []


def test_a_file_without_a_sum_is_compared_with_the_host(store, tmp_path):
    with serving(store) as server:
        picture = stored(server, sha256="", bytes=-1)
        assert run([picture], tmp_path / "to").fetched == [NAME]
        server.requests.clear()
        assert run([picture], tmp_path / "to").kept == [NAME]
        assert [served.method for served in server.requests] == ["HEAD"]
        (store / NAME).write_bytes(BODY[::-1])
        os.utime(store / NAME, (1, 1))
        assert run([picture], tmp_path / "to").fetched == [NAME]
    assert (tmp_path / "to" / NAME).read_bytes() == BODY[::-1]
    assert got(tmp_path / "to") == {NAME}


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
        assert got(tmp_path / "to") == {f"{NAME}.part", f"{NAME}.part.etag"}
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
    assert got(tmp_path / "to") == set()
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
    assert got(tmp_path / "to") == set()
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
        with pytest.raises(KeyboardInterrupt):
            run(files, tmp_path / "to", workers=2, progress=interrupt)
    assert got(tmp_path / "to").isdisjoint({NAME, "models/c.h5"})


def test_a_selection_of_a_catalogue(server, tmp_path, example_store):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        report = catalog.fetch("terminal_velocity > 7", tmp_path / "to", only="observations")
        ids = catalog.fetch(["test-000"], tmp_path / "ids")
        rows = catalog.query("terminal_velocity > 6")
        assert len(catalog.plan(rows)) == 4
        assert len(catalog.plan()) == 8
        assert len(catalog.plan([])) == 0
        with pytest.raises(CatalogError, match="got parrots"):
            catalog.plan(only="parrots")
    assert report.fetched == ["observations/test-003.h5"]
    assert ids.fetched == ["models/test-000.h5", "observations/test-000.h5"]
    ours = (tmp_path / "to" / "observations" / "test-003.h5").read_bytes()
    assert ours == (example_store / "observations" / "test-003.h5").read_bytes()


def test_a_plan_says_what_a_download_would_be(server, tmp_path):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        plan = catalog.plan()
        catalog.fetch(["test-000"], tmp_path / "to")
    assert plan.bytes == sum(file.bytes for file in plan) > 100_000
    assert plan.seconds(8e6) == pytest.approx(plan.bytes / 1e6)
    assert str(plan).splitlines() == [
        "files  8 (4 models, 4 observations)",
        f"size   {size(plan.bytes)}, which is the disk that they need",
        "time   less than 1 s at 100 Mbit/s, less than 1 s at 1 Gbit/s",
    ]
    left = plan.missing(tmp_path / "to")
    assert [f.path for f in left] == [f.path for f in plan if f.model_id != "test-000"]
    assert left.fits(tmp_path / "nowhere" / "yet")
    assert not Plan((replace(plan[0], bytes=1 << 60),)).fits(tmp_path)
    assert plan[1:3].files == plan.files[1:3]


@pytest.mark.parametrize(
    ("number", "said"),
    [(999, "999 bytes"), (999.7, "1 kB"), (12_345, "12.3 kB"), (2e9, "2 GB"), (20e12, "20.0 TB")],
)
def test_sizes_are_said_for_readers(number, said):
    assert size(number) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "less than 1 s"), (89, "89 s"), (600, "10 min"), (7980, "2 h 13 min"), (3e5, "3.5 days")],
)
def test_times_are_said_for_readers(seconds, said):
    assert duration(seconds) == said


def mirrored(mirror, *files):
    return [replace(f, mirrors=(mirror.url + quote(f.path),)) for f in files]


@pytest.mark.parametrize(
    "faults", [Faults(unavailable=99), Faults(html=99), Faults(cut_after=1000)]
)
def test_a_host_that_fails_is_left_for_its_mirror(store, tmp_path, faults):
    with serving(store, faults=faults) as first, serving(store) as mirror:
        progress = []
        report = run(
            mirrored(mirror, stored(first)),
            tmp_path / "to",
            attempts=1,
            progress=lambda *n: progress.append(n),
        )
        assert first.requests
        assert len(mirror.requests) == 1
    assert (report.fetched, report.failed) == ([NAME], [])
    assert (tmp_path / "to" / NAME).read_bytes() == BODY
    assert progress[-1] == (len(BODY), len(BODY))


def test_a_mirror_goes_on_where_the_first_host_stopped(store, tmp_path):
    shutil.copytree(store, tmp_path / "copy")
    (tmp_path / "copy" / NAME).touch()
    with serving(store, faults=Faults(cut_after=300_000)) as first:
        with serving(tmp_path / "copy") as mirror:
            assert run(mirrored(mirror, stored(first)), tmp_path / "to", attempts=0).fetched == [
                NAME
            ]
            # Another host has other validators; the checksum vouches for the whole.
            assert mirror.requests[-1].range == "bytes=262144-"
            assert mirror.requests[-1].status == 206
    assert (tmp_path / "to" / NAME).read_bytes() == BODY


def test_a_host_that_was_left_is_asked_last(store, tmp_path):
    with serving(store, faults=Faults(unavailable=999)) as first, serving(store) as mirror:
        files = [stored(first), stored(first, "models/c.h5", BODY[::-1])]
        plan = mirrored(mirror, *files)
        report = run(plan, tmp_path / "to", attempts=1, workers=1)
        assert len(report.fetched) == 2
        assert {served.path for served in first.requests} == {"/models/a%20b.h5"}
        (store / "models" / "c.h5").unlink()
        (tmp_path / "to" / "models" / "c.h5").unlink()
        failed = run(plan, tmp_path / "to", attempts=1, workers=1).failed
    assert [error.code for error in failed] == ["http-404"]


def test_pieces_of_a_catalogue_come_from_a_mirror(example_catalog, site, example_store, tmp_path):
    with serving(site, example_store, faults=Faults(unavailable=99, only="/data/")) as first:
        with serving(example_store) as second:
            hosts = [HttpStore(url, pause=0.001) for url in (f"{first.url}data/", second.url)]
            store = MirroredStore(hosts)
            path = "models/test-000.h5"
            data = (example_store / path).read_bytes()
            assert store.read(path, 100, 50) == data[100:150]
            tries = len(first.requests)
            assert store.size(path) == len(data)
            assert len(first.requests) == tries
            with pytest.raises(FetchError, match="status 404"):
                MirroredStore(hosts[1:]).read("models/none.h5", 0, 1)
            store.close()


@pytest.fixture
def odd_host():
    """A host that answers each GET as the test says, and counts them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked += 1
            server.answer(self)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = 0
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def of_host(server, name="a.h5"):
    url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    return StoredFile(name, url, len(BODY), "", "model", "a")


def _busy(seconds):
    def answer(request):
        request.send_response(503)
        request.send_header("Retry-After", seconds)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def test_a_host_may_ask_for_patience_but_not_for_ever(odd_host, tmp_path):
    asked = []

    class Stop(Event):
        def wait(self, timeout=None):
            asked.append(timeout)
            return False

    for seconds in ("3", "86400", "soon"):
        odd_host.answer = _busy(seconds)
        patient = HttpStore(of_host(odd_host).url, attempts=1, pause=0.25, stop=Stop())
        with pytest.raises(FetchError, match="status 503"):
            patient.read("x", 0, 1)
    assert asked == [3, 60, 0.25]


def test_attempts_are_those_that_were_asked_for(odd_host, tmp_path):
    odd_host.answer = _busy("0")
    report = run([of_host(odd_host)], tmp_path / "to", attempts=3)
    assert [error.code for error in report.failed] == ["http-503"]
    assert odd_host.asked == 4


def test_a_host_that_is_away_is_given_up_for_all_its_files(tmp_path):
    with socket.socket() as closed:
        # Bound, but nobody listens.
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        files = [StoredFile(f"{n}.h5", f"{url}{n}.h5", 9, "", "model", "a") for n in range(50)]
        waits = []

        class Stop(Event):
            def wait(self, timeout=None):
                waits.append(timeout)
                return False

        store = HttpStore(url, pause=0.25, stop=Stop())
        for _ in range(3):
            with pytest.raises(FetchError, match=r"cannot be reached.*refused"):
                store.read("x", 0, 1)
        assert waits == [0.25, 0.5]
        report = run(files, tmp_path / "to", workers=1)
    assert {(error.code, error.what) for error in report.failed} == {
        ("unreachable", f"{url}: cannot be reached")
    }
    assert len(report.failed) == 50


def test_an_interrupt_waits_for_no_host():
    silent, started = Event(), Event()

    def one(number):
        if number == 0:
            started.set()
            silent.wait()
        started.wait()
        raise KeyboardInterrupt

    stop = Event()
    with pytest.raises(KeyboardInterrupt):
        in_threads(one, range(2), 2, stop)
    assert stop.is_set()
    silent.set()


def test_waits_end_when_the_job_is_stopped(odd_host):
    odd_host.answer = _busy("60")
    stop = Event()
    stop.set()
    with pytest.raises(FetchError, match="stopped; fetch again to go on"):
        HttpStore(of_host(odd_host).url, stop=stop).read("x", 0, 1)
    assert odd_host.asked == 1


def test_an_encoded_file_is_refused(odd_host, tmp_path):
    def answer(request):
        body = gzip.compress(BODY)
        request.send_response(200)
        request.send_header("Content-Encoding", "gzip")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    odd_host.answer = answer
    report = run([of_host(odd_host)], tmp_path / "to")
    assert [error.code for error in report.failed] == ["encoded"]
    assert "Content-Encoding: gzip" in str(report.failed[0])


def test_the_bar_counts_bytes(store, tmp_path, capsys):
    with serving(store) as server, progress_bar("winds") as progress:
        run([stored(server)], tmp_path / "to", progress=progress)
    assert "winds: 100%" in capsys.readouterr().err.replace("\r", "\n")


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
