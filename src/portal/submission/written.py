"""The TOML file of a collection, written out."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields

from portal.model.collection import Collection

__all__ = ["collection_toml"]

_TABLES = ("creators", "contact")
_HEAD = """\
# Made by portal accept. Everything may be changed but the id; the page "Configuration" says what
# each setting means.

"""


def collection_toml(collection: Collection) -> str:
    """A file that `portal.model.collection_file.load` reads as `collection`."""
    plain = {
        field.name: getattr(collection, field.name)
        for field in fields(Collection)
        if field.name not in _TABLES
    }
    lines = [f"{name} = {_value(value)}" for name, value in plain.items() if value not in ("", ())]
    text = _HEAD + "\n".join(lines) + "\n"
    for creator in collection.creators:
        text += _table("[[creators]]", asdict(creator).items())
    if collection.contact.name:
        text += _table("[contact]", asdict(collection.contact).items())
    return text


def _table(head: str, items: Iterable[tuple[str, str]]) -> str:
    lines = [f"{name} = {_value(value)}\n" for name, value in items if value]
    return "".join([f"\n{head}\n", *lines])


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    # Texts of JSON are texts of TOML, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
