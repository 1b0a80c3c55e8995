"""Curation: what is asked, of whom, what is written down, and what is never touched."""

import csv
import json
from importlib.resources import files

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from portal.curation import Question, Shipped
from portal.curation.names import fixed_name
from portal.errors import ConfigError
from portal.obscore.response import extract

pytest.importorskip("astroquery", reason="astroquery is not installed")


def image(path, **cards):
    hdu = fits.PrimaryHDU(np.zeros((5, 6), "f4"))
    hdu.header.update({name.replace("_", "-"): value for name, value in cards.items()})
    hdu.writeto(path)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    image(tmp_path / "data" / "rdor.fits", OBJECT="R Dor", TELESCOP="HST", INSTRUME="ACS",
          FILTER1="F606W", FILTER2="CLEAR2L")  # fmt: skip
    image(tmp_path / "data" / "ceres.fits", OBJECT="(1) Ceres", TELESCOP="VLT")
    image(tmp_path / "data" / "lamp.fits", OBJECT="Xe,Ar", TELESCOP="Gemini-North")
    image(tmp_path / "data" / "field.fits", OBJECT="Field 12", FILTER="r")
    image(tmp_path / "data" / "nobody.fits", OBJECT="Nobody 7", TELESCOP="VLT", INSTRUME="NACO",
          FILTER="Lp")  # fmt: skip
    return tmp_path / "data"


@pytest.fixture
def web(monkeypatch):
    from tests.portal.curation.services import services

    with services(monkeypatch) as server:
        yield server


def values(response, name):
    table = response.to_table()
    return {
        given.path: None if table[name].mask[row] else float(table[name][row])
        for row, given in enumerate(response.given)
    }


def test_names_and_filters_are_asked_for(folder, tmp_path, web):
    response = extract(folder).curate(tmp_path / "book.json")
    assert values(response, "s_ra") == {
        "ceres.fits": None,
        "field.fits": None,
        "lamp.fits": None,
        "nobody.fits": None,
        "rdor.fits": 69.19,
    }
    bands = values(response, "em_max")
    assert bands["rdor.fits"] == pytest.approx(7180e-10, rel=1e-3)
    assert bands["nobody.fits"] == pytest.approx(42000.5e-10)
    assert bands["field.fits"] is None
    names = [query["QUERY"][0] for query in web.asked if "QUERY" in query]
    assert not [q for q in names if "Ceres" in q or "Xe" in q or "Field" in q]
    origins = response.provenance()
    (origin,) = origins[(origins["column"] == "s_ra") & (origins["kind"] == "curation")]
    assert origin["source"] == "Simbad (CDS) through astroquery: R Dor is R Dor"
    assert origin["where"] == "book.json:positions/R Dor"
    assert origin["confidence"] == 0.7


def test_nothing_is_asked_twice(folder, tmp_path, web):
    extract(folder).curate(tmp_path / "book.json")
    before = len(web.asked)
    again = extract(folder).curate(tmp_path / "book.json")
    assert len(web.asked) == before
    assert values(again, "s_ra")["rdor.fits"] == 69.19
    book = json.loads((tmp_path / "book.json").read_text())
    assert book["positions"]["Nobody 7"] is None


def test_a_person_may_correct_the_book(folder, tmp_path):
    own = {"positions": {"R Dor": {"s_ra": 1.5, "s_dec": 2.5}}}
    (tmp_path / "book.json").write_text(json.dumps(own))
    response = extract(folder).curate(tmp_path / "book.json", online=False)
    assert values(response, "s_ra")["rdor.fits"] == 1.5


def test_it_can_be_taken_back(folder, tmp_path, web):
    plain = extract(folder)
    before = plain.to_table()
    plain.curate().uncurate()
    after = plain.to_table()
    assert all((before[name].mask == after[name].mask).all() for name in before.colnames)
    assert "curation" not in set(plain.provenance()["kind"])


def test_offline_nobody_is_asked(folder, web):
    response = extract(folder).curate(online=False)
    assert web.asked == []
    assert values(response, "em_min")["rdor.fits"] is not None
    assert values(response, "s_ra")["rdor.fits"] is None


def test_what_files_say_stays(tmp_path, web):
    (tmp_path / "data").mkdir()
    image(tmp_path / "data" / "a.fits", OBJECT="R Dor", RA=10.0, DEC=20.0, RADESYS="ICRS")
    assert values(extract(tmp_path / "data").curate(), "s_ra") == {"a.fits": 10.0}
    assert [q for q in web.asked if "QUERY" in q] == []


def test_a_rule_that_wants_nothing_is_kept(folder, tmp_path, web):
    (tmp_path / "r.map").write_text("s_ra:= null\ns_dec:= null\n")
    response = extract(folder, tmp_path / "r.map").curate()
    assert set(values(response, "s_ra").values()) == {None}


def test_a_service_that_is_down_is_told(folder, tmp_path, web):
    web.broken = True
    response = extract(folder).curate(tmp_path / "book.json")
    assert {p.code for p in response.problems} == {"not-curated"}
    assert "Simbad cannot be asked" in {p.what for p in response.problems}
    assert values(response, "s_ra")["rdor.fits"] is None
    # What could not be asked is asked again the next time.
    web.broken = False
    again = extract(folder).curate(tmp_path / "book.json")
    assert values(again, "s_ra")["rdor.fits"] == 69.19


@pytest.mark.parametrize("text", ["{", "[]", '{"positions": {"a": {"s_ra": "1"}}}'])
def test_a_damaged_book_is_refused(folder, tmp_path, text):
    (tmp_path / "book.json").write_text(text)
    with pytest.raises(ConfigError, match=r"book\.json: the book of the curation"):
        extract(folder).curate(tmp_path / "book.json", online=False)
    assert (tmp_path / "book.json").read_text() == text


@pytest.mark.parametrize("name", ["Jupiter", "67P/Churyumov-Gerasimenko", "C/2020 F3 (NEOWISE)",
                                  "433 Eros", "2004 FH", "ThAr lamp", "Xe,Ar", "Tile 0423", "12",
                                  "sky flat", "Field A"])  # fmt: skip
def test_names_of_no_fixed_object(name):
    assert not fixed_name(name)


@pytest.mark.parametrize("name", ["IK Tau", "NGC 891", "M 83", "HD 12345", "W Hya", "CW Leo",
                                  "2MASS J04215943+1932063", "Pi1 Gru", "alf Ori"])  # fmt: skip
def test_names_of_fixed_objects(name):
    assert fixed_name(name)


def test_the_shipped_list_is_that_of_the_service():
    # Real answers, which astroquery keeps for its own tests.
    data = files("astroquery.svo_fps") / "tests" / "data"
    known = Table.read(
        str(data / "svo_fps_WavelengthEff_min=12000_WavelengthEff_max=12100.xml"), format="votable"
    )
    text = (files("portal.curation") / "filters.csv").read_text()
    ours = {row["id"]: row for row in csv.DictReader(text.splitlines())}
    for row in known:
        if own := ours.get(str(row["filterID"])):
            assert float(own["shortest"]) == pytest.approx(row["WavelengthMin"], rel=5e-3)
    assert Shipped().band(Question("2MASS", "2MASS", "H"))["em_min"] == pytest.approx(
        14787.378640179e-10, rel=1e-3
    )


@pytest.mark.parametrize(
    ("facility", "instrument", "name", "found"),
    [
        ("HST", "ACS", "F606W", "HST/ACS_WFC.F606W"),
        ("CFHT 3.6m", "MegaPrime", "g.MP9401", "CFHT/MegaCam.g"),
        ("CFHT 3.6m", "WIRCam", "H", "CFHT/Wircam.H"),
        ("", "AspenCG16", "r", None),
        ("", "", "r", None),
        ("VLT", "ACS", "F606W", None),
        ("HST", "ACS", "f606w", None),
        ("2MASS", "", "j", "2MASS/2MASS.J"),
        ("CTIO 4.0-m telescope", "DECam", "r DECam SDSS c0002 6415.0 1480.0", "CTIO/DECam.r"),
        ("CFHT 3.6m", "MegaPrime", "r.MP9602", None),
        ("GALEX", "", "1", "GALEX/GALEX.NUV"),
        ("JWST", "NIRCAM", "F212N", "JWST/NIRCam.F212N"),
        ("Herschel Space Observatory", "PACS", "70.0", "Herschel/Pacs.blue"),
        ("PS1", "GPC1", "r.00000", "PAN-STARRS/PS1.r"),
        ("ESO-VISTA", "VIRCAM", "Ks", "Paranal/VISTA.Ks"),
        ("SDSS", "SDSS", "r", "SLOAN/SDSS.r"),
        ("Spitzer", "IRAC", "1", "Spitzer/IRAC.I1"),
        ("Spitzer", "IRSX", "1", None),
        ("Subaru", "Hyper Suprime-Cam", "HSC-I", "Subaru/HSC.i"),
        ("Subaru", "Hyper Suprime-Cam", "HSC-I2", None),
        ("WISE", "", "1", "WISE/WISE.W1"),
        ("", "", "1", None),
    ],
)
def test_filters_of_instruments(facility, instrument, name, found):
    answer = Shipped().band(Question(facility, instrument, name))
    assert (answer and answer["name"]) == found


CROSSED = {
    "NIRCAM": [
        ({"FILTER": "F150W2", "PUPIL": "F162M"}, (1.51193e-6, 1.74373e-6)),
        ({"FILTER": "F322W2", "PUPIL": "F323N"}, (3.20459e-6, 3.27603e-6)),
        ({"FILTER": "F444W", "PUPIL": "F470N"}, (4.65531e-6, 4.75659e-6)),
        ({"FILTER": "F200W", "PUPIL": "GRISMR"}, (1.72428e-6, 2.26053e-6)),
        ({"FILTER": "F200W", "PUPIL": "WLP8"}, None),
        ({"FILTER": "F070W", "PUPIL": "F444W"}, None),
    ],
    "ACS": [
        ({"FILTER1": "F814W", "FILTER2": "FR656N"}, None),
        ({"FILTER1": "F814W", "FILTER2": "CLEAR2L", "FILTER": "wide"}, (6.88369e-7, 9.64187e-7)),
        ({"FILTNAM1": "F673N", "FILTER1": 33, "FILTER": "F814W"}, None),
        ({"FILTER1": 5, "FILTER2": 0, "FILTER": "F814W"}, (6.88369e-7, 9.64187e-7)),
        ({"FILTER1": "CLEAR1L", "FILTER2": "CLEAR2L"}, None),
    ],
}


@pytest.mark.parametrize(
    ("camera", "cards", "band"), [(name, *case) for name in CROSSED for case in CROSSED[name]]
)
def test_light_passes_all_filters_in_its_way(tmp_path, camera, cards, band):
    telescope = "HST" if camera == "ACS" else "JWST"
    image(tmp_path / "a.fits", TELESCOP=telescope, INSTRUME=camera, **cards)
    table = extract(tmp_path).curate(online=False).to_table()
    found = [None if table[name].mask[0] else table[name][0] for name in ("em_min", "em_max")]
    assert found == (pytest.approx(band, rel=1e-9) if band else [None, None])


@pytest.mark.parametrize(
    ("cards", "lit"),
    [
        ({"OBSTYPE": "OBJECT", "EXPTIME": 60.0}, True),
        ({"OBSTYPE": "FLAT", "EXPTIME": 60.0}, True),
        ({"OBJECT": "Dark Cloud B68", "EXPTIME": 60.0}, True),
        ({"OBSTYPE": "BIAS"}, False),
        ({"OBSTYPE": "zero", "EXPTIME": 60.0}, False),
        ({"OBJECT": "dark 300s", "EXPTIME": 60.0}, False),
    ],
)
def test_frames_without_light_have_no_band(tmp_path, cards, lit):
    image(tmp_path / "a.fits", TELESCOP="HST", INSTRUME="ACS", FILTER="F606W", **cards)
    table = extract(tmp_path).curate(online=False).to_table()
    assert bool(table["em_min"].mask[0]) != lit


def test_every_filter_is_of_a_camera_and_has_its_own_names():
    def rows(name):
        text = (files("portal.curation") / name).read_text()
        return list(csv.DictReader(text.splitlines()))

    seen = set()
    cameras = {row["camera"] for row in rows("cameras.csv")}
    for row in rows("filters.csv"):
        camera = row["id"].rpartition(".")[0]
        assert camera in cameras
        assert 0 < float(row["shortest"]) < float(row["longest"])
        names = {(camera, name) for name in row["names"].split("|")}
        assert not names & seen
        seen |= names
