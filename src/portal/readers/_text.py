"""Text from files made safe to show: it stays data, but nothing in it is invisible."""

from portal.model.header import Attribute

__all__ = ["LONGEST", "describe", "visible"]

LONGEST = 2000


def visible(text: str, longest: int = LONGEST) -> str:
    r"""`text` without control characters, lone surrogates or length without end.

    Tabs and line ends become spaces, every other character that cannot be shown becomes
    its escape, such as ``\\x1b``.
    """
    if len(text) <= longest and text.isprintable():
        return text
    # Cut twice: an escape is up to ten times as long as what it stands for.
    return _cut("".join(map(_shown, _cut(text, longest))), longest)


def describe(value: Attribute | None) -> str:
    """`value` in a few characters, for the column `seen` of a problem."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return repr(visible(value, 60))
    return visible(" ".join(str(value).split()), 60)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r\u00a0\u2028\u2029":
        return " "
    return character.encode("unicode_escape").decode()
