"""Speeds of lines as people write them."""

import re

from portal.errors import ConfigError

__all__ = ["speed_of"]

_PREFIX = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)(bit|B)/s")


def speed_of(text: str) -> float:
    """A speed [bit/s] such as ``100 Mbit/s`` or ``12.5 MB/s``.

    Raises
    ------
    ConfigError
        If it is no speed, or not above zero.
    """
    found = _SPEED.fullmatch(text.strip())
    speed = 0.0
    if found is not None:
        number, prefix, unit = found.groups()
        speed = float(number) * _PREFIX[prefix] * (8.0 if unit == "B" else 1.0)
    if speed > 0:
        return speed
    raise ConfigError(
        "--speed: cannot be understood",
        seen=text,
        expected="a number above zero with bit/s or B/s, such as 100 Mbit/s or 12.5 MB/s",
    )
