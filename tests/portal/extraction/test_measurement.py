"""Units, backgrounds and uncertainties of values, and whose bins are told one by one."""

import numpy as np
import pytest
from astropy.io import fits

from portal.extraction import measurement
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.model.measurement import Measurement

ERG = "10**-17 erg Angstrom-1 s-1 cm-2"
SHARED = {
    "cube_cgps_4axes.fits": Measurement("K"),
    "event_chandra_acis.fits": Measurement(None, "em t"),
    "img_alma_m83_mom0.fits": Measurement("K km s-1"),
    "img_herschel_pacs_blue.fits.gz": Measurement("Jy pix-1", "", None, "HDU 3 stDev"),
    "img_herschel_spire_plw.fits.gz": Measurement("MJy sr-1", "", None, "HDU 2 error"),
    "spec_aat_ucles_multispec.fits": Measurement(None, "em"),
    "spec_deep_gds1312.fits": Measurement(None, "em", None, "HDU 1 column IVAR"),
    "spec_desi_18hdu.fits": Measurement(ERG, "em", None, "HDU 5 B_IVAR"),
    "spec_eso_uves.fits": Measurement("adu"),
    "spec_gbt_vrad.fits": Measurement("K"),
    "spec_sdss-0266-51602-0013.fits": Measurement(
        ERG, "em", "HDU 1 column sky", "HDU 1 column ivar"
    ),
    "time_integral_jmx_lightcurve.fits": Measurement(None, "t", None, "HDU 1 column ERROR"),
}
"""Read by hand from the headers of the shared files."""


@pytest.mark.parametrize("name", sorted(SHARED))
def test_what_real_files_tell(atomium_data, name):
    with open_fits(atomium_data / "fits" / name) as file:
        assert measurement(products(file)[0][0]) == SHARED[name]


def test_the_errors_of_each_detector_are_its_own(tmp_path):
    hdus = [fits.PrimaryHDU()]
    for version in (1, 2):
        for name in ("SCI", "ERR", "SKY"):
            hdu = fits.ImageHDU(np.ones((4, 4), "f4"), name=name, ver=version)
            hdu.header["BUNIT"] = "Jy"
            hdus.append(hdu)
    fits.HDUList(hdus).writeto(tmp_path / "a.fits")
    with open_fits(tmp_path / "a.fits") as file:
        first, second = map(measurement, products(file)[0])
    assert first == Measurement("Jy", "", "HDU 3 SKY", "HDU 2 ERR")
    assert second == Measurement("Jy", "", "HDU 6 SKY", "HDU 5 ERR")


def test_states_of_a_signal_are_no_errors(tmp_path):
    columns = [fits.Column("DATA", "4E"), fits.Column("SIG", "1A"), fits.Column("CRVAL1", "D")]
    table = fits.BinTableHDU.from_columns(columns, nrows=1, name="SINGLE DISH")
    table.writeto(tmp_path / "a.fits")
    with open_fits(tmp_path / "a.fits") as file:
        assert measurement(products(file)[0][0]).uncertainty is None
