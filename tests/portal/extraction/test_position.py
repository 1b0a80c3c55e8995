"""Positions: frames, units, and which keywords are never taken."""

import struct

import pytest
from astropy.io import fits

from portal.extraction import derive
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.cell import DERIVED, INFERRED, STATED
from tests.portal.extraction.making import image_file, only, table_file, values

TAN = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRVAL1": 150.0,
    "CRVAL2": 2.0,
    "CRPIX1": 5.5,
    "CRPIX2": 5.5,
    "CDELT1": -0.001,
    "CDELT2": 0.001,
    "RADESYS": "ICRS",
}
SPECTRUM = {"CTYPE1": "WAVE", "CUNIT1": "nm", "CRVAL1": 500.0, "CDELT1": 0.1, "CRPIX1": 1.0}


@pytest.fixture
def spectrum(tmp_path):
    return lambda cards: values(image_file(tmp_path / "a.fits", (50,), {**SPECTRUM, **cards}))


@pytest.fixture
def image(tmp_path):
    return lambda cards, shape=(10, 10): values(image_file(tmp_path / "a.fits", shape, cards))


def test_coordinates_that_were_never_set_are_left_for_the_target(image):
    unset = {**TAN, "CRVAL1": 0.0, "CRVAL2": 0.0, "CRPIX1": 0, "CRPIX2": 0}
    assert image(unset).get("s_ra") is None
    target = {"TARGETR": "12:28:00", "TARGETD": "+44:30:00"}
    assert (image({**unset, **target})["s_ra"], image({**unset, **target})["s_dec"]) == (
        187.0,
        44.5,
    )


@pytest.mark.parametrize(("arcsec", "told"), [(3.6, True), (57.6, False)])
def test_an_alternate_that_was_not_binned_with_the_image_is_left(image, arcsec, told):
    sun = {"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN", "CUNIT1": "arcsec", "CUNIT2": "arcsec"}
    sun |= {"CDELT1": arcsec, "CDELT2": arcsec, "CRVAL1": 0.0, "CRVAL2": 0.0}
    sky = {f"{name}A": value for name, value in TAN.items() if name != "RADESYS"}
    found = image({**sun, "CRPIX1": 5.5, "CRPIX2": 5.5, **sky})
    assert (found.get("s_ra") is not None, "s_region" in found) == (told, told)


def test_the_middle_of_the_pixels_not_the_reference(image):
    found = image({**TAN, "CRPIX1": -99.5})
    assert found["s_ra"] == pytest.approx(150.0 - 0.105, abs=1e-4)
    assert found["s_dec"] == pytest.approx(2.0, abs=1e-5)


@pytest.mark.parametrize(
    ("cards", "place"),
    [
        # From tables: the origin of B1950, the galactic centre, the top of the ecliptic.
        (
            {"RADESYS": "FK4", "EQUINOX": 1950.0, "CRVAL1": 0.0, "CRVAL2": 0.0},
            (0.640691, 0.278409),
        ),
        (
            {"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN", "CRVAL1": 0.0, "CRVAL2": 0.0},
            (266.40499, -28.93617),
        ),
        (
            {"CTYPE1": "ELON-TAN", "CTYPE2": "ELAT-TAN", "CRVAL1": 90.0, "CRVAL2": 0.0},
            (90.0, 23.4393),
        ),
        (
            {"CTYPE1": "DEC--TAN", "CTYPE2": "RA---TAN", "CRVAL1": 2.0, "CRVAL2": 150.0},
            (150.0, 2.0),
        ),
        ({"EQUINOX": 0.0}, (150.0, 2.0)),
        ({"CRVAL1": 359.9999999, "CRVAL2": -90.0}, (None, -90.0)),
    ],
)
def test_frames_become_icrs(image, cards, place):
    found = image({**TAN, **cards})
    if place[0] is not None:
        assert found["s_ra"] == pytest.approx(place[0], abs=2e-3)
    assert found["s_dec"] == pytest.approx(place[1], abs=2e-3)
    assert 0.0 <= found["s_ra"] < 360.0


def test_one_pixel_is_where_it_lies(image):
    found = image({**TAN, "CRPIX1": 101.0, "CRPIX2": 101.0}, (1, 1))
    assert found["s_ra"] == pytest.approx(150.1, abs=1e-3)
    assert found["s_dec"] == pytest.approx(1.9, abs=1e-3)


@pytest.mark.parametrize(
    ("cards", "place"),
    [
        ({"RA": 10.0, "DEC": 20.0}, (10.0, 20.0)),
        ({"RA": "10:00:00", "DEC": "+20:00:00."}, (150.0, 20.0)),
        ({"TELRA": (10.0, "[hours] telescope"), "TELDEC": 20.0}, (150.0, 20.0)),
        ({"TELRA": 10.0, "TELDEC": 20.0}, None),
        # The target before the boresight.
        (
            {
                "RA": (145.89, "telescope boresight"),
                "DEC": 0.05,
                "PLUG_RA": 146.9,
                "PLUG_DEC": -0.67,
            },
            (146.9, -0.67),
        ),
        (
            {"RA_REF": (10.0, "[deg]"), "DEC_REF": 20.0, "TARG_RA": 0.0, "TARG_DEC": 0.0},
            (10.0, 20.0),
        ),
        ({"RA": 1.0, "DEC": 2.0, "RA_OBJ": 3.0, "DEC_OBJ": 4.0}, (3.0, 4.0)),
        # Guide stars, the Moon and the Sun are none.
        ({"GUIRA": "10:00:00", "GUIDEC": "20:00:00", "RA_SUN": 5.0, "DEC_SUN": 6.0}, None),
        ({"AOARA": 10.0, "AOADEC": 20.0, "MOONRA": 5.0, "MOONDEC": 6.0}, None),
        ({"RA": 0.0, "DEC": 0.0}, None),
        ({"RA": "Null", "DEC": "Null"}, None),
        ({"RA": 10.0, "DEC": 120.0}, None),
        ({"RA": 10.0}, None),
        ({}, None),
    ],
)
def test_keywords_of_a_spectrum(spectrum, cards, place):
    found = spectrum({"RADESYS": "ICRS", **cards})
    assert (found.get("s_ra"), found.get("s_dec")) == (
        pytest.approx(place, abs=1e-9) if place else (None, None)
    )


@pytest.mark.parametrize("equinox", [1950.0, "B1950", "B1950.0"])
def test_a_target_with_an_equinox_of_its_own(spectrum, equinox):
    cards = {"OBJRA": "00:00:00.1", "OBJDEC": "00:00:01", "OBJEQUIN": equinox, "EQUINOX": 2000.0}
    found = spectrum(cards)
    assert found["s_ra"] == pytest.approx(0.6411, abs=1e-3)


def test_a_target_in_radians_gives_way_to_the_telescope(spectrum):
    cards = {"TARGRA": 0.2642283, "TARGDEC": 0.22694128, "RA": "01:00:33.40", "DEC": "+13:00:10.0"}
    found = spectrum({**cards, "RADESYS": "ICRS"})
    assert found["s_ra"] == pytest.approx(15.1391667, abs=1e-6)


def test_the_boresight_of_many_fibres_is_no_place_of_a_spectrum(spectrum, image):
    cards = {"RA": (145.89, "RA of telescope boresight (deg)"), "DEC": 0.06, "RADEG": 145.9}
    cards |= {"DECDEG": 0.07}
    assert spectrum(cards).get("s_ra") is None
    assert image({**cards, "RADESYS": "ICRS"})["s_ra"] == 145.89


def test_an_epoch_that_is_a_date_is_no_equinox(spectrum):
    found = spectrum({"RA": 10.0, "DEC": 20.0, "EPOCH": 2011.3})
    assert found["s_ra"] == 10.0


def test_an_equinox_that_is_not_told_is_doubted(tmp_path):
    def place(**cards):
        path = image_file(tmp_path / "a.fits", (50,), {"RA": 10.0, "DEC": 20.0, **cards})
        with open_fits(path) as file:
            cell = next(c for c in derive(products(file)[0][0]) if c.column == "s_ra")
        return cell.value, cell.origin.confidence, cell.origin.note

    # Gemini writes 0 where it was not asked; Kitt Peak wrote it for the equinox of the date.
    note = "EQUINOX = 0.0 is no equinox, and no other is told"
    recent, old = {"DATE-OBS": "2015-06-22"}, {"DATE-OBS": "05/04/87"}
    assert place(EQUINOX=0.0, **recent) == (10.0, INFERRED, note)
    assert place(EPOCH=0.0, **old) == (None, STATED, note.replace("EQUINOX", "EPOCH"))
    assert place(**old)[:2] == (10.0, INFERRED)
    assert place(EQUINOX=0.0, RADECSYS="FK5", **old)[0] == pytest.approx(10.0, abs=1e-5)
    assert place(**recent)[2] == ""


@pytest.mark.parametrize(
    ("cards", "trust"),
    [
        ({"EQUINOX": 0.0}, INFERRED),
        ({"EQUINOX": 0.0, "DATE-OBS": "2015-06-22T01:00:00"}, INFERRED),
        ({"EPOCH": 1987.3, "DATE-OBS": "1987-04-05T01:00:00"}, None),
        ({"EQUINOX": 0.0, "RADESYS": "FK5", "DATE-OBS": "1987-04-05T01:00:00"}, DERIVED),
        # By the standard it is the ICRS.
        ({"DATE-OBS": "1987-04-05T01:00:00"}, DERIVED),
    ],
)
def test_a_footprint_is_as_sure_as_its_middle(tmp_path, cards, trust):
    sky = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 30.0, "CRVAL2": 12.0}
    sky |= {"CRPIX1": 1.0, "CRPIX2": 1.0, "CDELT1": -0.01, "CDELT2": 0.01}
    product = only(image_file(tmp_path / "a.fits", (5, 6), {**sky, **cards}))
    found = {cell.column: cell for cell in reversed(derive(product))}
    for name in ("s_ra", "s_dec", "s_region"):
        cell = found[name]
        assert (None if cell.value is None else cell.origin.confidence) == trust, name
        assert trust is not None or "is no equinox" in cell.origin.note
    # The size of the field is the same in every frame.
    assert found["s_fov"].value == pytest.approx(0.0781, abs=1e-4)


def test_an_equinox_of_the_date_is_turned_back(spectrum):
    found = spectrum({"RA": 10.0, "DEC": 20.0, "EQUINOX": 2016.5})
    assert found["s_ra"] == pytest.approx(10.0 - 0.2165, abs=3e-3)


def test_apparent_coordinates_are_no_place(spectrum):
    assert spectrum({"RA": 10.0, "DEC": 20.0, "RADECSYS": "GAPPT"}).get("s_ra") is None


def test_where_the_middle_is_not_on_the_sky_that_of_the_pixels_that_are(image):
    cards = {**TAN, "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CDELT1": -1.0, "CDELT2": 1.0}
    found = image({**cards, "CRPIX1": 50.5, "CRPIX2": 50.5}, (250, 100))
    assert found["s_region"].startswith("CIRCLE ICRS ")
    assert 100.0 < found["s_ra"] < 150.0


def test_a_row_of_a_table_has_its_own_place(tmp_path):
    columns = [("OBJECT", "8A", ""), ("RA", "D", "deg"), ("DEC", "D", "deg"), ("FLUX", "4E", "")]
    columns.append(("WAVE", "4E", "nm"))
    rows = b"".join(
        name + struct.pack(">dd4f4f", ra, -ra, *[1.0] * 4, *range(500, 504))
        for name, ra in ((b"first   ", 10.0), (b"second  ", 20.0))
    )
    path = table_file(tmp_path / "t.fits", columns, rows, 2, {"RADESYS": "ICRS"})
    with open_fits(path) as file:
        found = [{c.column: c.value for c in derive(product)} for product in products(file)[0]]
    assert [(row["target_name"], row["s_ra"], row["s_dec"]) for row in found] == [
        ("first", 10.0, -10.0),
        ("second", 20.0, -20.0),
    ]


@pytest.mark.parametrize(
    ("units", "row", "found"),
    [
        (("h", "deg", "min", "d"), (5.5, -9.0, 30.0, 55000.5), (82.5, -9.0, 1800.0, 55000.5)),
        (("radians", "rad", "d", ""), (3.0, 0.5, 0.5, 5e4), (171.887, 28.648, 43200.0, 5e4)),
        (("degrees (J2000)", "deg", "s", "MJD"), (5.5, -1.0, 9.0, 5e4), (5.5, -1.0, 9.0, 5e4)),
        # What cannot be understood gives no number.
        (("parrots", "deg", "m", "s"), (5.5, -10.0, 30.0, 12000.0), (None, None, None, None)),
    ],
)  # fmt: skip
def test_a_row_is_read_in_the_units_of_its_columns(tmp_path, units, row, found):
    names = ("RA", "DEC", "EXPTIME", "MJD")
    columns = [(name, "D", unit) for name, unit in zip(names, units, strict=True)]
    columns += [("FLUX", "4E", ""), ("WAVE", "4E", "nm")]
    data = struct.pack(">4d8f", *row, *range(500, 508))
    got = values(table_file(tmp_path / "t.fits", columns, data, 1, {"RADESYS": "ICRS"}))
    names = ("s_ra", "s_dec", "t_exptime", "t_min")
    assert [got.get(name) for name in names] == pytest.approx(list(found), abs=1e-3)


@pytest.mark.parametrize(
    ("comment", "degrees"),
    [
        ("[arcmin]", 0.2),
        ("[h m s] as one number", None),
        ("[J2000] position", 12.0),
        ("[Jy]", None),
    ],
)
def test_a_unit_in_brackets_is_kept_to(spectrum, comment, degrees):
    found = spectrum({"RA": (12.0, comment), "DEC": 2.0, "RADESYS": "ICRS"}).get("s_ra")
    assert found == pytest.approx(degrees)


@pytest.mark.parametrize(("targets", "found"), [(1, ("R Dor", 69.2, -62.1)), (2, (None,) * 3)])
def test_visibilities_are_of_the_only_target_of_their_table(tmp_path, targets, found):
    places = [fits.Column("TARGET", "16A", array=["R Dor", "W Hya"][:targets])]
    places += [
        fits.Column(name, "D", "deg", array=[degrees] * targets)
        for name, degrees in (("RAEP0", 69.2), ("DECEP0", -62.1))
    ]
    names = ("VIS2DATA", "VIS2ERR", "UCOORD", "VCOORD")
    measured = [fits.Column(name, "D", array=[1.0, 2.0]) for name in names]
    tables = [
        fits.BinTableHDU.from_columns(columns, name=name)
        for name, columns in (("OI_TARGET", places), ("OI_VIS2", measured))
    ]
    fits.HDUList([fits.PrimaryHDU(), *tables]).writeto(tmp_path / "oi.fits")
    got = values(tmp_path / "oi.fits")
    assert tuple(got.get(name) for name in ("target_name", "s_ra", "s_dec")) == found


def test_a_light_curve_that_repeats_its_place(tmp_path):
    columns = [("MJD", "D", "d"), ("FLUX", "2E", "Jy"), ("RA", "D", ""), ("DEC", "D", "")]
    data = b"".join(struct.pack(">dffdd", day, 1.0, 2.0, 10.0, 5.0) for day in (55000.5, 55001.5))
    found = values(table_file(tmp_path / "t.fits", columns, data, 2, {"RADESYS": "ICRS"}))
    assert (found["s_ra"], found["s_dec"], found["t_xel"]) == (10.0, 5.0, 2)


@pytest.mark.parametrize("kind", ["OBSTYPE", "IMAGETYP", "ESO DPR TYPE"])
@pytest.mark.parametrize("said", ["ARC", "flat", "LAMP,WAVE", "BIAS", "Dark Frame"])
def test_a_lamp_is_nowhere(spectrum, kind, said):
    found = spectrum({"RA": 10.0, "DEC": 20.0, "OBJECT": "HD 1", kind: said})
    assert found["s_ra"] is None
    assert found["s_dec"] is None
    assert found["target_name"] is None


@pytest.mark.parametrize(
    ("heads", "place"),
    [(("RA", "DEC"), (206.85, -30.4)), (("GLON", "GLAT"), (266.40499, -28.93617))],
)
def test_axes_of_the_sky_without_pixels(spectrum, heads, place):
    values = place if heads[0] == "RA" else (0.0, 0.0)
    cards = {"CTYPE2": heads[0], "CRVAL2": values[0], "CTYPE3": heads[1], "CRVAL3": values[1]}
    found = spectrum({**cards, "RADESYS": "ICRS"})
    assert (found["s_ra"], found["s_dec"]) == pytest.approx(place, abs=1e-4)


def test_coordinates_that_were_never_set(image):
    unset = {**TAN, "CRVAL1": 0.0, "CRVAL2": 0.0, "CRPIX1": 0.0, "CRPIX2": 0.0}
    found = image({**unset, "CDELT1": 1.0, "CDELT2": 1.0})
    assert found.get("s_ra") is None
    assert found.get("s_region") is None


def test_a_list_of_events(tmp_path):
    cards = {
        "EXTNAME": "EVENTS",
        "TCTYP2": "RA---TAN",
        "TCRVL2": 100.0,
        "TCRPX2": 500.5,
        "TCDLT2": -0.001,
        "TCTYP3": "DEC--TAN",
        "TCRVL3": -5.0,
        "TCRPX3": 500.5,
        "TCDLT3": 0.001,
        "TLMIN2": 0.5,
        "TLMAX2": 2000.5,
        "RADESYS": "ICRS",
    }
    columns = [("TIME", "D", "s"), ("X", "E", ""), ("Y", "E", "")]
    path = table_file(tmp_path / "e.fits", columns, struct.pack(">dff", 1.0, 2.0, 3.0), 1, cards)
    found = values(path)
    assert found["dataproduct_type"] == "event"
    assert found["s_ra"] == pytest.approx(100.0 - 0.5 / 0.99619, abs=1e-3)
    assert found["s_dec"] == pytest.approx(-5.0, abs=1e-3)
    assert found.get("s_region") is None
