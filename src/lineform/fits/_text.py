"""Texts of a FITS header."""

from lineform.io import Header
from lineform.parameters import PARAMETERS


def ascii_text(text: str) -> str:
    """What a FITS header may hold of a text."""
    plain = " ".join(text.split()).encode("ascii", "replace").decode("ascii")
    return "".join(letter if letter.isprintable() else "?" for letter in plain)


def unit_of(header: Header, name: str) -> str:
    """Unit of a parameter of the model."""
    known = {**header.described, **PARAMETERS}
    return "" if isinstance(header.parameters[name], str) else known[name].unit
