"""Whether the light of a product was dispersed, by what its header says of the instrument."""

from portal.fits.products import Product
from portal.fits.shape import axis_of, lengths, spatial
from portal.headers.keywords import WORDS, saying

__all__ = [
    "DISPERSERS",
    "ESO_TECHNIQUES",
    "GUIDING",
    "MODES",
    "SLICED",
    "SPECTROGRAPHS",
    "SPECTROSCOPIC",
    "UNDISPERSED",
    "WHEELS",
    "dispersed",
    "imaged",
    "on_detector",
    "with_wavelengths",
    "without_wavelengths",
]

DISPERSERS = ("DISPERSR", "DISPERSE", "GRISM", "GRATING", "GRATNAME")
SPECTROGRAPHS = frozenset(
    """espadons narval neonarval spirou harps harpn harps-n uves feros espresso nirps crires hires
    hrs uhrf ucles elodie sophie aurelie coralie carmenes maroon-x graces phoenix texes ghost igrins
    igrins-2 bhros cirpass nifs nirspec tres echelle mike pfs apf hermes tull mckellar ishell spex
    lamost apogee boss rhea veloce neid expres hpf kpf giano giano-b""".split()
)
"""Instruments that make nothing but spectra."""
UNDISPERSED = ("mirror", "open", "none", "out", "clear", "imag", "blank", "park", "home", "empty")
MODES = ("OBSTYPE", "OBSMODE", "OBS_MODE", "INSTMODE", "EXP_TYPE", "DATA-TYP", "OBS-MOD")
WHEELS = ("FILTER", "FILTER1", "FILTER2", "FILTER3", "FILTER4", "PUPIL")
"""Keywords of wheels in which a grism may stand among the filters."""
ESO_TECHNIQUES = frozenset("spectrum echelle mos mxu lss".split())
"""Words of ESO DPR TECH (ESO-044156, Data Interface Control, sec. 9.2)."""
SPECTROSCOPIC = frozenset("wfss soss lrs grism tsgrism fixedslit msaspec brightobj".split())
"""Words of EXP_TYPE of Webb's dispersed exposures."""
SLICED = frozenset("mrs ifu".split())
"""Words of EXP_TYPE of its integral fields, of which cubes and maps are made too."""
GUIDING = ("OBSTYPE", "EXPTYPE", "EXP_TYPE", "ETYPE", "IMAGETYP", "OBSMODE")
"""Keywords by which a frame of a spectrograph may be one of its guide camera."""
_WAVES = ("WAVE", "LAMBDA", "LOGLAM", "LAM")


def imaged(product: Product) -> bool:
    """Whether the pixels are places of the sky: two axes of it, and light not dispersed."""
    return spatial(product) and not on_detector(product)


def on_detector(product: Product) -> bool:
    """Whether a frame with axes of the sky shows dispersed light, as it fell on the detector.

    The coordinates of such a frame are those of the field without the disperser.
    """
    if not spatial(product) or _along(product):
        return False
    exposure = _words(product, ("EXP_TYPE",))
    if exposure & SPECTROSCOPIC:
        return True
    if sum(length > 1 for length in lengths(product)) != 2:
        return False
    sliced = bool(exposure & SLICED) and without_wavelengths(product)
    spectroscopic = "spectroscopic" in _words(product, ("OBSTYPE",))
    return sliced or spectroscopic or _by_eso(product) or _disperser(product) or _grism(product)


def dispersed(product: Product) -> bool:
    """Whether keywords say that light was dispersed, of data without axes of the sky."""
    cards = product.cards
    if _words(product, GUIDING) & {"guide", "guider", "guiding"}:
        return False
    if _disperser(product) or _spectrograph(product) or _grism(product) or _by_eso(product):
        return True
    if _words(product, ("EXP_TYPE",)) & (SPECTROSCOPIC | SLICED):
        return True
    said = _words(product, MODES)
    spectral = any(word.startswith(("spectro", "spectral")) for word in said)
    columns = (cards.text("COL1") or "").lower().startswith("wave")
    axis = cards.integer("DISPAXIS")
    return columns or (spectral and "imaging" not in said) or (axis is not None and axis > 0)


def with_wavelengths(product: Product) -> bool:
    """Whether another HDU has a wavelength for each element of a row of this one."""
    return any(
        hdu.shape[-1:] == product.hdu.shape[-1:] and hdu.name.upper().startswith(_WAVES)
        for hdu in product.siblings
        if hdu.kind in ("image", "compressed")
    )


def without_wavelengths(product: Product) -> bool:
    """Whether the header names an axis of wavelengths that the data do not have."""
    return any(axis.kind == "spectral" and axis.length is None for axis in product.axes)


def _along(product: Product) -> bool:
    """Whether the data have an axis of light or time, of one channel too."""
    return any(axis_of(product, kind) is not None for kind in ("spectral", "time"))


def _words(product: Product, names: tuple[str, ...]) -> set[str]:
    texts = (product.cards.text(name) or "" for name in names)
    return {word.lower() for text in texts for word in WORDS.findall(text)}


def _by_eso(product: Product) -> bool:
    said = _words(product, ("ESO DPR TECH",))
    return bool(said & ESO_TECHNIQUES) and "image" not in said


def _spectrograph(product: Product) -> bool:
    name = (saying(product.cards.text("INSTRUME")) or "").lower()
    return name in SPECTROGRAPHS or "spectrograph" in name


def _disperser(product: Product) -> bool:
    """Whether a grating or a grism was in the beam."""
    for name in DISPERSERS:
        text = (saying(product.cards.text(name)) or "").lower()
        if text and not any(word in text for word in UNDISPERSED):
            return True
    return False


def _grism(product: Product) -> bool:
    return any("grism" in (product.cards.text(name) or "").lower() for name in WHEELS)
