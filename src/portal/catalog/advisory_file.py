"""Reads and checks the TOML files of advisories."""

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from portal.catalog.advisory_rule import check_rule
from portal.errors import CatalogError, ConfigError, QueryError
from portal.model.advisory import Advisory

__all__ = ["advisories_from_json", "advisories_to_json", "error_at", "load_advisories"]

_SHIPPED = Path(__file__).with_name("advisories.toml")
_ID = re.compile(r"[a-z0-9-]+")
_CHOICES = {"severity": ("error", "info", "warning"), "table": ("models", "observations")}
_DATES = ("since", "until")
_KEYS = tuple(field.name for field in fields(Advisory) if field.name != "place")
_TABLE = re.compile(r"\s*\[\[\s*[\"']?advisory[\"']?\s*\]\]")


def load_advisories(folder: Path | None = None) -> tuple[Advisory, ...]:
    """The shipped advisories and those of all TOML files in `folder`, sorted by their ids.

    One in `folder` takes the place of a shipped one of the same id.

    Raises
    ------
    ConfigError
        If a file cannot be read, a key is unknown, missing or without sense, a rule can fit no
        catalogue, or two advisories have one id; the error names the file and the line of the
        advisory.
    """
    shipped = {advisory.id: advisory for advisory, _ in _load(_SHIPPED)}
    found: dict[str, tuple[Advisory, str]] = {}
    for path in sorted(folder.glob("*.toml")) if folder is not None else ():
        for advisory, where in _load(path):
            if advisory.id in found:
                raise ConfigError(
                    "id: two advisories have the same",
                    seen=f"{advisory.id}, also in {found[advisory.id][1]}",
                    expected="an id of its own for each",
                    where=where,
                )
            found[advisory.id] = (advisory, where)
    both = shipped | {id: advisory for id, (advisory, _) in found.items()}
    return tuple(both[id] for id in sorted(both))


def advisories_to_json(advisories: Iterable[Advisory]) -> list[dict[str, str]]:
    """What a table says of the rules that it was made with."""
    return [{key: getattr(advisory, key) for key in _KEYS} for advisory in advisories]


def advisories_from_json(said: object) -> tuple[Advisory, ...]:
    """The advisories that `advisories_to_json` wrote.

    Raises
    ------
    CatalogError
        If `said` is not what it writes.
    """
    # Keys of a newer portal are passed over, so that older readers keep working.
    try:
        rows = [{k: v for k, v in row.items() if k in _KEYS} for row in said]  # type: ignore[attr-defined] # what is no list is caught
        return tuple(Advisory(**row) for row in rows)
    except (TypeError, AttributeError) as error:
        raise CatalogError(
            "advisories in the catalogue: cannot be read",
            seen=str(error),
            expected="what portal scan writes",
            way_out="scan again",
        ) from error


def _load(path: Path) -> list[tuple[Advisory, str]]:
    """The advisories of a file, each with its place."""
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            "advisories: cannot be read", seen=str(error), expected="TOML", where=str(path)
        ) from error
    rows = said.pop("advisory", [])
    if said or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(
            "advisories: not understood",
            seen=", ".join(sorted(said)) or "advisory that is no list of tables",
            expected="tables [[advisory]] and nothing else",
            where=str(path),
        )
    # TOML's own reader tells no lines; tables of a list stand in their order.
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _TABLE.match(line)]
    told = len(lines) == len(rows)
    places = [f"{path}:{line}" for line in lines] if told else [str(path)] * len(rows)
    pairs = zip(rows, places, strict=True)
    return [(_Checked(place).advisory(row), place) for row, place in pairs]


class _Checked:
    """Checks the keys of one advisory and knows where it stands."""

    def __init__(self, where: str) -> None:
        self._where = where

    def advisory(self, said: Mapping[str, Any]) -> Advisory:
        """The advisory with these keys."""
        texts: dict[str, str] = {}
        for key, value in said.items():
            if key not in _KEYS:
                near = get_close_matches(key, _KEYS, n=1)
                self._fail("unknown key", key, " or ".join(near or sorted(_KEYS)))
            texts[key] = self._text(key, value)
        for key in ("id", "title"):
            if not texts.get(key):
                self._fail(key, "nothing", "a text")
        advisory = replace(Advisory("", "", place=self._where), **texts)  # type: ignore[arg-type] # choices are checked
        self._meaning(advisory)
        return advisory

    def _text(self, key: str, value: object) -> str:
        if key in _DATES and type(value) is datetime.date:
            return value.isoformat()
        if key in _DATES or not isinstance(value, str):
            self._fail(key, repr(value), "a date such as 2026-03-01" if key in _DATES else "a text")
        if key in _CHOICES and value not in _CHOICES[key]:
            self._fail(key, value, " or ".join(_CHOICES[key]))
        return value.strip()

    def _meaning(self, advisory: Advisory) -> None:
        if not _ID.fullmatch(advisory.id):
            self._fail("id", advisory.id, "small letters, digits and -")
        if not (advisory.engine or advisory.versions or advisory.where):
            self._fail("rule", "none", "engine, versions or where")
        if advisory.versions and not advisory.engine:
            self._fail("versions", advisory.versions, "an engine whose versions they are")
        if advisory.since and advisory.until and advisory.until < advisory.since:
            self._fail("until", advisory.until, f"a date from {advisory.since} on")
        try:
            SpecifierSet(advisory.versions)
        except InvalidSpecifier:
            self._fail("versions", advisory.versions, "specifiers such as >=0.3.0,<0.4.0")
        try:
            check_rule(advisory)
        except QueryError as error:
            raise error_at(error, advisory) from error

    def _fail(self, key: str, seen: str, expected: str) -> NoReturn:
        raise ConfigError(f"advisory: {key}", seen=seen, expected=expected, where=self._where)


def error_at(error: QueryError, advisory: Advisory) -> ConfigError:
    """The error of an expression as one of the advisory that holds it."""
    return ConfigError(
        f"advisory {advisory.id}, where: {error.what}",
        seen=error.seen,
        expected=error.expected,
        way_out=error.way_out,
        where=", ".join(filter(None, (advisory.place, error.where))),
    )
