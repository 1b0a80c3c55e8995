"""Which names often stand for which column, and how far they can be trusted."""

import re
from dataclasses import dataclass

from portal import units
from portal.errors import ReadError
from portal.mapping._held import bare
from portal.mapping.sources import Source
from portal.model.cell import CONVENTION, INFERRED, STATED

__all__ = ["CLUES", "Clue", "expression", "leaf", "seen"]


@dataclass(frozen=True, slots=True)
class Clue:
    """A name that often stands for a column.

    Parameters
    ----------
    name
        Last part of the name, in capitals.
    confidence : scalar [1]
        One of the levels of `portal.model.cell`.
    form
        What the value looks like: ``text``, ``number``, ``date``, or ``angle`` in degrees
        where it is a number and in `unit` where it is a text.
    unit
        Customary unit; '' for none, None where the header has to say it.
    """

    name: str
    confidence: float
    form: str = "text"
    unit: str | None = ""


def _clues(
    names: str, confidence: float = CONVENTION, form: str = "text", unit: str | None = ""
) -> tuple[Clue, ...]:
    return tuple(Clue(name, confidence, form, unit) for name in names.split())


CLUES: dict[str, tuple[Clue, ...]] = {
    "target_name": (
        *_clues("OBJECT", STATED),
        *_clues("TARGNAME TARGET TARGET_NAME OBJNAME OBJECT_NAME SOURCE SRC_NAME STARNAME STAR"),
    ),
    "facility_name": (
        *_clues("TELESCOP", STATED),
        *_clues("TELESCOPE OBSERVAT OBSERVATORY FACILITY SITENAME SITE"),
    ),
    "instrument_name": (
        *_clues("INSTRUME", STATED),
        *_clues("INSTRUMENT INSTRNAME SPECTROGRAPH CAMERA"),
        *_clues("DETECTOR DETNAM", INFERRED),
    ),
    "obs_collection": (
        *_clues("OBS_COLLECTION COLLECTION SURVEY PROJECT PROJ_ID PROGRAM"),
        *_clues("ORIGIN", INFERRED),
    ),
    "obs_id": _clues("OBS_ID OBSID OBS-ID ROOTNAME OBSNUM EXPID OBSERVATION_ID"),
    "t_exptime": (
        # Those that are read without a rule, in that order, and EXPOTIME.
        *_clues(
            "XPOSURE EXPTIME EXPOSURE TOTITIME EXP_TIME EXPTIM EXPOSED TEXPTIME TOTALEXP TOTEXP"
            " EXPTOT EXPTOT_T ITIME INTTIME INT_TIME INTTM TINT EXPT TEXP T_EXP EFFEXPTM AEXPTIME"
            " ELAPTIME RAMPTIME OBJTIME ONTIME LIVETIME DURATION TEXP_TOT EXPOTIME",
            form="number",
            unit="s",
        ),
        *_clues("EXPOSURE_TIME INTEGRATION_TIME", form="number", unit=None),
    ),
    "t_min": (
        *_clues("MJD-OBS MJD-BEG MJD_OBS MJD-STR", STATED, "number", "d"),
        *_clues("DATE-BEG DATE-OBS", STATED, "date"),
    ),
    "t_max": (
        *_clues("MJD-END MJD_END", STATED, "number", "d"),
        *_clues("DATE-END", STATED, "date"),
    ),
    "s_ra": (
        *_clues("RA_TARG RA_OBJ OBJRA OBJCTRA RAJ2000 RA_ICRS", form="angle", unit="hours"),
        *_clues("RA", INFERRED, "angle", "hours"),
    ),
    "s_dec": (
        *_clues("DEC_TARG DEC_OBJ OBJDEC OBJCTDEC DEJ2000 DE_ICRS", form="angle", unit="degrees"),
        *_clues("DEC", INFERRED, "angle", "degrees"),
    ),
    "em_min": _clues("WAVELMIN WAVE_MIN WAVEMIN LAMBDA_MIN WMIN EM_MIN", form="number", unit=None),
    "em_max": _clues("WAVELMAX WAVE_MAX WAVEMAX LAMBDA_MAX WMAX EM_MAX", form="number", unit=None),
    "em_res_power": _clues("SPEC_RES RESPOWER RESOLVING_POWER", form="number"),
}
"""By column, the better ones first."""

_UNIT = re.compile(r"\[([^\[\]]{1,30})\]|\(([^()]{1,30})\)\s*$")
_SEXAGESIMAL = re.compile(r"[+-]?\d{1,3}[:h ]\s*\d{1,2}[:m ]")
_NOTHING = re.compile(r"(?:n/?a|none|null|unknown|undefined|not set|test|-+|\?+)?", re.I)
_UNITS = {"t_exptime": "s", "t_min": "d", "t_max": "d", "em_min": "m", "em_max": "m"}


def leaf(name: str) -> str:
    """The last part of a name, in capitals."""
    return re.split(r"[@/]", name)[-1].strip().upper()


def expression(column: str, clue: Clue, name: str, source: Source) -> str | None:
    """How a rule would read `column` from `name`; None where the value is of another kind."""
    value, shown = seen(source, name), written(name)
    if clue.form == "text":
        fits = isinstance(value, str) and not _NOTHING.fullmatch(value.strip())
        return shown if fits else None
    if clue.form == "date":
        return f"mjd({shown})" if isinstance(value, str) and "-" in value else None
    if clue.form == "angle":
        return _angle(clue, value, shown, source.comment(name))
    if isinstance(value, bool | str) or not isinstance(value, int | float) or value <= 0:
        return None
    unit = _said(source.comment(name), _UNITS.get(column, "")) or clue.unit
    return None if unit is None else f"{shown} [{unit}]" if unit else shown


def seen(source: Source, name: str) -> object:
    """What stands under a name; None where it cannot be used."""
    try:
        return bare(source.value(name))
    except ReadError:
        return None


def written(name: str) -> str:
    """A name as rules write it."""
    plain = re.fullmatch(r"/?[A-Za-z_][\w./-]*\w(/?@[A-Za-z_]\w*)?|@[A-Za-z_]\w*|[A-Za-z_]", name)
    return name if plain else f"`{name}`"


def _angle(clue: Clue, value: object, shown: str, comment: str) -> str | None:
    if isinstance(value, str):
        return f"{clue.unit}({shown})" if _SEXAGESIMAL.match(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or "hour" in comment.lower():
        return None
    return shown


def _said(comment: str, wanted: str) -> str | None:
    """The unit that a comment gives, if it is one of the right dimension."""
    found = _UNIT.search(comment)
    unit = (found[1] or found[2]).strip() if found else ""
    return unit if unit and wanted and units.same_dimension(unit, wanted) else None
