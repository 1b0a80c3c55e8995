"""Which HDUs are products, in files made here and in those of real archives."""

import numpy as np
import pytest

from portal.fits.opening import open_fits
from portal.fits.products import products
from tests.portal.fits.files import BLOCK, EMPTY, header, image, image_cards, opened, padded, table

SKY = ["CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'", "CRVAL1  = 1.0", "CRVAL2  = 2.0"]
SKY += ["CDELT1  = -0.1", "CDELT2  = 0.1"]

REAL = {
    # Data in the only HDU.
    **dict.fromkeys(
        """cube_alma_IK_Tau_header_only.fits cube_cgps_4axes.fits img_1904-66_azp.fits
        img_alma_m83_mom0.fits img_amateur_sip.fit.gz img_cfht_megaprime_cutout.fits
        img_desi_legacy_cutout.fits img_fixed-1890.fits img_magpis_glon.fits img_ned_dss_plate.fits
        img_spitzer_irac_sip.fits img_vla_first_4axis.fits spec_aat_ucles_multispec.fits
        spec_apo_multispec_linlog.fits spec_eso_uves.fits spec_gbt_vrad.fits
        spec_iraf_equispec.fits spec_tres_multispec.fits spec_tres_truncated.fits weird_blank.fits
        weird_header_newlines.fits weird_random_groups_uvfits.fits
        weird_uv_random_groups.fits""".split(),
        ("0",),
    ),
    # A header alone, which describes an observation or a place on the sky.
    "img_cfht_wircam_header.fits.fz": ("0",),
    "img_hst_wfc3_wcs.fits": ("0",),
    "img_sip.fits": ("0",),
    "spec_gemini_nifs_arc.fits": ("0",),
    "weird_header_with_time.fits": ("0",),
    "weird_wcs_validate.fits": ("1",),
    # Data in an extension, beside what goes with them.
    "event_chandra_acis.fits": ("1",),
    "img_herschel_pacs_blue.fits.gz": ("1",),
    "img_herschel_spire_plw.fits.gz": ("1",),
    "img_subaru_hsc.fits": ("1",),
    "img_tile_compressed.fits": ("1",),
    "spec_deep_gds1312.fits": ("1",),
    "spec_generic_bintable.fits": ("1",),
    "spec_lamost_dr.fits.gz": ("1",),
    "spec_sdss-0266-51602-0013.fits": ("1",),
    "time_integral_jmx_lightcurve.fits": ("1",),
    "weird_tab_time_axis.fits": ("0",),
    "weird_zerowidth_columns.fits": ("5",),
    # Several detectors, polarisations or exposures; an image and a light curve.
    "img_cfht_wircam_6hdu.fits": ("1", "2", "3", "4", "5"),
    "img_hst_acs_flt.fits": ("1", "4"),
    "img_hst_test0_multi_ext.fits": ("1", "2", "3", "4"),
    "spec_alfalfa_bintable.fits": ("1", "2"),
    "spec_hst_stis_raw.fits": ("1", "4"),
    "time_cfht_time_axis.fits": ("1", "2", "3", "4", "5"),
    "weird_checksum_false.fits": ("0", "1"),
    # Five targets, each in three arms.
    "spec_desi_18hdu.fits": ("4[1]", "4[2]", "4[3]", "4[4]", "4[5]"),
    # No observation.
    **dict.fromkeys(
        """cube_casa_beams_table_only.fits.gz img_lookup_distortion.fits nodata_gama_catalogue.fits
        nodata_moc.fits nodata_sdss_empty.fits weird_group_invalid.fits weird_history_header.fits
        weird_verify.fits""".split(),
        (),
    ),
}
"""The products of each shared file, as a person parts them."""


def test_every_shared_file_gives_products_or_a_reason(atomium_data):
    found = {}
    for path in sorted((atomium_data / "fits").glob("*.f*")):
        with open_fits(path) as file:
            made, reasons = products(file)
        found[path.name] = tuple(product.part for product in made)
        parts = {product.hdu.index for product in made}
        parts |= {arm.index for product in made for arm in product.arms}
        assert len(parts) + len(reasons) == len(file.hdus)
        assert all(reason.code and reason.what and reason.seen for reason in reasons)
    assert found == REAL


def _parts(folder, *hdus):
    with opened(folder, b"".join(hdus)) as file:
        made, reasons = products(file)
        return [product.part for product in made], [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("name", "code"),
    {
        "WEIGHT": "weights",
        "WHT": "weights",
        "Mask": "mask",
        "DQ": "mask",
        "R_IVAR": "errors",
        "VAR_POISSON": "errors",
        "stDev": "errors",
        "coverage": "coverage",
        "EXPMAP": "coverage",
        "B_WAVELENGTH": "wavelengths",
        "SPALL": "catalogue",
        "BlazeAB": "calibration",
        "SHUTTER_IMAGE": "configuration",
        "TIME": "coverage",
        "EXP": "coverage",
        "REDCHI2": "model",
        "PRESPECRES": "resolution",
        "XTRACE": "resolution",
        "MSAX1": "auxiliary",
        "D2IMARR": "distortion",
        "HistoryTasks": "history",
        "SKY": "calibration",
        "MODEL": "model",
    }.items(),
)
def test_what_goes_with_an_image_is_no_product(tmp_path, name, code):
    with_it = image(4, 4, cards=[*SKY, f"EXTNAME = '{name}'"], extension=True)
    assert _parts(tmp_path, image(4, 4, cards=SKY), with_it) == (["0"], [code])


@pytest.mark.parametrize(
    ("unit", "code"),
    [("Pixel Mask", "mask"), ("Err (10^-17 erg/s)", "errors"), ("METER", "auxiliary")],
)
def test_what_goes_with_an_image_is_known_by_its_unit(tmp_path, unit, code):
    cards = [*SKY, "EXTNAME = 'IMG2'", f"BUNIT   = '{unit}'"]
    with_it = image(4, 4, cards=cards, extension=True)
    assert _parts(tmp_path, image(4, 4, cards=SKY), with_it) == (["0"], [code])


def test_extensions_of_other_kinds_are_none(tmp_path):
    bytes_of_a_header = image(4, extension=True).replace(b"'IMAGE   '", b"'HDRLET  '")
    assert _parts(tmp_path, image(4, 4, cards=SKY), bytes_of_a_header) == (["0"], ["extension"])


def test_a_sky_or_a_model_alone_is_one(tmp_path):
    assert _parts(tmp_path, EMPTY, image(4, 4, cards=["EXTNAME = 'MODEL'"], extension=True)) == (
        ["1"],
        ["no-data"],
    )
    weights = image(4, 4, cards=[*SKY, "EXTNAME = 'WEIGHT'"], extension=True)
    assert _parts(tmp_path, EMPTY, weights)[0] == []


@pytest.mark.parametrize("name", ["SCI", "DATA", "FLUX", "ccd10", "IM1", "", "N4"])
def test_other_images_are_products(tmp_path, name):
    more = image(4, 4, cards=[*SKY, f"EXTNAME = '{name}'"], extension=True)
    assert _parts(tmp_path, EMPTY, more)[0] == ["1"]


def test_an_unnamed_vector_beside_an_image_of_the_sky_is_none(tmp_path):
    assert _parts(tmp_path, image(4, 4, cards=SKY), image(4, extension=True)) == (
        ["0"],
        ["no-coordinates"],
    )


def test_wavelengths_are_known_by_their_unit(tmp_path):
    flux = image(9, cards=["EXTNAME = 'FLUX'"], extension=True)
    waves = image(9, cards=["BUNIT   = 'Angstrom'"], extension=True)
    assert _parts(tmp_path, EMPTY, flux, waves)[0] == ["1"]


@pytest.mark.parametrize(
    ("columns", "cards", "product"),
    [
        ({"loglam": "E", "flux": "E"}, [], True),
        ({"WAVE": "9E", "FLUX": "9E"}, [], True),
        ({"TIME": "D", "RATE": "E"}, [], True),
        ({"BJD": "D", "MAG": "E"}, [], True),
        ({"TIME": "D", "X": "E", "Y": "E", "PI": "J"}, [], True),
        ({"CHANNEL": "J", "COUNTS": "J"}, ["HDUCLAS1= 'SPECTRUM'"], True),
        ({"UU": "E", "VV": "E", "WW": "E", "FLUX": "9E"}, [], True),
        ({"PIXEL": "J", "SIGNAL": "E"}, ["PIXTYPE = 'HEALPIX'"], True),
        ({"flux": "E", "err": "E"}, ["CRVAL1  = 200.", "CDELT1  = 1."], True),
        ({"flux": "E", "err": "E"}, [], False),
        ({"MJD": "D", "MAG": "E", "RA": "D", "DEC": "D"}, [], True),
        ({"WAVE": "9E", "FLUX": "3E"}, [], False),
        ({"UNIQ": "K"}, [], False),
        ({"RA": "D", "DEC": "D", "MAG": "E"}, [], False),
        ({"RA": "D", "DEC": "D", "FLUX": "E", "FREQ": "E"}, [], False),
        ({"START": "D", "STOP": "D"}, ["EXTNAME = 'GTI'"], False),
        ({"LINENAME": "9A", "LINEWAVE": "E"}, [], False),
    ],
)
def test_tables_are_known_by_their_columns(tmp_path, columns, cards, product):
    parts, codes = _parts(tmp_path, EMPTY, table(columns, 8, 80, cards))
    assert parts == (["1"] if product else [])
    assert len(codes) == (1 if product else 2)


def test_each_target_of_a_plate_is_a_product(tmp_path):
    plate = image(50, 3, cards=["COEFF0  = 3.58", "COEFF1  = 0.0001"])
    fibres = table({"RA": "D", "DEC": "D"}, rows=3, width=16, cards=["EXTNAME = 'PLUGMAP'"])
    # Three rows of one place are exposures of one target.
    assert _parts(tmp_path, plate, fibres)[0] == ["0"]
    places = np.array([[1.0, 2.0], [1.5, 2.0], [1.5, 2.5]], ">f8").tobytes()
    fibres = fibres[:-BLOCK] + padded(places)
    assert _parts(tmp_path, plate, fibres)[0] == ["0[1]", "0[2]", "0[3]"]


def test_an_image_of_as_many_lines_as_a_catalogue_has_sources_is_one(tmp_path):
    sources = table({"RA": "D", "DEC": "D"}, rows=3, width=16)
    assert _parts(tmp_path, image(50, 3, cards=SKY), sources)[0] == ["0"]


def test_spectra_in_the_rows_of_a_table_of_targets(tmp_path):
    columns = {"RA": "D", "DEC": "D", "WAVE": "5E", "FLUX": "5E"}
    assert _parts(tmp_path, EMPTY, table(columns, 3, 56))[0] == ["1[1]", "1[2]", "1[3]"]
    polarised = {"ra": "D", "dec": "D", "freq": "QD(5)", "stokesI": "QD(5)"}
    assert _parts(tmp_path, EMPTY, table(polarised, 3, 48))[0] == ["1[1]", "1[2]", "1[3]"]
    orders = {"ORDER": "J", "WAVE": "5E", "FLUX": "5E"}
    assert _parts(tmp_path, EMPTY, table(orders, 3, 44))[0] == ["1"]


@pytest.mark.parametrize(
    ("columns", "width", "parts"),
    [
        # Photons with flags of many bits, and instants of a light curve in three bands.
        ({"TIME": "D", "ENERGY": "E", "RA": "E", "DEC": "E", "MASK": "32X"}, 24, ["1"]),
        ({"MJD": "D", "FLUX": "3E", "RA": "D", "DEC": "D"}, 36, ["1"]),
        # Each row has all times of a curve.
        ({"TIME": "5D", "FLUX": "5E", "RA": "D", "DEC": "D"}, 76, ["1[1]", "1[2]", "1[3]"]),
    ],
)
def test_photons_and_instants_are_no_products(tmp_path, columns, width, parts):
    assert _parts(tmp_path, EMPTY, table(columns, 3, width))[0] == parts


def test_a_header_alone_is_one_if_it_describes_an_observation(tmp_path):
    described = header([*image_cards(), "TELESCOP= 'VLT'"])
    history = table({"a": "J"}, 1, 4, ["EXTNAME = 'PROVENANCE'"])
    assert _parts(tmp_path, described, history)[0] == ["0"]
    assert _parts(tmp_path, described, table({"RA": "D", "DEC": "D"}, 1, 16))[0] == []


def test_an_extension_takes_over_what_is_not_about_data(tmp_path):
    primary = header([*image_cards(), *SKY, "OBJECT  = 'Mira'", "BUNIT   = 'Jy'"])
    with opened(tmp_path, primary + image(2, 2, cards=["A = 1"], extension=True)) as file:
        ((product,), _) = products(file)
    assert product.cards.text("OBJECT") == "Mira"
    assert product.cards.source("OBJECT") == "HDU 0 OBJECT"
    assert all(name not in product.cards for name in ("CTYPE1", "CRVAL2", "BUNIT"))
    assert [axis.kind for axis in product.axes] == ["other", "other"]


def test_axes_without_pixels_are_axes(tmp_path):
    more = ["CTYPE3  = 'FREQ'", "CRVAL3  = 1.4E9", "CTYPE4  = 'STOKES'"]
    with opened(tmp_path, header([*image_cards(2, 2), *SKY, *more]) + padded(bytes(16))) as file:
        ((product,), _) = products(file)
    assert [(axis.kind, axis.length) for axis in product.axes] == [
        ("longitude", 2),
        ("latitude", 2),
        ("spectral", None),
        ("stokes", None),
    ]
    assert product.axes[2].crval == 1.4e9


@pytest.mark.parametrize(
    ("ctype", "kind", "algorithm", "unit"),
    [
        ("RA---TAN-SIP", "longitude", "TAN-SIP", ""),
        ("GLAT-CAR", "latitude", "CAR", ""),
        ("HPLN-TAN", "longitude", "TAN", ""),
        ("WAVELENGTH [Ang]", "spectral", "", "Ang"),
        ("VELO-LSR", "spectral", "", ""),
        ("AWAV-LOG", "spectral", "LOG", ""),
        ("LINEAR", "spectral", "", ""),
        ("MULTISPE", "spectral", "", ""),
        ("TIME-TAB", "time", "TAB", ""),
        ("STOKES", "stokes", "", ""),
        ("PIXEL", "pixel", "", ""),
        ("COMPLEX", "other", "", ""),
    ],
)
def test_the_kind_of_an_axis(ctype, kind, algorithm, unit):
    from portal.fits.axes import axes_of
    from portal.fits.cards import Cards

    (axis,) = axes_of(Cards([f"CTYPE1  = '{ctype}'"]), (5,))
    assert (axis.kind, axis.algorithm, axis.unit) == (kind, algorithm, unit)


def test_the_columns_of_a_single_dish_are_keywords_of_each_row(tmp_path):
    from astropy.io import fits

    columns = [
        fits.Column("OBJECT", "8A", array=["W43", "R Dor"]),
        fits.Column("DATA", "6E", array=np.zeros((2, 6))),
        fits.Column("TDIM2", "16A", array=["(6,1,1)"] * 2),
        fits.Column("CTYPE1", "8A", array=["FREQ-OBS"] * 2),
        fits.Column("CRVAL1", "D", unit="Hz", array=[1e9, 2e9]),
        fits.Column("CTYPE2", "4A", array=["RA"] * 2),
        fits.Column("CRVAL2", "D", array=[np.nan, 10.0]),
    ]
    made = fits.BinTableHDU.from_columns(columns, name="SINGLE DISH")
    made.header["TELESCOP"] = "GBT"
    primary = fits.PrimaryHDU(header=fits.Header({"ORIGIN": "NRAO"}))
    fits.HDUList([primary, made]).writeto(tmp_path / "s.fits")
    with open_fits(tmp_path / "s.fits") as file:
        (first, second), _ = products(file)
        assert [product.part for product in (first, second)] == ["1[1]", "1[2]"]
        assert second.cards.text("OBJECT") == "R Dor"
        assert second.cards.source("OBJECT") == "HDU 1 OBJECT, row 2"
        assert second.cards.source("TELESCOP") == "HDU 1 TELESCOP"
        assert second.cards.source("ORIGIN") == "HDU 0 ORIGIN"
        assert "CRVAL2" not in first.cards
        axes = [(axis.kind, axis.length, axis.crval) for axis in second.axes]
        assert axes == [("spectral", 6, 2e9), ("longitude", 1, 10.0), ("other", 1, None)]
