"""Observed products for tests: small FITS files of every kind."""

from pathlib import Path

import numpy as np
from astropy.io import fits

SKY = {
    "CTYPE1": "RA---TAN",
    "CRVAL1": 69.19,
    "CDELT1": -1e-4,
    "CRPIX1": 15.5,
    "CUNIT1": "deg",
    "CTYPE2": "DEC--TAN",
    "CRVAL2": -62.077,
    "CDELT2": 1e-4,
    "CRPIX2": 10.5,
    "CUNIT2": "deg",
}
LINE = {"CTYPE3": "VRAD", "CRVAL3": 6e3, "CDELT3": 2e3, "CRPIX3": 1.0, "CUNIT3": "m/s"}


def image() -> fits.HDUList:
    """A star in a field with a blank corner, and a table of sources."""
    y, x = np.mgrid[:20, :30]
    data = np.exp(-((x - 20) ** 2 + (y - 5) ** 2) / 8).astype("f4")
    data[15:, :5] = np.nan
    hdu = fits.PrimaryHDU(data, fits.Header({**SKY, "OBJECT": "R Dor", "BUNIT": "Jy/beam"}))
    hdu.header["DATE-OBS"] = "2015-08-12T09:00:00"
    sources = fits.BinTableHDU.from_columns(
        [fits.Column("RA", "D", array=[69.1, 69.2]), fits.Column("DEC", "D", array=[-62, -62.1])]
    )
    return fits.HDUList([hdu, sources])


def cube() -> fits.HDUList:
    """A line that is brightest in the third channel."""
    data = image()[0].data[None] * np.array([0.1, 0.5, 2, 0.3], "f4")[:, None, None]
    cards = {**SKY, **LINE, "RESTFRQ": 230.538e9, "OBJECT": "R Dor", "BUNIT": "K"}
    return fits.HDUList([fits.PrimaryHDU(data, fits.Header(cards))])


def spectrum() -> fits.HDUList:
    """An absorption line at 500 nm in a table."""
    wave = np.linspace(4900, 5100, 400)
    flux = 1 - 0.6 * np.exp(-((wave - 5000) ** 2) / 50)
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("WAVELENGTH", "D", "Angstrom", array=wave),
            fits.Column("FLUX", "E", "erg/s/cm**2/Angstrom", array=flux),
        ]
    )
    return fits.HDUList([fits.PrimaryHDU(header=fits.Header({"OBJECT": "W Hya"})), table])


def series() -> fits.HDUList:
    """A light curve with a gap."""
    time = np.concatenate([np.arange(0, 50.0), np.arange(80, 120.0)])
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", "d", array=time),
            fits.Column("RATE", "E", "count/s", array=5 + np.sin(time / 8)),
        ],
        name="RATE",
    )
    table.header["MJDREFI"] = 57000
    return fits.HDUList([fits.PrimaryHDU(), table])


def events() -> fits.HDUList:
    """Photons around a source."""
    random = np.random.default_rng(1)
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", "s", array=np.sort(random.uniform(0, 1e4, 500))),
            fits.Column("X", "E", "pixel", array=random.normal(100, 8, 500)),
            fits.Column("Y", "E", "pixel", array=random.normal(60, 8, 500)),
            fits.Column("ENERGY", "E", "keV", array=random.uniform(0.5, 7, 500)),
        ],
        name="EVENTS",
    )
    return fits.HDUList([fits.PrimaryHDU(), table])


MADE = {
    "image.fits": image,
    "cube & co.fits": cube,
    "spectrum.fits": spectrum,
    "series.fits": series,
    "events.fits": events,
}
"""What is in each file."""


def write_products(store: Path) -> None:
    """One file of each kind in the folder ``sky`` of a store."""
    folder = store / "sky"
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MADE.items():
        make().writeto(folder / name)
