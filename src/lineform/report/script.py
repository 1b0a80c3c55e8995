"""The modules of the viewer as one script, for a page that stands alone."""

import re
from importlib.resources import files

__all__ = ["script"]

_IMPORT = re.compile(r"^import \{[^}]*\} from '\./(\w+)\.js'\n", re.M)
_EXPORT = re.compile(r"^export (?=const|function|async function|class)", re.M)
_ENTRY = "viewer"


def script() -> str:
    """All modules, each after those that it imports from.

    No two modules have a name in common at their top level, which a test holds them to.
    """
    folder = files("lineform.report") / "viewer"
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in parts:
            return
        text = (folder / f"{name}.js").read_text("utf-8")
        for needed in _IMPORT.findall(text):
            add(needed)
        parts[name] = _EXPORT.sub("", _IMPORT.sub("", text)).strip()

    add(_ENTRY)
    return "\n\n".join(parts.values()) + "\n"
