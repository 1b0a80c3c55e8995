"""Kinds of products, levels of calibration, resolution and polarisation."""

import math

import pytest

from tests.portal.extraction.making import image_file, table_file, values

RA = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 1.0, "CRVAL2": 2.0, "CDELT1": -0.1}
RA |= {"CDELT2": 0.1, "CRPIX1": 1.0, "CRPIX2": 1.0}
FREQ = {"CTYPE3": "FREQ", "CRVAL3": 1e9, "CDELT3": 1e6, "CRPIX3": 1.0, "CUNIT3": "Hz"}
STOKES = {"CTYPE4": "STOKES", "CRVAL4": 1.0, "CDELT4": 1.0, "CRPIX4": 1.0}


@pytest.fixture
def made(tmp_path):
    return lambda shape, cards, bits=-32: values(
        image_file(tmp_path / "a.fits", shape, cards, bits)
    )


@pytest.mark.parametrize(
    ("shape", "cards", "kind"),
    [
        ((5, 6), RA, "image"),
        ((5, 6, 7), {**RA, **FREQ}, "cube"),
        ((5, 6, 1, 1), {**RA, **FREQ, **STOKES}, "image"),
        ((5, 6, 7, 4), {**RA, **FREQ, **STOKES}, "cube"),
        ((1, 1, 7), {**RA, **FREQ}, "spectrum"),
        ((1, 1, 1), {**RA, **FREQ}, "cube"),
        ((9,), {"CTYPE1": "WAVE", "CRVAL1": 500.0, "CDELT1": 1.0, "CUNIT1": "nm"}, "spectrum"),
        ((9,), {"CTYPE1": "TIME", "CRVAL1": 1.0, "CDELT1": 1.0, "CUNIT1": "s"}, "timeseries"),
        ((5, 6), {}, "image"),
        ((5, 6), {"DISPAXIS": 1}, "spectrum"),
        ((5, 6), {"OBSTYPE": "SPECTROSCOPIC"}, "spectrum"),
        ((5, 6), {"GRATING": "B600+_G5307"}, "spectrum"),
        ((5, 6), {"GRATING": "MIRROR"}, "image"),
        ((5, 6), {**RA, "GRISM": "JH_G5801"}, "spectrum"),
        ((5, 6), {"INSTRUME": "McKellar Spectrograph"}, "spectrum"),
        ((5, 6, 7), {"CTYPE3": "VELO-LSR", "CRVAL3": 1.0, "CDELT3": 1.0}, "cube"),
        ((5, 6, 7), {}, "cube"),
        ((5, 6), {"PRODCATG": "SCIENCE.SPECTRUM"}, "spectrum"),
        ((32, 32, 9), {"INSTRUME": "SPIRou", "ETYPE": "GUIDE"}, "cube"),
        # Linear axes: of a picture, and along a slit.
        ((5, 6), {"CTYPE1": "LINEAR", "CTYPE2": "LINEAR", "CD1_1": 0.2, "CD2_2": 0.2}, "image"),
        ((5, 6), {"CTYPE1": "LINEAR", "CTYPE2": "LINEAR", "CD1_1": 2.3, "CD2_2": 1.0}, "spectrum"),
        (
            (5, 6),
            {"CTYPE1": "LINEAR", "CTYPE2": "LINEAR", "WAT1_001": "wtype=linear label=Wavelength"},
            "spectrum",
        ),
        # Rows of one axis of logarithms; and headers alone, one of a sum over a line.
        ((9, 5), {"CTYPE1": "LOG-LINEAR", "CRVAL1": 4.179, "CDELT1": 6e-6}, "spectrum"),
        ((), {**RA, **FREQ}, "cube"),
        ((), {**RA, **FREQ, "BUNIT": "JY/BEAM.KM/S"}, "image"),
    ],
)
def test_kinds_of_arrays(made, shape, cards, kind):
    assert made(shape, {"OBJECT": "x1", **cards})["dataproduct_type"] == kind


@pytest.mark.parametrize(
    ("cards", "bits", "level"),
    [
        ({"BUNIT": "Jy/beam"}, -32, 2),
        ({"BUNIT": "JY/BEAM.KM/S"}, -32, 3),
        ({"BUNIT": "K km s-1"}, -32, 3),
        ({"EXPTIME": 5.0}, 16, 1),
        ({"EXPTIME": 5.0, "BUNIT": "adu"}, 16, 1),
        ({"EXPTIME": 5.0, "MAGZPT": 22.5}, 16, 2),
        ({"FLATCORR": "PERFORM"}, -32, 1),
        ({"FLATCORR": "COMPLETE", "DARKCORR": "PERFORM"}, -32, 2),
        ({"PRODLVL": 3}, -32, 3),
        ({"CALIBLEV": 4}, -32, 4),
        ({"CALIBLEV": 7, "BUNIT": "Jy"}, -32, 2),
        ({"LEVEL": ("25", "Product level")}, -32, 3),
        ({"LEVEL": ("05", "Product level")}, -32, 1),
        ({"PROCTYPE": "Stacked"}, -32, 3),
        ({"S_FLAT": "COMPLETE"}, -32, 2),
        ({"OBSTYPE": "OBJECT", "GAIN": 1.5}, -32, 1),
        ({"OBSTYPE": "OBJECT", "GAIN": 1.5, "FLATCOR": "done"}, -32, 2),
        ({"EXPTIME": 5.0, "IMRED_OP": "OVERSCAN + FLAT-FIELD"}, 16, 2),
        ({"BUNIT": "UNCALIB"}, -32, 1),
        ({}, -32, 2),
    ],
)
def test_levels_of_calibration(made, cards, bits, level):
    assert made((5, 6), {**RA, **cards}, bits)["calib_level"] == level


@pytest.mark.parametrize(("images", "level"), [(1, 2), (2, 3)])
def test_an_image_of_several_is_a_stack(tmp_path, images, level):
    path = image_file(tmp_path / "a.fits", (5, 6), {**RA, "PHOTZP": 30.0})
    end = b"END" + b" " * 77
    lines = [f"HISTORY = input image {n}p.fits".ljust(80).encode() for n in range(images)]
    path.write_bytes(path.read_bytes().replace(end + b" " * 80 * images, b"".join(lines) + end))
    assert values(path)["calib_level"] == level


@pytest.mark.parametrize(
    ("cards", "arcsec"),
    [
        ({"BMAJ": 4e-4, "BMIN": 1e-4}, 0.72),
        ({"BMAJ": (4.0, "[arcsec] major axis"), "BMIN": 1.0}, 2.0),
        ({"BMAJ": 4e-4}, 1.44),
        ({"BMAJ": 0.0, "BMIN": 0.0}, None),
        # Of an image of 0.8 degrees: arcseconds that nobody tells.
        ({"BMAJ": 45.0}, None),
        ({"BMAJ": (45.0, "arcsec")}, 45.0),
        ({"SEEING": (0.8, "[arcsec] FWHM")}, 0.8),
        ({"SEEING": (2.0, "[pix] FWHM")}, None),
        ({"SEEING": 0.8}, None),
        ({"BEAM": ("3.5x3.8", "Beam size [arcminutes]")}, 60 * math.sqrt(3.5 * 3.8)),
        ({}, None),
    ],
)
def test_resolutions(made, cards, arcsec):
    assert made((5, 6), {**RA, **cards}).get("s_resolution") == pytest.approx(arcsec)


def test_the_last_beam_of_a_history(tmp_path):
    path = image_file(tmp_path / "a.fits", (5, 6), RA)
    line = "HISTORY AIPS   CLEAN BMAJ=  1.5000E-03 BMIN=  1.5000E-03 BPA=   0.00".ljust(80)
    data = path.read_bytes()
    end = data.index(b"END" + b" " * 77)
    changed = data[:end] + line.encode() + b"END" + data[end + 83 :]
    path.write_bytes(changed)
    assert values(path)["s_resolution"] == pytest.approx(5.4)


@pytest.mark.parametrize(
    ("axis", "length", "states"),
    [
        ({}, 1, "/I/"),
        ({}, 4, "/I/Q/U/V/"),
        ({"CRVAL4": -1.0, "CDELT4": -1.0}, 2, "/RR/LL/"),
        ({"CRVAL4": -5.0, "CDELT4": -1.0}, 4, "/XX/YY/XY/YX/"),
        ({"CRVAL4": 4.0, "CDELT4": -1.0}, 4, "/I/Q/U/V/"),
        ({"CRVAL4": 0.0}, 1, None),
        ({"CRVAL4": 50.0}, 1, None),
    ],
)
def test_states_of_polarisation(made, axis, length, states):
    cards = {**RA, **FREQ, **STOKES, **axis}
    assert made((5, 6, 7, length), cards).get("pol_states") == states


def test_a_state_without_pixels_of_its_own(made):
    assert made((5, 6), {**RA, **STOKES})["pol_states"] == "/I/"


def test_beams_of_the_channels_of_a_cube(tmp_path):
    import struct

    cube = image_file(tmp_path / "a.fits", (5, 6, 3), {**RA, **FREQ, "EXTEND": True}).read_bytes()
    columns = [("BMAJ", "E", "arcsec"), ("BMIN", "E", "arcsec")]
    rows = b"".join(struct.pack(">ff", *pair) for pair in ((4, 1), (0, 0), (9, 1), (16, 1)))
    table = table_file(tmp_path / "b.fits", columns, rows, 4, {"EXTNAME": "BEAMS"}).read_bytes()
    (tmp_path / "c.fits").write_bytes(cube + table[2880:])
    assert values(tmp_path / "c.fits")["s_resolution"] == pytest.approx(3.0)
