"""Mapping files: read, checked, and tied to what they may use."""

import os
from collections.abc import Collection
from pathlib import Path

from portal.errors import MappingError, ReadError
from portal.mapping.check import check
from portal.mapping.evaluate import user_function
from portal.mapping.models import ModelReader
from portal.mapping.parsing import LARGEST, read_script
from portal.mapping.ruleset import Mapping
from portal.mapping.syntax import Rule, Script

__all__ = ["findings", "load_mapping", "load_mappings", "made_mapping", "read_text"]


def load_mapping(
    path: str | Path, allow: Collection[str] = (), allow_env: Collection[str] = ()
) -> Mapping:
    """The mapping in the file at `path`, named after its stem.

    Parameters
    ----------
    path
        A text file in UTF-8.
    allow
        Modules whose functions it may call: their code will run.
    allow_env
        Variables of the environment that it may use: what they hold may be published.

    Raises
    ------
    MappingError
        If it cannot be read, or for the first thing that is wrong with it.
    """
    return made_mapping(read_text(Path(path)), Path(path).stem, str(path), allow, allow_env)


def load_mappings(folder: Path) -> tuple[ModelReader, ...]:
    """Readers of models: all mappings in `folder` (``*.map``) that have a line ``match``.

    They come in the order of their names; there are none if the folder lacks.

    Raises
    ------
    MappingError
        For the first thing that is wrong with one of the files.
    """
    mappings = (load_mapping(file) for file in sorted(folder.glob("*.map")))
    return tuple(ModelReader(mapping) for mapping in mappings if mapping.script.match)


def made_mapping(
    text: str,
    name: str = "mapping",
    file: str = "",
    allow: Collection[str] = (),
    allow_env: Collection[str] = (),
) -> Mapping:
    """The mapping that `text` is; `file` is named in errors.

    Raises
    ------
    MappingError
        For the first thing that is wrong with it.
    """
    script, errors = findings(text, file or name, allow, allow_env)
    if errors:
        raise errors[0]
    declared = [word.name for word in script.environment]
    environment = tuple((n, os.environ[n]) for n in declared if os.environ.get(n))
    return Mapping(name, script, tuple(word.name for word in script.uses), environment)


def findings(
    text: str,
    file: str,
    allow: Collection[str] = (),
    allow_env: Collection[str] = (),
    *,
    complete: bool = False,
) -> tuple[Script, tuple[MappingError, ...]]:
    """What the mapping `text` says, and all that is wrong with it, by line."""
    script, unread = read_script(text, file)
    errors = [*unread, *check(script, allow, allow_env, complete=complete)]
    if not errors:
        errors += [error for rule in script.rules if (error := _lacking_function(rule, script))]
    return script, tuple(sorted(errors, key=_line))


def read_text(path: Path) -> str:
    """The text of a mapping file.

    Raises
    ------
    MappingError
        If there is none, or none in UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(4 * LARGEST + 4)
        return data.decode("utf-8")
    except OSError as error:
        raise _unreadable(str(error.strerror), f"{path}:1:1") from error
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        seen = f"the byte {data[error.start]:#04x}"
        raise _unreadable(seen, f"{path}:{line}:{column}") from error


def _unreadable(seen: str, where: str) -> MappingError:
    return MappingError(
        "mapping file that cannot be read", seen=seen, expected="text in UTF-8", where=where
    )


def _line(error: MappingError) -> tuple[int, int]:
    line, column = error.where.rsplit(":", 2)[1:]
    return int(line), int(column)


def _lacking_function(rule: Rule, script: Script) -> MappingError | None:
    """An error if the rule calls what its module does not define."""
    modules = [word.name for word in script.uses]
    for part in rule.expression.walk():
        if part.kind == "call" and str(part.value).rpartition(".")[0] in modules:
            try:
                user_function(str(part.value), modules)
            except ReadError as error:
                return MappingError(
                    error.what,
                    seen=error.seen,
                    expected=error.expected,
                    way_out=error.way_out,
                    where=str(rule.place.at(part.column)),
                    code=error.code,
                )
    return None
