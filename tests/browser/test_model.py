"""The page of a model, alive: spectra, maps and pixels out of the HDF5 file by range requests."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from portal.catalog.paths import model_page
from portal.catalog.table import Catalog
from portal.pages.base import Source
from portal.pages.model import PAGE
from portal.render import Renderer
from portal.server import Faults, SiteServer, serving
from tests.browser.conftest import COLLECTION, Visitor, portal
from tests.browser.largefile import GROUP, LARGE, SIDE, write_large
from tests.conftest import ROOT
from tests.layout import write_observation

pytestmark = pytest.mark.browser

SMALL, OTHER = "small-000", "other-000"
LINE = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}
READ = """
import { Cube } from './site_src/app/hdf5/cube.js'
import { DataFile } from './site_src/app/hdf5/datafile.js'
for (const { url, bytes, cube, pixels, channels } of JSON.parse(process.argv[1])) {
  const read = new Cube(new DataFile(url, bytes), cube)
  const parts = []
  for (const [row, column] of pixels) parts.push(await read.spectrum(row, column))
  for (const channel of channels) parts.push(await read.channel(channel))
  for (const part of parts) process.stdout.write(new Uint8Array(part.buffer))
}
"""


@pytest.fixture(scope="module")
def cubes(tmp_path_factory, prose_pages: Path, app: Path) -> tuple[Path, Path]:
    """A site with the pages of three models, and its store: a file of 300 MB is one of them."""
    work = tmp_path_factory.mktemp("cubes")
    store = work / "store"
    write_large(store / "observations" / f"{LARGE}.h5")
    write_observation(store / "observations" / f"{SMALL}.h5", SMALL, 1)
    latest(write_observation(store / "observations" / f"{OTHER}.h5", OTHER, 2))
    config = work / "catalog" / "collections" / "tests.toml"
    config.parent.mkdir(parents=True)
    config.write_text(COLLECTION)
    portal("scan", "--catalog", work / "catalog", "--workers", 0, "--no-checksums")
    site = work / "site"
    shutil.copytree(prose_pages, site)
    shutil.copytree(app, site / "app")
    renderer = Renderer(prose_pages)
    for bundle in PAGE.pages(Source(Catalog.open(work / "catalog"), (store,))):
        for group in bundle.groups():
            for drawn, pictures in group.finish(group.rows):
                pages = renderer.fill(PAGE.template, drawn.context).pages(range(len(drawn.rows)))
                for row, html, files in zip(drawn.rows, pages, pictures, strict=True):
                    for name, content in {bundle.paths[row]: html, **files}.items():
                        (site / name).parent.mkdir(parents=True, exist_ok=True)
                        (site / name).write_bytes(content)
    return site, store


def latest(path: Path) -> None:
    """Give the first cube of a file an index that byte offsets do not reach."""
    new = path.with_suffix(".new")
    with h5py.File(path) as old, h5py.File(new, "w", libver="latest") as file:
        file.attrs.update(old.attrs)
        for name in old:
            old.copy(name, file)
        cube = file[GROUP]["intensity"][:]
        del file[GROUP]["intensity"]
        made = file[GROUP].create_dataset("intensity", data=cube, chunks=(7, 8, 8), compression=4)
        made.attrs["unit"] = "W m-2 Hz-1 sr-1"
    new.replace(path)


@pytest.fixture(scope="module")
def running(cubes) -> Iterator[SiteServer]:
    site, store = cubes
    with serving(site, store, prefix="/some/where/") as server:
        yield server


def asked(server: SiteServer) -> list[tuple[str, int]]:
    """Ranges of the data that were asked for since the last call, and the bytes sent."""
    found = [(r.range, r.bytes) for r in server.requests if "/data/" in r.path]
    server.requests.clear()
    return found


def open_model(page: Page, server: SiteServer, name: str, fragment: str = "") -> None:
    page.goto(server.url + model_page(name) + fragment)
    settled(page)


def settled(page: Page) -> None:
    """Wait until what was asked for is shown."""
    page.wait_for_function(
        """() => !document.querySelector('.explore[aria-busy]')
            && /^[1-9]/.test(document.querySelector('.explore-moved')?.textContent)"""
    )


def click_pixel(page: Page, row: int, column: int, side: int) -> None:
    """Click a pixel of a square map of `side` pixels."""
    canvas = page.locator(".map-canvas")
    box = canvas.bounding_box()
    assert box
    # The margins of the drawing around the map: left, top, right and bottom.
    width, height = box["width"] - 46 - 78, box["height"] - 8 - 40
    x, y = 46 + (column + 0.5) / side * width, 8 + (side - row - 0.5) / side * height
    canvas.click(position={"x": x, "y": y})
    settled(page)


def test_a_spectrum_and_a_pixel_of_a_large_file_cost_little(visitor, running, cubes):
    path = cubes[1] / "observations" / f"{LARGE}.h5"
    assert path.stat().st_size > 300_000_000
    page = visitor.page
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    asked(running)
    open_model(page, running, LARGE)
    first = asked(running)
    assert 1 <= len(first) <= 2
    assert sum(size for _, size in first) <= 100_000
    expect(page.locator(".spectrum-label")).to_have_text("CO 2-1")
    # A map of 4 MB is not fetched before the reader says so.
    expect(page.get_by_role("button", name=re.compile(r"Load this map \(up to 4"))).to_be_visible()
    page.goto("about:blank")
    open_model(page, running, LARGE, f"#explore:group={GROUP}&map=moment0&pixel=700.300")
    expect(page.locator(".spectrum-label").first).to_contain_text("Pixel at x +")
    cost = asked(running)
    pixel = [one for one in cost if one not in first]
    assert 1 <= len(pixel) <= 10
    assert sum(size for _, size in pixel) <= 1_000_000
    # The value under the cursor is that of the file.
    page.locator(".spectrum-frame").press("Home")
    with h5py.File(path) as file:
        group = file[GROUP]
        value, velocity = float(group["intensity"][0, 300, 700]), float(group["velocity"][0])
        kelvin = value * 299792458**2 / 2 / 1.380649e-23 / float(group["frequency"][0]) ** 2
    assert abs(spoken(page) / kelvin - 1) < 1e-3
    expect(page.locator(".spectrum-reading")).to_contain_text(
        f"{velocity:.4g} km/s".replace("-", "−")
    )
    assert page.locator(".explore-note").inner_text() == ""


def spoken(page: Page) -> float:
    """The first value that the spectrum gives under its cursor."""
    text = page.locator(".spectrum-value").first.inner_text()
    plain = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    value = float(plain.split(" ")[0])
    for power in re.findall(r"× 10(-?\d+)", plain):
        value *= 10.0 ** int(power)
    return value


def test_values_are_those_of_h5py_bit_for_bit(running, cubes):
    site, store = cubes
    rows = Catalog.open(site.parent / "catalog").table("observations").to_pylist()
    places = {row["obs_id"]: row for row in rows}
    far = np.random.default_rng(3).integers(0, SIDE, (4, 2)).tolist()
    wanted = {LARGE: ([*far, [0, 0], [SIDE - 1, SIDE - 1]], []), SMALL: ([[5, 9]], [0, 7, 20])}
    jobs, expected = [], []
    for name, (pixels, channels) in wanted.items():
        path, row = store / "observations" / f"{name}.h5", places[f"{name}/{GROUP}"]
        parts = ("shape", "chunks", "dtype", "filters", "index")
        jobs.append(
            {
                "url": f"{running.url}data/observations/{name}.h5",
                "bytes": path.stat().st_size,
                "cube": {part: row[f"intensity_{part}"] for part in parts},
                "pixels": pixels,
                "channels": channels,
            }
        )
        with h5py.File(path) as file:
            cube = file[GROUP]["intensity"]
            expected += [cube[:, y, x] for y, x in pixels] + [cube[c].ravel() for c in channels]
    command = ["node", "--input-type=module", "-e", READ, json.dumps(jobs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert np.array_equal(np.frombuffer(done.stdout, "<f8"), np.concatenate(expected))


def test_channels_pixels_and_units_follow_the_reader(visitor, running, cubes):
    page = visitor.page
    open_model(page, running, SMALL)
    asked(running)
    with h5py.File(cubes[1] / "observations" / f"{SMALL}.h5") as file:
        group = file[GROUP]
        cube, velocity = group["intensity"][:], group["velocity"][:]
    brightest = int(group_peak(cube))
    slider = page.locator("#explore-channel")
    assert slider.input_value() == str(brightest)
    page.get_by_role("button", name="Next channel").click()
    settled(page)
    assert slider.input_value() == str(brightest + 1)
    expect(page.locator(".explore-channels output")).to_have_text(
        f"{velocity[brightest + 1]:.4g} km/s".replace("-", "−")
    )
    page.locator("#explore-unit").select_option("SI")
    click_pixel(page, 5, 9, 16)
    expect(page.locator(".map-reading")).to_contain_text("W m⁻² Hz⁻¹ sr⁻¹")
    expect(page.locator(".spectrum-label").first).to_have_text("Pixel at x +0.40″, y −0.67″")
    page.locator(".spectrum-frame").press("Home")
    assert spoken(page) == pytest.approx(float(cube[0, 5, 9]), rel=1e-3)
    # By keys alone: to the pixel on the right, and the spectrum of it.
    page.locator(".map-canvas").press("ArrowRight")
    page.locator(".map-canvas").press("Enter")
    settled(page)
    expect(page.locator(".spectrum-label").first).to_have_text("Pixel at x +0.67″, y −0.67″")
    # All chunks are there by now: nothing more is asked for.
    asked(running)
    slider.press("Home")
    settled(page)
    assert asked(running) == []
    # The address brings a reader back to all of it.
    address = page.url
    page.goto("about:blank")
    page.goto(address.replace(GROUP, "parrot"))
    expect(page.locator(".explore-odd")).to_contain_text("group “parrot”")
    page.goto("about:blank")
    page.goto(address)
    settled(page)
    expect(page.locator(".explore-odd")).to_be_empty()
    assert (slider.input_value(), page.locator("#explore-unit").input_value()) == ("0", "SI")
    expect(page.locator(".spectrum-label").first).to_have_text("Pixel at x +0.67″, y −0.67″")
    page.get_by_role("button", name="Play the channels").click()
    page.wait_for_function("() => Number(document.querySelector('#explore-channel').value) > 1")
    page.get_by_role("button", name="Stop").click()
    page.locator("#explore-line").select_option("SiO 5-4")
    settled(page)
    page.get_by_role("button", name="Spectrum of the whole map").click()
    expect(page.locator(".spectrum-label")).to_have_text("SiO 5-4")
    page.locator("#explore-map").select_option("moment1")
    settled(page)
    expect(page.locator(".map-reading")).to_contain_text(re.compile("km/s|no value"))


def group_peak(cube: np.ndarray) -> int:
    """Channel with the highest flux."""
    return int(cube.sum(axis=(1, 2)).argmax())


def test_a_cube_beyond_byte_offsets_is_read_by_the_library_on_a_click(visitor, running, cubes):
    page = visitor.page
    asked(running)
    open_model(page, running, OTHER)
    click_pixel(page, 5, 9, 16)
    expect(page.get_by_role("button", name=re.compile("Load this cube"))).to_be_visible()
    page.locator("#explore-map").select_option("channel")
    settled(page)
    load = page.get_by_role("button", name=re.compile("Load this cube"))
    expect(load).to_contain_text("MB")
    assert not [r for r in running.requests if "libraryworker" in r.path]
    load.click()
    settled(page)
    expect(load).to_have_count(0)
    expect(page.locator(".explore-moved")).not_to_have_text(re.compile("^[12] requests"))
    assert len([r for r in running.requests if "libraryworker" in r.path]) == 1
    click_pixel(page, 5, 9, 16)
    page.locator(".spectrum-frame").press("Home")
    with h5py.File(cubes[1] / "observations" / f"{OTHER}.h5") as file:
        value = float(file[GROUP]["intensity"][0, 5, 9])
        kelvin = value * 299792458**2 / 2 / 1.380649e-23 / float(file[GROUP]["frequency"][0]) ** 2
    assert spoken(page) == pytest.approx(kelvin, rel=1e-3)


FAULTS = {
    "sends whole files only": Faults(ranges=False, only="/data/"),
    "cannot be read": Faults(unavailable=99, only="/data/"),
}


@pytest.mark.parametrize("said", FAULTS)
def test_a_host_that_does_wrong_is_named(context, cubes, said):
    site, store = cubes
    page = context.new_page()
    with serving(site, store, faults=FAULTS[said]) as server:
        page.goto(server.url + model_page(LARGE))
        note = page.locator(".explore-note")
        expect(note).to_contain_text(said)
        # The file itself is there to be downloaded, and nothing of it was taken.
        assert sum(r.bytes for r in server.requests if "/data/" in r.path) < 20_000_000
    expect(note.get_by_role("button", name="Try again")).to_be_visible()


def test_a_host_elsewhere_that_lets_no_page_read_is_named(context, cubes, running):
    site, store = cubes
    with serving(site, store, faults=Faults(cors=False)) as other:
        page = moved(context, running, site, {'"../../data/': f'"{other.url}data/'})
        expect(page.locator(".explore-note")).to_contain_text("does not let pages of other sites")
    page = moved(context, running, site, {'"../../data/': '"http://127.0.0.1:1/data/'})
    expect(page.locator(".explore-note")).to_contain_text("cannot be reached")


def test_a_file_that_changed_or_went_is_refused(context, running, cubes):
    site, store = cubes
    size = (store / "observations" / f"{SMALL}.h5").stat().st_size
    page = moved(context, running, site, {f'"bytes":{size}': f'"bytes":{size + 1}'})
    expect(page.locator(".explore-note")).to_contain_text("not the one the catalogue describes")
    page = moved(context, running, site, {'"../../data/': '"../../data/no/'})
    expect(page.locator(".explore-note")).to_contain_text("answered 404")


def moved(context, server: SiteServer, site: Path, changes: dict[str, str]) -> Page:
    """The page of the small model with other words in what it tells the scripts."""
    path = site / model_page(SMALL)
    html = path.read_text("utf-8")
    elsewhere = {"connect-src 'self'": "connect-src 'self' http://127.0.0.1:*"}
    for old, new in (elsewhere | changes).items():
        assert old in html
        html = html.replace(old, new)
    path.with_name("moved.html").write_text(html, "utf-8")
    page = context.new_page()
    page.goto(f"{server.url}{path.with_name('moved.html').relative_to(site).as_posix()}")
    return page


def test_previews_stand_where_there_are_no_scripts(engine, running):
    context = engine.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(running.url + model_page(SMALL))
    expect(page.locator("#previews figure svg").first).to_be_visible()
    expect(page.locator("#explore")).to_be_empty()
    context.close()


def test_the_panel_is_for_everyone(engine, running):
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    context = engine.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    visitor = Visitor(context.new_page())
    page = visitor.page
    open_model(page, running, SMALL, f"#explore:group={GROUP}&map=channel&channel=3&pixel=4.4")
    expect(page.locator(".spectrum-label")).to_have_count(2)
    wide, screen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= screen
    page.evaluate(axe)
    for scheme, name in (("light", "default"), ("dark", "slate")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"() => document.body.dataset.mdColorScheme === '{name}'")
        found = page.evaluate("axe.run('#explore')")["violations"]
        assert [(v["id"], n["html"][:150]) for v in found for n in v["nodes"]] == []
    assert visitor.complaints == []
    context.close()
