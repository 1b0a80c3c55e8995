"""What a table holds: a spectrum, a time series, events, visibilities, or no product."""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

from portal.errors import ReadError
from portal.fits.cards import Cards, CardValue
from portal.fits.cells import lengths_in
from portal.fits.hdu import ColumnInfo, Hdu
from portal.fits.roles import Role

__all__ = [
    "INTERFEROMETRY",
    "MEASURED",
    "OF_FIBRE",
    "PHOTONS",
    "POSITIONS",
    "RATES",
    "SPECTRAL",
    "TIMES",
    "VISIBILITIES",
    "TableKind",
    "distinct_targets",
    "has_targets",
    "keywords_of",
    "of_pulsar",
    "rows_apart",
    "sample_lengths",
    "single_dish",
    "spectral_column",
    "table_kind",
]

TableKind: TypeAlias = Literal["spectrum", "timeseries", "event", "visibility", "map"]

_WAVES = "wave wavelength wavelengths lambda lam wl wavel wavelen".split()
_ABOUT_WAVES = "air vac vacuum obs observed nm um micron ang angstrom aa log ln log10".split()
SPECTRAL = frozenset(
    """wave wavelength wavelengths lambda loglam lam wl wav wvl freq frequency energy velocity vel
    vlsr vhelio vrad vopt wavenumber wn loglambda logwave lambda_ logwl channel chan wavelen waveobs
    energ_lo e_min spectral_axis specaxis lnlam lnwave lnlambda nu""".split()
) | frozenset(
    name
    for wave in _WAVES
    for word in _ABOUT_WAVES
    for name in (f"{wave}_{word}", f"{word}_{wave}")
)
MEASURED = frozenset(
    """flux flux_density fluxdens f_lambda flam fnu f_nu intensity spec spectrum net gross counts
    rate count data norm_flux normflux flux_cal fluxcal optimal extracted coadd tb tmb ta tastar
    temperature brightness photons amplitude flux_reduced flux_norm sp_flux reflux flux_el
    flux_raw spectra stokesi stokes_i""".split()
)
TIMES = frozenset(
    """time mjd jd bjd hjd barytime tdb utc date_obs bjd_tdb mjd_obs bmjd timestamp t time_bjd
    tbjd bkjd""".split()
)
RATES = frozenset(
    """rate flux sap_flux pdcsap_flux mag magnitude counts count raw_cnts magpsf psfflux aper_flux
    psf_flux1 tamflux kspsap_flux intensity detrended_flux totflux rate1 mag_auto flux_density
    psf_flux aperture_flux""".split()
)
OF_FIBRE = re.compile(r"flux_?(?:a|b|c|ab)$")
"""Fluxes of the fibres of SPIRou, NIRPS and their kin, where none is of all."""
PHOTONS = frozenset("event pha pi energy channel rawx detx pulse_phase".split())
VISIBILITIES = frozenset("uu vv ww visibilities visibility vis2data visamp ucoord".split())
INTERFEROMETRY = ("AIPS UV", "UV_DATA", "OI_VIS2", "OI_VIS", "OI_T3")
"""Names of extensions of visibilities."""
POSITIONS = (
    ("RA", "DEC"),
    ("TARGET_RA", "TARGET_DEC"),
    ("RA_TARG", "DEC_TARG"),
    ("PLUG_RA", "PLUG_DEC"),
    ("FIBER_RA", "FIBER_DEC"),
    ("RAJ2000", "DEJ2000"),
    ("ALPHA", "DELTA"),
    ("OBJRA", "OBJDEC"),
    ("TARGRA", "TARGDEC"),
    ("FIBRERA", "FIBREDEC"),
)
_APART = 0.003
"""Coordinates that differ by more are of several targets [deg]; a pointing is no better."""
_WHERE_SAMPLES = re.compile(r"[^a-z0-9]+")


def table_kind(hdu: Hdu, primary: Cards) -> TableKind | Role:
    """What product a table is, or why it is none; `primary` may hold its axis."""
    names = {_plain(column.name): column for column in hdu.columns}
    said = (hdu.cards.text("HDUCLAS1") or "").upper()
    extension = hdu.name.upper()
    if "uniq" in names or (hdu.cards.text("ORDERING") or "").upper() in ("NUNIQ", "RANGE"):
        return Role("coverage map", "cells of the sky, as in a MOC")
    if (hdu.cards.text("PIXTYPE") or "").upper() == "HEALPIX":
        return "map"
    if said == "EVENTS" or extension.startswith("EVENTS") or _photons(names):
        return "event"
    if extension in INTERFEROMETRY or _visible(names):
        return "visibility"
    if (
        said == "SPECTRUM"
        or single_dish(hdu)
        or _spectrum(hdu, names, _described(hdu.cards) or _described(primary))
    ):
        return "spectrum"
    if said == "LIGHTCURVE" or of_pulsar(hdu) or _series(hdu, names, extension):
        return "timeseries"
    return _refusal(hdu, names)


def spectral_column(hdu: Hdu) -> ColumnInfo | None:
    """The column of wavelengths, frequencies, velocities or energies of a table."""
    return next((c for c in hdu.columns if _plain(c.name) in SPECTRAL), None)


def has_targets(hdu: Hdu) -> bool:
    """Whether each row of a table has a place on the sky of its own."""
    return any(hdu.has(ra) and hdu.has(dec) for ra, dec in POSITIONS)


def distinct_targets(hdu: Hdu) -> bool:
    """Whether the rows of a table are of places that differ; of one place they are exposures."""
    pairs = [(ra, dec) for ra, dec in POSITIONS if hdu.has(ra) and hdu.has(dec)]
    if not pairs or hdu.shape[0] < 2:
        return bool(pairs)
    try:
        columns = [hdu.column(name) for name in pairs[0]]
    except ReadError:
        return False
    return any(_differ(column.tolist()) for column in columns)


def rows_apart(hdu: Hdu, primary: Cards) -> bool:
    """Whether each row of a table is a product of its own: a spectrum, or a whole time series.

    A row of a list of events is a photon, whatever its place and however long its flags; one of
    a time series is an instant, unless it has many times.
    """
    if not has_targets(hdu):
        return False
    kind = table_kind(hdu, primary)
    if kind == "timeseries":
        return any(c.length > 1 for c in hdu.columns if _plain(c.name) in TIMES)
    return kind == "spectrum" and max(column.length for column in hdu.columns) > 1


def of_pulsar(hdu: Hdu) -> bool:
    """Whether rows are profiles or samples of a pulsar that follow each other, as in PSRFITS."""
    return hdu.has("DATA") and hdu.has("DAT_FREQ") and hdu.shape[0] > 0


def single_dish(hdu: Hdu) -> bool:
    """Whether each row is a spectrum with its keywords in columns, as radio telescopes write."""
    return hdu.has("DATA") and (hdu.name.upper() == "SINGLE DISH" or hdu.has("CRVAL1"))


def keywords_of(hdu: Hdu, row: int) -> Cards:
    """The columns of a row of one number or text each, as the keywords that they stand for."""
    values: dict[str, CardValue] = {}
    for column in hdu.columns:
        if column.length != 1 or not column.name:
            continue
        try:
            value = hdu.column(column.name, row).item()
        except (AttributeError, ReadError, ValueError):
            continue
        if isinstance(value, str):
            value = value.strip() or None
        if isinstance(value, str | bool | int | float) and value == value:
            values[column.name] = value
    return Cards.given(values, hdu.index, f", row {row + 1}")


def sample_lengths(hdu: Hdu, cards: Cards) -> tuple[int, ...]:
    """Lengths of the axes of the column ``DATA`` in FITS order, `cards` being those of a row."""
    data = hdu.info("DATA")
    return () if data is None else lengths_in(data, cards.text(f"TDIM{data.number}") or "")


def _differ(values: list[float] | list[str]) -> bool:
    numbers = [value for value in values if isinstance(value, float | int) and value == value]
    if numbers:
        return max(numbers) - min(numbers) > _APART
    return len(set(values)) > 1


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return _WHERE_SAMPLES.sub("_", name.lower()).strip("_")


def _described(cards: Cards) -> bool:
    """Whether a header gives the coordinates of samples that no column gives."""
    step = any(cards.number(key) for key in ("CDELT1", "CD1_1", "COEFF1", "WAVESTEP"))
    return step and cards.first(("CRVAL1", "COEFF0", "WAVESTRT")) is not None


def _spectrum(hdu: Hdu, names: dict[str, ColumnInfo], described: bool) -> bool:
    """Values along a spectral axis: more than a few, in the rows or in each row."""
    measured = [column for name, column in names.items() if name in MEASURED]
    measured = measured or [column for name, column in names.items() if OF_FIBRE.match(name)]
    if not measured:
        return False
    spectral = spectral_column(hdu)
    long = max(column.length for column in measured) > 1 or hdu.shape[:1] > (1,)
    if spectral is not None and spectral.length > 1 and not spectral.beside(measured):
        return False
    if spectral is not None and _plain(spectral.name) not in ("channel", "chan", "energy"):
        return long and not (has_targets(hdu) and max(c.length for c in measured) == 1)
    if spectral is not None:
        return long and not names.keys() & TIMES
    return long and described and not names.keys() & TIMES and not has_targets(hdu)


def _series(hdu: Hdu, names: dict[str, ColumnInfo], extension: str) -> bool:
    """Several times of one place, with something measured."""
    if not names.keys() & TIMES:
        return False
    long = any(column.length > 1 for name, column in names.items() if name in TIMES | RATES)
    if hdu.shape[0] < 2 and (not long or has_targets(hdu)):
        return False
    if not names.keys() & RATES and extension not in ("RATE", "LIGHTCURVE", "TIMESERIES"):
        return False
    return not distinct_targets(hdu)


def _photons(names: dict[str, ColumnInfo]) -> bool:
    return "time" in names and bool(names.keys() & PHOTONS) and not names.keys() & RATES


def _visible(names: dict[str, ColumnInfo]) -> bool:
    heads = {name.split("_")[0] for name in names}
    return {"uu", "vv"} <= heads or bool(names.keys() & (VISIBILITIES - {"uu", "vv", "ww"}))


def _refusal(hdu: Hdu, names: dict[str, ColumnInfo]) -> Role:
    shown = ", ".join(column.name for column in hdu.columns[:6]) or "no columns"
    if has_targets(hdu):
        return Role("catalogue", f"a table of sources: {shown}")
    return Role("table", f"no spectrum, time series, events or visibilities: {shown}")
