"""Reads and checks the TOML file of a collection."""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from portal.errors import ConfigError
from portal.model.collection import Collection, Contact, Creator

__all__ = ["load", "load_folder", "unique"]

_ID = re.compile(r"[a-z0-9-]+")
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_AUTHORITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
_REQUIRED = ("id", "title")


def load(path: Path) -> Collection:
    """The collection that the TOML file at `path` describes.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a setting is unknown, missing, of another type or
        without sense; the error names the file and the key.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError("collection: no such file", seen=str(path), where=str(path)) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            "collection: cannot be read", seen=str(error), expected="TOML", where=str(path)
        ) from error
    return _Checked(str(path)).collection(said, path.parent)


def load_folder(folder: Path) -> tuple[Collection, ...]:
    """The collections of all TOML files in `folder`, sorted by their names.

    Raises
    ------
    ConfigError
        As `load`; also if two of them have the same name.
    """
    return unique(tuple(load(path) for path in sorted(folder.glob("*.toml"))), str(folder))


def unique(collections: tuple[Collection, ...], where: str = "") -> tuple[Collection, ...]:
    """`collections` sorted by name; ConfigError where two have the same."""
    ordered = sorted(collections, key=lambda c: c.id)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise ConfigError(
                "id: two collections have the same",
                seen=one.id,
                expected="a name of its own for each",
                where=where,
            )
    return tuple(ordered)


class _Checked:
    """Checks settings one by one and knows which file to name when one is wrong."""

    def __init__(self, where: str) -> None:
        self._where = where

    def collection(self, said: Mapping[str, Any], base: Path) -> Collection:
        self._keys("", said, Collection)
        for key in _REQUIRED:
            if not said.get(key):
                self._fail(key, "nothing", "a text", f'add `{key} = "..."`')
        known = {key: self._plain(key, value) for key, value in said.items() if key not in _TABLES}
        for key, value in known.items():
            self._meaning(key, value)
        known["creators"] = tuple(self._creator(c) for c in self._list("creators", said, dict))
        if "contact" in said:
            known["contact"] = self._contact(said["contact"])
        stores = known.get("stores", ())
        known["stores"] = tuple(str((base / store).resolve()) for store in stores)
        if known.get("mapping"):
            known["mapping"] = str((base / known["mapping"]).resolve())
        return Collection(**known)

    def _creator(self, said: Mapping[str, Any]) -> Creator:
        self._texts("creators", said, Creator)
        orcid = said.get("orcid", "")
        if orcid and not _ORCID.fullmatch(orcid):
            self._fail("creators.orcid", orcid, "four groups such as 0000-0002-1825-0097")
        kind = said.get("kind", "")
        if kind not in ("", *_KINDS):
            self._fail("creators.kind", repr(kind), " or ".join(_KINDS))
        if kind == "organization" and orcid:
            self._fail("creators.kind", repr(kind), "person, who alone has an ORCID")
        return Creator(**said)

    def _contact(self, said: Any) -> Contact:  # noqa: ANN401
        if not isinstance(said, dict):
            self._fail("contact", repr(said), "a table with name and email or url")
        self._texts("contact", said, Contact)
        return Contact(**said)

    def _texts(self, key: str, said: Mapping[str, Any], kind: type) -> None:
        """Check a table of texts with the fields of `kind`."""
        self._keys(key + ".", said, kind)
        if not said.get("name"):
            self._fail(f"{key}.name", "nothing", "a text")
        for name, value in said.items():
            if not isinstance(value, str):
                self._fail(f"{key}.{name}", repr(value), "a text")

    def _keys(self, prefix: str, said: Mapping[str, Any], kind: type) -> None:
        legal = sorted(f.name for f in fields(kind))
        for key in said:
            if key not in legal:
                near = difflib.get_close_matches(key, legal, 1)
                hint = f"did you mean {prefix}{near[0]}?" if near else ""
                self._fail(prefix + key, "an unknown setting", " or ".join(legal), hint)

    def _plain(self, key: str, value: object) -> Any:  # noqa: ANN401 (any type of a setting)
        if key in _LISTS:
            return tuple(self._list(key, {key: value}, str))
        kind, shown = (int, "a whole number") if key == "year" else (str, "a text")
        if not isinstance(value, kind) or isinstance(value, bool):
            self._fail(key, repr(value), shown)
        return value

    def _list(self, key: str, said: Mapping[str, Any], kind: type) -> list[Any]:
        value: list[Any] = said.get(key, [])
        shown = "tables" if kind is dict else "texts"
        if not isinstance(value, list) or not all(isinstance(v, kind) for v in value):
            self._fail(key, repr(value), f"a list of {shown}")
        return value

    def _meaning(self, key: str, value: Any) -> None:  # noqa: ANN401
        rule = _RULES.get(key)
        if rule is not None and not rule[0](value):
            self._fail(key, repr(value), rule[1])

    def _fail(self, key: str, seen: str, expected: str, way_out: str = "") -> None:
        raise ConfigError(key, seen=seen, expected=expected, way_out=way_out, where=self._where)


_TABLES = ("creators", "contact")
_KINDS = ("organization", "person")
_LISTS = ("stores", "mirrors", "sort_by", "exclude")


def _is_address(text: str) -> bool:
    return re.match(r"https?://[^/\s]+", text) is not None


def _is_folder(text: str) -> bool:
    # Names of files are put behind it, on pages of any depth.
    return text.endswith("/") and not set("?#") & set(text) and ".." not in text.split("/")


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "id": (lambda v: _ID.fullmatch(v) is not None, "lower-case letters, digits and hyphens"),
    "site_url": (
        lambda v: _is_address(v) and _is_folder(v),
        "an address with http:// or https:// that ends with a slash, without ?, # and ..",
    ),
    "data_url": (
        lambda v: _is_folder(v) and (_is_address(v) if "://" in v else v[0] != "/"),
        "an address with http:// or https://, or a path from site_url, that ends with a slash, "
        "without ?, # and ..",
    ),
    "mirrors": (
        lambda v: all(_is_address(one) and _is_folder(one) for one in v),
        "addresses with http:// or https:// that end with a slash, without ?, # and ..",
    ),
    "license": (lambda v: _SPDX.fullmatch(v) is not None, "an SPDX identifier such as CC-BY-4.0"),
    "license_url": (_is_address, "an address with http:// or https://"),
    "doi": (lambda v: not v or _DOI.fullmatch(v) is not None, "a DOI such as 10.5281/zenodo.1234"),
    "authority": (
        lambda v: _AUTHORITY.fullmatch(v) is not None,
        "an IVOA authority such as atomium",
    ),
    "sort_by": (lambda v: len(v) <= 2, "at most two parameters"),
    "year": (lambda v: 1900 <= v <= 2200, "a year"),
}
