"""What an HDU is for: data, or something that goes with data."""

import re
from dataclasses import dataclass
from functools import lru_cache

from portal.fits.hdu import Hdu
from portal.fits.units import quantity_factor

__all__ = [
    "AUXILIARY_UNITS",
    "EXTENSIONS",
    "ROLE_CLASSES",
    "ROLE_KEYWORDS",
    "ROLE_NAMES",
    "ROLE_WORDS",
    "SCIENCE",
    "SCIENTIFIC",
    "UNIT_WORDS",
    "Role",
    "role_of",
    "words_of",
]


@dataclass(frozen=True, slots=True)
class Role:
    """What an HDU is for.

    Parameters
    ----------
    code
        ``science`` for data, else a stable word such as ``weights``.
    why
        What shows it.
    firm
        Whether it is no product even where the file holds no other.
    """

    code: str
    why: str = ""
    firm: bool = True


SCIENCE = Role("science")

_FIRM = {
    "weights": "weight weights wht wgt wt weightmap wtmap wmap",
    "mask": """mask masks dq dqf bpm badpix badpixel flag flags quality qual bitmask andmask ormask
    dqmask badpixels segmentation segmap seg maskmap aperture pixelmask msk satmask crmask cosmic
    cosmics""",
    "coverage": """coverage cov expmap exposuremap nhit nhits hits ctx con context ncov nexp
    exptimemap sensitivity pbeam pb primarybeam samp nsamp nobs covmap fieldmap""",
    "errors": """err error errors stdev stddev sigma noise rms ivar invvar var variance unc uncert
    uncertainty uncertainties stat std errmap errormap rmsmap noisemap ferr eflux fluxerr errs perr
    covar covariance snr snrmap""",
    "wavelengths": "wavelength wavelengths wave waves lambda loglam wl wavecal wavemap lam",
    "resolution": """resolution resol lsf lsfpre lsfpost disp predisp wdisp specres specresd
    prespecres prespecresd psf gpsf rpsf ipsf zpsf
    xtrace ytrace xsigma ysigma wsigma""",
    "distortion": """d2imarr wcsdvarr wcscorr wcs distortion wcsdvar d2im deltawcs wcstab
    wcstable""",
    "catalogue": "spall specobj specobjall zall zbest zline zlines spzline spzbest spzall",
    "configuration": "shutterimage shutterinfo msaconfig",
    "history": "history provenance log asdf hdrtab inputs prov software pipeline",
    "table of beams": "beams beam",
    "time intervals": "gti stdgti goodtime",
    "preview": "thumb thumbnail preview",
}
_SOFT = {
    "calibration": """flat flatfield dark bias arc lamp sky background bkg bg bgd back telluric
    fringe calib calibration response throughput contam area pathloss barshadow zeroframe refout
    xcorr fluxcal sens sensfunc blaze recon extinction vignet vignetting overscan trace traces
    noss barshift pwv gcorrel rcorrel icorrel zcorrel redcorr""",
    "coverage": "exposure exptime texp depth airmass",
    "model": """model resid residual residuals continuum template bestfit synflux chi chisq redchi
    redchisq""",
    "auxiliary": "pixarea histogram slity slitx msax msay",
}
"""Where such a thing is all that a file holds, it is what was observed or made."""

ROLE_WORDS = {word: (code, True) for code, words in _FIRM.items() for word in words.split()} | {
    word: (code, False) for code, words in _SOFT.items() for word in words.split()
}
SCIENTIFIC = frozenset("sci science data flux image primary signal intensity spectrum".split())
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
ROLE_CLASSES = {
    "ERROR": "errors",
    "QUALITY": "mask",
    "WEIGHT": "weights",
    "GTI": "time intervals",
    "BKG": "calibration",
    "RESPONSE": "calibration",
    "EXPOSURE": "coverage",
}
EXTENSIONS = frozenset(("IMAGE", "IUEIMAGE", "BINTABLE", "TABLE", "A3DTABLE"))
"""Kinds of HDU that are known."""
ROLE_KEYWORDS = ("PRODTYPE", "DATATYPE", "BTYPE", "HDUNAME", "EXTTYPE", "CONTENT")
ROLE_NAMES = {
    "EXP": "coverage",
    "TIME": "coverage",
    "COUNT": "coverage",
    "SN": "errors",
    "GAIN": "calibration",
}
"""Names that mean something else with anything beside them, such as a number."""
UNIT_WORDS = frozenset("err error flag mask ivar variance sky telluric".split())
AUXILIARY_UNITS = frozenset("s sec second seconds m meter meters metre metres unitless".split())
"""Of images that tell of data beside them where, for how long or what part of it."""


def words_of(name: str) -> list[str]:
    """The name without signs and the number at its end, and its words, all in small letters."""
    parts = [part for part in re.split(r"[^A-Za-z]+", name) if part]
    whole = re.sub(r"[^A-Za-z0-9]+", "", name).rstrip("0123456789").lower()
    split = [w.lower() for p in parts for w in (_CAMEL.findall(p) if not p.isupper() else [p])]
    return [whole, *(part.lower() for part in parts), *split]


def role_of(hdu: Hdu) -> Role:
    """What the kind, the name, the class and the unit of an HDU say that it is for."""
    extension = (hdu.cards.text("XTENSION") or "IMAGE").upper()
    if extension not in EXTENSIONS:
        # Such as headers that the Hubble Space Telescope keeps as bytes.
        return Role("extension", f"XTENSION = {extension}")
    said = _by_class(hdu) or _by_name("EXTNAME", hdu.name)
    if said is not None:
        return said
    for key in ROLE_KEYWORDS:
        if found := _by_name(key, hdu.cards.text(key) or ""):
            return found
    return (_by_unit(hdu) if hdu.kind in ("image", "compressed") else None) or SCIENCE


@lru_cache(maxsize=4096)
def _by_name(key: str, name: str) -> Role | None:
    words = words_of(name)
    if not words or words[0] in SCIENTIFIC:
        return None
    for word in words:
        if word in ROLE_WORDS:
            code, firm = ROLE_WORDS[word]
            return Role(code, f"{key} = {name}", firm)
    whole = ROLE_NAMES.get(name.strip().upper())
    return None if whole is None else Role(whole, f"{key} = {name}", firm=False)


def _by_class(hdu: Hdu) -> Role | None:
    for key in ("HDUCLAS3", "HDUCLAS2", "HDUCLAS1"):
        text = (hdu.cards.text(key) or "").upper()
        if text in ROLE_CLASSES:
            return Role(ROLE_CLASSES[text], f"{key} = {text}")
    return None


def _by_unit(hdu: Hdu) -> Role | None:
    unit = hdu.cards.text("BUNIT") or ""
    words = words_of(unit)
    said = next((word for word in words if word in UNIT_WORDS), None)
    if said is not None:
        code = "errors" if said.startswith(("err", "iv", "va")) else "mask"
        return Role(code, f"BUNIT = {unit}")
    if unit.lower() in AUXILIARY_UNITS:
        return Role("auxiliary", f"BUNIT = {unit}", firm=False)
    size = quantity_factor(unit, "m") if unit else None
    # Of a wavelength, such as Angstrom: an image of lengths is an axis, not a measurement.
    if size is not None and size < 1e-3:
        return Role("wavelengths", f"BUNIT = {unit}")
    return None
