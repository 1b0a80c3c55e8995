"""The collision rates of a molecular data file."""

import logging
import re

import numpy as np

from lineform.readers._text import Text
from lineform.species import Collisions

__all__ = ["read_collisions"]

_log = logging.getLogger(__name__)

_PARTNERS = {1: "H2", 2: "pH2", 3: "oH2", 4: "e-", 5: "H", 6: "He", 7: "H+"}
"""Numbers of the partners (van der Tak et al. 2007, A&A 468, 627)."""

_CUBIC_CENTIMETRE = 1e-6

_WORDS = (
    ("pH2", r"p(ara)?[-_ ]?H_?2"),
    ("oH2", r"o(rtho)?[-_ ]?H_?2"),
    ("H2", r"H_?2"),
    ("He", r"He(lium)?"),
    ("H+", r"H\+|protons?"),
    ("H", r"H"),
    ("e-", r"e(-|lectrons?)?"),
)
"""How files without numbers of partners call them."""

_BETWEEN_WORDS = re.compile(r"\s+|(?<=\w)(?<!\bp)(?<!\bo)(?<!para)(?<!ortho)-(?=\w)")
"""Blanks, and hyphens but those of para- and ortho-."""


def read_collisions(text: Text, levels: int) -> tuple[Collisions, ...]:
    """The rates for each partner; none where the file ends before them.

    Parameters
    ----------
    text : Text
        Behind the last radiative transition.
    levels : int
        Number of levels.

    Raises
    ------
    ReadError
        If the rest of the file does not follow the format.
    """
    if text.ended():
        return ()
    found: dict[str, Collisions] = {}
    for _ in range(text.count(least=0)):
        text.heading()
        name = _partner(text)
        if name in found:
            raise text.error("another partner", name)
        found[name] = _rates(text, name, levels)
    return tuple(found.values())


def _partner(text: Text) -> str:
    line = text.line()
    number, _, words = line.partition(" ")
    if number.isdecimal():
        if int(number) in _PARTNERS:
            return _PARTNERS[int(number)]
    name = _named(words if number.isdecimal() else line)
    if not name:
        legal = ", ".join(f"{key} ({value})" for key, value in _PARTNERS.items())
        raise text.error(f"a partner {legal} or its name", repr(line[:60]))
    _log.info("collision partner %r taken for %s", line[:60], name)
    return name


def _named(line: str) -> str:
    """The partner in ``CO - pH2 from Yang et al.``: the name behind the molecule's own."""
    for word in _BETWEEN_WORDS.split(line)[1:]:
        for name, pattern in _WORDS:
            if re.fullmatch(pattern, word.strip(":,;.()"), re.IGNORECASE):
                return name
    return ""


def _rates(text: Text, partner: str, levels: int) -> Collisions:
    rows = text.count()
    columns = text.count()
    text.heading()
    temperature = np.array(text.wrapped((float,) * columns))
    if np.any(temperature <= 0) or np.any(np.diff(temperature) <= 0):
        raise text.error("positive temperatures that ascend", str(temperature.tolist())[:60])
    text.heading()
    table = np.array([_row(text, columns, levels) for _ in range(rows)])
    if len(np.unique(table[:, :2], axis=0)) < rows:
        raise text.error("each pair of levels once", f"a pair twice for {partner}")
    return Collisions(
        partner=partner,
        temperature=temperature,
        upper=table[:, 0].astype(int) - 1,
        lower=table[:, 1].astype(int) - 1,
        rate=table[:, 2:] * _CUBIC_CENTIMETRE,
    )


def _row(text: Text, columns: int, levels: int) -> list[float]:
    _, upper, lower, *rates = text.wrapped((int, int, int) + (float,) * columns)
    for level in (upper, lower):
        if not 1 <= level <= levels:
            raise text.error(f"a level from 1 to {levels}", f"{level:g}")
    if upper == lower or min(rates) < 0:
        raise text.error("two levels and rates of at least 0", f"{upper:g} {lower:g} {min(rates)}")
    return [upper, lower, *rates]
