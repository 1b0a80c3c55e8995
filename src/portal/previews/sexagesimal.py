"""Places on the sky in hours and degrees, and even steps of them."""

import math

__all__ = ["declination", "right_ascension", "steps"]

_ARC = ("°", "\N{PRIME}", "\N{DOUBLE PRIME}")
_SIXTIETHS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)


def steps(low: float, high: float, whole: float, most: int = 4) -> list[float]:
    """At most `most` values between `low` and `high` that are even in sexagesimal counting.

    Parameters
    ----------
    low, high : scalar [deg]
    whole : scalar [deg]
        What is parted into sixtieths: 15 of right ascension, 1 of declination.
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    step = next((s for s in _ladder(whole) if (high - low) / s <= most), 90.0)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def _ladder(whole: float) -> list[float]:
    second = whole / 3600.0
    fractions = [f * 10.0**p for p in range(-6, 0) for f in (1.0, 2.0, 5.0)]
    return [
        *(second * f for f in fractions),
        *(second * s for s in _SIXTIETHS),
        *(whole / 60.0 * m for m in _SIXTIETHS),
        *(whole * f for f in (1.0, 2.0, 3.0)),
        *(d for d in (5.0, 10.0, 15.0, 30.0, 45.0) if d > 3.0 * whole),
    ]


def right_ascension(degrees: float, step: float) -> str:
    """Hours, minutes and seconds, as many figures as steps of `step` [deg] need."""
    return _told(degrees % 360.0 / 15.0, step / 15.0, ("h", "m", "s"), 24)


def declination(degrees: float, step: float) -> str:
    """Degrees, minutes and seconds."""
    sign = "−" if degrees < 0 else "+"
    return sign + _told(abs(degrees), step, _ARC, 0)


def _told(value: float, step: float, signs: tuple[str, str, str], turn: int) -> str:
    fine = step * 3600.0
    digits = max(0, math.ceil(-math.log10(fine) - 1e-9)) if fine > 0 else 0
    units = round(value * 3600.0 * 10**digits)
    seconds, rest = divmod(units, 10**digits)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    hours = hours % turn if turn else hours
    text = f"{hours}{signs[0]}"
    if fine < 3600.0 - 1e-6:
        text += f"{minutes:02d}{signs[1]}"
    if fine < 60.0 - 1e-6:
        fraction = f".{rest:0{digits}d}" if digits else ""
        text += f"{seconds:02d}{fraction}{signs[2]}"
    return text
