"""Words of headers as data, so that the page Submit reads them as the extraction does."""

import re
from collections.abc import Iterable

from portal.extraction import (
    _dates,
    _exposure,
    _pairs,
    _scales,
    _stamps,
    identity,
    kind,
    position,
    timing,
)
from portal.extraction._frames import EQUINOXES
from portal.fits import magritte, roles, table_kinds
from portal.fits.wcs import rotation
from portal.headers import calibration, dispersion, keywords, sky
from portal.model.cell import STATED
from portal.obscore.described import Json

__all__ = ["described_words"]

_FRAMES = {"fk5": 2000.0, "galactic": 2000.0, "supergalactic": 2000.0}
"""Frames that are turned into ICRS by a rotation alone, and their equinox."""


def described_words() -> dict[str, Json]:
    """Keywords, vocabularies, patterns and rotations, ready for JSON."""
    return {
        "calibration": _of_calibration(),
        "columns": _of_columns(),
        "durations": _of_durations(),
        "exposures": _of_exposures(),
        "frames": {name: rotation(name, year).round(15).tolist() for name, year in _FRAMES.items()},
        "kinds": {
            "dispersers": [*dispersion.DISPERSERS],
            "eso": kind.ESO,
            "guiding": [*dispersion.GUIDING],
            "modes": [*dispersion.MODES],
            "sliced": _sorted(dispersion.SLICED),
            "spectrographs": _sorted(dispersion.SPECTROGRAPHS),
            "spectroscopic": _sorted(dispersion.SPECTROSCOPIC),
            "techniques": _sorted(dispersion.ESO_TECHNIQUES),
            "undispersed": [*dispersion.UNDISPERSED],
            "wheels": [*dispersion.WHEELS],
        },
        "magritte": magritte.HABITS,
        "names": _of_names(),
        "pointing": {
            "equinoxes": {name: [*keys] for name, keys in EQUINOXES.items()},
            "farthest": position.FARTHEST,
            "hours": _sorted(position.HOURS_PERHAPS),
            "pointings": [[*pair] for pair in position.POINTINGS],
            "targets": [[*pair] for pair in position.TARGETS],
        },
        "roles": {
            "auxiliary": _sorted(roles.AUXILIARY_UNITS),
            "classes": roles.ROLE_CLASSES,
            "extensions": _sorted(roles.EXTENSIONS),
            "keywords": [*roles.ROLE_KEYWORDS],
            "names": roles.ROLE_NAMES,
            "scientific": _sorted(roles.SCIENTIFIC),
            "units": _sorted(roles.UNIT_WORDS),
            "words": {word: [*role] for word, role in roles.ROLE_WORDS.items()},
        },
        "times": _of_times(),
    }


def _of_calibration() -> dict[str, Json]:
    return {
        "camera": [*calibration.CAMERA],
        "counts": _sorted(calibration.COUNTS),
        "inputs": _beginning(calibration.INPUTS),
        "kinds": [*calibration.KINDS],
        "levels": [*calibration.LEVELS],
        "processed": [*calibration.PROCESSED],
        "stack": _sorted(calibration.STACK),
    }


def _of_columns() -> dict[str, Json]:
    return {
        "fibre": _beginning(table_kinds.OF_FIBRE),
        "interferometry": [*table_kinds.INTERFEROMETRY],
        "measured": _sorted(table_kinds.MEASURED),
        "photons": _sorted(table_kinds.PHOTONS),
        "positions": [[*pair] for pair in table_kinds.POSITIONS],
        "rates": _sorted(table_kinds.RATES),
        "spectral": _sorted(table_kinds.SPECTRAL),
        "times": _sorted(table_kinds.TIMES),
        "visibilities": _sorted(table_kinds.VISIBILITIES),
    }


def _of_durations() -> dict[str, Json]:
    return {
        "coadds": [*_exposure.COADDS],
        "counted": _anywhere(_exposure.COUNTED),
        "counting": [*_exposure.COUNTING],
        "customary": [*_exposure.CUSTOMARY],
        "each": _anywhere(_exposure.EACH),
        "most": _exposure.MOST,
        "most_frames": _exposure.MOST_FRAMES,
        "quantity": _anywhere(_exposure.QUANTITY),
        "seconds": _anywhere(_exposure.SECONDS),
        "series": _anywhere(_exposure.SERIES),
        "stated": [*_exposure.EXPOSURES],
        "units": [[_anywhere(pattern), factor] for pattern, factor in _exposure.UNITS],
    }


def _of_times() -> dict[str, Json]:
    return {
        "begin": [*_stamps.BEGIN_DATES],
        "clocks": [*_stamps.CLOCKS],
        "end_clocks": [*_stamps.END_CLOCKS],
        "end_dates": [*_stamps.END_DATES],
        "end_mjds": [*_stamps.END_MJDS],
        "jds": [*_stamps.JDS],
        "limits": {
            "earliest": _dates.EARLIEST,
            "epochs": [*_dates.EPOCHS],
            "latest": _dates.LATEST,
            "unset": [[*span] for span in _dates.UNSET],
        },
        "longitudes": [*timing.LONGITUDES],
        "middles": [*_stamps.MIDDLES],
        "mjds": [*_stamps.MJDS],
        "observed": [*_stamps.OBS_DATES],
        "pairs": {end: [*starts] for end, starts in _pairs.PAIRS.items()},
        "scales": _scales.SCALES,
        "suns": [*_stamps.SUNS],
    }


def _of_exposures() -> dict[str, Json]:
    return {
        "kinds": _sorted(sky.KINDS),
        "lamp": _beginning(sky.LAMP_NAME),
        "lamp_begin": _beginning(sky.LAMP_BEGIN),
        "lamp_keys": [*sky.LAMP_KEYS],
        "off": _sorted(sky.OFF),
        "sky": _sorted(sky.SKY),
        "types": [*sky.TYPES],
    }


def _of_names() -> dict[str, Json]:
    return {
        "aperture": _beginning(identity.APERTURE),
        "blanks": _sorted(keywords.BLANKS),
        "chip": _beginning(identity.ONLY_CHIP),
        "collections": [*identity.COLLECTIONS],
        "file": _anywhere(identity.FILE),
        "generic": _sorted(identity.GENERIC),
        "hubble": _sorted(identity.HUBBLE),
        "instruments": [*identity.INSTRUMENTS],
        "instruments_stated": [k for k, trust in identity.INSTRUMENTS.items() if trust == STATED],
        "named_telescope": _anywhere(identity.NAMED_TELESCOPE),
        "no_facility": _sorted(identity.NO_FACILITY),
        "maps": _beginning(identity.MAPS),
        "observations": [*identity.OBSERVATIONS],
        "plate": _anywhere(identity.PLATE),
        "scan": _beginning(identity.SCAN),
        "sites": [*identity.SITES],
        "targets": [*identity.TARGETS],
        "template": _sorted(identity.TEMPLATE),
    }


def _sorted(words: Iterable[str]) -> list[str]:
    return sorted(words)


def _anywhere(pattern: re.Pattern[str]) -> list[str]:
    """A pattern and its flags."""
    return [pattern.pattern, "i" if pattern.flags & re.IGNORECASE else ""]


def _beginning(pattern: re.Pattern[str]) -> list[str]:
    """A pattern that texts have to begin with, and its flags."""
    text, flags = _anywhere(pattern)
    return [f"^(?:{text})", flags]
