"""``submission.toml``: who submits what, under which terms."""

import tomllib
from pathlib import Path

from portal.errors import ConfigError
from portal.model.collection import Collection
from portal.model.collection_file import load
from portal.submission.finding import Finding

__all__ = ["NAME", "TEMPLATE", "read_settings", "write_template"]

NAME = "submission.toml"
TEMPLATE = """\
# Who submits what, under which terms. Fill in what is empty, then run: portal submit-check FOLDER

# A short name of small letters, digits and hyphens; it becomes part of every address.
id = ""
title = ""
# A paragraph: what was observed or computed, with what, and what for.
description = \"\"\"\"\"\"

# The licence by its SPDX identifier, see https://spdx.org/licenses/, and its address.
license = "CC-BY-4.0"
license_url = "https://creativecommons.org/licenses/by/4.0/"

# If the data or their article have one: doi = "10.5281/zenodo.1234"
# publisher = "Name of the institute"
# year = 2026

# One table for each author. A person has an ORCID, see https://orcid.org/; for an organisation
# write kind = "organization" instead.
[[creators]]
name = ""
affiliation = ""
orcid = ""

# Whom the curator and users write to; email or url, or both.
[contact]
name = ""
email = ""
"""
_WANTED = {
    "id": ("a short name", 'id = "bright-winds"'),
    "title": ("what it is, in a few words", 'title = "Cubes of bright winds"'),
    "description": ("a paragraph on the data", 'description = "..."'),
    "license": ("the licence by its SPDX identifier", 'license = "CC-BY-4.0"'),
    "creators": ("at least one author", '[[creators]] with name = "..." and orcid = "..."'),
    "contact": ("whom to write to", '[contact] with name = "..." and email = "..."'),
}
_MEND = "correct that setting"
_CURATORS = (
    *("authority", "data_url", "exclude", "mapping", "mirrors", "site_url", "sort_by"),
    *("stores", "version"),
)
"""Settings of a collection that are not for the author to say."""


def read_settings(path: Path) -> tuple[Collection | None, list[Finding]]:
    """What the file at `path` says, as a collection without places; and what is wrong with it."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        way_out = f"portal submit-check {path.parent.name or '.'} --init writes one to fill in"
        return None, [_wrong("", "no such file", "a file that says who submits what", way_out)]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return None, [_wrong("", str(error)[:200], "a text in TOML", "correct that line")]
    findings = [
        _wrong(key, "nothing", expected, f"write {way_out}")
        for key, (expected, way_out) in _WANTED.items()
        if not _is_given(said.get(key))
    ]
    findings += [
        _wrong(key, str(said[key])[:80], "nothing", "leave it out: the curator says it")
        for key in sorted(said)
        if key in _CURATORS
    ]
    if findings:
        return None, findings
    try:
        settings = load(path)
    except ConfigError as error:
        return None, [_wrong(error.what, error.seen, error.expected, error.way_out or _MEND)]
    return settings, list(_doubts(settings))


def write_template(folder: Path) -> Path:
    """Write a file to fill in.

    Raises
    ------
    ConfigError
        If there is one already, or it cannot be written.
    """
    path = folder / NAME
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError as error:
        raise ConfigError(
            f"{NAME}: is there already", way_out="fill it in", where=str(path)
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{NAME}: cannot be written", seen=error.strerror or str(error), where=str(path)
        ) from error
    return path


def _is_given(value: object) -> bool:
    """Whether there is something; of tables, whether one has a name."""
    tables = value if isinstance(value, list) else [value]
    bare = [one.get("name") if isinstance(one, dict) else one for one in tables]
    return any(bare)


def _doubts(settings: Collection) -> list[Finding]:
    """What is legal, and keeps users from finding or citing the data."""
    doubts = [
        Finding(
            "warning", "settings-orcid", "an author without an ORCID", one.name,
            "four groups such as 0000-0002-1825-0097", 'add it, or kind = "organization"',
            NAME, column="creators.orcid",
        )
        for one in settings.creators
        if not one.orcid and one.kind != "organization"
    ]  # fmt: skip
    if not settings.contact.email and not settings.contact.url:
        doubts.append(
            _wrong(
                "contact.email", "nothing", "email or url", 'write email = "..." below [contact]'
            )
        )
    if len(settings.description.split()) < 10:
        doubts.append(
            Finding(
                "warning",
                "settings-short",
                "a short description",
                settings.description[:80],
                "a paragraph: what was observed, with what, and what for",
                "say more",
                NAME,
                column="description",
            )
        )
    return doubts


def _wrong(key: str, seen: str, expected: str, way_out: str) -> Finding:
    what = f"the setting {key} cannot be used" if key else "the settings cannot be read"
    return Finding("error", "settings", what, seen, expected, way_out, NAME, column=key)
