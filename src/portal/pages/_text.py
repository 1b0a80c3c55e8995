"""Numbers, units and names as a reader expects to see them."""

import math
import re
from functools import cache, lru_cache

__all__ = ["clean", "human_bytes", "label", "number", "unit"]

_UNWANTED = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\uffff]"
    "|[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\U000e0000-\U0010ffff]"
)
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FACTOR = re.compile(r"([./ ]?)([A-Za-z%]+)(?:\*{0,2}\(?([+-]?\d+)\)?)?")
_SYMBOLS = {"solMass": "M☉", "solLum": "L☉", "solRad": "R☉", "deg": "°", "arcsec": "″"}


def clean(text: str) -> str:
    """`text` without what no page should hold.

    Control characters and broken encodings, characters for private use, and those that turn
    the direction of writing or cannot be seen.
    """
    return text if text.isprintable() else _UNWANTED.sub("\N{REPLACEMENT CHARACTER}", text)


@lru_cache(maxsize=16384, typed=True)  # frequencies, angles and sizes recur on every page
def number(value: float | int | str | bool | None, digits: int = 6) -> str | None:
    """A value in at most `digits` figures, with powers of ten where they help; None for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == 0:
        return "0"  # minus zero too, which is the same key of the cache
    if isinstance(value, int) and abs(value) < 1e15:
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", "−")
    mantissa, _, exponent = f"{value:.{digits}g}".replace("-", "−").partition("e")
    if not exponent:
        return mantissa
    power = str(int(exponent.replace("−", "-"))).translate(_SUPERSCRIPTS)
    return f"10{power}" if mantissa == "1" else f"{mantissa} × 10{power}"


@cache
def unit(vounit: str) -> str:
    """A VOUnit string in print: ``solMass/yr`` is M☉ yr⁻¹."""
    parts, rest = [], vounit
    while rest:
        found = _FACTOR.match(rest)
        if not found:
            return clean(vounit)
        sign, name, power = found.groups()
        exponent = int(power or 1) * (-1 if sign == "/" else 1)
        symbol = _SYMBOLS.get(name, name)
        parts.append(symbol + (str(exponent).translate(_SUPERSCRIPTS) if exponent != 1 else ""))
        rest = rest[found.end() :]
    return " ".join(parts)


@cache
def label(name: str) -> str:
    """A column's name in words: ``mass_loss_rate`` is *Mass loss rate*."""
    words = clean(name).replace("_", " ").strip()
    for short, long in (("co ", "CO "), ("sio ", "SiO "), ("hcn ", "HCN ")):
        if words.startswith(short):
            return long + words.removeprefix(short)
    return words[:1].upper() + words[1:]


def human_bytes(size: int) -> str:
    """A size in decimal units: ``131 kB``."""
    value = float(size)
    for name in ("bytes", "kB", "MB", "GB"):
        if value < 999.5 or (name == "bytes" and size < 1000):
            return f"{value:.3g} {name}" if name != "bytes" else f"{size} bytes"
        value /= 1000
    return f"{value:.3g} TB" if value < 999.5 else f"{value / 1000:.3g} PB"
