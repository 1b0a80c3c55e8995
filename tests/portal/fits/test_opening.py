"""Files as they are found: packed, cut off, with headers that break the rules."""

import bz2
import gzip
import lzma
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import ReadError
from portal.fits import _bytes
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.fits.repair import write_repaired
from tests.portal.fits.files import BLOCK, EMPTY, header, image, image_cards, opened, padded, table

SMALL = image(4, 3, cards=["OBJECT  = 'R Dor'"])


def _refused(path):
    with pytest.raises(ReadError) as caught:
        open_fits(path)
    assert str(path) in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_read(tmp_path, pack):
    with opened(tmp_path, pack(SMALL + image(2, extension=True))) as file:
        assert [hdu.shape for hdu in file.hdus] == [(3, 4), (2,)]
        assert file.notes == ()
        assert file.hdus[0].cards.text("OBJECT") == "R Dor"
        assert file.hdus[0].array().shape == (3, 4)


def test_a_file_that_is_cut_off_says_how_much_is_there(tmp_path):
    with opened(tmp_path, SMALL[: BLOCK + 20]) as file:
        assert file.notes == ("HDU 0: truncated: 20 of 48 bytes of data",)
        assert not file.hdus[0].complete
        with pytest.raises(ReadError, match="20 of 48"):
            file.hdus[0].array()


def test_a_packed_file_that_is_cut_off_gives_what_it_has(tmp_path):
    data = np.random.default_rng(1).integers(0, 255, 40_000).astype(np.uint8).tobytes()
    whole = header(image_cards(200, 200, bits=8)) + padded(data) + image(3, extension=True)
    with opened(tmp_path, gzip.compress(whole)[:20_000]) as file:
        assert len(file.hdus) == 1
        assert "truncated" in file.notes[0]
        assert "unpacking stopped" in file.notes[-1]


def test_what_is_no_fits_is_refused_with_what_it_is(tmp_path):
    contents = {
        "empty-file": b"",
        "not-fits": b"<!DOCTYPE html><html>404</html>",
        "damaged": gzip.compress(SMALL)[:12],
    }
    for code, data in contents.items():
        (tmp_path / "a.fits").write_bytes(data)
        assert _refused(tmp_path / "a.fits") == code
    assert _refused(tmp_path) == "not-a-file"
    assert _refused(tmp_path / "none.fits") == "missing"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><body>", "web page"),
        (b"\x89HDF\r\n\x1a\n" + bytes(3000), "HDF5"),
        (b"PK\x03\x04" + bytes(3000), "ZIP"),
        (bytes(5000), r"'\\x00"),
        (b"just some words\n", "just some words"),
    ],
)
def test_the_refusal_names_the_content(tmp_path, data, said):
    (tmp_path / "a.fits").write_bytes(data)
    with pytest.raises(ReadError, match=said):
        open_fits(tmp_path / "a.fits")


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    # The superuser may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    assert _refused(tmp_path / "a.fits") == "unreadable"


def test_mandatory_cards_in_any_order_and_spelling(tmp_path):
    data = header(["SIMPLE  = T", "NAXIS2  = 3", "NAXIS   = '2'", "NAXIS1=4", "BITPIX = -32"])
    with opened(tmp_path, data + padded(bytes(48))) as file:
        assert file.hdus[0].shape == (3, 4)


def test_a_header_without_an_end_stops_where_cards_stop(tmp_path):
    data = header([*image_cards(4, 3), "OBJECT  = 'x'"], end=False)
    with opened(tmp_path, data + bytes(range(256)) * 20) as file:
        assert "HDU 0: no END card" in file.notes
        assert file.hdus[0].cards.text("OBJECT") == "x"


def test_a_header_without_its_first_card(tmp_path):
    with opened(tmp_path, header([*image_cards(4, 3)[1:]]) + padded(bytes(48))) as file:
        assert "HDU 0: does not begin with SIMPLE" in file.notes
        assert file.hdus[0].shape == (3, 4)


def test_bytes_that_are_no_ascii_are_kept(tmp_path):
    with opened(tmp_path, image(1, cards=["OBSERVER= 'Jérôme'"])) as file:
        assert file.hdus[0].cards.text("OBSERVER") == "Jérôme"
        assert file.notes == ("HDU 0: bytes that are no ASCII in the header",)


def test_lengths_beyond_all_memory_allocate_nothing(tmp_path):
    data = header(image_cards(10**9, 10**9, 10**9))
    tracemalloc.start()
    with opened(tmp_path, data) as file:
        assert file.hdus[0].shape == (10**9,) * 3
        with pytest.raises(ReadError) as caught:
            file.hdus[0].array()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == "too-large"
    assert peak < 10_000_000


@pytest.mark.parametrize("axes", ["NAXIS   = -1", "NAXIS   = 9999", "NAXIS   = 'two'", "X = 1"])
def test_lengths_that_are_none_give_an_empty_hdu_and_a_note(tmp_path, axes):
    with opened(tmp_path, header(["SIMPLE  = T", "BITPIX  = 8", axes])) as file:
        assert file.hdus[0].kind == "empty"
        assert "NAXIS, NAXISn or BITPIX" in file.notes[0]


def test_an_extension_behind_surplus_blocks_is_found(tmp_path):
    data = SMALL + bytes(2 * BLOCK) + image(7, extension=True)
    with opened(tmp_path, data) as file:
        assert [hdu.shape for hdu in file.hdus] == [(3, 4), (7,)]


def test_a_header_of_100000_cards_is_read_in_a_second(tmp_path):
    data = image(1, cards=[f"K{n:06d} = {n}" for n in range(100_000)])
    start = time.perf_counter()
    with opened(tmp_path, data) as file:
        assert file.hdus[0].cards.number("K099999") == 99_999
        assert len(file.hdus[0].cards) > 100_000
    assert time.perf_counter() - start < 5.0


def test_a_bomb_is_unpacked_to_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(_bytes, "MOST_INFLATED", 1_000_000)
    data = gzip.compress(header(image_cards(3000, 3000)) + bytes(4_000_000), 1)
    with opened(tmp_path, data) as file:
        assert "truncated" in file.notes[0]
        assert "unpacked" in file.notes[-1]


def test_random_groups_have_their_own_shape(tmp_path):
    groups = ["GROUPS  = T", "PCOUNT  = 3", "GCOUNT  = 10"]
    data = header([*image_cards(0, 5, 2), *groups]) + padded(bytes(10 * (3 + 10) * 4))
    with opened(tmp_path, data) as file:
        assert (file.hdus[0].kind, file.hdus[0].shape) == ("groups", (10, 2, 5))
        assert file.notes == ()


def test_columns_are_read_whole_or_by_row(tmp_path):
    from astropy.io import fits

    columns = [
        fits.Column("name", "5A", array=["a", "bc", "def"]),
        fits.Column("wave", "3E", unit="nm", array=np.arange(9).reshape(3, 3)),
        fits.Column("scaled", "I", array=[2, 4, 6]),
        fits.Column("varying", "PJ()", array=np.array([[1], [2, 3], []], dtype=object)),
        fits.Column("good", "L", array=[True, False, True]),
    ]
    made = fits.BinTableHDU.from_columns(columns)
    made.header["TSCAL3"], made.header["TZERO3"] = 0.5, 10.0
    fits.HDUList([fits.PrimaryHDU(), made]).writeto(tmp_path / "t.fits")
    with open_fits(tmp_path / "t.fits") as file:
        hdu = file.hdus[1]
        assert [c.name for c in hdu.columns] == ["name", "wave", "scaled", "varying", "good"]
        assert hdu.info("WAVE").length == 3
        assert hdu.column("NAME").tolist() == ["a", "bc", "def"]
        assert hdu.column("wave", 1).tolist() == [3.0, 4.0, 5.0]
        assert hdu.column("scaled").tolist() == [11.0, 12.0, 13.0]
        assert hdu.column("good").tolist() == [True, False, True]
        assert hdu.column("varying").tolist() == [1, 2, 3]
        assert [hdu.column("varying", n).tolist() for n in range(3)] == [[1], [2, 3], []]
        for wrong in (("none", None), ("name", 3), ("name", -1)):
            with pytest.raises(ReadError, match="no such column or row"):
                hdu.column(*wrong)


@pytest.mark.parametrize("form", ["B", "I", "J", "K", "E", "D", "3J", "4D", "7A", "L", "5X", "C"])
def test_columns_are_those_of_astropy(tmp_path, form):
    from astropy.io import fits

    path = tmp_path / "t.fits"
    width = fits.Column("a", form, array=np.zeros(1)).dtype.itemsize if form != "7A" else 7
    width = 1 if form == "5X" else width
    data = np.random.default_rng(3).integers(65, 90, 6 * width, dtype=np.uint8).tobytes()
    made = table({"first": "J", "a": form}, rows=6, width=4 + width)
    rows = b"".join(bytes(4) + data[i * width : (i + 1) * width] for i in range(6))
    path.write_bytes(EMPTY + made[:BLOCK] + padded(rows))
    with fits.open(path) as there, open_fits(path) as here:
        expected = np.asarray(there[1].data["a"])
        assert np.array_equal(here.hdus[1].column("a"), expected)
        assert np.array_equal(here.hdus[1].column("a", 4), expected[4])


def test_ascii_tables_are_read(tmp_path):
    from astropy.io import fits

    columns = [fits.Column("a", "F8.3", array=[1.5, 2.5]), fits.Column("b", "A4", array=["x", "y"])]
    fits.HDUList([fits.PrimaryHDU(), fits.TableHDU.from_columns(columns)]).writeto(
        tmp_path / "t.fits"
    )
    with open_fits(tmp_path / "t.fits") as file:
        assert file.hdus[1].column("a").tolist() == [1.5, 2.5]
        assert [text.strip() for text in file.hdus[1].column("b")] == ["x", "y"]


def test_a_table_that_is_cut_off_gives_its_whole_rows(tmp_path):
    data = EMPTY + table({"a": "J"}, rows=2000, width=4)
    with opened(tmp_path, data[: len(EMPTY) + BLOCK + 42]) as file:
        assert file.hdus[1].column("a").shape == (10,)


def test_columns_that_do_not_fit_their_rows_are_damaged(tmp_path):
    with opened(tmp_path, EMPTY + table({"a": "100J", "b": "what"}, rows=2, width=4)) as file:
        for name in ("a", "b"):
            with pytest.raises(ReadError, match="damaged"):
                file.hdus[1].column(name)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    place=st.integers(0, 3 * BLOCK),
    junk=st.binary(min_size=1, max_size=200),
    cut=st.integers(0, 9000),
)
def test_damage_anywhere_is_survived_in_silence(tmp_path, place, junk, cut):
    data = bytearray(SMALL + table({"WAVE": "E", "FLUX": "E"}, rows=9, width=8))
    data[place : place + len(junk)] = junk
    try:
        with opened(tmp_path, bytes(data[:cut] if cut < 4000 else data)) as file:
            found, reasons = products(file)
            assert len(found) + len(reasons) > 0
            for hdu in file.hdus:
                for column in hdu.columns[:3]:
                    try:
                        hdu.column(column.name)
                    except ReadError:
                        continue
            with suppress(ReadError):
                write_repaired(tmp_path / "a.fits", tmp_path / "b.fits")
            (tmp_path / "b.fits").unlink(missing_ok=True)
    except ReadError as error:
        assert error.code in {"not-fits", "empty-file", "damaged"}  # noqa: PT017


@pytest.mark.parametrize("name", ["img_tile_compressed.fits", "spec_desi_18hdu.fits"])
def test_images_are_those_of_astropy(atomium_data, name):
    from astropy.io import fits

    path = atomium_data / "fits" / name
    with open_fits(path) as here, fits.open(path) as there:
        images = [hdu for hdu in here.hdus if hdu.kind in ("image", "compressed")]
        assert any(hdu.kind == "compressed" for hdu in images)
        for hdu in images:
            expected = there[hdu.index].data
            assert hdu.array().shape == hdu.shape == expected.shape
            assert np.array_equal(hdu.array(), expected, equal_nan=expected.dtype.kind == "f")


def test_scaled_pixels_are_scaled(tmp_path):
    data = image(2, cards=["BSCALE  = 0.5", "BZERO   = 10.0"])
    with opened(tmp_path, data + table({"a": "J"}, 1, 4)) as file:
        assert file.hdus[0].array().tolist() == [10.0, 10.0]
        with pytest.raises(ReadError, match="no image"):
            file.hdus[1].array()


def test_a_program_is_no_header(tmp_path):
    lines = ["NAXIS1 = 2881", "from a import b", "def run(x):", "    y = x", "    return y", "END"]
    (tmp_path / "a.py").write_text("\n".join(lines * 20))
    with pytest.raises(ReadError, match="not a FITS file"):
        open_fits(tmp_path / "a.py")
    (tmp_path / "a.hdr").write_text("SIMPLE  = T\nBITPIX  = 8\nNAXIS   = 0\nEND\n")
    with open_fits(tmp_path / "a.hdr") as file:
        assert len(file.hdus) == 1


def test_every_shared_file_opens(atomium_data):
    paths = sorted((atomium_data / "fits").glob("*.f*"))
    assert len(paths) >= 57
    for path in paths:
        with open_fits(path) as file:
            assert file.hdus
