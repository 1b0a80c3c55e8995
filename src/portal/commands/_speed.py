"""Speeds of lines as people write them."""

import re

from portal.errors import ConfigError

__all__ = ["speed_of"]

_PREFIX = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
# A comma before three digits may group them or not: it is no speed.
_SPEED = re.compile(r"(\d+(?:\.\d+|,\d\d?)?)\s*(?:([kKmMgGtT]?)([bB]it|b|B)(?:/s|ps))?")


def speed_of(text: str) -> float:
    """A speed [bit/s] such as ``100 Mbit/s``, ``12.5 MB/s`` or ``100 Mbps``; Mbit/s if bare.

    Raises
    ------
    ConfigError
        If it is no speed, or not above zero.
    """
    found = _SPEED.fullmatch(text.strip())
    speed = 0.0
    if found is not None:
        number, prefix, unit = found.groups(default="")
        scale = _PREFIX[prefix.lower() if unit else "m"] * (8.0 if unit == "B" else 1.0)
        speed = float(number.replace(",", ".")) * scale
    if speed > 0:
        return speed
    raise ConfigError(
        "--speed: cannot be understood",
        seen=text,
        expected="a number above zero with bit/s or B/s, such as 100 Mbit/s or 12.5 MB/s",
    )
