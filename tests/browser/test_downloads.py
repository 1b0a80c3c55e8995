"""The planner of downloads: what it says, what it saves, and what real clients make of it."""

import json
import shlex
from contextlib import contextmanager

import h5py
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from portal.catalog.selection import choose
from portal.catalog.table import Catalog
from portal.commands.query import COMMAND as QUERY
from portal.exporters.base import exporters
from portal.server import Faults, serving
from tests.browser.conftest import Visitor
from tests.clients import fetched, run_client
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

LISTS = ("urls", "aria2", "metalink", "checksums", "curl", "rclone")
ROWS = ("csv", "parquet", "pandas", "names")
SPECTRA = ("spectra", "spectra-csv", "spectra-parquet")
WHERE = 'morphology in ("disk", "spiral")'
CUT = 20_000
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
READY = ".planner-sums[aria-busy=false]"


def save(page, folder, forms):
    for form in forms:
        with page.expect_download() as waiting:
            page.click(f"[data-format={form}]")
        waiting.value.save_as(folder / waiting.value.suggested_filename)


def plan(page):
    page.wait_for_selector(READY)
    values = page.locator(".planner-sums dd").all_inner_texts()
    return [value.splitlines()[0] for value in values]


@pytest.fixture(scope="module")
def taken(engine, server, tmp_path_factory):
    """A folder with all that is saved of the spirals and disks, and the plans that were shown."""
    folder = tmp_path_factory.mktemp("taken")
    context = engine.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    visitor = Visitor(context.new_page())
    address = server.url + "browse.html?morphology=spiral&morphology=disk"
    page = visitor.browse(address)
    page.click("#browse-download summary")
    plans = {"both": plan(page)}
    page.get_by_label("Speed of your line").fill("8 kbit/s")
    plans["slow"] = plan(page)
    page.get_by_label("Speed of your line").fill("fast")
    page.get_by_text("Not understood: a number above zero").wait_for()
    save(page, folder, (*LISTS, "fetch"))
    # A browser asks before it saves more than ten files of one visit.
    visitors = [visitor, Visitor(context.new_page())]
    page = visitors[1].browse(address)
    page.click("#browse-download summary")
    for offer, forms in (("spectra", SPECTRA), ("previews", ("previews",))):
        page.check(f"input[value={offer}]")
        plans[offer] = plan(page)
        save(page, folder, forms)
    page.get_by_label("With").select_option("all")
    save(page, folder, ROWS)
    assert not page.locator(".planner [role=alert]:visible").count()
    page.evaluate(AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("axe.run('#browse-download')")["violations"] == []
    context.close()
    assert [visitor.complaints for visitor in visitors] == [[], []]
    return folder, plans


@pytest.fixture(scope="module")
def catalog(site):
    return Catalog.open(site / "catalog")


@pytest.fixture(scope="module")
def expected(catalog, store):
    """The files of the selection."""
    models = catalog.table("models").filter(pc.field("morphology").isin(["disk", "spiral"]))
    paths = [p for name in ("model_path", "observation_path") for p in models[name].to_pylist()]
    return {path: (store / path).read_bytes() for path in paths}


@pytest.mark.parametrize("form", [*LISTS, "fetch", "csv", "pandas", "names", "previews", "spectra"])
def test_files_are_those_of_the_command_line_to_the_byte(taken, catalog, server, form):
    folder, _ = taken
    where = shlex.split((folder / "fetch.txt").read_text())[2]
    exporter = exporters()[form]
    written = b"".join(exporter.write(catalog, choose(catalog, where)))
    ours = written.replace(catalog.collections[0].site_url.encode(), server.url.encode())
    name = "rows.csv" if form == "csv" else exporter.filename
    if form == "urls":
        # The addresses of the sub-path name as many folders.
        assert ours.count(b"\n") == 4
    assert (folder / name).read_bytes() == ours


def test_rows_keep_types_units_and_values(taken, catalog):
    saved = pq.read_table(taken[0] / "rows.parquet")
    rows = choose(catalog, WHERE).rows(catalog)
    assert saved.schema.remove_metadata() == rows.schema.remove_metadata()
    assert saved.to_pylist() == rows.to_pylist()
    described = {c["name"]: c for c in json.loads(saved.schema.metadata[b"columns"])}
    assert described["mass_loss_rate"]["unit"] == "solMass/yr"
    assert saved.schema.metadata[b"license"] == rows.schema.metadata[b"license"]


def test_spectra_are_those_of_the_files(taken, catalog, store):
    folder, plans = taken
    saved = pq.read_table(folder / "spectra.parquet").to_pylist()
    columns = ["path", "hdf5_group", "model_id", "line", "inclination", "azimuth"]
    rows = choose(catalog, WHERE).observations(catalog, columns).to_pylist()
    assert len(saved) == len(rows) == int(plans["spectra"][0])
    for one, row in zip(saved, rows, strict=True):
        assert [one[name] for name in columns[2:]] == [row[name] for name in columns[2:]]
        with h5py.File(store / row["path"]) as file:
            group = file[row["hdf5_group"]]
            assert one["velocity"] == group["velocity"][...].astype(float).tolist()
            assert one["flux"] == group["spectrum"][...].astype(float).tolist()
    assert (folder / "spectra.csv").read_text().count("\n") == len(rows) + 1


def test_the_plan_is_that_of_the_command_line(taken, site):
    arguments = [WHERE, "--plan", "--speed", "8 kbit/s", "--catalog", str(site / "catalog")]
    done = CliRunner().invoke(QUERY, arguments)
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    _, plans = taken
    files, size, time, disk = plans["slow"]
    assert files == told["files"] == plans["both"][0]
    assert told["size"].startswith(f"{size} (")
    assert told["time"] == f"{time} at 8 kbit/s"
    assert told["disk"].startswith(f"{disk}: ")
    assert plans["previews"][0] == "2"


def breaking(server, action):
    """Do `action` while every body of data breaks off in the middle."""
    server.troubles.faults = Faults(cut_after=CUT, only="/data/")
    try:
        action()
    finally:
        server.troubles.faults = Faults()


@pytest.mark.parametrize("client", ["wget", "aria2", "metalink", "rclone"])
def test_clients_fetch_the_lists_though_the_connection_breaks(
    taken, server, expected, tmp_path, client
):
    folder, _ = taken
    for name in ("urls.txt", "aria2.txt", "files.meta4", "curl.txt", "rclone.txt", "SHA256SUMS"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    command = {
        "wget": "wget --quiet --tries=20 --waitretry=0 --continue --force-directories"
        " --no-host-directories --cut-dirs=3 --input-file=urls.txt",
        "aria2": "aria2c --quiet --no-conf --max-tries=20 --input-file=aria2.txt",
        "metalink": "aria2c --quiet --no-conf --max-tries=20 --metalink-file=files.meta4",
        "rclone": "rclone copy --quiet --config '' --files-from-raw rclone.txt --no-traverse"
        f" --http-url {server.url}data/ :http: .",
    }[client]
    breaking(server, lambda: run_client(tmp_path, *shlex.split(command)))
    assert fetched(tmp_path) == expected
    run_client(tmp_path, "sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS")


def test_curl_goes_on_when_it_is_run_again(taken, server, expected, tmp_path):
    def again():
        for _ in range(20):
            before = fetched(tmp_path)
            if before == expected:
                return
            # 18: a body broke off; 22: status 416 for a file that is whole.
            run_client(tmp_path, "curl", "--silent", "--config", taken[0] / "curl.txt", status=None)
            assert all(fetched(tmp_path)[path].startswith(data) for path, data in before.items())

    breaking(server, again)
    assert fetched(tmp_path) == expected


def test_curl_fetches_spectra_alone(taken, catalog, store, tmp_path):
    run_client(tmp_path, "curl", "--silent", "--config", str(taken[0] / "spectra.txt"))
    rows = choose(catalog, WHERE).observations(catalog, ["path", "hdf5_group", "model_id"])
    for row in rows.to_pylist():
        with h5py.File(store / row["path"]) as file:
            spectrum = file[row["hdf5_group"]]["spectrum"][...]
        got = tmp_path / "spectra" / row["model_id"] / f"{row['hdf5_group']}.spectrum"
        assert np.array_equal(np.fromfile(got, spectrum.dtype), spectrum)


@contextmanager
def changed(path):
    """Another file under the name: longer by a hundred bytes; both sizes."""
    data = path.read_bytes()
    path.write_bytes(bytes(100) + data)
    try:
        yield len(data), len(data) + 100
    finally:
        path.write_bytes(data)


def test_observations_take_columns_of_their_models(visitor, server, catalog, store, tmp_path):
    columns = ["model_id", "line", "mass_loss_rate"]
    query = "table=observations&species=SiO&columns=line+mass_loss_rate"
    page = visitor.browse(f"{server.url}browse.html?{query}")
    page.click("#browse-download summary")
    files = plan(page)[0]
    save(page, tmp_path, ("urls", "csv"))
    chosen = choose(catalog, 'species == "SiO"', "observations", None, columns)
    written = b"".join(exporters()["csv"].write(catalog, chosen))
    assert (tmp_path / "rows.csv").read_bytes() == written
    lines = (tmp_path / "urls.txt").read_text().splitlines()
    assert len(lines) == int(files) == len(chosen.model_ids)
    assert all("/observations/" in line for line in lines)
    page.check("input[value=spectra]")
    plan(page)
    wanted, part = "[data-format=spectra-parquet]", page.locator(".planner section").first
    server.troubles.faults = Faults(bytes_per_second=1, only="/data/")
    try:
        page.click(wanted)
        part.get_by_role("button", name="Cancel").click()
        part.get_by_text("Stopped").wait_for()
        server.troubles.faults = Faults(ranges=False, only="/data/")
        # Files as small as these are taken whole.
        save(page, tmp_path, ("spectra-parquet",))
        server.troubles.faults = Faults()
        with changed(store / chosen.rows(catalog, ["path"])["path"][0].as_py()) as (before, now):
            page.click(wanted)
            part.get_by_text(f"it had {before} bytes, and has {now} now").wait_for()
    finally:
        server.troubles.faults = Faults()
    spectra = pq.read_table(tmp_path / "spectra.parquet")
    assert spectra.num_rows == chosen.rows(catalog, ["model_id"]).num_rows


def test_of_nothing_nothing_is_offered(visitor, server):
    page = visitor.browse(f"{server.url}browse.html?mass_loss_rate=1e9..")
    page.click("#browse-download summary")
    page.get_by_text("There is nothing to take").wait_for()
    assert page.locator("[data-format]:visible").count() == 0


def test_a_host_that_lets_no_page_read_is_named(context, server, site, store):
    html = (site / "browse.html").read_text("utf-8")
    with serving(site, store, faults=Faults(cors=False)) as other:
        changes = {
            "connect-src 'self'": f"connect-src 'self' {other.url}",
            '{"tests": "data/"}': f'{{"tests": "{other.url}data/"}}',
        }
        for old, new in changes.items():
            assert old in html
            html = html.replace(old, new)
        (site / "elsewhere.html").write_text(html, "utf-8")
        page = context.new_page()
        page.goto(server.url + "elsewhere.html?morphology=spiral")
        page.wait_for_selector("#browse-view tbody a")
        page.click("#browse-download summary")
        page.check("input[value=spectra]")
        plan(page)
        page.click("[data-format=spectra-csv]")
        page.get_by_text("does not let pages of other sites read it").wait_for()
    (site / "elsewhere.html").unlink()


@pytest.mark.slow
def test_a_few_of_100_000_models_move_little_and_all_become_a_list(
    visitor, large_server, large_site, tmp_path
):
    page = visitor.browse(f"{large_server.url}browse.html?mass_loss_rate=9.9e-5..")
    page.set_default_timeout(120_000)
    large_server.requests.clear()
    page.click("#browse-download summary")
    files = plan(page)[0]
    save(page, tmp_path, ("metalink",))
    assert (tmp_path / "files.meta4").read_text().count("<file ") == int(files.replace(",", ""))
    moved = sum(r.bytes for r in large_server.requests if "files.parquet" in r.path)
    whole = (large_site / "catalog" / "files.parquet").stat().st_size
    assert 0 < moved < whole / 5
    page.locator("#browse-chips button").first.click()
    page.wait_for_function("() => document.querySelector('#browse-chips').hidden")
    page.click("#browse-download summary")
    # The sums of the selection before may still stand there.
    page.locator(".planner-sums dd").first.get_by_text("200,000").wait_for()
    assert plan(page)[:2] == ["200,000", "20.0 TB"]
    save(page, tmp_path, ("urls",))
    assert len(set((tmp_path / "urls.txt").read_text().splitlines())) == 200_000
    page.check("input[value=spectra]")
    page.wait_for_selector("[data-format=spectra-csv]:disabled")
