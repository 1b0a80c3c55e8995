"""The plot and the comparison of the browse page, against the files and against Python."""

import math
import re
from urllib.parse import parse_qs, urlsplit

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from portal.catalog.paths import model_page
from portal.server import Faults, serving
from tests.browser.conftest import PREFIX
from tests.browser.test_access import COLOURS, RULES, axe
from tests.browser.test_browse import names, settled, table

__all__ = ["axe", "table"]

pytestmark = pytest.mark.browser

AXES = ("mass_loss_rate", "terminal_velocity")
PLOT = "browse.html?view=plot&plot=" + "+".join(AXES) + "+morphology"
FRAME = ".plot-frame[aria-busy=false] canvas[aria-label]"
PICKED = ("test-000", "test-003", "test-001")


def inside(points, x, y):
    """Even-odd: how many edges of the outline lie to the right of each point."""
    corners = np.asarray(points)
    met = np.zeros(len(x), dtype=int)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        spans = (y0 > y) != (y1 > y)
        met += spans & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return met % 2 == 1


def lasso_in(address):
    """Columns, scales and corners of the outline in an address."""
    (text,) = parse_qs(urlsplit(address).query)["lasso"]
    x, y, logx, logy, *corners = text.split(" ")
    points = [tuple(map(float, corner.split(","))) for corner in corners]
    return (x, y), (logx == "log", logy == "log"), points


def enclosed(address, rows):
    """Names of the rows inside the outline of an address."""
    columns, logs, points = lasso_in(address)
    scale = [np.log10 if log else np.asarray for log in logs]
    places = [scale[i](rows[columns[i]].to_numpy()) for i in (0, 1)]
    outline = [[float(scale[i](corner[i])) for i in (0, 1)] for corner in points]
    found = inside(outline, *places)
    return rows["model_id"].filter(found).to_pylist()


def draw(page, corners):
    """Draw an outline on the plot with the mouse; corners as parts of the frame."""
    box = page.locator(".plot-frame").bounding_box()
    places = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    return [(x - box["x"], y - box["y"]) for x, y in places]


def outline(page):
    """Corners of the outline as drawn, from the corner of the frame."""
    path = page.locator(".plot-outline").get_attribute("d") or ""
    return [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", path)]


def waits(page, selector):
    page.wait_for_selector(selector, timeout=60_000, state="attached")


@pytest.mark.slow
def test_a_lasso_on_100000_models_selects_what_python_says(visitor, large_server, large_site):
    page = visitor.page
    page.goto(large_server.url + PLOT)
    waits(page, FRAME)
    drawn = draw(page, [(0.3, 0.3), (0.8, 0.4), (0.4, 0.7), (0.6, 0.25), (0.5, 0.8)])
    page.wait_for_url("**lasso=**", timeout=60_000)
    rows = pq.read_table(large_site / "catalog" / "models.parquet", columns=["model_id", *AXES])
    wanted = enclosed(page.url, rows)
    assert 1000 < len(wanted) < 90_000
    settled(page, f"{len(wanted):,} of 100,000 models")
    page.get_by_text(f"{len(wanted):,} models are drawn. Those").wait_for(timeout=60_000)
    kept = outline(page)
    for corner in drawn:
        assert min(math.dist(corner, other) for other in kept) < 3
    page.get_by_role("button", name="Clear lasso").click()
    settled(page, "100,000 models")
    expect(page).not_to_have_url(re.compile("lasso"))


def places_of(page, rows, bounds):
    """Where models lie in the frame, from a rectangle whose corners are known."""
    corners = outline(page)
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    low, high = max(y for _, y in corners), min(y for _, y in corners)
    (xmin, xmax), (ymin, ymax) = bounds
    for row in rows:
        across = (row["mass_loss_rate"] - xmin) / (xmax - xmin)
        up = (row["terminal_velocity"] - ymin) / (ymax - ymin)
        yield row, left + across * (right - left), low + up * (high - low)


def pixels(page, places):
    """Red, green, blue and ink of the plot at some places."""
    return page.evaluate(
        """places => {
            const canvas = document.querySelector('.plot-canvas')
            const { width, height } = canvas
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
            const at = (value) => Math.floor(value * devicePixelRatio)
            return places.map(([x, y]) => [...data.slice(4 * (at(y) * width + at(x))).slice(0, 4)])
        }""",
        places,
    )


def test_points_lie_where_their_values_are_in_the_colour_of_their_kind(visitor, server, table):
    page = visitor.page
    page.goto(server.url + PLOT)
    waits(page, FRAME)
    rows = [r for r in table.to_pylist() if r["mass_loss_rate"] and r["terminal_velocity"]]
    rates, speeds = ([row[name] for row in rows] for name in AXES)
    bounds = [(min(rates), max(rates)), (min(speeds), max(speeds))]
    page.get_by_text("Select a rectangle by numbers").click()
    fields = page.locator(".plot-numbers input").all()
    for field, value in zip(fields, [*bounds[0], *bounds[1]], strict=True):
        field.fill(repr(value))
    page.keyboard.press("Enter")
    page.wait_for_url("**lasso=**")
    settled(
        page,
        f"{len(rows)} of {table.num_rows} models"
        if len(rows) < table.num_rows
        else f"{table.num_rows} models",
    )
    waits(page, ".plot-outline[d^=M]")
    assert sorted(enclosed(page.url, table)) == sorted(r["model_id"] for r in rows)
    assert lasso_in(page.url)[1] == (False, False)
    frame = page.locator(".plot-frame")
    places = list(places_of(page, rows, bounds))
    for row, x, y in places:
        page.mouse.move(0, 0)
        frame.hover(position={"x": x, "y": y})
        tip = page.locator(".plot-tip strong")
        tip.wait_for()
        page.wait_for_function(
            "name => document.querySelector('.plot-tip strong').textContent === name",
            arg=row["model_id"],
        )
        assert f"{row['terminal_velocity']:g} km s" in page.locator(".plot-tip").inner_text()
    palette = {}
    for (row, *_), (*colour, ink) in zip(
        places, pixels(page, [p[1:] for p in places]), strict=True
    ):
        assert ink > 150
        palette.setdefault(row["morphology"], []).append(colour)
    kinds = list(palette.values())
    assert len(kinds) > 2
    for place, own in enumerate(kinds):
        assert all(math.dist(own[0], other) < 6 for other in own)
        for others in kinds[:place]:
            assert math.dist(own[0], others[0]) > 40
    frame.click(position={"x": x, "y": y})
    page.get_by_role("button", name="Compare", exact=True).last.click()
    page.wait_for_url(f"**picked={row['model_id']}**")
    frame.click(position={"x": x, "y": y})
    page.get_by_role("link", name="Open page").click()
    page.wait_for_url("**/" + model_page(row["model_id"]))


def test_axes_scales_and_zoom_follow_the_controls(visitor, server, table):
    page = visitor.page
    page.goto(server.url + "browse.html?view=plot")
    waits(page, FRAME)
    page.locator("select[data-role=x]").select_option("terminal_velocity")
    page.locator("select[data-role=y]").select_option("mass_loss_rate")
    page.locator("select[data-role=colour]").select_option("temperature_exponent")
    page.wait_for_url("**plot=terminal_velocity+mass_loss_rate+temperature_exponent")
    waits(page, ".plot-canvas[aria-label*='Mass loss rate against Terminal velocity, coloured by']")
    page.get_by_label("Vertical: logarithmic").check()
    draw(page, [(0.3, 0.25), (0.9, 0.3), (0.85, 0.8), (0.35, 0.7)])
    page.wait_for_url("**lasso=**")
    columns, logs, _ = lasso_in(page.url)
    assert columns == AXES[::-1]
    assert logs == (False, True)
    wanted = enclosed(page.url, table)
    assert 0 < len(wanted) < table.num_rows
    settled(page, f"{len(wanted)} of {table.num_rows} models")
    page.get_by_text("The plot in numbers").click()
    speeds = [r["terminal_velocity"] for r in table.to_pylist() if r["model_id"] in wanted]
    row = page.locator(".plot-tables tbody tr").first.locator("td")
    expect(row.first).to_have_text(str(len(speeds)))
    waits(page, FRAME)
    cells = row.all_inner_texts()
    assert [float(c) for c in (cells[0], cells[1], cells[-1])] == [
        len(speeds),
        min(speeds),
        max(speeds),
    ]
    before = outline(page)
    page.get_by_role("radio", name="Zoom").check(force=True)
    draw(page, [(0.4, 0.3), (0.7, 0.6)])
    page.wait_for_selector("button:text('Show all'):enabled")
    assert outline(page) != before
    page.get_by_role("button", name="Show all").click()
    assert outline(page) == before
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save picture").click()
    picture = waiting.value.path().read_bytes()
    width, height = (int.from_bytes(picture[i : i + 4], "big") for i in (16, 20))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert page.evaluate(
        "(() => { const c = document.querySelector('.plot-canvas'); return [c.width, c.height] })()"
    ) == [width, height]
    page.locator("#browse-views button[data-choice=table]").click()
    page.wait_for_selector("#browse-view tbody a")
    assert sorted(names(page)) == sorted(wanted)


def shown(value):
    """A number as the site writes it."""
    return f"{value:.4g}".replace("-", "−") if value == 0 or 1e-3 <= abs(value) < 1e6 else None


def test_a_rectangle_in_units_for_people_selects_observations(visitor, server, site):
    page = visitor.page
    page.goto(
        server.url
        + "browse.html?table=observations&view=plot&plot=rest_frequency+peak_flux_density"
    )
    waits(page, FRAME)
    page.get_by_text("Select a rectangle by numbers").click()
    page.get_by_label("Lowest Rest frequency (GHz)").fill("230.538")
    page.get_by_label("Highest Rest frequency (GHz)").fill("231")
    page.keyboard.press("Enter")
    page.wait_for_url("**lasso=**")
    rows = pq.read_table(site / "catalog" / "observations.parquet")
    lines = rows["line"].to_pylist()
    settled(page, f"{lines.count('CO 2-1')} of {len(lines)} observations")
    columns, _, corners = lasso_in(page.url)
    assert columns == ("rest_frequency", "peak_flux_density")
    assert corners[0][0] == pytest.approx(230.538e9, rel=1e-6)
    page.wait_for_function(
        "() => document.querySelector('.plot-outline').getAttribute('d')"
        ".match(/[\\d.]+ [\\d.]+/g)?.length === 4"
    )


def pick(page, label):
    text = page.get_by_text(label, exact=True)
    return page.locator(".compare-pick", has=text).locator("select")


def test_the_comparison_shows_what_the_files_hold(visitor, server, store, table):
    page = visitor.page
    page.goto(server.url + "browse.html?view=compare&picked=" + "+".join(PICKED))
    waits(page, ".compare[aria-busy=false] .compare-map")
    rows = {r["model_id"]: r for r in table.to_pylist()}
    differing = page.locator(".compare-table").first.locator("tbody tr")
    speeds = (
        differing.filter(has_text="Terminal velocity").locator("td.is-number").all_inner_texts()
    )
    assert [float(text) for text in speeds] == [rows[name]["terminal_velocity"] for name in PICKED]
    labels = differing.locator("th").all_inner_texts()
    for line in labels:
        assert "Points" not in line
    pick(page, "Line").select_option("SiO 5-4")
    pick(page, "Direction").select_option(index=1)
    waits(page, ".compare[aria-busy=false] .compare-bar[aria-label*='SiO 5-4']")
    chart = page.get_by_role("slider", name="Spectra")
    chart.press("Home")
    for _ in range(9):
        chart.press("ArrowRight")
    said = chart.get_attribute("aria-valuetext")
    maps = page.locator(".compare-maps")
    maps.press("ArrowRight")
    values = page.locator(".compare-value").all_inner_texts()
    for name, value in zip(PICKED, values, strict=True):
        with h5py.File(store / "observations" / f"{name}.h5") as file:
            group = file["SiO_5-4_d01"]
            velocity, flux = float(group["velocity"][9]), float(group["spectrum"][9])
            x, y = group["x"][:], group["y"][:]
            step = (x[1] - x[0]) * len(x) / 64
            middle = group["moment0"][
                int(y[0] < 0) * len(y) // 2, int(np.floor(step / (x[1] - x[0]) + len(x) / 2))
            ]
        assert said.startswith(f"{shown(velocity)} km/s: ")
        assert f"{name} {shown(flux)} Jy" in said
        number = value.removesuffix(" K km/s").replace("×", "e").replace(" ", "")
        number = number.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")).replace("e10", "e")
        assert float(number) == pytest.approx(float(middle), rel=6e-4)
    page.get_by_role("button", name=PICKED[1]).and_(page.locator("[aria-pressed]")).click()
    assert PICKED[1] not in chart.get_attribute("aria-valuetext")
    page.get_by_role("button", name=f"Remove {PICKED[1]} from the comparison").click()
    page.wait_for_url(f"**picked={PICKED[0]}+{PICKED[2]}")
    expect(page.locator(".compare-map")).to_have_count(2)
    waits(page, ".compare[aria-busy=false]")
    assert page.locator("#browse-compare thead a").first.get_attribute("href") == model_page(
        PICKED[0]
    )


def test_a_model_whose_file_fails_takes_no_other_with_it(context, site, store):
    faults = Faults(unavailable=1000, only=f"{PICKED[1]}.h5")
    page = context.new_page()
    with serving(site, store, prefix=PREFIX, faults=faults) as server:
        page.goto(server.url + "browse.html?view=compare&picked=" + "+".join(PICKED))
        waits(page, ".compare[aria-busy=false] .compare-map")
        (note,) = page.locator(".compare-notes li").all_inner_texts()
        assert note.startswith(f"{PICKED[1]}: The data cannot be read")
        assert "503" in note
        names = page.locator("figcaption .compare-name").all_inner_texts()
        assert names == [PICKED[0], PICKED[2]]
        said = page.get_by_role("slider", name="Spectra").get_attribute("aria-valuetext")
        assert PICKED[1] not in said
        assert page.locator(".compare-table thead a").all_inner_texts() == list(PICKED)


def violations(page, rules):
    run = "rules => axe.run('#browse-main', {runOnly: rules})"
    found = page.evaluate(run, rules)["violations"]
    return [f"{v['id']}: {n['html'][:150]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("width", [1400, 390])
def test_views_are_for_everyone_in_either_scheme(visitor, server, axe, width):
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 900})
    comparison = "browse.html?view=compare&picked=" + "+".join(PICKED)
    views = {PLOT: FRAME, comparison: ".compare[aria-busy=false] .compare-map"}
    for address, ready in views.items():
        page.emulate_media(color_scheme="light")
        page.goto(server.url + address)
        waits(page, ready)
        page.evaluate(axe)
        for fold in page.locator(".plot details, .compare details").all():
            fold.evaluate("fold => fold.open = true")
        assert violations(page, RULES) == []
        page.emulate_media(color_scheme="dark")
        page.wait_for_selector("body[data-md-color-scheme=slate]")
        page.wait_for_function("() => document.getAnimations().length === 0")
        assert violations(page, COLOURS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
