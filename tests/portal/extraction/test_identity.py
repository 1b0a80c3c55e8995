"""Names of targets, telescopes and instruments, and identifiers."""

import pytest

from portal.extraction.identity import field_name
from tests.portal.extraction.making import image_file, values


@pytest.fixture
def named(tmp_path):
    return lambda cards, name="a.fits": values(image_file(tmp_path / name, (4, 4), cards))


@pytest.mark.parametrize(
    ("cards", "target"),
    [
        ({"OBJECT": "IK Tau"}, "IK Tau"),
        ({"OBJECT": "  IK   Tau "}, "IK Tau"),
        ({"TARGNAME": "NGC104"}, "NGC104"),
        ({"TARGETID": "HD172167"}, "HD172167"),
        ({"TARGETID": 39627}, None),
        ({"OBJECT": "RED_SCI_POINT_BLUE", "ESO OBS TARG NAME": "MN-Lup"}, "MN-Lup"),
        ({"OBJECT": "RED_SCI_POINT_BLUE"}, None),
        ({"OBJECT": "Xe,Ar"}, None),
        ({"OBJECT": "LAMP,FLAT"}, None),
        ({"OBJECT": "ThAr"}, None),
        ({"OBJECT": "PTF_survey"}, None),
        ({"OBJECT": "Field 27"}, None),
        ({"OBJECT": "dss126604"}, None),
        ({"OBJECT": "sxrb_disk_l1:[sxrb0.mjf.map]xr_m.map"}, None),
        ({"OBJECT": "214590633112189"}, None),
        ({"OBJECT": "STD"}, None),
        ({"OBJECT": "Bad Pixels Map"}, None),
        ({"TARGNAME": "ANY"}, None),
        ({"OBJECT": "unknown"}, None),
        ({"OBJECT": ""}, None),
        ({"OBJNAME": "17", "DESIG": "LAMOST J224415.49+193359.7"}, "LAMOST J224415.49+193359.7"),
        ({"NAME": ("0266-51599-01", "Name of target; PlateId-MJD-Mapper")}, None),
        *(
            ({"OBJECT": name}, None)
            for name in (
                *(
                    "GCAL Flat",
                    "GCALflat",
                    "Twilight flat",
                    "dark 1 sec",
                    "dark (gcal4618)",
                    "dome",
                ),
                *("gcal 6420", "CuAr arc", "Dome Flat r", "PixFlat", "MASTER FLAT", "FLAT 40s"),
                *("flat 4230 cm-1 1 sec", "Bias 001", "dome_flat_g", "slit", "VANE"),
            )
        ),
        *(
            ({"OBJECT": name}, name)
            for name in ("Dark Cloud L183", "Radio Arc", "dark sky", "M87 for flat", "Dome Argus")
        ),
        # Names that look like other things.
        ({"OBJECT": "U Her"}, "U Her"),
        ({"OBJECT": "AR Cas"}, "AR Cas"),
        ({"OBJECT": "Arp 220"}, "Arp 220"),
        ({"OBJECT": "1999 AQ10", "OBJTYPE": "TargetMovingSingle"}, "1999 AQ10"),
        ({"OBJECT": "CGPS Mosaic MA1"}, "CGPS Mosaic MA1"),
    ],
)
def test_targets(named, cards, target):
    assert named(cards).get("target_name") == target


def test_a_standard_star_keeps_its_place(named):
    cards = {"OBJECT": "STD", "RA": 10.0, "DEC": 20.0, "RADESYS": "ICRS"}
    assert named(cards)["s_ra"] == 10.0


def test_a_flat_field_has_no_place(named):
    place = {"RA": 10.0, "DEC": 20.0, "RADESYS": "ICRS"}
    assert named({"OBJECT": "GCAL flat", **place}).get("s_ra") is None
    assert named({"OBJECT": "Dark Cloud L183", **place}).get("s_ra") == 10.0


def test_names_of_fields():
    assert field_name("CGPS Mosaic MA1")
    assert field_name("tile_0123+45")
    assert not field_name("NGC 1316")


@pytest.mark.parametrize(
    ("cards", "facility"),
    [
        ({"TELESCOP": "ALMA"}, "ALMA"),
        ({"TELESCOP": "Optical"}, None),
        ({"TELESCOP": ""}, None),
        ({"TELESCOP": "3.5m", "OBSERVAT": "APO"}, "APO 3.5m"),
        ({"TELESCOP": "1.2-m", "OBSERVAT": "DAO"}, "DAO 1.2-m"),
        ({"TELESCOP": "2.5m", "ORIGIN": "SDSS"}, "SDSS 2.5m"),
        ({"TELESCOP": "2.5m", "ORIGIN": "NOAO-IRAF FITS Image Kernel"}, "2.5m"),
        ({"SITENAME": "flwo1"}, "flwo1"),
        ({"INSTRUME": "WFPC2"}, "HST"),
        ({"ORIGIN": ("CFHT", "Canada-France-Hawaii Telescope")}, "CFHT"),
        ({"ORIGIN": ("STScI", "Space Telescope Science Institute")}, None),
        ({}, None),
    ],
)
def test_facilities(named, cards, facility):
    assert named({"OBJECT": "x1", **cards}).get("facility_name") == facility


@pytest.mark.parametrize(
    ("cards", "instrument"),
    [
        ({"INSTRUME": "UVES", "DETECTOR": "EEV"}, "UVES"),
        ({"INSTRUME": "", "DETECTOR": "tres"}, "tres"),
        ({"DETECTOR": "CCD 3"}, None),
        ({"DETECTOR": 2}, None),
        ({"CAMERA": 3}, None),
        ({"INSTRUME": "unknown"}, None),
    ],
)
def test_instruments(named, cards, instrument):
    assert named({"OBJECT": "x1", **cards}).get("instrument_name") == instrument


def test_an_observation_without_an_identifier_has_the_name_of_its_file(named):
    assert named({"OBJECT": "x1"}, "uid.a b.fits.gz")["obs_id"] == "uid.a b"
    assert named({"OBS_ID": 1342224909})["obs_id"] == "1342224909"
    assert named({"OBSID": "a", "DATALAB": "a-1"})["obs_id"] == "a-1"


def test_identifiers_are_the_same_wherever_the_file_lies(named, tmp_path):
    (tmp_path / "other").mkdir()
    one, two = named({"OBJECT": "x1"}), named({"OBJECT": "x1"}, "other/a.fits")
    assert one["obs_publisher_did"] == two["obs_publisher_did"] == "ivo://unpublished/fits?a.fits/0"
    assert one["obs_collection"] == tmp_path.name
    assert named({"HLSPID": "atomium"})["obs_collection"] == "atomium"


def test_the_file_is_measured_in_thousands_of_bytes(named):
    found = named({"OBJECT": "x1"})
    assert found["access_format"] == "application/fits"
    assert found["access_estsize"] == 6
    assert found.get("access_url") is None
