"""The reference frame of celestial coordinates, from keywords of all ages."""

from portal.fits._card import number
from portal.fits.cards import Cards
from portal.fits.repairs import Repair

__all__ = ["equinox_of", "frame_of"]

_FRAMES = ("ICRS", "FK4-NO-E", "FK5", "FK4", "GAPPT")
_NAMED = {"J2000": "FK5", "2000": "FK5", "B1950": "FK4", "1950": "FK4", "ICRF": "ICRS"}
_NATIVE = {"GLON": "galactic", "SLON": "supergalactic", "ELON": "ecliptic"}
_FIRST, _LAST = 1800.0, 2100.0
_CUSTOMARY = 25.0


def frame_of(cards: Cards, head: str, alternate: str = "") -> tuple[str, float, list[Repair]]:
    """Frame and equinox of coordinates whose longitude is named `head`.

    Returns
    -------
    frame
        ``icrs``, ``fk5``, ``fk4``, ``fk4noeterms``, ``galactic``, ``supergalactic``,
        ``ecliptic``, or '' for apparent coordinates.
    equinox : scalar [year]
        2000 where there is none; Besselian for the FK4.
    repairs
        What was read leniently.
    """
    if head in ("GLON", "SLON"):
        return _NATIVE[head], 2000.0, []
    equinox, repairs = equinox_of(cards, alternate)
    named, more = _named(cards, alternate)
    repairs += more
    # FITS 4.0, section 8.3: FK4 before 1984, FK5 after it, ICRS where nothing is said.
    frame = named or ("ICRS" if equinox is None else "FK4" if equinox < 1984.0 else "FK5")
    usual = 1950.0 if frame.startswith("FK4") else 2000.0
    if head == "ELON":
        return "ecliptic", equinox or usual, repairs
    if frame == "GAPPT":
        return "", equinox or usual, repairs
    return frame.replace("-", "").replace("NOE", "noeterms").lower(), equinox or usual, repairs


def equinox_of(cards: Cards, alternate: str = "") -> tuple[float | None, list[Repair]]:
    """The equinox [year]; None where the header gives none that can be one."""
    repairs: list[Repair] = []
    key = f"EQUINOX{alternate}"
    if key in cards and cards.value(key) is not None:
        value = _year(cards, key)
        if value is not None:
            return value, repairs
        seen = str(cards.value(key))
        repairs.append(Repair("no-equinox", key, seen, "", "no year of an equinox"))
    if not alternate and cards.value("EPOCH") is not None:
        value = _year(cards, "EPOCH")
        if value is not None and value % _CUSTOMARY == 0:
            why = "EPOCH is the old name of EQUINOX"
            repairs.append(Repair("old-keyword", "EPOCH", f"{value:g}", f"EQUINOX={value:g}", why))
            return value, repairs
        why = "a date, not an equinox"
        repairs.append(Repair("epoch-is-date", "EPOCH", str(cards.value("EPOCH")), "", why))
    return None, repairs


def _year(cards: Cards, key: str) -> float | None:
    value = cards.number(key)
    if value is None:
        value = number((cards.text(key) or "").lstrip("JBjb"))
    return value if value is not None and _FIRST <= value <= _LAST else None


def _named(cards: Cards, alternate: str) -> tuple[str, list[Repair]]:
    names = (f"RADESYS{alternate}", "RADECSYS") if not alternate else (f"RADESYS{alternate}",)
    found = cards.first(names)
    if found is None:
        return "", []
    key, seen = found[0], str(found[1]).strip()
    text = seen.upper()
    frame = next((f for f in _FRAMES if f in text), "")
    frame = frame or next((f for name, f in _NAMED.items() if name in text), "")
    repairs = []
    if key == "RADECSYS":
        why = "RADECSYS is the old name of RADESYS"
        repairs.append(Repair("old-keyword", key, seen, f"RADESYS={frame}", why))
    elif frame != text:
        repairs.append(Repair("frame-spelling", key, seen, frame, "no name of a frame in FITS"))
    return frame, repairs
