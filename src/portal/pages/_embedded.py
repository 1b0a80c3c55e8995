"""Data that a page hands to its script."""

import json

from markupsafe import Markup

__all__ = ["embedded"]


def embedded(value: object) -> Markup:
    """JSON that may stand in a script element: nothing in it ends the element."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)
