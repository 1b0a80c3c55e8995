"""Frames of dispersed light, whose header has axes of the sky all the same."""

import shutil

import pytest

from tests.portal.extraction.making import image_file, values
from tests.portal.obscore.test_browser_rows import differences, read_by_the_page

SKY = {
    "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 345.8, "CRVAL2": 8.87,
    "CRPIX1": 1.0, "CRPIX2": 1.0, "CDELT1": -1e-4, "CDELT2": 1e-4,
}  # fmt: skip
WAVE = {"CTYPE3": "WAVE", "CUNIT3": "um", "CRVAL3": 5.0, "CDELT3": 1.0, "CRPIX3": 1.0}
PLACE = {"TARG_RA": 345.8151, "TARG_DEC": 8.8739}
REGION = {"S_REGION": "POLYGON ICRS 345.81 8.876 345.82 8.876 345.82 8.871 345.81 8.871"}
FRAMES = [
    ((8, 8), {"ESO DPR TECH": "SPECTRUM", "ESO INS GRIS1 NAME": "GRIS_600B"}),
    ((8, 8), {"ESO DPR TECH": "ECHELLE,SLIT"}),
    ((8, 8, 1), {"GRISM": "R3K_G5803", "MASKTYPE": 1}),
    ((8, 8), {"FILTER3": "Kgrism_G5204"}),
    ((8, 8), {"TELESCOP": "HST", "OBSTYPE": "SPECTROSCOPIC", "FILTER": "G141"}),
    ((8, 8), {"EXP_TYPE": "MIR_MRS", **WAVE, **PLACE, **REGION}),
    ((8, 8), {"EXP_TYPE": "MIR_LRS-FIXEDSLIT", **WAVE, **PLACE, **REGION}),
    ((8, 8, 5), {"EXP_TYPE": "NIS_SOSS", **PLACE, **REGION}),
]
IMAGES = [
    ((8, 8), {"ESO DPR TECH": "IMAGE"}, "image"),
    ((8, 8), {"ESO DPR TECH": "IFU"}, "image"),
    ((8, 8), {"GRISM": "Open", "FILTER3": "K_G0204"}, "image"),
    ((8, 8), {"TELESCOP": "HST", "OBSTYPE": "IMAGING"}, "image"),
    ((8, 8), {"EXP_TYPE": "NRC_IMAGE", **REGION}, "image"),
    # Of a cube and a map that was made of one.
    ((8, 8, 5), {"EXP_TYPE": "MIR_MRS", **WAVE}, "cube"),
    ((8, 8), {"EXP_TYPE": "MIR_MRS"}, "image"),
    ((8, 8, 16), {"CTYPE3": "SPECLNMF"}, "cube"),
]


@pytest.mark.parametrize(("shape", "cards"), FRAMES)
def test_pixels_of_dispersed_light_are_no_places(tmp_path, shape, cards):
    row = values(image_file(tmp_path / "a.fits", shape, {**SKY, **cards}))
    assert row["dataproduct_type"] == "spectrum"
    assert not {"em_xel", "s_xel1", "s_xel2"} & row.keys()
    if "S_REGION" not in cards:
        assert "s_region" not in row
        return
    assert row["s_region"] == cards["S_REGION"]
    assert row["s_fov"] == pytest.approx(0.01107, rel=1e-3)
    if "CTYPE3" in cards:
        # The coordinates beside the axis of wavelengths are of one point of the slit.
        assert (row["s_ra"], row["s_dec"]) == (345.8151, 8.8739)


@pytest.mark.parametrize(("shape", "cards", "kind"), IMAGES)
def test_images_and_cubes_stay_what_they_are(tmp_path, shape, cards, kind):
    row = values(image_file(tmp_path / "a.fits", shape, {**SKY, **cards}))
    assert row["dataproduct_type"] == kind
    assert row["s_xel1"] == 8
    assert row["s_region"].startswith("POLYGON ICRS 345.80")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js to run the page's code")
def test_the_page_takes_them_for_the_same(tmp_path):
    cases = [*FRAMES, *((shape, cards) for shape, cards, _ in IMAGES)]
    files = [
        image_file(tmp_path / f"{number}.fits", shape, {**SKY, **cards})
        for number, (shape, cards) in enumerate(cases)
    ]
    pages = read_by_the_page(files)
    assert [differences(*pair)[0] for pair in zip(files, pages, strict=True)] == [[]] * len(files)
    kinds = [page["rows"][0]["row"]["dataproduct_type"] for page in pages]
    assert kinds == ["spectrum"] * len(FRAMES) + [kind for _, _, kind in IMAGES]
