"""Previews are drawn from the very bytes of the store, and mean what they show."""

import io
import re
import xml.etree.ElementTree as ET

import h5py
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from portal.previews import maps
from portal.previews.axes import shown, ticks
from portal.previews.colours import AMOUNTS, SIGNED, gradient, oklch_to_srgb, palette
from portal.previews.figures import draw
from portal.previews.portrait import portrait
from portal.previews.reading import located, opened, small
from portal.previews.spectra import Spectrum, panel
from tests.layout import write_store
from tests.portal.catalogs import scanned

DAMAGE = [
    {"spectrum_offset": None},
    {"spectrum_dtype": "nonsense"},
    {"spectrum_dtype": "O"},
    {"spectrum_nbytes": 3},
    {"spectrum_offset": 10**12},
    {"spectrum_filters": "gzip"},
    {"spectrum_shape": [10**6, 10**6]},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("previews") / "store", 2)


@pytest.fixture(scope="module")
def rows(store):
    catalog = scanned(store, store.parent / "catalog")
    _, observations, files = next(iter(catalog.models_with_observations()))
    return observations, {f["path"]: f["bytes"] for f in files}


@pytest.mark.parametrize("name", ["spectrum", "velocity", "moment0", "moment1"])
def test_bytes_equal_those_of_h5py(store, rows, name):
    row = rows[0][0]
    with opened(store / row["path"]) as descriptor, h5py.File(store / row["path"]) as file:
        expected = file[row["hdf5_group"]][name][:]
        np.testing.assert_array_equal(small(descriptor, row, name), expected)


@pytest.mark.parametrize("damage", DAMAGE, ids=str)
def test_damaged_rows_give_nothing(store, rows, damage):
    row = rows[0][0] | damage
    with opened(store / row["path"]) as descriptor:
        assert small(descriptor, row, "spectrum") is None


def test_files_are_found_by_size_and_only_inside(store, rows):
    (path, size), *_ = rows[1].items()
    assert located((store / "gone", store), path, size) == store / path
    assert located((store,), path, size + 1) is None
    assert located((store / "models",), f"../{path}", size) is None
    assert located((store,), f"/{path}", size) is None
    assert located((store,), "a\0b", size) is None


@given(low=st.floats(-1e9, 1e9), span=st.floats(1e-6, 1e9), most=st.integers(3, 8))
def test_ticks_are_few_even_and_inside(low, span, most):
    assume(span > abs(low) * 1e-6)  # no axis of a cube is narrower than that
    high = low + span
    found = ticks(low, high, most)
    assert len(found) <= most
    assert all(low - span * 1e-6 - abs(low) * 1e-9 <= t <= high + span * 1e-6 for t in found)
    steps = np.diff(found)
    if len(found) > 2:
        np.testing.assert_allclose(steps, steps[0], rtol=1e-4)


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1, 0), (0, float("inf")), (float("nan"), 1)])
def test_no_ticks_where_there_is_no_range(low, high):
    assert ticks(low, high) == []


def test_tick_texts():
    assert [shown(v) for v in (0.0, -2.0, 0.30000000000000004, 1e-7)] == ["0", "−2", "0.3", "1e−7"]


def test_colours_are_known_ones():
    white = oklch_to_srgb(np.array([1.0, 0.0]), np.zeros(2), np.zeros(2))
    assert white.tolist() == [[255, 255, 255], [0, 0, 0]]
    # Red of sRGB in OKLCh, from the definition of OKLab.
    red = oklch_to_srgb(np.array([0.62796]), np.array([0.25768]), np.array([29.234]))
    np.testing.assert_allclose(red[0], [255, 0, 0], atol=1)


def luminance(colours):
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_amounts_grow_lighter_and_signs_mirror():
    table = palette().astype(float)
    assert len(table) == 1 + AMOUNTS + SIGNED <= 256
    assert (np.diff(luminance(table[1 : 1 + AMOUNTS])) > -1e-3).all()
    signs = luminance(table[1 + AMOUNTS :])
    middle = SIGNED // 2
    assert signs.argmax() == middle
    assert (np.diff(signs[: middle + 1]) > 0).all()
    assert (np.diff(signs[middle:]) < 0).all()
    assert table[-1][0] > table[-1][2]
    assert table[1 + AMOUNTS][2] > table[1 + AMOUNTS][0]
    assert len(gradient("amounts")) == 9


def edges(path):
    """Corner points of a step line."""
    x, y = (int(n) for n in re.match(r"M(-?\d+) (-?\d+)", path).groups())
    points = [(x, y)]
    for way, length in re.findall(r"([hv])(-?\d+)", path):
        x, y = (x + int(length), y) if way == "h" else (x, y + int(length))
        points.append((x, y))
    return points


@given(flux=hnp.arrays(float, st.integers(2, 500), elements=st.floats(-1e3, 1e6) | st.just(np.nan)))
def test_step_lines_stay_in_the_panel_and_follow_the_flux(flux):
    velocity = np.linspace(-30, 30, len(flux))
    svg = panel("CO", [Spectrum(0, velocity, flux)])
    if not np.isfinite(flux).any():
        assert svg is None
        return
    path = ET.fromstring(str(svg)).find("path[@class='pc s0']").get("d")
    points = edges(path)
    assert all(0 <= x <= 680 and 0 <= y <= 400 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    if len(flux) <= 160:
        assert points[0][0] == 92
        assert points[-1][0] == 668
        lowest = min(y for _, y in points)
        at = int(np.nanargmax(np.nan_to_num(flux)))
        middle = 92 + (velocity[at] + 30) / 60 * 576
        assert any(y == lowest and abs(x - middle) <= 576 / len(flux) + 2 for x, y in points)


def test_hostile_line_name_stays_text():
    svg = str(panel('<g onload="x">', [Spectrum(0, np.arange(3.0), np.ones(3))]))
    assert "<g onload" not in svg
    assert ET.fromstring(svg).find("text").text == '<g onload="x">'


def test_panel_without_a_velocity_axis_is_left_out():
    assert panel("CO", [Spectrum(0, np.zeros(3), np.ones(3))]) is None
    assert panel("CO", [Spectrum(0, np.array([1.0, np.nan, 2.0]), np.ones(3))]) is None


@given(
    values=hnp.arrays(
        float,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=150),
        elements=st.floats(-10, 10, width=32) | st.just(np.nan),
    )
)
def test_maps_keep_order_and_holes(values):
    for scale in (maps.Scale("amounts", 10.0, "K"), maps.Scale("signed", 10.0, "K")):
        entries = maps.indices(values, scale)
        assert max(entries.shape) <= maps.TILE
        if max(values.shape) <= maps.TILE:
            flipped = values[::-1]
            assert ((entries == 0) == np.isnan(flipped)).all()
            known = np.isfinite(flipped)
            order = np.argsort(flipped[known])
            assert (np.diff(entries[known][order].astype(int)) >= 0).all()


def test_scales():
    maps_of = [np.array([[1.0, np.nan], [4.0, -2.0]])]
    assert maps.amounts(maps_of, "K").limit == 4.0
    assert maps.signed(maps_of, "K").limit == pytest.approx(4.0, rel=0.02)
    empty = [np.full((2, 2), np.nan)]
    assert maps.amounts(empty, "K") is maps.signed(empty, "K") is None
    assert maps.amounts([-np.ones((2, 2))], "K") is None


def test_sprite_holds_every_tile():
    tiles = [np.full((4 + n, 6), n + 1, np.uint8) for n in range(5)]
    data, places = maps.sprite(tiles)
    picture = Image.open(io.BytesIO(data))
    assert picture.info["transparency"] == 0
    sheet = np.asarray(picture)
    for tile, place in zip(tiles, places, strict=True):
        cut = sheet[place.y : place.y + place.height, place.x : place.x + place.width]
        np.testing.assert_array_equal(cut, tile)
    assert maps.sprite(tiles)[0] == data


def test_figures_of_a_model(store, rows):
    observations, sizes = rows
    figures = draw((store,), observations, sizes, "a b.png")
    assert len(figures.spectra) == 2
    assert len(figures.legend) == 3
    assert [(r.line, len(r.panels)) for r in figures.maps] == [
        (line, 3) for line in ("CO 2-1", "CO 2-1", "SiO 5-4", "SiO 5-4")
    ]
    for svg in (*figures.spectra, *(svg for row in figures.maps for svg, _ in row.panels)):
        root = ET.fromstring(str(svg))
        assert root.get("role") == "img"
        assert root.get("aria-label")
    assert 'href="a%20b.png"' in str(figures.maps[0].panels[0][0])
    assert Image.open(io.BytesIO(figures.picture)).format == "PNG"
    assert draw((store,), observations, sizes, "a b.png") == figures


def test_axes_reach_from_first_to_last_pixel_centre(store, rows):
    figures = draw((store,), *rows, "a.png")
    texts = ET.fromstring(str(figures.maps[0].panels[0][0])).iter("text")
    # The example's offsets run from -2 to 2 arcsec.
    assert {"−2", "−1", "0", "1", "2"} & {t.text for t in texts} >= {"0"}
    width = re.search(r'viewBox="0\.5 0\.5 (\S+)', str(figures.maps[0].panels[0][0]))[1]
    assert width == "15"


def test_no_store_no_figures(rows, tmp_path):
    figures = draw((tmp_path,), *rows, "a.png")
    assert (figures.spectra, figures.maps, figures.picture) == ((), (), None)


def test_unreadable_file_has_no_figures(rows, store, tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no")

    monkeypatch.setattr("portal.previews.reading.os.open", refuse)
    assert draw((store,), *rows, "a.png").picture is None


def test_portrait_prefers_structure(store, rows):
    observations, sizes = rows
    chosen = portrait((store,), observations, sizes)
    assert chosen.row in observations
    picture = Image.open(io.BytesIO(chosen.picture))
    assert picture.size == (560, 560)
    corner = np.asarray(picture.convert("RGB"))[:5, :5]
    assert corner.max() <= 6
    assert portrait((), observations, sizes) is None
