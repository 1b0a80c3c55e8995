"""Text from files made safe to show: it stays data, but nothing in it is invisible."""

from portal.model.header import Attribute

__all__ = ["LONGEST", "describe", "visible"]

LONGEST = 2000


def visible(text: str, longest: int = LONGEST) -> str:
    r"""`text` without control characters, lone surrogates or length without end.

    Tabs and line ends become spaces, every other character that cannot be shown becomes
    its escape, such as ``\\x1b``.
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def describe(value: Attribute | None) -> str:
    """`value` in a few characters, for the column `seen` of a problem."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return repr(visible(value, 60))
    return visible(" ".join(str(value).split()), 60)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r\u00a0\u2028\u2029":
        return " "
    return character.encode("ascii", "backslashreplace").decode()  # \x1b, \u200e
