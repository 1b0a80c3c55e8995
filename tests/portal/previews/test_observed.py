"""Pictures of observed products: small, of what is there, with a reason where there is none."""

import io
import json
import re
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.schema import OBSCORE
from portal.obscore.products import found_in
from portal.previews import measured
from portal.previews.observed import pictures_of
from portal.previews.pixels import plane_of
from portal.previews.stretch import Stretch, coloured, stretch_of
from tests.portal.products import LINE, MADE, SKY

SMALL = 10_000
REAL = [
    "img_magpis_glon.fits",
    "img_subaru_hsc.fits",
    "img_tile_compressed.fits",
    "spec_alfalfa_bintable.fits",
    "spec_lamost_dr.fits.gz",
    "time_integral_jmx_lightcurve.fits",
]


@contextmanager
def held(path):
    """Each product of an open file with its row."""
    bare = dict.fromkeys(column.name for column in OBSCORE)
    rows = [bare | given.row for given in found_in(path, path.name).rows]
    with open_fits(path) as file:
        yield list(zip(products(file)[0], rows, strict=True))


def drawn_of(path):
    """Pictures of each product of a file."""
    with held(path) as found:
        return [pictures_of(product, row, "x.webp") for product, row in found]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    for name, make in MADE.items():
        make().writeto(folder / name)
    return folder


def picture(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("name", MADE)
def test_each_has_a_small_picture_that_says_what_it_shows(made, name):
    (drawn,) = drawn_of(made / name)
    assert drawn.reason == ""
    assert len(drawn.thumbnail) < SMALL
    assert picture(drawn.thumbnail).format == "WEBP"
    assert max(picture(drawn.thumbnail).size) == 120
    assert len(drawn.label) > 5


def test_images_have_axes_of_the_sky_colours_and_clear_blanks(made):
    (drawn,) = drawn_of(made / "image.fits")
    large = picture(drawn.picture)
    assert large.size == (30, 20)
    # North is up: the blank corner at high rows is the upper left one.
    assert large.getpixel((1, 1))[3] == 0
    assert large.getpixel((20, 14))[3] == 255
    assert max(large.getpixel((20, 14))[:3]) > 150 > max(large.getpixel((10, 3))[:3])
    assert {"Right ascension", "Declination", "N", "E"} <= set(
        re.findall(r"<text[^>]*>([^<]+)", drawn.frame)
    )
    assert re.search(r"4h36m4\d", drawn.frame)
    assert re.search("−62°04\N{PRIME}3\\d", drawn.frame)
    assert "Jy beam⁻¹" in drawn.bar
    assert "clear where there is no value" in drawn.caption


def test_a_cube_is_its_highest_value_and_its_channels(made):
    with held(made / "cube & co.fits") as ((product, row),):
        plane = plane_of(product)
        data = product.hdu.array()
        drawn = pictures_of(product, row, "x.webp")
        curve = measured.through_channels(product, plane.means, row, "K")
    np.testing.assert_allclose(plane.values, data.max(0))
    np.testing.assert_allclose(plane.means, np.nanmean(data, (1, 2)), rtol=1e-6)
    assert curve.x == "Frequency [GHz]"
    ((x, y),) = curve.pieces
    # The third channel is at 10 km/s of the radio definition.
    assert x[y.argmax()] == pytest.approx(230.538 * (1 - 10e3 / 299792458), rel=1e-9)
    assert "Mean [K] along Frequency [GHz]" in drawn.about


def test_a_spectrum_lies_along_vacuum_wavelengths(made):
    with held(made / "spectrum.fits") as ((product, row),):
        curve, drawn = measured.spectrum_of(product, row), pictures_of(product, row, "x.webp")
    ((x, y),) = curve.pieces
    assert (curve.x, curve.y) == ("Wavelength in vacuum [nm]", "FLUX [erg s⁻¹ cm⁻² Å⁻¹]")
    assert x[0] * 1e-9 > row["em_min"]
    assert x[y.argmin()] == pytest.approx(500.0, abs=0.2)
    data = json.loads(drawn.data)
    assert len(data["x"]) == len(data["y"]) == 400
    assert data["range"][0] < 0.4 < 1.0 < data["range"][1]
    assert b"NaN" not in drawn.data


def test_orders_in_rows_are_pieces_along_their_own_wavelengths(tmp_path):
    waves = 500.0 + np.arange(30.0) + 28.0 * np.arange(20.0)[::-1, None]
    columns = [
        fits.Column("WAVELENGTH", "30D", unit="nm", array=waves),
        fits.Column("FLUX", "30E", unit="Jy", array=waves / 100.0),
    ]
    table = fits.BinTableHDU.from_columns(columns)
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(tmp_path / "a.fits")
    with held(tmp_path / "a.fits") as ((product, row),):
        curve, drawn = measured.spectrum_of(product, row), pictures_of(product, row, "x.webp")
    assert len(curve.pieces) == 20
    for x, y in curve.pieces:
        np.testing.assert_allclose(x, y * 100.0, rtol=1e-4)
    assert drawn.reason == ""
    assert "20 pieces" in drawn.about


def test_a_column_without_a_unit_gives_its_name(made, tmp_path):
    with fits.open(made / "spectrum.fits") as file:
        del file[1].header["TUNIT2"]
        file.writeto(tmp_path / "a.fits")
    with held(tmp_path / "a.fits") as ((product, row),):
        assert measured.spectrum_of(product, row).y == "FLUX"


def test_series_are_points_in_order(made):
    with held(made / "series.fits") as ((product, row),):
        curve, drawn = measured.series_of(product), pictures_of(product, row, "x.webp")
    assert (curve.x, curve.y, curve.points) == ("TIME [d]", "RATE [count s⁻¹]", True)
    assert (np.diff(curve.pieces[0][0]) > 0).all()
    assert drawn.data is None


@pytest.mark.parametrize("shape", [(6, 2), (2, 6)])
def test_channels_of_a_series_in_one_row_are_drawn_each(tmp_path, shape):
    times, flux = np.arange(6.0), np.arange(12, dtype="f4")
    columns = [
        fits.Column("TIME", "6D", "s", array=times[None]),
        fits.Column(
            "FLUX", "12E", "W/m2", dim=f"({shape[1]},{shape[0]})", array=flux.reshape(1, *shape)
        ),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    with held(tmp_path / "a.fits") as ((product, row),):
        curve, drawn = measured.series_of(product), pictures_of(product, row, "x.webp")
    np.testing.assert_array_equal([x for x, _ in curve.pieces], [times, times])
    by_channel = flux.reshape(shape) if shape[1] == 6 else flux.reshape(shape).T
    np.testing.assert_array_equal([y for _, y in curve.pieces], by_channel)
    assert drawn.about.endswith("; 2 channels.")


def level(channels, times):
    """Channels that change a little about levels that differ a lot, (channel, time)."""
    return 100.0 * np.arange(channels)[:, None] + np.sin(
        np.arange(times) + np.arange(channels)[:, None]
    )


@pytest.mark.parametrize("by_time", [False, True])
def test_channels_without_dimensions_are_told_apart_by_their_levels(tmp_path, by_time):
    flux = level(3, 20)
    columns = [
        fits.Column("TIME", "20D", "s", array=np.arange(20.0)[None]),
        fits.Column("FLUX", "60D", "W/m2", array=(flux.T if by_time else flux).reshape(1, -1)),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    with held(tmp_path / "a.fits") as ((product, row),):
        curve, drawn = measured.series_of(product), pictures_of(product, row, "x.webp")
    np.testing.assert_array_equal([y for _, y in curve.pieces], flux)
    assert "; 3 channels; which value is of which channel is not told, and" in drawn.about
    assert [f'class="pc s{n} pp"' in drawn.curve for n in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(("channels", "drawn"), [(8, 8), (9, 1)])
def test_channels_of_every_row_are_drawn_unless_they_are_many(tmp_path, channels, drawn):
    flux = level(channels, 20)
    columns = [
        fits.Column("TIME", "D", "s", array=np.arange(20.0)),
        fits.Column("RATE", f"{channels}D", "count/s", array=flux.T),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    with held(tmp_path / "a.fits") as ((product, _),):
        curve = measured.series_of(product)
    np.testing.assert_array_equal([y for _, y in curve.pieces], flux[:drawn])
    assert curve.note == ("" if drawn == channels else "the first channel")


def test_events_are_counted_where_they_are(made):
    with held(made / "events.fits") as ((product, _),):
        found, names = measured.counted(product)
    assert (found.sum(), names) == (500, "X and Y")


def test_large_images_are_read_in_part(tmp_path):
    path = tmp_path / "large.fits"
    cards = {"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": 20_000, "NAXIS2": 12_000}
    header = fits.Header({**cards, **SKY, "OBJECT": "R Dor"})
    with path.open("wb") as file:
        file.write(header.tostring().encode())
        start = file.tell()
        file.seek(start + 2 * (6_000 * 20_000 + 10_000))
        file.write(b"\x01\x00" * 50)
        file.truncate(start + 2 * 20_000 * 12_000 + -(2 * 20_000 * 12_000) % 2880)
    tracemalloc.start()
    (drawn,) = drawn_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
    assert drawn.reason == ""
    assert "40 by 40 pixels" in drawn.caption


def test_what_is_missing_at_the_end_of_a_file_is_blank(tmp_path):
    path = tmp_path / "cut.fits"
    MADE["image.fits"]()[:1].writeto(path)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"END" + b" " * 77) // 2880 * 2880 + 2880 + 30 * 4 * 10])
    (drawn,) = drawn_of(path)
    large = picture(drawn.picture)
    assert [large.getpixel((15, row))[3] for row in (2, 17)] == [0, 255]


def test_blanks_and_scales_of_whole_numbers_count(tmp_path):
    data = np.arange(30, dtype="i2").reshape(5, 6)
    hdu = fits.PrimaryHDU(data, fits.Header({**SKY, "OBJECT": "R Dor"}))
    hdu.writeto(tmp_path / "a.fits")
    text = (tmp_path / "a.fits").read_bytes()
    blank = b"BLANK   =                   12".ljust(80) + b"BSCALE  = 2.0".ljust(80)
    text = text.replace(b"END" + b" " * 77, blank + b"END".ljust(80), 1)
    (tmp_path / "a.fits").write_bytes(text[: 2880 * 1] + text[2880 + 160 :])
    with open_fits(tmp_path / "a.fits") as file:
        values = file.hdus[0].elements(10, 4)
    np.testing.assert_array_equal(values, [20, 22, np.nan, 26])


@pytest.mark.parametrize(
    ("data", "cards", "reason"),
    [
        (np.full((5, 6), 3.0, "f4"), SKY, "every pixel is 3"),
        (np.full((5, 6), np.nan, "f4"), SKY, "no pixel has a value"),
        (None, SKY, "a header without data"),
    ],
)
def test_what_cannot_be_pictured_says_why(tmp_path, data, cards, reason):
    header = fits.Header({**cards, "OBJECT": "R Dor", "TELESCOP": "ALMA"})
    fits.PrimaryHDU(data, header).writeto(tmp_path / "a.fits")
    (drawn,) = drawn_of(tmp_path / "a.fits")
    assert drawn.reason == reason
    assert reason in drawn.label
    assert picture(drawn.thumbnail).size == (120, 90)


def test_the_sky_axes_may_stand_last(tmp_path):
    cube = MADE["cube & co.fits"]()[0]
    cards = {k: v for k, v in cube.header.items() if k[:5] not in ("NAXIS", "SIMPL", "BITPI")}
    turned = {k: v for k, v in cards.items() if not k[-1].isdigit()}
    for new, old in ((1, 3), (2, 1), (3, 2)):
        turned |= {f"{k[:5]}{new}": v for k, v in cards.items() if k[-1] == str(old)}
    fits.PrimaryHDU(cube.data.transpose(1, 2, 0), fits.Header(turned)).writeto(tmp_path / "t.fits")
    with held(tmp_path / "t.fits") as ((product, row),):
        plane, drawn = plane_of(product), pictures_of(product, row, "x.webp")
    np.testing.assert_allclose(plane.values, cube.data.max(0))
    assert "Right ascension" in drawn.frame
    assert LINE["CTYPE3"] == product.axes[0].ctype


def test_the_stretch_keeps_the_order_of_values():
    values = np.random.default_rng(1).normal(size=(30, 30)) ** 3
    stretch = stretch_of(values)
    share = np.sort(stretch.share(values.ravel()))
    assert share[0] == 0
    assert share[-1] == 1
    assert (np.diff(Stretch(0, 1).share(np.linspace(0, 1, 50))) > 0).all()
    assert coloured(values, stretch).shape == (30, 30, 4)


def hold_against(paths):
    """How many products of real files are pictured; each is, or says why not."""
    pictured = 0
    for path in paths:
        for drawn in drawn_of(path):
            assert len(drawn.thumbnail) < SMALL, path.name
            assert picture(drawn.thumbnail).width >= 24
            shown = drawn.frame is not None or drawn.curve is not None or drawn.caption != ""
            assert shown == (drawn.reason == ""), path.name
            assert "cannot be understood" not in drawn.reason, path.name
            pictured += shown
    return pictured


def test_some_real_files_are_pictured(atomium_data):
    assert hold_against(atomium_data / "fits" / name for name in REAL) >= len(REAL)


@pytest.mark.slow
def test_all_real_files_are_pictured_or_say_why(atomium_data):
    assert hold_against(sorted((atomium_data / "fits").glob("*.fit*"))) >= 40


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("spec_tres_multispec.fits", "nm"),
        ("spec_sdss-0266-51602-0013.fits", "nm"),
        ("spec_eso_uves.fits", "nm"),
        ("spec_gbt_vrad.fits", "GHz"),
    ],
)
def test_real_spectra_lie_along_their_bands(atomium_data, name, unit):
    with held(atomium_data / "fits" / name) as ((product, row),):
        curve = measured.spectrum_of(product, row)
    assert curve.x.endswith(f"[{unit}]")
    x = np.concatenate([piece[0] for piece in curve.pieces])
    x = 299.792458e-3 / x if unit == "GHz" else x * 1e-9
    width = row["em_max"] - row["em_min"]
    assert row["em_min"] <= np.nanmin(x) <= row["em_min"] + 0.01 * width
    assert row["em_max"] >= np.nanmax(x) >= row["em_max"] - 0.01 * width
